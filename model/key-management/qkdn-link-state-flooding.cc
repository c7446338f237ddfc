/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-state-flooding.h"

#include "qkdn-kx-routing-messages.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnLinkStateFlooding");

LinkStateFlooding::~LinkStateFlooding()
{
    Stop();
}

void
LinkStateFlooding::Configure(KmId self, KxChannel* channel, const KmNeighbours* neighbours)
{
    m_self = self;
    m_channel = channel;
    m_neighbours = neighbours;
}

void
LinkStateFlooding::SetCallbacks(ChangedCallback changed, FateCallback fate)
{
    m_changed = changed;
    m_fate = fate;
}

void
LinkStateFlooding::Start(const Timing& timing)
{
    NS_LOG_FUNCTION(this << m_self);
    m_timing = timing;
    m_database.SetMaxAge(timing.maxAge);
    m_newestOrigin = Simulator::Now();
    m_running = true;
}

void
LinkStateFlooding::Stop()
{
    m_running = false;
    m_issue.Cancel();
    m_expiry.Cancel();
    m_database.Clear();
    m_sequence = 0;
    m_hops.clear();
    m_incident = IncidentId();
    m_issued.reset();
}

const LinkStateDatabase&
LinkStateFlooding::GetDatabase() const
{
    return m_database;
}

Time
LinkStateFlooding::GetNewestOrigin() const
{
    return m_newestOrigin;
}

// ---- own advertisements

void
LinkStateFlooding::Advertise(std::vector<LinkStateHop> hops,
                             bool statusChanged,
                             IncidentId incident)
{
    m_hops = std::move(hops);
    if (incident.IsValid())
    {
        m_incident = incident;
    }
    IssueAfter(statusChanged ? m_timing.minInterval : m_timing.amountInterval);
}

void
LinkStateFlooding::IssueAfter(Time interval)
{
    const Time now = Simulator::Now();
    const Time delay = m_issued ? Max(*m_issued + interval - now, Time(0)) : Time(0);
    if (!m_issue.IsExpired() && Simulator::GetDelayLeft(m_issue) <= delay)
    {
        return;
    }
    m_issue.Cancel();
    m_issue = Simulator::Schedule(delay, &LinkStateFlooding::Issue, this);
}

void
LinkStateFlooding::Issue()
{
    m_issue.Cancel();
    m_issued = Simulator::Now();
    LinkStateAdvertisement advertisement;
    advertisement.header = LinkStateHeader{m_self, ++m_sequence};
    advertisement.hops = m_hops;
    NS_LOG_LOGIC("KM " << m_self << ": issue " << m_sequence << " of its advertisement");
    const IncidentId incident = std::exchange(m_incident, IncidentId());
    m_database.Install(advertisement, Simulator::Now());
    m_fate(advertisement.header, LINK_STATE_ORIGINATED);
    Flood(advertisement, KmId(), incident);
    ScheduleExpiry();
    m_issue = Simulator::Schedule(m_timing.refresh, &LinkStateFlooding::Issue, this);
    m_changed(incident);
}

bool
LinkStateFlooding::Outdo(const LinkStateHeader& header)
{
    if (header.sequence <= m_sequence)
    {
        return false;
    }
    NS_LOG_LOGIC("KM " << m_self << ": outdoes its issue " << header.sequence);
    m_fate(header, LINK_STATE_OUTDONE);
    m_sequence = header.sequence;
    Issue();
    return true;
}

// ---- those of all

void
LinkStateFlooding::Flood(const LinkStateAdvertisement& advertisement,
                         KmId except,
                         IncidentId incident)
{
    const KxLinkState message{{advertisement}};
    for (const auto& [id, neighbour] : *m_neighbours)
    {
        if (id != except && neighbour.synchroniser->IsAgreed())
        {
            m_channel->SendKx(id, KX_LINK_STATE, message.ToPacket(), incident);
        }
    }
}

void
LinkStateFlooding::PeerUp(KmId neighbour)
{
    if (m_running)
    {
        const KxLinkStateSummary summary{m_database.GetHeaders()};
        m_channel->SendKx(neighbour, KX_LINK_STATE_SUMMARY, summary.ToPacket(), IncidentId());
    }
}

bool
LinkStateFlooding::HandleSummary(KmId peer, Ptr<const Packet> packet)
{
    const auto summary = KxLinkStateSummary::FromPacket(packet);
    if (!summary)
    {
        return false;
    }
    std::map<KmId, uint64_t> known;
    for (const LinkStateHeader& header : summary->headers)
    {
        known[header.origin] = header.sequence;
    }
    const auto own = known.find(m_self);
    if (own != known.end())
    {
        Outdo(LinkStateHeader{m_self, own->second});
    }
    KxLinkState message;
    for (const LinkStateHeader& header : m_database.GetHeaders())
    {
        const auto found = known.find(header.origin);
        if (found == known.end() || found->second < header.sequence)
        {
            message.advertisements.push_back(*m_database.Find(header.origin, Simulator::Now()));
        }
    }
    if (!message.advertisements.empty())
    {
        m_channel->SendKx(peer, KX_LINK_STATE, message.ToPacket(), IncidentId());
    }
    return true;
}

bool
LinkStateFlooding::HandleLinkState(KmId peer, Ptr<const Packet> packet, IncidentId incident)
{
    const auto message = KxLinkState::FromPacket(packet);
    if (!message)
    {
        return false;
    }
    bool changed = false;
    for (const LinkStateAdvertisement& advertisement : message->advertisements)
    {
        changed = Take(peer, advertisement, incident) || changed;
    }
    if (changed)
    {
        ScheduleExpiry();
        m_changed(incident);
    }
    return true;
}

bool
LinkStateFlooding::Take(KmId peer, const LinkStateAdvertisement& advertisement, IncidentId incident)
{
    const LinkStateHeader& header = advertisement.header;
    if (header.origin == m_self && Outdo(header))
    {
        return false;
    }
    if (m_database.IsTooOld(advertisement.age))
    {
        return Purge(peer, advertisement, incident);
    }
    const Time now = Simulator::Now();
    switch (m_database.Compare(header))
    {
    case LinkStateDatabase::NEWER:
        if (!m_database.Find(header.origin, now))
        {
            m_newestOrigin = now;
        }
        m_database.Install(advertisement, now);
        m_fate(header, LINK_STATE_INSTALLED);
        Flood(advertisement, peer, incident);
        return true;
    case LinkStateDatabase::SAME:
        m_fate(header, LINK_STATE_DUPLICATE);
        return false;
    case LinkStateDatabase::OLDER:
        m_fate(header, LINK_STATE_STALE);
        m_channel->SendKx(peer,
                          KX_LINK_STATE,
                          KxLinkState{{*m_database.Find(header.origin, now)}}.ToPacket(),
                          incident);
        return false;
    }
    return false;
}

bool
LinkStateFlooding::Purge(KmId peer,
                         const LinkStateAdvertisement& advertisement,
                         IncidentId incident)
{
    const LinkStateHeader& header = advertisement.header;
    const bool held = m_database.Find(header.origin, Simulator::Now()).has_value();
    if (header.origin == m_self || !held || m_database.Compare(header) == LinkStateDatabase::OLDER)
    {
        // an own one that is too old for others is refreshed in time
        m_fate(header, LINK_STATE_STALE);
        return false;
    }
    m_database.Remove(header.origin);
    m_fate(header, LINK_STATE_PURGED);
    Flood(advertisement, peer, incident);
    return true;
}

void
LinkStateFlooding::Expire()
{
    const Time now = Simulator::Now();
    bool changed = false;
    for (const LinkStateHeader& header : m_database.GetTooOld(now))
    {
        const LinkStateAdvertisement old = *m_database.Find(header.origin, now);
        m_database.Remove(header.origin);
        m_fate(header, LINK_STATE_EXPIRED);
        Flood(old, KmId(), IncidentId());
        changed = true;
    }
    ScheduleExpiry();
    if (changed)
    {
        m_changed(IncidentId());
    }
}

void
LinkStateFlooding::ScheduleExpiry()
{
    m_expiry.Cancel();
    const auto next = m_database.GetNextExpiry();
    if (next)
    {
        m_expiry = Simulator::Schedule(Max(*next - Simulator::Now(), Time(0)),
                                       &LinkStateFlooding::Expire,
                                       this);
    }
}

} // namespace qkdn
} // namespace ns3
