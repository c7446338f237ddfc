/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-secure-tunnel-fixture.h"

#include "ns3/bulk-send-helper.h"
#include "ns3/data-rate.h"
#include "ns3/flow-monitor-helper.h"
#include "ns3/ipv4-flow-classifier.h"
#include "ns3/on-off-helper.h"
#include "ns3/queue-size.h"
#include "ns3/test.h"

#include <cmath>
#include <numeric>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr uint32_t UDP_IP_BYTES = 28;   //!< headers of UDP and IPv4
constexpr uint32_t KEY_BITS = 8192;     //!< default of KeySize
constexpr uint32_t BUFFER_BITS = 65536; //!< default of KeyBuffer

/**
 * @brief Key that OTP spends on a packet.
 * @param payloadBytes its UDP payload
 * @param tagBits its tag
 * @return bits
 */
double
SpentBits(uint32_t payloadBytes, uint32_t tagBits = 96)
{
    return 8.0 * (payloadBytes + UDP_IP_BYTES) + tagBits;
}

/// What FlowMonitor saw of one side of a tunnel.
struct SeenFlow
{
    FlowMonitor::FlowStats stats; //!< the flow
    uint32_t flows{0};            //!< flows of this kind, which should be 1
};

/**
 * @brief Find the flow to an address in what FlowMonitor saw.
 * @param helper its helper
 * @param destination the address
 * @return the flow
 */
SeenFlow
FindFlow(FlowMonitorHelper& helper, Ipv4Address destination)
{
    SeenFlow seen;
    const auto classifier = DynamicCast<Ipv4FlowClassifier>(helper.GetClassifier());
    for (const auto& [id, flow] : helper.GetMonitor()->GetFlowStats())
    {
        if (classifier->FindFlow(id).destinationAddress == destination)
        {
            seen.stats = flow;
            ++seen.flows;
        }
    }
    return seen;
}

} // namespace

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
        const double spentBit = SpentBits(payloadBytes, tagBits);
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
        const double least = (rateBps * (runS - retryS) - KEY_BITS) / spentBit - 1;
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
        const SeenFlow data = FindFlow(flows, sites.hostB);
        const SeenFlow acknowledgements = FindFlow(flows, sites.hostA);
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
            NS_TEST_EXPECT_MSG_GT(goodputBps, 0.8 * boundBps, "TCP fills it at " << rateBps);
        }
    }
};

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
        sites.supply.rateBps = 50 * SpentBits(PAYLOAD);
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
        const SeenFlow inner = FindFlow(flows, sites.hostB);
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
     * @brief 100 packets at once, against BUFFER_BITS of key in store and a trickle of key.
     *
     * The store of 8 keys pays for the first 7 packets. Packet n (from 1) needs n S bits in all, so
     * it leaves when the last whole key for them has come, or up to a retry later.
     * @param room packets that may wait
     */
    void CheckBurst(uint32_t room)
    {
        const double rateBps = BUFFER_BITS; // fills the store in a second
        TunnelSites sites("otp");
        sites.supply.rateBps = rateBps;
        sites.supply.outageBegin = Seconds(1.01);
        sites.supply.outageEnd = Seconds(2);
        sites.Set("RetryInterval", TimeValue(MilliSeconds(1)));
        sites.Set("MaxQueueSize", QueueSizeValue(QueueSize(std::to_string(room) + "p")));
        sites.SendUdp(PAYLOAD, MicroSeconds(1), Seconds(2), 100);
        TunnelSites::Run(Seconds(20));
        const double spentBit = SpentBits(PAYLOAD);
        const auto stored = static_cast<uint32_t>(BUFFER_BITS / spentBit);
        const uint32_t served = std::min(100U, stored + room);
        NS_TEST_EXPECT_MSG_EQ(stored, 7, "the store");
        NS_TEST_EXPECT_MSG_EQ(sites.received.size(), served, room << ": served");
        NS_TEST_EXPECT_MSG_EQ(sites.drops[TUNNEL_QUEUE_FULL], 100 - served, room << ": lost");
        NS_TEST_ASSERT_MSG_EQ(sites.delays.size(), served - stored, room << ": waited");
        for (uint32_t i = 0; i < sites.delays.size(); ++i)
        {
            const double neededKeys = std::ceil((stored + i + 1) * spentBit / KEY_BITS);
            // nothing accrues for 0.99 s, and packets arrive 1 ms after 2 s
            const double readyS = neededKeys * KEY_BITS / rateBps + 0.99 - 2.001;
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
        sites.supply.rateBps = 60 * SpentBits(payloadBytes);
        sites.supply.capacityBit = 2 * KEY_BITS;
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
        const SeenFlow inner = FindFlow(flows, sites.hostB);
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
        const auto spentBit = static_cast<uint64_t>(SpentBits(PAYLOAD));
        uint64_t ids = 0;
        for (uint64_t i = 0; i < packets; ++i)
        {
            ids += (i * spentBit + spentBit - 1) / KEY_BITS - i * spentBit / KEY_BITS + 1;
        }
        return ids;
    }

    void DoRun() override
    {
        // a call each way needs 84.8 kbit/s of key each way
        const double neededBps = 50 * SpentBits(PAYLOAD);
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
            const SeenFlow inner = FindFlow(flows, sites.hostB);
            const SeenFlow outer = FindFlow(flows, "192.168.0.2");
            NS_TEST_EXPECT_MSG_EQ(inner.flows + outer.flows, 2, "inner and outer flow");
            NS_TEST_EXPECT_MSG_EQ(sink->GetTotalRx(), passed * PAYLOAD, "payload");
            NS_TEST_EXPECT_MSG_EQ(inner.stats.txBytes, PACKETS * (PAYLOAD + 28), "inner octets");
            NS_TEST_EXPECT_MSG_EQ(outer.stats.txPackets, passed, "outer packets");
            NS_TEST_EXPECT_MSG_EQ(outer.stats.txBytes,
                                  passed * (28 + 16 + PAYLOAD + 28 + 12) + 16 * CountKeyIds(passed),
                                  "outer octets");
            NS_TEST_EXPECT_MSG_EQ(sites.usedBits, passed * SpentBits(PAYLOAD), "key");
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
        AddTestCase(new TunnelQueueSizeTest);
        AddTestCase(new TunnelOnOffTest);
        AddTestCase(new TunnelVoiceTest);
        AddTestCase(new TunnelVolumeOutageTest);
        AddTestCase(new TunnelOldKeyTest);
    }
};

static SecureTunnelTrafficTestSuite g_secureTunnelTrafficTestSuite; //!< registers the suite
