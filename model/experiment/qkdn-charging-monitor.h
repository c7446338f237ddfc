/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHARGING_MONITOR_H
#define QKDN_CHARGING_MONITOR_H

#include "qkdn-charging-requirements.h"
#include "qkdn-event-log.h"
#include "qkdn-results.h"

#include "ns3/qkdn-key-manager.h"

#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

class QkdnController;
class QkdnManager;

/**
 * @ingroup qkdn-resilience
 * @brief The part of ResilienceMonitor that watches charging: what key managers count, and the
 * records that controllers make and the manager gets.
 */
class ChargingMonitor
{
  public:
    /**
     * @brief Constructor
     * @param log the event log
     * @param requirements judges charging
     */
    ChargingMonitor(EventLog& log, ChargingRequirements& requirements);

    ChargingMonitor(const ChargingMonitor&) = delete;
    ChargingMonitor& operator=(const ChargingMonitor&) = delete;

    /**
     * @brief Watch a key manager.
     * @param km the key manager
     */
    void AddKeyManager(Ptr<KeyManager> km);

    /**
     * @brief Watch a controller.
     * @param controller the controller
     * @param entity what it is in the event log
     */
    void AddController(Ptr<QkdnController> controller, const std::string& entity);

    /**
     * @brief Watch the manager.
     * @param manager the manager
     */
    void AddManager(Ptr<QkdnManager> manager);

    /**
     * @brief Add a session.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief Say what is charged.
     * @param tariff the charging policy
     * @param lag longest time from use to the record that tells of it, settling time excluded
     */
    void SetTariff(const ChargingTariff& tariff, Time lag);

    /**
     * @brief What sessions cost.
     * @param [in,out] results where it goes, after the sessions
     */
    void Collect(ExperimentResults& results) const;

  private:
    /**
     * @brief Name of a session.
     * @param session the session
     * @return its name, or its number if it is not watched
     */
    std::string NameOf(SessionId session) const;

    /// @cond
    void KeyUsed(KmId km, SessionId session, ChargedUse use, int64_t bits);
    void RecordMade(std::string entity, const ChargingRecord& record);
    /// @endcond

    EventLog& m_log;                             //!< event log
    ChargingRequirements& m_requirements;        //!< judges charging
    std::map<SessionId, std::string> m_sessions; //!< names of sessions
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHARGING_MONITOR_H */
