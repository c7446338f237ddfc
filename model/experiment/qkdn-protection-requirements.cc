/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-requirements.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

bool
HasSpareModules(const GroupStatus& status)
{
    return std::any_of(status.protection.begin(), status.protection.end(), [](const auto& spare) {
        return !spare.sameModules;
    });
}

} // namespace

ProtectionRequirements::ProtectionRequirements(Time settling)
    : m_settling(settling)
{
}

void
ProtectionRequirements::AddManager()
{
    m_hasManager = true;
}

void
ProtectionRequirements::AddConstraint(const ProtectionGroupReport& constraint)
{
    m_constraints.push_back(constraint);
}

void
ProtectionRequirements::GroupChanged(const Sighting& at, const GroupStatus& status)
{
    m_groups[status.name].ends.at(status.end).said.push_back({at, status});
}

void
ProtectionRequirements::ProtectionUsed(const Sighting& at, const std::string& group)
{
    std::optional<Sighting>& first = m_groups[group].firstUsed;
    if (!first)
    {
        first = at;
    }
}

void
ProtectionRequirements::ManagerEntered(const Sighting& at, const GroupStatus& status)
{
    m_groups[status.name].ends.at(status.end).entered.push_back({at, status});
}

void
ProtectionRequirements::GroupOperated(const Sighting& at,
                                      const std::string& group,
                                      uint32_t end,
                                      uint32_t working,
                                      ProtectionEntity selected)
{
    Group& known = m_groups[group];
    const Selection own{{false, working}, Time(), false};
    const std::array<SelectionHistory, 2> start = {SelectionHistory{own, own},
                                                   SelectionHistory{own, own}};
    auto& ends = known.selected.try_emplace(working, start).first->second;
    SelectionHistory& self = ends.at(end);
    Selection& other = ends.at(1 - end).now;
    if (self.now.entity == selected)
    {
        return;
    }
    if (self.now.since != at.time)
    {
        self.before = self.now;
    }
    const bool isTakenBack = self.now.since == at.time && self.before.entity == selected;
    self.now = isTakenBack ? self.before : Selection{selected, at.time, true};
    if (isTakenBack || other.entity != selected)
    {
        return;
    }
    if (selected.protection && other.isNew)
    {
        known.recoveries.push_back({at, working, selected, other.since});
    }
    self.now.isNew = other.isNew = false;
}

void
ProtectionRequirements::EndConnected(const Sighting& at,
                                     const std::string& group,
                                     uint32_t end,
                                     bool up)
{
    m_groups[group].connected.at(end)[at.time] = up;
}

const ProtectionRequirements::Switch*
ProtectionRequirements::FindAction(const Group& group,
                                   const Switch& recovery,
                                   const std::set<uint64_t>& used) const
{
    const auto isInTime = [&](Time logged) {
        if (logged <= recovery.at.time + m_settling)
        {
            return true;
        }
        return std::any_of(group.connected.begin(),
                           group.connected.end(),
                           [&](const std::map<Time, bool>& changes) {
                               return std::any_of(changes.upper_bound(recovery.since),
                                                  changes.upper_bound(logged),
                                                  [&](const auto& change) {
                                                      return change.second &&
                                                             change.first + m_settling >= logged;
                                                  });
                           });
    };
    const auto entry =
        std::find_if(group.logged.begin(), group.logged.end(), [&](const Switch& logged) {
            return logged.working == recovery.working && logged.selected == recovery.selected &&
                   logged.at.time + m_settling >= recovery.since && isInTime(logged.at.time) &&
                   used.count(logged.at.event) == 0;
        });
    return entry == group.logged.end() ? nullptr : &*entry;
}

void
ProtectionRequirements::ActionLogged(const Sighting& at, const LoggedGroupAction& action)
{
    if (action.to.protection)
    {
        m_groups[action.name].logged.push_back({at, action.working, action.to, at.time});
    }
}

void
ProtectionRequirements::CheckActions(Time end,
                                     bool restorationOnly,
                                     RequirementFinding& finding) const
{
    for (const auto& [name, group] : m_groups)
    {
        const std::vector<Entry>& said = group.ends[0].said;
        if (restorationOnly &&
            (said.empty() || said.front().status.groupClass != GROUP_LINK_RESTORATION))
        {
            continue;
        }
        std::set<uint64_t> used;
        for (const Switch& recovery : group.recoveries)
        {
            const Switch* entry = FindAction(group, recovery, used);
            if (entry)
            {
                used.insert(entry->at.event);
            }
            if (entry || end - recovery.at.time >= m_settling)
            {
                finding.Add(entry != nullptr,
                            "no record that group " + name + " went over to " +
                                recovery.selected.ToString() + " at " +
                                std::to_string(recovery.at.time.GetSeconds()) + " s",
                            {recovery.at.event, entry ? entry->at.event : 0});
            }
        }
    }
}

void
ProtectionRequirements::FaultStruck(const Sighting& at)
{
    if (!m_firstFault)
    {
        m_firstFault = at;
    }
}

bool
ProtectionRequirements::Covers(const std::string& id)
{
    static const std::set<std::string> IDS =
        {"G-Q1", "G-Q2", "G-Q3", "G-Q4", "P-Q1", "P-Q2", "P-Q3", "G-M0a", "P-M1", "P-M2"};
    return IDS.count(id) > 0;
}

RequirementFinding
ProtectionRequirements::Check(const std::string& id, Time end) const
{
    RequirementFinding finding;
    if (id == "G-Q1" || id == "P-Q1" || id == "P-Q2")
    {
        finding = CheckSpares(id);
    }
    else if (id == "P-M1" || id == "P-M2")
    {
        finding = CheckMatchUps(id == "P-M1", end);
    }
    else if (id == "G-M0a")
    {
        finding = CheckRecords(end);
    }
    else
    {
        finding = CheckConstraints(id);
    }
    if (m_groups.empty())
    {
        finding.idle = "there was no protection group";
    }
    return finding;
}

const ProtectionRequirements::Entry*
ProtectionRequirements::FindBeforeFaults(const End& end) const
{
    const Entry* found = nullptr;
    for (const Entry& entry : end.said)
    {
        // what an end says at the very instant of the fault is not before it
        if (!m_firstFault || entry.at.time < m_firstFault->time)
        {
            found = &entry;
        }
    }
    return found;
}

RequirementFinding
ProtectionRequirements::CheckSpares(const std::string& id) const
{
    RequirementFinding finding;
    finding.met = id == "P-Q2" ? "groups whose spare modules were ready before the first fault"
                               : "groups whose spare links were ready before the first fault";
    finding.idle = "no protection group had spare modules";
    for (const auto& [name, group] : m_groups)
    {
        const std::array<const Entry*, 2> entries = {FindBeforeFaults(group.ends[0]),
                                                     FindBeforeFaults(group.ends[1])};
        if (!entries[0] || !entries[1])
        {
            finding.Add(false, "group " + name + " was not set up before the first fault", {});
            continue;
        }
        const std::vector<ProtectionStatus>& there = entries[1]->status.protection;
        std::size_t ready = 0;
        std::size_t spares = 0;
        for (std::size_t i = 0; i < there.size(); ++i)
        {
            const ProtectionStatus& here = entries[0]->status.protection.at(i);
            if (id == "P-Q2" && here.sameModules)
            {
                continue;
            }
            ++spares;
            ready += here.condition == ENTITY_GOOD && there[i].condition == ENTITY_GOOD ? 1 : 0;
        }
        if (spares > 0)
        {
            finding.Add(ready > 0 && (id == "G-Q1" || ready == spares),
                        "group " + name + " had " + std::to_string(ready) + " of " +
                            std::to_string(spares) + " spares ready before the first fault",
                        {entries[0]->at.event, entries[1]->at.event});
        }
    }
    return finding;
}

RequirementFinding
ProtectionRequirements::CheckConstraints(const std::string& id) const
{
    static const std::map<std::string, std::string> MET = {
        {"G-Q2", "protection entities inside the cryptographic boundary of the working modules"},
        {"G-Q3", "protection entities with the QKD protocol of the working modules"},
        {"G-Q4", "protection entities in fibres apart from those of the working links"},
        {"P-Q3", "protection entities with an equivalent key rate"}};
    RequirementFinding finding;
    finding.met = MET.at(id);
    finding.idle = "there was no protection group";
    for (const ProtectionGroupReport& constraint : m_constraints)
    {
        if (constraint.requirement == id)
        {
            finding.Add(constraint.satisfied,
                        "group " + constraint.group + ", protection entity " + constraint.entity +
                            ": " + constraint.figures,
                        {});
        }
    }
    return finding;
}

bool
ProtectionRequirements::HasSameMatchUp(const GroupStatus& a, const GroupStatus& b)
{
    const auto sameWorking = [](const WorkingStatus& x, const WorkingStatus& y) {
        return x.link == y.link;
    };
    const auto sameSpare = [](const ProtectionStatus& x, const ProtectionStatus& y) {
        return x.link == y.link && x.sameModules == y.sameModules;
    };
    return std::equal(a.working.begin(),
                      a.working.end(),
                      b.working.begin(),
                      b.working.end(),
                      sameWorking) &&
           std::equal(a.protection.begin(),
                      a.protection.end(),
                      b.protection.begin(),
                      b.protection.end(),
                      sameSpare);
}

bool
ProtectionRequirements::IsTrueRecord(const End& end, const Entry& entry) const
{
    for (std::size_t i = 0; i < end.said.size(); ++i)
    {
        const bool lasted =
            i + 1 == end.said.size() || end.said[i + 1].at.time + m_settling >= entry.at.time;
        if (lasted && end.said[i].at.time <= entry.at.time &&
            HasSameMatchUp(end.said[i].status, entry.status))
        {
            return true;
        }
    }
    return false;
}

bool
ProtectionRequirements::FollowsMatchUps(const End& end, Time until) const
{
    for (std::size_t i = 1; i < end.said.size(); ++i)
    {
        const Entry& said = end.said[i];
        const auto isOther = [&said](const Entry& entry) {
            return !HasSameMatchUp(entry.status, said.status);
        };
        const auto next = std::find_if(end.said.begin() + static_cast<std::ptrdiff_t>(i),
                                       end.said.end(),
                                       isOther);
        const Time lasted = (next == end.said.end() ? until : next->at.time) - said.at.time;
        if (!isOther(end.said[i - 1]) || lasted < m_settling)
        {
            continue;
        }
        const bool entered =
            std::any_of(end.entered.begin(), end.entered.end(), [&](const Entry& entry) {
                return !isOther(entry) && entry.at.time >= said.at.time &&
                       entry.at.time - said.at.time <= m_settling;
            });
        if (!entered)
        {
            return false;
        }
    }
    return true;
}

RequirementFinding
ProtectionRequirements::CheckMatchUps(bool modules, Time end) const
{
    RequirementFinding finding;
    finding.met = std::string("groups whose match-up of ") + (modules ? "modules" : "links") +
                  " the manager had recorded before it was used";
    finding.idle = m_hasManager ? "no protection group had spare modules" : "there was no manager";
    for (const auto& [name, group] : m_groups)
    {
        for (const End& one : group.ends)
        {
            if (!m_hasManager || one.said.empty() ||
                (modules && !HasSpareModules(one.said.front().status)) ||
                end - one.said.front().at.time < m_settling)
            {
                continue;
            }
            if (one.entered.empty())
            {
                finding.Add(false, "the manager has no record of group " + name, {});
                continue;
            }
            const Entry& first = one.entered.front();
            const bool inTime = !group.firstUsed || first.at.time <= group.firstUsed->time;
            const bool equal =
                std::all_of(one.entered.begin(), one.entered.end(), [&](const Entry& entry) {
                    return IsTrueRecord(one, entry);
                });
            const bool follows = FollowsMatchUps(one, end);
            finding.Add(inTime && equal && follows,
                        !inTime
                            ? "group " + name + " was used before the manager had a record of it"
                        : !equal ? "the manager's record of group " + name + " names other entities"
                                 : "the manager's record of group " + name + " missed a change",
                        {first.at.event});
        }
    }
    return finding;
}

RequirementFinding
ProtectionRequirements::CheckRecords(Time end) const
{
    RequirementFinding finding;
    finding.met = "states of protection groups that the manager's record has followed";
    finding.idle = m_hasManager ? "no state of a group lasted" : "there was no manager";
    for (const auto& [name, group] : m_groups)
    {
        for (const End& one : group.ends)
        {
            for (std::size_t i = 0; m_hasManager && i < one.said.size(); ++i)
            {
                const Entry& said = one.said[i];
                const Time until = i + 1 < one.said.size() ? one.said[i + 1].at.time : end;
                const Time due = said.at.time + m_settling;
                if (until < due)
                {
                    continue;
                }
                const auto entered =
                    std::find_if(one.entered.begin(), one.entered.end(), [&](const Entry& entry) {
                        return entry.status == said.status && entry.at.time >= said.at.time &&
                               entry.at.time <= due;
                    });
                const bool found = entered != one.entered.end();
                finding.Add(found,
                            "the manager did not learn within " +
                                std::to_string(m_settling.GetSeconds()) + " s that group " + name +
                                " was " + GroupStateName(said.status.state),
                            {found ? entered->at.event : said.at.event});
            }
        }
    }
    return finding;
}

} // namespace qkdn
} // namespace ns3
