/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller-test-network.h"

#include "ns3/enum.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Routes by the lengths that KMs have told.
 */
class ControllerLengthTest : public ControllerTest
{
  public:
    ControllerLengthTest()
        : ControllerTest("routes by length")
    {
    }

  private:
    void DoRun() override
    {
        m_controller->SetAttribute("RouteCost", EnumValue(ROUTE_COST_LENGTH));
        m_kms[1]->m_descriptions = {{LinkId(12), 30000, {}}, {LinkId(13), 10000, {}}};
        m_kms[2]->m_descriptions = {{LinkId(24), 10000, {}}};
        m_kms[3]->m_descriptions = {{LinkId(34), 29000, {}}};
        AddSession(1, 4, CLASS_UNPROTECTED);
        RunUntil(5);
        ExpectText(TakeKm(1), "install r1 working 134; routes s1 r1 - -", "39 km, not 40 km");
        const NetworkView& view = m_controller->GetView();
        NS_TEST_EXPECT_MSG_EQ(view.GetLengthM(KmHop(KmId(1), KmId(2))), 30000, "as told");
        NS_TEST_EXPECT_MSG_EQ(view.GetLengthM(KmHop(KmId(2), KmId(3))), 0, "no such hop");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The age of reports, against a list of all of them.
 */
class NetworkViewAgeTest : public TestCase
{
  public:
    NetworkViewAgeTest()
        : TestCase("reports that expire, against a list")
    {
    }

  private:
    /// What a KM of the ring 1-2-3-4 says of the link to its next or previous KM.
    static CkLinkState StateOf(uint32_t link, uint32_t km)
    {
        CkLinkState state;
        state.link = LinkId(link);
        state.neighbour = KmId(km == link ? link % 4 + 1 : link);
        state.neighbourAlive = true;
        state.status = LINK_ACTIVE;
        state.keyRateBps = 1000;
        return state;
    }

    /// Compare with the list.
    void Compare(const NetworkView& view, Time now)
    {
        std::optional<Time> next;
        std::set<uint32_t> stale;
        for (const auto& [end, at] : m_reports)
        {
            if (at + m_age <= now)
            {
                stale.insert(end.first);
            }
            else
            {
                next = next ? Min(*next, at + m_age) : at + m_age;
            }
        }
        NS_TEST_EXPECT_MSG_EQ((view.GetNextExpiry() == next), true, "next at " << now.As(Time::S));
        for (uint32_t link = 1; link <= 4; ++link)
        {
            const KmHop hop{KmId(link), KmId(link % 4 + 1)};
            NS_TEST_EXPECT_MSG_EQ(view.IsStale(hop),
                                  (stale.count(link) > 0),
                                  "link " << link << " at " << now.As(Time::S));
        }
    }

    void DoRun() override
    {
        NetworkView view;
        view.SetMaxAge(m_age);
        for (uint32_t km = 1; km <= 4; ++km)
        {
            const uint32_t before = (km + 2) % 4 + 1;
            view.Register({KmId(km), {StateOf(km, km), StateOf(before, km)}}, Time(0));
            m_reports[{km, km}] = m_reports[{before, km}] = Time(0);
        }
        const Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
        draw->SetStream(7);
        Time now;
        for (uint32_t step = 0; step < 500; ++step)
        {
            now += MilliSeconds(draw->GetInteger(0, 4) * 500);
            const uint32_t link = draw->GetInteger(1, 4);
            const uint32_t km = draw->GetInteger(0, 1) > 0 ? link : link % 4 + 1;
            view.Report(KmId(km), StateOf(link, km), now);
            m_reports[{link, km}] = now;
            view.Expire(now);
            Compare(view, now);
        }
        view.Clear();
        NS_TEST_EXPECT_MSG_EQ(view.GetNextExpiry().has_value(), false, "forgotten");
    }

    Time m_age{Seconds(10)};                                 //!< from which reports are stale
    std::map<std::pair<uint32_t, uint32_t>, Time> m_reports; //!< newest by link and KM
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The trap: the cheapest pair of routes shares a duct, a dearer pair shares nothing.
 */
class ControllerRiskTest : public ControllerTest
{
  public:
    /**
     * @brief Constructor
     * @param disjoint attribute Disjoint
     * @param isTrapped whether hop 14 is in the duct as well
     */
    ControllerRiskTest(RouteDisjointness disjoint, bool isTrapped)
        : ControllerTest("disjoint routes in a trap, Disjoint " + std::to_string(disjoint) +
                         (isTrapped ? ", no way out" : "")),
          m_disjoint(disjoint),
          m_isTrapped(isTrapped)
    {
    }

  private:
    void DoRun() override
    {
        // three ways from 1 to 4: 14 directly, 124, 134; the duct holds 14 and 12
        m_controller->SetAttribute("Disjoint", EnumValue(m_disjoint));
        m_kms[1]->AddLink(14, 4, RATE_BPS);
        m_kms[4]->AddLink(14, 1, RATE_BPS);
        m_kms[1]->m_descriptions = {{LinkId(12), 0, {"duct"}}, {LinkId(14), 0, {"duct"}}};
        if (m_isTrapped)
        {
            m_kms[1]->m_descriptions.push_back({LinkId(13), 0, {"duct"}});
        }
        AddSession(1, 4, CLASS_ROUTE_1_1);
        RunUntil(5);
        const bool avoids = m_disjoint == ROUTE_DISJOINT_SRLG && !m_isTrapped;
        ExpectText(TakeKm(1),
                   std::string("install r1 working 14; install r2 protection ") +
                       (avoids ? "134" : "124") + "; routes s1 r1 r2 -",
                   "working and protection route");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_sharesRisk[SessionId(1)], !avoids, "the manager knows");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }

    RouteDisjointness m_disjoint; //!< attribute Disjoint
    bool m_isTrapped;             //!< whether all hops of KM 1 are in the duct
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Reports that are too old are not used for new routes, raise no alarm, and come back.
 */
class ControllerStaleTest : public ControllerTest
{
  public:
    ControllerStaleTest()
        : ControllerTest("reports that are too old")
    {
    }

  private:
    void DoRun() override
    {
        m_controller->SetAttribute("ReportMaxAge", TimeValue(Seconds(10)));
        m_controller->TraceConnectWithoutContext("Stale",
                                                 MakeCallback(&ControllerStaleTest::Changed, this));
        AddSession(1, 4, CLASS_RESTORATION);
        RunUntil(5);
        ExpectText(TakeKm(1), "install r1 working 124; routes s1 r1 - -", "fresh");
        for (const uint32_t link : {13, 34})
        {
            SetLink(link, LINK_ACTIVE);
        }
        RunUntil(12);
        ExpectText(Stale(), "12 24 ", "ten seconds after the registration");
        const NetworkView& view = m_controller->GetView();
        NS_TEST_EXPECT_MSG_EQ(view.IsUsable(KmHop(KmId(1), KmId(2))), true, "not an alarm");
        NS_TEST_EXPECT_MSG_EQ(view.GetKeyRateBps(KmHop(KmId(1), KmId(2))), 0, "does not count");
        NS_TEST_EXPECT_MSG_EQ(m_manager->m_supply[SessionId(1)], MC_SUPPLY_NORMAL, "as before");
        m_kms[1]->Request({SessionId(2), KmId(1), KmId(2), 256, {}});
        m_kms[1]->Request({SessionId(3), KmId(1), KmId(3), 256, {}});
        RunUntil(13);
        ExpectText(TakeKm(1),
                   "routes s2 - - - no route; install r2 working 13; routes s3 r2 - -",
                   "new routes keep off what is stale");
        SetLink(12, LINK_ACTIVE);
        RunUntil(14);
        ExpectText(Stale(), "24 ", "reported again");
        ExpectText(TakeKm(1), "install r3 working 12; routes s2 r3 - -", "used again");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }

    /// @cond
    void Changed(KmId low, KmId high, bool stale)
    {
        const std::string hop = std::to_string(low.value) + std::to_string(high.value);
        const bool isNew = stale ? m_stale.insert(hop).second : m_stale.erase(hop) > 0;
        NS_TEST_EXPECT_MSG_EQ(isNew, true, "traced once");
    }

    std::string Stale() const
    {
        std::string text;
        for (const std::string& hop : m_stale)
        {
            text += hop + " ";
        }
        return text;
    }

    /// @endcond

    std::set<std::string> m_stale; //!< hops that are stale
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Sessions are admitted by key rate: some wait, some take less until there is more.
 */
class ControllerAdmissionTest : public ControllerTest
{
  public:
    ControllerAdmissionTest()
        : ControllerTest("admission by key rate")
    {
    }

  private:
    void DoRun() override
    {
        m_controller->SetAttribute("Admission", EnumValue(ADMISSION_RATE));
        m_controller->TraceConnectWithoutContext(
            "SessionRate",
            MakeCallback(&ControllerAdmissionTest::Rate, this));
        // hop 13 alone leads to 3 with up to one hop: 1000 bit/s
        m_kms[1]->m_links.at(LinkId(12)).keyRateBps = 100;
        AddSession(1, 3, CLASS_UNPROTECTED).policy.demandBps = 700;
        CkSessionRequest& patient = AddSession(2, 3, CLASS_UNPROTECTED);
        patient.policy.demandBps = 600;
        CkSessionRequest& modest = AddSession(3, 3, CLASS_UNPROTECTED);
        modest.policy.demandBps = 500;
        modest.policy.minDemandBps = 200;
        modest.policy.priority = 0;
        RunUntil(5);
        ExpectText(TakeKm(1),
                   "install r1 working 13; routes s2 - - - too little free key rate; "
                   "install r2 working 13; routes s1 r1 - -; routes s3 r2 - -; rate s3 300",
                   "700 and 300 of 1000");
        ExpectText(m_rates, "s3 300/500; ", "told");
        const KmHop hop(KmId(1), KmId(3));
        NS_TEST_EXPECT_MSG_EQ(m_controller->GetDemand().Get(hop, ROUTE_WORKING), 1000, "no more");

        // a KM that asks again is told again
        m_kms[1]->Request(m_kms[1]->m_sessions.back());
        RunUntil(6);
        ExpectText(TakeKm(1), "routes s3 r2 - -; rate s3 300", "told again");

        // who waits goes before who has less than it asks for
        SetRate(1650);
        RunUntil(7);
        ExpectText(TakeKm(1),
                   "install r3 working 13; rate s3 350; routes s2 r3 - -",
                   "600 and 350");
        SetRate(5000);
        RunUntil(8);
        ExpectText(TakeKm(1), "rate s3 500", "all that it asks for");
        ExpectText(m_rates, "s3 300/500; s3 300/500; s3 350/500; s3 500/500; ", "traced");
        NS_TEST_EXPECT_MSG_EQ(m_controller->GetDemand().Get(hop, ROUTE_WORKING), 1800, "all");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }

    /// Change the key rate of hop 13.
    void SetRate(uint64_t bps)
    {
        SetKeyRate(13, bps);
        SetLink(13, LINK_ACTIVE);
    }

    /// @cond
    void Rate(SessionId session, uint64_t asked, uint64_t granted)
    {
        m_rates += "s" + std::to_string(session.value) + " " + std::to_string(granted) + "/" +
                   std::to_string(asked) + "; ";
    }

    /// @endcond

    std::string m_rates; //!< trace SessionRate
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A pool counts for as long as it has to last.
 */
class ControllerPoolAdmissionTest : public ControllerTest
{
  public:
    ControllerPoolAdmissionTest()
        : ControllerTest("admission by key rate and pool")
    {
    }

  private:
    void DoRun() override
    {
        // pools of 100,000 bits last 100 s at 1000 bit/s more than the key rate of 1000 bit/s
        m_controller->SetAttribute("Admission", EnumValue(ADMISSION_RATE_AND_POOL));
        m_controller->SetAttribute("BridgingTime", TimeValue(Seconds(100)));
        AddSession(1, 4, CLASS_UNPROTECTED).policy.demandBps = 2000;
        AddSession(2, 4, CLASS_UNPROTECTED).policy.demandBps = 2001;
        AddSession(3, 4, CLASS_UNPROTECTED).policy.demandBps = 2000;
        RunUntil(5);
        ExpectText(TakeKm(1),
                   "install r1 working 124; routes s2 - - - too little free key rate; "
                   "install r2 working 134; routes s1 r1 - -; routes s3 r2 - -",
                   "2000 bit/s on each way, and no bit more");
        NS_TEST_EXPECT_MSG_EQ(m_badMessages, 0, "all is well");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a controller knows, and how it chooses and admits by that.
 */
class QkdnControllerPlanningTestSuite : public TestSuite
{
  public:
    QkdnControllerPlanningTestSuite()
        : TestSuite("qkdn-controller-planning", Type::UNIT)
    {
        AddTestCase(new ControllerLengthTest);
        AddTestCase(new ControllerRiskTest(ROUTE_DISJOINT_NODE, false));
        AddTestCase(new ControllerRiskTest(ROUTE_DISJOINT_SRLG, false));
        AddTestCase(new ControllerRiskTest(ROUTE_DISJOINT_SRLG, true));
        AddTestCase(new ControllerStaleTest);
        AddTestCase(new NetworkViewAgeTest);
        AddTestCase(new ControllerAdmissionTest);
        AddTestCase(new ControllerPoolAdmissionTest);
    }
};

QkdnControllerPlanningTestSuite g_qkdnControllerPlanningTestSuite;

} // namespace

} // namespace qkdn
} // namespace ns3
