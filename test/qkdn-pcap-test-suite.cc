/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-one-link-test-network.h"

#include "ns3/ipv4-header.h"
#include "ns3/pcap-file.h"
#include "ns3/pointer.h"
#include "ns3/ppp-header.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/simulator.h"
#include "ns3/tcp-header.h"
#include "ns3/test.h"
#include "ns3/udp-header.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Packet captures hold every message at its real size.
 */
class PcapTest : public TestCase
{
  public:
    PcapTest()
        : TestCase("Captures hold classical channel, Kq, Kx and hellos at their real sizes")
    {
    }

  private:
    /**
     * @brief Note a message.
     * @param local address it is sent from
     * @param remote address it is sent to
     * @param bytes its size on the TCP stream
     */
    void Sent(const Address& local, const Address& remote, uint16_t, uint32_t bytes, IncidentId)
    {
        const auto there = InetSocketAddress::ConvertFrom(remote);
        const auto here = InetSocketAddress::ConvertFrom(local);
        m_sent[{here.GetIpv4(), there.GetIpv4()}] += bytes;
    }

    /**
     * @brief Add up the TCP payload of a capture, each octet of a stream once.
     * @param file the capture
     */
    void Read(const std::string& file)
    {
        PcapFile pcap;
        pcap.Open(file, std::ios::in);
        std::vector<uint8_t> buffer(65536);
        uint32_t seconds = 0;
        uint32_t micros = 0;
        uint32_t included = 0;
        uint32_t original = 0;
        uint32_t length = 0;
        while (true)
        {
            pcap.Read(buffer.data(),
                      static_cast<uint32_t>(buffer.size()),
                      seconds,
                      micros,
                      included,
                      original,
                      length);
            if (pcap.Eof())
            {
                break;
            }
            NS_TEST_ASSERT_MSG_EQ(included, original, "whole packets");
            ReadPacket(Create<Packet>(buffer.data(), length));
        }
    }

    /**
     * @brief Add up one packet.
     * @param packet the packet with its PPP header
     */
    void ReadPacket(Ptr<Packet> packet)
    {
        PppHeader ppp;
        packet->RemoveHeader(ppp);
        Ipv4Header ip;
        packet->RemoveHeader(ip);
        if (ip.GetProtocol() == 17)
        {
            UdpHeader udp;
            packet->RemoveHeader(udp);
            ++m_hellos;
            NS_TEST_ASSERT_MSG_EQ(packet->GetSize(), 24, "a hello has 24 bytes");
            return;
        }
        TcpHeader tcp;
        packet->RemoveHeader(tcp);
        if (packet->GetSize() > 0)
        {
            // no packet is lost here, so that each octet is captured once
            m_captured[{ip.GetSource(), ip.GetDestination()}] += packet->GetSize();
        }
    }

    void DoRun() override
    {
        Scenario scenario =
            ScenarioReader::ReadString(SmallScenario(R"([{"id": "A", "site": "split"},
                {"id": "B"}, {"id": "C"}])",
                                                     std::string("[") + LINK + "]",
                                                     ""),
                                       "small");
        // the applications are quiet at the end, so that nothing is on its way
        scenario.sessions.at(0).stop = Seconds(50);
        const std::string prefix = CreateTempDirFilename("capture");
        {
            const ScenarioBuilder builder(scenario, "small");
            builder.EnablePcap(prefix);
            const Ptr<KeyManager> a = builder.GetKeyManager("A");
            const Ptr<KeyManager> b = builder.GetKeyManager("B");
            const auto applications = builder.GetApplications("S");
            const QkdLink& link = builder.GetQkdLink("L");
            std::vector<Ptr<MessageEndpoint>> endpoints = {a->GetEndpoint(),
                                                           b->GetEndpoint(),
                                                           link.transmitter->GetEndpoint(),
                                                           link.receiver->GetEndpoint(),
                                                           a->GetKqReceiver()->GetEndpoint()};
            for (const auto& application : {applications.first, applications.second})
            {
                PointerValue endpoint;
                application->GetAttribute("Endpoint", endpoint);
                endpoints.push_back(endpoint.Get<MessageEndpoint>());
            }
            for (const auto& endpoint : endpoints)
            {
                endpoint->TraceConnectWithoutContext("Sent", MakeCallback(&PcapTest::Sent, this));
            }
            Simulator::Stop(Seconds(50.9));
            Simulator::Run();
        }
        Simulator::Destroy();
        const std::filesystem::path path(prefix);
        std::set<std::string> files;
        for (const auto& entry : std::filesystem::directory_iterator(path.parent_path()))
        {
            const std::string name = entry.path().filename().string();
            if (name.rfind(path.filename().string(), 0) == 0)
            {
                files.insert(entry.path().string());
            }
        }
        NS_TEST_ASSERT_MSG_EQ(files.empty(), false, "captures were written");
        // device 1 of router A is its link to the key manager, which Kq crosses; the router's
        // last device is the fibre
        for (const std::string& file : files)
        {
            if (file.find("-0-") != std::string::npos)
            {
                m_captured.clear();
                m_hellos = 0;
                Read(file);
                for (const auto& [pair, bytes] : m_captured)
                {
                    const auto sent = m_sent.find(pair);
                    // Kq acknowledgements and keys of the sender on the module's node are the
                    // only ones whose sending end is not watched
                    if (sent != m_sent.end())
                    {
                        m_seen[pair] = std::max(m_seen[pair], bytes);
                    }
                }
                m_allHellos += m_hellos;
            }
        }
        NS_TEST_ASSERT_MSG_GT(m_allHellos, 100, "hellos were captured");
        NS_TEST_ASSERT_MSG_GT(m_seen.size(), 3, "several pairs of addresses were captured");
        for (const auto& [pair, bytes] : m_seen)
        {
            NS_TEST_ASSERT_MSG_EQ(bytes,
                                  m_sent.at(pair),
                                  "octets from " << pair.first << " to " << pair.second);
        }
    }

    using Pair = std::pair<Ipv4Address, Ipv4Address>; //!< source and destination
    std::map<Pair, uint64_t> m_sent;                  //!< bytes that the endpoints sent
    std::map<Pair, uint64_t> m_captured;              //!< bytes in one capture
    std::map<Pair, uint64_t> m_seen;                  //!< most bytes in any capture
    uint64_t m_hellos{0};                             //!< hellos in one capture
    uint64_t m_allHellos{0};                          //!< hellos in all captures
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of packet captures.
 */
class QkdnPcapTestSuite : public TestSuite
{
  public:
    QkdnPcapTestSuite()
        : TestSuite("qkdn-pcap", Type::SYSTEM)
    {
        AddTestCase(new PcapTest);
    }
};

static QkdnPcapTestSuite g_qkdnPcapTestSuite; //!< registers the suite
