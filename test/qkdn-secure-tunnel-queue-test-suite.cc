/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-secure-tunnel-fixture.h"
#include "qkdn-secure-tunnel-flows.h"

#include "ns3/data-rate.h"
#include "ns3/on-off-helper.h"
#include "ns3/queue-size.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Loss and delay against the arithmetic of the queue.
 *
 * 100 packets a second come and key for 50 (rate m). A packet that finds a place in a full queue of
 * q has q - 1 before it, so it waits between (q - 1) / m and q / m, up to a key block (some 20 ms)
 * more or less. All that is not served and does not wait at the end is lost.
 */
class TunnelQueueSizeTest : public TestCase
{
  public:
    TunnelQueueSizeTest()
        : TestCase("Loss and delay follow from the size of the queue, in packets and octets")
    {
    }

  private:
    static constexpr uint32_t PAYLOAD = 1000; //!< UDP payload

    /// 30 s of overload. @param size MaxQueueSize @param packets packets that it holds
    void CheckOverload(const std::string& size, uint32_t packets)
    {
        TunnelSites sites("otp");
        sites.supply.rateBps = 50 * TunnelSpentBits(PAYLOAD);
        sites.Set("RetryInterval", TimeValue(MilliSeconds(1)));
        sites.Set("MaxQueueSize", QueueSizeValue(QueueSize(size)));
        sites.SendUdp(PAYLOAD, MilliSeconds(10), Seconds(0), 3000);
        FlowMonitorHelper flows;
        flows.InstallAll();
        Simulator::Stop(Seconds(30));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ_TOL(sites.received.size(), 1500.0, 2, size << ": served");
        NS_TEST_EXPECT_MSG_EQ(sites.sent + sites.drops[TUNNEL_QUEUE_FULL] + sites.queued,
                              3000,
                              size << ": served, lost or waiting");
        NS_TEST_EXPECT_MSG_EQ(sites.longestQueue, packets, size << ": full");
        // the queue is full from the first few seconds on
        const uint32_t last = 1000;
        NS_TEST_ASSERT_MSG_GT(sites.delays.size(), last, "waited");
        const Time sum = std::accumulate(sites.delays.end() - last, sites.delays.end(), Time(0));
        NS_TEST_EXPECT_MSG_EQ_TOL(sum.GetSeconds() / last,
                                  (packets - 0.5) / 50,
                                  0.02,
                                  size << ": mean delay");
        const SeenTunnelFlow inner = FindTunnelFlow(flows, sites.hostB);
        NS_TEST_EXPECT_MSG_EQ(inner.flows, 1, "one inner flow");
        NS_TEST_EXPECT_MSG_EQ(inner.stats.rxPackets, sites.received.size(), "FlowMonitor");
        // beside the queue a packet takes three links of 1 ms and at most 10 us each to be sent
        const Time waits = std::accumulate(sites.delays.begin(), sites.delays.end(), Time(0));
        const double onTheWay = (inner.stats.delaySum - waits).GetSeconds();
        NS_TEST_EXPECT_MSG_EQ_TOL(onTheWay / static_cast<double>(inner.stats.rxPackets),
                                  0.003015,
                                  1.5e-5,
                                  size << ": delay of FlowMonitor is queue and links");
        Simulator::Destroy();
    }

    /**
     * @brief 100 packets at once, against TUNNEL_BUFFER_BITS of key in store and a trickle of key.
     *
     * The store of 8 keys pays for the first 7 packets. Packet n (from 1) needs n S bits in all, so
     * it leaves when the last whole key for them has come, or up to a retry later.
     * @param room packets that may wait
     */
    void CheckBurst(uint32_t room)
    {
        const double rateBps = TUNNEL_BUFFER_BITS; // fills the store in a second
        TunnelSites sites("otp");
        sites.supply.rateBps = rateBps;
        sites.supply.outageBegin = Seconds(1.01);
        sites.supply.outageEnd = Seconds(2);
        sites.Set("RetryInterval", TimeValue(MilliSeconds(1)));
        sites.Set("MaxQueueSize", QueueSizeValue(QueueSize(std::to_string(room) + "p")));
        sites.SendUdp(PAYLOAD, MicroSeconds(1), Seconds(2), 100);
        TunnelSites::Run(Seconds(20));
        const double spentBit = TunnelSpentBits(PAYLOAD);
        const auto stored = static_cast<uint32_t>(TUNNEL_BUFFER_BITS / spentBit);
        const uint32_t served = std::min(100U, stored + room);
        NS_TEST_EXPECT_MSG_EQ(stored, 7, "the store");
        NS_TEST_EXPECT_MSG_EQ(sites.received.size(), served, room << ": served");
        NS_TEST_EXPECT_MSG_EQ(sites.drops[TUNNEL_QUEUE_FULL], 100 - served, room << ": lost");
        NS_TEST_ASSERT_MSG_EQ(sites.delays.size(), served - stored, room << ": waited");
        for (uint32_t i = 0; i < sites.delays.size(); ++i)
        {
            const double neededKeys = std::ceil((stored + i + 1) * spentBit / TUNNEL_KEY_BITS);
            // nothing accrues for 0.99 s, and packets arrive 1 ms after 2 s
            const double readyS = neededKeys * TUNNEL_KEY_BITS / rateBps + 0.99 - 2.001;
            NS_TEST_EXPECT_MSG_EQ_TOL(sites.delays[i].GetSeconds(),
                                      readyS,
                                      0.002,
                                      room << ": delay of waiting packet " << i);
        }
    }

    void DoRun() override
    {
        CheckOverload("1p", 1);
        CheckOverload("10p", 10);
        CheckOverload("100p", 100);
        // 24 packets of 1028 octets
        CheckOverload("25000B", 24);
        CheckBurst(10);
        CheckBurst(93);
        CheckBurst(500);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A source that is on and off by turns.
 *
 * On for 1 s at 100 packets/s and off for 1 s, with key for 60 packets/s: in the mean there is
 * enough. A turn of 100 packets meets 8 keys in store and 2 that have accrued, enough for 9.8
 * packets, and 0.99 s of new ones (59.4), so that some 31 packets wait at its end, the last of them
 * for 31 / 60 s.
 */
class TunnelOnOffTest : public TestCase
{
  public:
    TunnelOnOffTest()
        : TestCase("OTP: a burst needs the queue that key rate and store leave")
    {
    }

  private:
    /// 20 turns. @param room MaxQueueSize, packets @param lostATurn packets lost a turn
    void Check(uint32_t room, double lostATurn)
    {
        constexpr uint32_t payloadBytes = 1000;
        constexpr uint32_t turns = 20;
        TunnelSites sites("otp");
        sites.supply.rateBps = 60 * TunnelSpentBits(payloadBytes);
        sites.supply.capacityBit = 2 * TUNNEL_KEY_BITS;
        sites.Set("RetryInterval", TimeValue(MilliSeconds(1)));
        sites.Set("MaxQueueSize", QueueSizeValue(QueueSize(std::to_string(room) + "p")));
        OnOffHelper source("ns3::UdpSocketFactory",
                           InetSocketAddress(sites.hostB, TunnelSites::SINK_PORT));
        source.SetAttribute("DataRate", DataRateValue(DataRate("800kbps")));
        source.SetAttribute("PacketSize", UintegerValue(payloadBytes));
        source.SetAttribute("OnTime", StringValue("ns3::ConstantRandomVariable[Constant=1]"));
        source.SetAttribute("OffTime", StringValue("ns3::ConstantRandomVariable[Constant=1]"));
        ApplicationContainer sources = source.Install(sites.nodes.Get(0));
        sources.Start(Seconds(2)); // off first
        sources.Stop(Seconds(3 + 2 * turns) - MilliSeconds(500));
        const auto sink = sites.InstallSink("ns3::UdpSocketFactory");
        FlowMonitorHelper flows;
        flows.InstallAll();
        Simulator::Stop(Seconds(50));
        Simulator::Run();
        const SeenTunnelFlow inner = FindTunnelFlow(flows, sites.hostB);
        const double lost = sites.drops[TUNNEL_QUEUE_FULL];
        NS_TEST_EXPECT_MSG_EQ(inner.stats.txPackets, inner.stats.rxPackets + lost, "all are known");
        NS_TEST_EXPECT_MSG_EQ(sink->GetTotalRx(), inner.stats.rxPackets * payloadBytes, "payload");
        NS_TEST_EXPECT_MSG_EQ_TOL(inner.stats.txPackets, 100.0 * turns, turns, "offered");
        NS_TEST_EXPECT_MSG_EQ_TOL(lost, lostATurn * turns, 2.0 * turns, room << ": lost");
        NS_TEST_EXPECT_MSG_EQ_TOL(sites.longestQueue,
                                  std::min(31.0, 1.0 * room),
                                  2,
                                  room << ": most that wait");
        NS_TEST_ASSERT_MSG_GT(sites.delays.size(), 0, room << ": some wait");
        const Time longest = *std::max_element(sites.delays.begin(), sites.delays.end());
        NS_TEST_EXPECT_MSG_EQ_TOL(longest.GetSeconds(),
                                  std::min(31.0, 1.0 * room) / 60,
                                  0.04,
                                  room << ": longest delay");
        Simulator::Destroy();
    }

    void DoRun() override
    {
        Check(50, 0);
        Check(20, 11);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys that were held for too long.
 *
 * The key manager of the receiving end destroys a key that nobody has fetched after a time
 * (KeyTtl). A packet each 20 s spends so little that keys grow old in the store.
 */
class TunnelOldKeyTest : public TestCase
{
  public:
    TunnelOldKeyTest()
        : TestCase("Keys that the other end cannot fetch any more are not used")
    {
    }

  private:
    /// 20 packets, one each 20 s. @param storeS KeyStoreTime @param mode the mode @return passed
    uint32_t Run(double storeS, const std::string& mode)
    {
        TunnelSites sites(mode);
        sites.supply.rateBps = 1e5;
        sites.supply.lifetime = Seconds(60);
        sites.Set("KeyStoreTime", TimeValue(Seconds(storeS)));
        sites.SendUdp(1000, Seconds(20), Seconds(100), 20);
        TunnelSites::Run(Seconds(600));
        NS_TEST_EXPECT_MSG_EQ(sites.received.size() + sites.drops[TUNNEL_NO_KEY],
                              20,
                              mode << ": all are known");
        return sites.received.size();
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(Run(30, "otp"), 20, "OTP with young keys");
        NS_TEST_EXPECT_MSG_EQ(Run(30, "aes-256"), 20, "AES with young keys");
        NS_TEST_EXPECT_MSG_LT(Run(1000, "otp"), 20, "OTP with old keys");
        NS_TEST_EXPECT_MSG_LT(Run(1000, "aes-256"), 20, "AES with old keys");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of what waits in secured tunnels: packets for key, and key for packets.
 */
class SecureTunnelQueueTestSuite : public TestSuite
{
  public:
    SecureTunnelQueueTestSuite()
        : TestSuite("qkdn-secure-tunnel-queue", Type::SYSTEM)
    {
        AddTestCase(new TunnelQueueSizeTest);
        AddTestCase(new TunnelOnOffTest);
        AddTestCase(new TunnelOldKeyTest);
    }
};

static SecureTunnelQueueTestSuite g_secureTunnelQueueTestSuite; //!< registers the suite
