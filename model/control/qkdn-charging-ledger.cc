/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charging-ledger.h"

#include "ns3/abort.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
ChargingLedger::SetTariff(const ChargingTariff& tariff)
{
    NS_ABORT_MSG_UNLESS(m_accounts.empty(), "a tariff comes after accounts were opened");
    m_tariff = tariff;
}

const ChargingTariff&
ChargingLedger::GetTariff() const
{
    return m_tariff;
}

void
ChargingLedger::Open(SessionId session, ResilienceClass resilienceClass, Time toleration, Time now)
{
    const auto [found, isNew] = m_accounts.emplace(session, ChargingAccount());
    if (!isNew)
    {
        return;
    }
    ChargingAccount& account = found->second;
    account.session = session;
    account.resilienceClass = resilienceClass;
    account.toleration = toleration;
    account.opened = now;
}

bool
ChargingLedger::Report(KmId km, const CkUsageReport& report)
{
    const auto isOpen = [this](const CkSessionUsage& usage) {
        return m_accounts.count(usage.session) > 0;
    };
    if (!std::all_of(report.sessions.begin(), report.sessions.end(), isOpen))
    {
        return false;
    }
    for (const CkSessionUsage& usage : report.sessions)
    {
        auto& counters = m_accounts.at(usage.session).counters;
        const auto later = counters.upper_bound({km, report.epoch});
        if (later != counters.end() && later->first.first == km)
        {
            continue; // the KM counts from nothing again
        }
        ChargingAccount::Counter& counter = counters[{km, report.epoch}];
        if (report.number >= counter.number)
        {
            counter = {report.number, usage.bits};
        }
    }
    return true;
}

void
ChargingLedger::AddInterruption(const ChargingAccount& account,
                                Time now,
                                uint64_t& violations,
                                Time& excess)
{
    if (account.interrupted && now - *account.interrupted > account.toleration)
    {
        ++violations;
        excess += now - *account.interrupted - account.toleration;
    }
}

void
ChargingLedger::SetInterrupted(SessionId session, bool interrupted, Time now)
{
    const auto found = m_accounts.find(session);
    if (found == m_accounts.end() || found->second.interrupted.has_value() == interrupted)
    {
        return;
    }
    ChargingAccount& account = found->second;
    account.changed = now;
    if (interrupted)
    {
        account.interrupted = now;
        return;
    }
    AddInterruption(account, now, account.violations, account.excess);
    account.interrupted.reset();
}

ChargingRecord
ChargingLedger::GetRecord(SessionId session, Time now) const
{
    const ChargingAccount& account = m_accounts.at(session);
    ChargingRecord record;
    record.session = session;
    record.resilienceClass = account.resilienceClass;
    record.service.opened = account.opened;
    record.service.until = now;
    record.service.violations = account.violations;
    record.service.excess = account.excess;
    AddInterruption(account, now, record.service.violations, record.service.excess);
    for (const auto& entry : account.counters)
    {
        for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
        {
            record.service.bits[use] += entry.second.bits[use];
        }
    }
    record.amounts = RateService(m_tariff.at(account.resilienceClass), record.service);
    return record;
}

std::vector<ChargingRecord>
ChargingLedger::GetRecords(Time now) const
{
    std::vector<ChargingRecord> records;
    for (const auto& [session, account] : m_accounts)
    {
        if (m_tariff.count(account.resilienceClass) > 0)
        {
            records.push_back(GetRecord(session, now));
        }
    }
    return records;
}

const std::map<SessionId, ChargingAccount>&
ChargingLedger::GetAccounts() const
{
    return m_accounts;
}

void
ChargingLedger::Merge(const ChargingAccount& account)
{
    const auto [found, isNew] = m_accounts.emplace(account.session, account);
    if (!isNew)
    {
        found->second.Merge(account);
    }
}

} // namespace qkdn
} // namespace ns3
