/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FLOW_DISTILLATION_H
#define QKDN_FLOW_DISTILLATION_H

#include "qkdn-budget-average.h"
#include "qkdn-distillation.h"

#include "ns3/event-id.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Distillation of flow mode: it delivers no block and sends no message, but says at the
 * receiver at which rate key comes.
 *
 * Blocks are as the protocol plans them, with the key that another distillation (the model) leaves
 * of them. Nothing comes while the first block of a detection fills; from then on key flows
 * steadily until detection ends. Then the bits are added that make what has come a whole number of
 * blocks: the one in work is lost. If the channel changes, the block in work is finished with what
 * it went through on average. The error ratio of the first block after each change is estimated, as
 * it is of every block in key mode; the transmitter learns of it as far as the receiver tells it.
 */
class FlowDistillation : public Distillation
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    FlowDistillation();
    ~FlowDistillation() override;

    /**
     * @brief Set what says how much key a block leaves. Call it first.
     * @param model distillation of key mode, which is not run
     */
    void SetModel(Ptr<Distillation> model);

    /**
     * @brief What is missing to whole blocks of what has flowed so far.
     * @return bit
     */
    uint64_t GetDueBits() const;

    /**
     * @brief TracedCallback signature of key that begins or ceases to flow.
     * @param link the QKD link
     * @param bits key of a block from now on, bit
     * @param block time that a block takes; zero while no key flows
     * @param due bits that come at once, so that those before are whole blocks
     */
    using FlowCallback = void (*)(LinkId link, uint64_t bits, Time block, uint64_t due);

    // from Distillation
    void SetProbing(bool probing) override;
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
    /// Plan blocks from now on, and wait for the first one.
    void Begin();

    /// The first block since Begin() is full.
    void FirstBlock();

    /// The block in which the channel changed is full.
    void MixedBlock();

    /**
     * @brief Tell the error ratio of a block and that it was filled.
     * @param plan the block
     * @return whether it gives key
     */
    bool Estimate(const QkdBlockPlan& plan);

    /**
     * @brief Key that a block leaves.
     * @param plan the block
     * @return bit
     */
    uint64_t GetNetBits(const QkdBlockPlan& plan) const;

    /**
     * @brief Blocks that are full since Begin().
     * @return their number
     */
    int64_t CountBlocks() const;

    /// Key flows no more: bring what is missing to whole blocks.
    void StopFlow();

    Ptr<Distillation> m_model; //!< says what a block leaves
    BudgetAverage m_budget;    //!< what pulses go through
    QkdBlockPlan m_plan;       //!< blocks
    uint64_t m_bits{0};        //!< key that one leaves, bit
    Time m_since;              //!< Begin()
    bool m_detecting{false};   //!< pulses are detected
    bool m_flowing{false};     //!< key flows
    uint32_t m_epoch{0};       //!< emission
    uint32_t m_number{0};      //!< its last block that was estimated
    EventId m_filled;          //!< FirstBlock() or MixedBlock()

    TracedCallback<LinkId, uint64_t, Time, uint64_t> m_flowTrace; //!< Flow
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FLOW_DISTILLATION_H */
