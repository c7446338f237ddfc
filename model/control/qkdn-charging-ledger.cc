/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charging-ledger.h"

#include "ns3/abort.h"

#include <algorithm>
#include <tuple>

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
    const auto [found, isNew] = m_accounts.emplace(session, Account());
    if (!isNew)
    {
        return;
    }
    Account& account = found->second;
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
        Meter& meter = m_accounts.at(usage.session).meters[km];
        if (std::tie(report.epoch, report.number) < std::tie(meter.epoch, meter.number))
        {
            continue;
        }
        if (report.epoch > meter.epoch)
        {
            for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
            {
                meter.before[use] += meter.newest[use];
            }
        }
        meter.epoch = report.epoch;
        meter.number = report.number;
        meter.newest = usage.bits;
    }
    return true;
}

void
ChargingLedger::AddInterruption(const Account& account,
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
    Account& account = found->second;
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
    const Account& account = m_accounts.at(session);
    ChargingRecord record;
    record.session = session;
    record.resilienceClass = account.resilienceClass;
    record.service.opened = account.opened;
    record.service.until = now;
    record.service.violations = account.violations;
    record.service.excess = account.excess;
    AddInterruption(account, now, record.service.violations, record.service.excess);
    for (const auto& entry : account.meters)
    {
        for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
        {
            record.service.bits[use] += entry.second.before[use] + entry.second.newest[use];
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

} // namespace qkdn
} // namespace ns3
