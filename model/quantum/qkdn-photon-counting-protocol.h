/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PHOTON_COUNTING_PROTOCOL_H
#define QKDN_PHOTON_COUNTING_PROTOCOL_H

#include "qkdn-qkd-protocol.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A QKD protocol whose receiver counts photons in gates behind a spectral filter.
 *
 * Noise photons of classical light in the same fibre that pass the filter while the gate is open
 * and are detected cause clicks: on average rate x FilterBandwidthNm x GateDurationS x efficiency
 * of the receiver for all its detectors together, the same share for each of them (P. Eraerds et
 * al., New Journal of Physics 12, 063027 (2010)).
 */
class PhotonCountingProtocol : public QkdProtocol
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

  protected:
    /// What becomes of the detections, where blocks are of sifted bits of one kind.
    struct SiftedBlock
    {
        uint32_t siftedBits;       //!< sifted bits of a block
        double siftingFactor;      //!< share of the detections that survive sifting
        double estimationFraction; //!< share of the sifted bits that is disclosed
        double correctionFactor;   //!< f, disclosed bits over the Shannon limit
        double pulseRateHz;        //!< pulses per second
    };

    /**
     * @brief Check what becomes of the detections.
     * @param block attributes SiftingFactor, EstimationFraction, ErrorCorrectionEfficiency and
     * PulseRate
     * @return as Validate()
     */
    std::string ValidateDistillation(const SiftedBlock& block) const;

    /**
     * @brief The operating point of some detections.
     * @param block what becomes of them
     * @param gain detections per pulse
     * @param qber their quantum bit error ratio
     * @param bitPerPulse secret bits per pulse, negative without key
     * @return the point
     */
    static QkdRatePoint PointOf(const SiftedBlock& block,
                                double gain,
                                double qber,
                                double bitPerPulse);

    /**
     * @brief A block of some detections.
     * @param block what becomes of them
     * @param gain detections per pulse
     * @param qber their quantum bit error ratio
     * @param bitPerPulse secret bits per pulse, negative without key
     * @return the block
     */
    static QkdBlockPlan PlanSifted(const SiftedBlock& block,
                                   double gain,
                                   double qber,
                                   double bitPerPulse);

    /**
     * @brief Check the attributes of this class.
     * @return as Validate()
     */
    std::string ValidateReceiver() const;

    /**
     * @brief The probability that light which is not the signal makes any detector click in a gate.
     * @param budget the link
     * @param efficiency transmittance of the receiver with the efficiency of its detectors
     * @return 0 to 1, without dark counts
     */
    double GetNoiseClickProbability(const QuantumLinkBudget& budget, double efficiency) const;

    /**
     * @brief The probability that one of several equal detectors clicks in a gate without signal.
     *
     * With n detectors (1 - result)^n = (1 - dark)^n (1 - noise).
     *
     * @param dark dark count probability of one detector
     * @param noise as of GetNoiseClickProbability()
     * @param detectors how many there are
     * @return 0 to 1
     */
    static double AddNoise(double dark, double noise, unsigned int detectors);

    /**
     * @brief The loss from the first end to the central station.
     * @param budget the link
     * @return dB; half of the link without a station in the budget
     */
    static double GetStationLossDb(const QuantumLinkBudget& budget);

  private:
    double m_filterBandwidthNm; //!< attribute FilterBandwidthNm
    double m_gateDurationS;     //!< attribute GateDurationS
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PHOTON_COUNTING_PROTOCOL_H */
