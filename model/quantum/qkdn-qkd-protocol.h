/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QKD_PROTOCOL_H
#define QKDN_QKD_PROTOCOL_H

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

class BlockStatistics;

/**
 * @ingroup qkdn-resilience
 * @brief What the plant does to the quantum signal between the two modules of a QKD link.
 */
struct QuantumLinkBudget
{
    double lengthKm{0.0};              //!< length of fibre, km
    double lossDb{0.0};                //!< loss of fibre and components outside the modules, dB
    double noiseClickProbability{0.0}; //!< clicks per gate from light of other channels
    double addedError{0.0};            //!< added to the error probability: drift or an eavesdropper
    /// noise photons of classical light in the same fibre (Raman scattering, forward and backward)
    /// at the receiver's input, per second and nm of optical bandwidth
    double noisePhotonRatePerNmHz{0.0};
    bool hasStation{false};    //!< there is a central station between the modules
    double stationLossDb{0.0}; //!< loss from the first end to the station, part of lossDb; dB
};

/**
 * @ingroup qkdn-resilience
 * @brief The operating point of a QKD protocol on a link.
 */
struct QkdRatePoint
{
    bool hasKey{false};          //!< false: no secret key can be had here; rates are 0
    double bitPerPulse{0.0};     //!< secret key bits per pulse (0 where pulses are not modelled)
    double rateBps{0.0};         //!< secret key rate, bit/s
    double qber{0.0};            //!< expected quantum bit error ratio of the signal states
    double detectionRateHz{0.0}; //!< detections per second at the receiver
    double siftedRateHz{0.0};    //!< sifted bits per second
};

/**
 * @ingroup qkdn-resilience
 * @brief One block of key distillation as the protocol plans it.
 *
 * A block without key has its other figures too, so that a module can fill it and find out. If it
 * cannot be filled within what Time represents, the duration and all counts are 0.
 */
struct QkdBlockPlan
{
    bool hasKey{false};         //!< false: the block gives no key
    Time duration;              //!< time to fill the block with detections
    uint64_t pulses{0};         //!< pulses sent (0 where pulses are not modelled)
    uint64_t detections{0};     //!< detections
    uint64_t siftedBits{0};     //!< bits left after sifting
    uint64_t estimationBits{0}; //!< sifted bits disclosed for parameter estimation
    uint64_t leakedBits{0};     //!< bits disclosed by error correction
    uint32_t finalKeyBits{0};   //!< secret bits after privacy amplification
    double qber{0.0};           //!< quantum bit error ratio: expected, or estimated from the errors
    /// errors found in the bits disclosed for parameter estimation, or by error correction where
    /// nothing is disclosed; 0 in a plan
    uint64_t errors{0};
};

/**
 * @ingroup qkdn-resilience
 * @brief A QKD protocol: how much secret key a link budget gives.
 */
class QkdProtocol : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief The names that SetPreset() knows.
     * @return the names, each after its source; none unless a protocol says otherwise
     */
    virtual std::vector<std::string> GetPresetNames() const;

    /**
     * @brief Set the attributes to a published set of parameters.
     * @param name name of the set
     * @return empty if it is set, otherwise what is wrong; then nothing has changed
     */
    [[nodiscard]] virtual std::string SetPreset(const std::string& name);

    /**
     * @brief Whether the protocol needs a central station between the two modules.
     * @return true if so; false unless a protocol says otherwise
     */
    virtual bool NeedsStation() const;

    /**
     * @brief Check the attributes against each other.
     * @return empty if the protocol can run, otherwise what is wrong and the value
     */
    virtual std::string Validate() const = 0;

    /**
     * @brief The operating point on a link.
     *
     * Aborts with the text of Validate() if the attributes contradict each other, and if a figure
     * of the budget is impossible (a negative loss, a probability outside 0 to 1).
     *
     * @param budget the link
     * @return the point; never a negative or undefined rate
     */
    virtual QkdRatePoint GetRate(const QuantumLinkBudget& budget) const = 0;

    /**
     * @brief The next block on a link. Aborts as GetRate() does.
     * @param budget the link
     * @return the plan
     */
    virtual QkdBlockPlan PlanBlock(const QuantumLinkBudget& budget) const = 0;

    /**
     * @brief The next block on a link as it is observed. Aborts as GetRate() does.
     *
     * It takes the time that PlanBlock() says. The detections among the pulses are drawn (binomial;
     * Poisson where pulses are not modelled), then how many of them are sifted, and how many of
     * the disclosed bits are in error; where nothing is disclosed, the errors that error
     * correction finds. The error ratio is the estimate from them, and leaked and final bits
     * follow from what was observed, not from the plan.
     *
     * @param budget the link
     * @param statistics what draws
     * @return the block
     */
    virtual QkdBlockPlan DrawBlock(const QuantumLinkBudget& budget,
                                   BlockStatistics& statistics) const;

    /**
     * @brief The length of fibre at which the key ends.
     *
     * A central station stays in the middle of the fibre that is added.
     *
     * @param attenuationDbPerKm attenuation of the fibre, dB/km; aborts unless above 0
     * @param fixed what the link has besides fibre: loss of components, noise, added error
     * @return the length in km, to 1e-8 of it; 0 if there is no key without fibre; infinite if the
     * key never ends, as without any background
     */
    double GetReachKm(double attenuationDbPerKm,
                      const QuantumLinkBudget& fixed = QuantumLinkBudget()) const;

  protected:
    /**
     * @brief What is left of a block of which detections, sifted bits, disclosed bits, errors and
     * error ratio were observed.
     *
     * Unless a protocol knows better: the secret share of a corrected bit before error correction
     * is that of the plan, and error correction discloses as many times the Shannon limit as
     * planned.
     *
     * @param budget the link
     * @param plan the block as planned
     * @param [in,out] block the observed block; leaked bits, final bits and whether there is a key
     * are to be set
     */
    virtual void FinishBlock(const QuantumLinkBudget& budget,
                             const QkdBlockPlan& plan,
                             QkdBlockPlan& block) const;

    /**
     * @brief Abort, with the reason, if Validate() finds fault or the budget is impossible.
     * @param budget the link
     */
    void CheckUsable(const QuantumLinkBudget& budget) const;

    /**
     * @brief Whether a block can be represented: its counts as 64-bit integers, and its duration
     * as a Time that can still be added to any simulated time.
     * @param durationS duration of the block, s
     * @param count the largest count of the block
     * @return true if so
     */
    static bool FitsBlock(double durationS, double count);

    /**
     * @brief The text of a preset that does not exist.
     * @param name its name
     * @return a sentence for SetPreset(), with the names that there are
     */
    std::string NoSuchPreset(const std::string& name) const;

    /**
     * @brief The text of an attribute that is out of range.
     * @param attribute name of the attribute
     * @param value its value
     * @param range what it has to be
     * @return a sentence for Validate()
     */
    std::string OutOfRange(const std::string& attribute,
                           double value,
                           const std::string& range) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QKD_PROTOCOL_H */
