/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-group-actions.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/// Time within which the other end of a group follows, with the repetitions of lost messages.
const Time FOLLOW_WITHIN = Seconds(10);

} // namespace

bool
GroupActions::Follow(Time now, Selection& selection, uint8_t end, ProtectionEntity to)
{
    const std::vector<LoggedGroupAction>& actions = selection.actions;
    std::size_t& followed = selection.followed[end];
    for (std::size_t i = followed; i < actions.size(); ++i)
    {
        const bool isLast = i + 1 == actions.size();
        // an old one that this end has never gone through is not what it does now
        if (actions[i].to == to && (isLast || now - actions[i].entered <= FOLLOW_WITHIN))
        {
            followed = i + 1;
            return true;
        }
    }
    return false;
}

std::vector<LoggedGroupAction>
GroupActions::Report(Time now, const GroupStatus& status, IncidentId incident)
{
    std::vector<LoggedGroupAction> news;
    for (uint32_t i = 0; i < status.working.size(); ++i)
    {
        const ProtectionEntity own{false, i};
        const auto [entry, isNew] = m_selections.try_emplace({status.group, i});
        Selection& selection = entry->second;
        if (isNew)
        {
            selection.said.fill(own);
        }
        const ProtectionEntity to = status.working[i].selected;
        if (to == selection.said.at(status.end))
        {
            continue;
        }
        selection.said[status.end] = to;
        const ProtectionEntity from = selection.actions.empty() ? own : selection.actions.back().to;
        if (Follow(now, selection, status.end, to) || to == from)
        {
            continue;
        }
        LoggedGroupAction action;
        action.entered = now;
        action.incident = incident;
        action.kind = !to.protection ? MC_OPERATION_REVERSION
                      : status.groupClass == GROUP_LINK_RESTORATION
                          ? MC_OPERATION_RESTORATION
                          : MC_OPERATION_PROTECTION_SWITCH;
        action.group = status.group;
        action.name = status.name;
        action.end = status.end;
        action.link = status.working[i].link;
        action.working = i;
        action.from = from;
        action.to = to;
        selection.actions.push_back(action);
        selection.followed[status.end] = selection.actions.size();
        news.push_back(action);
    }
    return news;
}

} // namespace qkdn
} // namespace ns3
