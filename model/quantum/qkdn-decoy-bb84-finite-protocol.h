/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DECOY_BB84_FINITE_PROTOCOL_H
#define QKDN_DECOY_BB84_FINITE_PROTOCOL_H

#include "qkdn-finite-key.h"
#include "qkdn-photon-counting-protocol.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How the secrecy parameter eps_sec of a key is fixed.
 */
enum FiniteKeySecrecy
{
    SECRECY_FIXED,  //!< eps_sec is the same for every block
    SECRECY_PER_BIT //!< eps_sec is proportional to the length of the key
};

/**
 * @ingroup qkdn-resilience
 * @brief What finite-key decoy-state BB84 expects of a block on a link. Symbols and equations of
 * Lim et al. (2014).
 */
struct DecoyBb84FiniteEstimate
{
    FiniteKeySetting setting;   //!< q_x, p_k and mu_k, as set or as optimised
    FiniteKeyCounts counts;     //!< expected counts
    FiniteKeySecurity security; //!< eps_sec, eps_cor and f_EC
    FiniteKeyBounds bounds;     //!< bounds and key length from the expected counts
    double gain{0.0};           //!< sum of p_k R_k, detections per pulse
    double pulses{0.0};         //!< N, pulses that fill a block; infinite if nothing is detected
    double r{0.0};              //!< R = l / N before l is rounded down, 0 or more; bits per pulse
};

/**
 * @ingroup qkdn-resilience
 * @brief Decoy-state BB84 with two decoys, biased bases and blocks of finite size.
 *
 * C. C. W. Lim, M. Curty, N. Walenta, F. Xu and H. Zbinden, Physical Review A 89, 022307 (2014):
 * the key comes from basis X of all three intensities, basis Z bounds the phase error. A block is
 * full when BlockSiftedBits detections in basis X have come in. The channel model is that of the
 * article (section IV), with the transmittance of channel and receiver in e_k.
 *
 * Light that is not the signal adds to the dark counts as 1 - 2 p_dc -> (1 - 2 p_dc)(1 - p), half
 * of it at each of the two detectors; the added error of the budget adds to e_mis.
 *
 * With Optimise, basis probability, intensities and their probabilities are those with the most key
 * per pulse on the link without added error: an operator chooses them once and does not adapt them
 * to an eavesdropper or a drift. The search (Nelder and Mead, fixed starts) is done once a link.
 */
class DecoyBb84FiniteProtocol : public PhotonCountingProtocol
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    DecoyBb84FiniteProtocol();
    ~DecoyBb84FiniteProtocol() override;

    std::vector<std::string> GetPresetNames() const override;

    /**
     * @brief Set the attributes to a published set of parameters.
     *
     * "lim2014": the evaluation of Lim et al. (2014): eta_Bob 10 %, p_dc 6e-7, p_ap 4 %, e_mis
     * 0.5 %, f_EC 1.16, mu_3 2e-4, eps_sec 1e-15 per key bit, eps_cor 1e-15, all else optimised.
     * The article leaves size of block and pulse rate open: they stay as they are. Its fibre has
     * 0.2 dB/km.
     *
     * @param name name of the set
     * @return empty if it is set, otherwise what is wrong; then nothing has changed
     */
    [[nodiscard]] std::string SetPreset(const std::string& name) override;

    std::string Validate() const override;
    QkdRatePoint GetRate(const QuantumLinkBudget& budget) const override;
    QkdBlockPlan PlanBlock(const QuantumLinkBudget& budget) const override;

    /**
     * @brief The next block as it is observed: the pulses are as many as planned, and what becomes
     * of them (not detected, or detected in basis X, in basis Z, or in two bases, of each
     * intensity, in error) is drawn. The key length is that of the counts; eps_sec is the one of
     * the plan. The error ratio is that of basis Z, which is disclosed.
     * @param budget the link
     * @param statistics what draws
     * @return the block
     */
    QkdBlockPlan DrawBlock(const QuantumLinkBudget& budget,
                           BlockStatistics& statistics) const override;

    /**
     * @brief The expected counts, the bounds and the key length behind GetRate().
     * @param budget the link
     * @return the values
     */
    DecoyBb84FiniteEstimate GetEstimate(const QuantumLinkBudget& budget) const;

  private:
    /// Clicks of one intensity.
    struct Clicks
    {
        double detection{0.0}; //!< R_k, probability of a detection
        double error{0.0};     //!< e_k, probability of a detection in error
    };

    /**
     * @brief The clicks of an intensity on a link.
     * @param budget the link
     * @param intensity k, photons per pulse
     * @return the probabilities per pulse whose bases agree
     */
    Clicks GetClicks(const QuantumLinkBudget& budget, double intensity) const;

    /**
     * @brief What to expect with a setting.
     * @param budget the link
     * @param setting the setting
     * @param secrecy eps_sec; 0 for what the attributes say
     * @return the values; r is negative if the bounds leave less than nothing
     */
    DecoyBb84FiniteEstimate Evaluate(const QuantumLinkBudget& budget,
                                     const FiniteKeySetting& setting,
                                     double secrecy) const;

    /**
     * @brief The setting for a link: that of the attributes, or the best one.
     * @param budget the link
     * @return the setting
     */
    FiniteKeySetting GetSetting(const QuantumLinkBudget& budget) const;

    /**
     * @brief Search the best setting for a link.
     * @param budget the link
     * @return the setting
     */
    FiniteKeySetting Optimise(const QuantumLinkBudget& budget) const;

    /**
     * @brief Check basis, probabilities and intensities.
     * @return as Validate()
     */
    std::string ValidateSetting() const;

    /**
     * @brief Check the parameters of the receiver.
     * @return as Validate()
     */
    std::string ValidateDetectors() const;

    bool m_optimise;                 //!< attribute Optimise
    double m_keyBasisProbability;    //!< q_x
    double m_signalProbability;      //!< p_1
    double m_decoyProbability;       //!< p_2
    double m_secondDecoyProbability; //!< p_3
    double m_signalIntensity;        //!< mu_1, photons per pulse
    double m_decoyIntensity;         //!< mu_2, photons per pulse
    double m_secondDecoyIntensity;   //!< mu_3, photons per pulse
    double m_detectorEfficiency;     //!< eta_Bob
    double m_darkCountProbability;   //!< p_dc of one detector
    double m_afterpulseProbability;  //!< p_ap
    double m_misalignmentError;      //!< e_mis
    double m_errorCorrectionFactor;  //!< f_EC
    FiniteKeySecrecy m_secrecyMode;  //!< attribute Secrecy
    double m_secrecy;                //!< eps_sec if fixed
    double m_secrecyPerBit;          //!< kappa, eps_sec over key length
    double m_correctness;            //!< eps_cor
    double m_pulseRateHz;            //!< pulses per second
    uint32_t m_blockSiftedBits;      //!< n_X

    /// Settings that were found, by all that they depend on.
    mutable std::map<std::vector<double>, FiniteKeySetting> m_found;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DECOY_BB84_FINITE_PROTOCOL_H */
