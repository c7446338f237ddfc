/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MEASURED_RATE_PROTOCOL_H
#define QKDN_MEASURED_RATE_PROTOCOL_H

#include "qkdn-qkd-protocol.h"
#include "qkdn-rate-trace.h"

#include <string>

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
    RATE_LOSS_LAW, //!< the rate holds for 0 dB and falls by a factor of 10 every 10 dB
    RATE_TRACE     //!< rate and QBER over simulated time were recorded, whatever the loss
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
 *
 * With a trace, GetRate() gives the row in force at the simulated time. A block has BlockKeyBits as
 * ever and lasts until the trace has delivered them, over changes of the rate and times without
 * key; its QBER is the average over the key in it.
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

    /// The link without added error.
    struct Undisturbed
    {
        double rateBps{0.0};   //!< secret key rate, bit/s
        double qber{0.0};      //!< quantum bit error ratio
        double durationS{0.0}; //!< time to generate a block, s
    };

    /**
     * @brief Rate and QBER of the link now.
     * @param budget the link
     * @return both, without a block
     */
    Undisturbed GetNow(const QuantumLinkBudget& budget) const;

    /**
     * @brief The block that starts now.
     * @param budget the link
     * @return average rate, QBER and duration
     */
    Undisturbed GetBlock(const QuantumLinkBudget& budget) const;

    /**
     * @brief Read the file of the trace, if it was not read yet.
     * @return empty, or what is wrong with it
     */
    std::string LoadTrace() const;

    MeasuredRateLaw m_law;          //!< dependence on loss
    double m_rateBps;               //!< secret key rate, bit/s
    double m_qber;                  //!< quantum bit error ratio
    double m_errorCorrectionFactor; //!< f
    double m_siftingFactor;         //!< q
    uint32_t m_blockKeyBits;        //!< secret bits of a block
    double m_pulseRateHz{1e9};      //!< attribute PulseRate
    std::string m_traceFile;        //!< attribute TraceFile
    mutable RateTrace m_trace;      //!< what was read of it
    mutable std::string m_loaded;   //!< name of the file that was read
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MEASURED_RATE_PROTOCOL_H */
