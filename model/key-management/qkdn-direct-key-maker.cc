/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-direct-key-maker.h"

#include "ns3/log.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <set>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnDirectKeyMaker");
NS_OBJECT_ENSURE_REGISTERED(DirectKeyMaker);

namespace
{

/// Share requests ask for this many times what is missing now, so that they are rare.
constexpr uint64_t SHARE_REQUEST_FACTOR = 16;

} // namespace

TypeId
DirectKeyMaker::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::DirectKeyMaker")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<DirectKeyMaker>()
            .AddAttribute("MaxBatch",
                          "Keys in a key supply notification at most.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&DirectKeyMaker::m_maxBatch),
                          MakeUintegerChecker<uint32_t>(1, 4096))
            .AddAttribute("Timeout",
                          "Time after which keys without a response of the other KM are void.",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&DirectKeyMaker::m_timeout),
                          MakeTimeChecker(MilliSeconds(1)));
    return tid;
}

void
DirectKeyMaker::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& batch : m_batches)
    {
        batch.second.timeout.Cancel();
    }
    m_batches.clear();
    m_announced.clear();
    m_open.clear();
    m_channel = nullptr;
    m_neighbours = nullptr;
    m_user = nullptr;
    m_meter = nullptr;
    Object::DoDispose();
}

void
DirectKeyMaker::Configure(KmId self,
                          KxChannel* channel,
                          const KmNeighbours* neighbours,
                          Ptr<KxAuthenticator> authenticator,
                          KsaKeyMakerUser* user)
{
    m_self = self;
    m_channel = channel;
    m_neighbours = neighbours;
    m_authenticator = authenticator;
    m_user = user;
}

void
DirectKeyMaker::SetMeter(Ptr<KeyUsageMeter> meter)
{
    m_meter = meter;
}

uint32_t
DirectKeyMaker::GetMaxBatch() const
{
    return m_authenticator->LimitBatch(m_maxBatch);
}

uint64_t
DirectKeyMaker::CountPossible(const KeyRoute& route, uint32_t sizeBit) const
{
    const Ptr<KmaPool> pool = m_neighbours->at(route.kms.at(1)).pool;
    return pool->GetAvailableBits(KEY_DIRECT_SUPPLY) / sizeBit;
}

KxFailure
DirectKeyMaker::Make(const KeyRoute& route, const std::vector<KsaKeyOrder>& orders)
{
    const KmId peer = route.kms.at(1);
    const KmNeighbour& neighbour = m_neighbours->at(peer);
    if (!neighbour.synchroniser->IsAgreed())
    {
        return KX_FAILURE_NEIGHBOUR;
    }
    KxSupplyNotification& notification = m_open[peer];
    const uint64_t tagBits = m_authenticator->GetExchangeBits();
    const uint64_t messages = (orders.size() + GetMaxBatch() - 1) / GetMaxBatch();
    uint64_t keyBits = 0;
    for (const KsaKeyOrder& order : orders)
    {
        keyBits += order.sizeBit;
    }
    neighbour.synchroniser->NoteDemand(keyBits + tagBits * messages);
    neighbour.pool->Advance(Simulator::Now());
    // tags of a batch that is already begun are still to be paid as well
    const uint64_t allTagBits = tagBits * (messages + (notification.keys.empty() ? 0 : 1));
    if (neighbour.pool->GetAvailableBits(KEY_DIRECT_SUPPLY) < keyBits ||
        neighbour.pool->GetAvailableBits(KEY_AUTHENTICATION) < keyBits + allTagBits)
    {
        neighbour.synchroniser->RequestShare((keyBits + allTagBits) * SHARE_REQUEST_FACTOR);
        return KX_FAILURE_NO_KEY;
    }
    for (const KsaKeyOrder& order : orders)
    {
        const auto taken = neighbour.pool->Take(order.sizeBit, KEY_DIRECT_SUPPLY);
        NS_ABORT_MSG_IF(!taken, "KM " << m_self << ": a pool gave less than it had");
        const MadeKsaKey made{order.id, *taken, route.id, 1, peer, 0, route.role};
        m_announced[order.id] = Announced{0, peer, made};
        notification.keys.push_back(KxNotifiedKey{order.id, taken->ranges, order.pooled});
        m_user->KeyCreated(made);
    }
    while (notification.keys.size() >= GetMaxBatch())
    {
        const auto end = notification.keys.begin() + static_cast<std::ptrdiff_t>(GetMaxBatch());
        KxSupplyNotification full;
        full.keys.assign(notification.keys.begin(), end);
        notification.keys.erase(notification.keys.begin(), end);
        SendBatch(peer, full);
    }
    return KX_FAILURE_NONE;
}

void
DirectKeyMaker::Flush()
{
    std::map<KmId, KxSupplyNotification> open;
    open.swap(m_open);
    for (auto& [peer, notification] : open)
    {
        if (!notification.keys.empty())
        {
            SendBatch(peer, notification);
        }
    }
}

void
DirectKeyMaker::SendBatch(KmId peer, KxSupplyNotification& notification)
{
    NS_LOG_FUNCTION(this << peer << notification.keys.size());
    Batch batch;
    batch.peer = peer;
    for (const KxNotifiedKey& notified : notification.keys)
    {
        batch.keys.push_back(notified.key);
    }
    const auto seal = m_authenticator->MakeSeal(m_neighbours->at(peer).pool, IncidentId());
    if (seal)
    {
        notification.tag = seal->tag;
        notification.responseTagRanges = seal->responseTagRanges;
        batch.responseTag = seal->responseTag;
    }
    ++m_lastBatch;
    for (const KsaKeyId& key : batch.keys)
    {
        m_announced.at(key).batch = m_lastBatch;
    }
    const bool sent =
        seal &&
        m_channel->SendKx(peer, KX_SUPPLY_NOTIFICATION, notification.ToPacket(), IncidentId());
    // a batch that was not sent fails from an event, as one that is not answered does
    batch.timeout = Simulator::Schedule(sent ? m_timeout : Time(0),
                                        &DirectKeyMaker::BatchTimeout,
                                        this,
                                        m_lastBatch);
    m_batches[m_lastBatch] = std::move(batch);
}

void
DirectKeyMaker::BatchTimeout(uint64_t number)
{
    NS_LOG_FUNCTION(this << number);
    const auto found = m_batches.find(number);
    const Batch batch = found->second;
    m_batches.erase(found);
    KxKeyVoid message;
    for (const KsaKeyId& key : batch.keys)
    {
        if (m_announced.find(key) != m_announced.end())
        {
            message.keys.push_back(key);
            Fail(key, KX_FAILURE_TIMEOUT, IncidentId());
        }
    }
    m_channel->SendKx(batch.peer, KX_KEY_VOID, message.ToPacket(), IncidentId());
}

bool
DirectKeyMaker::HandleResponse(KmId peer, Ptr<Packet> body)
{
    const auto response = KxSupplyResponse::FromPacket(body);
    if (!response || response->results.empty())
    {
        return false;
    }
    const auto first = m_announced.find(response->results.front().key);
    if (first == m_announced.end())
    {
        // late: these keys are void and the slave's KM has been told
        return true;
    }
    const auto found = m_batches.find(first->second.batch);
    if (found == m_batches.end() || found->second.peer != peer)
    {
        return false;
    }
    const Batch batch = found->second;
    const bool authentic = m_authenticator->CheckResponse(batch.responseTag, response->tag.tag);
    // a KM that could not read the notification has no tag to answer with
    if (!authentic && !response->tag.tag.empty())
    {
        return false;
    }
    found->second.timeout.Cancel();
    m_batches.erase(found);
    std::set<KsaKeyId> accepted;
    for (const KxNotifiedResult& result : response->results)
    {
        if (result.accepted && authentic)
        {
            accepted.insert(result.key);
        }
    }
    std::vector<KsaKeyId> unknown;
    for (const KsaKeyId& key : batch.keys)
    {
        if (accepted.count(key) > 0)
        {
            const MadeKsaKey made = m_announced.at(key).made;
            m_announced.erase(key);
            if (m_meter)
            {
                m_meter->Add(key.session, ChargedUseOf(made.role), made.key.material.GetBits());
            }
            m_user->KeyConfirmed(made);
            continue;
        }
        unknown.push_back(key);
        Fail(key, KX_FAILURE_REFUSED, IncidentId());
    }
    if (!unknown.empty())
    {
        // it may hold what its response left out
        m_channel->SendKx(peer, KX_KEY_VOID, KxKeyVoid{unknown}.ToPacket(), IncidentId());
    }
    return true;
}

void
DirectKeyMaker::BookVoid(const MadeKsaKey& made, IncidentId incident)
{
    const Ptr<KmaPool> pool = m_neighbours->at(made.neighbour).pool;
    pool->Rebook(made.key.ranges, KEY_DIRECT_SUPPLY, KEY_WASTED, incident);
    pool->Settle(made.key.ranges);
}

void
DirectKeyMaker::Fail(const KsaKeyId& id, KxFailure failure, IncidentId incident)
{
    NS_LOG_FUNCTION(this << id.session << id.sequence);
    const MadeKsaKey made = m_announced.at(id).made;
    m_announced.erase(id);
    BookVoid(made, incident);
    m_user->KeyFailed(made, failure, incident);
}

void
DirectKeyMaker::Settle(const MadeKsaKey& key)
{
    m_neighbours->at(key.neighbour).pool->Settle(key.key.ranges);
}

void
DirectKeyMaker::Void(const KeyRoute& route,
                     const std::vector<MadeKsaKey>& keys,
                     IncidentId incident)
{
    KxKeyVoid message;
    for (const MadeKsaKey& made : keys)
    {
        message.keys.push_back(made.id);
        BookVoid(made, incident);
        if (m_meter)
        {
            m_meter->Remove(made.id.session, ChargedUseOf(made.role), made.key.material.GetBits());
        }
    }
    // a peer that is not reachable learns it from the agreement after reconnection
    m_channel->SendKx(route.kms.at(1), KX_KEY_VOID, message.ToPacket(), incident);
}

void
DirectKeyMaker::PeerDown(KmId peer, IncidentId incident)
{
    NS_LOG_FUNCTION(this << peer);
    std::vector<KsaKeyId> keys;
    for (const auto& [key, announced] : m_announced)
    {
        if (announced.peer == peer)
        {
            keys.push_back(key);
        }
    }
    for (auto batch = m_batches.begin(); batch != m_batches.end();)
    {
        if (batch->second.peer == peer)
        {
            batch->second.timeout.Cancel();
            batch = m_batches.erase(batch);
        }
        else
        {
            ++batch;
        }
    }
    m_open.erase(peer);
    for (const KsaKeyId& key : keys)
    {
        Fail(key, KX_FAILURE_NEIGHBOUR, incident);
    }
}

} // namespace qkdn
} // namespace ns3
