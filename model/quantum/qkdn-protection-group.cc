/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-group.h"

namespace ns3
{
namespace qkdn
{

const char*
GroupClassName(GroupClass groupClass)
{
    static const char* const names[] = {"link-1+1",
                                        "link-1:1",
                                        "link-1:n",
                                        "link-m:n",
                                        "link-restoration"};
    return names[groupClass];
}

std::string
ProtectionEntity::ToString() const
{
    return (protection ? "P" : "W") + std::to_string(index);
}

std::ostream&
operator<<(std::ostream& os, const ProtectionEntity& entity)
{
    return os << entity.ToString();
}

const char*
EntityConditionName(EntityCondition condition)
{
    static const char* const names[] = {"good", "signal-degrade", "signal-fail"};
    return names[condition];
}

const char*
GroupCommandName(GroupCommand command)
{
    static const char* const names[] = {"lockout",
                                        "forced-switch",
                                        "manual-switch",
                                        "manual-switch-to-working",
                                        "exercise",
                                        "clear",
                                        "freeze",
                                        "clear-freeze"};
    return names[command];
}

const char*
GroupStateName(GroupState state)
{
    static const char* const names[] = {"protected", "switched", "unprotected", "failed"};
    return names[state];
}

} // namespace qkdn
} // namespace ns3
