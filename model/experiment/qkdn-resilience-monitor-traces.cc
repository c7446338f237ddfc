/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// What ResilienceMonitor notes of modules, key managers, pools and messages.

#include "qkdn-flow-supply.h"
#include "qkdn-resilience-monitor.h"

#include "ns3/qkdn-classical-channel-messages.h"
#include "ns3/qkdn-kq-messages.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
ResilienceMonitor::ModuleStateChanged(LinkId link,
                                      QkdModule::Role role,
                                      QkdModule::State from,
                                      QkdModule::State to,
                                      IncidentId incident)
{
    m_log.Add("module-state",
              ModuleEntity(link, role),
              incident,
              {{"from", QkdModule::StateName(from)}, {"to", QkdModule::StateName(to)}});
    const bool generating = to == QkdModule::RUNNING || to == QkdModule::DEGRADED;
    const Time now = Simulator::Now();
    const uint32_t end = role == QkdModule::TRANSMITTER ? 0 : 1;
    m_tracker.ModuleChanged(now, link, end, generating);
    m_routeTracker.ModuleChanged(now, link, end, generating);
    m_groups.GetTracker().ModuleChanged(now, link, end, generating);
}

void
ResilienceMonitor::ModuleIncident(LinkId link,
                                  QkdModule::Role role,
                                  const std::string& cause,
                                  IncidentId incident)
{
    m_log.Add("incident", ModuleEntity(link, role), incident, {{"cause", cause}});
    m_tracker.LinkIncident(Simulator::Now(), link, incident);
    m_routeTracker.LinkIncident(Simulator::Now(), link, incident);
    m_groups.LinkIncident(Simulator::Now(), link, incident);
}

void
ResilienceMonitor::ModuleKeyDelivered(LinkId, QkdModule::Role, const QkdKey& key)
{
    m_tracker.KeyDelivered(Simulator::Now(), key.id);
    m_groups.GetTracker().KeyDelivered(Simulator::Now(), key.id);
}

void
ResilienceMonitor::BlockFilled(LinkId, const KeyId& key, double)
{
    if (m_flow)
    {
        m_newestBlocks[key.link] = key;
    }
    m_tracker.BlockFilled(Simulator::Now(), key);
    m_groups.GetTracker().BlockFilled(Simulator::Now(), key);
}

void
ResilienceMonitor::BlockDropped(LinkId link, const KeyId& key, const std::string& reason)
{
    m_log.Add("block-dropped",
              "link/" + m_links.at(link).name,
              IncidentId(),
              {{"block", key.ToString()}, {"reason", reason}});
}

void
ResilienceMonitor::LinkStatusChanged(KmId km,
                                     LinkId link,
                                     LinkStatus status,
                                     bool local,
                                     IncidentId incident)
{
    m_log.Add("link-status",
              "link/" + m_links.at(link).name,
              incident,
              {{"km", KmName(km)},
               {"end", local ? "local" : "remote"},
               {"status", LinkStatusName(status)}});
    if (status == LINK_PASSIVE)
    {
        m_tracker.LinkReported(Simulator::Now(), km, link);
    }
}

void
ResilienceMonitor::NeighbourChanged(KmId km,
                                    KmId neighbour,
                                    const std::string& state,
                                    IncidentId incident)
{
    const Time now = Simulator::Now();
    m_log.Add("km-neighbour",
              "km/" + KmName(km),
              incident,
              {{"neighbour", KmName(neighbour)}, {"state", state}});
    if (state == "dead")
    {
        m_tracker.NeighbourIncident(now, km, neighbour, incident);
        m_routeTracker.NeighbourIncident(now, km, neighbour, incident);
    }
    else if (state == "agreed" || state == "down")
    {
        m_tracker.NeighbourChanged(now, km, neighbour, state == "agreed");
    }
}

void
ResilienceMonitor::ProcessChanged(KmId km, bool running)
{
    const uint64_t event = m_log.Add("km-process",
                                     "km/" + KmName(km),
                                     IncidentId(),
                                     {{"state", running ? "running" : "crashed"}});
    m_tracker.ProcessChanged(km, running);
    m_checker.ProcessChanged(SeenNow(event), km, running);
}

void
ResilienceMonitor::KsaKeyChanged(const KsaKeyEvent& event)
{
    const Time now = Simulator::Now();
    const SessionEnd end = event.master ? SESSION_MASTER : SESSION_SLAVE;
    m_exposure.NotifyKeyEvent(event);
    switch (event.kind)
    {
    case KSA_EVENT_CREATED:
        m_ksaBook.NotifyCreated(event.key, event.material.GetBits(), now);
        NoteDirectKey(event);
        m_routeTracker.KeyCreated(now, event.key.session, event.route);
        m_checker.RouteUsed(SeenNow(0), event.key.session, event.route);
        break;
    case KSA_EVENT_HELD:
    case KSA_EVENT_CONFIRMED:
        m_ksaBook.NotifyConfirmed(event.key, end, now);
        if (event.kind == KSA_EVENT_CONFIRMED)
        {
            m_routeTracker.KeyConfirmed(now,
                                        event.key.session,
                                        event.route,
                                        event.material.GetBits());
        }
        break;
    case KSA_EVENT_HANDED_OVER:
        m_ksaBook.NotifyHandedOver(event.key, end, event.material, now);
        if (event.master)
        {
            m_tracker.KeySupplied(now, event.key.session);
            m_keyCosts[event.key.session].push_back({now, event.material.GetBits(), event.hops});
        }
        break;
    case KSA_EVENT_GIVEN_OUT:
        m_givenOut[{event.uuid, event.master}] = event;
        break;
    case KSA_EVENT_GIVEN_UP:
        m_ksaBook.NotifyGivenUp(event.key, end, now);
        break;
    case KSA_EVENT_VOIDED:
        m_ksaBook.NotifyVoided(event.key, end, now);
        break;
    case KSA_EVENT_EXPIRED:
        m_ksaBook.NotifyExpired(event.key, end, now);
        break;
    case KSA_EVENT_DESTROYED:
        m_ksaBook.NotifyDestroyed(event.key, end, now);
        break;
    }
}

void
ResilienceMonitor::NoteDirectKey(const KsaKeyEvent& event)
{
    if (event.ranges.empty())
    {
        return; // it is relayed: the end of the route tells when it has come
    }
    const auto found = m_sessions.find(event.key.session);
    if (found == m_sessions.end())
    {
        return;
    }
    RouteId route = event.route;
    if (!route.IsValid() || KeyRoute::IsLocal(route))
    {
        route = NoteLocalRoute(found->second.session);
    }
    m_routeUses.AddKey(Simulator::Now(), route, m_routeUseGap);
}

RouteId
ResilienceMonitor::NoteLocalRoute(const KeySession& session)
{
    const RouteId route(LOCAL_ROUTE_BASE + session.id.value);
    m_routeUses.AddRoute(
        KeyRoute{route, session.id, ROUTE_WORKING, {session.masterKm, session.slaveKm}, 0});
    return route;
}

void
ResilienceMonitor::KeyReceived(const ApplicationIdentity& who, uint64_t, const SuppliedKey& key)
{
    const auto givenOut = m_givenOut.find({key.keyId, who.role == APPLICATION_MASTER});
    if (givenOut == m_givenOut.end())
    {
        return;
    }
    KsaKeyEvent event = givenOut->second;
    m_givenOut.erase(givenOut);
    event.kind = KSA_EVENT_HANDED_OVER;
    event.material = key.material;
    KsaKeyChanged(event);
}

void
ResilienceMonitor::KeyAdded(KmId holder, KmId peer, const QkdKey& key, bool initial)
{
    m_kmaBook.NotifyKeyAdded(holder, peer, key, initial);
}

void
ResilienceMonitor::KeyMoved(KmId holder,
                            KmId peer,
                            KeyRange range,
                            KeyUse from,
                            KeyUse to,
                            IncidentId incident)
{
    m_kmaBook.NotifyKeyMoved(holder, peer, range, from, to, incident);
    if (incident.IsValid() && to == KEY_WASTED)
    {
        m_wastedByIncident[incident] += range.bits;
    }
}

void
ResilienceMonitor::KeySettled(KmId holder, KmId peer, KeyRange range)
{
    m_kmaBook.NotifyKeySettled(holder, peer, range);
}

void
ResilienceMonitor::KeyRefused(KmId holder, KmId peer, const QkdKey& key)
{
    m_kmaBook.NotifyKeyRefused(holder, peer, key);
}

void
ResilienceMonitor::KeyConfirmed(KmId, KmId, KeyId key, uint32_t)
{
    m_tracker.KeyConfirmed(Simulator::Now(), key);
    m_groups.GetTracker().KeyConfirmed(Simulator::Now(), key);
}

void
ResilienceMonitor::LevelChanged(KmId holder, KmId peer, uint64_t)
{
    const Time now = Simulator::Now();
    WatchedPool& watched = m_pools.at({holder, peer});
    const PoolSample sample = MakeSample(now, holder, watched);
    if (watched.any && now == watched.sampled)
    {
        m_samples[watched.row] = sample;
    }
    else if (!watched.any || now - watched.sampled >= m_sampleInterval)
    {
        if (HasStood(watched, now))
        {
            m_samples.push_back(*watched.changed);
        }
        watched.row = m_samples.size();
        watched.sampled = now;
        watched.any = true;
        watched.changed.reset();
        m_samples.push_back(sample);
    }
    else
    {
        watched.changed = sample;
    }
}

void
ResilienceMonitor::PoolStateChanged(KmId holder, KmId peer, KmaPoolState from, KmaPoolState to)
{
    m_log.Add("pool-state",
              "km/" + KmName(holder),
              IncidentId(),
              {{"neighbour", KmName(peer)},
               {"from", KmaPoolStateName(from)},
               {"to", KmaPoolStateName(to)}});
}

bool
ResilienceMonitor::HasStood(const WatchedPool& watched, Time now) const
{
    return watched.changed && now - watched.changed->time >= m_sampleInterval;
}

std::vector<PoolSample>
ResilienceMonitor::GetSamples(Time now) const
{
    std::vector<PoolSample> samples = m_samples;
    for (const auto& [ends, watched] : m_pools)
    {
        if (HasStood(watched, now))
        {
            samples.push_back(*watched.changed);
        }
        if (watched.any && now > watched.sampled)
        {
            samples.push_back(MakeSample(now, ends.first, watched));
        }
    }
    std::stable_sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) {
        return a.time < b.time;
    });
    return samples;
}

PoolSample
ResilienceMonitor::MakeSample(Time at, KmId holder, const WatchedPool& watched) const
{
    PoolSample sample;
    sample.time = at;
    sample.link = watched.name;
    sample.km = KmName(holder);
    sample.storedBit = watched.pool->GetStoredBits();
    sample.ownBit = watched.pool->GetOwnBits();
    sample.peerBit = watched.pool->GetPeerBits();
    sample.unconfirmedBit = watched.pool->GetUnconfirmedBits();
    return sample;
}

void
ResilienceMonitor::MessageSent(const Address&,
                               const Address&,
                               uint16_t type,
                               uint32_t bytes,
                               IncidentId incident)
{
    if (type == DISTILLATION_REQUEST || type == DISTILLATION_RESPONSE || type == KQ_KEY)
    {
        return;
    }
    m_traffic.Add(bytes, incident);
}

void
ResilienceMonitor::PacketSent(Ptr<const Packet>)
{
    ++m_packets;
}

} // namespace qkdn
} // namespace ns3
