/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PACKETS_DISTILLATION_H
#define QKDN_PACKETS_DISTILLATION_H

#include "qkdn-budget-average.h"
#include "qkdn-distillation-step-messages.h"
#include "qkdn-distillation-traffic.h"
#include "qkdn-distillation.h"
#include "qkdn-emission-store.h"
#include "qkdn-error-correction-model.h"

#include "ns3/event-id.h"

#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What is authenticated with fresh key bits.
 */
enum DistillationAuthentication
{
    AUTHENTICATE_BLOCK,  //!< one tag per direction and block, over all that was said
    AUTHENTICATE_MESSAGE //!< one tag per message
};

/**
 * @ingroup qkdn-resilience
 * @brief Distillation with every message a message of its own on the classical channel.
 *
 * The receiver leads; each of its messages is answered by the transmitter:
 *
 * - sifting: detections and bases as they accumulate, every SiftingInterval and when the block is
 *   full; the answer says which bases match and which intensity the pulses had;
 * - parameter estimation: both disclose a sample of their sifted bits;
 * - error correction: one-way, the answer is the syndrome; Cascade, as many questions with their
 *   answers, one behind the other, as the algorithm needs (ErrorCorrectionModel);
 * - verification: the answer is a hash;
 * - privacy amplification: the answer is the seed.
 *
 * Sizes follow from the block, DistillationTraffic says how. Blocks overlap: while one is
 * corrected the next one fills. Tags are paid from the reserves of both ends: one per direction and
 * block with the last exchange, or one per message; the first bits of a block fill the reserves up
 * again. An end that cannot pay gives the block up.
 *
 * What a broken connection lost is asked for again as it was, and not paid again. The transmitter
 * makes the key when it sends the last answer, the receiver when that arrives: both ends have a
 * block or none, unless a module fails between the two.
 *
 * Without a classical channel full blocks wait, up to MaxPendingBlocks and RawBufferBits; a block
 * that finds no room when it begins is lost.
 */
class PacketsDistillation : public Distillation
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ~PacketsDistillation() override;

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

    /**
     * @brief TracedCallback signature of a step that the receiver has finished.
     * @param link the QKD link
     * @param key the block
     * @param step the step
     */
    using StepCallback = void (*)(LinkId link, const KeyId& key, DistillationStep step);

  protected:
    void DoDispose() override;
    bool DrawsByDefault() const override;

  private:
    /// A block of the receiver.
    struct Block
    {
        KeyId key;                 //!< the block
        uint64_t seed{0};          //!< where its bits come from
        Time begun;                //!< when it began to fill
        QkdBlockPlan observed;     //!< what is observed in the end
        CorrectionPlan correction; //!< how its errors are corrected
        std::string loss;          //!< why it is lost when it is full; empty: it is not
        bool filled{false};        //!< all detections are there
        StepRequest figures;       //!< what the estimation said
        StepRequest request;       //!< the exchange that goes on, or the last one
        uint64_t told{0};          //!< detections told
        uint64_t toldPulses{0};    //!< pulses they come from
        uint64_t asked{0};         //!< parities asked for
        uint64_t askedAddress{0};  //!< bits it took to ask
        uint32_t rounds{0};        //!< exchanges of the correction so far
        bool outstanding{false};   //!< an answer is missing
        bool sent{false};          //!< the question went over the connection of now
        bool paid{false};          //!< the exchange is paid for
        bool estimated{false};     //!< the estimate was told
        EventId work;              //!< end of what is computed
    };

    /// A block of the transmitter.
    struct Answered
    {
        StepRequest last;      //!< the last question
        StepRequest figures;   //!< the estimation
        StepAnswer answer;     //!< the answer to the last question
        uint64_t asked{0};     //!< bits disclosed for error correction
        bool authentic{true};  //!< all messages had tags
        bool ended{false};     //!< nothing follows
        bool estimated{false}; //!< the estimate was told
        bool answerSent{true}; //!< the answer is on its way
        EventId work;          //!< end of privacy amplification
    };

    // both ends

    /**
     * @brief Bytes that a question discloses, with its tag.
     * @param request the question
     * @param figures the estimation of the block
     * @return bytes behind the fields
     */
    uint64_t GetQuestionBytes(const StepRequest& request, const StepRequest& figures) const;

    /**
     * @brief Bytes that the answer to a question discloses, with its tag.
     * @param request the question
     * @param figures the estimation of the block
     * @param verdict the verdict of the answer
     * @return bytes behind the fields
     */
    uint64_t GetAnswerBytes(const StepRequest& request,
                            const StepRequest& figures,
                            StepVerdict verdict) const;

    /**
     * @brief The sizes of the steps from the estimation on.
     * @param figures the estimation of the block
     * @return the sizes
     */
    DistillationTraffic GetTraffic(const StepRequest& figures) const;

    /**
     * @brief Send what is too much for one message ahead of it.
     * @param notice the block and number of the exchange
     * @param [in,out] bytes payload; what is left for the message itself
     * @return false if it cannot be sent now
     */
    bool SendParts(StepNotice notice, uint64_t& bytes);

    /// Forget all blocks and whatever is planned.
    void ClearBlocks();

    /**
     * @brief Payload of a message that has come, with the parts ahead of it.
     * @param key the block
     * @param sequence the exchange
     * @param bytes bytes of payload that the message itself has
     * @return bytes
     */
    uint64_t TakeParts(const KeyId& key, uint32_t sequence, uint64_t bytes);

    /**
     * @brief How long a computation takes that waits for those before it.
     * @param bits bits it works on
     * @param throughputBps bits per second, 0 for no time
     * @param [in,out] free when the computer has done all that it was given
     * @return the time from now
     */
    static Time Occupy(uint64_t bits, double throughputBps, Time& free);

    /**
     * @brief How the errors of a block are corrected.
     * @param block the block
     * @return what it takes
     */
    CorrectionPlan PlanCorrection(const QkdBlockPlan& block) const;

    /**
     * @brief Secret bits of a block; its plan counts the leakage of another error correction.
     * @param block the block
     * @param correction how its errors are corrected
     * @return the bits
     */
    static uint32_t GetSecretBits(const QkdBlockPlan& block, const CorrectionPlan& correction);

    /**
     * @brief Bits of both tags of an exchange.
     * @return the bits
     */
    uint64_t GetTagCost() const;

    /**
     * @brief Hand over what is left of a block.
     * @param figures the estimation of the block
     * @param seed where its bits come from
     * @param withheldBits first bits that stay with the modules
     */
    void DeliverBlock(const StepRequest& figures, uint64_t seed, uint32_t withheldBits);

    /// Try again soon to send what could not be sent.
    void RetryLater();

    /// Send what could not be sent.
    void Retry();

    // receiver

    /**
     * @brief Observe a block again, of which the errors have changed while it was filled.
     * @param [in,out] observed the block; its counts of bits stay
     */
    void ObserveAnew(QkdBlockPlan& observed) const;

    /// Begin with the next block.
    void StartBlock();

    /**
     * @brief Why there is no room for a block.
     * @param block the block
     * @return the reason, empty if there is room
     */
    std::string FindLoss(const Block& block) const;

    /**
     * @brief Bits of raw data of a block.
     * @param block the block
     * @return the bits
     */
    static uint64_t GetRawBits(const Block& block);

    /// Tell what was detected since last time.
    void SiftingDue();

    /// The block in work is full.
    void BlockFilled();

    /**
     * @brief Tell the detections that were not told yet.
     * @param block the block
     */
    void Sift(Block& block);

    /**
     * @brief Disclose the sample.
     * @param block the block
     */
    void Estimate(Block& block);

    /**
     * @brief Ask for the next parities, or for the syndrome.
     * @param block the block
     */
    void Correct(Block& block);

    /**
     * @brief Begin an exchange.
     * @param block the block
     * @param request the question; block, number and authentication are filled in
     */
    void Ask(Block& block, StepRequest request);

    /**
     * @brief Send the question of a block, if it can be paid for.
     * @param block the block; it may be gone afterwards
     */
    void SendQuestion(Block& block);

    /**
     * @brief Whether an answer is on its way that brings new bits for the reserve.
     * @return true if so
     */
    bool IsReserveComing() const;

    /**
     * @brief Bits that the reserve lacks beyond what answers under way bring.
     * @return the bits, once the exchange at hand is paid
     */
    uint64_t GetMissingBits() const;

    /// Send the questions that are not sent.
    void SendQuestions();

    /**
     * @brief The transmitter's answer.
     * @param answer the answer
     * @param bytes its payload
     * @return false if it has the wrong size
     */
    bool HandleAnswer(const StepAnswer& answer, uint64_t bytes);

    /**
     * @brief Go on behind a step.
     * @param block the block; it may be gone afterwards
     * @param answer the answer
     */
    void StepDone(Block& block, const StepAnswer& answer);

    /**
     * @brief The errors of a block are corrected.
     * @param number the block
     */
    void Corrected(uint64_t number);

    /**
     * @brief The key of a block is there.
     * @param number the block
     * @param withheldBits first bits that stay with the modules
     */
    void Amplified(uint64_t number, uint32_t withheldBits);

    /**
     * @brief Tell the estimate of a block, and give the block up if that begins probing.
     * @param number the block
     * @return whether the block goes on
     */
    bool TellEstimate(uint64_t number);

    /**
     * @brief A block gives no key.
     * @param number the block
     * @param reason why
     * @param tell whether the transmitter has to be told
     */
    void Drop(uint64_t number, const std::string& reason, bool tell);

    // transmitter

    /**
     * @brief A question of the receiver.
     * @param request the question
     * @param bytes its payload
     * @return false if it has the wrong size
     */
    bool HandleQuestion(const StepRequest& request, uint64_t bytes);

    /**
     * @brief Whether a question may follow.
     * @param block the block
     * @param request the question
     * @return true if so
     */
    bool IsNext(const Answered& block, const StepRequest& request) const;

    /**
     * @brief Decide on a question that was not answered before.
     * @param block the block
     * @param request the question
     * @return the answer
     */
    StepAnswer Decide(Answered& block, const StepRequest& request);

    /**
     * @brief Tell the estimate of a block once, and end the block if no key is to be made.
     * @param block the block
     * @param probe whether the receiver makes no key of it
     * @return the verdict
     */
    StepVerdict Measure(Answered& block, bool probe);

    /**
     * @brief Make the key of a block.
     * @param block the block
     * @param [in,out] answer the answer
     */
    void Amplify(Answered& block, StepAnswer& answer);

    /**
     * @brief Refuse a question.
     * @param request the question
     * @param reason why
     */
    void Refuse(const StepRequest& request, const std::string& reason);

    /**
     * @brief Send the answer to the last question.
     * @param block the block
     */
    void SendAnswer(Answered& block);

    /**
     * @brief The receiver has given a block up.
     * @param number the block
     */
    void Forget(uint64_t number);

    // attributes
    uint32_t m_tagBits{0};                                           //!< TagBits
    uint32_t m_maxPending{0};                                        //!< MaxPendingBlocks
    uint64_t m_rawBufferBits{0};                                     //!< RawBufferBits
    Time m_siftingInterval;                                          //!< SiftingInterval
    ErrorCorrection m_correction{CORRECTION_LDPC};                   //!< ErrorCorrection
    double m_correctionBps{0.0};                                     //!< CorrectionThroughput
    double m_frameErrorRate{0.0};                                    //!< LdpcFailureProbability
    uint32_t m_addressBits{0};                                       //!< CascadeAddressBits
    uint32_t m_hashBits{0};                                          //!< VerificationHashBits
    AmplificationSeed m_seedKind{SEED_GENERATOR};                    //!< AmplificationSeed
    double m_amplificationBps{0.0};                                  //!< AmplificationThroughput
    DistillationAuthentication m_authentication{AUTHENTICATE_BLOCK}; //!< Authentication
    uint32_t m_maxMessageBytes{0};                                   //!< MaxMessageBytes

    // both ends
    Time m_correctorFree;    //!< when error correction has done its work
    Time m_amplifierFree;    //!< when privacy amplification has done its work
    StepNotice m_parts;      //!< what the parts received belong to
    uint64_t m_partBytes{0}; //!< bytes of parts received
    EventId m_retry;         //!< next attempt to send

    // receiver
    uint32_t m_epoch{0};                //!< emission that is detected
    uint64_t m_seed{0};                 //!< its seed
    uint32_t m_number{0};               //!< block in work
    BudgetAverage m_budget;             //!< what its light goes through
    QkdBlockPlan m_plan;                //!< its blocks as planned
    EventId m_filled;                   //!< end of the block in work
    EventId m_siftingDue;               //!< next message of sifting
    std::map<uint64_t, Block> m_blocks; //!< blocks without key so far, by number

    // transmitter
    EmissionStore m_emissions;               //!< raw data of the last emissions
    std::map<uint64_t, Answered> m_answered; //!< last blocks by number
    uint64_t m_newest{0};                    //!< highest block begun

    TracedCallback<LinkId, const KeyId&, DistillationStep> m_stepTrace; //!< trace Step
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PACKETS_DISTILLATION_H */
