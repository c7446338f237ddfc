/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-measured-rate-protocol.h"

#include "qkdn-key-rate-math.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
#include "ns3/qkdn-units.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnMeasuredRateProtocol");

NS_OBJECT_ENSURE_REGISTERED(MeasuredRateProtocol);

TypeId
MeasuredRateProtocol::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::MeasuredRateProtocol")
            .SetParent<QkdProtocol>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<MeasuredRateProtocol>()
            .AddAttribute("Law",
                          "constant: Rate holds whatever the loss of the link; loss-law: Rate "
                          "holds for 0 dB and falls as 10^(-loss/10 dB); trace: rate and QBER are "
                          "those of TraceFile at the simulated time.",
                          EnumValue(RATE_CONSTANT),
                          MakeEnumAccessor<MeasuredRateLaw>(&MeasuredRateProtocol::m_law),
                          MakeEnumChecker(RATE_CONSTANT,
                                          "constant",
                                          RATE_LOSS_LAW,
                                          "loss-law",
                                          RATE_TRACE,
                                          "trace"))
            .AddAttribute("TraceFile",
                          "File of comma-separated values with the heading time_s,rate_bps,qber; "
                          "used with Law trace. A row holds until the time of the next one.",
                          StringValue(""),
                          MakeStringAccessor(&MeasuredRateProtocol::m_traceFile),
                          MakeStringChecker())
            .AddAttribute("Rate",
                          "Secret key rate, bit/s, above 0; with the loss law the one at 0 dB.",
                          DoubleValue(10000.0),
                          MakeDoubleAccessor(&MeasuredRateProtocol::m_rateBps),
                          MakeDoubleChecker<double>())
            .AddAttribute("Qber",
                          "Quantum bit error ratio, 0 or more and low enough for a secret key.",
                          DoubleValue(0.02),
                          MakeDoubleAccessor(&MeasuredRateProtocol::m_qber),
                          MakeDoubleChecker<double>())
            .AddAttribute("ErrorCorrectionEfficiency",
                          "Bits disclosed by error correction over the Shannon limit, f, 1 to 100.",
                          DoubleValue(1.16),
                          MakeDoubleAccessor(&MeasuredRateProtocol::m_errorCorrectionFactor),
                          MakeDoubleChecker<double>())
            .AddAttribute("SiftingFactor",
                          "Share q of the detections that survive sifting, above 0 and up to 1.",
                          DoubleValue(0.5),
                          MakeDoubleAccessor(&MeasuredRateProtocol::m_siftingFactor),
                          MakeDoubleChecker<double>())
            .AddAttribute("BlockKeyBits",
                          "Secret key bits of a block.",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&MeasuredRateProtocol::m_blockKeyBits),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("PulseRate",
                          "Pulses per second, Hz; it only decides how many bits it takes to say "
                          "which of them were detected. 0: each detection takes a time tag.",
                          DoubleValue(1e9),
                          MakeDoubleAccessor(&MeasuredRateProtocol::m_pulseRateHz),
                          MakeDoubleChecker<double>(0.0, 1e12));
    return tid;
}

MeasuredRateProtocol::MeasuredRateProtocol()
{
    NS_LOG_FUNCTION(this);
}

MeasuredRateProtocol::~MeasuredRateProtocol()
{
    NS_LOG_FUNCTION(this);
}

std::string
MeasuredRateProtocol::Validate() const
{
    if (!(m_errorCorrectionFactor >= 1.0 && m_errorCorrectionFactor <= 100.0))
    {
        return OutOfRange("ErrorCorrectionEfficiency", m_errorCorrectionFactor, "from 1 to 100");
    }
    if (!(m_siftingFactor > 0.0 && m_siftingFactor <= 1.0))
    {
        return OutOfRange("SiftingFactor", m_siftingFactor, "above 0 and up to 1");
    }
    if (m_law == RATE_TRACE)
    {
        return LoadTrace();
    }
    if (!(m_rateBps > 0.0))
    {
        return OutOfRange("Rate", m_rateBps, "above 0 bit/s");
    }
    if (!(m_qber >= 0.0 && m_qber <= 0.5 && GetSecretShare(m_qber) > 0.0))
    {
        return OutOfRange(
            "Qber",
            m_qber,
            "0 or more and so low that 1 - h2(Qber) - f h2(Qber) is above 0 with f = " +
                std::to_string(m_errorCorrectionFactor));
    }
    return "";
}

double
MeasuredRateProtocol::GetSecretShare(double qber) const
{
    return std::max(0.0, 1.0 - (1.0 + m_errorCorrectionFactor) * BinaryEntropy(qber));
}

std::string
MeasuredRateProtocol::LoadTrace() const
{
    const std::string name = GetTypeId().GetName() + ": TraceFile ";
    if (m_traceFile.empty())
    {
        return name + "is \"\", it has to name a file if Law is trace";
    }
    if (m_loaded != m_traceFile)
    {
        const std::string problem = m_trace.Read(m_traceFile);
        if (!problem.empty())
        {
            return name + problem;
        }
        m_loaded = m_traceFile;
    }
    for (const RateTraceRow& row : m_trace.GetRows())
    {
        if (row.rateBps > 0.0 && !(GetSecretShare(row.qber) > 0.0))
        {
            return name + row.place + ": qber is " + std::to_string(row.qber) +
                   "; give one with a secret key, 1 - h2(qber) - f h2(qber) above 0, or a "
                   "rate_bps of 0";
        }
    }
    return "";
}

MeasuredRateProtocol::Undisturbed
MeasuredRateProtocol::GetNow(const QuantumLinkBudget& budget) const
{
    if (m_law == RATE_TRACE)
    {
        const RateTraceRow& row = m_trace.GetRow(Simulator::Now());
        return {row.rateBps, row.qber, 0.0};
    }
    const double lossless = m_law == RATE_LOSS_LAW ? TransmittanceFromDb(budget.lossDb) : 1.0;
    return {m_rateBps * lossless, m_qber, 0.0};
}

MeasuredRateProtocol::Undisturbed
MeasuredRateProtocol::GetBlock(const QuantumLinkBudget& budget) const
{
    if (m_law == RATE_TRACE)
    {
        const RateTrace::Yield yield = m_trace.Generate(Simulator::Now(), m_blockKeyBits);
        return {m_blockKeyBits / yield.durationS, yield.qber, yield.durationS};
    }
    Undisturbed block = GetNow(budget);
    block.durationS = m_blockKeyBits / block.rateBps;
    return block;
}

QkdRatePoint
MeasuredRateProtocol::GetRate(const QuantumLinkBudget& budget) const
{
    CheckUsable(budget);
    const Undisturbed now = GetNow(budget);
    QkdRatePoint point;
    point.qber = std::min(0.5, now.qber + budget.addedError);
    if (!(now.rateBps > 0.0))
    {
        return point;
    }
    // the quotient is exactly 1 without added error
    point.rateBps = now.rateBps * (GetSecretShare(point.qber) / GetSecretShare(now.qber));
    point.hasKey = point.rateBps > 0.0;
    point.siftedRateHz = now.rateBps / GetSecretShare(now.qber);
    point.detectionRateHz = point.siftedRateHz / m_siftingFactor;
    return point;
}

QkdBlockPlan
MeasuredRateProtocol::PlanBlock(const QuantumLinkBudget& budget) const
{
    CheckUsable(budget);
    const Undisturbed block = GetBlock(budget);
    QkdBlockPlan plan;
    plan.qber = std::min(0.5, block.qber + budget.addedError);
    const double share = GetSecretShare(block.qber);
    const double sifted = std::ceil(m_blockKeyBits / share);
    const double detections = std::ceil(sifted / m_siftingFactor);
    if (!FitsBlock(block.durationS, detections))
    {
        NS_LOG_LOGIC("a block would take " << block.durationS << " s");
        return plan;
    }
    plan.duration = Seconds(block.durationS);
    if (m_pulseRateHz > 0.0)
    {
        plan.pulses = static_cast<uint64_t>(
            std::max(std::round(block.durationS * m_pulseRateHz), detections));
    }
    plan.detections = static_cast<uint64_t>(detections);
    plan.siftedBits = static_cast<uint64_t>(sifted);
    plan.leakedBits = static_cast<uint64_t>(
        std::ceil(m_errorCorrectionFactor * BinaryEntropy(plan.qber) * sifted));
    plan.finalKeyBits = static_cast<uint32_t>(m_blockKeyBits * (GetSecretShare(plan.qber) / share));
    plan.hasKey = plan.finalKeyBits > 0;
    return plan;
}

void
MeasuredRateProtocol::FinishBlock(const QuantumLinkBudget&,
                                  const QkdBlockPlan&,
                                  QkdBlockPlan& block) const
{
    const auto sifted = static_cast<double>(block.siftedBits);
    block.leakedBits = static_cast<uint64_t>(
        std::ceil(m_errorCorrectionFactor * BinaryEntropy(block.qber) * sifted));
    block.finalKeyBits = static_cast<uint32_t>(sifted * GetSecretShare(block.qber));
    block.hasKey = block.finalKeyBits > 0;
}

} // namespace qkdn
} // namespace ns3
