/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kma-synchroniser.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <limits>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKmaSynchroniser");

namespace
{

/**
 * @brief What one end should have of some bits.
 *
 * In proportion to the demands if there is enough. If not, half: what was asked for in vain is
 * asked for again, and would otherwise take the other end's share of a relay that crosses both.
 *
 * @param own demand of this end, bit/s
 * @param peer demand of the other end, bit/s
 * @param bits the bits
 * @param pool the pool that they are for
 * @return part of the bits
 */
uint64_t
FairShare(uint64_t own, uint64_t peer, uint64_t bits, const KmaPool& pool)
{
    const uint64_t total = own + peer;
    const bool scarce = own > 0 && peer > 0 && pool.GetSpendableBits() < total;
    return total == 0 || scarce ? bits / 2 : bits / total * own + bits % total * own / total;
}

} // namespace

NS_OBJECT_ENSURE_REGISTERED(KmaSynchroniser);

TypeId
KmaSynchroniser::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KmaSynchroniser")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KmaSynchroniser>()
            .AddAttribute("ConfirmTimeout",
                          "Time after which a QKD-key that the reachable neighbour does not "
                          "store is destroyed.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&KmaSynchroniser::m_confirmTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("AnnounceDelay",
                          "Shortest time between two messages about stored QKD-keys that nobody "
                          "waits for; 0 for one for each key.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&KmaSynchroniser::m_announceDelay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("DemandTimeConstant",
                          "Memory of the demand that the division into shares follows.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&KmaSynchroniser::SetDemandTimeConstant),
                          MakeTimeChecker(MilliSeconds(1)));
    return tid;
}

void
KmaSynchroniser::DoDispose()
{
    NS_LOG_FUNCTION(this);
    PeerDown();
    m_pool = nullptr;
    m_channel = nullptr;
    m_agreedCallback = AgreedCallback();
    m_gainedCallback = GainedCallback();
    Object::DoDispose();
}

void
KmaSynchroniser::SetDemandTimeConstant(Time timeConstant)
{
    m_demand.SetTimeConstant(timeConstant);
}

void
KmaSynchroniser::Configure(KmId self, KmId peer, Ptr<KmaPool> pool, KxChannel* channel)
{
    m_self = self;
    m_peer = peer;
    m_pool = pool;
    m_channel = channel;
}

void
KmaSynchroniser::SetAgreedCallback(AgreedCallback callback)
{
    m_agreedCallback = callback;
}

void
KmaSynchroniser::SetGainedCallback(GainedCallback callback)
{
    m_gainedCallback = callback;
}

bool
KmaSynchroniser::IsAgreed() const
{
    return m_agreed;
}

void
KmaSynchroniser::PeerUp(const std::vector<KsaKeyId>& heldKsaKeys)
{
    NS_LOG_FUNCTION(this << m_self << m_peer);
    PeerDown();
    m_up = true;
    KxAgreement message;
    message.holdings = m_pool->Snapshot();
    message.ksaKeys = heldKsaKeys;
    // what is stored up to now is told by the snapshot
    m_unannounced.clear();
    m_unannouncedBits = 0;
    m_channel->SendKx(m_peer, KX_AGREEMENT, message.ToPacket(), IncidentId());
}

void
KmaSynchroniser::PeerDown()
{
    NS_LOG_FUNCTION(this << m_self << m_peer);
    m_up = false;
    m_agreed = false;
    m_requestOpen = false;
    m_told.clear();
    m_heard.clear();
    m_awaited.clear();
    m_timeout.Cancel();
    m_announcement.Cancel();
    m_announced.reset();
}

void
KmaSynchroniser::AcceptQkdKey(const QkdKey& key)
{
    NS_LOG_FUNCTION(this << key.id.ToString());
    if (!m_pool->Add(key))
    {
        // a copy of a key that is here still must not make the neighbour throw it away
        if (m_agreed && m_pool->IsClosed(key.id))
        {
            m_heard.erase(key.id);
            m_channel->SendKx(m_peer,
                              KX_KEY_REFUSED,
                              KxKeyRefused{key.id}.ToPacket(),
                              IncidentId());
        }
        return;
    }
    const uint32_t bits = key.material.GetBits();
    m_unannounced[key.id] = bits;
    m_unannouncedBits += bits;
    const bool isAfterPause = NoteArrival(key.id.link);
    if (m_agreed)
    {
        isAfterPause ? Announce() : Gather();
    }
}

bool
KmaSynchroniser::NoteArrival(LinkId link)
{
    const Time now = Simulator::Now();
    const auto [found, isFirst] = m_arrivals.emplace(link, Arrivals{now, Time(0)});
    if (isFirst)
    {
        return true;
    }
    Arrivals& arrivals = found->second;
    const Time interval = now - arrivals.last;
    const bool isPause = arrivals.interval.IsStrictlyPositive() &&
                         interval - arrivals.interval > arrivals.interval / 2;
    arrivals = Arrivals{now, isPause ? Time(0) : interval};
    return isPause;
}

bool
KmaSynchroniser::IsScarce() const
{
    const uint64_t spendable = m_pool->GetSpendableBits();
    return m_pool->GetState() != KMA_POOL_READY || spendable < m_unannouncedBits ||
           static_cast<double>(spendable) < 2 * m_announceDelay.GetSeconds() * GetTotalDemandBps();
}

void
KmaSynchroniser::Gather()
{
    // what the neighbour has told of is answered, so that it is confirmed at both ends
    const auto isHeard = [this](const auto& stored) { return m_heard.count(stored.first) > 0; };
    // at the higher end, the answer usually comes first
    const Time delay = m_self < m_peer ? m_announceDelay : 2 * m_announceDelay;
    const Time due = m_announced ? *m_announced + delay : Simulator::Now();
    if (due <= Simulator::Now() || IsScarce() ||
        std::any_of(m_unannounced.begin(), m_unannounced.end(), isHeard))
    {
        Announce();
    }
    else if (!m_announcement.IsRunning())
    {
        m_announcement =
            Simulator::Schedule(due - Simulator::Now(), &KmaSynchroniser::Announce, this);
    }
}

void
KmaSynchroniser::Announce()
{
    m_announcement.Cancel();
    if (m_unannounced.empty())
    {
        return;
    }
    KxKeyStored message;
    message.decidesSplit = m_self < m_peer;
    message.demandBps = GetDemandBps();
    const std::map<KeyId, uint32_t> keys = std::move(m_unannounced);
    m_unannounced.clear();
    m_unannouncedBits = 0;
    m_announced = Simulator::Now();
    const Time until = Simulator::Now() + m_confirmTimeout;
    for (const auto& [key, bits] : keys)
    {
        const uint32_t lowBits = message.decidesSplit ? DivideByDemand(bits) : 0;
        message.keys.push_back({key, bits, lowBits});
        m_told[key] = Told{bits, lowBits};
        m_awaited.push_back({until, key});
    }
    ScheduleTimeout();
    m_channel->SendKx(m_peer, KX_KEY_STORED, message.ToPacket(), IncidentId());
    for (const auto& [key, bits] : keys)
    {
        TryConfirm(key);
    }
}

void
KmaSynchroniser::ScheduleTimeout()
{
    while (!m_awaited.empty() && m_told.count(m_awaited.front().key) == 0)
    {
        m_awaited.pop_front();
    }
    if (!m_awaited.empty() && !m_timeout.IsRunning())
    {
        m_timeout = Simulator::Schedule(m_awaited.front().until - Simulator::Now(),
                                        &KmaSynchroniser::CheckTimeouts,
                                        this);
    }
}

void
KmaSynchroniser::CheckTimeouts()
{
    while (!m_awaited.empty() && m_awaited.front().until <= Simulator::Now())
    {
        const KeyId key = m_awaited.front().key;
        m_awaited.pop_front();
        if (m_told.count(key) > 0)
        {
            Refuse(key);
        }
    }
    ScheduleTimeout();
}

void
KmaSynchroniser::TryConfirm(const KeyId& key)
{
    const auto told = m_told.find(key);
    const auto heard = m_heard.find(key);
    if (told == m_told.end() || heard == m_heard.end())
    {
        return;
    }
    const uint32_t bits = told->second.bits;
    const uint32_t lowBits = m_self < m_peer ? told->second.lowBits : heard->second.lowBits;
    const bool alike = bits == heard->second.bits && lowBits <= bits;
    m_told.erase(told);
    m_heard.erase(heard);
    if (!alike)
    {
        NS_LOG_WARN("QKD-key " << key.ToString() << " differs between KM " << m_self << " and KM "
                               << m_peer);
        Refuse(key);
        return;
    }
    if (!m_pool->Confirm(key, lowBits))
    {
        // it has expired here meanwhile
        Refuse(key);
        return;
    }
    Gained();
}

void
KmaSynchroniser::Gained()
{
    if (!m_gainedCallback.IsNull())
    {
        m_gainedCallback(m_peer);
    }
}

void
KmaSynchroniser::Forget(const KeyId& key)
{
    m_told.erase(key);
    m_heard.erase(key);
    const auto unannounced = m_unannounced.find(key);
    if (unannounced != m_unannounced.end())
    {
        m_unannouncedBits -= unannounced->second;
        m_unannounced.erase(unannounced);
    }
}

void
KmaSynchroniser::Refuse(const KeyId& key)
{
    m_pool->Destroy(key);
    Forget(key);
    m_channel->SendKx(m_peer, KX_KEY_REFUSED, KxKeyRefused{key}.ToPacket(), IncidentId());
}

uint32_t
KmaSynchroniser::GetDemandBps() const
{
    const double bps = m_demand.GetBps(Simulator::Now());
    return static_cast<uint32_t>(
        std::min(bps, static_cast<double>(std::numeric_limits<uint32_t>::max())));
}

uint32_t
KmaSynchroniser::DivideByDemand(uint32_t bits) const
{
    return static_cast<uint32_t>(FairShare(GetDemandBps(), m_peerDemandBps, bits, *m_pool));
}

void
KmaSynchroniser::NoteDemand(uint64_t bits)
{
    m_demand.Note(Simulator::Now(), bits);
}

double
KmaSynchroniser::GetTotalDemandBps() const
{
    return m_demand.GetBps(Simulator::Now()) + m_peerDemandBps;
}

void
KmaSynchroniser::RequestShare(uint64_t bits)
{
    NS_LOG_FUNCTION(this << bits);
    if (m_agreed)
    {
        Announce();
    }
    if (!m_agreed || m_requestOpen || m_pool->GetPeerBits() == 0)
    {
        return;
    }
    KxShareRequest message;
    message.request = ++m_lastRequest;
    message.bits = bits;
    message.demandBps = GetDemandBps();
    m_requestOpen = m_channel->SendKx(m_peer, KX_SHARE_REQUEST, message.ToPacket(), IncidentId());
}

bool
KmaSynchroniser::Receive(uint16_t type, Ptr<Packet> body)
{
    NS_LOG_FUNCTION(this << type);
    if (!m_up || (!m_agreed && type != KX_AGREEMENT))
    {
        return false;
    }
    switch (type)
    {
    case KX_KEY_STORED: {
        const auto message = KxKeyStored::FromPacket(body);
        return message && HandleStored(*message);
    }
    case KX_KEY_REFUSED: {
        const auto message = KxKeyRefused::FromPacket(body);
        return message && HandleRefused(*message);
    }
    case KX_SHARE_REQUEST: {
        const auto message = KxShareRequest::FromPacket(body);
        return message && HandleShareRequest(*message);
    }
    case KX_SHARE_GRANT: {
        const auto message = KxShareGrant::FromPacket(body);
        return message && HandleShareGrant(*message);
    }
    case KX_AGREEMENT: {
        const auto message = KxAgreement::FromPacket(body);
        return message && HandleAgreement(*message);
    }
    default:
        return false;
    }
}

bool
KmaSynchroniser::HandleStored(const KxKeyStored& message)
{
    if (message.decidesSplit != (m_peer < m_self))
    {
        return false;
    }
    m_peerDemandBps = message.demandBps;
    bool answer = false;
    for (const KxStoredKey& stored : message.keys)
    {
        if (m_pool->IsClosed(stored.key))
        {
            m_channel->SendKx(m_peer,
                              KX_KEY_REFUSED,
                              KxKeyRefused{stored.key}.ToPacket(),
                              IncidentId());
            continue;
        }
        m_heard[stored.key] = Told{stored.bits, stored.lowBits};
        answer = answer || m_unannounced.count(stored.key) > 0;
        TryConfirm(stored.key);
    }
    if (answer)
    {
        Announce();
    }
    return true;
}

bool
KmaSynchroniser::HandleRefused(const KxKeyRefused& message)
{
    Forget(message.key);
    m_pool->Destroy(message.key);
    return true;
}

bool
KmaSynchroniser::HandleShareRequest(const KxShareRequest& message)
{
    m_peerDemandBps = message.demandBps;
    // keep what this end needs of the whole in proportion to the demands
    const uint64_t whole = m_pool->GetOwnBits() + m_pool->GetPeerBits();
    const uint64_t keep = FairShare(GetDemandBps(), message.demandBps, whole, *m_pool);
    const uint64_t spare = m_pool->GetOwnBits() > keep ? m_pool->GetOwnBits() - keep : 0;
    KxShareGrant grant;
    grant.request = message.request;
    const uint64_t most = std::numeric_limits<uint32_t>::max();
    grant.ranges = m_pool->Grant(static_cast<uint32_t>(std::min({spare, message.bits, most})));
    m_channel->SendKx(m_peer, KX_SHARE_GRANT, grant.ToPacket(), IncidentId());
    return true;
}

bool
KmaSynchroniser::HandleShareGrant(const KxShareGrant& message)
{
    if (!m_requestOpen || message.request != m_lastRequest)
    {
        return false;
    }
    m_requestOpen = false;
    if (message.ranges.empty())
    {
        return true;
    }
    if (!m_pool->AcceptGrant(message.ranges))
    {
        return false;
    }
    Gained();
    return true;
}

bool
KmaSynchroniser::HandleAgreement(const KxAgreement& message)
{
    // one agreement a connection: keys have been used since
    if (m_agreed || !m_pool->Reconcile(message.holdings))
    {
        return false;
    }
    m_agreed = true;
    Announce();
    m_agreedCallback(m_peer, message.ksaKeys);
    return true;
}

} // namespace qkdn
} // namespace ns3
