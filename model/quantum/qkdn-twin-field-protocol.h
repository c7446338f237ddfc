/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TWIN_FIELD_PROTOCOL_H
#define QKDN_TWIN_FIELD_PROTOCOL_H

#include "qkdn-photon-counting-protocol.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What twin-field QKD gives on a link. Symbols of Curty, Azuma and Lo (2019).
 */
struct TwinFieldEstimate
{
    double etaA{0.0};    //!< transmittance from the first end to the detectors
    double etaB{0.0};    //!< transmittance from the second end to the detectors
    double alphaA2{0.0}; //!< mean photon number of a signal pulse of the first end
    double alphaB2{0.0}; //!< mean photon number of a signal pulse of the second end
    double pX{0.0};      //!< p_XX, probability that one given detector alone clicks, basis X
    double eX{0.0};      //!< e_X, bit error ratio of basis X, which gives the key
    double eZ{0.5};      //!< upper bound of the phase error ratio, to 0.5
    double r{0.0};       //!< R, secret key bits per pulse of both detectors; negative without key
};

/**
 * @ingroup qkdn-resilience
 * @brief Twin-field QKD with an untrusted central station, for long keys and infinitely many
 * decoys.
 *
 * M. Curty, K. Azuma and H.-K. Lo, "Simple security proof of twin-field type quantum key
 * distribution protocol", npj Quantum Information 5, 64 (2019), its protocol 3:
 *
 *     R = sum over both detectors of p_XX [ 1 - f h2(e_X) - h2(min(1/2, e_Z)) ]
 *     e_Z p_XX <= sum over j = 0, 1 of [ sum over m, n of c_m c_n sqrt(p_ZZ(m, n)) ]^2
 *
 * where c_n = exp(-|alpha|^2/2) alpha^n / sqrt(n!), m and n are even for j = 0 and odd for j = 1,
 * and p_ZZ(m, n) is the probability that the detector alone clicks when m and n photons are sent,
 * which infinitely many decoys reveal. Photon numbers above 24 count as p_ZZ = 1.
 *
 * The station of the link budget holds the beam splitter and the two detectors; it is in the middle
 * of the loss if the budget has none. If it is elsewhere, the pulses of the farther end are
 * brighter, so that both arrive alike (W. Wang and H.-K. Lo, New Journal of Physics 22, 013020
 * (2020)). Polarisation mismatch and added error of the budget lower the visibility of the
 * interference, cos(theta) = (1 - 2 e_d)(1 - 2 e), phase mismatch that of the key pulses only.
 *
 * With Optimise, the intensity is the one with the most key on the link without added error.
 */
class TwinFieldProtocol : public PhotonCountingProtocol
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TwinFieldProtocol();
    ~TwinFieldProtocol() override;

    std::vector<std::string> GetPresetNames() const override;

    /**
     * @brief Set the attributes to a published set of parameters.
     *
     * "curty2019": dark counts 1e-8, misalignment 2 %, f 1.16, and all loss, that of the detectors
     * too, in the link, as in the evaluation of Curty, Azuma and Lo (2019); intensity optimised.
     *
     * @param name name of the set
     * @return empty if it is set, otherwise what is wrong; then nothing has changed
     */
    [[nodiscard]] std::string SetPreset(const std::string& name) override;

    bool NeedsStation() const override;
    std::string Validate() const override;
    QkdRatePoint GetRate(const QuantumLinkBudget& budget) const override;
    QkdBlockPlan PlanBlock(const QuantumLinkBudget& budget) const override;

    /**
     * @brief The intermediate values behind GetRate().
     * @param budget the link
     * @return the values
     */
    TwinFieldEstimate GetEstimate(const QuantumLinkBudget& budget) const;

  private:
    /// Both arms, the interference and the detectors of a link.
    struct Station
    {
        double etaA{0.0};               //!< transmittance from the first end to the detectors
        double etaB{0.0};               //!< transmittance from the second end to the detectors
        double dark{0.0};               //!< clicks of a detector without signal
        double polarisation{1.0};       //!< cos(theta)
        double visibility{1.0};         //!< Omega = cos(phi) cos(theta)
        std::vector<double> rootYields; //!< sqrt(p_ZZ(m, n)), row by row
    };

    /**
     * @brief The station of a link.
     * @param budget the link
     * @return the station with its yields
     */
    Station GetStation(const QuantumLinkBudget& budget) const;

    /**
     * @brief What an intensity gives.
     * @param station the station
     * @param intensity geometric mean of the intensities of both ends, photons per pulse
     * @return the values
     */
    TwinFieldEstimate Evaluate(const Station& station, double intensity) const;

    /**
     * @brief What distillation does with the detections.
     * @return the attributes
     */
    SiftedBlock GetDistillation() const;

    bool m_optimise;                //!< attribute Optimise
    double m_signalIntensity;       //!< geometric mean of both ends, photons per pulse
    double m_detectorEfficiency;    //!< of the station
    double m_darkCountProbability;  //!< p_d of one detector
    double m_misalignmentError;     //!< e_d
    double m_phaseMismatch;         //!< delta, phase over pi
    double m_errorCorrectionFactor; //!< f
    double m_siftingFactor;         //!< share of the detections in basis X of both ends
    double m_estimationFraction;    //!< share of the sifted bits that is disclosed
    double m_pulseRateHz;           //!< pulses of either end per second
    uint32_t m_blockSiftedBits;     //!< sifted bits of a block
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TWIN_FIELD_PROTOCOL_H */
