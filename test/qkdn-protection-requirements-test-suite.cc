/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-protection-requirements.h"
#include "ns3/test.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const Time SETTLING = Seconds(5); //!< of the checker
const Time END = Seconds(100);    //!< of the run

/// What an end of a group with one spare module pair and one spare fibre says at first.
GroupStatus
MakeStatus(uint8_t end)
{
    GroupStatus status;
    status.group = GroupId(1);
    status.name = "g";
    status.groupClass = GROUP_LINK_M_N;
    status.end = end;
    status.working.resize(1);
    status.working[0].link = LinkId(1);
    status.protection.resize(2);
    status.protection[0].link = LinkId(2);
    status.protection[1].link = LinkId(1);
    status.protection[1].sameModules = true;
    return status;
}

/// A checker that has seen both ends begin, and the manager enter what they say.
ProtectionRequirements
MakeChecker()
{
    ProtectionRequirements checker(SETTLING);
    checker.AddManager();
    for (uint8_t end = 0; end < 2; ++end)
    {
        checker.GroupChanged({Seconds(0), 1U + end}, MakeStatus(end));
        checker.ManagerEntered({Seconds(1), 3U + end}, MakeStatus(end));
    }
    return checker;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The requirements of spare links and modules, met and not.
 */
class SpareRequirementsTest : public TestCase
{
  public:
    SpareRequirementsTest()
        : TestCase("G-Q1, P-Q1, P-Q2: spares are ready before the first fault, or not")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(ProtectionRequirements(SETTLING).Check("G-Q1", END).idle,
                              "there was no protection group",
                              "nothing to judge");
        ProtectionRequirements good = MakeChecker();
        good.FaultStruck({Seconds(20), 9});
        GroupStatus failed = MakeStatus(0);
        failed.protection[0].condition = ENTITY_SIGNAL_FAIL;
        good.GroupChanged({Seconds(20), 10}, failed);
        for (const std::string id : {"G-Q1", "P-Q1", "P-Q2"})
        {
            NS_TEST_ASSERT_MSG_EQ(good.Check(id, END).good, 1, id << ": what comes later is late");
            NS_TEST_ASSERT_MSG_EQ(good.Check(id, END).evidence.size(), 2, id);
        }
        ProtectionRequirements broken = MakeChecker();
        broken.GroupChanged({Seconds(10), 10}, failed);
        broken.FaultStruck({Seconds(20), 9});
        NS_TEST_ASSERT_MSG_EQ(broken.Check("G-Q1", END).good, 1, "one spare is left");
        NS_TEST_ASSERT_MSG_EQ(broken.Check("P-Q1", END).bad.size(), 1, "not all links");
        NS_TEST_ASSERT_MSG_EQ(broken.Check("P-Q2", END).bad.size(), 1, "no modules");
        failed.protection[1].condition = ENTITY_SIGNAL_FAIL;
        ProtectionRequirements bare = MakeChecker();
        bare.GroupChanged({Seconds(10), 10}, failed);
        NS_TEST_ASSERT_MSG_EQ(bare.Check("G-Q1", END).bad.size(), 1, "none is left");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The constraints of declared groups.
 */
class ConstraintRequirementsTest : public TestCase
{
  public:
    ConstraintRequirementsTest()
        : TestCase("G-Q2, G-Q3, G-Q4, P-Q3: constraints of declared groups hold, or not")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string id : {"G-Q2", "G-Q3", "G-Q4", "P-Q3"})
        {
            ProtectionRequirements checker = MakeChecker();
            NS_TEST_ASSERT_MSG_EQ(checker.Check(id, END).good, 0, id << " not checked");
            checker.AddConstraint({"g", "spare", id, true, "equal"});
            NS_TEST_ASSERT_MSG_EQ(checker.Check(id, END).good, 1, id << " holds");
            checker.AddConstraint({"g", "other", id, false, "0.5 of the rate"});
            const RequirementFinding finding = checker.Check(id, END);
            NS_TEST_ASSERT_MSG_EQ(finding.bad.size(), 1, id << " is broken");
            NS_TEST_ASSERT_MSG_EQ(finding.bad[0],
                                  "group g, protection entity other: 0.5 of the rate",
                                  "and why");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The manager's records of groups.
 */
class RecordRequirementsTest : public TestCase
{
  public:
    RecordRequirementsTest()
        : TestCase("P-M1, P-M2, G-M0a: the manager's record is there, in time, and follows")
    {
    }

  private:
    void DoRun() override
    {
        ProtectionRequirements good = MakeChecker();
        good.ProtectionUsed({Seconds(20), 9}, "g");
        GroupStatus switched = MakeStatus(0);
        switched.state = GROUP_SWITCHED;
        switched.protection[0].usedBy = 0;
        good.GroupChanged({Seconds(20), 10}, switched);
        // a state that does not last need not be recorded
        good.GroupChanged({Seconds(50), 11}, MakeStatus(1));
        good.GroupChanged({Seconds(51), 12}, MakeStatus(1));
        good.ManagerEntered({Seconds(52), 13}, MakeStatus(1));
        NS_TEST_ASSERT_MSG_EQ(good.Check("G-M0a", END).bad.size(), 1, "the switch is missing");
        good.ManagerEntered({Seconds(21), 14}, switched);
        NS_TEST_ASSERT_MSG_EQ(good.Check("G-M0a", END).bad.size(), 0, "now it is there");
        for (const std::string id : {"P-M1", "P-M2", "G-M0a"})
        {
            NS_TEST_ASSERT_MSG_EQ(good.Check(id, END).bad.size(), 0, id);
            NS_TEST_ASSERT_MSG_GT(good.Check(id, END).good, 1, id);
        }

        ProtectionRequirements late = MakeChecker();
        late.ProtectionUsed({MilliSeconds(500), 9}, "g");
        NS_TEST_ASSERT_MSG_EQ(late.Check("P-M2", END).bad.size(), 2, "recorded after its use");

        ProtectionRequirements wrong = MakeChecker();
        GroupStatus other = MakeStatus(0);
        other.protection[0].link = LinkId(7);
        wrong.ManagerEntered({Seconds(2), 9}, other);
        NS_TEST_ASSERT_MSG_EQ(wrong.Check("P-M1", END).bad.size(), 1, "another link");

        CheckChange();

        ProtectionRequirements silent(SETTLING);
        silent.GroupChanged({Seconds(0), 1}, MakeStatus(0));
        NS_TEST_ASSERT_MSG_EQ(silent.Check("P-M1", END).idle, "there was no manager", "nobody");
        silent.AddManager();
        NS_TEST_ASSERT_MSG_EQ(silent.Check("P-M1", END).bad.size(), 1, "no record");
        NS_TEST_ASSERT_MSG_EQ(silent.Check("G-M0a", END).bad.size(), 1, "no record");
        NS_TEST_ASSERT_MSG_EQ(silent.Check("P-M1", Seconds(4)).bad.size(), 0, "not due yet");
    }

    /// A group gets another spare, and the record follows or not.
    void CheckChange()
    {
        GroupStatus other = MakeStatus(0);
        other.protection[0].link = LinkId(7);
        ProtectionRequirements changed = MakeChecker();
        changed.GroupChanged({Seconds(30), 9}, other);
        NS_TEST_ASSERT_MSG_EQ(changed.Check("P-M2", Seconds(34)).bad.size(), 0, "not due yet");
        NS_TEST_ASSERT_MSG_EQ(changed.Check("P-M2", END).bad.size(), 1, "a change was missed");
        ProtectionRequirements late = changed;
        late.ManagerEntered({Seconds(36), 10}, other);
        NS_TEST_ASSERT_MSG_EQ(late.Check("P-M2", END).bad.size(), 1, "a change came late");
        // under way when the change came
        changed.ManagerEntered({Seconds(30.5), 10}, MakeStatus(0));
        changed.ManagerEntered({Seconds(31), 11}, other);
        for (const std::string id : {"P-M1", "P-M2"})
        {
            NS_TEST_ASSERT_MSG_EQ(changed.Check(id, END).bad.size(), 0, id << " follows");
            NS_TEST_ASSERT_MSG_EQ(changed.Check(id, END).good, 2, id << " of both ends");
        }
        changed.ManagerEntered({Seconds(40), 12}, MakeStatus(0));
        NS_TEST_ASSERT_MSG_EQ(changed.Check("P-M2", END).bad.size(), 1, "back to what was");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Recoveries of groups in the manager's log.
 */
class ActionRequirementsTest : public TestCase
{
  public:
    ActionRequirementsTest()
        : TestCase("R-M1, G-C4: each recovery of a group is in the manager's log, or not")
    {
    }

  private:
    /// Both ends go to a protection entity, one a second after the other.
    static void Switch(ProtectionRequirements& checker, double s, uint64_t event, uint32_t spare)
    {
        checker.GroupOperated({Seconds(s), event}, "g", 0, 0, {true, spare});
        checker.GroupOperated({Seconds(s + 1), event + 1}, "g", 1, 0, {true, spare});
    }

    /// The manager enters an action.
    static void Log(ProtectionRequirements& checker, double s, uint64_t event, ProtectionEntity to)
    {
        LoggedGroupAction action;
        action.name = "g";
        action.to = to;
        checker.ActionLogged({Seconds(s), event}, action);
    }

    /// Good and bad cases, as "1+0".
    static std::string Judge(const ProtectionRequirements& checker,
                             bool restorationOnly = false,
                             Time end = END)
    {
        RequirementFinding finding;
        checker.CheckActions(end, restorationOnly, finding);
        return std::to_string(finding.good) + "+" + std::to_string(finding.bad.size());
    }

    void DoRun() override
    {
        ProtectionRequirements checker = MakeChecker();
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "0+0", "nothing happened");
        checker.GroupOperated({Seconds(20), 20}, "g", 0, 0, {true, 0});
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "0+0", "one end alone is no recovery");
        checker.GroupOperated({Seconds(21), 21}, "g", 1, 0, {true, 0});
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "0+1", "no record");
        NS_TEST_EXPECT_MSG_EQ(Judge(checker, false, Seconds(24)), "0+0", "it may be under way");
        NS_TEST_EXPECT_MSG_EQ(Judge(checker, true), "0+0", "no controller restores it");
        Log(checker, 30, 30, {true, 0});
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "0+1", "too late");
        Log(checker, 22, 22, {true, 1});
        Log(checker, 22, 23, {false, 0});
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "0+1", "other actions");
        Log(checker, 20.5, 24, {true, 0});
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "1+0", "when the first end was ready");
        Switch(checker, 50, 50, 1);
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "1+1", "a record for each");
        Log(checker, 51, 52, {true, 1});
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "2+0", "both");

        ProtectionRequirements restored(SETTLING);
        restored.AddManager();
        GroupStatus status = MakeStatus(0);
        status.groupClass = GROUP_LINK_RESTORATION;
        restored.GroupChanged({Seconds(0), 1}, status);
        Switch(restored, 20, 20, 0);
        NS_TEST_EXPECT_MSG_EQ(Judge(restored, true), "0+1", "a controller's action, too");
        CheckOneEnd();
        CheckConnections();
    }

    /// What is no recovery of the group: one end alone, or one moment.
    void CheckOneEnd()
    {
        ProtectionRequirements checker = MakeChecker();
        Switch(checker, 20, 20, 0);
        Log(checker, 20, 22, {true, 0});
        checker.GroupOperated({Seconds(30), 30}, "g", 1, 0, {false, 0});
        checker.GroupOperated({Seconds(35), 31}, "g", 1, 0, {true, 0});
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "1+0", "the other end was there all the time");
        checker.GroupOperated({Seconds(40), 40}, "g", 0, 0, {false, 0});
        checker.GroupOperated({Seconds(45), 41}, "g", 0, 0, {true, 0});
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "1+0", "later the first one alone");
        for (uint32_t end = 0; end < 2; ++end)
        {
            checker.GroupOperated({Seconds(50), 50 + end}, "g", end, 0, {false, 0});
            checker.GroupOperated({Seconds(50), 52 + end}, "g", end, 0, {true, 0});
        }
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "1+0", "taken back at the same moment");
        checker.GroupOperated({Seconds(60), 60}, "g", 0, 0, {false, 0});
        checker.GroupOperated({Seconds(60.1), 61}, "g", 1, 0, {false, 0});
        Switch(checker, 61, 62, 0);
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "1+1", "both were away");
    }

    /// A record may be as late as the connection over which it comes.
    void CheckConnections()
    {
        ProtectionRequirements checker = MakeChecker();
        checker.EndConnected({Seconds(1), 0}, "g", 0, true);
        checker.GroupOperated({Seconds(20), 20}, "g", 0, 0, {true, 0});
        checker.GroupOperated({Seconds(30), 21}, "g", 1, 0, {true, 0});
        Log(checker, 20.5, 22, {true, 0});
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "1+0", "the first end long before the second one");
        Switch(checker, 40, 40, 1);
        Log(checker, 60, 41, {true, 1});
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "1+1", "too late");
        checker.EndConnected({Seconds(45), 0}, "g", 0, false);
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "1+1", "a connection that is over");
        checker.EndConnected({Seconds(54), 0}, "g", 0, true);
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "1+1", "too late for this connection");
        checker.EndConnected({Seconds(58), 0}, "g", 1, true);
        NS_TEST_EXPECT_MSG_EQ(Judge(checker), "2+0", "the other end tells of it");
        NS_TEST_EXPECT_MSG_EQ(Judge(checker, false, Seconds(60)), "2+0", "before the end");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the requirements of spare QKD links and modules.
 */
class QkdnProtectionRequirementsTestSuite : public TestSuite
{
  public:
    QkdnProtectionRequirementsTestSuite()
        : TestSuite("qkdn-protection-requirements", Type::UNIT)
    {
        AddTestCase(new SpareRequirementsTest);
        AddTestCase(new ConstraintRequirementsTest);
        AddTestCase(new RecordRequirementsTest);
        AddTestCase(new ActionRequirementsTest);
    }
};

static QkdnProtectionRequirementsTestSuite
    g_qkdnProtectionRequirementsTestSuite; //!< registers the suite
