/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RECOVERY_RESULT_H
#define QKDN_RECOVERY_RESULT_H

#include "ns3/nstime.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Stages of a recovery in the order of the critical path.
 */
enum RecoveryStage
{
    STAGE_DETECTION,      //!< fault to signal fail or degrade declared
    STAGE_HOLD_OFF,       //!< waiting for a lower layer
    STAGE_NOTIFICATION,   //!< until the last deciding entity is informed
    STAGE_DECISION,       //!< until the decision is taken
    STAGE_REPAIR_WAIT,    //!< until the cause is repaired, if no mechanism brought it back
    STAGE_OPERATION,      //!< until the last switching action is acknowledged
    STAGE_RESYNC,         //!< until the modules run again
    STAGE_KEY_RESUMPTION, //!< until the first key is usable
    STAGE_COUNT           //!< number of the values above
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a stage as it appears in results.
 * @param stage the stage
 * @return for example "repair_wait"
 */
const char* RecoveryStageName(RecoveryStage stage);

/**
 * @ingroup qkdn-resilience
 * @brief Parts of the stage "key resumption".
 */
enum ResumptionPart
{
    RESUMPTION_BLOCK_FILL,   //!< until the first block is full of detections
    RESUMPTION_DISTILLATION, //!< until its QKD-key is distilled
    RESUMPTION_CONFIRMATION, //!< until both KMA pools have confirmed it
    RESUMPTION_DELIVERY,     //!< until a key made of it is usable
    RESUMPTION_COUNT         //!< number of the values above
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a part as it appears in results.
 * @param part the part
 * @return for example "block_fill"
 */
const char* ResumptionPartName(ResumptionPart part);

/**
 * @ingroup qkdn-resilience
 * @brief How long each stage of a recovery took.
 *
 * The stages add up to the total, and the parts of key resumption to that stage, exactly.
 */
struct RecoveryStages
{
    std::array<Time, STAGE_COUNT> stage{};     //!< by RecoveryStage; 0 if it did not happen
    std::array<Time, RESUMPTION_COUNT> part{}; //!< by ResumptionPart; 0 if it did not happen
    std::optional<Time> total;                 //!< fault to first usable key; none if never

    /// The stages in the order in which they came: the hold-off may follow the notification.
    std::array<RecoveryStage, STAGE_COUNT> order{};
};

/**
 * @ingroup qkdn-resilience
 * @brief The instants t0 to t7 of a recovery; what never happened is not set.
 *
 * Each is at or after its predecessor, except that the hold-off may end after the notification.
 */
struct RecoveryMarkers
{
    Time fault;                         //!< t0: physical fault
    std::optional<Time> detected;       //!< t1: signal fail or degrade declared
    std::optional<Time> holdOffOver;    //!< t2: hold-off over
    std::optional<Time> notified;       //!< t3: last deciding entity informed
    std::optional<Time> decided;        //!< t4: decision taken
    std::optional<Time> repaired;       //!< t4': cause repaired, if that is what was waited for
    std::optional<Time> operated;       //!< t5: last switching action acknowledged
    std::optional<Time> running;        //!< t6: modules running again
    std::optional<Time> blockFilled;    //!< first new block full of detections
    std::optional<Time> distilled;      //!< its QKD-key distilled
    std::optional<Time> confirmed;      //!< it is in both KMA pools
    std::optional<Time> firstKeyUsable; //!< t7: first key usable

    /**
     * @brief Look for a marker that is before its predecessor.
     * @return empty if all are in order, otherwise which two are not
     */
    std::string FindDisorder() const;

    /**
     * @brief The stages: differences of consecutive markers along the critical path. Aborts if
     * the markers are not in order.
     * @return the stages; a marker that is not set makes its stage 0, and its time counts to the
     * next stage whose marker is set
     */
    RecoveryStages ComputeStages() const;

    /**
     * @brief Move each marker that is before its predecessor to it.
     *
     * Components notice the same thing at different times: a repair can come before the last
     * of them has noticed the failure.
     */
    void PutInOrder();
};

/**
 * @ingroup qkdn-resilience
 * @brief How a failure episode ended.
 */
enum RecoveryOutcome
{
    RECOVERY_RECOVERED,           //!< by the resilience mechanism, within the toleration time
    RECOVERY_TOLERATION_EXCEEDED, //!< recovered, but the interruption was too long
    RECOVERY_NOT_RECOVERED,       //!< not until the end of the run
    RECOVERY_REPAIRED             //!< by repair of the cause
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of an outcome as it appears in results.
 * @param outcome the outcome
 * @return "recovered", "toleration-exceeded", "not-recovered" or "repaired"
 */
const char* RecoveryOutcomeName(RecoveryOutcome outcome);

/**
 * @ingroup qkdn-resilience
 * @brief One failure episode of one session or protection group.
 */
struct RecoveryResult
{
    std::string fault;                               //!< id of the fault that began it
    std::vector<std::string> alsoFaults;             //!< ids of faults that hit meanwhile
    std::string sessionOrGroup;                      //!< id of the session or group
    std::string mechanism;                           //!< for example "unprotected"
    std::string trigger;                             //!< for example "link-down"
    std::vector<std::string> incidents;              //!< incidents of the detectors
    RecoveryMarkers markers;                         //!< the instants
    Time outage;                                     //!< interruption measured at the application
    std::vector<std::string> routeBefore;            //!< KMs of the route that failed
    std::vector<std::string> routeAfter;             //!< KMs of the route of the first key
    uint64_t extraKeyBits{0};                        //!< further relay bits on the longer route
    std::optional<uint64_t> demandBps;               //!< restoration: key rate asked for, bit/s
    std::optional<uint64_t> recoveredBps;            //!< restoration: of it recovered, bit/s
    uint64_t recoveryRoutes{0};                      //!< restoration: routes used at once
    std::optional<Time> revertedAt;                  //!< when it went back to the route before
    uint64_t controlMessages{0};                     //!< control messages it caused
    uint64_t controlBytes{0};                        //!< their bytes
    uint64_t wastedBits{0};                          //!< key bits it wasted
    RecoveryOutcome outcome{RECOVERY_NOT_RECOVERED}; //!< how it ended

    /**
     * @brief Whether the failure was detected.
     * @return true if t1 is set
     */
    bool IsDetected() const;

    /**
     * @brief Hops of the route that failed.
     * @return one less than its KMs, none if there was no route
     */
    std::optional<uint64_t> GetHopsBefore() const;

    /**
     * @brief Hops of the route over which the first key came.
     * @return one less than its KMs, none if no key came
     */
    std::optional<uint64_t> GetHopsAfter() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief How much of what failures concerned was recovered. The names are those of the literature,
 * the definitions are our own.
 */
struct RecoveryRatios
{
    /// episodes of sessions that a resilience mechanism ended, not the repair, of all of them
    std::optional<double> services;
    /// key rate that restoration recovered, of what the sessions that it was for had asked for:
    /// what the routes were free to give when the controller chose them
    std::optional<double> keyRate;
    /// further relay bits on longer routes, of all key that was generated
    std::optional<double> keyConsumption;
};

/**
 * @ingroup qkdn-resilience
 * @brief Compute the ratios of a run.
 * @param recoveries the episodes of sessions
 * @param generatedBits key that all QKD links have generated
 * @return the ratios; none where there is nothing to divide by
 */
RecoveryRatios ComputeRecoveryRatios(const std::vector<RecoveryResult>& recoveries,
                                     uint64_t generatedBits);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RECOVERY_RESULT_H */
