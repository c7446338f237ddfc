/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-relay-test-network.h"

#include "ns3/enum.h"
#include "ns3/qkdn-destination-scheme.h"
#include "ns3/string.h"
#include "ns3/test.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Bytes = std::vector<uint8_t>;

void
At(double seconds, std::function<void()> what)
{
    Simulator::Schedule(Seconds(seconds) - Simulator::Now(), [what] { what(); });
}

void
RunUntil(double seconds)
{
    Simulator::Stop(Seconds(seconds) - Simulator::Now());
    Simulator::Run();
}

/// Who has seen what of relays.
class Witness
{
  public:
    /// @param km a key manager to watch
    void Watch(Ptr<KeyManager> km)
    {
        km->GetRelayAgent()->TraceConnectWithoutContext("KeySighting",
                                                        MakeCallback(&Witness::Saw, this));
        km->GetDirectChannel()->GetEndpoint()->TraceConnectWithoutContext(
            "Sent",
            MakeCallback(&Witness::Sent, this));
    }

    std::map<uint32_t, uint64_t> clear; //!< keys in clear by KM
    std::map<uint32_t, uint64_t> pads;  //!< keys of which only the pad was seen
    uint64_t masked{0};                 //!< messages with masked keys

  private:
    /// @cond
    void Saw(const KeySighting& sighting)
    {
        (sighting.clear ? clear : pads)[sighting.km.value] += sighting.keys.size();
    }

    void Sent(const Address&, const Address&, uint16_t type, uint32_t, IncidentId)
    {
        masked += type == KX_MASKED_KEYS ? 1 : 0;
    }

    /// @endcond
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys over h hops: equal at both ends, seen there only, for h(|S| + tag) bits a relay.
 */
class DestinationCostTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param hops hops of the route
     * @param authentication value of KxAuthentication
     * @param tagBits bits of a one-time tag
     */
    DestinationCostTest(uint32_t hops, const std::string& authentication, uint64_t tagBits)
        : TestCase("Destination relay over " + std::to_string(hops) + " hops, " + authentication),
          m_hops(hops),
          m_authentication(authentication),
          m_tagBits(tagBits)
    {
    }

  private:
    void DoRun() override
    {
        std::vector<KeyRelayTestNetwork::Edge> line;
        std::vector<uint32_t> kms = {1};
        for (uint32_t i = 1; i <= m_hops; ++i)
        {
            line.emplace_back(i, i + 1);
            kms.push_back(i + 1);
        }
        KeyRelayTestNetwork net(m_hops + 1, line, 100000);
        net.RelayToDestination({{1, m_hops + 1}});
        Witness witness;
        for (const uint32_t km : kms)
        {
            net.Km(km)->GetAuthenticator()->SetAttribute("KxAuthentication",
                                                         StringValue(m_authentication));
            witness.Watch(net.Km(km));
        }
        net.AddSession(1, 1, m_hops + 1);
        At(1, [&net, &kms] {
            net.Install(1, 1, kms);
            net.UseRoutes(1, 1);
        });
        At(2, [&net] { net.Ask(1, 10); });
        At(3, [&net] { net.Ask(1, 1, 1000); });
        RunUntil(10);
        NS_TEST_ASSERT_MSG_EQ(net.CountServed(), 2, "all keys at both applications");
        NS_TEST_ASSERT_MSG_EQ(net.GetProblem(), "", "equal keys, books");
        NS_TEST_ASSERT_MSG_EQ(net.CountBadMessages(), 0, "all understood");
        std::set<Bytes> different;
        for (const auto& record : net.Records())
        {
            for (const SuppliedKey& key : record.container.keys)
            {
                different.insert(key.material.ToBytes());
            }
        }
        NS_TEST_ASSERT_MSG_EQ(different.size(), 11, "no key twice");
        NS_TEST_ASSERT_MSG_EQ(different.count(Bytes(32, 0)), 0, "nor a constant");
        // two relays
        const KeyLedger book = net.Kma().GetTotal();
        NS_TEST_ASSERT_MSG_EQ(book.Get(KEY_RELAY_WORKING),
                              m_hops * (10 * 256 + 1000 + 2 * m_tagBits),
                              "n(|S| + tag)");
        const uint64_t notifications = net.CountMessages(KX_RELAYED_RESPONSE) / m_hops;
        NS_TEST_ASSERT_MSG_EQ(book.Get(KEY_AUTHENTICATION),
                              m_hops * 2 * m_tagBits * (2 + notifications),
                              "as in every scheme");
        NS_TEST_ASSERT_MSG_EQ(book.Get(KEY_WASTED), 0, "nothing wasted");
        NS_TEST_ASSERT_MSG_EQ(witness.masked, 2, "a message from end to end for each relay");
        for (const uint32_t km : kms)
        {
            const bool isEnd = km == 1 || km == m_hops + 1;
            NS_TEST_EXPECT_MSG_EQ(witness.clear[km], (isEnd ? 11 : 0), "in clear at KM " << km);
            NS_TEST_EXPECT_MSG_EQ(witness.pads[km], (isEnd ? 0 : 11), "pads at KM " << km);
        }
        Simulator::Destroy();
    }

    uint32_t m_hops;              //!< hops of the route
    std::string m_authentication; //!< value of KxAuthentication
    uint64_t m_tagBits;           //!< bits of a one-time tag
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A triangle: the route goes round, the connection of the ends takes the third side.
 */
class DestinationFailureTest : public TestCase
{
  public:
    DestinationFailureTest()
        : TestCase("Late, lost and impossible direct messages; a crash of the destination")
    {
    }

  private:
    /// The triangle with session 1 from KM 1 over KM 2 to KM 3.
    class Triangle : public KeyRelayTestNetwork
    {
      public:
        /// @param timeout of requests on Kx
        explicit Triangle(Time timeout)
            : KeyRelayTestNetwork(3, {{1, 2}, {2, 3}, {1, 3}}, 100000)
        {
            RelayToDestination({{1, 3}});
            for (uint32_t km = 1; km <= 3; ++km)
            {
                Km(km)->GetExchange()->SetAttribute("Timeout", TimeValue(timeout));
            }
            AddSession(1, 1, 3);
            At(1, [this] { UseRoute(); });
        }

        /// Install and use the route.
        void UseRoute()
        {
            Install(1, 1, {1, 2, 3});
            UseRoutes(1, 1);
        }

        /// Keys that are held at KM 3.
        std::size_t CountHeld() const
        {
            return Km(3)->GetSlaveAgent()->GetHeld(KmId(1)).size();
        }

        /// What is wrong after a while of calm.
        std::string FindDisorder() const
        {
            const KsaLedger keys = Ksa().GetTotal();
            const KeyLedger book = Kma().GetTotal();
            return !GetProblem().empty()                                      ? GetProblem()
                   : keys.keys[KSA_IN_FLIGHT] + keys.keys[KSA_STORED] > 0     ? "KSA-keys left"
                   : book.Get(KEY_ONE_SIDED) + book.Get(KEY_IN_FLIGHT) > 0    ? "one-sided"
                   : CountHeld() > 0                                          ? "keys held"
                   : Km(1)->GetRelayAgent()->CountOpen(RouteId(1)).relays > 0 ? "open relays"
                                                                              : "";
        }
    };

    /// The third side is cut just before a relay: its direct message comes by another way later.
    void CheckLate(Time timeout, bool inTime)
    {
        Triangle net(timeout);
        At(3, [&net] { net.Span(3)->Cut(0.5); });
        At(3.0001, [&net] { net.Ask(1); });
        At(8, [&net] { net.Ask(1); });
        RunUntil(30);
        const auto& records = net.Records();
        NS_TEST_ASSERT_MSG_EQ(records[0].answers, 1, "an answer");
        NS_TEST_EXPECT_MSG_GT(records[0].answered - records[0].asked,
                              (inTime ? MilliSeconds(20) : timeout / 2),
                              "the end has waited");
        NS_TEST_EXPECT_MSG_EQ(records[0].container.status,
                              (inTime ? KEY_SUPPLY_OK : KEY_SUPPLY_UNAVAILABLE),
                              "first request: " << records[0].container.error.message);
        NS_TEST_EXPECT_MSG_EQ(records[1].container.status, KEY_SUPPLY_OK, "by another way");
        NS_TEST_EXPECT_MSG_EQ(net.CountServed(), (inTime ? 2 : 1), "at both applications");
        const KeyLedger book = net.Kma().GetTotal();
        NS_TEST_EXPECT_MSG_EQ(book.Get(KEY_RELAY_WORKING),
                              2 * (256 + 96) * (inTime ? 2 : 1),
                              "pads of what was relayed");
        NS_TEST_EXPECT_MSG_EQ(book.Get(KEY_WASTED), (inTime ? 0 : 2 * (256 + 96)), "and wasted");
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_VOIDED], (inTime ? 0 : 1), "void");
        NS_TEST_EXPECT_MSG_EQ(net.FindDisorder(), "", "calm");
        Simulator::Destroy();
    }

    /// There is no connection of the ends.
    void CheckWithout()
    {
        Triangle net(Seconds(3));
        At(2, [&net] { net.Km(3)->GetDirectChannel()->Stop(); });
        At(3, [&net] { net.Ask(1); });
        At(4, [&net] { net.Km(3)->GetDirectChannel()->Start(); });
        At(10, [&net] { net.Ask(1); });
        RunUntil(30);
        NS_TEST_EXPECT_MSG_EQ(net.Records()[0].container.error.message,
                              "the key manager of the slave application is not reachable",
                              "not possible");
        NS_TEST_EXPECT_MSG_EQ(net.Kma().GetTotal().Get(KEY_WASTED), 0, "nothing begun");
        NS_TEST_EXPECT_MSG_EQ(net.Records()[1].container.status, KEY_SUPPLY_OK, "possible again");
        NS_TEST_EXPECT_MSG_EQ(net.FindDisorder(), "", "calm");
        Simulator::Destroy();
    }

    /// The destination crashes while relays wait for their direct messages, or route messages.
    void CheckCrash(bool cut)
    {
        Triangle net(Seconds(3));
        if (cut)
        {
            At(3, [&net] { net.Span(3)->Cut(0.5); });
        }
        for (int i = 0; i < 20; ++i)
        {
            At(3.0001 + 0.00002 * i, [&net] { net.Ask(1); });
        }
        At(3.0003 + (cut ? 0.01 : 0), [&net] { net.Km(3)->Crash(); });
        At(5, [&net] {
            net.Km(3)->Restart();
            net.UseRoute();
        });
        At(20, [&net] { net.Ask(1); });
        RunUntil(120);
        NS_TEST_EXPECT_MSG_GT(net.Ksa().GetTotal().keys[KSA_VOIDED], 0, "some interrupted");
        for (const auto& record : net.Records())
        {
            NS_TEST_EXPECT_MSG_EQ(record.answers, 1, "an answer");
        }
        NS_TEST_EXPECT_MSG_EQ(net.Records().back().container.status, KEY_SUPPLY_OK, "again");
        NS_TEST_EXPECT_MSG_EQ(net.FindDisorder(), "", "nothing one-sided");
        Simulator::Destroy();
    }

    /// Messages that are out of place.
    void CheckHostile()
    {
        Triangle net(Seconds(3));
        const Ptr<Node> node = net.Km(2)->GetNode();
        Ptr<MessageEndpoint> stranger = CreateObject<MessageEndpoint>();
        stranger->SetNode(node);
        stranger->Listen(InetSocketAddress(PlantHelper::GetServiceAddress(node), 7777));
        const PeerId there = stranger->AddPeer(
            InetSocketAddress(PlantHelper::GetServiceAddress(net.Km(3)->GetNode()),
                              KeyManagerHelper::KX_DIRECT_PORT));
        RunUntil(2);
        const Ptr<MessageEndpoint> direct = net.Km(3)->GetDirectChannel()->GetEndpoint();
        NS_TEST_EXPECT_MSG_EQ(stranger->IsUp(there), false, "a stranger");
        NS_TEST_EXPECT_MSG_GT(direct->GetDropCount("unknown-peer"), 0, "is sent away");
        const Ptr<KeyRelayAgent> agent = net.Km(3)->GetRelayAgent();
        KxMaskedKeys message;
        message.route = RouteId(1);
        message.number = 1;
        message.tag = Bytes(12, 7);
        message.cipher = Bytes(32, 9);
        NS_TEST_EXPECT_MSG_EQ(agent->HandleMasked(KmId(2), message.ToPacket()),
                              false,
                              "a KM on the way is not the source");
        NS_TEST_EXPECT_MSG_EQ(net.Km(2)->GetRelayAgent()->HandleMasked(KmId(1), message.ToPacket()),
                              false,
                              "the route does not end there");
        NS_TEST_EXPECT_MSG_EQ(agent->HandleMasked(KmId(1), Create<Packet>(5)), false, "malformed");
        message.route = RouteId(4);
        NS_TEST_EXPECT_MSG_EQ(agent->HandleMasked(KmId(1), message.ToPacket()), false, "no route");
        // a forgery of what the first relay will need is not taken for it
        message.route = RouteId(1);
        NS_TEST_EXPECT_MSG_EQ(agent->HandleMasked(KmId(1), message.ToPacket()), true, "early");
        net.Ask(1);
        RunUntil(30);
        NS_TEST_EXPECT_MSG_EQ(net.CountServed(), 1, "by the real one");
        stranger->Dispose();
        NS_TEST_EXPECT_MSG_EQ(net.FindDisorder(), "", "calm");
        Simulator::Destroy();
    }

    void DoRun() override
    {
        CheckLate(Seconds(6), true);
        CheckLate(MilliSeconds(100), false);
        CheckWithout();
        CheckCrash(false);
        CheckCrash(true);
        CheckHostile();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The algebra of the scheme, and its messages.
 */
class DestinationAlgebraTest : public TestCase
{
  public:
    DestinationAlgebraTest()
        : TestCase("Pads accumulate to that of the first hop; halves in any order make the keys")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<KxAuthenticator> authenticator = CreateObject<KxAuthenticator>();
        DestinationScheme scheme;
        scheme.Configure(nullptr, authenticator);
        NS_TEST_ASSERT_MSG_EQ(scheme.GetExtraBits(), 96, "a tag");
        const Bytes keys = KeyMaterial::FromGenerator(1, 1, 0, 256).ToBytes();
        std::vector<KeyMaterial> pads;
        for (uint64_t hop = 1; hop <= 4; ++hop)
        {
            pads.push_back(KeyMaterial::FromGenerator(2, hop, 0, 256 + 96));
        }
        // what KMs on the way do
        Bytes text = scheme.Wrap(keys, pads[0]);
        NS_TEST_EXPECT_MSG_EQ((text == Bytes(44, 0)), true, "T_1 = 0");
        for (std::size_t hop = 0; hop + 1 < pads.size(); ++hop)
        {
            pads[hop].XorInto(text);
            pads[hop + 1].XorInto(text);
        }
        pads.back().XorInto(text);
        NS_TEST_EXPECT_MSG_EQ((text == pads[0].ToBytes()), true, "T_n ^ K_n = K_1");

        KxMaskedKeys message;
        message.route = RouteId(5);
        message.number = 3;
        message.cipher = keys;
        pads[0].Slice(0, 256).XorInto(message.cipher);
        message.tag = pads[0].Slice(256, 96).ToBytes();
        const auto read = KxMaskedKeys::FromPacket(message.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "read");
        NS_TEST_EXPECT_MSG_EQ((read->cipher == message.cipher && read->tag == message.tag &&
                               read->route == message.route && read->number == message.number),
                              true,
                              "what was written");
        const auto isKeys = [&keys](const std::optional<Bytes>& got) {
            return got && *got == keys;
        };
        NS_TEST_EXPECT_MSG_EQ(scheme.TakeMasked(message).has_value(), false, "half");
        NS_TEST_EXPECT_MSG_EQ(isKeys(scheme.Unwrap(RouteId(5), 3, text)), true, "keys");
        NS_TEST_EXPECT_MSG_EQ(scheme.Unwrap(RouteId(5), 3, text).has_value(), false, "half again");
        NS_TEST_EXPECT_MSG_EQ(isKeys(scheme.TakeMasked(message)), true, "the other order");
        // wrong tags and lengths do not end the wait
        NS_TEST_EXPECT_MSG_EQ(scheme.Unwrap(RouteId(5), 3, text).has_value(), false, "half");
        KxMaskedKeys wrong = message;
        wrong.tag[3] ^= 1;
        NS_TEST_EXPECT_MSG_EQ(scheme.TakeMasked(wrong).has_value(), false, "wrong tag");
        wrong = message;
        wrong.cipher.pop_back();
        NS_TEST_EXPECT_MSG_EQ(scheme.TakeMasked(wrong).has_value(), false, "short");
        wrong = message;
        wrong.number = 4;
        NS_TEST_EXPECT_MSG_EQ(scheme.TakeMasked(wrong).has_value(), false, "another relay");
        NS_TEST_EXPECT_MSG_EQ(isKeys(scheme.TakeMasked(message)), true, "the right one");
        // what is final is not waited for
        scheme.ForgetBefore(RouteId(5), 5);
        NS_TEST_EXPECT_MSG_EQ(scheme.Unwrap(RouteId(5), 4, text).has_value(), false, "forgotten");
        wrong.number = 4;
        NS_TEST_EXPECT_MSG_EQ(scheme.TakeMasked(wrong).has_value(), false, "too late");
        scheme.Clear();

        KxKeyRelay relay;
        relay.keys = {KxRelayedKey{KsaKeyId{SessionId(1), 1}, 0, 256}};
        relay.pad = {KeyRange{KeyId{LinkId(1), 1}, 0, 352}};
        relay.cipher = Bytes(44, 1);
        NS_TEST_EXPECT_MSG_EQ(KxKeyRelay::FromBytes(relay.ToBytes()).has_value(),
                              false,
                              "hop by hop no bit more than the keys");
        relay.scheme = KX_SCHEME_DESTINATION;
        const auto again = KxKeyRelay::FromBytes(relay.ToBytes());
        NS_TEST_ASSERT_MSG_EQ(again.has_value(), true, "with a tag");
        NS_TEST_EXPECT_MSG_EQ(again->scheme, KX_SCHEME_DESTINATION, "scheme");
        relay.keys[0].bits = 360;
        NS_TEST_EXPECT_MSG_EQ(KxKeyRelay::FromBytes(relay.ToBytes()).has_value(),
                              false,
                              "never less");
        Bytes bytes = relay.ToBytes();
        bytes[8] = 2;
        NS_TEST_EXPECT_MSG_EQ(KxKeyRelay::FromBytes(bytes).has_value(), false, "no such scheme");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of destination relay.
 */
class QkdnDestinationRelayTestSuite : public TestSuite
{
  public:
    QkdnDestinationRelayTestSuite()
        : TestSuite("qkdn-destination-relay", Type::SYSTEM)
    {
        AddTestCase(new DestinationAlgebraTest());
        for (uint32_t hops : {2U, 3U, 6U})
        {
            AddTestCase(new DestinationCostTest(hops, "its-per-batch", 96));
        }
        AddTestCase(new DestinationCostTest(3, "computational", 0));
        AddTestCase(new DestinationCostTest(3, "none", 0));
        AddTestCase(new DestinationFailureTest());
    }
};

static QkdnDestinationRelayTestSuite g_qkdnDestinationRelayTestSuite; //!< registers the suite
