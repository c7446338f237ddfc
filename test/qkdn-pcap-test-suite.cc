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
#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-frame-assembler.h"
#include "ns3/qkdn-kx-messages.h"
#include "ns3/qkdn-kx-relay-messages.h"
#include "ns3/qkdn-mc-messages.h"
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
#include <tuple>
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
 * @brief Key relay and control on the wire: every message of Kx, Ck and Mc that was sent can be
 * read out of the captures, with its size.
 */
class RelayPcapTest : public TestCase
{
  public:
    RelayPcapTest()
        : TestCase("Captures hold the messages of Kx, Ck and Mc with their real sizes")
    {
    }

  private:
    /// Messages and bytes of one type.
    struct Count
    {
        uint64_t messages{0}; //!< messages
        uint64_t bytes{0};    //!< their bytes
    };

    using Counts = std::map<uint16_t, Count>; //!< by message type
    /// One direction of a TCP connection: addresses and ports.
    using Stream = std::tuple<Ipv4Address, uint16_t, Ipv4Address, uint16_t>;

    /// Trace sink of Sent.
    void Sent(const Address&, const Address&, uint16_t type, uint32_t bytes, IncidentId)
    {
        if (type >= KX_KEY_STORED)
        {
            ++m_sent[type].messages;
            m_sent[type].bytes += bytes;
        }
    }

    /**
     * @brief The payload of each stream in a capture.
     * @param file its name
     * @return the payload by stream
     */
    static std::map<Stream, Ptr<Packet>> ReadStreams(const std::string& file)
    {
        PcapFile pcap;
        pcap.Open(file, std::ios::in);
        std::vector<uint8_t> buffer(65536);
        uint32_t seconds = 0;
        uint32_t micros = 0;
        uint32_t included = 0;
        uint32_t original = 0;
        uint32_t length = 0;
        std::map<Stream, Ptr<Packet>> streams;
        while (true)
        {
            pcap.Read(buffer.data(), 65536, seconds, micros, included, original, length);
            if (pcap.Eof())
            {
                return streams;
            }
            Ptr<Packet> packet = Create<Packet>(buffer.data(), length);
            PppHeader ppp;
            packet->RemoveHeader(ppp);
            Ipv4Header ip;
            packet->RemoveHeader(ip);
            if (ip.GetProtocol() != 6)
            {
                continue;
            }
            TcpHeader tcp;
            packet->RemoveHeader(tcp);
            const Stream stream(ip.GetSource(),
                                tcp.GetSourcePort(),
                                ip.GetDestination(),
                                tcp.GetDestinationPort());
            const auto known = streams.emplace(stream, Create<Packet>()).first;
            known->second->AddAtEnd(packet);
        }
    }

    /**
     * @brief The messages in a stream.
     * @param payload the payload
     * @return by type
     */
    static Counts CountFrames(Ptr<Packet> payload)
    {
        Counts counts;
        FrameAssembler assembler(1U << 24);
        assembler.Append(payload);
        FrameHeader header;
        Ptr<Packet> body;
        while (assembler.Next(header, body) == FrameAssembler::FRAME)
        {
            if (header.GetType() >= KX_KEY_STORED)
            {
                ++counts[header.GetType()].messages;
                counts[header.GetType()].bytes += FrameHeader::SIZE + body->GetSize();
            }
        }
        return counts;
    }

    void DoRun() override
    {
        // applications stop before the end; nothing fails, so that no segment is sent twice
        const Scenario scenario = ScenarioReader::ReadFile(
            std::string(QKDN_SOURCE_DIR) + "/examples/scenarios/itu-example-1-2.json",
            {{"/simulation/duration_s", "16.3"},
             {"/sessions/0/stop_s", "12"},
             {"/sessions/1/stop_s", "12"},
             {"/controllers/0/node", "1"},
             {"/faults", "[]"}});
        const std::string prefix = CreateTempDirFilename("relay");
        {
            const ScenarioBuilder builder(scenario, "example");
            builder.EnablePcap(prefix);
            const auto sink = MakeCallback(&RelayPcapTest::Sent, this);
            for (const std::string node : {"1", "2", "3", "4"})
            {
                const Ptr<KeyManager> km = builder.GetKeyManager(node);
                km->GetEndpoint()->TraceConnectWithoutContext("Sent", sink);
                // what stays on the controller's own node crosses no link
                if (node != "1")
                {
                    km->GetControlAgent()
                        ->GetControllerClient()
                        ->GetEndpoint()
                        ->TraceConnectWithoutContext("Sent", sink);
                }
            }
            builder.GetManager()->GetEndpoint()->TraceConnectWithoutContext("Sent", sink);
            const Ptr<QkdnController> controller = builder.GetController("C");
            controller->GetManagerEndpoint()->TraceConnectWithoutContext("Sent", sink);
            Simulator::Stop(scenario.simulation.duration);
            Simulator::Run();
        }
        Simulator::Destroy();
        const std::filesystem::path path(prefix);
        std::map<Stream, Counts> seen;
        for (const auto& entry : std::filesystem::directory_iterator(path.parent_path()))
        {
            if (entry.path().filename().string().rfind(path.filename().string(), 0) != 0)
            {
                continue;
            }
            // a stream that takes several links is in several captures, the same in each
            for (const auto& [stream, payload] : ReadStreams(entry.path().string()))
            {
                seen[stream] = CountFrames(payload);
            }
        }
        Counts captured;
        for (const auto& [stream, counts] : seen)
        {
            for (const auto& [type, count] : counts)
            {
                captured[type].messages += count.messages;
                captured[type].bytes += count.bytes;
            }
        }
        for (const uint16_t type : {uint16_t{KX_KEY_RELAY},
                                    uint16_t{KX_RELAY_COMPLETION},
                                    uint16_t{KX_RELAYED_NOTIFICATION},
                                    uint16_t{KX_RELAYED_RESPONSE},
                                    uint16_t{CK_REGISTRATION},
                                    uint16_t{CK_ACKNOWLEDGEMENT},
                                    uint16_t{MC_SESSION_STATUS}})
        {
            NS_TEST_ASSERT_MSG_GT(captured[type].messages, 0, "on the wire: type " << type);
        }
        // 28 keys of A and 25 of B, over two hops each
        NS_TEST_ASSERT_MSG_EQ(captured[KX_KEY_RELAY].messages, 2 * (28 + 25), "relays");
        for (const auto& [type, count] : m_sent)
        {
            NS_TEST_ASSERT_MSG_EQ(captured[type].messages, count.messages, "type " << type);
            NS_TEST_ASSERT_MSG_EQ(captured[type].bytes, count.bytes, "bytes of type " << type);
        }
        // a relay of a key of 512 bits: header, route, number, two tags of 96 bit in one range
        // each, the key's name and size, its pad in one range, the key under the pad
        constexpr uint64_t relay =
            16 + 4 + 8 + (4 + 20 + 1 + 12) + (4 + 20) + 4 + (8 + 4 + 12 + 4 + 4 + 20 + 4 + 64);
        NS_TEST_ASSERT_MSG_GT_OR_EQ(captured[KX_KEY_RELAY].bytes,
                                    captured[KX_KEY_RELAY].messages * relay,
                                    "the size of a relay, ranges that cross a block have more");
        NS_TEST_ASSERT_MSG_LT(captured[KX_KEY_RELAY].bytes,
                              captured[KX_KEY_RELAY].messages * (relay + 40),
                              "and not much more");
    }

    Counts m_sent; //!< what the endpoints sent
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
        AddTestCase(new RelayPcapTest);
    }
};

static QkdnPcapTestSuite g_qkdnPcapTestSuite; //!< registers the suite
