/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-distillation-traffic.h"

#include "ns3/abort.h"

#include <cmath>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Bytes that hold a number of bits.
 * @param bits the number, may be fractional
 * @return the bytes
 */
uint64_t
BytesFor(double bits)
{
    return static_cast<uint64_t>(std::ceil(bits / 8.0));
}

/**
 * @brief Bits that say which pulses were detected.
 * @param plan the block
 * @param timeTagBits bits of a detection where pulses are not modelled
 * @return the bits
 */
double
PositionBits(const QkdBlockPlan& plan, uint32_t timeTagBits)
{
    const auto detections = static_cast<double>(plan.detections);
    if (plan.pulses == 0)
    {
        return detections * timeTagBits;
    }
    NS_ABORT_MSG_IF(plan.detections > plan.pulses,
                    "a block has " << plan.detections << " detections of " << plan.pulses
                                   << " pulses");
    return plan.detections == 0
               ? 0.0
               : detections * std::log2(static_cast<double>(plan.pulses) / detections);
}

} // namespace

DistillationTraffic
DistillationTraffic::FromBlock(const QkdBlockPlan& plan, const DistillationParameters& parameters)
{
    NS_ABORT_MSG_IF(parameters.intensities == 0, "a transmitter has at least one intensity");
    NS_ABORT_MSG_IF(plan.estimationBits > plan.siftedBits,
                    "a block discloses " << plan.estimationBits << " of " << plan.siftedBits
                                         << " sifted bits");
    const auto detections = static_cast<double>(plan.detections);
    const auto estimation = static_cast<double>(plan.estimationBits);
    DistillationTraffic traffic;
    traffic.detectionBytes = BytesFor(PositionBits(plan, parameters.timeTagBits) + detections);
    traffic.receiverEstimationBytes = BytesFor(estimation);
    traffic.receiverTagBytes = BytesFor(parameters.tagBits);
    traffic.basisBytes = BytesFor(detections);
    traffic.intensityBytes = BytesFor(detections * std::log2(parameters.intensities));
    traffic.transmitterEstimationBytes = BytesFor(estimation);
    traffic.transmitterTagBytes = BytesFor(parameters.tagBits);
    if (!plan.hasKey)
    {
        return traffic;
    }
    traffic.syndromeBytes = BytesFor(static_cast<double>(plan.leakedBits));
    traffic.verificationBytes = BytesFor(parameters.verificationHashBits);
    const double correctedBits = static_cast<double>(plan.siftedBits - plan.estimationBits);
    traffic.seedBytes = (parameters.seed == SEED_TOEPLITZ)
                            ? BytesFor(correctedBits + plan.finalKeyBits - 1.0)
                            : BytesFor(parameters.generatorSeedBits);
    return traffic;
}

uint64_t
DistillationTraffic::GetReceiverBytes() const
{
    return detectionBytes + receiverEstimationBytes + receiverTagBytes;
}

uint64_t
DistillationTraffic::GetTransmitterBytes() const
{
    return basisBytes + intensityBytes + transmitterEstimationBytes + syndromeBytes +
           verificationBytes + seedBytes + transmitterTagBytes;
}

} // namespace qkdn
} // namespace ns3
