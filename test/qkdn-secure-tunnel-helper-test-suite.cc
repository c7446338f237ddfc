/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-abort-text.h"
#include "qkdn-secure-tunnel-fixture.h"

#include "ns3/ipv4-header.h"
#include "ns3/pcap-file.h"
#include "ns3/test.h"

#include <array>
#include <cstdio>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr uint32_t PAYLOAD_BYTES = 1000; //!< UDP payload of a packet
constexpr uint32_t INNER_BYTES = 1028;   //!< the same with UDP and IPv4 headers

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Wrong configuration.
 */
class TunnelBadInputTest : public TestCase
{
  public:
    TunnelBadInputTest()
        : TestCase("Wrong configuration ends with one line that names tunnel, value and mend")
    {
    }

  private:
    /**
     * @brief Check a text.
     * @param text the text
     * @param what what it has to name
     * @param mend what it has to end with
     */
    void Check(const std::string& text, const std::string& what, const std::string& mend)
    {
        NS_TEST_EXPECT_MSG_NE(text.find(what), std::string::npos, text << " names " << what);
        NS_TEST_EXPECT_MSG_NE(text.find("; " + mend), std::string::npos, text << " says " << mend);
        NS_TEST_EXPECT_MSG_EQ(text.find('\n'), std::string::npos, "one line");
    }

    /// A wrong attribute. @param name its name @param value its value @param mode the mode
    void CheckAttribute(const std::string& name,
                        const std::string& value,
                        const std::string& mode,
                        const std::string& mend)
    {
        TunnelSites sites(mode);
        NS_TEST_EXPECT_MSG_EQ(sites.End(0)->FindConfigurationError(), "", "all is well before");
        sites.End(0)->SetAttribute(name, StringValue(value));
        const std::string text = sites.End(0)->FindConfigurationError();
        Check(text, name, mend);
        if (name != "SaeId")
        {
            NS_TEST_EXPECT_MSG_EQ(text.find("secured tunnel 'T-a': "), 0, text << " begins so");
        }
        const std::string abort = TextOfAbort([]() { Simulator::Run(); });
        NS_TEST_EXPECT_MSG_NE(abort.find(text), std::string::npos, "the start aborts: " << abort);
        Simulator::Destroy();
    }

    /// Wrong calls of the helper.
    void CheckHelper()
    {
        TunnelSites sites("otp");
        const Ptr<Node> a = sites.nodes.Get(1);
        const Ptr<Node> b = sites.nodes.Get(2);
        const auto install = [&](const std::string& name, Ptr<Node> other, uint16_t port) {
            return TextOfAbort([&]() {
                SecureTunnelHelper helper;
                helper.SetNextPort(port);
                helper.Install(name, a, "192.168.0.1", other, "192.168.0.2");
            });
        };
        NS_TEST_EXPECT_MSG_EQ(install("U", b, 15001), "no abort", "all is well");
        Check(install("", b, 15001), "has no name", "give Install() a name");
        Check(install("U", a, 15001), "secured tunnel 'U' has both ends on node 1", "give another");
        Check(install("U", b, 0),
              "secured tunnel 'U' cannot have UDP port 0",
              "give SetNextPort()");
        Check(install("U", b, 49152), "UDP port 49152", "give SetNextPort() one from 1 to 49151");
        Check(TextOfAbort([&]() {
                  SecureTunnelHelper::UseSessions(ApplicationContainer(), "forth", "back");
              }),
              "two ends, not 0",
              "give what Install() returned");
        Check(TextOfAbort([&]() {
                  SecureTunnelHelper helper;
                  const auto more = helper.Install("U", a, "192.168.0.1", b, "192.168.0.2");
                  SecureTunnelHelper::AddRoute(DynamicCast<SecureTunnel>(more.Get(0)),
                                               "10.3.0.0",
                                               "255.255.255.0");
              }),
              "node 1 has no IPv4 address",
              "give GetDevices() addresses first");
        Check(TextOfAbort([&]() {
                  SecureTunnelHelper helper;
                  const auto more = helper.Install("U",
                                                   CreateObject<Node>(),
                                                   "192.168.0.1",
                                                   CreateObject<Node>(),
                                                   "192.168.0.2");
                  SecureTunnelHelper::AddRoute(DynamicCast<SecureTunnel>(more.Get(0)),
                                               "10.3.0.0",
                                               "255.255.255.0");
              }),
              "has no IPv4;",
              "install an IP stack");
        Check(TextOfAbort([&]() {
                  SecureTunnelHelper helper;
                  helper.SetNextPort(15000); // that of the first tunnel
                  const auto more = helper.Install("U", a, "192.168.0.1", b, "192.168.0.2");
                  DynamicCast<SecureTunnel>(more.Get(0))->SetKeySupplyService(&sites.supply);
                  Simulator::Run();
              }),
              "secured tunnel 'U-a': LocalAddress",
              "give another one");
        Simulator::Destroy();
    }

    void DoRun() override
    {
        CheckAttribute("SaeId", "", "otp", "set both");
        CheckAttribute("PeerSaeId", "", "otp", "set both");
        CheckAttribute("RetryInterval", "0s", "otp", "give a time above it");
        CheckAttribute("RequestLifetime", "0s", "otp", "give a time above it");
        CheckAttribute("KeyStoreTime", "0s", "aes-256", "give a time above it");
        CheckAttribute("TagBits", "97", "otp", "give multiples of 8");
        CheckAttribute("KeySize", "1001", "otp", "give multiples of 8");
        CheckAttribute("KeyBuffer", "11295", "otp", "give more"); // 8 x 1400 + 96 are needed
        CheckAttribute("KeyLifetime", "1s", "aes-256", "give as long a time at least");
        CheckAttribute("KeyVolume", "1000", "aes-256", "give as many octets at least");
        CheckHelper();
        TunnelSites sites("otp");
        const Ptr<SecureTunnel> alone = CreateObject<SecureTunnel>();
        alone->SetAttribute("SaeId", StringValue("x"));
        alone->SetAttribute("PeerSaeId", StringValue("y"));
        Check(alone->FindConfigurationError(), "'x': LocalAddress", "give an IPv4 address");
        alone->SetAttribute("LocalAddress", AddressValue(InetSocketAddress("10.0.0.1", 1)));
        Check(alone->FindConfigurationError(), "'x': PeerAddress", "give an IPv4 address");
        alone->SetAttribute("PeerAddress", AddressValue(InetSocketAddress("10.0.0.2", 1)));
        Check(alone->FindConfigurationError(), "no key manager", "call SetKeySupplyService()");
        alone->SetAttribute("KeyManagerAddress", AddressValue(alone->GetDevice()->GetAddress()));
        Check(alone->FindConfigurationError(), "KeyManagerAddress", "give one");
        alone->Dispose();
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Captures of the packets in clear.
 */
class TunnelPcapTest : public TestCase
{
  public:
    TunnelPcapTest()
        : TestCase("A capture has the packets in clear as raw IP, at both ends")
    {
    }

  private:
    /// Read a capture. @param file its name @param packets how many it has to hold
    void CheckFile(const std::string& file, uint32_t packets)
    {
        PcapFile pcap;
        pcap.Open(file, std::ios::in);
        NS_TEST_ASSERT_MSG_EQ(pcap.Fail(), false, file << " is there");
        NS_TEST_EXPECT_MSG_EQ(pcap.GetDataLinkType(), 101, "raw IP");
        std::array<uint8_t, 2048> buffer{};
        uint32_t seconds = 0;
        uint32_t micros = 0;
        uint32_t included = 0;
        uint32_t original = 0;
        uint32_t length = 0;
        uint32_t read = 0;
        while (true)
        {
            pcap.Read(buffer.data(), buffer.size(), seconds, micros, included, original, length);
            if (pcap.Eof())
            {
                break;
            }
            ++read;
            NS_TEST_EXPECT_MSG_EQ(original, INNER_BYTES, "octets");
            const Ptr<Packet> packet = Create<Packet>(buffer.data(), length);
            Ipv4Header ip;
            packet->RemoveHeader(ip);
            NS_TEST_EXPECT_MSG_EQ(ip.GetDestination(), Ipv4Address("10.2.0.2"), "inner address");
        }
        NS_TEST_EXPECT_MSG_EQ(read, packets, file);
    }

    void DoRun() override
    {
        const std::string prefix = CreateTempDirFilename("tunnel");
        TunnelSites sites("otp");
        sites.supply.rateBps = 1e6;
        SecureTunnelHelper::EnablePcap(prefix, sites.End(0));
        SecureTunnelHelper::EnablePcap(prefix, sites.End(1));
        sites.SendUdp(PAYLOAD_BYTES, MilliSeconds(10), Seconds(1), 25);
        TunnelSites::Run(Seconds(2));
        // links are devices 1 and 2 of a gateway, and its loopback is device 0
        CheckFile(prefix + "-1-3.pcap", 25);
        CheckFile(prefix + "-2-3.pcap", 25);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Stop, replacement and disposal of tunnels while packets come.
 */
class TunnelStopTest : public TestCase
{
  public:
    TunnelStopTest()
        : TestCase("A tunnel stops with what waits, and another one takes its place")
    {
    }

  private:
    /// Count drops of the second tunnel.
    void CountDrop(Ptr<const Packet>, TunnelDropReason reason)
    {
        ++m_drops[reason];
    }

    /// Count packets that the second tunnel opens.
    void CountRx(Ptr<const Packet>, uint32_t)
    {
        ++m_received;
    }

    /**
     * @brief A second tunnel with the names and the port of the first, from 8 s on.
     * @param sites the network
     * @param both whether its second end starts too
     */
    void Replace(TunnelSites& sites, bool both)
    {
        m_drops.clear();
        m_received = 0;
        sites.helper.SetNextPort(15000);
        m_second = sites.helper.Install("T",
                                        sites.nodes.Get(1),
                                        "192.168.0.1",
                                        sites.nodes.Get(2),
                                        "192.168.0.2");
        Ipv4AddressHelper inside("10.99.1.0", "255.255.255.252");
        inside.Assign(SecureTunnelHelper::GetDevices(m_second));
        for (uint32_t i = 0; i < 2; ++i)
        {
            const auto end = DynamicCast<SecureTunnel>(m_second.Get(i));
            end->SetKeySupplyService(&sites.supply);
            end->SetStartTime(i == 0 || both ? Seconds(8) : Seconds(1000));
            end->TraceConnectWithoutContext("Drop", MakeCallback(&TunnelStopTest::CountDrop, this));
            end->TraceConnectWithoutContext("Rx", MakeCallback(&TunnelStopTest::CountRx, this));
        }
        Simulator::Schedule(Seconds(8), [this]() {
            SecureTunnelHelper::AddRoute(DynamicCast<SecureTunnel>(m_second.Get(0)),
                                         "10.2.0.0",
                                         "255.255.255.0");
        });
    }

    /// Both ends are replaced, while packets wait.
    void CheckBoth()
    {
        TunnelSites sites("otp");
        sites.supply.rateBps = 1e6;
        sites.supply.outageBegin = Seconds(4.5);
        sites.supply.outageEnd = Seconds(6);
        sites.End(0)->SetStopTime(Seconds(5));
        sites.End(1)->SetStopTime(Seconds(5));
        Replace(sites, true);
        // packets at 1.005 s, 1.015 s ...: 400 before the stop
        sites.SendUdp(PAYLOAD_BYTES, MilliSeconds(10), MilliSeconds(1005), 1200);
        TunnelSites::Run(Seconds(20));
        NS_TEST_EXPECT_MSG_GT(sites.drops[TUNNEL_STOPPED], 30, "half a second but the store");
        NS_TEST_EXPECT_MSG_EQ(sites.received.size() + sites.drops[TUNNEL_STOPPED],
                              400,
                              "until 5 s");
        NS_TEST_EXPECT_MSG_EQ(sites.drops[TUNNEL_NOT_RUNNING], 300, "until 8 s");
        NS_TEST_EXPECT_MSG_EQ(m_received, 500, "from 8 s on");
        NS_TEST_EXPECT_MSG_EQ(m_drops.size(), 0, "none is dropped then");
        CheckCycles(sites);
    }

    /// Only the sending end is replaced: the other one takes its packets for old ones.
    void CheckOne()
    {
        TunnelSites sites("aes-256");
        sites.supply.rateBps = 1e6;
        sites.End(0)->SetStopTime(Seconds(5));
        Replace(sites, false);
        sites.SendUdp(PAYLOAD_BYTES, MilliSeconds(10), MilliSeconds(1005), 1200);
        TunnelSites::Run(Seconds(20));
        NS_TEST_EXPECT_MSG_EQ(sites.drops[TUNNEL_REPLAYED], 400, "numbers 1 to 400 again");
        NS_TEST_EXPECT_MSG_EQ(sites.received.size(), 400 + 100, "before, and the others after");
        CheckCycles(sites);
    }

    /// Both ends are disposed of, while the node still routes packets into the device.
    void CheckDispose()
    {
        TunnelSites sites("otp");
        sites.supply.rateBps = 1e6;
        sites.supply.fetchDelay = MilliSeconds(15); // keys are on their way then
        sites.SendUdp(PAYLOAD_BYTES, MilliSeconds(10), MilliSeconds(1005), 400);
        for (uint32_t i = 0; i < 2; ++i)
        {
            Simulator::Schedule(Seconds(3), &Object::Dispose, sites.End(i));
        }
        TunnelSites::Run(Seconds(6));
        NS_TEST_EXPECT_MSG_GT(sites.received.size(), 190, "before");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(sites.received.size(), 200, "and none after");
        CheckCycles(sites);
    }

    /// Whether nothing else holds the ends. @param sites the network, torn down
    void CheckCycles(const TunnelSites& sites)
    {
        for (uint32_t i = 0; i < 2; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(sites.tunnels.Get(i)->GetReferenceCount() -
                                      1, // that of the temporary
                                  1,
                                  "only the container holds end " << i);
        }
        m_second = ApplicationContainer();
    }

    void DoRun() override
    {
        CheckBoth();
        CheckOne();
        CheckDispose();
    }

    ApplicationContainer m_second;                //!< the second tunnel
    uint32_t m_received{0};                       //!< packets that it opened
    std::map<TunnelDropReason, uint32_t> m_drops; //!< packets that it dropped
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the life of secured tunnels and their helper.
 */
class SecureTunnelHelperTestSuite : public TestSuite
{
  public:
    SecureTunnelHelperTestSuite()
        : TestSuite("qkdn-secure-tunnel-helper", Type::UNIT)
    {
        AddTestCase(new TunnelBadInputTest);
        AddTestCase(new TunnelPcapTest);
        AddTestCase(new TunnelStopTest);
    }
};

static SecureTunnelHelperTestSuite g_secureTunnelHelperTestSuite; //!< registers the suite
