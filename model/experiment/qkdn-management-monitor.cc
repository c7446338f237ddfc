/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-management-monitor.h"

#include "qkdn-requirement-checker.h"

#include "ns3/qkdn-manager.h"
#include "ns3/simulator.h"

#include <cmath>

namespace ns3
{
namespace qkdn
{

ManagementMonitor::ManagementMonitor(EventLog& log, RequirementChecker& checker)
    : m_log(log),
      m_checker(checker)
{
}

void
ManagementMonitor::AddKeyManager(Ptr<KeyManager> km, const std::string& name)
{
    m_kms[km->GetKmId()] = name;
    km->GetManagementAgent()->TraceConnectWithoutContext(
        "Policy",
        MakeCallback(&ManagementMonitor::PolicyInForce, this));
}

void
ManagementMonitor::AddManager(Ptr<QkdnManager> manager)
{
    manager->TraceConnectWithoutContext("Cause",
                                        MakeCallback(&ManagementMonitor::CauseChanged, this));
    manager->TraceConnectWithoutContext("RepairOrdered",
                                        MakeCallback(&ManagementMonitor::RepairOrdered, this));
    manager->TraceConnectWithoutContext("SupplyWarning",
                                        MakeCallback(&ManagementMonitor::SupplyWarned, this));
    manager->TraceConnectWithoutContext("RepairWithdrawn",
                                        MakeCallback(&ManagementMonitor::RepairWithdrawn, this));
    manager->GetMkReceiver()->TraceConnectWithoutContext(
        "Policy",
        MakeCallback(&ManagementMonitor::PolicySent, this));
}

void
ManagementMonitor::SetRiskGroups(const std::string& fibre, const std::set<std::string>& groups)
{
    m_groups[fibre] = groups;
}

void
ManagementMonitor::FaultChanged(const FaultResult& fault, bool active)
{
    if (active)
    {
        m_faults[fault.id] = fault;
    }
    else
    {
        m_faults.erase(fault.id);
    }
}

bool
ManagementMonitor::HasRiskGroup(const std::string& fibre, const std::string& group) const
{
    const auto groups = m_groups.find(fibre);
    return groups != m_groups.end() && groups->second.count(group) > 0;
}

bool
ManagementMonitor::IsBroken(const Component& component, const FaultResult& fault) const
{
    static const std::set<std::string> FIBRE_FAULTS = {"fibre-cut", "classical-link-failure"};
    static const std::set<std::string> LINK_FAULTS = {"module-failure", "station-failure"};
    static const std::set<std::string> DISTURBANCES = {"eavesdropping", "qber-drift"};
    const std::string& target = fault.target;
    const auto groups = m_groups.find(target);
    // a disturbance strikes the fibre if there is one of this name
    const bool disturbs = DISTURBANCES.count(fault.type) > 0;
    const bool isFibre =
        FIBRE_FAULTS.count(fault.type) > 0 || (disturbs && groups != m_groups.end());
    const bool isLink = LINK_FAULTS.count(fault.type) > 0 || (disturbs && !isFibre);
    switch (component.kind)
    {
    case COMPONENT_LINK:
        // a module is named after its link and its end
        return isLink && (target == component.name || target == component.name + "/tx" ||
                          target == component.name + "/rx");
    case COMPONENT_FIBRE:
        return (isFibre && target == component.name) ||
               (fault.type == "risk-group-cut" && HasRiskGroup(component.name, target));
    case COMPONENT_RISK_GROUP:
        return (fault.type == "risk-group-cut" && target == component.name) ||
               (isFibre && HasRiskGroup(target, component.name));
    case COMPONENT_NODE:
        return fault.type == "node-power" && target == component.name;
    case COMPONENT_KM:
        return fault.type == "km-crash" && target == component.name;
    }
    return false;
}

void
ManagementMonitor::CauseChanged(const FaultCause& cause)
{
    const bool isNew = cause.number > m_causes.size();
    if (isNew)
    {
        m_causes.resize(cause.number);
    }
    CauseResult& result = m_causes.at(cause.number - 1);
    result.number = cause.number;
    result.kind = ComponentKindName(cause.component.kind);
    result.component = cause.component.name;
    result.alarms = cause.alarms;
    result.incident = cause.incident.ToString();
    result.opened = cause.opened;
    result.state = CauseStateName(cause.state);
    result.absorbedBy = cause.absorbedBy;
    if (cause.state != CAUSE_OPEN)
    {
        result.closed = cause.closed;
    }
    for (const auto& [id, fault] : m_faults)
    {
        if (isNew && IsBroken(cause.component, fault))
        {
            result.faults.push_back(id);
        }
    }
    m_log.Add("cause",
              "manager",
              cause.incident,
              {{"number", std::to_string(cause.number)},
               {"kind", result.kind},
               {"component", result.component},
               {"alarms", std::to_string(cause.alarms)},
               {"state", result.state}});
}

void
ManagementMonitor::RepairOrdered(const RepairOrder& order)
{
    m_log.Add("repair-order",
              "manager",
              order.incident,
              {{"number", std::to_string(order.number)},
               {"component", order.component},
               {"sessions", std::to_string(order.sessions)},
               {"key_rate_bps", std::to_string(std::llround(order.keyRateBps))}});
}

void
ManagementMonitor::RepairWithdrawn(const RepairOrder& order)
{
    m_log.Add("repair-withdrawal",
              "manager",
              order.incident,
              {{"number", std::to_string(order.number)}, {"component", order.component}});
}

void
ManagementMonitor::SupplyWarned(const McLinkStatus& status, const std::string& name, bool low)
{
    m_log.Add("supply-warning",
              "manager",
              IncidentId(),
              {{"link", name},
               {"pool_bits", std::to_string(status.poolBits)},
               {"state", low ? "low" : "clear"}});
}

void
ManagementMonitor::PolicySent(KmId km, const MkPolicy& policy, bool accepted)
{
    const uint64_t event = m_log.Add("km-policy",
                                     "manager",
                                     IncidentId(),
                                     {{"km", KmName(km)},
                                      {"number", std::to_string(policy.number)},
                                      {"state", accepted ? "accepted" : "sent"}});
    m_checker.KmPolicy(Sighting{Simulator::Now(), event}, KmName(km), policy.number, accepted);
}

void
ManagementMonitor::PolicyInForce(KmId km, const MkPolicy& policy)
{
    m_log.Add("km-policy",
              KmName(km),
              IncidentId(),
              {{"number", std::to_string(policy.number)},
               {"state", "in-force"},
               {"may_switch", policy.maySwitch ? "yes" : "no"},
               {"extra_traffic", policy.mayCarryExtra ? "yes" : "no"},
               {"extra_reserve_bit", std::to_string(policy.reserveBits)}});
}

std::string
ManagementMonitor::KmName(KmId km) const
{
    const auto found = m_kms.find(km);
    return found == m_kms.end() ? std::to_string(km.value) : found->second;
}

void
ManagementMonitor::Collect(ExperimentResults& results) const
{
    results.causes = m_causes;
}

} // namespace qkdn
} // namespace ns3
