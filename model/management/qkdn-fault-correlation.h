/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAULT_CORRELATION_H
#define QKDN_FAULT_CORRELATION_H

#include "qkdn-fault-suspects.h"
#include "qkdn-inventory.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/qkdn-mc-messages.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// What became of a cause of alarms.
enum CauseState : uint8_t
{
    CAUSE_OPEN,    //!< alarms that it explains stand
    CAUSE_CLEARED, //!< they do not stand any more
    CAUSE_ABSORBED //!< another cause explains them, too
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a state as it appears in results.
 * @param state the state
 * @return "open", "cleared" or "absorbed"
 */
const char* CauseStateName(CauseState state);

/**
 * @ingroup qkdn-resilience
 * @brief A component that a manager takes for the cause of alarms.
 */
struct FaultCause
{
    uint32_t number{0};           //!< consecutive at one manager, from 1
    Component component;          //!< what is thought to have failed
    IncidentId incident;          //!< of the oldest alarm that has one, or none
    Time opened;                  //!< when the manager decided
    CauseState state{CAUSE_OPEN}; //!< what became of it
    Time closed;                  //!< when it was cleared or absorbed
    uint32_t absorbedBy{0};       //!< the cause that explains its alarms, too, or 0
    uint32_t alarms{0};           //!< alarms that it has explained so far
    std::set<AlarmKey> standing;  //!< those of them that stand
};

/**
 * @ingroup qkdn-resilience
 * @brief Finds, among the many alarms of one failure, the component that is behind them.
 *
 * It knows what controllers told the manager. Alarms are ends of QKD links that make no key (loss
 * of light, too many errors, the other module does not answer or cannot go on), KMs that miss a
 * neighbour that was there, KMs that the controller cannot reach, and failed routes. An alarm that
 * an open cause explains joins it. Others are gathered for the time CorrelationWindow; then
 * the most likely component (FaultSuspects::Rank()) becomes a cause and takes what it explains,
 * the next one what is left, and so on. A cause all of whose alarms a later cause explains, too,
 * is absorbed by it. When the last alarm of links and neighbours of a cause is over, it is cleared.
 */
class FaultCorrelation : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    FaultCorrelation();
    ~FaultCorrelation() override;

    /**
     * @brief Set what is known of the network.
     * @param inventory the inventory; it must outlive this object or dispose of it
     */
    void SetInventory(const Inventory& inventory);

    /// Links, names or constant data in the inventory have changed.
    void InventoryChanged();

    /**
     * @brief A controller reports an alarm, or that it is over.
     * @param alarm the alarm
     * @param incident the failure behind it, or none
     */
    void AlarmReported(const McAlarm& alarm, IncidentId incident);

    /**
     * @brief A controller reports a QKD link; the inventory has it.
     * @param status the report
     * @param incident the failure behind it, or none
     */
    void LinkReported(const McLinkStatus& status, IncidentId incident);

    /**
     * @brief A controller reports a KM; the inventory has it.
     * @param status the report
     */
    void KmReported(const McKmStatus& status);

    /**
     * @brief The status of a route has changed; the inventory has it.
     * @param status the status
     * @param incident the failure behind it, or none
     */
    void RouteReported(const McRouteStatus& status, IncidentId incident);

    /// The process starts again: gather what came before it crashed.
    void Start();

    /// The process crashes: alarms and causes are on stable storage, decisions wait.
    void Stop();

    /**
     * @brief All causes.
     * @return causes, by number from 1
     */
    const std::vector<FaultCause>& GetCauses() const;

    /**
     * @brief A cause.
     * @param number its number; aborts if there is none
     * @return the cause
     */
    const FaultCause& GetCause(uint32_t number) const;

    /**
     * @brief Alarms that stand.
     * @return the alarms
     */
    const StandingAlarms& GetAlarms() const;

    /**
     * @brief What may be behind the alarms of a cause.
     * @param number the cause
     * @return components, the most likely one first
     */
    std::vector<Component> GetSuspects(uint32_t number);

    /**
     * @brief The sessions that have a route over a hop that a cause breaks, and are interrupted by
     * it or would be if they used it.
     * @param number the cause
     * @return the sessions
     */
    std::set<SessionId> GetSessions(uint32_t number);

    /**
     * @brief TracedCallback signature of a cause that is found or over.
     * @param cause the cause
     */
    using CauseCallback = void (*)(const FaultCause& cause);

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief What judges components.
     * @return it, after a look at the inventory if that has changed
     */
    FaultSuspects& Suspects();

    /**
     * @brief An alarm stands.
     * @param key what it is about
     * @param incident the failure behind it, or none
     * @param cause what an end of a link says
     */
    void Raise(const AlarmKey& key, IncidentId incident, LinkCause cause = CAUSE_NONE);

    /**
     * @brief An alarm is over.
     * @param key what it is about
     */
    void Clear(const AlarmKey& key);

    /**
     * @brief Raise or clear an alarm.
     * @param stands whether it stands
     * @param key what it is about
     * @param incident the failure behind it, or none
     */
    void Set(bool stands, const AlarmKey& key, IncidentId incident);

    /**
     * @brief A KM says whether it sees a neighbour.
     * @param by the KM
     * @param neighbour the neighbour
     * @param sees whether it does
     * @param incident the failure behind it, or none
     */
    void NeighbourReported(KmId by, KmId neighbour, bool sees, IncidentId incident);

    /**
     * @brief Decide later, if an alarm without cause is one to decide on.
     * @param key the alarm
     */
    void Gather(const AlarmKey& key);

    /// The window is over: find causes for alarms that have none.
    void Decide();

    /**
     * @brief Open a cause.
     * @param component the component
     * @param alarms alarms without a cause
     */
    void Open(const Component& component, const std::set<AlarmKey>& alarms);

    /**
     * @brief An alarm joins a cause.
     * @param key the alarm
     * @param cause the cause
     */
    void Join(const AlarmKey& key, FaultCause& cause);

    /**
     * @brief Close causes that a newer one explains.
     * @param cause the newer one
     */
    void Absorb(FaultCause& cause);

    /**
     * @brief A cause is over.
     * @param cause the cause
     * @param state what became of it
     */
    void CloseCause(FaultCause& cause, CauseState state);

    /**
     * @brief The alarms that no cause explains.
     * @return their keys
     */
    std::set<AlarmKey> GetUnexplained() const;

    Time m_window;                                  //!< attribute CorrelationWindow
    const Inventory* m_inventory{nullptr};          //!< what is known
    std::unique_ptr<FaultSuspects> m_suspects;      //!< judges components
    bool m_stale{false};                            //!< m_suspects has to look again
    bool m_running{false};                          //!< the process runs
    StandingAlarms m_alarms;                        //!< alarms
    std::set<std::pair<KmId, KmId>> m_seen;         //!< a KM, and a neighbour that it has seen
    std::vector<FaultCause> m_causes;               //!< causes
    std::set<uint32_t> m_open;                      //!< numbers of those that are open
    EventId m_decision;                             //!< the window is over
    TracedCallback<const FaultCause&> m_causeTrace; //!< Cause
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAULT_CORRELATION_H */
