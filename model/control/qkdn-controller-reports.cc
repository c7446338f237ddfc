/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of QkdnController that reports to the manager, and takes its policy.

#include "qkdn-controller.h"

#include "ns3/log.h"
#include "ns3/qkdn-ck-role-messages.h"
#include "ns3/simulator.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnControllerReports");

void
QkdnController::NoteAlarm(const McAlarm& alarm, IncidentId incident)
{
    NS_LOG_FUNCTION(this << alarm.link << alarm.km << LinkCauseName(alarm.alarm.cause));
    m_alarms[{alarm.link, alarm.km}] = {alarm, incident};
    if (!m_redundancy->IsActive())
    {
        return;
    }
    m_alarmTrace(alarm, incident);
    m_manager->Send(MC_ALARM, alarm.ToPacket(), incident);
}

void
QkdnController::ChargingRecordMade(const ChargingRecord& record)
{
    if (!m_redundancy->IsActive())
    {
        return;
    }
    m_chargingTrace(record);
    m_manager->Send(MC_CHARGING_RECORD, record.ToPacket(), IncidentId());
}

void
QkdnController::SetReachable(KmId km, bool reachable)
{
    std::optional<bool>& known = m_keyManagers.at(km).reachable;
    const bool isNews = known ? *known != reachable : reachable;
    if (!m_running || !isNews)
    {
        return;
    }
    known = reachable;
    ReportKm(km);
}

void
QkdnController::ReportMissingKms()
{
    for (auto& [id, km] : m_keyManagers)
    {
        if (!km.reachable)
        {
            km.reachable = false;
            ReportKm(id);
        }
    }
}

void
QkdnController::ReportKm(KmId id)
{
    const KeyManagerPeer& km = m_keyManagers.at(id);
    if (km.reachable && m_redundancy->IsActive())
    {
        m_manager->Send(MC_KM_STATUS,
                        McKmStatus{id, *km.reachable, km.name}.ToPacket(),
                        IncidentId());
    }
}

void
QkdnController::ManagerUp()
{
    NS_LOG_FUNCTION(this << m_number);
    if (!m_redundancy->IsActive())
    {
        return;
    }
    if (m_redundancy->HasPeer())
    {
        // before reports, which may be those of one that was cut off and superseded
        m_manager->Send(MC_ROLE, m_redundancy->GetTerm().ToPacket(), IncidentId());
    }
    for (const auto& km : m_keyManagers)
    {
        ReportKm(km.first);
    }
    for (const LinkId link : m_view.GetLinks())
    {
        m_manager->Send(MC_LINK_DESCRIPTION, m_view.GetDescription(link).ToPacket(), IncidentId());
        m_manager->Send(MC_LINK_STATUS, m_view.GetLinkStatus(link).ToPacket(), IncidentId());
    }
    for (const auto& [end, entry] : m_alarms)
    {
        m_manager->Send(MC_ALARM, entry.first.ToPacket(), entry.second);
    }
    m_sessions.ReportAll();
    if (m_hasReported || m_redundancy->GetTerm().term > 1)
    {
        // the manager may know routes whose release it was never told
        m_manager->Send(MC_ROUTE_LIST,
                        CkRouteList{m_sessions.GetReportedRoutes()}.ToPacket(),
                        IncidentId());
    }
    m_hasReported = true;
    m_charging.MakeRecords();
}

void
QkdnController::ReceiveManagerMessage(uint16_t type, Ptr<Packet> body)
{
    const auto policy = type == MC_POLICY ? McPolicy::FromPacket(body) : std::nullopt;
    if (!policy || !AcceptPolicy(*policy))
    {
        NS_LOG_WARN("controller " << m_number << ": message of type " << type
                                  << " from the manager changed nothing");
        m_badMessageTrace(m_number, KmId(), type);
    }
}

bool
QkdnController::AcceptPolicy(const McPolicy& policy)
{
    if (policy.number < m_policy || policy.maxHops == 0)
    {
        return false;
    }
    m_policy = policy.number;
    m_sessions.SetPolicy(policy);
    m_restoration->SetMayRestore(policy.mayRestore);
    m_manager->Send(MC_POLICY_ACCEPTED, McPolicyAccepted{policy.number}.ToPacket(), IncidentId());
    return true;
}

void
QkdnController::ScheduleExpiry()
{
    const auto next = m_view.GetNextExpiry();
    if (next && m_expiry.IsExpired())
    {
        m_expiry = Simulator::Schedule(Max(Time(0), *next - Simulator::Now()),
                                       &QkdnController::ExpireReports,
                                       this);
    }
}

void
QkdnController::ExpireReports()
{
    Apply(m_view.Expire(Simulator::Now()), IncidentId());
}

void
QkdnController::SessionRateGranted(SessionId session, uint64_t askedBps, uint64_t grantedBps)
{
    m_sessionRateTrace(session, askedBps, grantedBps);
}

void
QkdnController::SessionInformed(SessionId session, IncidentId incident)
{
    m_informedTrace(session, incident);
}

void
QkdnController::SessionDecision(SessionId session, RouteId from, RouteId to, IncidentId incident)
{
    m_decisionTrace(session, from, to, incident);
}

void
QkdnController::SessionRecoveryChosen(const SessionRecovery& recovery, IncidentId incident)
{
    m_recoveryTrace(recovery, incident);
}

void
QkdnController::SessionCompleted(SessionId session, RouteId route, IncidentId incident)
{
    m_completedTrace(session, route, incident);
}

void
QkdnController::SessionOperation(const McOperation& operation, IncidentId incident)
{
    m_operationTrace(operation, incident);
    m_manager->SendOperation(operation, incident);
}

void
QkdnController::SessionStatusChanged(const McSessionStatus& status, IncidentId incident)
{
    m_manager->Send(MC_SESSION_STATUS, status.ToPacket(), incident);
}

void
QkdnController::RouteStatusChanged(const McRouteStatus& status, IncidentId incident)
{
    m_manager->Send(MC_ROUTE_STATUS, status.ToPacket(), incident);
}

void
QkdnController::KeyFlowChanged(const KeyRoute& route)
{
    if (!m_redundancy->IsActive())
    {
        return;
    }
    for (std::size_t i = 1; i < route.kms.size(); ++i)
    {
        m_changedFlows.insert(KmHop(route.kms[i - 1], route.kms[i]));
    }
    if (m_tellFlows.IsExpired())
    {
        // at the end of this instant, as routes are exchanged for others
        m_tellFlows = Simulator::ScheduleNow(&QkdnController::TellFlows, this);
    }
}

void
QkdnController::TellFlows()
{
    for (const KmHop& hop : std::exchange(m_changedFlows, {}))
    {
        m_keyFlowTrace(hop, GetDemand().GetFlow(hop));
    }
}

} // namespace qkdn
} // namespace ns3
