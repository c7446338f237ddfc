/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_CONDITIONS_H
#define QKDN_ROUTE_CONDITIONS_H

#include "qkdn-session-policy.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What made a route fail.
 */
struct RouteFailureCause
{
    ResilienceTrigger trigger{TRIGGER_LINK_DOWN}; //!< kind of condition
    KmId failedHop;                               //!< KM before the hop that failed, or none
    IncidentId incident;                          //!< the failure, or none
};

/**
 * @ingroup qkdn-resilience
 * @brief The failure conditions of one route: one for each kind and hop.
 */
class RouteConditions
{
  public:
    /**
     * @brief A condition is there. One that is known keeps its incident.
     * @param cause kind, hop and incident
     * @param bufferedUntil when buffered key runs out; a repetition can only bring it forward
     */
    void Add(const RouteFailureCause& cause, Time bufferedUntil);

    /**
     * @brief A condition is gone.
     * @param trigger its kind
     * @param failedHop its hop
     * @return false if it was not there
     */
    bool Clear(ResilienceTrigger trigger, KmId failedHop);

    /**
     * @brief Whether there is a condition of a kind.
     * @param trigger the kind
     * @return true if there is
     */
    bool Has(ResilienceTrigger trigger) const;

    /**
     * @brief The oldest condition of a kind.
     * @param trigger the kind; aborts if there is none of it
     * @return the condition
     */
    RouteFailureCause GetFirst(ResilienceTrigger trigger) const;

    /**
     * @brief When buffered key runs out, by the earliest that was told.
     * @param trigger the kind of conditions that count
     * @return the time, Time::Max() if there is none
     */
    Time GetBufferedUntil(ResilienceTrigger trigger) const;

  private:
    /// A condition.
    struct Entry
    {
        RouteFailureCause cause; //!< kind, hop and incident
        Time bufferedUntil;      //!< when buffered key runs out
    };

    /**
     * @brief Find a condition.
     * @param trigger its kind
     * @param failedHop its hop
     * @return its place, the end if it is not there
     */
    std::vector<Entry>::iterator Find(ResilienceTrigger trigger, KmId failedHop);

    std::vector<Entry> m_entries; //!< conditions, oldest first
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_CONDITIONS_H */
