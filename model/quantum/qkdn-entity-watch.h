/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ENTITY_WATCH_H
#define QKDN_ENTITY_WATCH_H

#include "qkdn-protection-group.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"

#include <array>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What one end knows of an entity of a protection group: the worst of what its module, the
 * monitor of its fibre and its switches say, and the same after the hold-off.
 */
class EntityWatch
{
  public:
    /// Who says something.
    enum Source
    {
        SOURCE_LINK,   //!< status of the QKD link at this end
        SOURCE_LINE,   //!< monitor of the fibre
        SOURCE_SWITCH, //!< optical switches
        SOURCES        //!< number of sources
    };

    /// Told the condition, what was noticed, and the failure behind it.
    using ChangeCallback = Callback<void, EntityCondition, const std::string&, IncidentId>;
    /// Told that the hold-off is over: true if a condition is still there.
    using HoldOffCallback = Callback<void, bool, IncidentId>;

    /**
     * @brief Constructor
     * @param holdOff from a condition to its report; the end of one is reported at once
     * @param change told changes before the hold-off
     * @param report told the end of hold-off, and the end of conditions that were reported
     */
    EntityWatch(Time holdOff, ChangeCallback change, HoldOffCallback report);

    ~EntityWatch();
    EntityWatch(const EntityWatch&) = delete;
    EntityWatch& operator=(const EntityWatch&) = delete;

    /**
     * @brief A source says something.
     * @param source the source
     * @param condition what it says
     * @param cause what was noticed
     * @param incident the failure behind it, or none
     */
    void Set(Source source,
             EntityCondition condition,
             const std::string& cause,
             IncidentId incident);

    /**
     * @brief The condition now.
     * @return the worst that a source says
     */
    EntityCondition GetCondition() const;

    /**
     * @brief What a source says.
     * @param source the source
     * @return its condition
     */
    EntityCondition GetCondition(Source source) const;

    /**
     * @brief The condition after the hold-off.
     * @return what was reported
     */
    EntityCondition GetReported() const;

    /**
     * @brief The newest failure.
     * @return its incident, or none
     */
    IncidentId GetIncident() const;

    /// Reports again after Stop(); a failure that was not reported yet is held off anew.
    void Start();

    /// No report any more; conditions are kept.
    void Stop();

  private:
    /// The hold-off is over.
    void HoldOffOver();

    Time m_holdOff;                                      //!< hold-off
    ChangeCallback m_change;                             //!< told changes
    HoldOffCallback m_report;                            //!< told reports
    std::array<EntityCondition, SOURCES> m_conditions{}; //!< by source
    EntityCondition m_reported{ENTITY_GOOD};             //!< what was reported
    IncidentId m_incident;                               //!< newest failure
    EventId m_timer;                                     //!< end of hold-off
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ENTITY_WATCH_H */
