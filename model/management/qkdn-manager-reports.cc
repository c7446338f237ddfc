/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of QkdnManager that takes what controllers report.

#include "qkdn-manager.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <set>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnManagerReports");

bool
QkdnManager::Dispatch(uint32_t number, uint16_t type, Ptr<Packet> body, IncidentId incident)
{
    if (IsState(type) && IsSuperseded(number))
    {
        NS_LOG_INFO("controller " << number << " is superseded: its view is not taken");
        return true;
    }
    switch (type)
    {
    case MC_ROLE:
        return HandleRole(number, body);
    case MC_LINK_STATUS:
        return HandleLinkStatus(body, incident);
    case MC_LINK_DESCRIPTION:
        return HandleLinkDescription(body);
    case MC_KM_STATUS:
        return HandleKmStatus(body);
    case MC_SESSION_STATUS:
        return HandleSessionStatus(body);
    case MC_ROUTE_STATUS:
        return HandleRouteStatus(body, incident);
    case MC_ROUTE_LIST:
        return HandleRouteList(body);
    case MC_OPERATION:
        return HandleOperation(number, body, incident);
    case MC_ALARM:
        return HandleAlarm(number, body, incident);
    case MC_POLICY_ACCEPTED:
        return HandlePolicyAccepted(number, body);
    case MC_CHARGING_RECORD:
        return HandleChargingRecord(body);
    default:
        return false;
    }
}

bool
QkdnManager::IsState(uint16_t type)
{
    return type == MC_LINK_STATUS || type == MC_LINK_DESCRIPTION || type == MC_KM_STATUS ||
           type == MC_SESSION_STATUS || type == MC_ROUTE_STATUS || type == MC_ROUTE_LIST;
}

bool
QkdnManager::IsSuperseded(uint32_t number) const
{
    const ControllerTerm& own = m_controllers.at(number).term;
    return std::any_of(m_controllers.begin(), m_controllers.end(), [this, &own](const auto& entry) {
        const Controller& other = entry.second;
        return other.term.term > 0 && other.term.Outranks(own) && GetEndpoint()->IsUp(other.peer);
    });
}

bool
QkdnManager::HandleRole(uint32_t number, Ptr<Packet> body)
{
    const auto message = ControllerTerm::FromPacket(body);
    if (!message || message->term == 0 || message->number != number)
    {
        return false;
    }
    m_controllers.at(number).term = *message;
    return true;
}

bool
QkdnManager::HandleLinkStatus(Ptr<Packet> body, IncidentId incident)
{
    const auto message = McLinkStatus::FromPacket(body);
    if (!message || !message->link.IsValid() || !message->a.IsValid())
    {
        return false;
    }
    if (m_inventory.GetLinks().count(message->link) == 0)
    {
        m_correlation->InventoryChanged();
    }
    if (m_inventory.Update(Simulator::Now(), *message))
    {
        m_linkStatusTrace(*message);
        WatchPool(*message);
        m_correlation->LinkReported(*message, incident);
    }
    return true;
}

void
QkdnManager::WatchPool(const McLinkStatus& status)
{
    // without a report of either end nothing is known of the pool
    if (m_poolWarning == 0 || (!status.aReports && !status.bReports))
    {
        return;
    }
    const bool isLow = m_lowPools.count(status.link) > 0;
    const double enough = static_cast<double>(m_poolWarning) * (1.0 + m_poolWarningMargin);
    if (!isLow && status.poolBits < m_poolWarning)
    {
        m_lowPools.insert(status.link);
        m_supplyWarningTrace(status, m_inventory.GetLinkName(status.link), true);
    }
    else if (isLow && static_cast<double>(status.poolBits) >= enough)
    {
        m_lowPools.erase(status.link);
        m_supplyWarningTrace(status, m_inventory.GetLinkName(status.link), false);
    }
}

bool
QkdnManager::HandleLinkDescription(Ptr<Packet> body)
{
    const auto message = McLinkDescription::FromPacket(body);
    if (!message || !message->description.link.IsValid() || !message->a.IsValid())
    {
        return false;
    }
    if (m_inventory.Update(*message))
    {
        m_correlation->InventoryChanged();
    }
    return true;
}

bool
QkdnManager::HandleKmStatus(Ptr<Packet> body)
{
    const auto message = McKmStatus::FromPacket(body);
    if (!message || !message->km.IsValid())
    {
        return false;
    }
    if (m_inventory.Update(Simulator::Now(), *message))
    {
        m_correlation->InventoryChanged();
    }
    m_correlation->KmReported(*message);
    return true;
}

bool
QkdnManager::HandleSessionStatus(Ptr<Packet> body)
{
    const auto message = McSessionStatus::FromPacket(body);
    if (!message || !message->session.IsValid() ||
        (message->working.IsValid() && message->working == message->protection))
    {
        return false;
    }
    if (m_inventory.Update(Simulator::Now(), *message))
    {
        m_sessionStatusTrace(*message);
    }
    return true;
}

bool
QkdnManager::HandleRouteStatus(Ptr<Packet> body, IncidentId incident)
{
    const auto message = McRouteStatus::FromPacket(body);
    if (!message || !message->route.id.IsValid() || !message->route.session.IsValid())
    {
        return false;
    }
    if (m_inventory.Update(Simulator::Now(), *message))
    {
        RouteChanged(*message, incident);
    }
    return true;
}

bool
QkdnManager::HandleRouteList(Ptr<Packet> body)
{
    const auto message = CkRouteList::FromPacket(body);
    if (!message)
    {
        return false;
    }
    for (const McRouteStatus& status :
         m_inventory.Retain(Simulator::Now(),
                            std::set<RouteId>(message->routes.begin(), message->routes.end())))
    {
        NS_LOG_INFO("route " << status.route.id << " is not known to the controller any more");
        RouteChanged(status, IncidentId());
    }
    return true;
}

bool
QkdnManager::HandleOperation(uint32_t number, Ptr<Packet> body, IncidentId incident)
{
    const auto message = McOperation::FromPacket(body);
    if (!message || !message->session.IsValid())
    {
        return false;
    }
    if (!m_log.Add(LoggedOperation{Simulator::Now(), number, incident, *message}))
    {
        NS_LOG_LOGIC("controller " << number << " repeats an operation");
        return true;
    }
    m_operationTrace(*message, incident);
    if (IsSuperseded(number))
    {
        NS_LOG_INFO("controller " << number << " is superseded: its operation changes no record");
        return true;
    }
    for (const McRouteStatus& status : m_inventory.Apply(Simulator::Now(), *message))
    {
        RouteChanged(status, incident);
    }
    return true;
}

bool
QkdnManager::HandleAlarm(uint32_t number, Ptr<Packet> body, IncidentId incident)
{
    const auto message = McAlarm::FromPacket(body);
    if (!message || !message->link.IsValid() || !message->km.IsValid())
    {
        return false;
    }
    if (m_log.Add(LoggedAlarm{Simulator::Now(), number, incident, *message}))
    {
        m_alarmTrace(*message, incident);
    }
    if (!IsSuperseded(number))
    {
        m_correlation->AlarmReported(*message, incident);
    }
    return true;
}

bool
QkdnManager::HandleChargingRecord(Ptr<Packet> body)
{
    const auto message = ChargingRecord::FromPacket(body);
    if (!message)
    {
        return false;
    }
    if (m_charging.Update(*message))
    {
        m_chargingTrace(*message);
    }
    return true;
}

bool
QkdnManager::HandlePolicyAccepted(uint32_t number, Ptr<Packet> body)
{
    const auto message = McPolicyAccepted::FromPacket(body);
    const PeerId peer = m_controllers.at(number).peer;
    const bool had = m_push.HasAccepted(peer);
    if (!message || !m_push.Accept(peer, message->number))
    {
        return false;
    }
    if (!had && m_push.HasAccepted(peer))
    {
        m_policyTrace(*m_policy, true);
    }
    return true;
}

} // namespace qkdn
} // namespace ns3
