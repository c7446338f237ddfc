/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"

#include "ns3/test.h"

#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const Time RESYNC = Seconds(10); //!< ResyncTime by default

/**
 * @brief The states of a module from its beginning.
 * @param module what its traces told
 * @return initials, as R(unning), D(egraded), A(borted), I(nitialising), F(ailed)
 */
std::string
StatesOf(const ModuleRecorder& module)
{
    std::string states;
    for (const auto& entry : module.m_states)
    {
        states += QkdModule::StateName(entry.to)[0];
    }
    return states;
}

/**
 * @brief What a key manager was told of a link.
 * @param keys what it noted
 * @return status and cause of each message
 */
std::string
AlarmsOf(const KeyRecorder& keys)
{
    std::string alarms;
    for (const auto& entry : keys.m_statuses)
    {
        alarms += std::string(LinkStatusName(entry.status)) + "/" +
                  LinkCauseName(entry.alarm.cause) + " ";
    }
    return alarms;
}

/**
 * @brief Keys of blocks that were filled in a time.
 * @param keys keys of one end
 * @param from begin of the time
 * @param to end of the time
 * @return their number
 */
uint32_t
CountKeys(const KeyRecorder& keys, Time from, Time to)
{
    uint32_t count = 0;
    for (const auto& entry : keys.m_keys)
    {
        count += entry.key.generated > from && entry.key.generated <= to ? 1 : 0;
    }
    return count;
}

/// Add errors to the quantum signal of a link.
void
DisturbAt(QkdLinkFixture& f, double seconds, double addedError)
{
    Simulator::Schedule(Seconds(seconds),
                        [&f, addedError] { f.m_link.channel->Disturb("eve", addedError); });
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Warning, abort and return.
 *
 * The protocol has 2 % errors; blocks of 0.1 s are full at multiples of it and a delay. Errors of a
 * block in which they change are averages.
 */
class QberStatesTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param syncLight whether there is synchronisation light
     */
    explicit QberStatesTest(bool syncLight)
        : TestCase(std::string("Errors lead to a warning, an abort and a return, ") +
                   (syncLight ? "with" : "without") + " synchronisation light"),
          m_syncLight(syncLight)
    {
    }

  private:
    bool m_syncLight; //!< whether there is synchronisation light

    /// Check one end.
    void CheckEnd(const ModuleRecorder& module, const KeyRecorder& keys, const std::string& end)
    {
        NS_TEST_EXPECT_MSG_EQ(StatesOf(module), "RDAIR", end);
        NS_TEST_EXPECT_MSG_EQ(AlarmsOf(keys),
                              "ACTIVE/none ACTIVE/qber-warning PASSIVE/qber-abort PENDING/none "
                              "ACTIVE/none ",
                              end);
        const Time block = MicroSeconds(245);
        const Time slack = MilliSeconds(5);
        // the block that is full at 5.1 s has half of 3.5 %, the next one all of them
        NS_TEST_EXPECT_MSG_EQ_TOL(module.When(QkdModule::DEGRADED, Time()),
                                  Seconds(5.2) + block,
                                  slack,
                                  end);
        // the block that is full at 8.1 s has (5.5 + 27) / 2 = 16.25 %
        NS_TEST_EXPECT_MSG_EQ_TOL(module.When(QkdModule::ABORTED, Time()),
                                  Seconds(8.1) + block,
                                  slack,
                                  end);
        const Time back = module.When(QkdModule::INITIALISING, Time());
        NS_TEST_EXPECT_MSG_EQ_TOL(back, Seconds(12.2) + block, slack, end);
        NS_TEST_EXPECT_MSG_EQ(module.When(QkdModule::RUNNING, back), back + RESYNC, end);
        NS_TEST_EXPECT_MSG_EQ(CountKeys(keys, Time(), Seconds(8.05)), 80, end << ": before");
        NS_TEST_EXPECT_MSG_EQ(CountKeys(keys, Seconds(8.05), back + RESYNC), 0, end << ": tainted");
        NS_TEST_EXPECT_MSG_GT(CountKeys(keys, back + RESYNC, Seconds(30)), 70, end << ": after");
        for (const auto& entry : keys.m_keys)
        {
            NS_TEST_EXPECT_MSG_LT(entry.key.qber, 0.11, end << ": key of a tainted block");
        }
        NS_TEST_EXPECT_MSG_EQ(module.m_dropCount.at("measured only"), 42, end);
        NS_TEST_EXPECT_MSG_EQ(module.m_causes.size(), 2, end);
        NS_TEST_EXPECT_MSG_EQ(module.m_causes.at(0), "error ratio high", end);
        NS_TEST_EXPECT_MSG_EQ(module.m_causes.at(1), "error ratio too high", end);
        NS_TEST_EXPECT_MSG_EQ((module.m_states.at(1).incident == module.m_states.at(2).incident),
                              true,
                              end << ": one failure");
        NS_TEST_EXPECT_MSG_EQ_TOL(keys.m_statuses.at(1).alarm.qber.value_or(0), 0.055, 1e-9, end);
        NS_TEST_EXPECT_MSG_EQ_TOL(keys.m_statuses.at(2).alarm.qber.value_or(0), 0.1625, 1e-3, end);
        NS_TEST_EXPECT_MSG_EQ(keys.m_statuses.at(4).alarm.qber.has_value(), false, end);
    }

    void DoRun() override
    {
        QkdLinkFixture f;
        f.m_helper.SetModuleAttribute("SyncLight", BooleanValue(m_syncLight));
        f.m_helper.SetModuleAttribute("QberWarning", DoubleValue(0.05));
        f.Install();
        DisturbAt(f, 5.05, 0.035);
        DisturbAt(f, 8.05, 0.25);
        DisturbAt(f, 12.05, 0.0);
        QkdLinkFixture::RunUntil(Seconds(30));
        CheckEnd(f.m_tx, f.m_txKeys, "transmitter");
        CheckEnd(f.m_rx, f.m_rxKeys, "receiver");
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "both ends have all keys");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Hysteresis of a whole link on a hand-made drift: stops at 9 %, comes back at 7 %.
 */
class QberHysteresisTest : public TestCase
{
  public:
    QberHysteresisTest()
        : TestCase("A link with thresholds 9 % and 7 % stops and resynchronises there")
    {
    }

  private:
    void DoRun() override
    {
        QkdLinkFixture f;
        for (const auto& [name, value] : std::map<std::string, double>{{"QberWarning", 0.09},
                                                                       {"QberAbort", 0.09},
                                                                       {"QberClear", 0.07}})
        {
            f.m_helper.SetModuleAttribute(name, DoubleValue(value));
        }
        f.m_helper.SetModuleAttribute("ResyncTime", TimeValue(Seconds(1)));
        f.Install();
        // one level for each second; changes half a block after a block begins
        const double levels[] = {0.05, 0.06999, 0.0700, 0.0600, 0.0501, 0.0500, 0.06999};
        for (int i = 0; i < 7; ++i)
        {
            DisturbAt(f, 1.05 + i, levels[i]);
        }
        QkdLinkFixture::RunUntil(Seconds(9));
        for (const ModuleRecorder* end : {&f.m_tx, &f.m_rx})
        {
            NS_TEST_ASSERT_MSG_EQ(StatesOf(*end), "RAIR", "8.999 % does not stop it");
            NS_TEST_EXPECT_MSG_EQ_TOL(end->When(QkdModule::ABORTED, Time()),
                                      Seconds(3.2),
                                      MilliSeconds(5),
                                      "2 % and 7 %");
            NS_TEST_EXPECT_MSG_EQ_TOL(end->When(QkdModule::INITIALISING, Time()),
                                      Seconds(6.2),
                                      MilliSeconds(5),
                                      "2 % and 5 %; 7.01 % was too much");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The truth drives nothing: without messages nobody knows of errors.
 */
class QberUnknownTest : public TestCase
{
  public:
    QberUnknownTest()
        : TestCase("Errors change nothing until messages have told of them")
    {
    }

  private:
    void DoRun() override
    {
        QkdLinkFixture f;
        f.Install();
        Simulator::Schedule(Seconds(5), [&f] { f.m_classical->Fail(); });
        DisturbAt(f, 5.05, 0.25);
        Simulator::Schedule(Seconds(7), [&f] { f.m_classical->Recover(); });
        QkdLinkFixture::RunUntil(Seconds(6.9));
        NS_TEST_EXPECT_MSG_EQ(StatesOf(f.m_tx), "R", "nobody has told the transmitter");
        NS_TEST_EXPECT_MSG_EQ(StatesOf(f.m_rx), "R", "the receiver cannot compare");
        QkdLinkFixture::RunUntil(Seconds(12));
        NS_TEST_EXPECT_MSG_EQ(StatesOf(f.m_tx), "RA", "now it knows");
        NS_TEST_EXPECT_MSG_EQ(StatesOf(f.m_rx), "RA", "now it knows");
        NS_TEST_EXPECT_MSG_EQ(CountKeys(f.m_txKeys, Seconds(5.05), Seconds(12)), 0, "tainted");
        NS_TEST_EXPECT_MSG_EQ(CountKeys(f.m_rxKeys, Seconds(5.05), Seconds(12)), 0, "tainted");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A cut while a link is aborted for errors.
 */
class QberCutTest : public TestCase
{
  public:
    QberCutTest()
        : TestCase("A link that aborted for errors and was cut measures again before it makes keys")
    {
    }

  private:
    void DoRun() override
    {
        QkdLinkFixture f;
        f.m_helper.SetModuleAttribute("ResyncTime", TimeValue(Seconds(1)));
        f.Install();
        DisturbAt(f, 5.05, 0.25);
        Simulator::Schedule(Seconds(7), [&f] { f.m_span->Cut(); });
        Simulator::Schedule(Seconds(8), [&f] { f.m_span->Repair(); });
        DisturbAt(f, 12.05, 0.0);
        QkdLinkFixture::RunUntil(Seconds(15));
        for (const ModuleRecorder* end : {&f.m_tx, &f.m_rx})
        {
            NS_TEST_EXPECT_MSG_EQ(StatesOf(*end), "RAIAIR", "aborted again after the repair");
            NS_TEST_EXPECT_MSG_EQ_TOL(end->When(QkdModule::ABORTED, Seconds(8)),
                                      Seconds(9.005),
                                      MilliSeconds(5),
                                      "after resynchronisation");
        }
        NS_TEST_EXPECT_MSG_EQ(AlarmsOf(f.m_rxKeys),
                              "ACTIVE/none PASSIVE/qber-abort PASSIVE/loss-of-light PENDING/none "
                              "PASSIVE/qber-abort PENDING/none ACTIVE/none ",
                              "what the receiver's key manager is told");
        NS_TEST_EXPECT_MSG_EQ(CountKeys(f.m_txKeys, Seconds(5.05), Seconds(12.05)), 0, "tainted");
        NS_TEST_EXPECT_MSG_EQ(CountKeys(f.m_rxKeys, Seconds(5.05), Seconds(12.05)), 0, "tainted");
        NS_TEST_EXPECT_MSG_EQ((f.m_rxKeys.m_keys.size() > 60), true, "keys come back");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Named start-up and resynchronisation times.
 */
class TimingPresetTest : public TestCase
{
  public:
    TimingPresetTest()
        : TestCase("Start-up and resynchronisation times have names")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<QkdModule> module = CreateObject<QkdModule>();
        const auto timeOf = [&module](const std::string& attribute) {
            TimeValue value;
            module->GetAttribute(attribute, value);
            return value.Get();
        };
        NS_TEST_EXPECT_MSG_EQ(module->SetTimingPreset("hhi-resync"), "", "known");
        NS_TEST_EXPECT_MSG_EQ(timeOf("ResyncTime"), MilliSeconds(300), "hhi-resync");
        NS_TEST_EXPECT_MSG_EQ(module->SetTimingPreset("cold"), "", "known");
        NS_TEST_EXPECT_MSG_EQ(timeOf("ResyncTime"), Seconds(300), "cold");
        NS_TEST_EXPECT_MSG_EQ(timeOf("StartUpTime"), Seconds(300), "cold");
        NS_TEST_EXPECT_MSG_EQ(module->SetTimingPreset("warm"), "", "known");
        NS_TEST_EXPECT_MSG_EQ(timeOf("ResyncTime"), Seconds(60), "warm");
        NS_TEST_EXPECT_MSG_EQ(module->SetTimingPreset("tepid"),
                              "there are no times called \"tepid\"",
                              "unknown");
        NS_TEST_EXPECT_MSG_EQ(timeOf("ResyncTime"), Seconds(60), "as before");
        module->Dispose();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What QKD modules do about errors.
 */
class QkdnQberStatesTestSuite : public TestSuite
{
  public:
    QkdnQberStatesTestSuite()
        : TestSuite("qkdn-qber-states", Type::UNIT)
    {
        AddTestCase(new QberStatesTest(true));
        AddTestCase(new QberStatesTest(false));
        AddTestCase(new QberHysteresisTest);
        AddTestCase(new QberUnknownTest);
        AddTestCase(new QberCutTest);
        AddTestCase(new TimingPresetTest);
    }
};

static QkdnQberStatesTestSuite g_qkdnQberStatesTestSuite; //!< registers the suite
