/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-error-correction-model.h"

#include "qkdn-key-rate-math.h"

#include <array>
#include <cmath>

namespace ns3
{
namespace qkdn
{

namespace
{

/// A point of the data.
struct CascadePoint
{
    double qber;           //!< error ratio
    double efficiency;     //!< disclosed bits over the Shannon limit
    double messages;       //!< messages with questions
    double frameErrorRate; //!< share of the frames that stay wrong
};

/// The original algorithm.
constexpr std::array<CascadePoint, 6> CASCADE{{{0.01, 1.143, 45.3, 3e-4},
                                               {0.02, 1.159, 45.5, 3e-4},
                                               {0.03, 1.174, 44.4, 0.0},
                                               {0.05, 1.185, 40.5, 0.0},
                                               {0.08, 1.217, 41.9, 0.0},
                                               {0.11, 1.242, 34.7, 0.0}}};

/// The point at an error ratio.
CascadePoint
Interpolate(double qber)
{
    if (qber <= CASCADE.front().qber)
    {
        return CASCADE.front();
    }
    for (std::size_t i = 1; i < CASCADE.size(); ++i)
    {
        const CascadePoint& low = CASCADE[i - 1];
        const CascadePoint& high = CASCADE[i];
        if (qber <= high.qber)
        {
            const double share = (qber - low.qber) / (high.qber - low.qber);
            const auto between = [share](double a, double b) { return a + share * (b - a); };
            return {qber,
                    between(low.efficiency, high.efficiency),
                    between(low.messages, high.messages),
                    between(low.frameErrorRate, high.frameErrorRate)};
        }
    }
    return CASCADE.back();
}

} // namespace

CascadeFigures
ErrorCorrectionModel::GetCascadeFigures(double qber)
{
    const CascadePoint point = Interpolate(qber);
    CascadeFigures figures;
    figures.efficiency = point.efficiency;
    figures.parityBits = point.efficiency * BinaryEntropy(qber) * CASCADE_FRAME_BITS;
    figures.messages = point.messages;
    figures.frameErrorRate = point.frameErrorRate;
    return figures;
}

CorrectionPlan
ErrorCorrectionModel::PlanCascade(uint64_t bits, double qber, uint32_t addressBits)
{
    const CascadeFigures figures = GetCascadeFigures(qber);
    const double frames = static_cast<double>(bits) / CASCADE_FRAME_BITS;
    CorrectionPlan plan;
    plan.leakedBits = static_cast<uint64_t>(std::ceil(figures.parityBits * frames));
    plan.exchanges = static_cast<uint32_t>(std::lround(figures.messages));
    plan.addressBits = plan.leakedBits * addressBits;
    plan.failureProbability = 1.0 - std::pow(1.0 - figures.frameErrorRate, std::ceil(frames));
    return plan;
}

CorrectionPlan
ErrorCorrectionModel::PlanOneWay(uint64_t leakedBits, double failureProbability)
{
    CorrectionPlan plan;
    plan.leakedBits = leakedBits;
    plan.failureProbability = failureProbability;
    return plan;
}

} // namespace qkdn
} // namespace ns3
