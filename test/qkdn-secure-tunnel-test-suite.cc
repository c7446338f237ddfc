/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-secure-tunnel-fixture.h"

#include "ns3/bulk-send-helper.h"
#include "ns3/flow-monitor-helper.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-flow-classifier.h"
#include "ns3/queue-size.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr uint32_t PAYLOAD_BYTES = 1000;    //!< UDP payload of a packet
constexpr uint32_t INNER_BYTES = 1028;      //!< the same with UDP and IPv4 headers
constexpr double SPENT_BIT = 8 * 1028 + 96; //!< key that OTP spends on it

/**
 * @brief Send UDP packets from host A to host B.
 * @param sites the network
 * @param interval between packets
 * @param from first packet
 * @param packets their number
 * @return what receives them
 */
Ptr<PacketSink>
SendUdp(TunnelSites& sites, Time interval, Time from, uint32_t packets)
{
    return sites.SendUdp(PAYLOAD_BYTES, interval, from, packets);
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The header on the wire.
 */
class SecureTunnelHeaderTest : public TestCase
{
  public:
    SecureTunnelHeaderTest()
        : TestCase("The header survives the wire, and what is no header is refused")
    {
    }

  private:
    void DoRun() override
    {
        for (const TunnelMode mode : {TUNNEL_OTP, TUNNEL_AES})
        {
            SecureTunnelHeader header;
            header.SetMode(mode);
            header.SetTagBytes(12);
            header.SetFirstBit(123456789);
            header.SetSequence(uint64_t{1} << 40);
            KeyUuid uuid{};
            uuid[0] = 1;
            uuid[15] = 255;
            header.SetKeyIds({uuid, KeyUuid{}});
            // 16 fixed, 16 a key, 8 initialisation vector
            const uint32_t bytes = 48 + (mode == TUNNEL_AES ? 8 : 0);
            NS_TEST_ASSERT_MSG_EQ(header.GetSerializedSize(), bytes, "octets");
            const Ptr<Packet> packet = Create<Packet>();
            packet->AddHeader(header);
            SecureTunnelHeader read;
            NS_TEST_ASSERT_MSG_EQ(packet->PeekHeader(read), bytes, "octets read");
            NS_TEST_ASSERT_MSG_EQ(read.GetMode(), mode, "mode");
            NS_TEST_ASSERT_MSG_EQ(+read.GetTagBytes(), 12, "tag");
            NS_TEST_ASSERT_MSG_EQ(read.GetFirstBit(), 123456789, "first bit");
            NS_TEST_ASSERT_MSG_EQ(read.GetSequence(), uint64_t{1} << 40, "sequence");
            NS_TEST_ASSERT_MSG_EQ((read.GetKeyIds() == header.GetKeyIds()), true, "key IDs");
            for (uint32_t cut = 0; cut < bytes; ++cut)
            {
                NS_TEST_ASSERT_MSG_EQ(packet->CreateFragment(0, cut)->PeekHeader(read),
                                      0,
                                      "cut after " << cut);
            }
        }
        const std::vector<uint8_t> zeros(64, 0);
        SecureTunnelHeader read;
        NS_TEST_ASSERT_MSG_EQ(Create<Packet>(zeros.data(), zeros.size())->PeekHeader(read),
                              0,
                              "no mode");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a packet costs, in key and on the wire, and what arrives.
 */
class SecureTunnelCostTest : public TestCase
{
  public:
    SecureTunnelCostTest()
        : TestCase("Key spent, octets on the wire, both sides in FlowMonitor, wrong keys")
    {
    }

  private:
    /// 200 packets. @param mode the mode @param corrupt whether the ends hold different keys
    void Check(const std::string& mode, bool corrupt)
    {
        const bool otp = mode == "otp";
        TunnelSites sites(mode);
        sites.supply.rateBps = 1e7;
        sites.supply.corrupt = corrupt;
        sites.supply.fetchDelay = MilliSeconds(5); // packets wait for their keys
        // 205 of these bits a packet: no packet needs two keys but each 512th bit of a block
        sites.Set("KeySize", UintegerValue(8320 * 4));
        const Ptr<PacketSink> sink = SendUdp(sites, MilliSeconds(10), Seconds(1), 200);
        FlowMonitorHelper flows;
        const Ptr<FlowMonitor> monitor = flows.InstallAll();
        Simulator::Stop(Seconds(5));
        Simulator::Run();
        const uint32_t arrived = corrupt ? 0 : 200;
        NS_TEST_EXPECT_MSG_EQ(sink->GetTotalRx(), arrived * PAYLOAD_BYTES, mode << " payload");
        NS_TEST_EXPECT_MSG_EQ(sites.received.size(), arrived, mode << " opened");
        NS_TEST_EXPECT_MSG_EQ(sites.drops[TUNNEL_NOT_AUTHENTIC], 200 - arrived, mode << " drops");
        NS_TEST_EXPECT_MSG_EQ(sites.usedBits, (otp ? 200 * 8320 : 256), mode << " key");
        NS_TEST_EXPECT_MSG_EQ(sites.reused, false, "each bit once");
        // OTP: header 32 and tag 12; AES: header 40, padding to 4 with 2 octets, check value 16
        const uint32_t sealed = otp ? 32 + INNER_BYTES + 12 : 40 + (INNER_BYTES + 2 + 2) + 16;
        NS_TEST_EXPECT_MSG_EQ(sites.sentOuterBytes, 200 * sealed, mode << " sealed");
        uint32_t seen = 0;
        const auto classifier = DynamicCast<Ipv4FlowClassifier>(flows.GetClassifier());
        for (const auto& [id, flow] : monitor->GetFlowStats())
        {
            const bool inner = classifier->FindFlow(id).destinationAddress == sites.hostB;
            const uint32_t bytes = inner ? INNER_BYTES : 28 + sealed;
            NS_TEST_EXPECT_MSG_EQ(flow.txPackets, 200, mode << " sent, inner " << inner);
            NS_TEST_EXPECT_MSG_EQ(flow.txBytes, 200 * bytes, mode << " octets, inner " << inner);
            NS_TEST_EXPECT_MSG_EQ(flow.rxPackets,
                                  (inner ? arrived : 200),
                                  mode << " received, inner " << inner);
            ++seen;
        }
        NS_TEST_EXPECT_MSG_EQ(seen, 2, "inner and outer flow");
        Simulator::Destroy();
    }

    void DoRun() override
    {
        for (const bool corrupt : {false, true})
        {
            Check("otp", corrupt);
            Check("aes-256", corrupt);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The two ends without a network between them.
 */
class SecureTunnelReplayTest : public TestCase
{
  public:
    SecureTunnelReplayTest()
        : TestCase("OTP gives the same bytes back, over many keys, and each packet once")
    {
    }

  private:
    /// @cond
    void TakeInner(Ptr<Packet> inner, uint32_t)
    {
        m_inner.push_back(inner);
    }

    void TakeDrop(Ptr<const Packet>, TunnelDropReason reason)
    {
        ++m_drops[reason];
    }

    void Seal()
    {
        std::vector<uint8_t> bytes(1000);
        for (uint32_t i = 0; i < bytes.size(); ++i)
        {
            bytes[i] = i * 7;
        }
        const Ptr<Packet> inner = Create<Packet>(bytes.data(), bytes.size());
        for (uint32_t i = 0; i < 70; ++i)
        {
            m_outer.push_back(m_sealer->Seal(inner));
        }
        m_plain = bytes;
    }

    static void Ignore()
    {
    }

    static void IgnoreUse(const std::string&, uint32_t, uint32_t)
    {
    }

    /// @endcond

    void DoRun() override
    {
        MeteredKeySupply supply;
        supply.rateBps = 1e6;
        TunnelKeySource::Listener owner;
        owner.arrived = MakeCallback(&SecureTunnelReplayTest::Ignore);
        owner.used = MakeCallback(&SecureTunnelReplayTest::IgnoreUse);
        const auto source = Create<TunnelKeySource>(
            TunnelKeySource::Settings{&supply, "a", "b", 1, 1000, MilliSeconds(1)},
            owner);
        TunnelSealer::Settings how;
        how.tagBits = 96;
        how.keyBufferBits = 600000;
        TunnelSealer sealer(how, source, TunnelSealer::RekeyCallback());
        m_sealer = &sealer;
        TunnelOpener::Settings settings;
        settings.tagBits = 96;
        settings.keyLimit = 1000;
        settings.waitLimit = 10;
        settings.collector = {&supply, "b", "a", MilliSeconds(1), 1, Seconds(1)};
        TunnelOpener::Listener listener;
        listener.opened = MakeCallback(&SecureTunnelReplayTest::TakeInner, this);
        listener.dropped = MakeCallback(&SecureTunnelReplayTest::TakeDrop, this);
        const auto opener = Create<TunnelOpener>(settings, listener);
        sealer.Start();
        Simulator::Schedule(Seconds(1), &SecureTunnelReplayTest::Seal, this);
        // in order but the first two, then all again
        for (uint32_t i = 0; i < 140; ++i)
        {
            const uint32_t n = i < 2 ? 1 - i : i % 70;
            Simulator::Schedule(Seconds(2) + MilliSeconds(i),
                                [this, opener, n]() { opener->Accept(m_outer[n]->Copy()); });
        }
        Simulator::Stop(Seconds(3));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(m_inner.size(), 70, "opened once each");
        NS_TEST_EXPECT_MSG_EQ(m_drops[TUNNEL_REPLAYED], 70, "and not again");
        for (const Ptr<Packet>& inner : m_inner)
        {
            std::vector<uint8_t> bytes(inner->GetSize());
            inner->CopyData(bytes.data(), bytes.size());
            NS_TEST_ASSERT_MSG_EQ((bytes == m_plain), true, "the same bytes");
        }
        std::vector<uint8_t> cipher(m_outer[0]->GetSize());
        m_outer[0]->CopyData(cipher.data(), cipher.size());
        // 8096 bits of keys of 1000 bits
        const uint32_t headerBytes = 16 + 9 * 16;
        NS_TEST_ASSERT_MSG_EQ(cipher.size(), headerBytes + 1000 + 12, "nine keys");
        NS_TEST_EXPECT_MSG_EQ(
            std::equal(m_plain.begin(), m_plain.end(), cipher.begin() + headerBytes),
            false,
            "not in clear");
        opener->Stop();
        source->Stop();
        Simulator::Destroy();
    }

    TunnelSealer* m_sealer{nullptr};              //!< sending end
    std::vector<Ptr<Packet>> m_outer;             //!< sealed packets
    std::vector<Ptr<Packet>> m_inner;             //!< opened packets
    std::vector<uint8_t> m_plain;                 //!< what was sent
    std::map<TunnelDropReason, uint32_t> m_drops; //!< packets dropped
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Traffic offered above the key rate.
 */
class SecureTunnelGoodputTest : public TestCase
{
  public:
    SecureTunnelGoodputTest()
        : TestCase("OTP: UDP gets the key rate times payload over packet and tag, TCP at most that")
    {
    }

  private:
    void DoRun() override
    {
        for (const double rateBps : {50e3, 100e3, 400e3})
        {
            TunnelSites sites("otp");
            sites.supply.rateBps = rateBps;
            sites.Set("RetryInterval", TimeValue(MilliSeconds(5)));
            const Ptr<PacketSink> sink = SendUdp(sites, MilliSeconds(10), Seconds(0), 10000);
            TunnelSites::Run(Seconds(100));
            const double goodputBps = 8.0 * sink->GetTotalRx() / 100;
            const double expectedBps = rateBps * 8 * PAYLOAD_BYTES / SPENT_BIT;
            // less than two packets wait for the rest of a key
            NS_TEST_EXPECT_MSG_EQ_TOL(goodputBps,
                                      expectedBps,
                                      2 * 8.0 * PAYLOAD_BYTES / 100,
                                      "UDP at " << rateBps);
            NS_TEST_EXPECT_MSG_EQ(sites.reused, false, "each bit once");
        }
        TunnelSites sites("otp");
        sites.supply.rateBps = 400e3;
        sites.Set("RetryInterval", TimeValue(MilliSeconds(5)));
        BulkSendHelper source("ns3::TcpSocketFactory",
                              InetSocketAddress(sites.hostB, TunnelSites::SINK_PORT));
        source.Install(sites.nodes.Get(0)).Start(Seconds(0));
        const auto sink = sites.InstallSink("ns3::TcpSocketFactory");
        TunnelSites::Run(Seconds(100));
        const double goodputBps = 8.0 * sink->GetTotalRx() / 100;
        // segments of 536 octets, TCP header with time stamps, IPv4 header, tag
        const double boundBps = 400e3 * 536 / (536 + 32 + 20 + 12);
        NS_TEST_EXPECT_MSG_LT_OR_EQ(goodputBps, boundBps, "TCP");
        NS_TEST_EXPECT_MSG_GT(goodputBps, 0.8 * boundBps, "TCP fills it");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Re-keying, and an outage of the key supply, under AES.
 */
class SecureTunnelRekeyTest : public TestCase
{
  public:
    SecureTunnelRekeyTest()
        : TestCase("AES: an outage of keys shows once the session key must not be used any more")
    {
    }

  private:
    void CheckOutage()
    {
        TunnelSites sites("aes-256");
        sites.supply.rateBps = 1e6;
        sites.supply.outageBegin = Seconds(32);
        sites.supply.outageEnd = Seconds(80);
        sites.Set("RekeyInterval", TimeValue(Seconds(10)));
        sites.Set("KeyLifetime", TimeValue(Seconds(25)));
        SendUdp(sites, MilliSeconds(10), Seconds(1), 9900);
        TunnelSites::Run(Seconds(101));
        std::vector<Time> before;
        for (const Time& rekey : sites.rekeys)
        {
            if (rekey < sites.supply.outageBegin)
            {
                before.push_back(rekey);
            }
        }
        NS_TEST_ASSERT_MSG_EQ(before.size(), 4, "at 1, 11, 21 and 31 s");
        Time gapBegin;
        Time gapEnd;
        for (std::size_t i = 1; i < sites.received.size(); ++i)
        {
            if (sites.received[i] - sites.received[i - 1] > gapEnd - gapBegin)
            {
                gapBegin = sites.received[i - 1];
                gapEnd = sites.received[i];
            }
        }
        const Time limit = before.back() + Seconds(25);
        NS_TEST_EXPECT_MSG_EQ_TOL(gapBegin, limit, MilliSeconds(12), "last packet: interval, way");
        NS_TEST_EXPECT_MSG_EQ_TOL(gapEnd,
                                  Seconds(80) + MilliSeconds(51),
                                  MilliSeconds(52),
                                  "first packet: a retry");
        const double lost = (gapEnd - limit).GetSeconds() * 100 - 100;
        NS_TEST_EXPECT_MSG_EQ_TOL(sites.drops[TUNNEL_QUEUE_FULL], lost, 2, "all but the queue");
        NS_TEST_EXPECT_MSG_EQ(sites.received.size() + sites.drops[TUNNEL_QUEUE_FULL],
                              9900,
                              "nothing else is lost");
    }

    /// 505 packets. @param limit octets that a key may seal @param keys keys that they need
    void CheckVolume(uint64_t limit, uint32_t keys)
    {
        TunnelSites sites("aes-256");
        sites.supply.rateBps = 1e6;
        sites.Set("RekeyInterval", TimeValue(Seconds(1000)));
        sites.Set("KeyLifetime", TimeValue(Seconds(1000)));
        sites.Set("RekeyVolume", UintegerValue(100 * INNER_BYTES));
        sites.Set("KeyVolume", UintegerValue(limit));
        const Ptr<PacketSink> sink = SendUdp(sites, MilliSeconds(10), Seconds(1), 505);
        TunnelSites::Run(Seconds(10));
        NS_TEST_EXPECT_MSG_EQ(sink->GetTotalRx(), 505 * PAYLOAD_BYTES, "none is lost");
        NS_TEST_EXPECT_MSG_EQ(sites.rekeys.size(), keys, "keys of at most " << limit);
        NS_TEST_EXPECT_MSG_EQ(sites.usedBits, 256 * keys, "key");
    }

    void DoRun() override
    {
        CheckOutage();
        // the packet that asks for a new key still takes the old one: 101 a key
        CheckVolume(1000 * INNER_BYTES, 5);
        // it must not: 100 a key
        CheckVolume(100 * INNER_BYTES, 6);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Delay and loss of packets that wait for key.
 */
class SecureTunnelQueueTest : public TestCase
{
  public:
    SecureTunnelQueueTest()
        : TestCase("Loss and delay are those of a queue that key serves")
    {
    }

  private:
    void DoRun() override
    {
        // 100 packets/s, key for 50 packets/s
        const double rateBps = 50 * SPENT_BIT;
        {
            TunnelSites sites("otp");
            sites.supply.rateBps = rateBps;
            sites.Set("RetryInterval", TimeValue(MilliSeconds(1)));
            sites.Set("MaxQueueSize", QueueSizeValue(QueueSize("50p")));
            SendUdp(sites, MilliSeconds(10), Seconds(0), 6000);
            TunnelSites::Run(Seconds(60));
            NS_TEST_EXPECT_MSG_EQ_TOL(sites.received.size(), 3000.0, 2, "served");
            NS_TEST_EXPECT_MSG_EQ_TOL(sites.drops[TUNNEL_QUEUE_FULL], 2950.0, 3, "lost");
            NS_TEST_ASSERT_MSG_GT(sites.delays.size(), 1000, "waited");
            double sumS = 0;
            for (auto delay = sites.delays.end() - 1000; delay != sites.delays.end(); ++delay)
            {
                sumS += delay->GetSeconds();
            }
            // 49 to 50 packets in front, at 20 ms each
            NS_TEST_EXPECT_MSG_EQ_TOL(sumS / 1000, 0.99, 0.015, "mean delay");
        }
        {
            TunnelSites sites("otp");
            sites.supply.rateBps = rateBps;
            sites.Set("RetryInterval", TimeValue(MilliSeconds(1)));
            sites.Set("MaxQueueSize", QueueSizeValue(QueueSize("100kB")));
            sites.Set("MaxQueueDelay", TimeValue(MilliSeconds(200)));
            SendUdp(sites, MilliSeconds(10), Seconds(0), 6000);
            TunnelSites::Run(Seconds(60));
            NS_TEST_EXPECT_MSG_EQ_TOL(sites.received.size(), 3000.0, 2, "served");
            // 200 ms of packets still wait
            NS_TEST_EXPECT_MSG_EQ_TOL(sites.drops[TUNNEL_QUEUE_TIME], 2980.0, 3, "too old");
            NS_TEST_EXPECT_MSG_EQ(sites.drops[TUNNEL_QUEUE_FULL], 0, "not full");
            const Time longest = *std::max_element(sites.delays.begin(), sites.delays.end());
            NS_TEST_EXPECT_MSG_LT(longest, MilliSeconds(200), "none waits longer");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the secured tunnel.
 */
class SecureTunnelTestSuite : public TestSuite
{
  public:
    SecureTunnelTestSuite()
        : TestSuite("qkdn-secure-tunnel", Type::UNIT)
    {
        AddTestCase(new SecureTunnelHeaderTest);
        AddTestCase(new SecureTunnelCostTest);
        AddTestCase(new SecureTunnelReplayTest);
        AddTestCase(new SecureTunnelGoodputTest);
        AddTestCase(new SecureTunnelRekeyTest);
        AddTestCase(new SecureTunnelQueueTest);
    }
};

static SecureTunnelTestSuite g_secureTunnelTestSuite; //!< registers the suite
