/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-share-key-maker.h"

#include "qkdn-secret-sharing.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnShareKeyMaker");
NS_OBJECT_ENSURE_REGISTERED(ShareKeyMaker);

namespace
{

/// Whether each key of a session goes whole over one of its routes.
bool
GoesWhole(const SessionPolicy& policy)
{
    return policy.resilienceClass == CLASS_MULTI_PATH || policy.MaySplitRecovery();
}

} // namespace

TypeId
ShareKeyMaker::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::ShareKeyMaker")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<ShareKeyMaker>();
    return tid;
}

void
ShareKeyMaker::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_voidEvent.Cancel();
    m_open.clear();
    m_sessions.clear();
    m_relay = nullptr;
    m_user = nullptr;
    m_tellVoid = VoidCallback();
    Object::DoDispose();
}

void
ShareKeyMaker::Configure(Ptr<RelayKeyMaker> relay, KsaKeyMakerUser* user, VoidCallback tellVoid)
{
    m_relay = relay;
    m_user = user;
    m_tellVoid = tellVoid;
}

void
ShareKeyMaker::AddSession(const KeySession& session)
{
    m_sessions[session.id].policy = session.policy;
    m_relay->SetUser(session.id, this);
}

void
ShareKeyMaker::UseRoutes(SessionId session, const std::vector<NumberedRoute>& routes)
{
    NS_LOG_FUNCTION(this << session << routes.size());
    Session& mine = m_sessions.at(session);
    mine.routes = routes;
    mine.turns.credits.assign(routes.size(), 0.0);
}

const std::vector<NumberedRoute>&
ShareKeyMaker::GetRoutes(SessionId session) const
{
    return m_sessions.at(session).routes;
}

KxFailure
ShareKeyMaker::Make(const KeyRoute& route, const std::vector<KsaKeyOrder>& orders)
{
    NS_LOG_FUNCTION(this << route.session << orders.size());
    Session& session = m_sessions.at(route.session);
    return GoesWhole(session.policy) ? MakeWhole(session, orders) : MakeShared(session, orders);
}

KxFailure
ShareKeyMaker::MakeShared(const Session& session, const std::vector<KsaKeyOrder>& orders)
{
    uint64_t bits = 0;
    for (const KsaKeyOrder& order : orders)
    {
        bits += order.sizeBit;
    }
    std::vector<NumberedRoute> able;
    KxFailure failure = KX_FAILURE_ROUTE_UNKNOWN;
    for (const NumberedRoute& route : session.routes)
    {
        const KxFailure refused = m_relay->Prepare(route.route, bits);
        if (refused == KX_FAILURE_NONE)
        {
            able.push_back(route);
        }
        else
        {
            failure = refused;
        }
    }
    if (able.size() < session.policy.shareThreshold)
    {
        return failure;
    }
    std::vector<std::vector<KeyToRelay>> shares(able.size());
    for (const KsaKeyOrder& order : orders)
    {
        MakeOne(session.policy, order, able, shares);
    }
    for (std::size_t i = 0; i < able.size(); ++i)
    {
        m_relay->Enqueue(able[i].route, shares[i]);
    }
    return KX_FAILURE_NONE;
}

void
ShareKeyMaker::MakeOne(const SessionPolicy& policy,
                       const KsaKeyOrder& order,
                       const std::vector<NumberedRoute>& routes,
                       std::vector<std::vector<KeyToRelay>>& shares)
{
    const SecretSharing sharing(policy.shareThreshold, policy.shareCount);
    const auto randomBits = static_cast<uint32_t>(8 * sharing.CountRandomBytes(order.sizeBit / 8));
    const KeyMaterial bits = m_relay->Generate(order.id, order.sizeBit + randomBits);
    uint32_t used = order.sizeBit;
    const auto split =
        sharing.Split(bits.Slice(0, order.sizeBit).ToBytes(), [&bits, &used](std::size_t bytes) {
            const auto wanted = static_cast<uint32_t>(8 * bytes);
            used += wanted;
            return bits.Slice(used - wanted, wanted).ToBytes();
        });
    Open open;
    open.made.id = order.id;
    open.made.key.material = bits.Slice(0, order.sizeBit);
    open.made.route = m_sessions.at(order.id.session).routes.front().route.id;
    open.made.hops = 0;
    open.underWay = static_cast<uint32_t>(routes.size());
    for (std::size_t i = 0; i < routes.size(); ++i)
    {
        const SecretShare& share = split.at(routes[i].number - 1U);
        open.made.hops += static_cast<uint32_t>(routes[i].route.GetHops());
        shares[i].push_back(
            KeyToRelay{order.id, share.number, KeyMaterial::FromBytes(share.bytes)});
    }
    m_open[order.id] = open;
    m_user->KeyCreated(open.made);
}

KxFailure
ShareKeyMaker::MakeWhole(Session& session, const std::vector<KsaKeyOrder>& orders)
{
    const std::vector<NumberedRoute>& routes = session.routes;
    std::vector<std::vector<KsaKeyOrder>> parts(routes.size());
    std::vector<uint64_t> bits(routes.size(), 0);
    Turns turns = session.turns;
    for (const KsaKeyOrder& order : orders)
    {
        std::vector<bool> able(routes.size(), false);
        for (std::size_t i = 0; i < routes.size(); ++i)
        {
            able[i] = m_relay->Check(routes[i].route, bits[i] + order.sizeBit) == KX_FAILURE_NONE;
        }
        const std::optional<std::size_t> chosen = TakeTurn(routes, able, turns);
        if (!chosen)
        {
            KxFailure failure = KX_FAILURE_ROUTE_UNKNOWN;
            for (std::size_t i = 0; i < routes.size(); ++i)
            {
                // what one asks for may come at once, and be of use to the next
                const KxFailure refused =
                    m_relay->Prepare(routes[i].route, bits[i] + order.sizeBit);
                failure = refused == KX_FAILURE_NONE ? failure : refused;
            }
            return failure;
        }
        parts[*chosen].push_back(order);
        bits[*chosen] += order.sizeBit;
    }
    session.turns = turns;
    for (std::size_t i = 0; i < routes.size(); ++i)
    {
        const KxFailure failure =
            parts[i].empty() ? KX_FAILURE_NONE : m_relay->Make(routes[i].route, parts[i]);
        NS_ABORT_MSG_IF(failure != KX_FAILURE_NONE,
                        "route " << routes[i].route.id << " takes less than it could take");
    }
    return KX_FAILURE_NONE;
}

std::optional<std::size_t>
ShareKeyMaker::TakeTurn(const std::vector<NumberedRoute>& routes,
                        const std::vector<bool>& able,
                        Turns& turns)
{
    double together = 0.0;
    for (std::size_t i = 0; i < able.size(); ++i)
    {
        // a route that cannot take keys now is owed none for that
        const double weight = able[i] ? static_cast<double>(routes[i].weight) : 0.0;
        turns.credits[i] += weight;
        together += weight;
    }
    std::optional<std::size_t> chosen;
    for (std::size_t i = 0; i < able.size(); ++i)
    {
        const std::size_t tried = (turns.next + i) % able.size();
        if (able[tried] && (!chosen || turns.credits[tried] > turns.credits[*chosen]))
        {
            chosen = tried;
        }
    }
    if (chosen)
    {
        turns.credits[*chosen] -= together;
        turns.next = *chosen + 1;
    }
    return chosen;
}

void
ShareKeyMaker::Flush()
{
    m_relay->Flush();
}

uint64_t
ShareKeyMaker::CountPossible(const KeyRoute& route, uint32_t sizeBit) const
{
    const Session& session = m_sessions.at(route.session);
    std::vector<uint64_t> possible;
    uint64_t together = 0;
    for (const NumberedRoute& one : session.routes)
    {
        possible.push_back(m_relay->CountPossible(one.route, sizeBit));
        together += possible.back();
    }
    if (GoesWhole(session.policy))
    {
        return together;
    }
    if (possible.size() < session.policy.shareThreshold)
    {
        return 0;
    }
    std::sort(possible.begin(), possible.end(), std::greater<>());
    return possible[session.policy.shareThreshold - 1];
}

void
ShareKeyMaker::Settle(const MadeKsaKey& /* key */)
{
    // the pads of a relay are final when it is complete
}

void
ShareKeyMaker::Void(const KeyRoute& route, const std::vector<MadeKsaKey>& keys, IncidentId incident)
{
    m_relay->Void(route, keys, incident);
}

void
ShareKeyMaker::KeyCreated(const MadeKsaKey& key)
{
    m_user->KeyCreated(key);
}

void
ShareKeyMaker::KeyConfirmed(const MadeKsaKey& key)
{
    if (key.share == 0)
    {
        m_user->KeyConfirmed(key);
        return;
    }
    const auto found = m_open.find(key.id);
    Open& open = found->second;
    --open.underWay;
    ++open.arrived;
    const uint32_t threshold = m_sessions.at(key.id.session).policy.shareThreshold;
    const bool confirmed = !open.decided && open.arrived == threshold;
    open.decided = open.decided || confirmed;
    const MadeKsaKey made = open.made;
    if (open.underWay == 0)
    {
        m_open.erase(found);
    }
    if (confirmed)
    {
        m_user->KeyConfirmed(made);
    }
}

void
ShareKeyMaker::KeyFailed(const MadeKsaKey& key, KxFailure failure, IncidentId incident)
{
    if (key.share == 0)
    {
        const std::vector<NumberedRoute>& routes = m_sessions.at(key.id.session).routes;
        const bool isUsed =
            std::any_of(routes.begin(), routes.end(), [&key](const NumberedRoute& one) {
                return one.route.id == key.route;
            });
        MadeKsaKey failed = key;
        // made anew at once only if its route is given up: others may fail for the same reason
        failed.route = isUsed ? routes.front().route.id : key.route;
        m_user->KeyFailed(failed, failure, incident);
        return;
    }
    const auto found = m_open.find(key.id);
    Open& open = found->second;
    --open.underWay;
    const uint32_t threshold = m_sessions.at(key.id.session).policy.shareThreshold;
    const bool failed = !open.decided && open.arrived + open.underWay < threshold;
    open.decided = open.decided || failed;
    const MadeKsaKey made = open.made;
    if (open.underWay == 0)
    {
        m_open.erase(found);
    }
    if (failed)
    {
        m_unvoided[key.id.session].push_back(key.id);
        if (m_voidEvent.IsExpired())
        {
            // shares of one relay fail one after the other: one message tells of all their keys
            m_voidEvent = Simulator::ScheduleNow(&ShareKeyMaker::TellVoid, this);
        }
        m_user->KeyFailed(made, failure, incident);
    }
}

void
ShareKeyMaker::TellVoid()
{
    std::map<SessionId, std::vector<KsaKeyId>> unvoided;
    unvoided.swap(m_unvoided);
    for (const auto& [session, keys] : unvoided)
    {
        m_tellVoid(session, keys);
    }
}

} // namespace qkdn
} // namespace ns3
