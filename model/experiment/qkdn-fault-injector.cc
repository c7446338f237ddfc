/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fault-injector.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFaultInjector");
NS_OBJECT_ENSURE_REGISTERED(FaultInjector);

TypeId
FaultInjector::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::FaultInjector")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<FaultInjector>()
                            .AddTraceSource("Fault",
                                            "A fault strikes or is repaired.",
                                            MakeTraceSourceAccessor(&FaultInjector::m_trace),
                                            "ns3::qkdn::FaultInjector::FaultCallback");
    return tid;
}

void
FaultInjector::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (EventId& event : m_events)
    {
        event.Cancel();
    }
    m_events.clear();
    Object::DoDispose();
}

void
FaultInjector::Plan(Ptr<Fault> fault, Time at)
{
    NS_LOG_FUNCTION(this << fault->GetId() << at);
    NS_ABORT_MSG_IF(fault->GetId().empty(), "a fault has no name; call SetNames() before Plan()");
    NS_ABORT_MSG_IF(at.IsStrictlyNegative(),
                    "fault " << fault->GetId() << " is planned " << at.As(Time::S)
                             << " from now; give a time that is not negative");
    m_events.push_back(Simulator::Schedule(at, &FaultInjector::Strike, this, fault));
}

void
FaultInjector::Plan(Ptr<Fault> fault, Time at, Time repairAfter)
{
    NS_ABORT_MSG_IF(repairAfter.IsStrictlyNegative(),
                    "fault " << fault->GetId() << " is repaired " << repairAfter.As(Time::S)
                             << " after it strikes; give a time that is not negative");
    Plan(fault, at);
    m_events.push_back(Simulator::Schedule(at + repairAfter, &FaultInjector::Repair, this, fault));
}

void
FaultInjector::Strike(Ptr<Fault> fault)
{
    NS_LOG_INFO("fault " << fault->GetId() << " strikes " << fault->GetTarget());
    // observers note the fault before its first consequence
    m_trace(fault, true);
    fault->Strike();
}

void
FaultInjector::Repair(Ptr<Fault> fault)
{
    NS_LOG_INFO("fault " << fault->GetId() << " is repaired");
    m_trace(fault, false);
    fault->Repair();
}

} // namespace qkdn
} // namespace ns3
