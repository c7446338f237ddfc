/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHARGING_CONTROL_H
#define QKDN_CHARGING_CONTROL_H

#include "qkdn-charging-ledger.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-ck-messages.h"

#include <functional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Charging policy control of a controller: keeps the accounts of sessions by what KMs say,
 * and makes records of them from time to time.
 *
 * Accounts are kept over a crash as in stable storage. An interruption of key supply lasts from
 * when the controller hears of it to when it hears of its end.
 */
class ChargingControl
{
  public:
    /// Takes a record that was made.
    using RecordFunction = std::function<void(const ChargingRecord&)>;

    /// Takes note of an account that has changed.
    using ChangeFunction = std::function<void(SessionId)>;

    ChargingControl() = default;
    ~ChargingControl();
    ChargingControl(const ChargingControl&) = delete;
    ChargingControl& operator=(const ChargingControl&) = delete;

    /**
     * @brief Set who takes records.
     * @param record called for each
     */
    void SetRecordFunction(RecordFunction record);

    /**
     * @brief Set who is told of changes.
     * @param change called for each account that this controller changes
     */
    void SetChangeFunction(ChangeFunction change);

    /**
     * @brief Set the charging policy, before any session is requested.
     * @param tariff the tariff
     */
    void SetTariff(const ChargingTariff& tariff);

    /**
     * @brief The process starts, also again after Stop().
     * @param interval time between records, zero for none
     * @param delay time by which they come later than a whole number of intervals, so that the
     * reports of KMs, which are as often, have arrived
     */
    void Start(Time interval, Time delay);

    /// The process ends.
    void Stop();

    /**
     * @brief A session was taken on.
     * @param request the request
     */
    void SessionRequested(const CkSessionRequest& request);

    /**
     * @brief Something has happened to the route of a session.
     * @param event the event, sent by the session's KM
     */
    void RouteEvent(const CkRouteEvent& event);

    /**
     * @brief A KM tells what sessions have used.
     * @param km the KM
     * @param body CK_USAGE_REPORT
     * @return false if it is malformed or out of place, and changed nothing
     */
    bool HandleReport(KmId km, Ptr<const Packet> body);

    /**
     * @brief Another controller tells an account.
     * @param account what it knows
     */
    void Merge(const ChargingAccount& account);

    /// Make the records of all sessions.
    void MakeRecords();

    /**
     * @brief The accounts.
     * @return the ledger
     */
    const ChargingLedger& GetLedger() const;

  private:
    /**
     * @brief An account has changed.
     * @param session its session
     */
    void Changed(SessionId session) const;

    /// Make records, and again after the interval.
    void MakeRecordsPeriodically();

    ChargingLedger m_ledger; //!< accounts
    RecordFunction m_record; //!< takes records
    ChangeFunction m_change; //!< told of changes
    Time m_interval;         //!< time between records
    EventId m_next;          //!< next records
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHARGING_CONTROL_H */
