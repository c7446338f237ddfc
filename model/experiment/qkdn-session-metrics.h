/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SESSION_METRICS_H
#define QKDN_SESSION_METRICS_H

#include "qkdn-results.h"

#include "ns3/nstime.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What the key supply of a session is measured against.
 */
struct SessionMeasurement
{
    std::string session;         //!< id of the session
    std::string resilienceClass; //!< for example "unprotected"
    Time warmUp;                 //!< start of the measured time
    Time end;                    //!< end of the run and of the measured time
    Time deadline;               //!< a key handed over within it is on time
    Time toleration;        //!< longest interruption the applications bear; Time::Max() for any
    Time stop{Time::Max()}; //!< when the session asks for no more keys
};

/**
 * @ingroup qkdn-resilience
 * @brief Says why key supply was interrupted.
 *
 * The arguments are the instant at which the interruption began (before it is clipped to the
 * measured time), and the instant up to which a failure can have caused it: when the deadline of
 * its first request passed, or its end if that was earlier.
 */
using InterruptionCause = std::function<std::string(Time, Time)>;

/**
 * @ingroup qkdn-resilience
 * @brief What became of a request (a key handed over exactly at the deadline is on time).
 * @param request the request
 * @param deadline the deadline, counted from the issue time
 * @param end the end of the run
 * @return the outcome
 */
RequestOutcome ClassifyRequest(const RequestResult& request, Time deadline, Time end);

/**
 * @ingroup qkdn-resilience
 * @brief Key supply of a session, from its requests.
 *
 * Counted are the requests issued in the measured time [warmUp, end] and the keys handed over
 * for them up to the end of the run.
 *
 * - An interruption runs from the issue time of the first request not on time (late or lost) to
 *   the next later instant at which any key is handed over to the session, late ones included,
 *   or to the end of the run; if the session stops before, at most to its stop or the deadline of
 *   its last request that failed, whichever is later. Overlapping ones are one; those that only
 *   touch are two, because a key was handed over between them. They are clipped to the measured
 *   time; requests issued during the warm-up can begin one.
 * - Availability (ITU-T Y.3807 clause 8.6): 1 - interrupted time / measured time.
 * - KKRD (clause 8.2): response delay of the keys handed over, from the first attempt. Quantiles
 *   interpolate linearly between order statistics (gsl_stats_quantile_from_sorted_data: the
 *   quantile f of n sorted values is at position (n - 1) f).
 * - KKRDV (clause 8.3): 99.9 % quantile of the delay minus its minimum. Own definition, after
 *   the IP packet delay variation of ITU-T Y.1541 (quantile 1 - 10^-3 minus the minimum).
 * - KKDER (clause 8.4): erroneous keys / keys supplied.
 * - KKDLR (clause 8.5): requests lost / requests issued.
 * - Throughput (clause 8.1): bits of the supplied keys / measured time.
 *
 * @param measurement what it is measured against
 * @param [in,out] requests all requests of this session in any order; their outcome is set
 * @param cause says why an interruption happened
 * @return the figures
 */
SessionResult ComputeSessionMetrics(const SessionMeasurement& measurement,
                                    std::vector<RequestResult>& requests,
                                    const InterruptionCause& cause);

/**
 * @ingroup qkdn-resilience
 * @brief Put the interruptions of the measured time and what follows from them into a result.
 * @param measurement what it is measured against
 * @param all all interruptions
 * @param cause says why
 * @param [in,out] result the result
 */
void AddInterruptions(const SessionMeasurement& measurement,
                      const std::vector<Interruption>& all,
                      const InterruptionCause& cause,
                      SessionResult& result);

/**
 * @ingroup qkdn-resilience
 * @brief A cause that follows from the faults.
 *
 * It is the latest fault to strike of those that lasted when the interruption began; else of those
 * that had been repaired but could still be felt; else the first that began before the deadline of
 * the first request passed; else the text "key supply below demand".
 *
 * @param faults the faults
 * @param aftermaths by id of a fault, how long after its repair it can still be felt (start-up of
 * the modules, filling of a block); not at all if its id is missing
 * @return the function
 */
InterruptionCause CauseFromFaults(std::vector<FaultResult> faults,
                                  std::map<std::string, Time> aftermaths);

/**
 * @ingroup qkdn-resilience
 * @brief Set the outage of a recovery, and its outcome with regard to the toleration time.
 *
 * The outage is the sum of the interruptions that touch the time from the fault to the first
 * usable key. The toleration clock starts at an interruption: a mechanism has recovered the
 * session if each of them is at most as long as the toleration time and the last switching action
 * was acknowledged within that time from its start; otherwise the outcome is
 * RECOVERY_TOLERATION_EXCEEDED. Without an interruption it has recovered it. Other outcomes stay.
 *
 * @param session the session, with its interruptions
 * @param end end of the run
 * @param [in,out] recovery the recovery
 */
void JudgeRecovery(const SessionResult& session, Time end, RecoveryResult& recovery);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SESSION_METRICS_H */
