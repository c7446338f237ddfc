/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"

#include "ns3/qkdn-decoy-bb84-finite-protocol.h"
#include "ns3/qkdn-distillation-step-messages.h"
#include "ns3/qkdn-distillation-traffic.h"
#include "ns3/qkdn-error-correction-model.h"
#include "ns3/qkdn-frame-header.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const Time RESYNC = MilliSeconds(300); //!< preset hhi-resync
const Time REPAIR = Seconds(5);        //!< end of the cut
const Time DELAY = MicroSeconds(245);  //!< of 50 km of fibre
const Time TRIP = MicroSeconds(500);   //!< delay of the classical link, one way
constexpr double RATE_BPS = 100e6;     //!< rate of the classical link

/**
 * @brief How long a message takes over the idle classical link.
 * @param payload bytes of the message without its fields
 * @param fields bytes of its fields
 * @return the time
 */
Time
Transfer(double payload, uint32_t fields)
{
    constexpr double SEGMENT = 1448.0;          // of TCP
    constexpr double HEADERS = 20.0 + 20.0 + 2; // TCP, IP, PPP
    const double stream = payload + fields + FrameHeader::SIZE;
    const double bytes = stream + std::ceil(stream / SEGMENT) * HEADERS;
    return Seconds(bytes * 8.0 / RATE_BPS) + TRIP;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief From the repair of a fibre to the first key at both ends.
 */
class FirstKeyTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param cascade Cascade, not LDPC
     */
    explicit FirstKeyTest(bool cascade)
        : TestCase(std::string("From repair to first key: resynchronisation, block fill, ") +
                   (cascade ? "Cascade" : "one-way correction")),
          m_cascade(cascade)
    {
    }

  private:
    bool m_cascade; //!< Cascade, not LDPC
    /// Time and bytes of the body of the messages after the repair, by type.
    std::map<uint32_t, std::vector<std::pair<Time, uint64_t>>> m_sent;

    /// @cond
    void Sent(const Address&, const Address&, uint16_t type, uint32_t bytes, IncidentId)
    {
        if (Simulator::Now() > REPAIR)
        {
            m_sent[type].emplace_back(Simulator::Now(), bytes - FrameHeader::SIZE);
        }
    }

    /// @endcond

    /**
     * @brief How long the exchanges take behind the last detection.
     * @param plan the block
     * @param lastShare share of the detections that the last message of sifting tells
     * @return the time until the receiver has its key
     */
    Time ExpectDistillation(const QkdBlockPlan& plan, double lastShare) const
    {
        constexpr uint32_t QUESTION = StepRequest::FIELD_BYTES;
        constexpr uint32_t ANSWER = StepAnswer::FIELD_BYTES;
        const auto traffic = DistillationTraffic::FromBlock(plan);
        const auto bits = static_cast<double>(plan.siftedBits - plan.estimationBits);
        const CorrectionPlan correction =
            m_cascade ? ErrorCorrectionModel::PlanCascade(plan.siftedBits - plan.estimationBits,
                                                          plan.qber,
                                                          81)
                      : ErrorCorrectionModel::PlanOneWay(plan.leakedBits, 0.0);
        const auto share = [](uint64_t bytes, double part) {
            return static_cast<double>(bytes) * part;
        };
        Time time = Transfer(share(traffic.detectionBytes, lastShare), QUESTION) +
                    Transfer(share(traffic.basisBytes + traffic.intensityBytes, lastShare), ANSWER);
        time += Transfer(share(traffic.receiverEstimationBytes, 1.0),
                         QUESTION + StepRequest::FIGURE_BYTES) +
                Transfer(share(traffic.transmitterEstimationBytes, 1.0), ANSWER);
        const double rounds = correction.exchanges;
        const Time round =
            Transfer(static_cast<double>(correction.addressBits) / 8.0 / rounds, QUESTION) +
            Transfer(static_cast<double>(correction.leakedBits) / 8.0 / rounds, ANSWER);
        time += round * static_cast<int64_t>(correction.exchanges);
        time += Seconds(bits / 55e6); // of the receiver
        time += Transfer(0, QUESTION) + Transfer(7, ANSWER);
        time += Transfer(12, QUESTION) + Transfer(12 + 32, ANSWER);
        time += Seconds(bits / 108e6); // of both
        return time;
    }

    /**
     * @brief Compare the detections that the receiver tells with those that are expected.
     * @param plan the block
     * @param end when its key is there
     */
    void CheckDetections(const QkdBlockPlan& plan, Time end)
    {
        uint64_t bytes = 0;
        const auto add = [this, end, &bytes](uint32_t type, uint32_t fields) {
            for (const auto& [at, body] : m_sent[type])
            {
                bytes += at < end ? body - fields : 0;
            }
        };
        add(GetStepType(STEP_REQUEST, STEP_SIFTING), StepRequest::FIELD_BYTES);
        add(DISTILLATION_PART, StepNotice::FIELD_BYTES);
        const uint64_t expected = DistillationTraffic::FromBlock(plan).detectionBytes;
        NS_TEST_ASSERT_MSG_EQ_TOL(static_cast<double>(bytes) / static_cast<double>(expected),
                                  1.0,
                                  5.0 / std::sqrt(static_cast<double>(plan.detections)),
                                  "detections");
    }

    void DoRun() override
    {
        QkdLinkFixture f;
        const auto protocol =
            CreateObjectWithAttributes<DecoyBb84FiniteProtocol>("BlockSiftedBits",
                                                                UintegerValue(1000000),
                                                                "Secrecy",
                                                                StringValue("fixed"),
                                                                "Optimise",
                                                                BooleanValue(false),
                                                                "KeyBasisProbability",
                                                                DoubleValue(0.78),
                                                                "SignalProbability",
                                                                DoubleValue(0.20),
                                                                "DecoyProbability",
                                                                DoubleValue(0.55));
        protocol->SetAttribute("SecondDecoyProbability", DoubleValue(0.25));
        protocol->SetAttribute("DecoyIntensity", DoubleValue(0.20));
        f.m_helper.SetModuleAttribute("ResyncTime", TimeValue(RESYNC));
        f.m_helper.SetDistillation("ns3::qkdn::PacketsDistillation");
        f.m_helper.SetDistillationAttribute("ErrorCorrection",
                                            StringValue(m_cascade ? "cascade" : "ldpc"));
        f.m_link = f.m_helper.Install(LinkId(7),
                                      "ab",
                                      f.m_path,
                                      protocol,
                                      f.End(0, &f.m_txKeys),
                                      f.End(1, &f.m_rxKeys),
                                      5000);
        f.m_tx.Connect(f.m_link.transmitter);
        f.m_rx.Connect(f.m_link.receiver);
        for (const Ptr<QkdModule>& module : {f.m_link.transmitter, f.m_link.receiver})
        {
            module->GetEndpoint()->TraceConnectWithoutContext(
                "Sent",
                MakeCallback(&FirstKeyTest::Sent, this));
        }
        Simulator::Schedule(Seconds(2), [&f] { f.m_span->Cut(0.5); });
        Simulator::Schedule(REPAIR, [&f] { f.m_span->Repair(); });
        QkdLinkFixture::RunUntil(REPAIR + Seconds(1.9));

        // half of the fibre; the signal has to be good for a while; each end tells the other
        const Time resync = DELAY / 2 + MilliSeconds(5) + Transfer(1, 0) + RESYNC;
        const Time running = REPAIR + resync;
        for (const ModuleRecorder* end : {&f.m_tx, &f.m_rx})
        {
            NS_TEST_ASSERT_MSG_EQ_TOL(end->When(QkdModule::RUNNING, REPAIR),
                                      running,
                                      NanoSeconds(5),
                                      "resynchronisation");
        }
        const QkdBlockPlan plan = protocol->PlanBlock(f.m_link.channel->GetBudget());
        const auto key = std::find_if(f.m_rxKeys.m_keys.begin(),
                                      f.m_rxKeys.m_keys.end(),
                                      [](const auto& entry) { return entry.at > REPAIR; });
        NS_TEST_ASSERT_MSG_EQ((key != f.m_rxKeys.m_keys.end()), true, "a key");
        NS_TEST_ASSERT_MSG_EQ_TOL(key->key.generated,
                                  running + DELAY + plan.duration,
                                  NanoSeconds(5),
                                  "block fill");
        CheckDetections(plan, key->at);
        QkdBlockPlan drawn = plan;
        drawn.qber = key->key.qber;
        const double told = (MilliSeconds(500).GetSeconds()) / plan.duration.GetSeconds();
        const Time expected = ExpectDistillation(drawn, 1.0 - told);
        const Time end = std::max(key->at, f.m_txKeys.FirstAfter(REPAIR));
        NS_TEST_ASSERT_MSG_EQ_TOL(end - key->key.generated,
                                  expected,
                                  MicroSeconds(500), // 5 sigma of the detections told last
                                  "distillation");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the time to the first key.
 */
class QkdnFirstKeyTestSuite : public TestSuite
{
  public:
    QkdnFirstKeyTestSuite()
        : TestSuite("qkdn-first-key", Type::UNIT)
    {
        AddTestCase(new FirstKeyTest(false));
        AddTestCase(new FirstKeyTest(true));
    }
};

static QkdnFirstKeyTestSuite g_qkdnFirstKeyTestSuite; //!< registers the suite
