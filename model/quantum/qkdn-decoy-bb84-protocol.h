/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DECOY_BB84_PROTOCOL_H
#define QKDN_DECOY_BB84_PROTOCOL_H

#include "qkdn-photon-counting-protocol.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How the yield and the error of single photons are estimated from decoy states.
 */
enum DecoyEstimation
{
    DECOY_INFINITE,    //!< the limit of infinitely many decoy intensities: the true values
    DECOY_VACUUM_WEAK, //!< vacuum and one weak decoy
    DECOY_TWO          //!< two decoys of different intensity
};

/**
 * @ingroup qkdn-resilience
 * @brief How clicks of the signal and of the background add up.
 */
enum ClickModel
{
    CLICK_FIRST_ORDER, //!< sum of the probabilities, as published: for weak background only
    CLICK_UNION        //!< probability of either; both at once count as background
};

/**
 * @ingroup qkdn-resilience
 * @brief What decoy-state BB84 measures and estimates on a link. Symbols and equations of Ma, Qi,
 * Zhao and Lo (2005).
 */
struct DecoyBb84Estimate
{
    double eta{0.0}; //!< transmittance of channel and receiver, equation (5)
    double y0{0.0};  //!< background clicks per gate: dark counts and noise of other channels
    double qMu{0.0}; //!< Q_mu, gain of the signal states: detections per pulse, equation (10)
    double eMu{0.0}; //!< E_mu, QBER of the signal states, equation (11); 0 if nothing is detected
    double y1{0.0};  //!< Y_1, yield of single photons: true value or lower bound, equation (34)
    double e1{0.0};  //!< e_1, error of single photons: true value or upper bound, equation (37)
    double q1{0.0};  //!< Q_1 = Y_1 mu exp(-mu), gain of single photons
    double r{0.0};   //!< R, secret key bits per pulse, 0 or more
};

/**
 * @ingroup qkdn-resilience
 * @brief Decoy-state BB84 with weak coherent pulses, for long keys (asymptotic).
 *
 * X. Ma, B. Qi, Y. Zhao and H.-K. Lo, "Practical decoy state for quantum key distribution",
 * Physical Review A 72, 012326 (2005):
 *
 *     R = q { -Q_mu f h2(E_mu) + Q_1 [1 - h2(e_1)] }
 *
 * Limits of the model: statistical fluctuations are neglected; all pulses count as signal states,
 * that is, decoys are a vanishing share of them; f does not depend on the QBER.
 *
 * Noise of the link budget adds to the dark counts as Y0 -> 1 - (1-Y0)(1-p), noise photons of
 * classical light with p = 1 - exp(-photons), its added error to the misalignment error. The
 * attenuation of the fibre is in the loss of the budget, the loss inside the receiver in
 * DetectorEfficiency.
 */
class DecoyBb84Protocol : public PhotonCountingProtocol
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    DecoyBb84Protocol();
    ~DecoyBb84Protocol() override;

    std::vector<std::string> GetPresetNames() const override;

    /**
     * @brief Set the attributes to a published set of parameters.
     *
     * "gys": the experiment of C. Gobby, Z. L. Yuan and A. J. Shields, Applied Physics Letters 84,
     * 3762 (2004), as used by Ma et al. (2005): eta_Bob 0.045, Y0 1.7e-6, e_d 3.3 %, f 1.22, 2 MHz,
     * mu 0.48, q 1/2, clicks to first order; vacuum and weak decoy 0.05. Its fibre has
     * 0.21 dB/km.
     *
     * @param name name of the set
     * @return empty if it is set, otherwise what is wrong; then nothing has changed
     */
    [[nodiscard]] std::string SetPreset(const std::string& name) override;

    std::string Validate() const override;
    QkdRatePoint GetRate(const QuantumLinkBudget& budget) const override;
    QkdBlockPlan PlanBlock(const QuantumLinkBudget& budget) const override;

    /**
     * @brief The intermediate values behind GetRate().
     * @param budget the link
     * @return the values
     */
    DecoyBb84Estimate GetEstimate(const QuantumLinkBudget& budget) const;

    /**
     * @brief The signal intensity with the highest rate at low transmittance, without background
     * and with infinitely many decoys, the root of (1-mu) exp(-mu) = f h2(e_d) / (1 - h2(e_d))
     * (Ma et al. 2005).
     * @return mu in photons per pulse; 0 if no intensity gives a key
     */
    double GetOptimalIntensity() const;

  protected:
    /**
     * @copydoc QkdProtocol::FinishBlock
     *
     * Share and error of the single photons are those of the link: the formula neglects the
     * fluctuation of the estimates from decoys. Number and errors of the bits are those of the
     * block.
     */
    void FinishBlock(const QuantumLinkBudget& budget,
                     const QkdBlockPlan& plan,
                     QkdBlockPlan& block) const override;

  private:
    /// The probabilities of a click that the estimates are made of.
    struct Clicks
    {
        double y0;         //!< background
        double background; //!< e0 Y0, background clicks in error
        double signal;     //!< weight of the signal clicks
        double error;      //!< error probability of a signal click
        double eta;        //!< transmittance of channel and receiver

        /**
         * @brief Gain of one intensity.
         * @param intensity photons per pulse
         * @return detections per pulse
         */
        double Gain(double intensity) const;

        /**
         * @brief Gain times QBER of one intensity.
         * @param intensity photons per pulse
         * @return erroneous detections per pulse
         */
        double ErrorGain(double intensity) const;
    };

    /**
     * @brief Estimate the single photons and the key.
     * @param budget the link
     * @return as GetEstimate(), but R is negative beyond the cut-off
     */
    DecoyBb84Estimate Evaluate(const QuantumLinkBudget& budget) const;

    /**
     * @brief Bound yield and error of single photons by two decoys, the second of which may be the
     * vacuum.
     * @param clicks the clicks
     * @param [in,out] estimate where y1 and e1 go
     */
    void BoundSinglePhotons(const Clicks& clicks, DecoyBb84Estimate& estimate) const;

    /**
     * @brief Check the intensities against each other.
     * @return as Validate()
     */
    std::string ValidateIntensities() const;

    /// What becomes of the detections.
    SiftedBlock GetDistillation() const;

    DecoyEstimation m_estimation;   //!< how single photons are estimated
    ClickModel m_clickModel;        //!< how clicks add up
    double m_signalIntensity;       //!< mu, photons per pulse
    double m_decoyIntensity;        //!< nu or nu1, photons per pulse
    double m_secondDecoyIntensity;  //!< nu2, photons per pulse
    double m_detectorEfficiency;    //!< eta_Bob
    double m_darkCountProbability;  //!< Y0 without noise of other channels
    double m_misalignmentError;     //!< e_d
    double m_backgroundError;       //!< e0
    double m_errorCorrectionFactor; //!< f
    double m_siftingFactor;         //!< q
    double m_estimationFraction;    //!< share of the sifted bits that is disclosed
    double m_pulseRateHz;           //!< pulses per second
    uint32_t m_blockSiftedBits;     //!< sifted bits of a block
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DECOY_BB84_PROTOCOL_H */
