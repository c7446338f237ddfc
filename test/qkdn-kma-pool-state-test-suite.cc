/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-kma-pool-state.h"
#include "ns3/qkdn-kma-pool.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Levels and the states that follow.
 */
class KmaPoolStateMachineTest : public TestCase
{
  public:
    KmaPoolStateMachineTest()
        : TestCase("States follow the level with hysteresis between 100 and 200 bits")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::pair<uint64_t, KmaPoolState>> course = {{0, KMA_POOL_EMPTY},
                                                                       {1, KMA_POOL_CHARGING},
                                                                       {199, KMA_POOL_CHARGING},
                                                                       {200, KMA_POOL_READY},
                                                                       {150, KMA_POOL_READY},
                                                                       {100, KMA_POOL_READY},
                                                                       {99, KMA_POOL_WARNING},
                                                                       {199, KMA_POOL_WARNING},
                                                                       {1, KMA_POOL_WARNING},
                                                                       {200, KMA_POOL_READY},
                                                                       {0, KMA_POOL_EMPTY},
                                                                       {99, KMA_POOL_CHARGING},
                                                                       {0, KMA_POOL_EMPTY},
                                                                       {1000, KMA_POOL_READY}};
        KmaPoolStateMachine machine(100, 200);
        KmaPoolState before = machine.GetState();
        NS_TEST_EXPECT_MSG_EQ(before, KMA_POOL_EMPTY, "no key yet");
        for (const auto& [bits, expected] : course)
        {
            const bool changed = machine.Update(bits);
            NS_TEST_EXPECT_MSG_EQ(machine.GetState(), expected, "at " << bits << " bits");
            NS_TEST_EXPECT_MSG_EQ(changed, (expected != before), "change at " << bits << " bits");
            before = expected;
        }
        KmaPoolStateMachine none;
        NS_TEST_EXPECT_MSG_EQ(none.Update(0), false, "no thresholds, no states");
        NS_TEST_EXPECT_MSG_EQ(none.GetState(), KMA_POOL_READY, "always ready");
        KmaPoolStateMachine one(100, 100);
        one.Update(100);
        one.Update(99);
        NS_TEST_EXPECT_MSG_EQ(one.GetState(), KMA_POOL_WARNING, "one threshold, below");
        one.Update(100);
        NS_TEST_EXPECT_MSG_EQ(one.GetState(), KMA_POOL_READY, "one threshold, at it");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief States of a pool.
 */
class KmaPoolStateTraceTest : public TestCase
{
  public:
    KmaPoolStateTraceTest()
        : TestCase("A pool counts confirmed bits above its reserve, whatever changes them")
    {
    }

  private:
    void DoRun() override
    {
        const Ptr<KmaPool> pool = CreateObject<KmaPool>();
        pool->SetAttribute("Reserve", UintegerValue(64));
        pool->SetAttribute("LowThreshold", UintegerValue(100));
        pool->SetAttribute("HighThreshold", UintegerValue(200));
        pool->Configure(KmId(1), KmId(2));
        pool->TraceConnectWithoutContext("State", MakeCallback(&KmaPoolStateTraceTest::Note, this));
        QkdKey key;
        key.id = KeyId{LinkId(7), 1};
        key.material = KeyMaterial::FromGenerator(1, 1, 0, 264);
        pool->Add(key);
        NS_TEST_EXPECT_MSG_EQ(m_states, "", "not confirmed, so that nobody can use it");
        pool->Confirm(key.id, 264);
        NS_TEST_EXPECT_MSG_EQ(m_states, "empty-ready ", "200 bits above the reserve");
        pool->Take(100, KEY_RELAY_WORKING);
        NS_TEST_EXPECT_MSG_EQ(m_states, "empty-ready ", "100 bits above it");
        pool->Take(8, KEY_AUTHENTICATION);
        NS_TEST_EXPECT_MSG_EQ(m_states, "empty-ready ready-warning ", "92 bits above it");
        pool->Take(92, KEY_DIRECT_SUPPLY);
        NS_TEST_EXPECT_MSG_EQ(m_states,
                              "empty-ready ready-warning warning-empty ",
                              "the reserve is left");
        QkdKey more = key;
        more.id.block = 2;
        more.material = KeyMaterial::FromGenerator(1, 2, 0, 40);
        pool->Add(more);
        pool->Confirm(more.id, 20);
        pool->DestroyAll(IncidentId());
        NS_TEST_EXPECT_MSG_EQ(
            m_states,
            "empty-ready ready-warning warning-empty empty-charging charging-empty ",
            "40 bits came and all went");
        pool->Dispose();
    }

    /// Sink of State.
    void Note(KmId, KmId, KmaPoolState from, KmaPoolState to)
    {
        m_states += std::string(KmaPoolStateName(from)) + "-" + KmaPoolStateName(to) + " ";
    }

    std::string m_states; //!< changes seen
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the states of pools.
 */
class QkdnKmaPoolStateTestSuite : public TestSuite
{
  public:
    QkdnKmaPoolStateTestSuite()
        : TestSuite("qkdn-kma-pool-state", Type::UNIT)
    {
        AddTestCase(new KmaPoolStateMachineTest);
        AddTestCase(new KmaPoolStateTraceTest);
    }
};

static QkdnKmaPoolStateTestSuite g_qkdnKmaPoolStateTestSuite; //!< registers the suite
