/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-restoration-pool.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Whether two lists have a name in common.
 * @param a one list
 * @param b the other one
 * @return true if so
 */
bool
HaveCommon(const std::vector<std::string>& a, const std::vector<std::string>& b)
{
    return std::any_of(a.begin(), a.end(), [&b](const std::string& name) {
        return std::find(b.begin(), b.end(), name) != b.end();
    });
}

/**
 * @brief Whether two registrations tell of the same entities.
 * @param a entities of one end
 * @param b entities of the other one
 * @return true if so
 */
bool
AreSame(const std::vector<CqEntity>& a, const std::vector<CqEntity>& b)
{
    return std::equal(a.begin(),
                      a.end(),
                      b.begin(),
                      b.end(),
                      [](const CqEntity& one, const CqEntity& other) {
                          return one.link == other.link && one.sameModules == other.sameModules;
                      });
}

} // namespace

bool
RestorationPool::Register(const CqRegistration& message)
{
    const auto& other = m_ends.at(1 - message.end).registration;
    if (other && (!AreSame(other->working, message.working) ||
                  !AreSame(other->protection, message.protection)))
    {
        return false;
    }
    m_ends[message.end].registration = message;
    m_ends[message.end].report.reset();
    return true;
}

bool
RestorationPool::Report(uint8_t end, const GroupReport& report)
{
    const auto& registration = m_ends.at(end).registration;
    if (!registration || report.working.size() != registration->working.size() ||
        report.protection.size() != registration->protection.size())
    {
        return false;
    }
    m_ends[end].report = report;
    return true;
}

void
RestorationPool::Forget(uint8_t end)
{
    m_ends.at(end).report.reset();
}

void
RestorationPool::SetSelected(uint8_t end, uint32_t working, ProtectionEntity entity)
{
    auto& report = m_ends.at(end).report;
    if (report && working < report->selected.size() && report->selected[working] != entity)
    {
        report->selected[working] = entity;
        report->generating[working] = false;
    }
}

bool
RestorationPool::IsKnown() const
{
    return m_ends[0].report && m_ends[1].report;
}

const CqRegistration&
RestorationPool::GetDescription() const
{
    return *m_ends[0].registration;
}

uint64_t
RestorationPool::GetLastCommand() const
{
    return std::max(m_ends[0].registration->lastCommand, m_ends[1].registration->lastCommand);
}

bool
RestorationPool::HasFailed(ProtectionEntity entity) const
{
    return std::any_of(m_ends.begin(), m_ends.end(), [entity](const End& end) {
        const auto& conditions = entity.protection ? end.report->protection : end.report->working;
        return conditions.at(entity.index) == ENTITY_SIGNAL_FAIL;
    });
}

std::optional<ProtectionEntity>
RestorationPool::GetSelected(uint32_t working) const
{
    const ProtectionEntity one = m_ends[0].report->selected.at(working);
    const ProtectionEntity other = m_ends[1].report->selected.at(working);
    return one == other ? std::optional<ProtectionEntity>(one) : std::nullopt;
}

bool
RestorationPool::IsUp(uint32_t working, ProtectionEntity entity) const
{
    return GetSelected(working) == entity && m_ends[0].report->generating.at(working) &&
           m_ends[1].report->generating.at(working);
}

bool
RestorationPool::IsFree(uint32_t working, uint32_t spare) const
{
    const CqEntity& entity = GetDescription().protection.at(spare);
    if (entity.sameModules && entity.link != GetDescription().working.at(working).link)
    {
        return false;
    }
    const ProtectionEntity wanted{true, spare};
    for (const End& end : m_ends)
    {
        for (uint32_t i = 0; i < end.report->selected.size(); ++i)
        {
            if (i != working && end.report->selected[i] == wanted)
            {
                return false;
            }
        }
    }
    return !HasFailed(wanted);
}

uint32_t
RestorationPool::GetSharedRisk(uint32_t spare) const
{
    const CqRegistration& group = GetDescription();
    const EntityDescription& wanted = group.protection.at(spare).description;
    uint32_t shared = 0;
    const auto compare = [&](const std::vector<CqEntity>& entities, bool protection) {
        for (uint32_t i = 0; i < entities.size(); ++i)
        {
            const EntityDescription& other = entities[i].description;
            if (HasFailed({protection, i}))
            {
                const bool fibre = HaveCommon(wanted.fibres, other.fibres);
                const bool risk = HaveCommon(wanted.riskGroups, other.riskGroups);
                shared = std::max(shared, fibre ? 2U : (risk ? 1U : 0U));
            }
        }
    };
    compare(group.working, false);
    compare(group.protection, true);
    return shared;
}

std::optional<uint32_t>
RestorationPool::Choose(uint32_t working, const std::set<uint32_t>& barred) const
{
    std::vector<std::tuple<uint32_t, uint32_t, std::string, uint32_t>> candidates;
    const std::vector<CqEntity>& spares = GetDescription().protection;
    for (uint32_t i = 0; i < spares.size(); ++i)
    {
        if (barred.count(i) == 0 && IsFree(working, i))
        {
            const EntityDescription& description = spares[i].description;
            candidates.emplace_back(GetSharedRisk(i), description.lengthM, description.name, i);
        }
    }
    const auto best = std::min_element(candidates.begin(), candidates.end());
    return best == candidates.end() ? std::nullopt : std::optional<uint32_t>(std::get<3>(*best));
}

} // namespace qkdn
} // namespace ns3
