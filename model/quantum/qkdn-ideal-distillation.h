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
 * Blocks lie on a grid that begins when an emission reaches the receiver, who begins with the first
 * block that it detects from its beginning. The transmitter learns from the mark that comes back
 * with the light which one that is, and with which figures: it delivers nothing before. Where
 * blocks are shorter than the way of light, or the mark is late, it delivers what was full
 * meanwhile.
 *
 * A cut or failure while a block fills can leave it at one end only; the key managers find out
 * when they compare.
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
    DetectionMark GetMark() const override;
    void PeerDetects(const DetectionMark& mark) override;
    void Reset() override;
    void PeerUp() override;
    bool Receive(uint16_t type, Ptr<Packet> body) override;
    bool NeedsClassicalChannel() const override;
    DistillationForecast Forecast(const QkdBlockPlan& plan) const override;

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief Take note of an emission.
     * @param epoch the emission
     * @param seed its seed
     * @param budget the channel
     * @param origin when the emission reaches the receiver
     */
    void SetEmission(uint32_t epoch, uint64_t seed, const QuantumLinkBudget& budget, Time origin);

    /**
     * @brief Plan the blocks of the emission.
     * @return false if none is ever full
     */
    bool Plan();

    /**
     * @brief The blocks of the emission that have begun.
     * @return their number
     */
    uint32_t CountBegun() const;

    /**
     * @brief When the block in work is full.
     * @return the time
     */
    Time GetEnd() const;

    /// Wait until the block in work is full; one that is full already is not late.
    void Await();

    /// A block is full.
    void BlockFilled();

    uint32_t m_epoch{0};        //!< emission; 0 for none
    uint64_t m_seed{0};         //!< its seed
    Time m_origin;              //!< beginning of its grid
    QuantumLinkBudget m_budget; //!< the channel
    QkdBlockPlan m_plan;        //!< its blocks
    uint32_t m_number{0};       //!< block in work
    EventId m_filled;           //!< its end
    DetectionMark m_mark;       //!< receiver: what it detects
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_IDEAL_DISTILLATION_H */
