/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PER_BLOCK_DISTILLATION_H
#define QKDN_PER_BLOCK_DISTILLATION_H

#include "qkdn-budget-average.h"
#include "qkdn-classical-channel-messages.h"
#include "qkdn-distillation-traffic.h"
#include "qkdn-distillation.h"
#include "qkdn-emission-store.h"

#include "ns3/event-id.h"

#include <deque>
#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Distillation with one exchange per block over the classical channel.
 *
 * When a block is full the receiver sends all that it discloses, by size, in one message, and
 * the transmitter answers with all that it discloses. The transmitter has the key when it
 * answers, the receiver when the answer arrives. Each direction carries one authentication tag,
 * whose bits both ends take from their reserves; the first bits of each block fill the reserves
 * up again. A message that got lost with its connection is repeated as it was, tag included.
 * While blocks wait for answers half of the reserve is not touched: what a failure makes useless
 * cannot exhaust it. After a reconnection one block is sent and the others follow its answer.
 *
 * A block without key (too many errors, or the module probes) is only measured: the receiver
 * discloses the sample of its bits, or all of them where no sample is disclosed otherwise, and
 * the transmitter answers with its own. That is not authenticated and costs no key.
 *
 * Without a classical channel full blocks wait, up to MaxPendingBlocks; then generation stalls.
 *
 * If a module fails between the two deliveries of a block, or the transmitter fails before a lost
 * answer was repeated, only the transmitter's end has the key: no exchange of messages can
 * exclude that. The key managers find out when they compare.
 */
class PerBlockDistillation : public Distillation
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ~PerBlockDistillation() override;

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
    /// A full block of the receiver.
    struct PendingBlock
    {
        DistillationRequest request; //!< what is sent
        uint64_t seed{0};            //!< where its bits come from
        bool paid{false};            //!< its tags are paid for
        bool sent{false};            //!< sent over the connection of now

        /// Whether it is only measured: no key, and no tags.
        bool IsProbe() const
        {
            return request.finalKeyBits == 0;
        }
    };

    /**
     * @brief The sizes of the messages for a block.
     * @param request the block
     * @return the sizes
     */
    DistillationTraffic TrafficOf(const DistillationRequest& request) const;

    /// Begin with the next block.
    void StartBlock();

    /**
     * @brief What is observed of a block.
     * @param budget what its light goes through
     * @return the block: drawn, or as planned
     */
    QkdBlockPlan Observe(const QuantumLinkBudget& budget) const;

    /// The block in work is full.
    void BlockFilled();

    /// Send what was not sent, as far as the reserve allows.
    void SendPending();

    /**
     * @brief Whether the reserve has tags for one more block.
     * @param waiting whether another block waits for its answer
     * @return true if so
     */
    bool CanPay(bool waiting) const;

    /**
     * @brief Send a block, and pay for it if that is the first time.
     * @param block the block
     * @return false if the transmitter is not reachable now
     */
    bool Send(PendingBlock& block);

    /**
     * @brief Give up blocks that were not sent and whose raw data the transmitter has not.
     * @param epoch their emission; those before too
     */
    void DropUnsent(uint32_t epoch);

    /**
     * @brief Receiver: the transmitter's answer.
     * @param response the answer
     * @param bytes its size
     * @return false if it has the wrong size
     */
    bool HandleResponse(const DistillationResponse& response, uint64_t bytes);

    /**
     * @brief Transmitter: a block of the receiver.
     * @param request the block
     */
    void HandleRequest(const DistillationRequest& request);

    /**
     * @brief Transmitter: decide on a block that was not answered before.
     * @param request the block
     * @return the answer
     */
    DistillationResponse Decide(const DistillationRequest& request);

    /**
     * @brief Transmitter: keep an answer, to repeat it as it was.
     * @param response the answer
     */
    void KeepAnswer(const DistillationResponse& response);

    /**
     * @brief Transmitter: the receiver only measures a block.
     * @param probe the block
     * @return the answer
     */
    DistillationResponse Measure(const DistillationRequest& probe);

    /**
     * @brief Hand over what is left of a block.
     * @param request the block
     * @param seed where its bits come from
     * @param withheldBits first bits that stay with the modules
     */
    void DeliverBlock(const DistillationRequest& request, uint64_t seed, uint32_t withheldBits);

    uint32_t m_tagBits{0};              //!< attribute TagBits
    uint32_t m_maxPending{0};           //!< attribute MaxPendingBlocks
    uint32_t m_epoch{0};                //!< emission that is detected
    uint64_t m_seed{0};                 //!< its seed
    uint32_t m_number{0};               //!< last block of the emission
    BudgetAverage m_budget;             //!< what its light goes through
    QkdBlockPlan m_plan;                //!< its blocks
    QkdBlockPlan m_observed;            //!< the block under way as it will be observed
    EventId m_filled;                   //!< end of the block in work
    std::deque<PendingBlock> m_pending; //!< receiver: full blocks without answer
    bool m_trying{false};               //!< receiver: no answer yet on this connection
    EmissionStore m_emissions;          //!< transmitter: raw data of the last emissions
    std::map<uint64_t, DistillationResponse> m_answers; //!< transmitter: last answers by block
    uint64_t m_lastAnswered{0};                         //!< transmitter: highest block answered
    uint64_t m_lastMeasured{0};                         //!< transmitter: highest block probed
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PER_BLOCK_DISTILLATION_H */
