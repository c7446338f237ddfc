/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-optical-fault.h"

#include "ns3/abort.h"
#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnOpticalFault");
NS_OBJECT_ENSURE_REGISTERED(OpticalSwitchFailure);
NS_OBJECT_ENSURE_REGISTERED(StationFailure);

TypeId
OpticalSwitchFailure::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::OpticalSwitchFailure")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<OpticalSwitchFailure>();
    return tid;
}

void
OpticalSwitchFailure::DoDispose()
{
    m_switch = nullptr;
    Fault::DoDispose();
}

void
OpticalSwitchFailure::SetSwitch(Ptr<OpticalSwitch> sw)
{
    m_switch = sw;
}

std::string
OpticalSwitchFailure::GetKind() const
{
    return "optical-switch-failure";
}

void
OpticalSwitchFailure::Strike()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_UNLESS(m_switch, "fault " << GetId() << " has no switch; call SetSwitch()");
    m_switch->Fail();
}

void
OpticalSwitchFailure::Repair()
{
    NS_LOG_FUNCTION(this);
    m_switch->Repair();
}

TypeId
StationFailure::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::StationFailure")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<StationFailure>();
    return tid;
}

void
StationFailure::DoDispose()
{
    m_station = nullptr;
    Fault::DoDispose();
}

void
StationFailure::SetStation(Ptr<CentralStation> station)
{
    m_station = station;
}

std::string
StationFailure::GetKind() const
{
    return "station-failure";
}

void
StationFailure::Strike()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_UNLESS(m_station, "fault " << GetId() << " has no station; call SetStation()");
    m_station->Fail();
}

void
StationFailure::Repair()
{
    NS_LOG_FUNCTION(this);
    m_station->Repair();
}

} // namespace qkdn
} // namespace ns3
