/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-kx-routing-messages.h"
#include "ns3/qkdn-link-state-database.h"
#include "ns3/qkdn-link-state-planner.h"
#include "ns3/test.h"

#include <functional>
#include <limits>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// An advertisement of a KM with usable hops of 1000 bit/s, of which 400 bit/s are left.
LinkStateAdvertisement
Make(uint32_t origin, uint64_t sequence, const std::vector<uint32_t>& neighbours)
{
    LinkStateAdvertisement advertisement;
    advertisement.header = LinkStateHeader{KmId(origin), sequence};
    for (const uint32_t neighbour : neighbours)
    {
        LinkStateHop hop;
        hop.neighbour = KmId(neighbour);
        hop.usable = true;
        hop.keyRateBps = 1000;
        hop.residualBps = 400;
        advertisement.hops.push_back(hop);
    }
    return advertisement;
}

KxRouteSetUp
MakeSetUp()
{
    KxRouteSetUp message;
    message.route.id = RouteId(70001);
    message.route.session = SessionId(3);
    message.route.role = ROUTE_RECOVERY;
    message.route.kms = {KmId(1), KmId(5), KmId(2)};
    message.route.floorBits = 12345;
    message.number = 7;
    message.goesOn = true;
    message.demandBps = 1ULL << 40;
    message.lifetime = Seconds(30);
    return message;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The link-state database.
 */
class LinkStateDatabaseTest : public TestCase
{
  public:
    LinkStateDatabaseTest()
        : TestCase("The newest issue of each KM counts, until it is too old")
    {
    }

  private:
    /// Which of two issues is newer.
    void CheckOrder()
    {
        LinkStateDatabase database;
        database.SetMaxAge(Seconds(100));
        NS_TEST_EXPECT_MSG_EQ(database.Compare({KmId(1), 1}),
                              LinkStateDatabase::NEWER,
                              "the first one");
        const uint64_t most32 = std::numeric_limits<uint32_t>::max();
        for (const uint64_t sequence : {uint64_t{5}, most32, std::numeric_limits<uint64_t>::max()})
        {
            database.Install(Make(1, sequence, {2}), Seconds(0));
            NS_TEST_EXPECT_MSG_EQ(database.Compare({KmId(1), sequence}),
                                  LinkStateDatabase::SAME,
                                  "the same");
            NS_TEST_EXPECT_MSG_EQ(database.Compare({KmId(1), sequence - 1}),
                                  LinkStateDatabase::OLDER,
                                  "one before");
        }
        database.Install(Make(1, most32, {2}), Seconds(0));
        NS_TEST_EXPECT_MSG_EQ(database.Compare({KmId(1), most32 + 1}),
                              LinkStateDatabase::NEWER,
                              "32 bits do not wrap");
        NS_TEST_EXPECT_MSG_EQ(database.GetHeaders().size(), 1, "one of each KM");
    }

    /// Ages.
    void CheckAges()
    {
        LinkStateDatabase database;
        database.SetMaxAge(Seconds(100));
        NS_TEST_EXPECT_MSG_EQ(database.GetNextExpiry().has_value(), false, "none held");
        LinkStateAdvertisement old = Make(1, 1, {2});
        old.age = Seconds(60);
        database.Install(old, Seconds(10));
        database.Install(Make(2, 1, {1}), Seconds(20));
        NS_TEST_EXPECT_MSG_EQ(database.Find(KmId(1), Seconds(15))->age, Seconds(65), "its age");
        NS_TEST_EXPECT_MSG_EQ(*database.GetNextExpiry(), Seconds(50), "the older one");
        NS_TEST_EXPECT_MSG_EQ(database.GetTooOld(Seconds(49)).size(), 0, "not yet");
        NS_TEST_EXPECT_MSG_EQ(database.GetTooOld(Seconds(50)).size(), 1, "now");
        NS_TEST_EXPECT_MSG_EQ(database.GetTooOld(Seconds(50)).front().origin, KmId(1), "it");
        NS_TEST_EXPECT_MSG_EQ(database.IsTooOld(Seconds(100)), true, "at the age");
        NS_TEST_EXPECT_MSG_EQ(database.IsTooOld(NanoSeconds(99999999999)), false, "below it");
        NS_TEST_EXPECT_MSG_EQ(database.Remove(KmId(1)), true, "it was there");
        NS_TEST_EXPECT_MSG_EQ(database.Remove(KmId(1)), false, "and is not any more");
        NS_TEST_EXPECT_MSG_EQ(*database.GetNextExpiry(), Seconds(120), "the other one");
    }

    /// A hop needs both ends.
    void CheckHops()
    {
        LinkStateDatabase database;
        database.SetMaxAge(Seconds(100));
        const KmHop hop(KmId(1), KmId(2));
        database.Install(Make(1, 1, {2, 3}), Seconds(0));
        NS_TEST_EXPECT_MSG_EQ(database.IsUsable(hop), false, "one end says so");
        NS_TEST_EXPECT_MSG_EQ(database.GetHops().size(), 2, "both are known");
        LinkStateAdvertisement other = Make(2, 1, {1});
        other.hops[0].keyRateBps = 700;
        other.hops[0].residualBps = 500;
        database.Install(other, Seconds(0));
        NS_TEST_EXPECT_MSG_EQ(database.IsUsable(hop), true, "both ends say so");
        NS_TEST_EXPECT_MSG_EQ(database.GetKeyRateBps(hop), 700, "the smaller rate");
        NS_TEST_EXPECT_MSG_EQ(database.GetResidualBps(hop), 400, "the smaller rest");
        NS_TEST_EXPECT_MSG_EQ(database.IsLow(hop), false, "neither end");
        other.header.sequence = 2;
        other.hops[0].low = true;
        database.Install(other, Seconds(0));
        NS_TEST_EXPECT_MSG_EQ(database.IsLow(hop), true, "one end is enough");
        other.header.sequence = 3;
        other.hops[0].usable = false;
        database.Install(other, Seconds(0));
        NS_TEST_EXPECT_MSG_EQ(database.IsUsable(hop), false, "one end does not");
    }

    void DoRun() override
    {
        CheckOrder();
        CheckAges();
        CheckHops();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Routes over a database.
 */
class LinkStatePlannerTest : public TestCase
{
  public:
    LinkStatePlannerTest()
        : TestCase("Routes avoid hops without room, as long as there are others")
    {
    }

  private:
    void DoRun() override
    {
        using Kms = std::vector<KmId>;
        LinkStateDatabase database;
        database.SetMaxAge(Seconds(100));
        // 1-2-4 and 1-3-5-4, and what is left of hop 2-4 is less
        LinkStateAdvertisement two = Make(2, 1, {1, 4});
        two.hops[1].residualBps = 100;
        for (const auto& advertisement :
             {Make(1, 1, {2, 3}), two, Make(3, 1, {1, 5}), Make(4, 1, {2, 5}), Make(5, 1, {3, 4})})
        {
            database.Install(advertisement, Seconds(0));
        }
        const LinkStatePlanner planner(database, ROUTE_COST_HOPS, 16);
        const Kms shorter{KmId(1), KmId(2), KmId(4)};
        const Kms longer{KmId(1), KmId(3), KmId(5), KmId(4)};
        LinkStateNeeds needs;
        needs.from = KmId(1);
        needs.to = KmId(4);
        needs.demandBps = 100;
        NS_TEST_EXPECT_MSG_EQ((planner.Find(needs) == shorter), true, "there is room");
        needs.demandBps = 300;
        NS_TEST_EXPECT_MSG_EQ((planner.Find(needs) == longer), true, "no room on 2-4");
        needs.ownHops = {KmHop(KmId(2), KmId(4))};
        NS_TEST_EXPECT_MSG_EQ((planner.Find(needs) == shorter), true, "its own route took it");
        needs.ownHops.clear();
        needs.demandBps = 500;
        NS_TEST_EXPECT_MSG_EQ((planner.Find(needs) == shorter), true, "no room anywhere");
        const auto pair = planner.FindPair(needs);
        NS_TEST_ASSERT_MSG_EQ(pair.has_value(), true, "two routes");
        NS_TEST_EXPECT_MSG_EQ((pair->first == shorter && pair->second == longer), true, "both");
        NS_TEST_EXPECT_MSG_EQ((planner.FindProtection(needs, shorter) == longer), true, "disjoint");
        needs.avoidedHops = {KmHop(KmId(1), KmId(2))};
        NS_TEST_EXPECT_MSG_EQ((planner.Find(needs) == longer), true, "the other way");
        needs.avoidedKms = {KmId(5)};
        NS_TEST_EXPECT_MSG_EQ(planner.Find(needs).empty(), true, "no way");
        const LinkStatePlanner two_hops(database, ROUTE_COST_HOPS, 2);
        needs.avoidedKms.clear();
        NS_TEST_EXPECT_MSG_EQ(two_hops.Find(needs).empty(), true, "too long");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Messages of routing.
 */
class KxRoutingMessagesTest : public TestCase
{
  public:
    KxRoutingMessagesTest()
        : TestCase("Messages of routing come back as they were, and nothing bad is taken")
    {
    }

  private:
    /**
     * @brief Read a message that lacks its end, and one with a byte too many.
     * @param message the message
     */
    template <typename Message>
    void CheckLength(const Message& message)
    {
        const Ptr<Packet> packet = message.ToPacket();
        for (uint32_t size = 0; size < packet->GetSize(); ++size)
        {
            NS_TEST_EXPECT_MSG_EQ(Message::FromPacket(packet->CreateFragment(0, size)).has_value(),
                                  false,
                                  "cut off after " << size << " bytes");
        }
        const Ptr<Packet> longer = packet->Copy();
        longer->AddAtEnd(Create<Packet>(1));
        NS_TEST_EXPECT_MSG_EQ(Message::FromPacket(longer).has_value(), false, "a byte too many");
    }

    /// Advertisements.
    void CheckLinkState()
    {
        KxLinkState message{{Make(1, 1ULL << 33, {2, 3}), Make(2, 1, {})}};
        message.advertisements[0].age = MilliSeconds(1234);
        message.advertisements[0].hops[0].low = true;
        message.advertisements[0].hops[1].usable = false;
        const auto read = KxLinkState::FromPacket(message.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "good");
        NS_TEST_ASSERT_MSG_EQ(read->advertisements.size(), 2, "two");
        for (std::size_t i = 0; i < 2; ++i)
        {
            const auto& before = message.advertisements[i];
            const auto& after = read->advertisements[i];
            NS_TEST_EXPECT_MSG_EQ((before.header == after.header), true, "issue");
            NS_TEST_EXPECT_MSG_EQ(before.age, after.age, "age");
            NS_TEST_EXPECT_MSG_EQ((before.hops == after.hops), true, "hops");
        }
        CheckLength(message);
        using Change = std::function<void(LinkStateAdvertisement&)>;
        const std::vector<std::pair<std::string, Change>> bad{
            {"no origin", [](auto& a) { a.header.origin = KmId(); }},
            {"no number", [](auto& a) { a.header.sequence = 0; }},
            {"from the future", [](auto& a) { a.age = Seconds(-1); }},
            {"a hop to itself", [](auto& a) { a.hops[0].neighbour = KmId(1); }},
            {"a hop to nobody", [](auto& a) { a.hops[0].neighbour = KmId(); }},
            {"a hop twice", [](auto& a) { a.hops[1] = a.hops[0]; }},
            {"more left than there is", [](auto& a) { a.hops[0].residualBps = 1001; }}};
        for (const auto& [what, change] : bad)
        {
            KxLinkState wrong{{Make(1, 4, {2, 3})}};
            change(wrong.advertisements[0]);
            NS_TEST_EXPECT_MSG_EQ(KxLinkState::FromPacket(wrong.ToPacket()).has_value(),
                                  false,
                                  what);
        }
        NS_TEST_EXPECT_MSG_EQ(KxLinkState::FromPacket(KxLinkState().ToPacket()).has_value(),
                              false,
                              "nothing");
    }

    /// Summaries.
    void CheckSummary()
    {
        const KxLinkStateSummary message{{{KmId(1), 5}, {KmId(4), 1ULL << 40}}};
        const auto read = KxLinkStateSummary::FromPacket(message.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "good");
        NS_TEST_EXPECT_MSG_EQ((read->headers == message.headers), true, "the same");
        CheckLength(message);
        const KxLinkStateSummary twice{{{KmId(4), 5}, {KmId(4), 6}}};
        NS_TEST_EXPECT_MSG_EQ(KxLinkStateSummary::FromPacket(twice.ToPacket()).has_value(),
                              false,
                              "a KM twice");
    }

    /// Set-up of routes.
    void CheckSetUp()
    {
        const KxRouteSetUp message = MakeSetUp();
        const auto read = KxRouteSetUp::FromPacket(message.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "good");
        NS_TEST_EXPECT_MSG_EQ(read->route.id, message.route.id, "route");
        NS_TEST_EXPECT_MSG_EQ(read->route.session, message.route.session, "session");
        NS_TEST_EXPECT_MSG_EQ(read->route.role, message.route.role, "role");
        NS_TEST_EXPECT_MSG_EQ((read->route.kms == message.route.kms), true, "KMs");
        NS_TEST_EXPECT_MSG_EQ(read->route.floorBits, message.route.floorBits, "floor");
        NS_TEST_EXPECT_MSG_EQ(read->number, message.number, "number");
        NS_TEST_EXPECT_MSG_EQ(read->goesOn, message.goesOn, "whether it goes on");
        NS_TEST_EXPECT_MSG_EQ(read->demandBps, message.demandBps, "demand");
        NS_TEST_EXPECT_MSG_EQ(read->lifetime, message.lifetime, "lifetime");
        CheckLength(message);
        using Change = std::function<void(KxRouteSetUp&)>;
        const std::vector<std::pair<std::string, Change>> bad{
            {"no number", [](auto& m) { m.route.id = RouteId(); }},
            {"a local number", [](auto& m) { m.route.id = RouteId(LOCAL_ROUTE_BASE + 1); }},
            {"no session", [](auto& m) { m.route.session = SessionId(); }},
            {"no such role", [](auto& m) { m.route.role = static_cast<RouteRole>(9); }},
            {"a KM twice", [](auto& m) { m.route.kms[2] = KmId(1); }},
            {"nobody on it", [](auto& m) { m.route.kms[1] = KmId(); }},
            {"one KM", [](auto& m) { m.route.kms.resize(1); }},
            {"no lifetime", [](auto& m) { m.lifetime = Seconds(0); }}};
        for (const auto& [what, change] : bad)
        {
            KxRouteSetUp wrong = MakeSetUp();
            change(wrong);
            NS_TEST_EXPECT_MSG_EQ(KxRouteSetUp::FromPacket(wrong.ToPacket()).has_value(),
                                  false,
                                  what);
        }
    }

    /// Answer and end.
    void CheckOthers()
    {
        KxRouteSetUpAnswer answer{RouteId(9), 4, KX_FAILURE_NEIGHBOUR, KmId(6)};
        const auto read = KxRouteSetUpAnswer::FromPacket(answer.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "good");
        NS_TEST_EXPECT_MSG_EQ(read->route, answer.route, "route");
        NS_TEST_EXPECT_MSG_EQ(read->number, answer.number, "number");
        NS_TEST_EXPECT_MSG_EQ(read->failure, answer.failure, "failure");
        NS_TEST_EXPECT_MSG_EQ(read->failedAt, answer.failedAt, "where");
        CheckLength(answer);
        answer.failure = static_cast<KxFailure>(KX_FAILURE_ABANDONED + 1);
        NS_TEST_EXPECT_MSG_EQ(KxRouteSetUpAnswer::FromPacket(answer.ToPacket()).has_value(),
                              false,
                              "no such failure");
        const KxRouteTearDown end{RouteId(9), 5};
        const auto over = KxRouteTearDown::FromPacket(end.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(over.has_value(), true, "good");
        NS_TEST_EXPECT_MSG_EQ(over->route, end.route, "route");
        NS_TEST_EXPECT_MSG_EQ(over->number, end.number, "number");
        CheckLength(end);
    }

    void DoRun() override
    {
        CheckLinkState();
        CheckSummary();
        CheckSetUp();
        CheckOthers();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Parts of link-state routing that know no time.
 */
class LinkStateMessagesTestSuite : public TestSuite
{
  public:
    LinkStateMessagesTestSuite()
        : TestSuite("qkdn-link-state-messages", Type::UNIT)
    {
        AddTestCase(new LinkStateDatabaseTest);
        AddTestCase(new LinkStatePlannerTest);
        AddTestCase(new KxRoutingMessagesTest);
    }
};

static LinkStateMessagesTestSuite g_linkStateMessagesTestSuite; //!< registers the suite
