/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_IDEAL_DISTILLATION_H
#define QKDN_IDEAL_DISTILLATION_H

#include "qkdn-distillation.h"

#include "ns3/event-id.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Distillation without messages: both ends deliver each block at the instant its last
 * pulse is detected, and no bits are spent on authentication. Figures that are drawn follow from
 * the seed of the light and the number of the block, so that both ends draw alike.
 *
 * Blocks lie on a grid that begins when an emission reaches the receiver. An end that misses
 * part of a block does not deliver it; the key managers find out when they compare.
 */
class IdealDistillation : public Distillation
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ~IdealDistillation() override;

    // from Distillation
    void EmissionStarted(uint32_t epoch,
                         uint64_t seed,
                         const QuantumLinkBudget& budget,
                         Time delay) override;
    void EmissionStopped() override;
    void DetectionStarted(const ReceivedLight& light, Time since) override;
    void ChannelChanged(const ReceivedLight& light) override;
    void DetectionStopped() override;
    void Reset() override;
    void PeerUp() override;
    bool Receive(uint16_t type, Ptr<Packet> body) override;
    bool NeedsClassicalChannel() const override;
    DistillationForecast Forecast(const QkdBlockPlan& plan) const override;

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief Begin with blocks.
     * @param epoch the emission
     * @param seed its seed
     * @param budget the channel
     * @param origin when the emission reaches the receiver
     */
    void Start(uint32_t epoch, uint64_t seed, const QuantumLinkBudget& budget, Time origin);

    /// A block is full.
    void BlockFilled();

    uint32_t m_epoch{0};        //!< emission
    uint64_t m_seed{0};         //!< its seed
    Time m_origin;              //!< beginning of its grid
    QuantumLinkBudget m_budget; //!< the channel
    QkdBlockPlan m_plan;        //!< its blocks
    uint32_t m_number{0};       //!< block in work
    EventId m_filled;           //!< its end
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_IDEAL_DISTILLATION_H */
