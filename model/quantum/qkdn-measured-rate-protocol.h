/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MEASURED_RATE_PROTOCOL_H
#define QKDN_MEASURED_RATE_PROTOCOL_H

#include "qkdn-qkd-protocol.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How a measured rate depends on the loss of the link.
 */
enum MeasuredRateLaw
{
    RATE_CONSTANT, //!< the rate holds for the link as it is, whatever its loss
    RATE_LOSS_LAW  //!< the rate holds for 0 dB and falls by a factor of 10 every 10 dB
};

/**
 * @ingroup qkdn-resilience
 * @brief A QKD link that is known by the secret key rate somebody has measured or published.
 *
 * The measured rate and QBER already contain dark counts, noise of other channels and all losses
 * that the law does not name, so the noise of the link budget is not counted again.
 *
 * An assumption that shapes only the traffic of distillation: the sifted bits per secret bit are
 * those of single-photon BB84 with long keys, 1 / (1 - h2(Q) - f h2(Q)). Error that the link
 * budget adds to the QBER leaves the sifted rate and lowers the secret rate by that formula.
 */
class MeasuredRateProtocol : public QkdProtocol
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MeasuredRateProtocol();
    ~MeasuredRateProtocol() override;

    std::string Validate() const override;
    QkdRatePoint GetRate(const QuantumLinkBudget& budget) const override;
    QkdBlockPlan PlanBlock(const QuantumLinkBudget& budget) const override;

  protected:
    void FinishBlock(const QuantumLinkBudget& budget,
                     const QkdBlockPlan& plan,
                     QkdBlockPlan& block) const override;

  private:
    /**
     * @brief Secret bits per sifted bit.
     * @param qber quantum bit error ratio
     * @return 1 - h2(Q) - f h2(Q), 0 or more
     */
    double GetSecretShare(double qber) const;

    /**
     * @brief The QBER on a link.
     * @param budget the link
     * @return measured QBER and added error, up to 0.5
     */
    double GetQber(const QuantumLinkBudget& budget) const;

    /**
     * @brief The key rate on a link without added error.
     * @param budget the link
     * @return bit/s
     */
    double GetUndisturbedRateBps(const QuantumLinkBudget& budget) const;

    MeasuredRateLaw m_law;          //!< dependence on loss
    double m_rateBps;               //!< secret key rate, bit/s
    double m_qber;                  //!< quantum bit error ratio
    double m_errorCorrectionFactor; //!< f
    double m_siftingFactor;         //!< q
    uint32_t m_blockKeyBits;        //!< secret bits of a block
    double m_pulseRateHz{1e9};      //!< attribute PulseRate
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MEASURED_RATE_PROTOCOL_H */
