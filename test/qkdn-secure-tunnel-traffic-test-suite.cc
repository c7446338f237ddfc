/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-secure-tunnel-fixture.h"
#include "qkdn-secure-tunnel-flows.h"

#include "ns3/bulk-send-helper.h"
#include "ns3/test.h"

#include <algorithm>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief UDP of several packet and tag sizes, above and below the key rate.
 *
 * A packet of P octets of payload spends S = 8 (P + 28) + tag bits. At key rate R keys of K bits
 * come as soon as they have accrued, or up to a retry d later, so in a time T the tunnel has been
 * given between R (T - d) - K and R T bits and has sent as many packets as these pay for. What is
 * offered above that is lost but for the queue; what is offered below it passes whole.
 */
class TunnelUdpRateTest : public TestCase
{
  public:
    TunnelUdpRateTest()
        : TestCase("OTP: UDP above the key rate has that rate times payload over packet and tag")
    {
    }

  private:
    /**
     * @brief 100 packets a second for 20 s.
     * @param payloadBytes payload of a packet
     * @param tagBits tag of a packet
     * @param load key that is offered to be spent over key that comes
     */
    void Check(uint32_t payloadBytes, uint32_t tagBits, double load)
    {
        constexpr double runS = 20;
        constexpr double retryS = 0.005;
        constexpr uint32_t offered = 2000;
        const double spentBit = TunnelSpentBits(payloadBytes, tagBits);
        const double rateBps = spentBit * 100 / load;
        TunnelSites sites("otp");
        sites.supply.rateBps = rateBps;
        sites.Set("TagBits", UintegerValue(tagBits));
        sites.Set("RetryInterval", TimeValue(Seconds(retryS)));
        // key that has accrued for the first packet
        const Time start = load < 1 ? Seconds(1) : Seconds(0);
        const auto sink = sites.SendUdp(payloadBytes, MilliSeconds(10), start, offered);
        TunnelSites::Run(Seconds(runS) + start);
        const double packets = sites.received.size();
        const std::string what = std::to_string(payloadBytes) + " octets, tag " +
                                 std::to_string(tagBits) + ", load " + std::to_string(load);
        NS_TEST_EXPECT_MSG_EQ(sink->GetTotalRx(), packets * payloadBytes, what << ": delivered");
        NS_TEST_EXPECT_MSG_EQ(sites.reused, false, what << ": each bit once");
        if (load < 1)
        {
            NS_TEST_EXPECT_MSG_EQ(packets, offered, what << ": all pass");
            NS_TEST_EXPECT_MSG_EQ(sites.drops.size(), 0, what << ": none is dropped");
            return;
        }
        const double most = rateBps * runS / spentBit;
        const double least = (rateBps * (runS - retryS) - TUNNEL_KEY_BITS) / spentBit - 1;
        NS_TEST_EXPECT_MSG_LT_OR_EQ(packets, most, what << ": no more than there is key for");
        NS_TEST_EXPECT_MSG_GT_OR_EQ(packets, least, what << ": as many as there is key for");
        const uint32_t waited = sites.drops[TUNNEL_STOPPED]; // at the end
        NS_TEST_EXPECT_MSG_EQ(sites.sent + sites.drops[TUNNEL_QUEUE_FULL] + waited,
                              offered,
                              what << ": the others are lost or wait");
        NS_TEST_EXPECT_MSG_GT(waited, 97, what << ": the queue is full");
    }

    void DoRun() override
    {
        for (const uint32_t payloadBytes : {100, 512, 1372})
        {
            Check(payloadBytes, 96, 2);
            Check(payloadBytes, 96, 0.9);
        }
        Check(512, 0, 1.25);
        Check(512, 256, 4);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief TCP below, at and above the key rate.
 *
 * A segment of 536 octets with 32 of TCP header and time stamps, 20 of IPv4 and a tag of 12 spends
 * 600 octets of key, so no TCP can have more than R 536 / 600.
 */
class TunnelTcpRateTest : public TestCase
{
  public:
    TunnelTcpRateTest()
        : TestCase("OTP: TCP has no more than the key rate pays for, and most of it")
    {
    }

  private:
    /// A bulk transfer of 20 s. @param rateBps key rate @return its goodput, bit/s
    double Run(double rateBps)
    {
        TunnelSites sites("otp");
        sites.supply.rateBps = rateBps;
        sites.Set("RetryInterval", TimeValue(MilliSeconds(5)));
        BulkSendHelper source("ns3::TcpSocketFactory",
                              InetSocketAddress(sites.hostB, TunnelSites::SINK_PORT));
        source.Install(sites.nodes.Get(0)).Start(Seconds(1));
        const auto sink = sites.InstallSink("ns3::TcpSocketFactory");
        FlowMonitorHelper flows;
        flows.InstallAll();
        Simulator::Stop(Seconds(21));
        Simulator::Run();
        const SeenTunnelFlow data = FindTunnelFlow(flows, sites.hostB);
        const SeenTunnelFlow acknowledgements = FindTunnelFlow(flows, sites.hostA);
        NS_TEST_EXPECT_MSG_EQ(data.flows + acknowledgements.flows, 2, "both directions");
        NS_TEST_EXPECT_MSG_EQ_TOL(data.stats.rxPackets,
                                  sites.received.size(),
                                  5,
                                  "data, but what is on the last link");
        NS_TEST_EXPECT_MSG_EQ(sites.reused, false, "each bit once");
        Simulator::Destroy();
        return 8.0 * sink->GetTotalRx() / 20;
    }

    void DoRun() override
    {
        for (const double rateBps : {100e3, 400e3, 1600e3})
        {
            const double goodputBps = Run(rateBps);
            // key accrues for a second before the transfer
            const double boundBps = rateBps * 21 / 20 * 536 / 600;
            NS_TEST_EXPECT_MSG_LT_OR_EQ(goodputBps, boundBps, "TCP at " << rateBps);
            // how much less depends on the release of ns-3, whose congestion control goes on
            NS_TEST_EXPECT_MSG_GT(goodputBps, 0.7 * boundBps, "TCP fills it at " << rateBps);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Voice: 160 octets of G.711 and 12 of RTP each 20 ms, with both sides in FlowMonitor.
 *
 * An inner packet has 200 octets and spends S = 1696 bits. On the wire it carries 28 octets of UDP
 * and IPv4, 16 of the header, 12 of the tag and 16 for each key that it takes bits of. Bits are
 * taken in order, so a packet takes bits of one key more for each end of a key strictly inside of
 * it: of N packets (N S - 1) / K such ends, less those where a packet ends too.
 */
class TunnelVoiceTest : public TestCase
{
  public:
    TunnelVoiceTest()
        : TestCase("OTP: voice, its key and octets on the wire to the last bit")
    {
    }

  private:
    static constexpr uint32_t PAYLOAD = 172;  //!< UDP payload
    static constexpr uint32_t PACKETS = 1500; //!< 30 s

    /// Key IDs on the wire. @param packets packets @return their number
    static uint64_t CountKeyIds(uint64_t packets)
    {
        const auto spentBit = static_cast<uint64_t>(TunnelSpentBits(PAYLOAD));
        uint64_t ids = 0;
        for (uint64_t i = 0; i < packets; ++i)
        {
            ids += (i * spentBit + spentBit - 1) / TUNNEL_KEY_BITS -
                   i * spentBit / TUNNEL_KEY_BITS + 1;
        }
        return ids;
    }

    void DoRun() override
    {
        // a call each way needs 84.8 kbit/s of key each way
        const double neededBps = 50 * TunnelSpentBits(PAYLOAD);
        NS_TEST_EXPECT_MSG_EQ(neededBps, 84800, "key rate of a call");
        for (const double share : {1.1, 0.5})
        {
            TunnelSites sites("otp");
            sites.supply.rateBps = share * neededBps;
            sites.Set("RetryInterval", TimeValue(MilliSeconds(1)));
            sites.Set("MaxQueueDelay", TimeValue(MilliSeconds(150)));
            const Time start = share > 1 ? Seconds(1) : Seconds(0);
            const auto sink = sites.SendUdp(PAYLOAD, MilliSeconds(20), start, PACKETS);
            FlowMonitorHelper flows;
            flows.InstallAll();
            Simulator::Stop(start + Seconds(30));
            Simulator::Run();
            const uint64_t passed = sites.received.size();
            const SeenTunnelFlow inner = FindTunnelFlow(flows, sites.hostB);
            const SeenTunnelFlow outer = FindTunnelFlow(flows, "192.168.0.2");
            NS_TEST_EXPECT_MSG_EQ(inner.flows + outer.flows, 2, "inner and outer flow");
            NS_TEST_EXPECT_MSG_EQ(sink->GetTotalRx(), passed * PAYLOAD, "payload");
            NS_TEST_EXPECT_MSG_EQ(inner.stats.txBytes, PACKETS * (PAYLOAD + 28), "inner octets");
            NS_TEST_EXPECT_MSG_EQ(outer.stats.txPackets, passed, "outer packets");
            NS_TEST_EXPECT_MSG_EQ(outer.stats.txBytes,
                                  passed * (28 + 16 + PAYLOAD + 28 + 12) + 16 * CountKeyIds(passed),
                                  "outer octets");
            NS_TEST_EXPECT_MSG_EQ(sites.usedBits, passed * TunnelSpentBits(PAYLOAD), "key");
            if (share > 1)
            {
                NS_TEST_EXPECT_MSG_EQ(passed, PACKETS, "all pass");
                NS_TEST_EXPECT_MSG_EQ(sites.delays.size(), 0, "none waits");
            }
            else
            {
                NS_TEST_EXPECT_MSG_EQ_TOL(passed, 0.5 * PACKETS, 5, "half of them pass");
                // those that wait at the end came within the last 150 ms
                NS_TEST_EXPECT_MSG_EQ_TOL(sites.drops[TUNNEL_QUEUE_TIME],
                                          PACKETS - passed,
                                          8,
                                          "others wait for too long");
                NS_TEST_ASSERT_MSG_GT(sites.delays.size(), 0, "some wait");
                const Time longest = *std::max_element(sites.delays.begin(), sites.delays.end());
                NS_TEST_EXPECT_MSG_LT(longest, MilliSeconds(150), "the limit of the delay");
            }
            Simulator::Destroy();
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An outage of key supply under AES, met first by the volume that a key may seal.
 *
 * 100 packets of 1028 octets a second. A key is to be replaced after RekeyVolume of 1000 packets,
 * each 10 s, and must not seal more than KeyVolume of 1500. A key taken into use t after the start
 * is followed by another one 10 s later, but in the outage it goes on for 15 s and then stops.
 */
class TunnelVolumeOutageTest : public TestCase
{
  public:
    TunnelVolumeOutageTest()
        : TestCase("AES: an outage of keys shows once a key has sealed KeyVolume, and not before")
    {
    }

  private:
    /// 60 s. @param outageEndS end of the outage from 25 s on @param outage whether it shows
    void Check(double outageEndS, bool outage)
    {
        constexpr uint32_t innerBytes = 1028;
        constexpr uint32_t packets = 5900;
        TunnelSites sites("aes-256");
        sites.supply.rateBps = 1e6;
        sites.supply.outageBegin = Seconds(25);
        sites.supply.outageEnd = Seconds(outageEndS);
        sites.Set("RekeyInterval", TimeValue(Seconds(1000)));
        sites.Set("KeyLifetime", TimeValue(Seconds(1000)));
        sites.Set("RekeyVolume", UintegerValue(1000 * innerBytes));
        sites.Set("KeyVolume", UintegerValue(1500 * innerBytes));
        sites.SendUdp(1000, MilliSeconds(10), Seconds(1), packets);
        TunnelSites::Run(Seconds(62));
        Time gap;
        Time gapBegin;
        for (std::size_t i = 1; i < sites.received.size(); ++i)
        {
            const Time between = sites.received[i] - sites.received[i - 1];
            if (between > gap)
            {
                gap = between;
                gapBegin = sites.received[i - 1];
            }
        }
        NS_TEST_ASSERT_MSG_GT_OR_EQ(sites.rekeys.size(), 3, "at 1, 11 and 21 s");
        NS_TEST_EXPECT_MSG_EQ_TOL(sites.rekeys[2].GetSeconds(), 21, 0.05, "third key");
        if (!outage)
        {
            NS_TEST_EXPECT_MSG_EQ(sites.received.size(), packets, "all pass");
            NS_TEST_EXPECT_MSG_EQ(sites.drops.size(), 0, "none is dropped");
            NS_TEST_EXPECT_MSG_LT(gap, MilliSeconds(11), "no gap");
            return;
        }
        // packet 1500 of this key passes, packet 1501 does not
        const double lastS = sites.rekeys[2].GetSeconds() + 1499 * 0.01;
        NS_TEST_EXPECT_MSG_EQ_TOL(gapBegin.GetSeconds(), lastS, 0.005, "the last packet");
        NS_TEST_EXPECT_MSG_EQ_TOL((gapBegin + gap).GetSeconds(),
                                  outageEndS + 0.05,
                                  0.06,
                                  "the next one: a retry");
        // all that came in the gap but the 100 that waited
        NS_TEST_EXPECT_MSG_EQ_TOL(sites.drops[TUNNEL_QUEUE_FULL],
                                  gap.GetSeconds() * 100 - 1 - 100,
                                  1.5,
                                  "lost");
        NS_TEST_EXPECT_MSG_EQ(sites.received.size() + sites.drops[TUNNEL_QUEUE_FULL],
                              packets,
                              "all are known");
    }

    void DoRun() override
    {
        Check(35, false); // over before the key has sealed its volume at 36 s
        Check(45, true);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of traffic in secured tunnels.
 */
class SecureTunnelTrafficTestSuite : public TestSuite
{
  public:
    SecureTunnelTrafficTestSuite()
        : TestSuite("qkdn-secure-tunnel-traffic", Type::SYSTEM)
    {
        AddTestCase(new TunnelUdpRateTest);
        AddTestCase(new TunnelTcpRateTest);
        AddTestCase(new TunnelVoiceTest);
        AddTestCase(new TunnelVolumeOutageTest);
    }
};

static SecureTunnelTrafficTestSuite g_secureTunnelTrafficTestSuite; //!< registers the suite
