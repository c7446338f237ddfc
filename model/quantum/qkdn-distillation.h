/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DISTILLATION_H
#define QKDN_DISTILLATION_H

#include "qkdn-authentication-reserve.h"
#include "qkdn-block-statistics.h"
#include "qkdn-light.h"
#include "qkdn-qkd-key.h"
#include "qkdn-qkd-protocol.h"

#include "ns3/callback.h"
#include "ns3/object.h"
#include "ns3/packet.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What the figures of a block are.
 */
enum DistillationStatistics
{
    STATISTICS_AUTO,     //!< drawn where every message is simulated, expected otherwise
    STATISTICS_EXPECTED, //!< every block is as planned
    STATISTICS_DRAWN     //!< detections, sifted bits and errors fluctuate
};

/**
 * @ingroup qkdn-resilience
 * @brief What distillation makes of blocks in the long run.
 */
struct DistillationForecast
{
    uint64_t tagBits{0};    //!< bits that each end spends on authenticating a block that gives key
    double netKeyBits{0.0}; //!< key of a block that is delivered, on average, bit; negative if
                            //!< authentication takes more than the block gives
};

/**
 * @ingroup qkdn-resilience
 * @brief One end of key distillation on a QKD link: from detections to QKD-keys.
 *
 * The QKD module that owns it tells when pulses are emitted or detected; subclasses differ in
 * how much of the exchange over the classical channel is simulated.
 */
class Distillation : public Object
{
  public:
    /// Takes finished QKD-keys.
    using KeyCallback = Callback<void, const QkdKey&>;
    /// Sends a message to the other end; false if it cannot be sent now.
    using SendCallback = Callback<bool, uint16_t, Ptr<Packet>>;
    /// Takes the estimated error ratio of a block.
    using EstimateCallback = Callback<void, const KeyId&, double>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set what it works for.
     * @param link the QKD link
     * @param protocol the QKD protocol; both ends have equal ones
     */
    void SetLink(LinkId link, Ptr<QkdProtocol> protocol);

    /**
     * @brief Say who takes the keys.
     * @param callback called for each key
     */
    void SetKeyCallback(KeyCallback callback);

    /**
     * @brief Say how messages are sent.
     * @param callback called for each message
     */
    void SetSendCallback(SendCallback callback);

    /**
     * @brief Say who learns the error ratios.
     * @param callback called once for each block when this end knows its estimate, before a key of
     * it is delivered
     */
    void SetEstimateCallback(EstimateCallback callback);

    /**
     * @brief Only measure, or make keys again.
     *
     * While probing, the error ratio of blocks is estimated and disclosed, but no key is made of
     * them and nothing is authenticated. If the estimate callback begins it, the block that was
     * estimated gives no key either; if the callback ends it, blocks that were filled before
     * stay without key.
     *
     * @param probing true to measure only
     */
    virtual void SetProbing(bool probing);

    /**
     * @brief Use random streams from a number on.
     * @param stream first stream
     * @return number of streams used
     */
    virtual int64_t AssignStreams(int64_t stream);

    /**
     * @brief Transmitter: an emission begins.
     * @param epoch its number, more than those before
     * @param seed what its pulses encode
     * @param budget what the channel does to the light
     * @param delay when the light reaches the receiver
     */
    virtual void EmissionStarted(uint32_t epoch,
                                 uint64_t seed,
                                 const QuantumLinkBudget& budget,
                                 Time delay) = 0;

    /// Transmitter: the emission ends.
    virtual void EmissionStopped() = 0;

    /**
     * @brief Receiver: detections begin.
     * @param light the light that is detected
     * @param since when it began to arrive
     */
    virtual void DetectionStarted(const ReceivedLight& light, Time since) = 0;

    /**
     * @brief Receiver: what the pulses go through changes while they are detected, without a break.
     * By default the block in work is lost.
     * @param light the light that is detected from now on, of the same emission
     */
    virtual void ChannelChanged(const ReceivedLight& light);

    /// Receiver: detections end; a block that is not full is lost.
    virtual void DetectionStopped() = 0;

    /**
     * @brief Receiver: what goes back to the transmitter over the quantum channel.
     * @return what is detected; none, unless distillation goes without messages
     */
    virtual DetectionMark GetMark() const;

    /**
     * @brief Transmitter: what the receiver detects has come over the quantum channel.
     * @param mark what it detects; without effect unless distillation goes without messages
     */
    virtual void PeerDetects(const DetectionMark& mark);

    /// The module failed: raw data is lost. Numbers that must not repeat are kept.
    virtual void Reset() = 0;

    /// The classical channel has come up: what was not answered is sent again.
    virtual void PeerUp() = 0;

    /**
     * @brief A message from the other end.
     * @param type its type
     * @param body its body
     * @return false if it is not understood
     */
    virtual bool Receive(uint16_t type, Ptr<Packet> body) = 0;

    /**
     * @brief Whether the classical channel takes part.
     * @return true if no key is made without it
     */
    virtual bool NeedsClassicalChannel() const = 0;

    /**
     * @brief What is made of blocks while the classical channel keeps up with them.
     * @param plan the blocks as planned
     * @return tags and key of a block
     */
    virtual DistillationForecast Forecast(const QkdBlockPlan& plan) const = 0;

    /**
     * @brief The key bits kept for authentication.
     * @return the reserve of this end
     */
    const AuthenticationReserve& GetReserve() const;

    /**
     * @brief TracedCallback signature of a block that is full.
     * @param link the QKD link
     * @param key the block
     * @param qber its quantum bit error ratio
     */
    using BlockFilledCallback = void (*)(LinkId link, const KeyId& key, double qber);

    /**
     * @brief TracedCallback signature of a block that gave no key.
     * @param link the QKD link
     * @param key the block
     * @param reason why
     */
    using BlockDroppedCallback = void (*)(LinkId link, const KeyId& key, const std::string& reason);

  protected:
    Distillation();
    ~Distillation() override;

    void DoDispose() override;
    void NotifyConstructionCompleted() override;

    /**
     * @brief Hand a key over.
     * @param key the key
     */
    void Deliver(const QkdKey& key);

    /**
     * @brief Tell the estimated error ratio of a block.
     * @param key the block
     * @param qber the estimate
     */
    void NotifyEstimate(const KeyId& key, double qber);

    /**
     * @brief Whether blocks are only measured.
     * @return true if no key is made of them
     */
    bool IsProbing() const;

    /**
     * @brief Whether the figures of blocks are drawn.
     * @return false if every block is as planned
     */
    bool IsDrawn() const;

    /**
     * @brief What attribute Statistics means if it is "auto".
     * @return true for drawn
     */
    virtual bool DrawsByDefault() const;

    LinkId m_link;                      //!< the QKD link
    Ptr<QkdProtocol> m_protocol;        //!< the protocol
    AuthenticationReserve m_reserve;    //!< key for the classical channel
    SendCallback m_send;                //!< sends messages
    Ptr<UniformRandomVariable> m_draws; //!< where drawn figures come from
    TracedCallback<LinkId, const KeyId&, double> m_blockFilledTrace;              //!< BlockFilled
    TracedCallback<LinkId, const KeyId&, const std::string&> m_blockDroppedTrace; //!< BlockDropped

  private:
    KeyCallback m_keyCallback;                            //!< takes keys
    EstimateCallback m_estimateCallback;                  //!< takes error ratios
    bool m_probing{false};                                //!< blocks are only measured
    DistillationStatistics m_statistics{STATISTICS_AUTO}; //!< attribute Statistics
    uint64_t m_initialReserveBits{0};                     //!< attribute AuthenticationReserve
};

/**
 * @ingroup qkdn-resilience
 * @brief Number of a block: emission epoch and number in the epoch.
 * @param epoch the epoch
 * @param number the number, from 1
 * @return the block part of a KeyId
 */
inline uint64_t
MakeBlock(uint32_t epoch, uint32_t number)
{
    return (uint64_t{epoch} << 32) | number;
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DISTILLATION_H */
