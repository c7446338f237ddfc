/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-relay-back-off.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
RelayBackOff::SetFirst(Time first)
{
    m_first = first;
}

Time
RelayBackOff::GetFirst() const
{
    return m_first;
}

void
RelayBackOff::SetLimit(Time limit)
{
    m_limit = limit;
}

Time
RelayBackOff::GetLimit() const
{
    return m_limit;
}

void
RelayBackOff::NoteFailure(RouteId route, KxFailure why, std::size_t keys)
{
    const Time now = Simulator::Now();
    Rest& rest = m_rests[route];
    if (now >= rest.until)
    {
        const bool isFirst = rest.length.IsZero();
        rest.length = std::min(std::max(m_first, 2 * rest.length), m_limit);
        rest.until = now + rest.length;
        rest.failed = 0;
        rest.allowance = isFirst ? 0 : 1;
        rest.halving = isFirst;
    }
    if (rest.halving)
    {
        rest.allowance += (keys + 1) / 2;
    }
    rest.failed = std::max(rest.failed, keys);
    rest.why = why;
}

void
RelayBackOff::NoteSuccess(RouteId route, std::size_t keys, std::size_t enough)
{
    const auto found = m_rests.find(route);
    if (found == m_rests.end())
    {
        return;
    }
    Rest& rest = found->second;
    rest.allowance += keys;
    if (rest.allowance >= enough)
    {
        m_rests.erase(found);
        return;
    }
    rest.length = Time(0);
    rest.until = Simulator::Now();
}

KxFailure
RelayBackOff::Check(RouteId route) const
{
    const auto rest = m_rests.find(route);
    const bool rests = rest != m_rests.end() && Simulator::Now() < rest->second.until;
    return rests ? rest->second.why : KX_FAILURE_NONE;
}

std::optional<std::size_t>
RelayBackOff::GetAllowance(RouteId route) const
{
    const auto rest = m_rests.find(route);
    return rest == m_rests.end() ? std::nullopt : std::make_optional(rest->second.allowance);
}

KxFailure
RelayBackOff::GetReason(RouteId route) const
{
    const auto rest = m_rests.find(route);
    return rest == m_rests.end() ? KX_FAILURE_NONE : rest->second.why;
}

void
RelayBackOff::Resume(RouteId route)
{
    const auto rest = m_rests.find(route);
    if (rest != m_rests.end())
    {
        rest->second.until = Simulator::Now();
        rest->second.length = Time(0);
        rest->second.allowance = std::max(rest->second.failed, rest->second.allowance);
    }
}

void
RelayBackOff::Forget(RouteId route)
{
    m_rests.erase(route);
}

void
RelayBackOff::Clear()
{
    m_rests.clear();
}

} // namespace qkdn
} // namespace ns3
