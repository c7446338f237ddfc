/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-relay-void-store.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <iterator>

namespace ns3
{
namespace qkdn
{

RelayVoidStore::~RelayVoidStore()
{
    Clear();
}

void
RelayVoidStore::Configure(KxChannel* channel, const RouteTable* routes)
{
    m_channel = channel;
    m_routes = routes;
}

void
RelayVoidStore::SetInterval(Time interval)
{
    m_interval = interval;
}

Time
RelayVoidStore::GetInterval() const
{
    return m_interval;
}

void
RelayVoidStore::AddRelay(const KeyRoute& route,
                         uint64_t number,
                         const std::vector<KsaKeyId>& keys,
                         IncidentId incident)
{
    Unvoided& unvoided = m_unvoided[route.id];
    unvoided.numbers.insert(number);
    unvoided.keys.insert(keys.begin(), keys.end());
    unvoided.session = route.session;
    unvoided.next = m_routes->GetNext(route);
    unvoided.incident = incident;
    // what was told before is not told again each time, or many failures would fill the network
    Send(unvoided, KxRelayVoid{route.id, {number}, keys});
}

void
RelayVoidStore::AddKeys(const KeyRoute& route, const std::vector<KsaKeyId>& keys)
{
    Unvoided& unvoided = m_unvoided[route.id];
    unvoided.session = route.session;
    unvoided.next = m_routes->GetNext(route);
    unvoided.keys.insert(keys.begin(), keys.end());
    Send(unvoided, KxRelayVoid{route.id, {}, keys});
}

void
RelayVoidStore::Send(const Unvoided& unvoided, const KxRelayVoid& message)
{
    if (m_routes->Find(message.route))
    {
        m_channel->SendKx(unvoided.next, KX_RELAY_VOID, message.ToPacket(), unvoided.incident);
    }
    if (m_repeat.IsExpired())
    {
        m_repeat = Simulator::Schedule(m_interval, &RelayVoidStore::Repeat, this);
    }
}

void
RelayVoidStore::Repeat()
{
    for (const auto& unvoided : m_unvoided)
    {
        SendAgain(unvoided.first, unvoided.second);
    }
}

void
RelayVoidStore::SendAgain(RouteId route, const Unvoided& unvoided)
{
    const auto numbersEnd =
        std::next(unvoided.numbers.begin(),
                  static_cast<std::ptrdiff_t>(std::min(unvoided.numbers.size(), MAX_REPEATED)));
    const auto keysEnd =
        std::next(unvoided.keys.begin(),
                  static_cast<std::ptrdiff_t>(std::min(unvoided.keys.size(), MAX_REPEATED)));
    Send(unvoided,
         KxRelayVoid{route,
                     {unvoided.numbers.begin(), numbersEnd},
                     {unvoided.keys.begin(), keysEnd}});
}

void
RelayVoidStore::Acknowledge(const KxRelayVoid& message)
{
    const auto unvoided = m_unvoided.find(message.route);
    if (unvoided == m_unvoided.end())
    {
        return;
    }
    for (const uint64_t number : message.numbers)
    {
        unvoided->second.numbers.erase(number);
    }
    for (const KsaKeyId& key : message.keys)
    {
        unvoided->second.keys.erase(key);
    }
    if (unvoided->second.numbers.empty() && unvoided->second.keys.empty())
    {
        m_unvoided.erase(unvoided);
    }
    else if (message.numbers.size() == MAX_REPEATED || message.keys.size() == MAX_REPEATED)
    {
        SendAgain(message.route, unvoided->second);
    }
}

std::vector<KsaKeyId>
RelayVoidStore::Take(RouteId route)
{
    std::vector<KsaKeyId> keys;
    const auto unvoided = m_unvoided.find(route);
    if (unvoided != m_unvoided.end())
    {
        keys.assign(unvoided->second.keys.begin(), unvoided->second.keys.end());
        m_unvoided.erase(unvoided);
    }
    return keys;
}

std::vector<KsaKeyId>
RelayVoidStore::TakeUninstalled(SessionId session)
{
    std::vector<KsaKeyId> keys;
    for (auto unvoided = m_unvoided.begin(); unvoided != m_unvoided.end();)
    {
        if (unvoided->second.session != session || m_routes->Find(unvoided->first))
        {
            ++unvoided;
            continue;
        }
        keys.insert(keys.end(), unvoided->second.keys.begin(), unvoided->second.keys.end());
        unvoided = m_unvoided.erase(unvoided);
    }
    return keys;
}

uint64_t
RelayVoidStore::GetOldest(RouteId route) const
{
    const auto unvoided = m_unvoided.find(route);
    return unvoided == m_unvoided.end() || unvoided->second.numbers.empty()
               ? 0
               : *unvoided->second.numbers.begin();
}

void
RelayVoidStore::Clear()
{
    m_repeat.Cancel();
    m_unvoided.clear();
}

} // namespace qkdn
} // namespace ns3
