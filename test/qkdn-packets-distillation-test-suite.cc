/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"

#include "ns3/data-rate.h"
#include "ns3/on-off-helper.h"
#include "ns3/qkdn-decoy-bb84-protocol.h"
#include "ns3/qkdn-distillation-step-messages.h"
#include "ns3/qkdn-error-correction-model.h"
#include "ns3/qkdn-frame-header.h"
#include "ns3/qkdn-packets-distillation.h"
#include "ns3/random-variable-stream.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/test.h"

#include <cmath>
#include <functional>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Bytes of a number of bits.
uint64_t
Bytes(double bits)
{
    return static_cast<uint64_t>(std::ceil(bits / 8.0));
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief A link that distils step by step.
 */
class PacketsFixture : public QkdLinkFixture
{
  public:
    /**
     * @brief Prepare the link.
     * @param statistics value of attribute Statistics
     * @param classicalRate rate of the classical link
     */
    explicit PacketsFixture(const std::string& statistics = "expected",
                            const std::string& classicalRate = "100Mbps")
        : QkdLinkFixture(classicalRate)
    {
        m_helper.SetDistillation("ns3::qkdn::PacketsDistillation");
        m_helper.SetDistillationAttribute("Statistics", StringValue(statistics));
    }

    /// Make the link, and count its messages.
    void Connect()
    {
        Install();
        for (const Ptr<QkdModule>& module : {m_link.transmitter, m_link.receiver})
        {
            module->GetEndpoint()->TraceConnectWithoutContext(
                "Sent",
                MakeCallback(&PacketsFixture::Sent, this));
        }
        m_link.receiver->GetDistillation()->TraceConnectWithoutContext(
            "Step",
            MakeCallback(&PacketsFixture::Step, this));
    }

    /**
     * @brief The reserve of an end.
     * @param role which end
     * @return the reserve
     */
    const AuthenticationReserve& Reserve(QkdModule::Role role) const
    {
        return GetModule(role)->GetDistillation()->GetReserve();
    }

    std::map<uint16_t, uint32_t> m_count;                 //!< messages by type
    std::map<uint16_t, uint64_t> m_bytes;                 //!< bytes of their bodies
    std::map<uint64_t, std::map<uint32_t, Time>> m_steps; //!< end of steps, by block

  private:
    /// @cond
    void Sent(const Address&, const Address&, uint16_t type, uint32_t bytes, IncidentId)
    {
        ++m_count[type];
        m_bytes[type] += bytes - FrameHeader::SIZE;
    }

    void Step(LinkId, const KeyId& key, DistillationStep step)
    {
        m_steps[key.block][step] = Simulator::Now();
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief How much the ends say.
 */
class PacketsDistillationSizeTest : public TestCase
{
  public:
    PacketsDistillationSizeTest()
        : TestCase("Messages are as many and as long as the block says")
    {
    }

  private:
    /// What differs from the defaults.
    struct Choice
    {
        bool cascade;     //!< Cascade, not LDPC
        bool toeplitz;    //!< the whole matrix
        bool perMessage;  //!< a tag for each message
        double intervalS; //!< SiftingInterval
    };

    /**
     * @brief Run a second and compare the messages with the formulas.
     * @param choice the attributes
     */
    void TestChoice(const Choice& choice)
    {
        PacketsFixture f;
        f.m_protocol->SetAttribute("BlockKeyBits", UintegerValue(20000));
        f.m_protocol->SetAttribute("Rate", DoubleValue(200000.0));
        f.m_helper.SetDistillationAttribute("AuthenticationReserve", UintegerValue(100000));
        f.m_helper.SetDistillationAttribute("ErrorCorrection",
                                            StringValue(choice.cascade ? "cascade" : "ldpc"));
        f.m_helper.SetDistillationAttribute(
            "AmplificationSeed",
            StringValue(choice.toeplitz ? "toeplitz" : "generator"));
        f.m_helper.SetDistillationAttribute(
            "Authentication",
            StringValue(choice.perMessage ? "per-message" : "per-block"));
        f.m_helper.SetDistillationAttribute("SiftingInterval",
                                            TimeValue(Seconds(choice.intervalS)));
        f.Connect();
        // ten blocks of 0.1 s, the last one with all its messages
        QkdLinkFixture::RunUntil(Seconds(1.09));
        const QkdBlockPlan plan = f.m_protocol->PlanBlock(f.m_link.channel->GetBudget());
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size(), 10, "blocks");
        const auto correction =
            choice.cascade ? ErrorCorrectionModel::PlanCascade(plan.siftedBits, plan.qber, 81)
                           : ErrorCorrectionModel::PlanOneWay(plan.leakedBits, 0.0);
        const uint64_t secret = plan.finalKeyBits + plan.leakedBits - correction.leakedBits;
        const uint32_t tag = choice.perMessage ? 12 : 0;
        // only chunks of sifting may be cut differently: one byte of rounding each
        const auto count = [&f](uint32_t type) { return f.m_count[static_cast<uint16_t>(type)]; };
        const auto bytes = [&f](uint32_t type) { return f.m_bytes[static_cast<uint16_t>(type)]; };
        const uint32_t rounds = 10 * correction.exchanges;
        NS_TEST_ASSERT_MSG_EQ(count(GetStepType(STEP_REQUEST, STEP_ESTIMATION)), 10, "estimation");
        NS_TEST_ASSERT_MSG_EQ(count(GetStepType(STEP_REQUEST, STEP_CORRECTION)),
                              rounds,
                              "correction");
        NS_TEST_ASSERT_MSG_EQ(count(GetStepType(STEP_ANSWER, STEP_CORRECTION)),
                              rounds,
                              "correction");
        NS_TEST_ASSERT_MSG_EQ(count(GetStepType(STEP_ANSWER, STEP_AMPLIFICATION)),
                              10,
                              "amplification");

        const auto detections = static_cast<double>(plan.detections);
        const double position = std::log2(static_cast<double>(plan.pulses) / detections) + 1.0;
        const double match = 1.0 + std::log2(3.0);
        const uint32_t chunks = count(GetStepType(STEP_REQUEST, STEP_SIFTING));
        const auto sifting = static_cast<double>(bytes(GetStepType(STEP_REQUEST, STEP_SIFTING)));
        const auto matches = static_cast<double>(bytes(GetStepType(STEP_ANSWER, STEP_SIFTING)));
        // an eleventh block has begun
        const double blocks = choice.intervalS < 0.1 ? 10.9 : 10.0;
        NS_TEST_ASSERT_MSG_EQ_TOL((sifting - chunks * (34.0 + tag)) /
                                      (blocks * detections * position / 8.0),
                                  1.0,
                                  0.02,
                                  "detections");
        NS_TEST_ASSERT_MSG_EQ_TOL((matches - chunks * (22.0 + tag)) /
                                      (blocks * detections * match / 8.0),
                                  1.0,
                                  0.02,
                                  "bases");
        if (choice.intervalS > 0.1)
        {
            const auto traffic = DistillationTraffic::FromBlock(plan);
            NS_TEST_ASSERT_MSG_EQ(bytes(GetStepType(STEP_REQUEST, STEP_SIFTING)),
                                  10 * (34 + tag + traffic.detectionBytes),
                                  "detections");
            NS_TEST_ASSERT_MSG_EQ(bytes(GetStepType(STEP_ANSWER, STEP_SIFTING)),
                                  10 * (22 + tag + traffic.basisBytes + traffic.intensityBytes),
                                  "bases");
        }
        const auto asked = static_cast<double>(correction.addressBits);
        const auto leaked = static_cast<double>(correction.leakedBits);
        const double slack = choice.cascade ? rounds : 0.0;
        NS_TEST_ASSERT_MSG_EQ_TOL(
            static_cast<double>(bytes(GetStepType(STEP_REQUEST, STEP_CORRECTION))),
            rounds * (34.0 + tag) + 10.0 * Bytes(asked),
            slack,
            "questions");
        NS_TEST_ASSERT_MSG_EQ_TOL(
            static_cast<double>(bytes(GetStepType(STEP_ANSWER, STEP_CORRECTION))),
            rounds * (22.0 + tag) + 10.0 * Bytes(leaked),
            slack,
            "parities or syndrome");
        NS_TEST_ASSERT_MSG_EQ(bytes(GetStepType(STEP_ANSWER, STEP_VERIFICATION)),
                              10 * (22 + tag + 7),
                              "hash");
        NS_TEST_ASSERT_MSG_EQ(bytes(GetStepType(STEP_REQUEST, STEP_AMPLIFICATION)),
                              10 * (34 + 12),
                              "tag");
        const uint64_t seed =
            choice.toeplitz ? Bytes(static_cast<double>(plan.siftedBits + secret - 1)) : 32;
        NS_TEST_ASSERT_MSG_EQ(bytes(GetStepType(STEP_ANSWER, STEP_AMPLIFICATION)),
                              10 * (22 + 12 + seed),
                              "seed");
        NS_TEST_ASSERT_MSG_EQ_TOL(static_cast<double>(f.m_rxKeys.m_keys[0].key.material.GetBits()),
                                  static_cast<double>(secret),
                                  (choice.perMessage ? 10000.0 : 192.0),
                                  "leakage lowers the key");
        uint64_t exchanges = 10;
        if (choice.perMessage)
        {
            exchanges = chunks + 30 + rounds;
        }
        for (const auto role : {QkdModule::TRANSMITTER, QkdModule::RECEIVER})
        {
            NS_TEST_ASSERT_MSG_EQ(f.Reserve(role).GetSpent(), 192 * exchanges, "tags");
        }
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "keys");
    }

    /// A sample that is disclosed, and messages in parts.
    void TestParts()
    {
        uint64_t whole = 0;
        for (uint32_t limit : {1000000U, 300U})
        {
            PacketsFixture f;
            f.m_protocol->SetAttribute("BlockKeyBits", UintegerValue(20000));
            f.m_protocol->SetAttribute("Rate", DoubleValue(200000.0));
            f.m_helper.SetDistillationAttribute("MaxMessageBytes", UintegerValue(limit));
            f.m_helper.SetDistillationAttribute("AmplificationSeed", StringValue("toeplitz"));
            f.Connect();
            QkdLinkFixture::RunUntil(Seconds(1.09));
            NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size(), 10, "keys");
            NS_TEST_ASSERT_MSG_EQ(f.m_txKeys.m_keys.size(), 10, "keys");
            uint64_t bytes = 0;
            for (const auto& [type, sum] : f.m_bytes)
            {
                bytes += type >= STEP_REQUEST ? sum : 0;
            }
            const uint32_t parts = f.m_count[DISTILLATION_PART];
            NS_TEST_ASSERT_MSG_EQ((parts > 100), (limit == 300), "parts");
            whole = limit == 300 ? whole : bytes;
            NS_TEST_ASSERT_MSG_EQ(bytes, whole + parts * StepNotice::FIELD_BYTES, "same payload");
        }
    }

    void DoRun() override
    {
        TestChoice({false, false, false, 0.5});
        TestChoice({false, true, false, 0.02});
        TestChoice({true, false, false, 0.5});
        TestChoice({false, false, true, 0.5});
        TestParts();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief When the keys are there.
 */
class PacketsDistillationTimeTest : public TestCase
{
  public:
    PacketsDistillationTimeTest()
        : TestCase("A key comes after its round trips and computations, a slow channel delays it")
    {
    }

  private:
    /**
     * @brief How long a message takes over an idle link of 100 Mbit/s and 0.5 ms.
     * @param bodyBytes bytes of the body
     * @return the time
     */
    static Time Transfer(uint64_t bodyBytes)
    {
        const uint64_t stream = bodyBytes + FrameHeader::SIZE;
        const uint64_t segments = (stream + 1447) / 1448;
        const uint64_t bytes = stream + segments * (20 + 20 + 2); // TCP, IP, PPP
        return Seconds(static_cast<double>(bytes) * 8.0 / 100e6) + MicroSeconds(500);
    }

    /// One-way correction: five round trips.
    void TestOneWay()
    {
        PacketsFixture f;
        f.Connect();
        QkdLinkFixture::RunUntil(Seconds(5.05));
        const QkdBlockPlan plan = f.m_protocol->PlanBlock(f.m_link.channel->GetBudget());
        const auto t = DistillationTraffic::FromBlock(plan);
        const auto n = static_cast<double>(plan.siftedBits);
        const Time question = Transfer(34);
        const Time trips = Transfer(34 + t.detectionBytes) +
                           Transfer(22 + t.basisBytes + t.intensityBytes) + Transfer(74) +
                           Transfer(22) + question + Transfer(22 + t.syndromeBytes) + question +
                           Transfer(22 + 7) + Transfer(34 + 12);
        const Time atTx = trips + Seconds(n / 55e6) + Seconds(n / 108e6);
        const Time atRx = atTx + Transfer(22 + 32 + 12);
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size(), 50, "keys");
        for (uint32_t i = 1; i < 50; ++i)
        {
            const Time filled = NanoSeconds(245000) + BLOCK * int64_t{i + 1};
            NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys[i].key.generated, filled, "filled");
            NS_TEST_ASSERT_MSG_EQ_TOL(f.m_txKeys.m_keys[i].at,
                                      filled + atTx,
                                      MicroSeconds(30),
                                      "at the transmitter " << i);
            NS_TEST_ASSERT_MSG_EQ_TOL(f.m_rxKeys.m_keys[i].at,
                                      filled + atRx,
                                      MicroSeconds(30),
                                      "at the receiver " << i);
        }
    }

    /// Cascade: as many round trips as messages, at least.
    void TestCascade()
    {
        PacketsFixture f;
        f.m_helper.SetDistillationAttribute("ErrorCorrection", StringValue("cascade"));
        f.Connect();
        QkdLinkFixture::RunUntil(Seconds(5.05));
        const QkdBlockPlan plan = f.m_protocol->PlanBlock(f.m_link.channel->GetBudget());
        const auto correction = ErrorCorrectionModel::PlanCascade(plan.siftedBits, plan.qber, 81);
        NS_TEST_ASSERT_MSG_EQ(correction.exchanges, 46, "at 2 %");
        NS_TEST_ASSERT_MSG_GT(f.m_rxKeys.m_keys.size(), 45, "keys");
        for (auto& [number, steps] : f.m_steps)
        {
            if (steps.count(STEP_CORRECTION) > 0)
            {
                const Time taken = steps[STEP_CORRECTION] - steps[STEP_ESTIMATION];
                NS_TEST_ASSERT_MSG_GT(taken, MilliSeconds(46), "a round trip of 1 ms each");
                NS_TEST_ASSERT_MSG_LT(taken, MilliSeconds(52), "and little more");
            }
        }
    }

    /**
     * @brief The rate of the classical channel bounds that of the keys.
     * @param channel rate of the classical channel
     * @param keyBps key rate of the light, too high for it
     * @param duration how long to look
     */
    void TestSlow(const std::string& channel, double keyBps, Time duration)
    {
        PacketsFixture f("drawn", channel);
        f.m_protocol->SetAttribute("Rate", DoubleValue(keyBps));
        f.Connect();
        QkdLinkFixture::RunUntil(duration);
        const QkdBlockPlan plan = f.m_protocol->PlanBlock(f.m_link.channel->GetBudget());
        // what the receiver sends is more than the answers
        const uint64_t perBlock =
            DistillationTraffic::FromBlock(plan).detectionBytes + 5 * (34 + 16) + 40 + 12;
        const double bytes = duration.GetSeconds() * DataRate(channel).GetBitRate() / 8.0;
        const double limit = bytes / static_cast<double>(perBlock) * 1448.0 / 1490.0;
        NS_TEST_ASSERT_MSG_LT(limit, 1500.0, "the channel is slower than the light");
        const auto keys = static_cast<double>(f.m_rxKeys.m_keys.size());
        NS_TEST_ASSERT_MSG_LT(keys, limit, "the channel's rate");
        NS_TEST_ASSERT_MSG_GT(keys, 0.75 * limit, "which is used");
        NS_TEST_ASSERT_MSG_GT(f.m_rx.m_dropCount["classical channel stalled"], 100, "the rest");
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        // a block may be under way in the end
        NS_TEST_ASSERT_MSG_LT(txOnly, 3, "keys");
        NS_TEST_ASSERT_MSG_EQ(rxOnly, 0, "keys");
    }

    /**
     * @brief Keys in 30 s beside other traffic.
     * @param background rate of the other traffic, empty for none
     * @return number of keys
     */
    std::size_t CountKeys(const std::string& background)
    {
        PacketsFixture f("drawn", "1Mbps");
        f.Connect();
        if (!background.empty())
        {
            OnOffHelper traffic(
                "ns3::UdpSocketFactory",
                InetSocketAddress(PlantHelper::GetServiceAddress(f.m_nodes.Get(0)), 9));
            traffic.SetConstantRate(DataRate(background), 1000);
            traffic.Install(f.m_nodes.Get(1)).Start(Seconds(0));
        }
        QkdLinkFixture::RunUntil(Seconds(30));
        return f.m_rxKeys.m_keys.size();
    }

    void TestCongestion()
    {
        const std::size_t alone = CountKeys("");
        const std::size_t beside = CountKeys("980kbps");
        NS_TEST_ASSERT_MSG_GT(alone, 290, "all blocks");
        NS_TEST_ASSERT_MSG_LT(beside, alone / 2, "congestion slows");
    }

    /// The buffer of raw data bounds what waits for a dead channel.
    void TestBuffer()
    {
        PacketsFixture f;
        const QkdBlockPlan plan = f.m_protocol->PlanBlock(QuantumLinkBudget());
        const uint64_t raw =
            8 * DistillationTraffic::FromBlock(plan).detectionBytes + plan.detections;
        f.m_helper.SetDistillationAttribute("RawBufferBits", UintegerValue(5 * raw));
        f.Connect();
        Simulator::Schedule(Seconds(1.05), [&f] { f.m_classical->Fail(); });
        Simulator::Schedule(Seconds(11.05), [&f] { f.m_classical->Recover(); });
        QkdLinkFixture::RunUntil(Seconds(15));
        const uint32_t lost = f.m_rx.m_dropCount["raw data buffer full"];
        NS_TEST_ASSERT_MSG_GT(lost, 90, "of 100 blocks all but five are lost");
        const auto keys = static_cast<uint32_t>(f.m_rxKeys.m_keys.size());
        NS_TEST_ASSERT_MSG_EQ(keys + lost, 149, "nothing else is");
    }

    void DoRun() override
    {
        TestOneWay();
        TestCascade();
        TestSlow("1Mbps", 40960.0, Seconds(50));
        // no connection breaks because hellos or acknowledgements wait behind data
        TestSlow("100kbps", 10240.0, Seconds(500));
        TestCongestion();
        TestBuffer();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Connections that break, modules that fail.
 */
class PacketsDistillationFailureTest : public TestCase
{
  public:
    PacketsDistillationFailureTest()
        : TestCase("Both ends have a block or none, whatever is cut and for how long")
    {
    }

  private:
    /**
     * @brief The books of both reserves and the keys of both ends.
     * @param f the link
     * @param oneSided how many keys only the transmitter's end may have
     */
    void Check(const PacketsFixture& f, uint32_t oneSided)
    {
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ((txOnly <= oneSided), true, "only at the transmitter " << txOnly);
        NS_TEST_ASSERT_MSG_EQ(rxOnly, 0, "only at the receiver");
        for (const auto role : {QkdModule::TRANSMITTER, QkdModule::RECEIVER})
        {
            const AuthenticationReserve& r = f.Reserve(role);
            NS_TEST_ASSERT_MSG_EQ(r.GetInitial() + r.GetWithheld(),
                                  r.GetSpent() + r.GetStored(),
                                  "no bit comes from nowhere");
        }
        NS_TEST_ASSERT_MSG_EQ(f.m_tx.m_rejected + f.m_rx.m_rejected, 0, "all is understood");
    }

    /**
     * @brief Cut the classical channel once, at many instants of a block.
     * @param cut how long
     * @param cascade Cascade, not LDPC
     */
    void TestCut(Time cut, bool cascade)
    {
        const uint32_t runs = cut > Seconds(10) ? 3 : 8;
        for (uint32_t i = 0; i < runs; ++i)
        {
            PacketsFixture f("drawn");
            f.m_helper.SetDistillationAttribute("ErrorCorrection",
                                                StringValue(cascade ? "cascade" : "ldpc"));
            f.m_helper.SetDistillationAttribute("SiftingInterval", TimeValue(MilliSeconds(30)));
            f.Connect();
            const Time at = Seconds(1.1) + MicroSeconds(400) * int64_t{i};
            Simulator::Schedule(at, [&f] { f.m_classical->Fail(); });
            Simulator::Schedule(at + cut, [&f] { f.m_classical->Recover(); });
            const Time end = at + cut + Seconds(8) + MilliSeconds(90);
            // the last blocks have their time to be finished
            Simulator::Schedule(end, [&f] { f.m_span->Cut(0.5); });
            QkdLinkFixture::RunUntil(end + Seconds(2));
            Check(f, 0);
            NS_TEST_ASSERT_MSG_LT(f.m_rxKeys.FirstAfter(at + cut),
                                  at + cut + Seconds(4),
                                  "keys again");
        }
    }

    /// Random outages and failures of modules: many runs with different seeds.
    void TestProperty()
    {
        for (uint32_t run = 1; run <= 12; ++run)
        {
            RngSeedManager::SetRun(run);
            PacketsFixture f("drawn");
            f.m_helper.SetModuleAttribute("StartUpTime", TimeValue(Seconds(1)));
            f.m_helper.SetModuleAttribute("ResyncTime", TimeValue(Seconds(0.3)));
            f.m_helper.SetDistillationAttribute("SiftingInterval", TimeValue(MilliSeconds(40)));
            f.m_helper.SetDistillationAttribute("LdpcFailureProbability", DoubleValue(0.1));
            if (run % 2 == 0)
            {
                f.m_helper.SetDistillationAttribute("ErrorCorrection", StringValue("cascade"));
            }
            f.Connect();
            Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
            draw->SetStream(900 + run);
            uint32_t failures = 0;
            for (double at = 1.0; at < 55.0;)
            {
                const double last = at + draw->GetValue(0.01, 4.0);
                const uint32_t kind = draw->GetInteger(0, 4);
                Schedule(f, kind, Seconds(at), Seconds(last));
                failures += kind < 2 ? 1 : 0;
                at = last + draw->GetValue(0.5, 5.0);
            }
            Simulator::Schedule(Seconds(65), [&f] { f.m_span->Cut(0.5); });
            QkdLinkFixture::RunUntil(Seconds(70));
            Check(f, failures);
            NS_TEST_ASSERT_MSG_GT(f.m_rxKeys.m_keys.size(), 50, "keys");
            if (run % 2 == 1)
            {
                NS_TEST_ASSERT_MSG_GT(f.m_rx.m_dropCount["errors are left"], 5, "frame errors");
            }
        }
        RngSeedManager::SetRun(1);
    }

    /**
     * @brief Plan one failure.
     * @param f the link
     * @param kind 0: transmitter; 1: receiver; 2: fibre; others: classical channel
     * @param from its beginning
     * @param to its end
     */
    static void Schedule(PacketsFixture& f, uint32_t kind, Time from, Time to)
    {
        if (kind < 2)
        {
            const auto role = kind == 0 ? QkdModule::TRANSMITTER : QkdModule::RECEIVER;
            Simulator::Schedule(from, [&f, role] { f.GetModule(role)->Fail(); });
            Simulator::Schedule(to, [&f, role] { f.GetModule(role)->Repair(); });
            return;
        }
        if (kind == 2)
        {
            Simulator::Schedule(from, [&f] { f.m_span->Cut(0.5); });
            Simulator::Schedule(to, [&f] { f.m_span->Repair(); });
            return;
        }
        Simulator::Schedule(from, [&f] { f.m_classical->Fail(); });
        Simulator::Schedule(to, [&f] { f.m_classical->Recover(); });
    }

    void DoRun() override
    {
        for (double cutS : {0.01, 0.2, 3.0, 60.0})
        {
            TestCut(Seconds(cutS), false);
        }
        TestCut(Seconds(3), true);
        TestProperty();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Authentication that costs more than the link makes.
 */
class PacketsDistillationStarvationTest : public TestCase
{
  public:
    PacketsDistillationStarvationTest()
        : TestCase("A tag per message of Cascade starves a link with small blocks")
    {
    }

  private:
    /**
     * @brief Prepare a link.
     * @param f the link
     * @param blockBits secret bits of a block
     * @param perMessage a tag for each message
     */
    static void Prepare(PacketsFixture& f, uint32_t blockBits, bool perMessage)
    {
        f.m_protocol->SetAttribute("BlockKeyBits", UintegerValue(blockBits));
        f.m_protocol->SetAttribute("Rate", DoubleValue(blockBits * 2.0));
        f.m_helper.SetDistillationAttribute("ErrorCorrection", StringValue("cascade"));
        f.m_helper.SetDistillationAttribute("AuthenticationReserve", UintegerValue(50000));
        f.m_helper.SetDistillationAttribute("Authentication",
                                            StringValue(perMessage ? "per-message" : "per-block"));
        f.Connect();
    }

    void DoRun() override
    {
        // sifting, estimation, 46 exchanges of Cascade, verification, amplification: 50 x 192 bit
        const uint64_t cost = 50 * 192;
        {
            PacketsFixture f;
            Prepare(f, 4000, true);
            Simulator::Schedule(Seconds(30), [&f] { f.m_link.transmitter->Fail(); });
            Simulator::Schedule(Seconds(31), [&f] { f.m_link.transmitter->Repair(); });
            QkdLinkFixture::RunUntil(Seconds(120));
            NS_TEST_ASSERT_MSG_LT(4000, cost, "a block costs more than it gives");
            NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size(), 0, "all goes to the reserve");
            NS_TEST_ASSERT_MSG_LT(f.Reserve(QkdModule::RECEIVER).GetStored(), 192, "it is drained");
            const uint64_t spent = f.Reserve(QkdModule::RECEIVER).GetSpent();
            NS_TEST_ASSERT_MSG_LT(spent, 12 * cost, "and generation has stopped");
            NS_TEST_ASSERT_MSG_GT(f.m_rx.m_dropCount["authentication key exhausted"],
                                  100,
                                  "which is told; a restart does not help");
            NS_TEST_ASSERT_MSG_LT(f.m_rx.When(QkdModule::RUNNING, Seconds(40)),
                                  Seconds(120),
                                  "though the modules run again");
        }
        {
            PacketsFixture f;
            Prepare(f, 4000, false);
            QkdLinkFixture::RunUntil(Seconds(30));
            NS_TEST_ASSERT_MSG_GT(f.m_rxKeys.m_keys.size(), 55, "one tag a block is paid");
        }
        {
            PacketsFixture f;
            Prepare(f, 20000, true);
            QkdLinkFixture::RunUntil(Seconds(30));
            NS_TEST_ASSERT_MSG_GT(f.m_rxKeys.m_keys.size(), 55, "large blocks pay");
            const QkdBlockPlan plan = f.m_protocol->PlanBlock(QuantumLinkBudget());
            const auto correction =
                ErrorCorrectionModel::PlanCascade(plan.siftedBits, plan.qber, 81);
            const uint64_t secret = plan.finalKeyBits + plan.leakedBits - correction.leakedBits;
            const uint32_t bits = f.m_rxKeys.m_keys[20].key.material.GetBits();
            NS_TEST_ASSERT_MSG_EQ(bits, secret - cost, "what is left of each");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Messages that a sound peer never sends.
 */
class PacketsDistillationHostileTest : public TestCase
{
  public:
    PacketsDistillationHostileTest()
        : TestCase("Malformed messages and messages out of order change nothing")
    {
    }

  private:
    /**
     * @brief Give the transmitter a question.
     * @param f the link
     * @param request the question
     * @param bytes payload
     * @return whether it is understood
     */
    static bool Give(const PacketsFixture& f, const StepRequest& request, uint64_t bytes)
    {
        return f.m_link.transmitter->GetDistillation()->Receive(
            GetStepType(STEP_REQUEST, request.step),
            request.ToPacket(bytes));
    }

    void DoRun() override
    {
        PacketsFixture f;
        f.Connect();
        QkdLinkFixture::RunUntil(Seconds(5.05));
        const Ptr<Distillation> tx = f.m_link.transmitter->GetDistillation();
        const Ptr<Distillation> rx = f.m_link.receiver->GetDistillation();
        const uint64_t spent = tx->GetReserve().GetSpent();
        for (uint16_t type = 0x0110; type < 0x0140; ++type)
        {
            for (uint32_t bytes : {0U, 3U, 17U})
            {
                NS_TEST_ASSERT_MSG_EQ(tx->Receive(type, Create<Packet>(bytes)), false, type);
                NS_TEST_ASSERT_MSG_EQ(rx->Receive(type, Create<Packet>(bytes)), false, type);
            }
        }
        StepRequest request;
        request.key = KeyId{LinkId(8), MakeBlock(1, 1000)};
        request.sequence = 1;
        NS_TEST_ASSERT_MSG_EQ(Give(f, request, 0), false, "another link");
        request.key.link = LinkId(7);
        NS_TEST_ASSERT_MSG_EQ(Give(f, request, 5), false, "wrong size");
        request.count = 10;
        request.extra = 9;
        NS_TEST_ASSERT_MSG_EQ(Give(f, request, 5), false, "more detections than pulses");
        request.count = 0;
        request.extra = 0;
        // understood, but refused
        request.sequence = 2;
        Give(f, request, 0);
        request.sequence = 1;
        request.key.block = MakeBlock(99, 1);
        Give(f, request, 0);
        request.key.block = MakeBlock(1, 3);
        Give(f, request, 0);
        for (uint32_t number = 40; number < 51; ++number)
        {
            StepRequest last;
            last.key = KeyId{LinkId(7), MakeBlock(1, number)};
            last.step = STEP_AMPLIFICATION;
            last.sequence = 77;
            last.authenticated = true;
            Give(f, last, 12);
        }
        NS_TEST_ASSERT_MSG_EQ(tx->GetReserve().GetSpent(), spent, "nothing is spent");
        StepAnswer answer;
        answer.key = KeyId{LinkId(7), MakeBlock(1, 51)};
        answer.sequence = 1;
        answer.step = STEP_AMPLIFICATION;
        rx->Receive(GetStepType(STEP_ANSWER, STEP_AMPLIFICATION), answer.ToPacket(0));
        QkdLinkFixture::RunUntil(Seconds(10.05));
        uint32_t txOnly = 0;
        uint32_t rxOnly = 0;
        NS_TEST_ASSERT_MSG_EQ(f.CompareKeys(txOnly, rxOnly), "", "keys");
        NS_TEST_ASSERT_MSG_EQ(txOnly + rxOnly, 0, "keys");
        NS_TEST_ASSERT_MSG_EQ(f.m_rxKeys.m_keys.size(), 100, "the link goes on");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of distillation step by step.
 */
class QkdnPacketsDistillationTestSuite : public TestSuite
{
  public:
    QkdnPacketsDistillationTestSuite()
        : TestSuite("qkdn-packets-distillation", Type::UNIT)
    {
        AddTestCase(new PacketsDistillationSizeTest);
        AddTestCase(new PacketsDistillationTimeTest);
        AddTestCase(new PacketsDistillationFailureTest);
        AddTestCase(new PacketsDistillationStarvationTest);
        AddTestCase(new PacketsDistillationHostileTest);
    }
};

static QkdnPacketsDistillationTestSuite g_qkdnPacketsDistillationTestSuite; //!< registers it
