/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ERROR_CORRECTION_MODEL_H
#define QKDN_ERROR_CORRECTION_MODEL_H

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How the errors of a block are corrected.
 */
enum ErrorCorrection
{
    CORRECTION_LDPC,   //!< one-way: the transmitter sends the syndrome of a code
    CORRECTION_CASCADE //!< the receiver asks for parities, again and again
};

/**
 * @ingroup qkdn-resilience
 * @brief What Cascade needs for a frame of 10,000 bit.
 */
struct CascadeFigures
{
    double efficiency{0.0};     //!< disclosed bits over the Shannon limit h2(Q) n
    double parityBits{0.0};     //!< parities asked for, which are the disclosed bits
    double messages{0.0};       //!< messages with questions, one behind the other
    double frameErrorRate{0.0}; //!< share of the frames that stay wrong
};

/**
 * @ingroup qkdn-resilience
 * @brief What the correction of one block takes.
 */
struct CorrectionPlan
{
    uint64_t leakedBits{0};         //!< bits that the transmitter discloses
    uint32_t exchanges{1};          //!< questions and answers, one behind the other
    uint64_t addressBits{0};        //!< what the receiver says to ask for them
    double failureProbability{0.0}; //!< probability that errors are left
};

/**
 * @ingroup qkdn-resilience
 * @brief What error correction discloses and how often the two ends talk.
 *
 * Cascade: the original algorithm (Brassard and Salvail, EUROCRYPT '93) in the simulation data of
 * brunorijsman/cascade-cpp, 10,000 reconciliations of 10,000 bit a point, at error ratios of 1, 2,
 * 3, 5, 8 and 11 %. Between them efficiency, messages and frame errors are interpolated; beyond
 * them they are those of the nearer end. A longer block is cut into frames of 10,000 bit that are
 * corrected in parallel, so that a message carries the questions of all of them.
 */
class ErrorCorrectionModel
{
  public:
    static constexpr uint32_t CASCADE_FRAME_BITS = 10000; //!< bits of a frame

    /**
     * @brief Cascade on one frame.
     * @param qber error ratio of the frame, 0 to 0.5
     * @return the figures
     */
    static CascadeFigures GetCascadeFigures(double qber);

    /**
     * @brief Cascade on a block.
     * @param bits bits that are corrected
     * @param qber their error ratio, 0 to 0.5
     * @param addressBits bits that it takes to say which parity is asked for
     * @return what it takes
     */
    static CorrectionPlan PlanCascade(uint64_t bits, double qber, uint32_t addressBits);

    /**
     * @brief One-way correction of a block.
     * @param leakedBits length of the syndrome, f h2(Q) n, bit
     * @param failureProbability probability that decoding fails
     * @return what it takes
     */
    static CorrectionPlan PlanOneWay(uint64_t leakedBits, double failureProbability);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ERROR_CORRECTION_MODEL_H */
