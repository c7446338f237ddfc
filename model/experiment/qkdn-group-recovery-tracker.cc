/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-group-recovery-tracker.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
GroupRecoveryTracker::AddGroup(const TrackedGroup& group)
{
    Group& added = m_groups[group.name];
    added.description = group;
    added.working.resize(group.working.size());
    for (uint32_t i = 0; i < added.working.size(); ++i)
    {
        added.working[i].selected = {ProtectionEntity{false, i}, ProtectionEntity{false, i}};
    }
}

LinkId
GroupRecoveryTracker::LinkOf(const Group& group, ProtectionEntity entity)
{
    const TrackedGroup& description = group.description;
    return entity.protection ? description.protection.at(entity.index)
                             : description.working.at(entity.index);
}

bool
GroupRecoveryTracker::Takes(const Group& group, uint32_t working, ProtectionEntity entity)
{
    if (group.description.permanentBridge)
    {
        return entity.protection || entity.index == working;
    }
    const auto& selected = group.working[working].selected;
    return selected[0] == entity || selected[1] == entity;
}

bool
GroupRecoveryTracker::IsServed(const Group& group, uint32_t working)
{
    const auto isWhole = [&group](ProtectionEntity entity) {
        return std::none_of(group.broken.begin(), group.broken.end(), [entity](const auto& fault) {
            const auto& entities = fault.second;
            return std::find(entities.begin(), entities.end(), entity) != entities.end();
        });
    };
    if (!group.description.permanentBridge)
    {
        const auto& selected = group.working[working].selected;
        return std::all_of(selected.begin(), selected.end(), isWhole);
    }
    bool served = isWhole(ProtectionEntity{false, working});
    for (uint32_t i = 0; i < group.description.protection.size(); ++i)
    {
        served = served || isWhole(ProtectionEntity{true, i});
    }
    return served;
}

std::set<LinkId>
GroupRecoveryTracker::LinksInUse(const Group& group, uint32_t working)
{
    std::set<LinkId> links;
    for (const ProtectionEntity& entity : group.working[working].selected)
    {
        links.insert(LinkOf(group, entity));
    }
    if (group.description.permanentBridge)
    {
        links.insert(group.description.working[working]);
        links.insert(group.description.protection.begin(), group.description.protection.end());
    }
    return links;
}

void
GroupRecoveryTracker::Strike(Time now, const std::string& fault, Working& working)
{
    if (!working.current)
    {
        working.current = std::make_unique<Episode>();
        working.current->fault = fault;
        working.current->markers.fault = now;
    }
    else
    {
        Episode& episode = *working.current;
        episode.also.push_back(fault);
        // what came after the switching or the repair before was undone
        episode.switched = false;
        episode.ends = {};
        RecoveryMarkers& markers = episode.markers;
        markers.repaired.reset();
        markers.operated.reset();
        markers.running.reset();
        episode.blocks.Clear();
    }
}

void
GroupRecoveryTracker::FaultStruck(
    Time now,
    const std::string& fault,
    const std::map<std::string, std::vector<ProtectionEntity>>& broken)
{
    for (const auto& [name, entities] : broken)
    {
        Group& group = m_groups.at(name);
        group.broken[fault] = entities;
        for (uint32_t i = 0; i < group.working.size(); ++i)
        {
            const bool concerned =
                std::any_of(entities.begin(), entities.end(), [&group, i](ProtectionEntity entity) {
                    return Takes(group, i, entity);
                });
            if (concerned)
            {
                Strike(now, fault, group.working[i]);
            }
        }
    }
}

void
GroupRecoveryTracker::FaultRepaired(Time now, const std::string& fault)
{
    for (auto& [name, group] : m_groups)
    {
        const auto repaired = group.broken.extract(fault);
        if (repaired.empty())
        {
            continue;
        }
        for (uint32_t i = 0; i < group.working.size(); ++i)
        {
            const auto& current = group.working[i].current;
            const bool concerned = std::any_of(
                repaired.mapped().begin(),
                repaired.mapped().end(),
                [&group = group, i](ProtectionEntity entity) { return Takes(group, i, entity); });
            if (!current || !concerned || current->switched || !IsServed(group, i))
            {
                continue;
            }
            current->markers.repaired = now;
            current->markers.operated = now;
            CheckRunning(now, group, i);
        }
    }
}

void
GroupRecoveryTracker::LinkIncident(Time now, LinkId link, IncidentId incident)
{
    for (auto& [name, group] : m_groups)
    {
        for (uint32_t i = 0; i < group.working.size(); ++i)
        {
            const auto& current = group.working[i].current;
            if (!current || LinksInUse(group, i).count(link) == 0)
            {
                continue;
            }
            current->incidents.insert(incident);
            if (!current->markers.detected)
            {
                current->markers.detected = now;
            }
        }
    }
}

GroupRecoveryTracker::Episode*
GroupRecoveryTracker::FindEpisode(const std::string& group, uint32_t working)
{
    const auto found = m_groups.find(group);
    return found == m_groups.end() ? nullptr : found->second.working.at(working).current.get();
}

void
GroupRecoveryTracker::HoldOffOver(Time now, const std::string& group, uint32_t working)
{
    Episode* episode = FindEpisode(group, working);
    if (episode && !episode->markers.operated)
    {
        // a controller acts on the report of the first end
        const bool kept = m_groups.at(group).description.commanded && episode->markers.holdOffOver;
        episode->markers.holdOffOver = kept ? episode->markers.holdOffOver : now;
    }
}

void
GroupRecoveryTracker::Informed(Time now, const std::string& group, uint32_t working, uint32_t end)
{
    Episode* episode = FindEpisode(group, working);
    if (!episode || episode->ends.at(end).informed)
    {
        return;
    }
    episode->ends[end].informed = true;
    if (!episode->markers.operated && episode->ends[1 - end].informed)
    {
        episode->markers.notified = now;
    }
}

void
GroupRecoveryTracker::Decided(Time now,
                              const std::string& group,
                              uint32_t index,
                              uint32_t end,
                              ProtectionEntity selected)
{
    const auto found = m_groups.find(group);
    if (found == m_groups.end())
    {
        return;
    }
    Working& working = found->second.working.at(index);
    working.selected.at(end) = selected;
    if (!working.current)
    {
        return;
    }
    Episode& episode = *working.current;
    episode.ends[end].operated = false;
    if (found->second.description.commanded)
    {
        return;
    }
    episode.ends[end].decided = true;
    // a decision of the first end alone is one too: the other may never come
    episode.markers.decided = now;
    episode.blocks.Clear();
}

bool
GroupRecoveryTracker::Operated(Time now,
                               const std::string& name,
                               uint32_t index,
                               uint32_t end,
                               bool done)
{
    const auto found = m_groups.find(name);
    if (found == m_groups.end() || !done)
    {
        return false;
    }
    Group& group = found->second;
    if (group.description.commanded)
    {
        CommandDone(now, group, index, end);
        return false;
    }
    Working& working = group.working.at(index);
    const ProtectionEntity home{false, index};
    if (working.current)
    {
        Episode& episode = *working.current;
        episode.ends.at(end).operated = true;
        if (episode.ends[1 - end].operated && IsServed(group, index))
        {
            NoteSwitched(now, group, index);
            return true;
        }
    }
    else if (!working.finished.empty() && working.finished.back().switched &&
             working.selected[0] == home && working.selected[1] == home)
    {
        // the later end overwrites the earlier one
        working.finished.back().reverted = now;
    }
    return false;
}

void
GroupRecoveryTracker::CommandDone(Time now, Group& group, uint32_t index, uint32_t end)
{
    Working& working = group.working.at(index);
    if (!working.current)
    {
        return;
    }
    Episode& episode = *working.current;
    episode.ends.at(end).operated = true;
    if (episode.ends[1 - end].operated && working.selected[0] == working.selected[1] &&
        working.selected[0].protection)
    {
        // the controller may be lost before it gets the acknowledgement
        NoteSwitched(now, group, index);
    }
}

void
GroupRecoveryTracker::NoteSwitched(Time now, Group& group, uint32_t index)
{
    Episode& episode = *group.working[index].current;
    episode.switched = true;
    episode.markers.repaired.reset();
    episode.markers.operated = now;
    episode.markers.running.reset();
    CheckRunning(now, group, index);
}

void
GroupRecoveryTracker::ControllerInformed(Time now, const std::string& group, uint32_t working)
{
    Episode* episode = FindEpisode(group, working);
    if (episode && !episode->markers.operated && !episode->markers.notified)
    {
        episode->markers.notified = now;
    }
}

void
GroupRecoveryTracker::ControllerDecided(Time now, const std::string& group, uint32_t working)
{
    Episode* episode = FindEpisode(group, working);
    if (episode)
    {
        // what was tried before was in vain
        episode->switched = false;
        episode->ends = {};
        episode->markers.decided = now;
        episode->markers.operated.reset();
        episode->markers.running.reset();
        episode->blocks.Clear();
    }
}

bool
GroupRecoveryTracker::Acknowledged(Time now,
                                   const std::string& name,
                                   uint32_t index,
                                   ProtectionEntity selected)
{
    const auto found = m_groups.find(name);
    if (found == m_groups.end())
    {
        return false;
    }
    Working& working = found->second.working.at(index);
    if (!working.current)
    {
        if (!selected.protection && !working.finished.empty() && working.finished.back().switched)
        {
            working.finished.back().reverted = now;
        }
        return false;
    }
    Episode& episode = *working.current;
    RecoveryMarkers& markers = episode.markers;
    episode.switched = selected.protection;
    markers.running.reset();
    markers.operated.reset();
    markers.repaired.reset();
    if (!selected.protection && !IsServed(found->second, index))
    {
        // back where a repair is awaited
        return false;
    }
    markers.operated = now;
    if (!selected.protection)
    {
        markers.repaired = now;
    }
    CheckRunning(now, found->second, index);
    return selected.protection;
}

void
GroupRecoveryTracker::CheckRunning(Time now, Group& group, uint32_t index)
{
    Episode& episode = *group.working[index].current;
    if (!episode.markers.operated || episode.markers.running)
    {
        return;
    }
    for (const LinkId link : LinksInUse(group, index))
    {
        const auto ends = m_generating.find(link);
        if (ends != m_generating.end() && ends->second[0] && ends->second[1])
        {
            episode.markers.running = now;
            return;
        }
    }
}

void
GroupRecoveryTracker::ModuleChanged(Time now, LinkId link, uint32_t end, bool generating)
{
    m_generating[link].at(end) = generating;
    for (auto& [name, group] : m_groups)
    {
        for (uint32_t i = 0; i < group.working.size(); ++i)
        {
            Working& working = group.working[i];
            if (!working.current || LinksInUse(group, i).count(link) == 0)
            {
                continue;
            }
            if (!generating && !group.description.permanentBridge)
            {
                // it stops after the switching or the repair, and runs again later
                working.current->markers.running.reset();
                working.current->blocks.Clear();
            }
            CheckRunning(now, group, i);
        }
    }
}

void
GroupRecoveryTracker::BlockFilled(Time now, const KeyId& key)
{
    for (auto& [name, group] : m_groups)
    {
        for (uint32_t i = 0; i < group.working.size(); ++i)
        {
            const auto& current = group.working[i].current;
            // with a permanent bridge the first block after the detection will do
            const bool ready =
                current && (current->markers.running ||
                            (group.description.permanentBridge && current->markers.detected));
            if (ready && LinksInUse(group, i).count(key.link) > 0)
            {
                current->blocks.Fill(now, key);
            }
        }
    }
}

void
GroupRecoveryTracker::KeyDelivered(Time now, const KeyId& key)
{
    for (auto& [name, group] : m_groups)
    {
        for (Working& working : group.working)
        {
            if (working.current)
            {
                working.current->blocks.Deliver(now, key);
            }
        }
    }
}

void
GroupRecoveryTracker::KeyConfirmed(Time now, const KeyId& key)
{
    for (auto& [name, group] : m_groups)
    {
        for (Working& working : group.working)
        {
            if (!working.current ||
                !working.current->blocks.Confirm(now, key, working.current->markers))
            {
                continue;
            }
            Episode& episode = *working.current;
            episode.markers.firstKeyUsable = now;
            // with a permanent bridge nothing switches: the other entity has gone on
            episode.switched = episode.switched ||
                               (group.description.permanentBridge && !episode.markers.repaired);
            working.finished.push_back(std::move(episode));
            working.current.reset();
        }
    }
}

std::vector<TrackedGroupRecovery>
GroupRecoveryTracker::GetResults() const
{
    std::vector<TrackedGroupRecovery> results;
    for (const auto& [name, group] : m_groups)
    {
        for (uint32_t i = 0; i < group.working.size(); ++i)
        {
            std::vector<const Episode*> episodes;
            for (const Episode& episode : group.working[i].finished)
            {
                episodes.push_back(&episode);
            }
            if (group.working[i].current)
            {
                episodes.push_back(group.working[i].current.get());
            }
            for (const Episode* episode : episodes)
            {
                TrackedGroupRecovery tracked;
                tracked.incidents = episode->incidents;
                RecoveryResult& result = tracked.result;
                result.fault = episode->fault;
                result.alsoFaults = episode->also;
                result.sessionOrGroup = name;
                if (group.working.size() > 1)
                {
                    result.sessionOrGroup += "/" + group.description.workingIds.at(i);
                }
                result.mechanism = group.description.mechanism;
                result.trigger = group.description.trigger;
                result.markers = episode->markers;
                result.markers.PutInOrder();
                result.revertedAt = episode->reverted;
                if (episode->markers.firstKeyUsable)
                {
                    result.outcome = episode->switched ? RECOVERY_RECOVERED : RECOVERY_REPAIRED;
                }
                results.push_back(std::move(tracked));
            }
        }
    }
    return results;
}

} // namespace qkdn
} // namespace ns3
