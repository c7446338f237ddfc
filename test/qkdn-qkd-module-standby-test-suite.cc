/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"

#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const std::string PER_BLOCK = "ns3::qkdn::PerBlockDistillation"; //!< a type of distillation
const std::string IDEAL = "ns3::qkdn::IdealDistillation";        //!< a type of distillation
const Time RESYNC = Seconds(10);                                 //!< ResyncTime by default
const Time PERSISTENCE = MilliSeconds(5);                        //!< LossOfLightTime by default
const Time ONE_WAY = MicroSeconds(245);                          //!< 50 km of fibre
const Time MESSAGE = MilliSeconds(2); //!< a message arrives before, over 500 us of cable

/// A link whose modules stand by from the beginning.
class StandbyFixture : public QkdLinkFixture
{
  public:
    /**
     * @brief Constructor
     * @param distillation type of distillation
     * @param sync with synchronisation light
     * @param initial how the modules begin
     */
    explicit StandbyFixture(const std::string& distillation = PER_BLOCK,
                            bool sync = true,
                            QkdModule::InitialState initial = QkdModule::START_STANDBY)
    {
        m_helper.SetDistillation(distillation);
        m_helper.SetModuleAttribute("SyncLight", BooleanValue(sync));
        m_helper.SetModuleAttribute("SignalMessages", BooleanValue(true));
        m_helper.SetModuleAttribute("InitialState", EnumValue(initial));
    }

    /**
     * @brief Activate a module.
     * @param at when
     * @param role which
     */
    void ActivateAt(Time at, QkdModule::Role role)
    {
        Simulator::Schedule(at, &QkdModule::Activate, GetModule(role), IncidentId{77, 1});
    }

    /**
     * @brief Let a module stand by.
     * @param at when
     * @param role which
     */
    void StandbyAt(Time at, QkdModule::Role role)
    {
        Simulator::Schedule(at, &QkdModule::Standby, GetModule(role), IncidentId{77, 2});
    }

    /**
     * @brief Do something to both modules at once.
     * @param at when
     * @param active activate them, otherwise let them stand by
     */
    void BothAt(Time at, bool active)
    {
        for (const auto role : {QkdModule::TRANSMITTER, QkdModule::RECEIVER})
        {
            active ? ActivateAt(at, role) : StandbyAt(at, role);
        }
    }

    /**
     * @brief Compare keys.
     * @return what is wrong, or nothing; a key at one end only is wrong too
     */
    std::string Compare() const
    {
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        const std::string wrong = CompareKeys(txOnly, rxOnly);
        return txOnly + rxOnly == 0 ? wrong : "keys at one end only";
    }
};

/**
 * @brief The statuses that an end told, each with its cause.
 * @param keys the end
 * @return text
 */
std::string
StatusesOf(const KeyRecorder& keys)
{
    std::string text;
    for (const KeyRecorder::StatusEntry& entry : keys.m_statuses)
    {
        text += (text.empty() ? "" : " ") + std::string(LinkStatusName(entry.status)) + "/" +
                LinkCauseName(entry.alarm.cause);
    }
    return text;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Activation, and back.
 */
class QkdModuleActivationTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param distillation type of distillation
     * @param sync with synchronisation light
     */
    QkdModuleActivationTest(const std::string& distillation, bool sync)
        : TestCase("Standby and activation, " + distillation +
                   (sync ? "" : ", no synchronisation light")),
          m_distillation(distillation),
          m_sync(sync)
    {
    }

  private:
    std::string m_distillation; //!< type of distillation
    bool m_sync;                //!< with synchronisation light

    void TestBoth()
    {
        StandbyFixture f(m_distillation, m_sync);
        f.Install();
        f.ActivateAt(Seconds(5), QkdModule::TRANSMITTER);
        f.ActivateAt(Seconds(6), QkdModule::RECEIVER);
        f.BothAt(Seconds(20.03), false);
        f.BothAt(Seconds(25), true);
        QkdLinkFixture::RunUntil(Seconds(40));
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.m_states.at(0).to, QkdModule::STANDBY, "from the beginning");
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.When(QkdModule::INITIALISING, Time()), Seconds(5), "told");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.When(QkdModule::INITIALISING, Time()), Seconds(6), "told");
        const Time txRuns = f.m_tx.When(QkdModule::RUNNING, Time());
        const Time rxRuns = f.m_rx.When(QkdModule::RUNNING, Time());
        NS_TEST_ASSERT_MSG_EQ((txRuns > Seconds(6) + RESYNC), true, "after the receiver told it");
        NS_TEST_ASSERT_MSG_EQ((txRuns < Seconds(6) + RESYNC + MESSAGE), true, "at once then");
        // without synchronisation light the pulses have come for a while
        const Time seen = m_sync ? Time() : PERSISTENCE;
        NS_TEST_ASSERT_MSG_EQ(rxRuns, Seconds(6) + seen + RESYNC, "the last one to be active");
        const Time begun = std::max(txRuns + ONE_WAY, rxRuns);
        const bool ideal = m_distillation == IDEAL;
        const Time filled =
            ideal && rxRuns > txRuns + ONE_WAY ? txRuns + ONE_WAY + 2 * BLOCK : begun + BLOCK;
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_filled.at(0), filled, "a block, to the nanosecond");
        const Time last = Seconds(20.03) + MESSAGE;
        const Time again = f.m_rxKeys.FirstAfter(last);
        NS_TEST_ASSERT_MSG_EQ((again > Seconds(25) + RESYNC + BLOCK), true, "none in standby");
        NS_TEST_ASSERT_MSG_EQ((again < Seconds(25) + RESYNC + GetFirstKeyTime()), true, "again");
        CheckKeys(f);
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.m_causes.size() + f.m_rx.m_causes.size(), 0, "no failure");
        for (const KeyRecorder* keys : {&f.m_txKeys, &f.m_rxKeys})
        {
            NS_TEST_ASSERT_MSG_EQ(StatusesOf(*keys).find("PASSIVE"), std::string::npos, "never");
            NS_TEST_ASSERT_MSG_EQ(keys->m_statuses.at(0).alarm.cause, CAUSE_STANDBY, "told");
            NS_TEST_ASSERT_MSG_EQ(keys->m_statuses.back().status, LINK_ACTIVE, "told");
        }
        for (const ModuleRecorder::StateEntry& entry : f.m_tx.m_states)
        {
            const bool named = entry.incident.IsValid();
            NS_TEST_ASSERT_MSG_EQ(named, (entry.at > Time()), "whoever asks names the incident");
        }
    }

    /**
     * @brief Compare keys.
     * @param f the link
     */
    void CheckKeys(const StandbyFixture& f)
    {
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "keys");
    }

    /**
     * @brief How long after its beginning an emission has given keys to both ends.
     * @return the time
     */
    Time GetFirstKeyTime() const
    {
        // without messages a receiver that runs last misses the first block of an emission
        return (m_distillation == IDEAL ? 3 : 2) * BLOCK;
    }

    /**
     * @brief One end alone.
     * @param role the end that is activated, or that stands by
     */
    void TestOne(QkdModule::Role role)
    {
        {
            StandbyFixture f(m_distillation, m_sync);
            f.Install();
            f.ActivateAt(Seconds(5), role);
            QkdLinkFixture::RunUntil(Seconds(60));
            NS_TEST_ASSERT_MSG_EQ(f.m_txKeys.m_keys.size() + f.m_rxKeys.m_keys.size(), 0, "none");
            NS_TEST_ASSERT_MSG_EQ(f.GetModule(role)->GetState(), QkdModule::INITIALISING, "waits");
            const KeyRecorder& keys = role == QkdModule::TRANSMITTER ? f.m_txKeys : f.m_rxKeys;
            NS_TEST_ASSERT_MSG_EQ(StatusesOf(keys), "PENDING/standby", "the other one stands by");
            // told again: nothing changes
            f.ActivateAt(Seconds(1), role);
            f.StandbyAt(Seconds(2), role);
            f.StandbyAt(Seconds(3), role);
            QkdLinkFixture::RunUntil(Seconds(70));
            NS_TEST_ASSERT_MSG_EQ(f.GetModule(role)->GetState(), QkdModule::STANDBY, "back");
        }
        StandbyFixture f(m_distillation, m_sync, QkdModule::START_RUNNING);
        f.Install();
        f.StandbyAt(Seconds(5.03), role);
        f.ActivateAt(Seconds(20), role);
        QkdLinkFixture::RunUntil(Seconds(40));
        for (const KeyRecorder* keys : {&f.m_txKeys, &f.m_rxKeys})
        {
            const Time again = keys->FirstAfter(Seconds(5.03) + MESSAGE);
            NS_TEST_ASSERT_MSG_EQ((again > Seconds(20) + RESYNC + BLOCK), true, "none meanwhile");
            NS_TEST_ASSERT_MSG_EQ((again < Seconds(20) + RESYNC + GetFirstKeyTime()),
                                  true,
                                  "again");
            NS_TEST_ASSERT_MSG_EQ(StatusesOf(*keys),
                                  "ACTIVE/none PENDING/standby PENDING/none ACTIVE/none",
                                  "neither end takes it for a failure");
        }
        CheckKeys(f);
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.m_causes.size() + f.m_rx.m_causes.size(), 0, "no failure");
    }

    void DoRun() override
    {
        TestBoth();
        TestOne(QkdModule::TRANSMITTER);
        TestOne(QkdModule::RECEIVER);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A receiver that begins in the middle of an emission, without messages of distillation.
 */
class QkdModuleLateReceiverTest : public TestCase
{
  public:
    QkdModuleLateReceiverTest()
        : TestCase("Ideal distillation: both ends begin with the same block and the same figures")
    {
    }

  private:
    /**
     * @brief The signal is disturbed after the first pulses have come, and before the receiver
     * runs.
     * @param addedError added error probability
     * @param keys whether there are keys nevertheless
     * @param bits secret bits of a block
     */
    void Check(double addedError, bool keys, uint32_t bits)
    {
        StandbyFixture f(IDEAL, false);
        f.m_protocol->SetAttribute("BlockKeyBits", UintegerValue(bits));
        f.Install();
        f.ActivateAt(Seconds(5), QkdModule::TRANSMITTER);
        f.ActivateAt(Seconds(6), QkdModule::RECEIVER);
        // the transmitter learns that the receiver is active, which waits for light to persist
        Simulator::Schedule(Seconds(6) + RESYNC + MilliSeconds(3),
                            &QuantumChannel::Disturb,
                            f.m_link.channel,
                            "eve",
                            addedError);
        QkdLinkFixture::RunUntil(Seconds(17.03));
        NS_TEST_ASSERT_MSG_LT(f.m_tx.When(QkdModule::RUNNING, Time()) + ONE_WAY,
                              Seconds(6) + RESYNC + MilliSeconds(3),
                              "before the disturbance");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.When(QkdModule::RUNNING, Time()),
                              Seconds(6) + RESYNC + PERSISTENCE,
                              "after it");
        NS_TEST_ASSERT_MSG_EQ(f.Compare(), "", addedError << " with " << bits << " bit");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.empty(), !keys, "keys of the receiver");
        NS_TEST_ASSERT_MSG_EQ(f.m_txKeys.m_keys.empty(), !keys, "keys of the transmitter");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_filled.empty(), false, "blocks");
    }

    void DoRun() override
    {
        // 100 ms, 25 ms and 1.6 ms, of which the receiver misses several
        for (const uint32_t bits : {1024, 256, 16})
        {
            Check(0.0, true, bits);
            Check(0.01, true, bits);
            Check(0.3, false, bits);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Failures of what stands by.
 */
class QkdModuleStandbyFailureTest : public TestCase
{
  public:
    QkdModuleStandbyFailureTest()
        : TestCase("A module in standby notices cuts, breaks and is repaired")
    {
    }

  private:
    void TestCut()
    {
        StandbyFixture f;
        f.Install();
        Simulator::Schedule(Seconds(5), &FibreSpan::Cut, f.m_span, 0.5);
        Simulator::Schedule(Seconds(10), &FibreSpan::Repair, f.m_span);
        f.BothAt(Seconds(20), true);
        QkdLinkFixture::RunUntil(Seconds(35));
        for (const KeyRecorder* keys : {&f.m_txKeys, &f.m_rxKeys})
        {
            NS_TEST_ASSERT_MSG_EQ(StatusesOf(*keys).find("PENDING/standby PASSIVE/loss-of-light "
                                                         "PENDING/standby PENDING"),
                                  0,
                                  "signal fail of a spare: " << StatusesOf(*keys));
            const auto& lost = keys->m_statuses.at(1);
            NS_TEST_ASSERT_MSG_EQ(lost.at, Seconds(5) + NanoSeconds(122500) + PERSISTENCE, "seen");
            NS_TEST_ASSERT_MSG_EQ(lost.incident.IsValid(), true, "an incident");
            NS_TEST_ASSERT_MSG_EQ(keys->m_statuses.back().status, LINK_ACTIVE, "it works again");
        }
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.m_states.at(1).to,
                              QkdModule::INITIALISING,
                              "standby till then");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_filled.empty(), false, "keys");
    }

    void TestActivatedInTheDark()
    {
        StandbyFixture f;
        f.Install();
        Simulator::Schedule(Seconds(5), &FibreSpan::Cut, f.m_span, 0.5);
        f.BothAt(Seconds(6), true);
        Simulator::Schedule(Seconds(10), &FibreSpan::Repair, f.m_span);
        QkdLinkFixture::RunUntil(Seconds(25));
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.When(QkdModule::ABORTED, Time()), Seconds(6), "no light");
        const Time seen = Seconds(10) + NanoSeconds(122500) + PERSISTENCE;
        const Time runs = f.m_rx.When(QkdModule::RUNNING, Time());
        NS_TEST_ASSERT_MSG_EQ((runs > seen + RESYNC), true, "resynchronised with light");
        NS_TEST_ASSERT_MSG_EQ((runs < seen + RESYNC + MESSAGE), true, "resynchronised with light");
    }

    /**
     * @brief A module breaks.
     * @param role which
     * @param sync with synchronisation light
     */
    void TestModule(QkdModule::Role role, bool sync)
    {
        StandbyFixture f(PER_BLOCK, sync);
        f.Install();
        Simulator::Schedule(Seconds(5), &QkdModule::Fail, f.GetModule(role));
        Simulator::Schedule(Seconds(10), &QkdModule::Repair, f.GetModule(role));
        f.BothAt(Seconds(80), true);
        QkdLinkFixture::RunUntil(Seconds(95));
        const bool isTx = role == QkdModule::TRANSMITTER;
        const ModuleRecorder& broken = isTx ? f.m_tx : f.m_rx;
        NS_TEST_ASSERT_MSG_EQ(broken.When(QkdModule::INITIALISING, Time()), Seconds(10), "cold");
        NS_TEST_ASSERT_MSG_EQ(broken.When(QkdModule::STANDBY, Seconds(6)),
                              Seconds(10) + START_UP,
                              "warm");
        const Time runs = broken.When(QkdModule::RUNNING, Time());
        NS_TEST_ASSERT_MSG_EQ((runs >= Seconds(80) + RESYNC), true, "warm before");
        NS_TEST_ASSERT_MSG_EQ((runs < Seconds(80) + RESYNC + 2 * PERSISTENCE), true, "warm before");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.empty(), false, "keys");
        NS_TEST_ASSERT_MSG_EQ(f.Compare(), "", "keys");
    }

    void TestActivatedWhileCold()
    {
        StandbyFixture f;
        f.Install();
        Simulator::Schedule(Seconds(5), &QkdModule::Fail, f.GetModule(QkdModule::RECEIVER));
        // told while it is broken too
        f.BothAt(Seconds(6), true);
        f.BothAt(Seconds(7), false);
        Simulator::Schedule(Seconds(10), &QkdModule::Repair, f.GetModule(QkdModule::RECEIVER));
        f.BothAt(Seconds(30), true);
        QkdLinkFixture::RunUntil(Seconds(95));
        const Time runs = f.m_rx.When(QkdModule::RUNNING, Time());
        NS_TEST_ASSERT_MSG_EQ(runs, Seconds(10) + START_UP + RESYNC, "first warm, then in step");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.empty(), false, "keys");
        NS_TEST_ASSERT_MSG_EQ(f.Compare(), "", "keys");
    }

    void DoRun() override
    {
        TestCut();
        TestActivatedInTheDark();
        for (const bool sync : {true, false})
        {
            TestModule(QkdModule::TRANSMITTER, sync);
            TestModule(QkdModule::RECEIVER, sync);
        }
        TestActivatedWhileCold();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The same modules over another fibre.
 */
class QkdModulePathChangeTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param distillation type of distillation
     * @param sync with synchronisation light
     */
    QkdModulePathChangeTest(const std::string& distillation, bool sync)
        : TestCase("Switches lead to another fibre, " + distillation +
                   (sync ? "" : ", no synchronisation light")),
          m_distillation(distillation),
          m_sync(sync)
    {
    }

  private:
    std::string m_distillation; //!< type of distillation
    bool m_sync;                //!< with synchronisation light

    /**
     * @brief Run with switches that move at 5 s.
     * @param f the link
     * @param switching their time
     */
    void Play(StandbyFixture& f, Time switching)
    {
        std::vector<Ptr<OpticalSwitch>> switches;
        std::vector<QuantumPath> paths;
        for (const std::string name : {"s1", "s2"})
        {
            switches.push_back(CreateObjectWithAttributes<OpticalSwitch>("Name",
                                                                         StringValue(name),
                                                                         "SwitchingTime",
                                                                         TimeValue(switching)));
        }
        for (uint32_t i = 0; i < 2; ++i)
        {
            FibrePath fibre;
            fibre.AddSpan(MakeSpan(i == 0 ? 50.0 : 30.0));
            paths.emplace_back(
                fibre,
                std::vector<SwitchPosition>{{switches[0], i + 1, SwitchPosition::FIRST_END},
                                            {switches[1], i + 1, SwitchPosition::SECOND_END}});
        }
        f.Install(paths);
        for (const auto& sw : switches)
        {
            Simulator::Schedule(Seconds(5.03),
                                &OpticalSwitch::Select,
                                sw,
                                2,
                                OpticalSwitch::DoneCallback(),
                                IncidentId());
        }
        QkdLinkFixture::RunUntil(Seconds(25));
        NS_TEST_ASSERT_MSG_EQ(f.Compare(), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_filled.empty(), false, "keys");
    }

    void DoRun() override
    {
        const Time moved = Seconds(5.03) + MicroSeconds(147);
        {
            StandbyFixture f(m_distillation, m_sync, QkdModule::START_RUNNING);
            Play(f, MilliSeconds(200));
            const Time back = moved + MilliSeconds(200) + PERSISTENCE + RESYNC;
            const Time runs = f.m_rx.When(QkdModule::RUNNING, Seconds(1));
            NS_TEST_ASSERT_MSG_EQ((runs >= back), true, "as after a cut");
            NS_TEST_ASSERT_MSG_EQ((runs < back + MESSAGE), true, "as after a cut");
            NS_TEST_ASSERT_MSG_EQ((f.m_rxKeys.FirstAfter(Seconds(5.05)) > back + BLOCK), true, "");
            NS_TEST_ASSERT_MSG_EQ((f.m_rxKeys.FirstAfter(back) < back + 2 * BLOCK), true, "");
        }
        // too short for a loss of light
        StandbyFixture f(m_distillation, m_sync, QkdModule::START_RUNNING);
        Play(f, MicroSeconds(100));
        uint64_t newest = 0;
        for (const KeyRecorder::KeyEntry& entry : f.m_rxKeys.m_keys)
        {
            newest = std::max(newest, entry.key.id.block >> 32);
        }
        NS_TEST_ASSERT_MSG_EQ(newest, 2, "an emission of its own");
        if (m_sync)
        {
            NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_states.size(), 1, "running all the time");
            const Time first = f.m_rxKeys.FirstAfter(Seconds(5.03) + MESSAGE);
            NS_TEST_ASSERT_MSG_EQ((first < moved + 2 * BLOCK), true, "a block is lost");
        }
        else
        {
            NS_TEST_ASSERT_MSG_EQ(f.m_rx.m_causes.size(), 1, "the receiver has to begin anew");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Whatever is told to whom and when, equal ids mean equal keys, and both ends active mean
 * keys.
 */
class QkdModuleStandbyRandomTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param distillation type of distillation
     * @param sync with synchronisation light
     */
    QkdModuleStandbyRandomTest(const std::string& distillation, bool sync)
        : TestCase("Random commands, cuts and failures: " + distillation +
                   (sync ? "" : ", no synchronisation light")),
          m_distillation(distillation),
          m_sync(sync)
    {
    }

  private:
    std::string m_distillation; //!< type of distillation
    bool m_sync;                //!< with synchronisation light

    /**
     * @brief Draw what happens in the first 100 s.
     * @param f the link
     * @param random the draws
     */
    static void Draw(StandbyFixture& f, Ptr<UniformRandomVariable> random)
    {
        for (const auto role : {QkdModule::TRANSMITTER, QkdModule::RECEIVER})
        {
            for (int i = 0; i < 12; ++i)
            {
                const Time at = Seconds(random->GetValue(0.0, 100.0));
                random->GetInteger(0, 1) == 0 ? f.ActivateAt(at, role) : f.StandbyAt(at, role);
            }
            const double atS = random->GetValue(0.0, 50.0);
            Simulator::Schedule(Seconds(atS), &QkdModule::Fail, f.GetModule(role));
            Simulator::Schedule(Seconds(atS + random->GetValue(0.0, 50.0)),
                                &QkdModule::Repair,
                                f.GetModule(role));
            // both at once, as a switch-over does
            const Time both = Seconds(random->GetValue(0.0, 100.0));
            f.BothAt(both, true);
        }
        const double cutS = random->GetValue(0.0, 50.0);
        Simulator::Schedule(Seconds(cutS), &FibreSpan::Cut, f.m_span, random->GetValue(0.0, 1.0));
        Simulator::Schedule(Seconds(cutS + std::pow(10.0, random->GetValue(-3.0, 1.7))),
                            &FibreSpan::Repair,
                            f.m_span);
        const double deadS = random->GetValue(0.0, 90.0);
        Simulator::Schedule(Seconds(deadS), [&f] { f.m_classical->Fail(); });
        Simulator::Schedule(Seconds(deadS + random->GetValue(0.0, 10.0)),
                            [&f] { f.m_classical->Recover(); });
    }

    void DoRun() override
    {
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        for (int round = 0; round < 12; ++round)
        {
            random->SetStream(4000 + round);
            StandbyFixture f(m_distillation, m_sync);
            f.m_helper.SetModuleAttribute("StartUpTime", TimeValue(Seconds(20)));
            f.m_helper.SetModuleAttribute("ResyncTime", TimeValue(Seconds(2)));
            f.Install();
            Draw(f, random);
            f.BothAt(Seconds(105), true);
            f.BothAt(Seconds(150), false);
            QkdLinkFixture::RunUntil(Seconds(160));
            uint32_t txOnly = 0;
            uint32_t rxOnly = 0;
            NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "round " << round);
            for (const KeyRecorder* keys : {&f.m_txKeys, &f.m_rxKeys})
            {
                NS_TEST_ASSERT_MSG_LT(keys->FirstAfter(Seconds(148)), Seconds(150), round);
                NS_TEST_ASSERT_MSG_EQ(keys->FirstAfter(Seconds(151)), Time::Max(), round);
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of QKD modules in standby.
 */
class QkdnQkdModuleStandbyTestSuite : public TestSuite
{
  public:
    QkdnQkdModuleStandbyTestSuite()
        : TestSuite("qkdn-qkd-module-standby", Type::UNIT)
    {
        AddTestCase(new QkdModuleStandbyFailureTest);
        AddTestCase(new QkdModuleLateReceiverTest);
        for (const std::string& distillation : {PER_BLOCK, IDEAL})
        {
            for (const bool sync : {true, false})
            {
                AddTestCase(new QkdModuleActivationTest(distillation, sync));
                AddTestCase(new QkdModulePathChangeTest(distillation, sync));
                AddTestCase(new QkdModuleStandbyRandomTest(distillation, sync));
            }
        }
    }
};

static QkdnQkdModuleStandbyTestSuite g_qkdnQkdModuleStandbyTestSuite; //!< registers the suite
