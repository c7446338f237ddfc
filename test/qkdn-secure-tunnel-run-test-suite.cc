/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-resilience-monitor.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-secure-tunnel-helper.h"
#include "ns3/qkdn-secure-tunnel.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/udp-client-server-helper.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief Key relay routes 1-2-4 and 1-3-4, and the fibre of link 12 cut from 60 s to 120 s.
 * @param sessionClass resilience class of the sessions of both directions
 * @return JSON
 */
std::string
TunnelScenario(const std::string& sessionClass)
{
    const auto fibre = [](const std::string& a, const std::string& b) {
        return R"({"id": "f)" + a + b + R"(", "a": ")" + a + R"(", "b": ")" + b +
               R"(", "length_km": 25})";
    };
    const auto link = [](const std::string& a, const std::string& b) {
        return R"({"id": ")" + a + b + R"(", "tx": ")" + a + R"(", "rx": ")" + b +
               R"(", "fibres": ["f)" + a + b +
               R"("], "protocol": {"type": "measured", "rate_bps": 20000},
               "initial_pool_bit": 30000, "initial_state": "running"})";
    };
    const auto session = [&sessionClass](const std::string& from, const std::string& to) {
        return R"({"id": ")" + from + to + R"(", "master": ")" + from + R"(", "slave": ")" + to +
               R"(", "key_size_bit": 2048, "rate_keys_per_s": 5, "start_s": 999,
               "resilience": {"class": ")" +
               sessionClass + R"("}})";
    };
    return R"({"name": "tunnel", "simulation": {"duration_s": 1000, "distillation": "ideal"},
        "nodes": [{"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "4"}], "fibres": [)" +
           fibre("1", "2") + "," + fibre("2", "4") + "," + fibre("1", "3") + "," + fibre("3", "4") +
           R"(], "qkd_links": [)" + link("1", "2") + "," + link("2", "4") + "," + link("1", "3") +
           "," + link("3", "4") +
           R"(], "key_management": {"capacity_bit": 50000},
        "controllers": [{"id": "C", "node": "3"}], "sessions": [)" +
           session("1", "4") + "," + session("4", "1") +
           R"(], "faults": [{"id": "cut", "at_s": 60, "type": "fibre-cut", "target": "f12",
                            "repair_after_s": 60}]})";
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief A tunnel over a whole QKDN, through a cut.
 */
class SecureTunnelCutTest : public TestCase
{
  public:
    SecureTunnelCutTest()
        : TestCase("A cut silences an unprotected tunnel, and not one whose keys change the route")
    {
    }

  private:
    /// What became of the packets of a run.
    struct Outcome
    {
        uint32_t received{0}; //!< packets opened
        uint32_t dropped{0};  //!< packets dropped
        Time longestGap;      //!< longest time without a packet opened
    };

    /// @cond
    void CountRx(Ptr<const Packet>, uint32_t)
    {
        const Time now = Simulator::Now();
        m_outcome.longestGap = std::max(m_outcome.longestGap, now - m_last);
        m_last = now;
        ++m_outcome.received;
    }

    void CountDrop(Ptr<const Packet>, TunnelDropReason)
    {
        ++m_outcome.dropped;
    }

    /// @endcond

    /**
     * @brief Install a tunnel between nodes 1 and 4.
     * @param builder the network
     * @param mode "otp" or "aes-256"
     * @return both ends
     */
    ApplicationContainer Install(const ScenarioBuilder& builder, const std::string& mode)
    {
        const std::vector<Ptr<KeyManager>> kms = {builder.GetKeyManager("1"),
                                                  builder.GetKeyManager("4")};
        SecureTunnelHelper helper;
        helper.SetAttribute("Mode", StringValue(mode));
        helper.SetAttribute("KeySize", UintegerValue(2048));
        helper.SetAttribute("KeyBuffer", UintegerValue(16384));
        helper.SetAttribute("RekeyInterval", TimeValue(Seconds(1)));
        helper.SetAttribute("KeyLifetime", TimeValue(Seconds(2)));
        const ApplicationContainer tunnels =
            helper.Install("T",
                           kms[0]->GetNode(),
                           PlantHelper::GetServiceAddress(kms[0]->GetNode()),
                           kms[1]->GetNode(),
                           PlantHelper::GetServiceAddress(kms[1]->GetNode()));
        Ipv4AddressHelper inside("172.16.0.0", "255.255.255.252");
        inside.Assign(SecureTunnelHelper::GetDevices(tunnels));
        for (uint32_t i = 0; i < 2; ++i)
        {
            const auto end = DynamicCast<SecureTunnel>(tunnels.Get(i));
            SecureTunnelHelper::AddRoute(end, "172.16.0.0", "255.255.255.252");
            // the sessions of the scenario have their own names
            end->SetAttribute("SaeId", StringValue(i == 0 ? "14-master" : "41-master"));
            end->SetAttribute("PeerSaeId", StringValue(i == 0 ? "14-slave" : "41-slave"));
            end->SetAttribute("ReceiveSaeId", StringValue(i == 0 ? "41-slave" : "14-slave"));
            end->SetAttribute("ReceivePeerSaeId", StringValue(i == 0 ? "41-master" : "14-master"));
            end->SetKeySupplyService(PeekPointer(kms[i]));
            end->SetStartTime(Seconds(1));
            end->TraceConnectWithoutContext("Drop",
                                            MakeCallback(&SecureTunnelCutTest::CountDrop, this));
        }
        tunnels.Get(1)->TraceConnectWithoutContext(
            "Rx",
            MakeCallback(&SecureTunnelCutTest::CountRx, this));
        return tunnels;
    }

    /// 5 packets of 200 octets a second from 20 s to 180 s.
    Outcome Run(const std::string& mode, const std::string& sessionClass)
    {
        m_outcome = Outcome();
        m_last = Seconds(20);
        const ScenarioBuilder builder(
            ScenarioReader::ReadString(TunnelScenario(sessionClass), "test"),
            "test");
        const ApplicationContainer tunnels = Install(builder, mode);
        UdpClientHelper client(Ipv4Address("172.16.0.2"), 9);
        client.SetAttribute("Interval", TimeValue(MilliSeconds(200)));
        client.SetAttribute("PacketSize", UintegerValue(200));
        client.SetAttribute("MaxPackets", UintegerValue(PACKETS));
        client.Install(tunnels.Get(0)->GetNode()).Start(Seconds(20));
        PacketSinkHelper sinks("ns3::UdpSocketFactory",
                               InetSocketAddress(Ipv4Address::GetAny(), 9));
        const auto sink = DynamicCast<PacketSink>(sinks.Install(tunnels.Get(1)->GetNode()).Get(0));
        Simulator::Stop(Seconds(200));
        Simulator::Run();
        const auto monitor = builder.GetMonitor();
        NS_TEST_EXPECT_MSG_EQ(monitor->GetKmaBook().Balances(), true, "KMA-keys");
        NS_TEST_EXPECT_MSG_EQ(monitor->GetKsaBook().Balances(), true, "KSA-keys");
        NS_TEST_EXPECT_MSG_EQ(sink->GetTotalRx(), 200 * m_outcome.received, "delivered");
        Simulator::Destroy();
        return m_outcome;
    }

    static constexpr uint32_t PACKETS = 800; //!< packets of a run

    void DoRun() override
    {
        for (const std::string mode : {"otp", "aes-256"})
        {
            const Outcome switched = Run(mode, "route-1:1");
            const Outcome alone = Run(mode, "unprotected");
            NS_TEST_EXPECT_MSG_EQ(switched.received, PACKETS, mode << ": all with another route");
            NS_TEST_EXPECT_MSG_EQ(switched.dropped, 0, mode << ": none is dropped");
            NS_TEST_EXPECT_MSG_LT(switched.longestGap, Seconds(5), mode << ": the switch-over");
            if (mode == "otp")
            {
                // 9.6 kbit/s empty the pools long before the repair, and 100 packets wait
                NS_TEST_EXPECT_MSG_GT(alone.longestGap, Seconds(40), "outage of the tunnel");
                NS_TEST_EXPECT_MSG_GT(alone.dropped, 100, "the queue is full");
                NS_TEST_EXPECT_MSG_EQ(alone.received + alone.dropped, PACKETS, "all are known");
            }
            else
            {
                // 256 bit/s last through the cut
                NS_TEST_EXPECT_MSG_EQ(alone.received, PACKETS, "AES bridges it from the pools");
            }
        }
    }

    Outcome m_outcome; //!< of the present run
    Time m_last;       //!< when the last packet was opened
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of secured tunnels over whole networks.
 */
class SecureTunnelRunTestSuite : public TestSuite
{
  public:
    SecureTunnelRunTestSuite()
        : TestSuite("qkdn-secure-tunnel-run", Type::SYSTEM)
    {
        AddTestCase(new SecureTunnelCutTest);
    }
};

static SecureTunnelRunTestSuite g_secureTunnelRunTestSuite; //!< registers the suite
