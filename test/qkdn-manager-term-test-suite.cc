/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-manager-fixture.h"

#include "ns3/simulator.h"

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Of two controllers that both report, the one of the higher term is believed.
 */
class ManagerTermTest : public ManagerTest
{
  public:
    ManagerTermTest()
        : ManagerTest("A controller that was cut off and superseded changes no record")
    {
    }

  private:
    /// @brief What the records say of the session.
    McSupplyState Supply() const
    {
        return m_manager->GetInventory().GetSessions().at(SESSION).status.state;
    }

    /// @brief What the records say of the working route.
    McRouteState Route() const
    {
        return m_manager->GetInventory().GetRoutes().at(WORKING).status.state;
    }

    /**
     * @brief Have a controller say its role.
     * @param controller 0 or 1
     * @param term its term
     */
    void SendRole(uint32_t controller, uint32_t term)
    {
        m_controllers[controller]->Send(MC_ROLE, ControllerTerm{term, controller + 1}.ToPacket());
    }

    void DoRun() override
    {
        AddController(1);
        AddController(1);
        At(2, [this] {
            SendRole(0, 1);
            Controller().SendSession(MC_SUPPLY_FAILED);
        });
        At(3, [this] {
            NS_TEST_EXPECT_MSG_EQ(Supply(), MC_SUPPLY_FAILED, "the only one");
            SendRole(1, 2);
            m_controllers[1]->SendSession(MC_SUPPLY_PROTECTED);
            m_controllers[1]->SendRoute(WORKING, ROUTE_WORKING, MC_ROUTE_FAILED);
            m_controllers[1]->SendRoute(PROTECTION, ROUTE_PROTECTION, MC_ROUTE_ACTIVE);
        });
        At(4, [this] {
            SendRole(0, 1);
            Controller().SendSession(MC_SUPPLY_FAILED);
            Controller().SendRoute(WORKING, ROUTE_WORKING, MC_ROUTE_ACTIVE);
            Controller().SendOperation(MC_OPERATION_REVERSION, PROTECTION, WORKING);
        });
        At(5, [this] {
            NS_TEST_EXPECT_MSG_EQ(Supply(), MC_SUPPLY_PROTECTED, "of the successor");
            NS_TEST_EXPECT_MSG_EQ(Route(), MC_ROUTE_FAILED, "its route, too");
            NS_TEST_EXPECT_MSG_EQ(m_operations.size(), 1, "what it did is on record");
            m_controllers[1]->Stop();
        });
        At(12, [this] { Controller().SendSession(MC_SUPPLY_FAILED); });
        At(13, [this] {
            NS_TEST_EXPECT_MSG_EQ(Supply(), MC_SUPPLY_FAILED, "the successor is gone");
            m_controllers[1]->Start();
        });
        At(16, [this] { Controller().SendSession(MC_SUPPLY_NORMAL); });
        At(17, [this] {
            NS_TEST_EXPECT_MSG_EQ(Supply(), MC_SUPPLY_FAILED, "it is back");
            SendRole(0, 3);
            Controller().SendSession(MC_SUPPLY_NORMAL);
            SendRole(1, 0);
            m_controllers[1]->Send(MC_ROLE, ControllerTerm{9, 1}.ToPacket());
        });
        RunUntil(18);
        NS_TEST_EXPECT_MSG_EQ(Supply(), MC_SUPPLY_NORMAL, "a later term");
        NS_TEST_EXPECT_MSG_EQ(m_refused.size(), 2, "no term, and a term of another one");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of what the manager believes of two controllers.
 */
class QkdnManagerTermTestSuite : public TestSuite
{
  public:
    QkdnManagerTermTestSuite()
        : TestSuite("qkdn-manager-term", Type::UNIT)
    {
        AddTestCase(new ManagerTermTest);
    }
};

static QkdnManagerTermTestSuite g_qkdnManagerTermTestSuite; //!< registers the suite
