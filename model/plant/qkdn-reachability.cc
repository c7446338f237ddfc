/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-reachability.h"

#include "ns3/log.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnReachability");
NS_OBJECT_ENSURE_REGISTERED(Reachability);

TypeId
Reachability::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::Reachability")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<Reachability>();
    return tid;
}

Reachability::Reachability() = default;

Reachability::~Reachability() = default;

void
Reachability::DoDispose()
{
    if (m_topology)
    {
        m_topology->TraceDisconnectWithoutContext("LinkUse",
                                                  MakeCallback(&Reachability::UseChanged, this));
        for (const auto& link : m_topology->GetLinks())
        {
            link->TraceDisconnectWithoutContext("StateChange",
                                                MakeCallback(&Reachability::LinkChanged, this));
        }
    }
    m_topology = nullptr;
    m_links.clear();
    m_pairs.clear();
    m_changed = ChangeCallback();
    Object::DoDispose();
}

void
Reachability::SetTopology(Ptr<ClassicalTopology> topology)
{
    m_topology = topology;
    topology->TraceConnectWithoutContext("LinkUse", MakeCallback(&Reachability::UseChanged, this));
    for (const auto& link : topology->GetLinks())
    {
        m_links[link->GetDevice(false)] = link;
        m_links[link->GetDevice(true)] = link;
        link->TraceConnectWithoutContext("StateChange",
                                         MakeCallback(&Reachability::LinkChanged, this));
    }
}

void
Reachability::SetCallback(ChangeCallback callback)
{
    m_changed = callback;
}

uint32_t
Reachability::Watch(uint32_t a, uint32_t b)
{
    const auto number = static_cast<uint32_t>(m_pairs.size());
    const auto [known, isNew] = m_numbers.emplace(std::minmax(a, b), number);
    if (isNew)
    {
        m_pairs.emplace_back();
        m_pairs.back().a = a;
        m_pairs.back().b = b;
        Review(m_pairs.back());
    }
    return known->second;
}

bool
Reachability::IsReachable(uint32_t pair) const
{
    return m_pairs.at(pair).reachable;
}

Time
Reachability::GetDelay(uint32_t pair) const
{
    return m_pairs.at(pair).delay;
}

bool
Reachability::Follow(uint32_t from,
                     uint32_t to,
                     std::vector<Ptr<const ClassicalLink>>& links,
                     Time& delay) const
{
    delay = Time(0);
    for (uint32_t at = from; at != to;)
    {
        const auto hop = m_topology->GetNextHop(at, to, at != from);
        if (!hop)
        {
            return false;
        }
        const Ptr<const ClassicalLink> link = m_links.at(hop->device);
        links.push_back(link);
        if (!link->IsUp())
        {
            return false;
        }
        delay += link->GetDelay();
        at = hop->node;
    }
    return true;
}

bool
Reachability::Review(Pair& pair) const
{
    const bool before = pair.reachable;
    pair.links.clear();
    pair.stale = false;
    Time there;
    Time back;
    // both directions, even if one fails: a change of either concerns the pair
    const bool arrives = Follow(pair.a, pair.b, pair.links, there);
    const bool returns = Follow(pair.b, pair.a, pair.links, back);
    pair.reachable = arrives && returns;
    if (pair.reachable)
    {
        pair.delay = std::max(there, back);
    }
    return pair.reachable != before;
}

template <typename Predicate>
void
Reachability::ReviewPairs(Predicate concerned)
{
    std::vector<uint32_t> changed;
    for (uint32_t i = 0; i < m_pairs.size(); ++i)
    {
        if (concerned(m_pairs[i]) && Review(m_pairs[i]))
        {
            changed.push_back(i);
        }
    }
    for (const uint32_t pair : changed)
    {
        if (!m_changed.IsNull())
        {
            m_changed(pair, m_pairs[pair].reachable);
        }
    }
}

void
Reachability::LinkChanged(Ptr<const ClassicalLink> link, bool up)
{
    NS_LOG_FUNCTION(this << link->GetName() << up);
    ReviewPairs([&link](const Pair& pair) {
        return pair.stale ||
               std::find(pair.links.begin(), pair.links.end(), link) != pair.links.end();
    });
}

void
Reachability::UseChanged(Ptr<const ClassicalLink> link, bool used)
{
    NS_LOG_FUNCTION(this << link->GetName() << used);
    if (!used)
    {
        // only packets that took it take another way now
        ReviewPairs([&link](const Pair& pair) {
            return std::find(pair.links.begin(), pair.links.end(), link) != pair.links.end();
        });
        return;
    }
    for (Pair& pair : m_pairs)
    {
        // the others arrive as before, on whatever way
        pair.stale = pair.stale || pair.reachable;
    }
    ReviewPairs([](const Pair& pair) { return !pair.reachable; });
}

} // namespace qkdn
} // namespace ns3
