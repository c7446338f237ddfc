/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-test-schedule.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-fault-correlation.h"
#include "ns3/qkdn-repair-dispatch.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a manager is told of a network of five nodes:
 *
 * - links 12 and 12b (numbers 1, 2) through fibre f12, link 13 (3) through f12 and f23, so that
 *   f12 is a cable with three links; they and link 14 are in the duct;
 * - link 14 (4) through f14, link 45 (5) through f45, link 35 (6) through f35.
 *
 * Sessions 1 (route 1-2-3) and 2 (route 1-4-5) are promised 1000 and 500 bit/s.
 */
class CorrelationTest : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void DoSetup() override
    {
        m_correlation = CreateObject<FaultCorrelation>();
        m_correlation->SetInventory(m_inventory);
        m_correlation->TraceConnectWithoutContext("Cause",
                                                  MakeCallback(&CorrelationTest::Noted, this));
        m_dispatch = CreateObject<RepairDispatch>();
        m_dispatch->Configure(m_inventory, m_correlation);
        m_dispatch->TraceConnectWithoutContext("RepairOrdered",
                                               MakeCallback(&CorrelationTest::Ordered, this));
        m_dispatch->TraceConnectWithoutContext("RepairWithdrawn",
                                               MakeCallback(&CorrelationTest::Withdrawn, this));
        m_dispatch->SetProtectionRecords(m_protection);
        m_correlation->TraceConnectWithoutContext(
            "Cause",
            MakeCallback(&RepairDispatch::CauseChanged, PeekPointer(m_dispatch)));
        Link(1, 1, 2, "12", {"f12"}, {"duct"});
        Link(2, 1, 2, "12b", {"f12"}, {"duct"});
        Link(3, 1, 3, "13", {"f12", "f23"}, {"duct"});
        Link(4, 1, 4, "14", {"f14"}, {"duct"});
        Link(5, 4, 5, "45", {"f45"}, {"duct-45"});
        Link(6, 3, 5, "35", {"f35"}, {});
        for (uint32_t km = 1; km <= 5; ++km)
        {
            Km(km, true);
        }
        Session(1, {1, 2, 3}, 1000);
        Session(2, {1, 4, 5}, 500);
        m_correlation->Start();
        m_dispatch->Start();
    }

    void DoTeardown() override
    {
        m_dispatch->Dispose();
        m_correlation->Dispose();
        Simulator::Destroy();
    }

    /// A link is good, at both ends, and described.
    void Link(uint32_t id,
              uint32_t a,
              uint32_t b,
              const std::string& name,
              const std::vector<std::string>& fibres,
              const std::set<std::string>& groups)
    {
        CkLinkDescription description;
        description.link = LinkId(id);
        description.name = name;
        description.fibres = fibres;
        description.riskGroups = groups;
        m_inventory.Update(McLinkDescription{KmId(a), KmId(b), description});
        Status(McLinkStatus{LinkId(id),
                            KmId(a),
                            KmId(b),
                            LINK_ACTIVE,
                            1000,
                            1000,
                            true,
                            true,
                            true,
                            true});
    }

    /// A report of a link.
    void Status(const McLinkStatus& status)
    {
        m_inventory.Update(Simulator::Now(), status);
        m_correlation->InventoryChanged();
        m_correlation->LinkReported(status, IncidentId());
    }

    /// A report of a KM.
    void Km(uint32_t km, bool reachable)
    {
        const McKmStatus status{KmId(km), reachable, "n" + std::to_string(km)};
        m_inventory.Update(Simulator::Now(), status);
        m_correlation->InventoryChanged();
        m_correlation->KmReported(status);
    }

    /// Neighbours of a KM miss it, or see it again.
    void Missed(uint32_t km, bool missed)
    {
        for (const auto& entry : m_inventory.GetLinks())
        {
            McLinkStatus status = entry.second.status;
            if (status.a == KmId(km))
            {
                status.bSeesA = !missed;
            }
            else if (status.b == KmId(km))
            {
                status.aSeesB = !missed;
            }
            else
            {
                continue;
            }
            Status(status);
        }
    }

    /// An end of a link raises an alarm, or ends it.
    void Alarm(uint32_t link, uint32_t km, LinkCause cause = CAUSE_LOSS_OF_LIGHT)
    {
        McLinkStatus status = m_inventory.GetLinks().at(LinkId(link)).status;
        status.status = cause == CAUSE_NONE ? LINK_ACTIVE : LINK_PASSIVE;
        status.bReports = false; // the alarm tells when it is over, not this
        m_inventory.Update(Simulator::Now(), status);
        const LinkStatus end = cause == CAUSE_NONE ? LINK_ACTIVE : LINK_PASSIVE;
        m_correlation->AlarmReported(
            McAlarm{LinkId(link), KmId(km), end, LinkAlarm(cause), Simulator::Now()},
            IncidentId{km, link});
    }

    /// Both ends of links raise alarms, or end them.
    void Dark(const std::vector<uint32_t>& links, LinkCause cause = CAUSE_LOSS_OF_LIGHT)
    {
        for (const uint32_t link : links)
        {
            const McLinkStatus status = m_inventory.GetLinks().at(LinkId(link)).status;
            Alarm(link, status.a.value, cause);
            Alarm(link, status.b.value, cause);
        }
    }

    /// A session with a route in use.
    void Session(uint32_t id, const std::vector<uint32_t>& kms, uint64_t promisedBps)
    {
        McSessionStatus session;
        session.session = SessionId(id);
        session.working = RouteId(id);
        session.promisedBps = promisedBps;
        m_inventory.Update(Time(0), session);
        Route(id, kms, MC_ROUTE_ACTIVE);
    }

    /// A report of a route.
    void Route(uint32_t id, const std::vector<uint32_t>& kms, McRouteState state)
    {
        McRouteStatus status;
        status.route.id = RouteId(id);
        status.route.session = SessionId(id);
        status.state = state;
        for (const uint32_t km : kms)
        {
            status.route.kms.emplace_back(km);
        }
        m_inventory.Update(Simulator::Now(), status);
        m_correlation->RouteReported(status, IncidentId());
    }

    /// Causes so far, as "kind name state (alarms)".
    std::string Causes() const
    {
        std::string text;
        for (const FaultCause& cause : m_correlation->GetCauses())
        {
            text += std::string(text.empty() ? "" : ", ") +
                    ComponentKindName(cause.component.kind) + " " + cause.component.name + " " +
                    CauseStateName(cause.state) + " (" + std::to_string(cause.alarms) + ")";
        }
        return text;
    }

    Inventory m_inventory;               //!< the inventory
    Ptr<FaultCorrelation> m_correlation; //!< finds causes
    Ptr<RepairDispatch> m_dispatch;      //!< orders repairs
    ProtectionRecords m_protection;      //!< protection groups
    std::vector<RepairOrder> m_orders;   //!< trace RepairOrdered
    std::string m_withdrawn;             //!< trace RepairWithdrawn
    std::string m_components;            //!< components of orders, with the second
    uint32_t m_noted{0};                 //!< trace Cause

  private:
    /// @cond
    void Noted(const FaultCause&)
    {
        ++m_noted;
    }

    void Ordered(const RepairOrder& order)
    {
        m_orders.push_back(order);
        m_components +=
            order.component + "@" + std::to_string(Simulator::Now().GetMilliSeconds() / 1000) + " ";
    }

    void Withdrawn(const RepairOrder& order)
    {
        m_withdrawn += std::to_string(order.number) + " " + order.component + ";";
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Alarms, and the causes that they are put down to.
 */
class CausesTest : public CorrelationTest
{
  public:
    /// Raises alarms.
    using Story = void (*)(CausesTest&);

    /**
     * @brief Constructor
     * @param name what is tested
     * @param story what happens at 10 s
     * @param causes the causes after the window
     */
    CausesTest(const std::string& name, Story story, const std::string& causes)
        : CorrelationTest(name),
          m_story(story),
          m_causes(causes)
    {
    }

    using CorrelationTest::Alarm;
    using CorrelationTest::Dark;
    using CorrelationTest::Km;
    using CorrelationTest::Missed;
    using CorrelationTest::Route;

  private:
    void DoRun() override
    {
        At(10, [this] { m_story(*this); });
        At(10.999,
           [this] { NS_TEST_EXPECT_MSG_EQ(Causes(), "", "no decision within the window"); });
        RunUntil(12);
        NS_TEST_EXPECT_MSG_EQ(Causes(), m_causes, "causes");
        NS_TEST_EXPECT_MSG_EQ(m_noted, m_correlation->GetCauses().size(), "traced");
        for (const FaultCause& cause : m_correlation->GetCauses())
        {
            NS_TEST_EXPECT_MSG_EQ(cause.opened, Seconds(11), "after the window");
        }
        NS_TEST_EXPECT_MSG_EQ(m_orders.size(), m_noted, "an order for each cause");
    }

    Story m_story;        //!< what happens
    std::string m_causes; //!< the causes expected
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The life of a cause: alarms join it, it is cleared, it comes back, or is absorbed.
 */
class CauseLifeTest : public CorrelationTest
{
  public:
    CauseLifeTest()
        : CorrelationTest("Alarms join, end and come back; causes are cleared or absorbed")
    {
    }

  private:
    void DoRun() override
    {
        // flapping within the window is no cause
        At(1, [this] { Dark({6}); });
        At(1.5, [this] { Dark({6}, CAUSE_NONE); });
        At(3, [this] { NS_TEST_EXPECT_MSG_EQ(Causes(), "", "over before the decision"); });
        // a link of a cable, the others later
        At(10, [this] { Dark({1, 2}); });
        At(20, [this] {
            NS_TEST_EXPECT_MSG_EQ(Causes(), "fibre f12 open (4)", "f12");
            Dark({3});
            Route(1, {1, 2, 3}, MC_ROUTE_FAILED);
            NS_TEST_EXPECT_MSG_EQ(Causes(), "fibre f12 open (7)", "they join");
            NS_TEST_EXPECT_MSG_EQ(m_correlation->GetCause(1).incident.ToString(),
                                  (IncidentId{1, 1}).ToString(),
                                  "the oldest incident");
        });
        At(30, [this] {
            Dark({1, 2}, CAUSE_NONE);
            Alarm(3, 1, CAUSE_NONE);
            NS_TEST_EXPECT_MSG_EQ(Causes(), "fibre f12 open (7)", "one alarm stands");
            Alarm(3, 3, CAUSE_NONE);
            NS_TEST_EXPECT_MSG_EQ(Causes(), "fibre f12 cleared (7)", "none stands");
            NS_TEST_EXPECT_MSG_EQ(m_correlation->GetCause(1).closed, Seconds(30), "when");
            Route(1, {1, 2, 3}, MC_ROUTE_ACTIVE);
        });
        At(40, [this] { Dark({1, 2, 3}); });
        At(42, [this] {
            NS_TEST_EXPECT_MSG_EQ(Causes(),
                                  "fibre f12 cleared (7), fibre f12 open (6)",
                                  "a new one");
            Dark({1, 2, 3}, CAUSE_NONE);
        });
        // a node whose neighbours see darkness before hellos tell
        At(50, [this] {
            Alarm(5, 4);
            Alarm(6, 3);
        });
        At(53, [this] {
            Missed(5, true);
            Km(5, false);
        });
        RunUntil(60);
        NS_TEST_EXPECT_MSG_EQ(Causes(),
                              "fibre f12 cleared (7), fibre f12 cleared (6), "
                              "module-pair 35 absorbed (1), module-pair 45 absorbed (1), "
                              "node n5 open (5)",
                              "the node explains all");
        NS_TEST_EXPECT_MSG_EQ(m_correlation->GetCause(3).absorbedBy, 5, "by the node");
        NS_TEST_EXPECT_MSG_EQ(m_components, "f12@11 f12@41 35@51 45@51 n5@54 ", "orders");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief When repairs are ordered, of what, and what is said of them (G-M1).
 */
class RepairOrdersTest : public CorrelationTest
{
  public:
    RepairOrdersTest()
        : CorrelationTest("Repairs are ordered after a delay, and again with the next suspect")
    {
    }

  private:
    void DoRun() override
    {
        m_dispatch->SetAttribute("RepairDelay", TimeValue(Seconds(5)));
        m_dispatch->SetAttribute("ReorderAfter", TimeValue(Seconds(20)));
        // over before the delay is
        At(1, [this] { Dark({6}); });
        At(6.5, [this] { Dark({6}, CAUSE_NONE); });
        // stands
        At(20, [this] { Dark({1, 2, 3}); });
        // the process is down for a while, and the delay begins again
        At(100, [this] { Dark({1, 2, 3}, CAUSE_NONE); });
        At(110, [this] { Dark({4}); });
        At(112, [this] {
            m_correlation->Stop();
            m_dispatch->Stop();
        });
        At(130, [this] {
            m_correlation->Start();
            m_dispatch->Start();
        });
        RunUntil(136);
        NS_TEST_EXPECT_MSG_EQ(m_components,
                              "f12@26 duct@46 f23@66 f12@86 f14@135 ",
                              "suspects in turn");
        NS_TEST_EXPECT_MSG_EQ(m_withdrawn, "1 f12;2 duct;3 f23;4 f12;", "over at 100 s");
        NS_TEST_ASSERT_MSG_EQ(m_orders.size(), 5, "orders");
        NS_TEST_EXPECT_MSG_EQ(m_orders[0].number, 1, "number");
        NS_TEST_EXPECT_MSG_EQ(m_orders[4].number, 5, "consecutive");
        NS_TEST_EXPECT_MSG_EQ(m_orders[0].ordered, Seconds(26), "window and delay");
        NS_TEST_EXPECT_MSG_EQ(m_orders[0].sessions, 1, "session 1 uses 1-2");
        NS_TEST_EXPECT_MSG_EQ_TOL(m_orders[0].keyRateBps, 1000, 1e-9, "its key rate");
        NS_TEST_EXPECT_MSG_EQ(m_orders[4].sessions, 1, "session 2 uses 1-4");
        NS_TEST_EXPECT_MSG_EQ_TOL(m_orders[4].keyRateBps, 500, 1e-9, "its key rate");
        NS_TEST_EXPECT_MSG_EQ(m_orders[0].incident.IsValid(), true, "incident");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The fibre that a protection group has left is repaired nevertheless.
 */
class SwitchedOffTest : public CorrelationTest
{
  public:
    SwitchedOffTest()
        : CorrelationTest("An order stands if protection has taken the modules off the component")
    {
    }

  private:
    /// An end of a group of link 14 says where its keys come from.
    void Select(bool protection)
    {
        GroupStatus status;
        status.group = GroupId(1);
        status.name = "g14";
        status.working.resize(1);
        status.working[0].link = LinkId(4);
        status.working[0].selected.protection = protection;
        m_protection.Update(Simulator::Now(), status);
    }

    void DoRun() override
    {
        At(1, [this] {
            Select(false);
            Dark({4});
        });
        At(5, [this] { Select(true); });
        At(6, [this] { Dark({4}, CAUSE_NONE); }); // on the spare fibre
        At(10, [this] { Dark({6}); });
        At(15, [this] { Dark({6}, CAUSE_NONE); });
        At(20, [this] { Select(false); }); // back on its own
        At(21, [this] { Dark({4}); });
        At(25, [this] { Dark({4}, CAUSE_NONE); });
        RunUntil(30);
        NS_TEST_EXPECT_MSG_EQ(m_components, "f14@2 f35@11 f14@22 ", "orders");
        NS_TEST_EXPECT_MSG_EQ(m_withdrawn, "2 f35;3 f14;", "all but the first");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What makes no sense, or is not known, changes nothing.
 */
class StrayAlarmsTest : public CorrelationTest
{
  public:
    StrayAlarmsTest()
        : CorrelationTest("Alarms of what is not known, or follow from others, are no causes")
    {
    }

  private:
    void DoRun() override
    {
        At(1, [this] {
            m_correlation->AlarmReported(
                McAlarm{LinkId(99), KmId(1), LINK_PASSIVE, LinkAlarm(CAUSE_LOSS_OF_LIGHT), Time(0)},
                IncidentId());
            Alarm(1, 5);                     // no end of it
            Alarm(2, 1, CAUSE_QBER_WARNING); // still makes key
            Alarm(2, 1, CAUSE_STANDBY);      // by intent
            Km(77, false);                   // only the controller misses it
            Route(1, {1, 2, 3}, MC_ROUTE_FAILED);
            Route(9, {}, MC_ROUTE_FAILED);
        });
        // not seen yet is not missed
        At(5, [this] {
            Status(McLinkStatus{LinkId(30), KmId(8), KmId(9), LINK_PENDING, 0, 0, true});
        });
        RunUntil(10);
        NS_TEST_EXPECT_MSG_EQ(Causes(), "", "no cause");
        // a link that is good at both ends ends its alarms
        At(11, [this] { Dark({6}); });
        At(14, [this] {
            NS_TEST_EXPECT_MSG_EQ(Causes(), "fibre f35 open (2)", "f35");
            McLinkStatus status = m_inventory.GetLinks().at(LinkId(6)).status;
            status.status = LINK_ACTIVE;
            status.bReports = true;
            Status(status);
        });
        RunUntil(20);
        NS_TEST_EXPECT_MSG_EQ(Causes(), "fibre f35 cleared (2)", "over");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Suite of the correlation of alarms and the repairs that follow from it.
 */
class FaultCorrelationTestSuite : public TestSuite
{
  public:
    FaultCorrelationTestSuite()
        : TestSuite("qkdn-fault-correlation", Type::UNIT)
    {
        const auto add =
            [this](const std::string& name, CausesTest::Story story, const std::string& causes) {
                AddTestCase(new CausesTest(name, story, causes));
            };
        add(
            "Ten alarms of three links in a cable are one cause: the fibre",
            [](CausesTest& t) {
                t.Dark({1, 2, 3});
                t.Missed(2, true);
                t.Route(1, {1, 2, 3}, MC_ROUTE_FAILED);
                t.Route(3, {2, 1}, MC_ROUTE_FAILED);
                t.Route(4, {3, 2, 1}, MC_ROUTE_FAILED);
            },
            "fibre f12 open (10)");
        add(
            "Two fibres of a risk group: the group",
            [](CausesTest& t) {
                t.Dark({1, 2, 3, 4});
            },
            "risk-group duct open (8)");
        add(
            "Two cuts that nothing joins: two causes",
            [](CausesTest& t) {
                t.Dark({1, 2, 3, 6});
            },
            "fibre f12 open (6), fibre f35 open (2)");
        add(
            "A module: one end of one link of a fibre is dark",
            [](CausesTest& t) { t.Alarm(1, 2); },
            "module-pair 12 open (1)");
        add(
            "A module of a link that has its fibre for itself",
            [](CausesTest& t) { t.Alarm(6, 5); },
            "module-pair 35 open (1)");
        add(
            "Errors at both ends of one link of a fibre",
            [](CausesTest& t) { t.Dark({1}, CAUSE_QBER_ABORT); },
            "module-pair 12 open (2)");
        add(
            "Errors on all links of a fibre",
            [](CausesTest& t) {
                t.Dark({1, 2, 3}, CAUSE_QBER_ABORT);
            },
            "fibre f12 open (6)");
        add(
            "Both ends of the only link of a fibre are dark: the fibre",
            [](CausesTest& t) { t.Dark({6}); },
            "fibre f35 open (2)");
        add(
            "A node: its neighbours see no light and miss it, and so does the controller",
            [](CausesTest& t) {
                t.Alarm(5, 4);
                t.Alarm(6, 3);
                t.Missed(5, true);
                t.Km(5, false);
            },
            "node n5 open (5)");
        add(
            "A KM: it is missed, and there is light",
            [](CausesTest& t) {
                t.Missed(5, true);
                t.Km(5, false);
            },
            "key-manager n5 open (3)");
        add(
            "A node and a fibre elsewhere: two causes",
            [](CausesTest& t) {
                t.Alarm(5, 4);
                t.Alarm(6, 3);
                t.Missed(5, true);
                t.Km(5, false);
                t.Dark({1, 2, 3});
            },
            "fibre f12 open (6), node n5 open (5)");
        AddTestCase(new CauseLifeTest);
        AddTestCase(new RepairOrdersTest);
        AddTestCase(new SwitchedOffTest);
        AddTestCase(new StrayAlarmsTest);
    }
};

/// Registers the suite.
static FaultCorrelationTestSuite g_faultCorrelationTestSuite;
