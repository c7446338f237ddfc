/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charging-requirements.h"

#include "ns3/abort.h"

#include <algorithm>
#include <limits>

namespace ns3
{
namespace qkdn
{

ChargingRequirements::ChargingRequirements(Time settling)
    : m_settling(settling),
      m_window(settling)
{
}

void
ChargingRequirements::SetTariff(const ChargingTariff& tariff, Time lag)
{
    m_tariff = tariff;
    m_window = m_settling + lag;
}

void
ChargingRequirements::AddSession(SessionId session, ResilienceClass resilienceClass)
{
    m_sessions[session] = resilienceClass;
}

void
ChargingRequirements::UseMeasured(Time now, SessionId session, ChargedUse use, int64_t bits)
{
    if (m_tariff.empty())
    {
        return;
    }
    std::deque<Measured>& measured = m_measured[session];
    const KeyUsage before = measured.empty() ? KeyUsage{} : measured.back().bits;
    if (measured.empty() || measured.back().from < now)
    {
        measured.push_back(Measured{now, before});
    }
    uint64_t& total = measured.back().bits[use];
    const auto change = static_cast<uint64_t>(bits < 0 ? -bits : bits);
    NS_ABORT_MSG_IF(bits < 0 && change > total, "more key is taken back than was used");
    total = bits < 0 ? total - change : total + change;
    // the state at the beginning of the window is the last one before it
    while (measured.size() > 1 && measured[1].from + m_window <= now)
    {
        measured.pop_front();
    }
}

void
ChargingRequirements::RecordMade(const Sighting& at, const ChargingRecord& record)
{
    m_records[record.session] = {at, record};
}

const std::map<SessionId, std::pair<Sighting, ChargingRecord>>&
ChargingRequirements::GetRecords() const
{
    return m_records;
}

std::pair<uint64_t, uint64_t>
ChargingRequirements::GetMeasured(SessionId session, std::size_t use, Time end) const
{
    const auto found = m_measured.find(session);
    if (found == m_measured.end())
    {
        return {0, 0};
    }
    const Time begin = end - m_window;
    std::pair<uint64_t, uint64_t> range(std::numeric_limits<uint64_t>::max(), 0);
    if (found->second.front().from > begin)
    {
        range.first = 0;
    }
    for (auto state = found->second.begin(); state != found->second.end(); ++state)
    {
        const auto next = state + 1;
        if (next == found->second.end() || next->from > begin)
        {
            range.first = std::min(range.first, state->bits[use]);
            range.second = std::max(range.second, state->bits[use]);
        }
    }
    return range;
}

std::optional<std::string>
ChargingRequirements::Judge(SessionId session, const ClassTariff& tariff, Time end) const
{
    const auto found = m_records.find(session);
    KeyUsage charged{};
    if (found != m_records.end())
    {
        const ChargingRecord& record = found->second.second;
        charged = record.service.bits;
        if (!(RateService(tariff, record.service) == record.amounts))
        {
            return "does not follow the tariff";
        }
    }
    bool any = found != m_records.end();
    for (std::size_t use = 0; use < CHARGED_USE_COUNT; ++use)
    {
        const auto [least, most] = GetMeasured(session, use, end);
        if (charged[use] < least || charged[use] > most)
        {
            return "has " + std::to_string(charged[use]) + " bits of " +
                   ChargedUseName(static_cast<ChargedUse>(use)) + ", measured were " +
                   std::to_string(charged[use] < least ? least : most);
        }
        any = any || least > 0;
    }
    return any ? std::optional<std::string>(std::string()) : std::nullopt;
}

RequirementFinding
ChargingRequirements::Check(Time end, const NameFunction& nameOf) const
{
    RequirementFinding finding;
    finding.met = "records equal tariff times measured use";
    finding.idle = m_tariff.empty() ? "nothing is charged: there is no tariff"
                                    : "no session with a tariff has a record";
    for (const auto& [session, resilienceClass] : m_sessions)
    {
        const auto tariff = m_tariff.find(resilienceClass);
        if (tariff == m_tariff.end())
        {
            continue;
        }
        const auto wrong = Judge(session, tariff->second, end);
        if (wrong)
        {
            const auto record = m_records.find(session);
            finding.Add(wrong->empty(),
                        "the record of " + nameOf(session) + " " + *wrong,
                        {record == m_records.end() ? 0 : record->second.first.event});
        }
    }
    return finding;
}

} // namespace qkdn
} // namespace ns3
