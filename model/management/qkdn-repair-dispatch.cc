/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-repair-dispatch.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRepairDispatch");
NS_OBJECT_ENSURE_REGISTERED(RepairDispatch);

TypeId
RepairDispatch::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::RepairDispatch")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<RepairDispatch>()
            .AddAttribute("RepairDelay",
                          "Time for which a cause of alarms stands before its repair is ordered.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&RepairDispatch::m_delay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("ReorderAfter",
                          "Time from an order to the next one for a cause that still stands; zero "
                          "for never.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&RepairDispatch::m_reorder),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("RepairOrdered",
                            "The repair of a component is ordered.",
                            MakeTraceSourceAccessor(&RepairDispatch::m_orderTrace),
                            "ns3::qkdn::RepairDispatch::OrderCallback")
            .AddTraceSource("RepairWithdrawn",
                            "The repair of a component is not needed any more, as far as is known.",
                            MakeTraceSourceAccessor(&RepairDispatch::m_withdrawalTrace),
                            "ns3::qkdn::RepairDispatch::OrderCallback");
    return tid;
}

RepairDispatch::RepairDispatch() = default;

RepairDispatch::~RepairDispatch() = default;

void
RepairDispatch::DoDispose()
{
    Stop();
    m_inventory = nullptr;
    m_protection = nullptr;
    m_correlation = nullptr;
    Object::DoDispose();
}

void
RepairDispatch::Configure(const Inventory& inventory, Ptr<FaultCorrelation> correlation)
{
    m_inventory = &inventory;
    m_correlation = correlation;
}

void
RepairDispatch::SetProtectionRecords(const ProtectionRecords& protection)
{
    m_protection = &protection;
}

bool
RepairDispatch::IsSwitchedOff(const Component& component) const
{
    if (!m_protection)
    {
        return false;
    }
    const std::map<LinkId, McLinkDescription>& descriptions = m_inventory->GetDescriptions();
    for (const auto& entry : m_protection->GetGroups())
    {
        for (const WorkingStatus& working : entry.second.status.working)
        {
            const auto found = descriptions.find(working.link);
            if (!working.selected.protection || found == descriptions.end())
            {
                continue;
            }
            const CkLinkDescription& link = found->second.description;
            if (link.name == component.name || link.riskGroups.count(component.name) > 0 ||
                std::find(link.fibres.begin(), link.fibres.end(), component.name) !=
                    link.fibres.end())
            {
                return true;
            }
        }
    }
    return false;
}

void
RepairDispatch::CauseChanged(const FaultCause& cause)
{
    NS_LOG_FUNCTION(this << cause.number << CauseStateName(cause.state));
    if (cause.state == CAUSE_OPEN)
    {
        m_cases[cause.number].order =
            Simulator::Schedule(m_delay, &RepairDispatch::Order, this, cause.number);
        return;
    }
    const auto found = m_cases.find(cause.number);
    if (found != m_cases.end())
    {
        Case over = std::move(found->second);
        m_cases.erase(found);
        over.order.Cancel();
        for (const auto& [component, order] : over.orders)
        {
            if (!IsSwitchedOff(component))
            {
                NS_LOG_INFO("order " << order.number << " is withdrawn");
                m_withdrawalTrace(order);
            }
        }
    }
}

void
RepairDispatch::Start()
{
    for (auto& [number, one] : m_cases)
    {
        const bool isFirst = one.ordered.empty();
        if (isFirst || !m_reorder.IsZero())
        {
            one.order = Simulator::Schedule(isFirst ? m_delay : m_reorder,
                                            &RepairDispatch::Order,
                                            this,
                                            number);
        }
    }
}

void
RepairDispatch::Stop()
{
    for (auto& entry : m_cases)
    {
        entry.second.order.Cancel();
    }
}

void
RepairDispatch::Order(uint32_t number)
{
    Case& mine = m_cases.at(number);
    const FaultCause& cause = m_correlation->GetCause(number);
    Component component = cause.component;
    if (!mine.ordered.empty())
    {
        const std::vector<Component> suspects = m_correlation->GetSuspects(number);
        const auto next =
            std::find_if(suspects.begin(), suspects.end(), [&mine](const Component& suspect) {
                return mine.ordered.count(suspect) == 0;
            });
        component = next == suspects.end() ? component : *next;
    }
    mine.ordered.insert(component);
    RepairOrder order;
    order.number = ++m_orders;
    order.component = component.name;
    order.incident = cause.incident;
    order.ordered = Simulator::Now();
    for (const SessionId session : m_correlation->GetSessions(number))
    {
        ++order.sessions;
        const auto known = m_inventory->GetSessions().find(session);
        order.keyRateBps += known == m_inventory->GetSessions().end()
                                ? 0.0
                                : static_cast<double>(known->second.status.promisedBps);
    }
    NS_LOG_INFO("order " << order.number << ": repair " << ComponentKindName(component.kind) << " "
                         << component.name << " for cause " << number);
    if (!m_reorder.IsZero())
    {
        mine.order = Simulator::Schedule(m_reorder, &RepairDispatch::Order, this, number);
    }
    mine.orders.emplace_back(component, order);
    m_orderTrace(order);
}

} // namespace qkdn
} // namespace ns3
