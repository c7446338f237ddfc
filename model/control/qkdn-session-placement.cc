/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-session-control.h"

#include "ns3/abort.h"
#include "ns3/log.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnSessionPlacement");

namespace
{

/// Why a session may not use its route.
const char* const PREEMPTED = "pre-empted";

} // namespace

void
SessionControl::Place(ControlledSession& session)
{
    const SessionPolicy& policy = session.request.policy;
    const std::optional<RoutePlan> plan = Admit(session);
    if (!plan)
    {
        m_waiting.insert(session.request.session);
        if (session.refusal.empty())
        {
            session.refusal = RefusalOf(session);
            Announce(session);
        }
        Update(session, IncidentId());
        return;
    }
    m_waiting.erase(session.request.session);
    session.soughtAt = m_gains;
    session.refusal.clear();
    // an acknowledgement of the refusal is not one of the routes
    m_sender.Cancel(session.announcement);
    session.step = STEP_SET_UP;
    session.working = AddRoute(session,
                               policy.extraTraffic ? ROUTE_EXTRA : ROUTE_WORKING,
                               plan->working,
                               plan->floorBits);
    if (!plan->protection.empty())
    {
        session.protection = AddRoute(session, ROUTE_PROTECTION, plan->protection, 0);
    }
    else if (LacksProtection(session))
    {
        NS_LOG_WARN("session " << session.request.session << " has no disjoint protection route");
        m_waiting.insert(session.request.session);
    }
    for (const std::vector<KmId>& kms : plan->further)
    {
        session.further.push_back(AddRoute(session, ROUTE_WORKING, kms, 0));
    }
    for (const RouteId route : session.GetBaseRoutes())
    {
        InstallRoute(session, route);
    }
    Update(session, IncidentId());
}

std::optional<RoutePlan>
SessionControl::PlanFirst(const ControlledSession& session, uint64_t bps)
{
    const SessionPolicy& policy = session.request.policy;
    RouteNeeds needs = NeedsOf(session);
    needs.demandBps = bps;
    if (policy.extraTraffic)
    {
        return m_planner.PlanExtra(needs, GetReserves());
    }
    return m_sessionPlanner.PlanRoutes(policy, needs);
}

void
SessionControl::Unplace(ControlledSession& session)
{
    DropRoute(session.working, IncidentId());
    DropRoute(session.protection, IncidentId());
    for (RouteId& route : session.further)
    {
        DropRoute(route, IncidentId());
    }
    session.further.clear();
    session.active = RouteId();
    session.ownSwitch = OwnSwitch();
    session.grantedBps = 0;
    session.spareTaken = false;
    session.toldSpareTaken = false;
    session.step = STEP_NONE;
}

RouteNeeds
SessionControl::NeedsOf(const ControlledSession& session) const
{
    RouteNeeds needs;
    needs.from = session.request.masterKm;
    needs.to = session.request.slaveKm;
    needs.demandBps = session.GetDemandBps();
    needs.avoidedKms = session.refusedBy;
    return needs;
}

std::map<KmHop, uint64_t>
SessionControl::GetReserves() const
{
    std::map<KmHop, uint64_t> reserves;
    for (const auto& entry : m_routes)
    {
        const KeyRoute& route = entry.second.route;
        if (route.role == ROUTE_PROTECTION)
        {
            const SessionPolicy& policy = m_sessions.at(route.session).request.policy;
            for (const KmHop& hop : HopsOf(route.kms))
            {
                reserves[hop] = std::max(reserves[hop], policy.protectionReserveBits);
            }
        }
    }
    return reserves;
}

RouteId
SessionControl::AddRoute(ControlledSession& session,
                         RouteRole role,
                         const std::vector<KmId>& kms,
                         uint64_t floorBits,
                         std::optional<uint64_t> bps)
{
    const RouteId id(++m_lastRoute);
    ControlledRoute& entry = m_routes[id];
    entry.route = KeyRoute{id, session.request.session, role, kms, floorBits};
    entry.demandBps = bps.value_or(session.GetDemandBps());
    if (role == ROUTE_PROTECTION && session.request.policy.resilienceClass == CLASS_ROUTE_SHARED)
    {
        m_sharing.insert(session.request.session);
        entry.sharedRisks = m_planner.GetRisks(m_routes.at(session.working).route.kms);
    }
    for (const KmHop& hop : HopsOf(kms))
    {
        m_routesOfHop[hop].insert(id);
    }
    SetPromised(id, true);
    m_observer.SessionChanged(session.request.session);
    return id;
}

void
SessionControl::InstallRoute(ControlledSession& session, RouteId id)
{
    if (!id.IsValid())
    {
        return;
    }
    const SessionId owner = session.request.session;
    m_installer.Install(m_routes.at(id).route,
                        session.incident,
                        [this, owner, id](KmId refusedBy, const std::string& reason) {
                            RouteInstalled(owner, id, refusedBy, reason);
                        });
}

void
SessionControl::DropRoute(RouteId& id, IncidentId incident)
{
    const RouteId dropped = std::exchange(id, RouteId());
    const auto found = m_routes.find(dropped);
    if (found == m_routes.end())
    {
        return;
    }
    SetPromised(dropped, false);
    m_observer.SessionChanged(found->second.route.session);
    m_installer.Release(dropped, incident);
    for (const KmHop& hop : HopsOf(found->second.route.kms))
    {
        m_routesOfHop.at(hop).erase(dropped);
    }
    if (found->second.reported)
    {
        m_observer.RouteStatusChanged({found->second.route, MC_ROUTE_RELEASED}, incident);
    }
    m_routes.erase(found);
}

void
SessionControl::SetPromised(RouteId id, bool promised)
{
    const auto found = m_routes.find(id);
    if (found == m_routes.end() || found->second.promised == promised)
    {
        return;
    }
    found->second.promised = promised;
    const ControlledRoute& route = found->second;
    if (!promised)
    {
        m_demand.Remove(route.route, route.demandBps);
        RoomAppeared();
        ImproveLater();
    }
    else if (route.sharedRisks.empty() || route.isTaken)
    {
        m_demand.Add(route.route, route.demandBps);
    }
    else
    {
        m_demand.AddShared(route.route, route.sharedRisks, route.demandBps);
    }
    ReviewSpareLater();
    m_observer.KeyFlowChanged(route.route);
}

void
SessionControl::RouteInstalled(SessionId owner,
                               RouteId id,
                               KmId refusedBy,
                               const std::string& reason)
{
    NS_LOG_FUNCTION(this << owner << id << refusedBy << reason);
    ControlledSession& session = m_sessions.at(owner);
    if (refusedBy.IsValid())
    {
        session.refusedBy.insert(refusedBy);
    }
    if (session.step == STEP_SET_UP)
    {
        if (refusedBy.IsValid())
        {
            PlaceAgain(session);
        }
        else if (AreInstalled(session.GetBaseRoutes()))
        {
            Update(session, session.incident);
            Announce(session);
        }
        return;
    }
    const std::vector<RouteId> candidates = session.GetCandidates();
    NS_ABORT_MSG_IF(std::find(candidates.begin(), candidates.end(), id) == candidates.end(),
                    "route " << id << " was not awaited");
    if (refusedBy.IsValid())
    {
        CandidateLost(session);
    }
    else if (AreInstalled(candidates) && (m_watching || !session.HasRouteSet()))
    {
        // after a takeover Open() goes on: before it nobody knows which route of a set has failed
        CandidateInstalled(session);
    }
}

bool
SessionControl::AreInstalled(const std::vector<RouteId>& routes) const
{
    return std::all_of(routes.begin(), routes.end(), [this](RouteId route) {
        return m_installer.IsInstalled(route);
    });
}

void
SessionControl::PlaceAgain(ControlledSession& session)
{
    Unplace(session);
    Place(session);
}

void
SessionControl::Announce(ControlledSession& session)
{
    m_sender.Cancel(session.announcement);
    CkSessionRoutes message;
    message.session = session.request.session;
    if (session.suspendedBy.IsValid())
    {
        message.refusal = PREEMPTED;
    }
    else
    {
        message.working = session.working;
        message.protection = session.spareTaken ? RouteId() : session.protection;
        session.toldSpareTaken = session.spareTaken;
        message.recovery = session.recovery;
        message.further = session.further;
        message.further.insert(message.further.end(),
                               session.furtherRecovery.begin(),
                               session.furtherRecovery.end());
        if (!session.furtherRecovery.empty())
        {
            for (const RouteId route : session.GetRecoveryRoutes())
            {
                message.ratesBps.push_back(m_routes.at(route).demandBps);
            }
        }
        message.refusal = session.refusal;
    }
    const SessionId id = session.request.session;
    session.announcement = m_sender.Send(
        session.request.masterKm,
        CK_SESSION_ROUTES,
        session.incident,
        [&message](uint32_t number) {
            message.command = number;
            return message.ToPacket();
        },
        [this, id](bool done, const std::string& reason) { Announced(id, done, reason); });
}

void
SessionControl::Announced(SessionId id, bool done, const std::string& reason)
{
    NS_LOG_FUNCTION(this << id << done << reason);
    ControlledSession& session = m_sessions.at(id);
    if (!done)
    {
        NS_LOG_WARN("KM " << session.request.masterKm << " refuses the routes of session " << id
                          << ": " << reason);
        AnnouncementRefused(session);
        Update(session, session.incident);
        return;
    }
    switch (session.step)
    {
    case STEP_SET_UP:
        SetUpCompleted(session);
        break;
    case STEP_ANNOUNCING:
        if (session.HasRouteSet())
        {
            SetCompleted(session);
        }
        else
        {
            RecoveryCompleted(session, session.recovery, MC_OPERATION_RESTORATION);
        }
        break;
    case STEP_REVERTING:
        RecoveryCompleted(session,
                          GetBaseTarget(session),
                          GetBaseTarget(session) == session.working
                              ? MC_OPERATION_REVERSION
                              : MC_OPERATION_PROTECTION_SWITCH);
        break;
    case STEP_SUSPENDING:
        SuspensionCompleted(session);
        break;
    case STEP_RESUMING:
        ResumptionCompleted(session);
        break;
    case STEP_PROTECTING:
        session.step = STEP_NONE;
        ReviewSpare();
        Rest(session);
        break;
    default:
        break;
    }
    Update(session, session.incident);
}

void
SessionControl::SetUpCompleted(ControlledSession& session)
{
    session.step = STEP_NONE;
    session.announced = true;
    session.active = session.working;
    if (session.HasReducedRate())
    {
        TellRate(session);
    }
    ReviewSpare();
    Reconsider(session, IncidentId());
    SeekProtection(session);
}

bool
SessionControl::LacksProtection(const ControlledSession& session)
{
    const SessionPolicy& policy = session.request.policy;
    return HasProtectionRoute(policy.resilienceClass) && !policy.extraTraffic &&
           !session.protection.IsValid();
}

void
SessionControl::SeekProtection(ControlledSession& session)
{
    const bool isAtRest = m_open && session.announced && session.step == STEP_NONE &&
                          !session.suspendedBy.IsValid() && !session.recovery.IsValid();
    if (isAtRest && LacksProtection(session) && session.soughtAt != m_gains)
    {
        ProtectLater(session);
    }
}

void
SessionControl::ProtectLater(ControlledSession& session)
{
    session.soughtAt = m_gains;
    const std::vector<KmId> kms =
        m_sessionPlanner.PlanFurther(session.request.policy,
                                     NeedsOf(session),
                                     {m_routes.at(session.working).route.kms});
    if (!kms.empty())
    {
        m_waiting.erase(session.request.session);
        session.step = STEP_INSTALLING;
        session.candidate = AddRoute(session, ROUTE_PROTECTION, kms, 0);
        InstallRoute(session, session.candidate);
    }
}

} // namespace qkdn
} // namespace ns3
