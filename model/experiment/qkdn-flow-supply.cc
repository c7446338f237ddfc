/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-flow-supply.h"

#include "qkdn-fault-injector.h"

#include "ns3/log.h"
#include "ns3/qkdn-controller.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFlowSupply");
NS_OBJECT_ENSURE_REGISTERED(FlowSupply);

namespace
{

/// Blocks that wait for the classical channel at most, as the default of PerBlockDistillation.
constexpr uint64_t WAITING_BLOCKS = 16;

} // namespace

FlowSupply::PoolAmount::PoolAmount(FlowSupply& supply, uint32_t pool)
    : m_supply(supply),
      m_pool(pool)
{
}

uint64_t
FlowSupply::PoolAmount::GetLevelBits() const
{
    m_supply.m_network.Advance(Simulator::Now());
    return m_supply.m_network.GetLevel(m_pool);
}

double
FlowSupply::PoolAmount::GetMissingBps() const
{
    return static_cast<double>(m_supply.m_network.GetMissingRate(m_pool)) /
           static_cast<double>(FLOW_BIT_PER_SECOND);
}

void
FlowSupply::PoolAmount::DestroyAll()
{
    m_supply.m_network.Advance(Simulator::Now());
    m_supply.m_network.Destroy(m_pool);
    m_supply.m_ratesConcerned = true;
    m_supply.TouchUsers(m_pool);
}

TypeId
FlowSupply::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::FlowSupply")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<FlowSupply>()
                            .AddTraceSource("SessionFlow",
                                            "Key flows to a session over a route; told at events.",
                                            MakeTraceSourceAccessor(&FlowSupply::m_flowTrace),
                                            "ns3::qkdn::FlowSupply::SessionFlowCallback");
    return tid;
}

FlowSupply::FlowSupply()
{
    NS_LOG_FUNCTION(this);
}

FlowSupply::~FlowSupply()
{
    NS_LOG_FUNCTION(this);
}

void
FlowSupply::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_update.Cancel();
    m_crossing.Cancel();
    m_hellos = nullptr;
    m_sessions.clear();
    m_links.clear();
    for (Pool& pool : m_pools)
    {
        pool.kms = {};
    }
    m_kms.clear();
    Object::DoDispose();
}

void
FlowSupply::SetHellos(Ptr<FlowHellos> hellos)
{
    m_hellos = hellos;
    hellos->SetChangeCallback(MakeCallback(&FlowSupply::NodesChanged, this));
}

void
FlowSupply::SetWarmUp(Time warmUp)
{
    m_warmUp = warmUp;
    Simulator::Schedule(warmUp, &FlowSupply::EndWarmUp, Ptr<FlowSupply>(this));
}

void
FlowSupply::AddKeyManager(Ptr<KeyManager> km)
{
    m_kms[km->GetKmId()] = km;
    km->TraceConnectWithoutContext("Neighbour", MakeCallback(&FlowSupply::NeighbourChanged, this));
    km->TraceConnectWithoutContext("Process", MakeCallback(&FlowSupply::ProcessChanged, this));
    km->GetMasterAgent()->TraceConnectWithoutContext("RouteUse",
                                                     MakeCallback(&FlowSupply::RouteUsed, this));
    km->GetControlAgent()->TraceConnectWithoutContext(
        "RouteEvent",
        MakeCallback(&FlowSupply::RouteHappened, this));
}

void
FlowSupply::AddLink(Ptr<QkdModule> transmitter,
                    Ptr<QkdModule> receiver,
                    Ptr<KeyManager> transmitterKm,
                    Ptr<KeyManager> receiverKm,
                    uint64_t initialBits,
                    uint64_t reserveBits)
{
    const auto ends = std::make_pair(transmitterKm->GetKmId(), receiverKm->GetKmId());
    if (m_poolOf.count(ends) == 0)
    {
        const Ptr<KmaPool> one = transmitterKm->GetPool(ends.second);
        const uint32_t number = m_network.AddPool(one->GetCapacityBits(), reserveBits);
        m_poolOf[ends] = m_poolOf[{ends.second, ends.first}] = number;
        Pool pool;
        pool.kms = {transmitterKm, receiverKm};
        pool.nodes =
            m_hellos->WatchNodes(transmitterKm->GetNode()->GetId(), receiverKm->GetNode()->GetId());
        pool.reserve = reserveBits;
        pool.amount = std::make_unique<PoolAmount>(*this, number);
        const Ptr<RouteSupervisor> supervisor = transmitterKm->GetControlAgent()->GetSupervisor();
        TimeValue margin;
        supervisor->GetAttribute("PoolLowMargin", margin);
        pool.lowMargin = margin.Get();
        UintegerValue recover;
        supervisor->GetAttribute("PoolRecoverBits", recover);
        pool.recoverBits = recover.Get();
        one->SetFlow(pool.amount.get());
        receiverKm->GetPool(ends.first)->SetFlow(pool.amount.get());
        m_pools.push_back(std::move(pool));
    }
    Link& link = m_links[receiver->GetLinkId()];
    link.pool = m_poolOf.at(ends);
    link.number = m_network.AddLink(m_poolOf.at(ends), initialBits);
    link.distillation = DynamicCast<FlowDistillation>(receiver->GetDistillation());
    NS_ABORT_MSG_UNLESS(link.distillation, "a receiver of flow mode needs FlowDistillation");
    link.needsChannel = link.distillation->NeedsClassicalChannel();
    link.nodes =
        m_hellos->WatchNodes(transmitter->GetNode()->GetId(), receiver->GetNode()->GetId());
    link.distillation->TraceConnectWithoutContext("Flow",
                                                  MakeCallback(&FlowSupply::KeyFlowed, this));
    for (const auto& module : {transmitter, receiver})
    {
        module->TraceConnectWithoutContext("StateChange",
                                           MakeCallback(&FlowSupply::ModuleChanged, this));
    }
    Touch();
}

void
FlowSupply::SetPoolThresholds(const std::vector<uint64_t>& bits)
{
    m_thresholds = bits;
}

void
FlowSupply::AddSession(const FlowSession& description)
{
    Session& session = m_sessions[description.session.id];
    session.description = description;
    session.number = m_network.AddSession();
    session.master = m_kms.at(description.session.masterKm);
    FindTags(session);
    for (const Time& at : {description.start, description.stop})
    {
        Simulator::Schedule(at,
                            &FlowSupply::TouchSession,
                            Ptr<FlowSupply>(this),
                            description.session.id);
    }
}

void
FlowSupply::AddController(Ptr<QkdnController> controller)
{
    controller->TraceConnectWithoutContext("Decision",
                                           MakeCallback(&FlowSupply::RouteDecided, this));
    controller->TraceConnectWithoutContext("Completed",
                                           MakeCallback(&FlowSupply::CommandsCompleted, this));
}

void
FlowSupply::AddFaultInjector(Ptr<FaultInjector> injector)
{
    injector->TraceConnectWithoutContext("Fault", MakeCallback(&FlowSupply::FaultChanged, this));
}

void
FlowSupply::Update()
{
    NS_LOG_FUNCTION(this);
    m_update.Cancel();
    m_network.Advance(Simulator::Now());
    // that nothing has changed is usual: most events are steps of one that has been told before
    const bool linksChanged = m_linksConcerned && ReviewLinks();
    const bool demandsChanged = ReviewDemands();
    const bool changed = m_ratesConcerned || linksChanged || demandsChanged;
    m_linksConcerned = false;
    m_ratesConcerned = false;
    if (changed)
    {
        m_network.Allocate();
    }
    for (auto& [id, session] : m_sessions)
    {
        ReviewSupply(id, session);
    }
    for (uint32_t i = 0; changed && i < m_pools.size(); ++i)
    {
        ReviewPool(i, m_pools[i]);
    }
    for (auto& [id, session] : m_sessions)
    {
        TellFlows(id, session, session.concerned);
        // what others may still do to extra traffic is told to nobody
        session.concerned = session.description.session.policy.extraTraffic;
    }
    if (changed)
    {
        PlanCrossing();
    }
}

void
FlowSupply::Cross()
{
    m_ratesConcerned = true;
    Update();
}

bool
FlowSupply::ReviewDemands()
{
    bool changed = false;
    for (auto& [id, session] : m_sessions)
    {
        if (session.concerned)
        {
            TellFlows(id, session, true);
            changed = ReviewRoutes(session) || changed;
        }
    }
    return changed;
}

bool
FlowSupply::ReviewLinks()
{
    bool changed = false;
    for (auto& entry : m_links)
    {
        Link& link = entry.second;
        const Pool& pool = m_pools[link.pool];
        const bool open = pool.kms[0]->IsRunning() && pool.kms[1]->IsRunning();
        if (open != link.open)
        {
            // what comes while a key manager does not run is lost
            changed = true;
            link.open = open;
            m_network.SetSource(link.number, open ? link.source : FlowSource());
        }
        const bool waits = link.needsChannel && !m_hellos->IsReachable(link.nodes);
        const auto hold =
            waits ? std::optional<uint64_t>(WAITING_BLOCKS * link.source.bits) : std::nullopt;
        changed = m_network.Hold(link.number, hold) || changed;
    }
    return changed;
}

std::vector<std::pair<KeyRoute, uint64_t>>
FlowSupply::GetRoutesInUse(const Session& session) const
{
    const KeySession& description = session.description.session;
    const KeyRoute& route = session.master->GetMasterAgent()->GetRoute(description.id);
    std::vector<std::pair<KeyRoute, uint64_t>> routes;
    if (route.kms.empty())
    {
        return routes;
    }
    const bool several = UsesSeveralRoutes(description.policy.resilienceClass) ||
                         (description.policy.MaySplitRecovery() && route.role == ROUTE_RECOVERY);
    if (!several)
    {
        routes.emplace_back(route, 1);
        return routes;
    }
    for (const NumberedRoute& one : session.master->GetShareKeyMaker()->GetRoutes(description.id))
    {
        routes.emplace_back(one.route, one.weight);
    }
    return routes;
}

void
FlowSupply::FindTags(Session& session)
{
    session.exchangeBits = session.master->GetAuthenticator()->GetExchangeBits();
    TimeValue delay;
    UintegerValue most;
    session.master->GetNotifier()->GetAttribute("Delay", delay);
    session.master->GetNotifier()->GetAttribute("MaxKeys", most);
    const double keys =
        std::ceil(session.description.rateKeysPerS * delay.Get().GetSeconds() - 1e-9);
    session.gatheredKeys =
        std::clamp<uint64_t>(static_cast<uint64_t>(std::max(keys, 1.0)), 1, most.Get());
}

void
FlowSupply::SetTags(const Session& session, bool first, bool direct, FlowPath& flow)
{
    // a relay of its own for each key: one exchange on every hop; what was supplied is told to the
    // slave's KM in notifications, which gather keys for a while
    const bool notifies = first && !direct;
    const uint64_t gathered = notifies ? session.gatheredKeys : 1;
    flow.tagBits = session.exchangeBits * (gathered + (notifies ? 1 : 0));
    flow.tagKeyBits = session.description.session.keySizeBit * gathered;
}

std::optional<FlowPath>
FlowSupply::MakeRoute(const Session& session,
                      const KeyRoute& route,
                      uint64_t weight,
                      bool first,
                      bool direct,
                      bool& waits) const
{
    FlowPath flow;
    flow.weight = weight;
    flow.use = direct ? KEY_DIRECT_SUPPLY : RelayUseOf(route.role);
    SetTags(session, first, direct, flow);
    bool isReached = true;
    for (std::size_t i = 0; i + 1 < route.kms.size(); ++i)
    {
        const KmId from = route.kms[i];
        const KmId to = route.kms[i + 1];
        const auto number = m_poolOf.find({from, to});
        if (number == m_poolOf.end())
        {
            return std::nullopt;
        }
        const Pool& pool = m_pools[number->second];
        const Ptr<KeyManager> km = m_kms.at(from);
        const bool works = pool.kms[0]->IsRunning() && pool.kms[1]->IsRunning() &&
                           km->IsAgreed(to) && m_kms.at(to)->IsAgreed(from);
        const ExtraTrafficGate& gate = km->GetExtraTrafficGate();
        if (!works || (route.role == ROUTE_EXTRA && gate.IsPreempted(from, to)))
        {
            return std::nullopt;
        }
        isReached = isReached && m_hellos->IsReachable(pool.nodes);
        flow.floorBits = std::max(flow.floorBits, gate.GetFloorBits(route));
        flow.pools.push_back(number->second);
    }
    waits = waits || !isReached;
    return isReached ? std::make_optional(flow) : std::nullopt;
}

bool
FlowSupply::ReviewRoutes(Session& session)
{
    const FlowSession& description = session.description;
    const SessionPolicy& policy = description.session.policy;
    const Time now = Simulator::Now();
    const bool active = now >= description.start && now < description.stop;
    FlowDemand demand;
    demand.priority = policy.priority;
    demand.extra = policy.extraTraffic;
    demand.shares = policy.resilienceClass == CLASS_ROUTE_1_PLUS_1 ||
                    policy.resilienceClass == CLASS_SECRET_SHARING;
    demand.threshold = policy.shareThreshold;
    demand.rate = active ? std::llround(description.rateKeysPerS * 1e9) *
                               static_cast<FlowRate>(description.session.keySizeBit)
                         : 0;
    std::vector<FlowPath> routes;
    std::vector<Way> ways;
    session.waits = false;
    const auto used = active && session.master->IsRunning()
                          ? GetRoutesInUse(session)
                          : std::vector<std::pair<KeyRoute, uint64_t>>();
    const bool several =
        UsesSeveralRoutes(policy.resilienceClass) ||
        (policy.MaySplitRecovery() && !used.empty() && used.front().first.role == ROUTE_RECOVERY);
    for (const uint32_t pool : std::exchange(session.pools, {}))
    {
        m_pools[pool].users.erase(description.session.id);
    }
    for (std::size_t i = 0; i < used.size(); ++i)
    {
        const auto& [route, weight] = used[i];
        for (std::size_t hop = 0; hop + 1 < route.kms.size(); ++hop)
        {
            const auto pool = m_poolOf.find({route.kms[hop], route.kms[hop + 1]});
            if (pool != m_poolOf.end())
            {
                session.pools.insert(pool->second);
                m_pools[pool->second].users.insert(description.session.id);
            }
        }
        const bool direct = !several && route.GetHops() == 1;
        const auto flow = MakeRoute(session, route, weight, i == 0, direct, session.waits);
        if (flow)
        {
            routes.push_back(*flow);
            ways.push_back(Way{route.id, 0, 0});
        }
    }
    const auto isSame = [](const Way& one, const Way& other) { return one.route == other.route; };
    if (std::equal(ways.begin(), ways.end(), session.ways.begin(), session.ways.end(), isSame) &&
        m_network.HasDemand(session.number, demand, routes))
    {
        return false;
    }
    session.ways = std::move(ways);
    m_network.SetDemand(session.number, demand, routes);
    return true;
}

void
FlowSupply::ReviewSupply(SessionId id, Session& session)
{
    const Time now = Simulator::Now();
    const bool isShort = !m_network.IsMet(session.number);
    if (isShort && !session.shortSince)
    {
        session.shortSince = now;
    }
    else if (!isShort && session.shortSince)
    {
        const FlowSession& description = session.description;
        const Time waited = std::min(now - *session.shortSince, description.requestLifetime);
        const double bits = description.rateKeysPerS * waited.GetSeconds() *
                            static_cast<double>(description.session.keySizeBit);
        EndShortage(session, now, m_network.Catch(session.number, std::llround(bits)));
    }
    // requests wait for packets that do not arrive until hellos have found out
    const bool tells = isShort ? !session.told && !session.waits : session.told;
    if (tells)
    {
        session.told = isShort;
        const RouteId route = session.master->GetMasterAgent()->GetRoute(id).id;
        session.master->GetControlAgent()->SupplyChanged(id, route, !isShort, IncidentId());
    }
}

void
FlowSupply::FindThresholds(Pool& pool, FlowRate missing) const
{
    pool.thresholds.clear();
    for (const uint64_t bits : m_thresholds)
    {
        pool.thresholds.push_back(pool.reserve + bits);
        pool.thresholds.push_back(pool.reserve + bits - std::min<uint64_t>(bits, 1));
    }
    pool.thresholds.push_back(pool.reserve + pool.recoverBits);
    if (missing > 0)
    {
        // below it the pool runs out sooner than the margin
        const double low = pool.lowMargin.GetSeconds() * static_cast<double>(missing) /
                           static_cast<double>(FLOW_BIT_PER_SECOND);
        const auto bits = static_cast<uint64_t>(low);
        pool.thresholds.push_back(pool.reserve + bits - std::min<uint64_t>(bits, 1));
        pool.thresholds.push_back(pool.reserve + 2 * bits + 2);
    }
}

void
FlowSupply::ReviewPool(uint32_t number, Pool& pool)
{
    const FlowRate net = m_network.GetNetRate(number);
    const FlowRate missing = m_network.GetMissingRate(number);
    const uint64_t level = m_network.GetLevel(number);
    if (missing != pool.missing)
    {
        FindThresholds(pool, missing);
        m_network.SetThresholds(number, pool.thresholds);
    }
    const auto passes = [&](uint64_t threshold) {
        return (pool.level < threshold) != (level < threshold) ||
               (pool.level <= threshold) != (level <= threshold);
    };
    const bool crossed =
        level != pool.level && std::any_of(pool.thresholds.begin(), pool.thresholds.end(), passes);
    pool.level = level;
    if (net != pool.net || missing != pool.missing || crossed)
    {
        pool.net = net;
        pool.missing = missing;
        pool.kms[0]->GetPool(pool.kms[1]->GetKmId())->FlowChanged();
        pool.kms[1]->GetPool(pool.kms[0]->GetKmId())->FlowChanged();
    }
}

void
FlowSupply::TellFlows(SessionId id, Session& session, bool all)
{
    for (std::size_t i = 0; i < session.ways.size(); ++i)
    {
        Way& way = session.ways[i];
        const FlowRate rate = m_network.GetRouteRate(session.number, i);
        if (!all && rate == way.rate)
        {
            continue;
        }
        way.rate = rate;
        const uint64_t carried = m_network.GetCarried(session.number, i);
        if (carried > way.carried || rate > 0)
        {
            m_flowTrace(id, way.route, carried - way.carried);
            way.carried = carried;
        }
    }
}

void
FlowSupply::PlanCrossing()
{
    m_crossing.Cancel();
    const auto next = m_network.NextCrossing();
    if (next)
    {
        m_crossing = Simulator::Schedule(*next - Simulator::Now(), &FlowSupply::Cross, this);
    }
}

} // namespace qkdn
} // namespace ns3
