/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LOCAL_DEFECTS_H
#define QKDN_LOCAL_DEFECTS_H

#include "qkdn-aps-message.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <array>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Kinds of defects of an entity.
 */
enum SwitchDefect : uint8_t
{
    DEFECT_FAIL,    //!< signal fail (SF)
    DEFECT_DEGRADE, //!< signal degrade (SD)
    SWITCH_DEFECTS, //!< number of kinds
};

/**
 * @ingroup qkdn-resilience
 * @brief The defects of both entities as seen at one end, with a hold-off timer for each entity
 * (RFC 7347, 7.3).
 *
 * A new defect starts the timer if it does not run. When it expires, whatever defects are there are
 * reported; these need not be the ones that started it. The end of a reported defect is reported
 * at once.
 */
class LocalDefects
{
  public:
    /// A report: the entity, the kind, whether the defect is there, the failure behind it.
    using ReportCallback = Callback<void, Entity, SwitchDefect, bool, IncidentId>;
    /// Hold-off is over: the entity, whether any defect is still there, the newest failure.
    using HoldOffCallback = Callback<void, Entity, bool, IncidentId>;

    LocalDefects() = default;
    ~LocalDefects();
    LocalDefects(const LocalDefects&) = delete;
    LocalDefects& operator=(const LocalDefects&) = delete;

    /**
     * @brief Set who is told.
     * @param report told of defects after hold-off
     * @param holdOff told when hold-off is over, also if it takes no time
     */
    void SetCallbacks(ReportCallback report, HoldOffCallback holdOff);

    /**
     * @brief Set the hold-off time.
     * @param duration time from a defect to its report; 0 to report at once
     */
    void SetHoldOff(Time duration);

    /**
     * @brief The hold-off time.
     * @return time from a defect to its report
     */
    Time GetHoldOff() const;

    /**
     * @brief A defect appears or disappears.
     * @param entity the entity
     * @param defect kind of the defect
     * @param present whether it is there from now on
     * @param incident the failure behind it, or none
     */
    void Set(Entity entity, SwitchDefect defect, bool present, IncidentId incident);

    /**
     * @brief End all hold-offs now, and report.
     */
    void Expire();

    /**
     * @brief Whether hold-off runs for an entity.
     * @param entity the entity
     * @return true if so
     */
    bool IsHeldOff(Entity entity) const;

    /// Forget all defects without a report, and stop the timers.
    void Reset();

  private:
    /// What is known of an entity.
    struct Known
    {
        std::array<bool, SWITCH_DEFECTS> present{};        //!< defects that are there
        std::array<bool, SWITCH_DEFECTS> reported{};       //!< defects that were reported
        std::array<IncidentId, SWITCH_DEFECTS> incident{}; //!< failures behind them
        IncidentId newest;                                 //!< failure behind the newest defect
        EventId holdOff;                                   //!< end of hold-off
    };

    /**
     * @brief Hold-off of an entity is over.
     * @param entity the entity
     */
    void Report(Entity entity);

    ReportCallback m_report;       //!< told of defects
    HoldOffCallback m_holdOffOver; //!< told when hold-off is over
    Time m_holdOff;                //!< hold-off time
    std::array<Known, 2> m_known;  //!< by entity
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LOCAL_DEFECTS_H */
