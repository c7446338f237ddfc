/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-silent-fault.h"

#include "ns3/enum.h"
#include "ns3/qkdn-fault-process.h"
#include "ns3/qkdn-repair-crews.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <gsl/gsl_cdf.h>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Crews, and what they do.
class Workshop
{
  public:
    /// Make crews that travel for some time.
    Workshop(uint32_t crews, Time travel, RepairCrews::RepairPolicy policy = RepairCrews::FIFO)
    {
        m_crews->SetAttribute("Crews", UintegerValue(crews));
        m_crews->SetAttribute("TravelTime", TimeValue(travel));
        m_crews->SetAttribute("Policy", EnumValue(policy));
        m_crews->SetInjector(m_injector);
        m_injector->TraceConnectWithoutContext("Fault", MakeCallback(&Workshop::Changed, this));
        m_crews->TraceConnectWithoutContext("Repair", MakeCallback(&Workshop::Done, this));
    }

    ~Workshop()
    {
        m_crews->Dispose();
        m_injector->Dispose();
    }

    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;

    /// Let a fault strike that waits for a crew.
    void Plan(const std::string& target, double atS, double workS)
    {
        m_crews->Plan(SilentFault::Make("fault-" + target, target), Seconds(atS), Seconds(workS));
    }

    /// Order a repair at a time.
    void Order(uint32_t number,
               const std::string& component,
               double atS,
               uint32_t sessions = 0,
               double rateBps = 0.0)
    {
        RepairOrder order;
        order.number = number;
        order.component = component;
        order.ordered = Seconds(atS);
        order.sessions = sessions;
        order.keyRateBps = rateBps;
        Simulator::Schedule(Seconds(atS), &RepairCrews::Request, m_crews, order);
    }

    /// Withdraw an order at a time.
    void Withdraw(uint32_t number, double atS)
    {
        RepairOrder order;
        order.number = number;
        Simulator::Schedule(Seconds(atS), &RepairCrews::Withdraw, m_crews, order);
    }

    /// Run for some time.
    static void Run(double s)
    {
        Simulator::Stop(Seconds(s));
        Simulator::Run();
    }

    Ptr<FaultInjector> m_injector{CreateObject<FaultInjector>()}; //!< faults
    Ptr<RepairCrews> m_crews{CreateObject<RepairCrews>()};        //!< the crews
    std::string m_repaired;                                       //!< targets in order of repair
    std::string m_steps;                                          //!< a letter for each step

  private:
    /// A fault strikes or is repaired.
    void Changed(Ptr<const Fault> fault, bool active)
    {
        m_repaired += active ? "" : fault->GetTarget();
    }

    /// Something happens to an order.
    void Done(const RepairRecord& record, RepairStep step)
    {
        m_steps += std::string("odarnmw").substr(step, 1) + std::to_string(record.order.number);
    }
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief One crew on its way.
 */
class RepairJourneyTest : public TestCase
{
  public:
    RepairJourneyTest()
        : TestCase("A crew travels, works, repairs all that it finds, or finds nothing")
    {
    }

  private:
    void DoRun() override
    {
        {
            Workshop shop(1, Seconds(3));
            shop.Plan("a", 10, 4);
            shop.Plan("b", 10, 2);
            shop.Order(1, "a", 12);
            shop.Order(2, "a", 13); // again: the crew is on its way
            shop.Order(3, "b", 14);
            Workshop::Run(100);
            const auto& records = shop.m_crews->GetRecords();
            NS_TEST_ASSERT_MSG_EQ(records.size(), 3, "orders");
            NS_TEST_ASSERT_MSG_EQ(*records[0].dispatched, Seconds(12), "at once");
            NS_TEST_ASSERT_MSG_EQ(*records[0].arrived, Seconds(15), "travel");
            NS_TEST_ASSERT_MSG_EQ(*records[0].done, Seconds(19), "work");
            NS_TEST_ASSERT_MSG_EQ(records[0].outcome, REPAIR_DONE, "outcome");
            NS_TEST_ASSERT_MSG_EQ(records[0].faults.at(0), "fault-a", "fault");
            NS_TEST_ASSERT_MSG_EQ(*records[1].done, Seconds(13), "at once");
            NS_TEST_ASSERT_MSG_EQ(records[1].outcome, REPAIR_MERGED, "nobody sets out again");
            NS_TEST_ASSERT_MSG_EQ(*records[2].dispatched, Seconds(19), "free again");
            NS_TEST_ASSERT_MSG_EQ(*records[2].done, Seconds(24), "3 s and 2 s");
            NS_TEST_ASSERT_MSG_EQ(records[2].crew, 1, "the only crew");
            NS_TEST_ASSERT_MSG_EQ(shop.m_steps, "o1d1m2o3a1r1d3a3r3", "steps");
        }
        Simulator::Destroy();
        {
            Workshop shop(2, Seconds(1));
            shop.Plan("a", 10, 4);
            shop.Plan("a", 12, 5); // while the crew works
            shop.Plan("c", 10, 1);
            shop.Order(1, "a", 10);
            shop.Order(2, "a", 15); // while it works, too
            shop.Order(3, "nowhere", 15);
            shop.Order(4, "a", 21); // it is gone
            Workshop::Run(100);
            const auto& records = shop.m_crews->GetRecords();
            NS_TEST_ASSERT_MSG_EQ(records[0].faults.size(), 2, "both");
            NS_TEST_ASSERT_MSG_EQ(*records[0].done, Seconds(20), "one after the other");
            NS_TEST_ASSERT_MSG_EQ(records[1].outcome, REPAIR_MERGED, "the other is at work");
            NS_TEST_ASSERT_MSG_EQ(records[2].crew, 2, "second crew");
            NS_TEST_ASSERT_MSG_EQ(records[2].outcome, REPAIR_NOTHING_FOUND, "no such component");
            NS_TEST_ASSERT_MSG_EQ(records[3].outcome, REPAIR_NOTHING_FOUND, "looked again");
            NS_TEST_ASSERT_MSG_EQ(shop.m_repaired, "aa", "nobody was sent to c");
        }
        Simulator::Destroy();
        {
            Workshop shop(1, Seconds(1));
            const Ptr<Fault> module = SilentFault::Make("m", "link/tx");
            module->SetPlaces({"link", "node"});
            shop.m_crews->Plan(module, Seconds(1), Seconds(1));
            const Ptr<Fault> forever = SilentFault::Make("f", "broken");
            shop.m_crews->Plan(forever, Seconds(1), Time::Max());
            shop.Order(1, "other", 2);
            shop.Order(2, "node", 2);
            shop.Order(3, "broken", 2);
            shop.Order(4, "link", 2);
            Workshop::Run(100);
            const auto& records = shop.m_crews->GetRecords();
            NS_TEST_ASSERT_MSG_EQ(records[0].outcome, REPAIR_NOTHING_FOUND, "elsewhere");
            NS_TEST_ASSERT_MSG_EQ(records[1].outcome, REPAIR_DONE, "in its node");
            NS_TEST_ASSERT_MSG_EQ(records[2].outcome, REPAIR_AT_WORK, "for ever");
            NS_TEST_ASSERT_MSG_EQ(records[3].outcome, REPAIR_WAITING, "no crew is free");
            NS_TEST_ASSERT_MSG_EQ(records[3].crew, 0, "none");
        }
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Orders that wait are merged and withdrawn.
 */
class RepairWithdrawalTest : public TestCase
{
  public:
    RepairWithdrawalTest()
        : TestCase("Orders in the queue are merged and withdrawn, others are served")
    {
    }

  private:
    void DoRun() override
    {
        {
            Workshop shop(1, Seconds(1), RepairCrews::MOST_SESSIONS);
            for (const char* target : {"a", "b", "c", "d"})
            {
                shop.Plan(target, 1, 5);
            }
            shop.Order(1, "a", 2); // keeps the crew while the others come
            shop.Order(2, "b", 3, 4);
            shop.Order(3, "c", 3, 2);
            shop.Order(4, "d", 3, 3);
            shop.Order(5, "c", 4, 9); // the same, and more depends on it
            shop.Order(6, "d", 4, 1);
            shop.Withdraw(1, 5);  // the crew is at work
            shop.Withdraw(2, 5);  // nobody else wants it
            shop.Withdraw(4, 5);  // another order is behind it
            shop.Withdraw(9, 5);  // never heard of
            shop.Withdraw(3, 15); // served
            Workshop::Run(100);
            NS_TEST_ASSERT_MSG_EQ(shop.m_repaired, "acd", "c before d, and nobody was sent to b");
            const auto& records = shop.m_crews->GetRecords();
            NS_TEST_ASSERT_MSG_EQ(records[1].outcome, REPAIR_WITHDRAWN, "b");
            NS_TEST_ASSERT_MSG_EQ(records[1].crew, 0, "none");
            NS_TEST_ASSERT_MSG_EQ(*records[1].done, Seconds(5), "at once");
            NS_TEST_ASSERT_MSG_EQ(records[2].order.sessions, 9, "the larger load");
            NS_TEST_ASSERT_MSG_EQ(records[3].order.sessions, 3, "the larger load");
            NS_TEST_ASSERT_MSG_EQ(shop.m_steps, "o1d1o2o3o4a1m5m6w2r1d3a3r3d4a4r4", "steps");
        }
        Simulator::Destroy();
        {
            Workshop shop(1, Seconds(1));
            shop.Plan("a", 1, 5);
            shop.Plan("b", 1, 5);
            shop.Order(1, "a", 2);
            shop.Order(2, "b", 3);
            shop.Order(3, "b", 3);
            shop.Withdraw(2, 4);
            shop.Withdraw(3, 5); // the last one behind it
            shop.Order(4, "b", 6);
            Workshop::Run(100);
            NS_TEST_ASSERT_MSG_EQ(shop.m_steps, "o1d1o2m3a1w2o4r1d4a4r4", "ordered anew");
        }
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Which order is served first.
 */
class RepairPolicyTest : public TestCase
{
  public:
    RepairPolicyTest()
        : TestCase("Orders are served by policy, equal ones by number")
    {
    }

  private:
    /// The order in which one crew repairs.
    static std::string Sequence(RepairCrews::RepairPolicy policy)
    {
        std::string repaired;
        {
            Workshop shop(1, Time(0), policy);
            for (const char* target : {"a", "b", "c", "d", "e"})
            {
                shop.Plan(target, 1, 5);
            }
            shop.Order(1, "a", 2); // keeps the crew while the others come
            shop.Order(2, "b", 3, 4, 100);
            shop.Order(3, "c", 3, 7, 50);
            shop.Order(5, "e", 4, 7, 100);
            shop.Order(4, "d", 4, 4, 900);
            Workshop::Run(100);
            repaired = shop.m_repaired;
        }
        Simulator::Destroy();
        return repaired;
    }

    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(Sequence(RepairCrews::FIFO), "abcde", "by number");
        NS_TEST_ASSERT_MSG_EQ(Sequence(RepairCrews::MOST_SESSIONS), "acebd", "7, 7, 4, 4");
        NS_TEST_ASSERT_MSG_EQ(Sequence(RepairCrews::LARGEST_RATE), "adbec", "900, 100, 100, 50");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two components and their crews against the closed forms.
 */
class RepairQueueTest : public TestCase
{
  public:
    RepairQueueTest()
        : TestCase("Two components are both down as often as with one crew, or with two")
    {
    }

  private:
    /// How many components are down, and how long both have been.
    void Changed(Ptr<const Fault>, bool active)
    {
        const Time now = Simulator::Now();
        m_bothDown += m_down == 2 ? now - m_since : Time(0);
        m_since = now;
        m_down += active ? 1 : -1;
    }

    /// A batch ends.
    void EndBatch()
    {
        const Time now = Simulator::Now();
        m_bothDown += m_down == 2 ? now - m_since : Time(0);
        m_since = now;
        m_batches.push_back(m_bothDown.GetSeconds() / BATCH_S);
        m_bothDown = Time(0);
    }

    /// Compare within an interval of 99.9 % from the batch means.
    void Check(uint32_t crews, double expected)
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        m_batches.clear();
        m_bothDown = Time(0);
        m_since = Time(0);
        m_down = 0;
        {
            Workshop shop(crews, Time(0));
            shop.m_crews->SetAttribute("Dispatch", EnumValue(RepairCrews::IMMEDIATE));
            shop.m_injector->TraceConnectWithoutContext(
                "Fault",
                MakeCallback(&RepairQueueTest::Changed, this));
            std::vector<Ptr<FaultProcess>> processes;
            for (const std::string name : {"a", "b"})
            {
                Ptr<FaultProcess> process = CreateObject<FaultProcess>();
                process->SetComponent("silent", name);
                process->SetTimes({TIME_EXPONENTIAL, UP_S, 1.0}, {TIME_EXPONENTIAL, UP_S * R, 1.0});
                process->SetInjector(shop.m_injector);
                process->SetCrews(shop.m_crews);
                process->SetSource([name](uint32_t number) {
                    return SilentFault::Make(name + std::to_string(number), name);
                });
                process->Begin();
                processes.push_back(process);
            }
            for (int i = 1; i <= BATCHES; ++i)
            {
                Simulator::Schedule(Seconds(i * BATCH_S), &RepairQueueTest::EndBatch, this);
            }
            Workshop::Run(BATCHES * BATCH_S + 1);
            for (const auto& process : processes)
            {
                process->Dispose();
            }
        }
        Simulator::Destroy();
        double mean = 0;
        for (const double batch : m_batches)
        {
            mean += batch / BATCHES;
        }
        double variance = 0;
        for (const double batch : m_batches)
        {
            variance += (batch - mean) * (batch - mean) / (BATCHES - 1);
        }
        const double t = gsl_cdf_tdist_Pinv(0.9995, BATCHES - 1);
        const double interval = t * std::sqrt(variance / BATCHES);
        NS_TEST_ASSERT_MSG_EQ_TOL(mean, expected, interval, crews << " crews");
        NS_TEST_ASSERT_MSG_LT(interval, 0.2 * expected, "the interval is narrow");
    }

    void DoRun() override
    {
        Check(1, 2 * R * R / (1 + 2 * R + 2 * R * R));
        Check(2, (R / (1 + R)) * (R / (1 + R)));
    }

    static constexpr double R = 0.5;         //!< failure rate by repair rate
    static constexpr double UP_S = 100.0;    //!< mean up time, s
    static constexpr int BATCHES = 30;       //!< batches
    static constexpr double BATCH_S = 20000; //!< length of a batch, s

    int m_down{0};                 //!< components that are down
    Time m_since;                  //!< since when
    Time m_bothDown;               //!< time that both were, in this batch
    std::vector<double> m_batches; //!< part of the time that both were, by batch
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of repair crews.
 */
class QkdnRepairCrewsTestSuite : public TestSuite
{
  public:
    QkdnRepairCrewsTestSuite()
        : TestSuite("qkdn-repair-crews", Type::UNIT)
    {
        AddTestCase(new RepairJourneyTest);
        AddTestCase(new RepairWithdrawalTest);
        AddTestCase(new RepairPolicyTest);
        AddTestCase(new RepairQueueTest);
    }
};

static QkdnRepairCrewsTestSuite g_qkdnRepairCrewsTestSuite; //!< registers the suite
