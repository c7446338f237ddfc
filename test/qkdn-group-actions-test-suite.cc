/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-group-actions.h"
#include "ns3/test.h"

#include <cstdint>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Actions of a group with two working and two protection entities.
 */
class GroupActionsTest : public TestCase
{
  public:
    GroupActionsTest()
        : TestCase("Each action of a protection group counts once, whichever end tells of it first")
    {
    }

  private:
    static constexpr uint32_t OWN = 9; //!< stands for the working entity itself

    /// An end says where keys of both working entities come from: actions as "kind from to end".
    std::string Say(double s, uint8_t end, uint32_t first, uint32_t second = OWN)
    {
        GroupStatus status;
        status.group = GroupId(1);
        status.name = "g";
        status.groupClass = m_class;
        status.end = end;
        status.working.resize(2);
        status.working[0].link = LinkId(11);
        status.working[1].link = LinkId(12);
        status.working[0].selected =
            first == OWN ? ProtectionEntity{false, 0} : ProtectionEntity{true, first};
        status.working[1].selected =
            second == OWN ? ProtectionEntity{false, 1} : ProtectionEntity{true, second};
        std::string text;
        for (const LoggedGroupAction& action : m_actions.Report(Seconds(s), status, {1, 7}))
        {
            text += std::string(McOperationName(action.kind)) + " " + action.from.ToString() + " " +
                    action.to.ToString() + " " + std::to_string(action.end) + ";";
            NS_TEST_EXPECT_MSG_EQ(action.entered, Seconds(s), "when it was said");
            NS_TEST_EXPECT_MSG_EQ(action.incident.counter, 7, "incident");
            NS_TEST_EXPECT_MSG_EQ(action.link, LinkId(11 + action.working), "working link");
            NS_TEST_EXPECT_MSG_EQ(action.name, "g", "name");
        }
        return text;
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(Say(0, 0, OWN), "", "as configured");
        NS_TEST_EXPECT_MSG_EQ(Say(0, 1, OWN), "", "as configured");
        NS_TEST_EXPECT_MSG_EQ(Say(1, 1, 0), "protection-switch W0 P0 1;", "the first end");
        NS_TEST_EXPECT_MSG_EQ(Say(1, 1, 0), "", "again");
        NS_TEST_EXPECT_MSG_EQ(Say(60, 0, 0), "", "the other end, late");
        NS_TEST_EXPECT_MSG_EQ(Say(61, 0, 1, 0),
                              "protection-switch P0 P1 0;protection-switch W1 P0 0;",
                              "two at once");
        NS_TEST_EXPECT_MSG_EQ(Say(62, 1, 1, 0), "", "so does the other end");
        NS_TEST_EXPECT_MSG_EQ(Say(70, 0, OWN, 0), "reversion P1 W0 0;", "back");
        NS_TEST_EXPECT_MSG_EQ(Say(71, 1, 1, OWN), "reversion P0 W1 1;", "of the other one only");
        NS_TEST_EXPECT_MSG_EQ(Say(72, 1, OWN, OWN), "", "it follows");
        NS_TEST_EXPECT_MSG_EQ(Say(72, 0, OWN, OWN), "", "it follows");

        // flapping: an end is through with it before the other one has begun
        NS_TEST_EXPECT_MSG_EQ(Say(80, 0, 0), "protection-switch W0 P0 0;", "switch");
        NS_TEST_EXPECT_MSG_EQ(Say(81, 0, OWN), "reversion P0 W0 0;", "and back");
        NS_TEST_EXPECT_MSG_EQ(Say(82, 1, 0), "", "it follows");
        NS_TEST_EXPECT_MSG_EQ(Say(83, 1, OWN), "", "and back");

        // one end goes alone; later both do
        NS_TEST_EXPECT_MSG_EQ(Say(100, 0, 0), "protection-switch W0 P0 0;", "alone");
        NS_TEST_EXPECT_MSG_EQ(Say(101, 0, OWN), "reversion P0 W0 0;", "and back");
        NS_TEST_EXPECT_MSG_EQ(Say(200, 1, 0), "protection-switch W0 P0 1;", "another one");
        NS_TEST_EXPECT_MSG_EQ(Say(200, 0, 0), "", "it follows");

        m_class = GROUP_LINK_RESTORATION;
        NS_TEST_EXPECT_MSG_EQ(Say(300, 0, 1), "restoration P0 P1 0;", "a controller commands");
    }

    GroupClass m_class{GROUP_LINK_M_N}; //!< class of the group
    GroupActions m_actions;             //!< finds actions
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of actions of protection groups.
 */
class QkdnGroupActionsTestSuite : public TestSuite
{
  public:
    QkdnGroupActionsTestSuite()
        : TestSuite("qkdn-group-actions", Type::UNIT)
    {
        AddTestCase(new GroupActionsTest);
    }
};

static QkdnGroupActionsTestSuite g_qkdnGroupActionsTestSuite; //!< registers the suite
