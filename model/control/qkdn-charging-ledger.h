/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHARGING_LEDGER_H
#define QKDN_CHARGING_LEDGER_H

#include "qkdn-charging-account.h"
#include "qkdn-charging-record.h"

#include "ns3/qkdn-ck-usage-report.h"

#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Accounts of sessions: what KMs say that each has used, how long its key supply was
 * interrupted, and what that costs.
 *
 * A KM tells totals. When it counts from nothing again (a later epoch), what it told before stays
 * charged; what it had not told is lost.
 */
class ChargingLedger
{
  public:
    /**
     * @brief Set the charging policy, before any session is opened.
     * @param tariff the tariff
     */
    void SetTariff(const ChargingTariff& tariff);

    /**
     * @brief The charging policy.
     * @return the tariff, empty if nothing is charged
     */
    const ChargingTariff& GetTariff() const;

    /**
     * @brief Open the account of a session, unless it is open.
     * @param session the session
     * @param resilienceClass its class
     * @param toleration longest interruption that it bears
     * @param now the time
     */
    void Open(SessionId session, ResilienceClass resilienceClass, Time toleration, Time now);

    /**
     * @brief A KM tells what sessions have used.
     * @param km the KM
     * @param report what it says
     * @return false if it names a session whose account was never opened; then nothing has changed
     */
    bool Report(KmId km, const CkUsageReport& report);

    /**
     * @brief Key supply of a session is interrupted, or resumed. What is said again changes
     * nothing, and neither does a session whose account was never opened.
     * @param session the session
     * @param interrupted true if it is interrupted
     * @param now the time
     */
    void SetInterrupted(SessionId session, bool interrupted, Time now);

    /**
     * @brief The record of a session. An interruption that lasts counts as if it ended now.
     * @param session a session whose account is open and whose class has a tariff
     * @param now the time
     * @return the record
     */
    ChargingRecord GetRecord(SessionId session, Time now) const;

    /**
     * @brief The records of all sessions whose class has a tariff.
     * @param now the time
     * @return in the order of their numbers
     */
    std::vector<ChargingRecord> GetRecords(Time now) const;

    /**
     * @brief All accounts.
     * @return by session
     */
    const std::map<SessionId, ChargingAccount>& GetAccounts() const;

    /**
     * @brief Another controller tells an account: open it here too, or add what is new of it.
     * @param account what it knows
     */
    void Merge(const ChargingAccount& account);

  private:
    /**
     * @brief Add the interruption of an account to what it is charged for.
     * @param account the account
     * @param now its end
     * @param [in,out] violations plus one if it was not tolerated
     * @param [in,out] excess plus the time beyond the toleration
     */
    static void AddInterruption(const ChargingAccount& account,
                                Time now,
                                uint64_t& violations,
                                Time& excess);

    ChargingTariff m_tariff;                         //!< charging policy
    std::map<SessionId, ChargingAccount> m_accounts; //!< by session
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHARGING_LEDGER_H */
