/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-packets-distillation.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnPacketsDistillation");
NS_OBJECT_ENSURE_REGISTERED(PacketsDistillation);

namespace
{

/// Wait before a message is tried again that the endpoint did not take.
const int64_t RETRY_MS = 1000;

/// Bytes that hold a number of bits.
uint64_t
WholeBytes(uint64_t bits)
{
    return bits / 8 + (bits % 8 > 0 ? 1 : 0);
}

/// The sizes of a message of sifting.
DistillationTraffic
GetSiftingTraffic(const StepRequest& request)
{
    QkdBlockPlan chunk;
    chunk.pulses = request.extra;
    chunk.detections = request.count;
    return DistillationTraffic::FromBlock(chunk);
}

} // namespace

TypeId
PacketsDistillation::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::PacketsDistillation")
            .SetParent<Distillation>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<PacketsDistillation>()
            .AddAttribute("TagBits",
                          "Length of an authentication tag, bit.",
                          UintegerValue(96),
                          MakeUintegerAccessor(&PacketsDistillation::m_tagBits),
                          MakeUintegerChecker<uint32_t>(0, 1024))
            .AddAttribute("Authentication",
                          "What a tag is spent on: per-block (one per direction and block) or "
                          "per-message.",
                          EnumValue(AUTHENTICATE_BLOCK),
                          MakeEnumAccessor<DistillationAuthentication>(
                              &PacketsDistillation::m_authentication),
                          MakeEnumChecker(AUTHENTICATE_BLOCK,
                                          "per-block",
                                          AUTHENTICATE_MESSAGE,
                                          "per-message"))
            .AddAttribute("MaxPendingBlocks",
                          "Blocks of the receiver that have no key yet, with the one that fills; "
                          "a block that begins when there are as many is lost.",
                          UintegerValue(16),
                          MakeUintegerAccessor(&PacketsDistillation::m_maxPending),
                          MakeUintegerChecker<uint32_t>(2, 1024))
            .AddAttribute("RawBufferBits",
                          "Raw data (positions, bases and bits of detections) that the receiver "
                          "keeps; a block that finds no room when it begins is lost.",
                          UintegerValue(8000000000),
                          MakeUintegerAccessor(&PacketsDistillation::m_rawBufferBits),
                          MakeUintegerChecker<uint64_t>(1))
            .AddAttribute("SiftingInterval",
                          "Time after which detections are told while a block fills.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&PacketsDistillation::m_siftingInterval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("ErrorCorrection",
                          "ldpc: one-way, with the efficiency of the protocol; cascade: by "
                          "questions and answers, with the efficiency of Cascade.",
                          EnumValue(CORRECTION_LDPC),
                          MakeEnumAccessor<ErrorCorrection>(&PacketsDistillation::m_correction),
                          MakeEnumChecker(CORRECTION_LDPC, "ldpc", CORRECTION_CASCADE, "cascade"))
            .AddAttribute("CorrectionThroughput",
                          "Bits per second that the receiver corrects (Yuan et al. 2018: 55 "
                          "Mbit/s); 0: in no time.",
                          DoubleValue(55e6),
                          MakeDoubleAccessor(&PacketsDistillation::m_correctionBps),
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("LdpcFailureProbability",
                          "Probability that one-way correction of a block fails; only if blocks "
                          "are drawn.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&PacketsDistillation::m_frameErrorRate),
                          MakeDoubleChecker<double>(0.0, 1.0))
            .AddAttribute("CascadeAddressBits",
                          "Bits that say which parity Cascade asks for; 81 is what explicit "
                          "positions take in published runs.",
                          UintegerValue(81),
                          MakeUintegerAccessor(&PacketsDistillation::m_addressBits),
                          MakeUintegerChecker<uint32_t>(0, 1000000))
            .AddAttribute("VerificationHashBits",
                          "Bits of the hash that shows errors that are left; 50: all but 1e-15.",
                          UintegerValue(50),
                          MakeUintegerAccessor(&PacketsDistillation::m_hashBits),
                          MakeUintegerChecker<uint32_t>(1, 4096))
            .AddAttribute("AmplificationSeed",
                          "generator: 256 bits; toeplitz: a bit for each diagonal of the matrix.",
                          EnumValue(SEED_GENERATOR),
                          MakeEnumAccessor<AmplificationSeed>(&PacketsDistillation::m_seedKind),
                          MakeEnumChecker(SEED_GENERATOR, "generator", SEED_TOEPLITZ, "toeplitz"))
            .AddAttribute("AmplificationThroughput",
                          "Bits per second that go into privacy amplification (Yuan et al. 2018: "
                          "108 Mbit/s); 0: in no time.",
                          DoubleValue(108e6),
                          MakeDoubleAccessor(&PacketsDistillation::m_amplificationBps),
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("MaxMessageBytes",
                          "Longest body of a message; longer ones are sent in parts.",
                          UintegerValue(1048576),
                          MakeUintegerAccessor(&PacketsDistillation::m_maxMessageBytes),
                          MakeUintegerChecker<uint32_t>(256, 16777200))
            .AddTraceSource("Step",
                            "The receiver has finished a step of a block.",
                            MakeTraceSourceAccessor(&PacketsDistillation::m_stepTrace),
                            "ns3::qkdn::PacketsDistillation::StepCallback");
    return tid;
}

PacketsDistillation::~PacketsDistillation()
{
    ClearBlocks();
}

void
PacketsDistillation::DoDispose()
{
    ClearBlocks();
    Distillation::DoDispose();
}

void
PacketsDistillation::ClearBlocks()
{
    m_filled.Cancel();
    m_siftingDue.Cancel();
    m_retry.Cancel();
    for (auto& entry : m_blocks)
    {
        entry.second.work.Cancel();
    }
    for (auto& entry : m_answered)
    {
        entry.second.work.Cancel();
    }
    m_blocks.clear();
    m_answered.clear();
    m_emissions.Clear();
}

bool
PacketsDistillation::NeedsClassicalChannel() const
{
    return true;
}

bool
PacketsDistillation::DrawsByDefault() const
{
    return true;
}

CorrectionPlan
PacketsDistillation::PlanCorrection(const QkdBlockPlan& block) const
{
    return m_correction == CORRECTION_CASCADE
               ? ErrorCorrectionModel::PlanCascade(block.siftedBits - block.estimationBits,
                                                   block.qber,
                                                   m_addressBits)
               : ErrorCorrectionModel::PlanOneWay(block.leakedBits, m_frameErrorRate);
}

uint32_t
PacketsDistillation::GetSecretBits(const QkdBlockPlan& block, const CorrectionPlan& correction)
{
    const uint64_t secret = uint64_t{block.finalKeyBits} + block.leakedBits;
    return static_cast<uint32_t>(secret - std::min(secret, correction.leakedBits));
}

DistillationForecast
PacketsDistillation::Forecast(const QkdBlockPlan& plan) const
{
    const CorrectionPlan correction = PlanCorrection(plan);
    uint64_t exchanges = 0; // that are paid before verification shows whether errors are left
    if (m_authentication == AUTHENTICATE_MESSAGE)
    {
        const int64_t interval = m_siftingInterval.GetTimeStep();
        const int64_t sifting = (plan.duration.GetTimeStep() + interval - 1) / interval;
        exchanges = static_cast<uint64_t>(sifting) + 1 + correction.exchanges + 1;
    }
    DistillationForecast forecast;
    forecast.tagBits = GetTagCost() * (exchanges + 1);
    const auto left =
        static_cast<double>(GetSecretBits(plan, correction)) - static_cast<double>(GetTagCost());
    const double success = IsDrawn() ? 1.0 - correction.failureProbability : 1.0;
    forecast.netKeyBits = success * left - static_cast<double>(GetTagCost() * exchanges);
    return forecast;
}

void
PacketsDistillation::EmissionStarted(uint32_t epoch, uint64_t seed, const QuantumLinkBudget&, Time)
{
    NS_LOG_FUNCTION(this << epoch);
    m_emissions.Add(epoch, seed);
}

void
PacketsDistillation::EmissionStopped()
{
    // blocks that the receiver filled before can still be asked for
}

void
PacketsDistillation::Reset()
{
    NS_LOG_FUNCTION(this);
    for (const auto& [number, block] : m_blocks)
    {
        if (block.filled)
        {
            m_blockDroppedTrace(m_link, block.key, "module failed");
        }
    }
    ClearBlocks();
}

void
PacketsDistillation::PeerUp()
{
    NS_LOG_FUNCTION(this);
    m_parts = StepNotice();
    m_partBytes = 0;
    // whoever misses an answer asks again
    for (auto& entry : m_answered)
    {
        entry.second.answerSent = true;
    }
    for (auto& entry : m_blocks)
    {
        entry.second.sent = false;
    }
    SendQuestions();
}

bool
PacketsDistillation::Receive(uint16_t type, Ptr<Packet> body)
{
    if (type == DISTILLATION_PART || type == DISTILLATION_ABANDON)
    {
        const auto notice = StepNotice::FromPacket(body);
        if (!notice || notice->key.link != m_link)
        {
            return false;
        }
        if (type == DISTILLATION_ABANDON)
        {
            Forget(notice->key.block);
            return true;
        }
        const uint64_t before = notice->part == 0 ? 0 : m_partBytes;
        m_parts = *notice;
        m_partBytes = before + body->GetSize() - StepNotice::FIELD_BYTES;
        return true;
    }
    if (type > STEP_REQUEST && type <= GetStepType(STEP_REQUEST, STEP_AMPLIFICATION))
    {
        const auto request = StepRequest::FromPacket(body);
        return request && request->key.link == m_link &&
               type == GetStepType(STEP_REQUEST, request->step) &&
               HandleQuestion(*request,
                              TakeParts(request->key,
                                        request->sequence,
                                        body->GetSize() - request->GetFieldBytes()));
    }
    if (type > STEP_ANSWER && type <= GetStepType(STEP_ANSWER, STEP_AMPLIFICATION))
    {
        const auto answer = StepAnswer::FromPacket(body);
        return answer && answer->key.link == m_link &&
               type == GetStepType(STEP_ANSWER, answer->step) &&
               HandleAnswer(*answer,
                            TakeParts(answer->key,
                                      answer->sequence,
                                      body->GetSize() - StepAnswer::FIELD_BYTES));
    }
    return false;
}

uint64_t
PacketsDistillation::TakeParts(const KeyId& key, uint32_t sequence, uint64_t bytes)
{
    const bool belong = m_parts.key == key && m_parts.sequence == sequence;
    const uint64_t all = bytes + (belong ? m_partBytes : 0);
    m_parts = StepNotice();
    m_partBytes = 0;
    return all;
}

bool
PacketsDistillation::SendParts(StepNotice notice, uint64_t& bytes)
{
    const uint64_t room = m_maxMessageBytes - StepRequest::FIELD_BYTES - StepRequest::FIGURE_BYTES;
    while (bytes > room)
    {
        if (!m_send(DISTILLATION_PART, notice.ToPacket(room)))
        {
            return false;
        }
        ++notice.part;
        bytes -= room;
    }
    return true;
}

DistillationTraffic
PacketsDistillation::GetTraffic(const StepRequest& figures) const
{
    QkdBlockPlan plan;
    plan.hasKey = figures.finalKeyBits > 0;
    plan.siftedBits = figures.siftedBits;
    plan.estimationBits = figures.estimationBits;
    plan.leakedBits = figures.leakedBits;
    plan.finalKeyBits = figures.finalKeyBits;
    DistillationParameters parameters;
    parameters.tagBits = m_tagBits;
    parameters.verificationHashBits = m_hashBits;
    parameters.seed = m_seedKind;
    return DistillationTraffic::FromBlock(plan, parameters);
}

uint64_t
PacketsDistillation::GetQuestionBytes(const StepRequest& request, const StepRequest& figures) const
{
    const uint64_t tag = request.authenticated ? WholeBytes(m_tagBits) : 0;
    switch (request.step)
    {
    case STEP_SIFTING:
        return tag + GetSiftingTraffic(request).detectionBytes;
    case STEP_ESTIMATION:
        return tag + GetTraffic(figures).receiverEstimationBytes;
    case STEP_CORRECTION:
        return tag + WholeBytes(request.extra);
    default:
        return tag;
    }
}

uint64_t
PacketsDistillation::GetAnswerBytes(const StepRequest& request,
                                    const StepRequest& figures,
                                    StepVerdict verdict) const
{
    if (verdict == STEP_REFUSED)
    {
        return 0;
    }
    const uint64_t tag = request.authenticated ? WholeBytes(m_tagBits) : 0;
    switch (request.step)
    {
    case STEP_SIFTING: {
        const DistillationTraffic traffic = GetSiftingTraffic(request);
        return tag + traffic.basisBytes + traffic.intensityBytes;
    }
    case STEP_ESTIMATION:
        return tag + GetTraffic(figures).transmitterEstimationBytes;
    case STEP_CORRECTION:
        return tag + WholeBytes(request.count);
    case STEP_VERIFICATION:
        return tag + GetTraffic(figures).verificationBytes;
    default:
        return tag + GetTraffic(figures).seedBytes;
    }
}

Time
PacketsDistillation::Occupy(uint64_t bits, double throughputBps, Time& free)
{
    const Time work =
        throughputBps > 0.0 ? Seconds(static_cast<double>(bits) / throughputBps) : Time(0);
    free = std::max(free, Simulator::Now()) + work;
    return free - Simulator::Now();
}

uint64_t
PacketsDistillation::GetTagCost() const
{
    return 2 * uint64_t{m_tagBits};
}

void
PacketsDistillation::DeliverBlock(const StepRequest& figures, uint64_t seed, uint32_t withheldBits)
{
    const uint32_t bits = figures.finalKeyBits - withheldBits;
    if (bits == 0)
    {
        return;
    }
    QkdKey key;
    key.id = figures.key;
    key.generated = figures.generated;
    key.qber = figures.qber;
    key.material = KeyMaterial::FromGenerator(seed, figures.key.block, withheldBits, bits);
    Deliver(key);
}

void
PacketsDistillation::RetryLater()
{
    if (m_retry.IsExpired())
    {
        m_retry = Simulator::Schedule(MilliSeconds(RETRY_MS), &PacketsDistillation::Retry, this);
    }
}

void
PacketsDistillation::Retry()
{
    for (auto& entry : m_answered)
    {
        if (!entry.second.answerSent)
        {
            SendAnswer(entry.second);
        }
    }
    SendQuestions();
}

} // namespace qkdn
} // namespace ns3
