/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PREEMPTION_LOG_H
#define QKDN_PREEMPTION_LOG_H

#include "qkdn-session-metrics.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A time in which a session had to stop for another one.
 */
struct Preemption
{
    Time start;              //!< when it had to stop
    std::optional<Time> end; //!< when it could go on, none if it could not
    std::string by;          //!< the session that it stopped for, empty if not known

    /**
     * @brief The pre-emption in words.
     * @return for example "pre-empted by A"
     */
    std::string Describe() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief Which sessions had to stop for others, and when.
 */
class PreemptionLog
{
  public:
    /**
     * @brief A session has to stop. Nothing changes if it had to already.
     * @param now the time
     * @param session the session
     * @param by the session that it stops for, empty if not known
     */
    void Stop(Time now, SessionId session, const std::string& by);

    /**
     * @brief A session may go on. Nothing changes if it did not have to stop.
     * @param now the time
     * @param session the session
     */
    void GoOn(Time now, SessionId session);

    /**
     * @brief The pre-emptions of a session.
     * @param session the session
     * @return in order of time
     */
    std::vector<Preemption> Get(SessionId session) const;

  private:
    std::map<SessionId, std::vector<Preemption>> m_preemptions; //!< by session
};

/**
 * @ingroup qkdn-resilience
 * @brief A cause of interruptions: the latest pre-emption that lasted when the interruption began
 * or that began before the deadline of its first request passed; else another cause.
 * @param preemptions the pre-emptions of the session
 * @param otherwise the other cause
 * @return the function
 */
InterruptionCause CauseFromPreemptions(std::vector<Preemption> preemptions,
                                       InterruptionCause otherwise);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PREEMPTION_LOG_H */
