/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BBM92_PROTOCOL_H
#define QKDN_BBM92_PROTOCOL_H

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
 * @brief What BBM92 gives on a link. Symbols of Ma, Fung and Lo (2007).
 */
struct Bbm92Estimate
{
    double etaA{0.0};   //!< transmittance from the source to the first end with its receiver
    double etaB{0.0};   //!< transmittance from the source to the second end with its receiver
    double lambda{0.0}; //!< half the mean number of photon pairs of a pulse
    double q{0.0};      //!< Q_lambda, coincidences per pulse
    double e{0.0};      //!< E_lambda, QBER
    double r{0.0};      //!< R, secret key bits per pulse; negative without key
};

/**
 * @ingroup qkdn-resilience
 * @brief Entanglement-based QKD (BBM92) with a source of photon pairs at a central station, for
 * long keys.
 *
 * X. Ma, C.-H. F. Fung and H.-K. Lo, "Quantum key distribution with entangled photon sources",
 * Physical Review A 76, 012307 (2007), source of type II parametric down-conversion:
 *
 *     R = q Q_lambda [ 1 - f h2(E_lambda) - h2(E_lambda) ]
 *
 * The station of the link budget is the source, which is in the middle of the loss if the budget
 * has none. Both ends have equal receivers. Light that is not the signal is taken to arrive at both
 * of them, each with the noise of the budget; added error of the budget adds to e_d.
 *
 * With Optimise, the mean number of pairs is the one with the most key on the link without added
 * error.
 */
class Bbm92Protocol : public PhotonCountingProtocol
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    Bbm92Protocol();
    ~Bbm92Protocol() override;

    std::vector<std::string> GetPresetNames() const override;

    /**
     * @brief Set the attributes to a published set of parameters.
     *
     * "ma2007": the evaluation of Ma, Fung and Lo (2007) with the figures of an experiment over 144
     * km of free space (R. Ursin et al., Nature Physics 3, 481 (2007)): efficiency 14.5 % and Y0
     * 6.02e-6 at each end, e_d 1.5 %, f 1.22, q 1/2, 249 MHz, mean number of pairs optimised.
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
    Bbm92Estimate GetEstimate(const QuantumLinkBudget& budget) const;

  protected:
    void FinishBlock(const QuantumLinkBudget& budget,
                     const QkdBlockPlan& plan,
                     QkdBlockPlan& block) const override;

  private:
    /**
     * @brief What a mean number of pairs gives.
     * @param budget the link
     * @param lambda half the mean number of pairs
     * @return the values
     */
    Bbm92Estimate Evaluate(const QuantumLinkBudget& budget, double lambda) const;

    /**
     * @brief What distillation does with the coincidences.
     * @return the attributes
     */
    SiftedBlock GetDistillation() const;

    bool m_optimise;                //!< attribute Optimise
    double m_meanPairNumber;        //!< 2 lambda
    double m_detectorEfficiency;    //!< of each end
    double m_darkCountProbability;  //!< Y0 of each end
    double m_misalignmentError;     //!< e_d
    double m_errorCorrectionFactor; //!< f
    double m_siftingFactor;         //!< q
    double m_estimationFraction;    //!< share of the sifted bits that is disclosed
    double m_pulseRateHz;           //!< pulses of the source per second
    uint32_t m_blockSiftedBits;     //!< sifted bits of a block
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_BBM92_PROTOCOL_H */
