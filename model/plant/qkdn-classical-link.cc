/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-classical-link.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/string.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnClassicalLink");

NS_OBJECT_ENSURE_REGISTERED(ClassicalLink);

TypeId
ClassicalLink::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::ClassicalLink")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<ClassicalLink>()
            .AddAttribute("Name",
                          "Name of the link, unique in a scenario.",
                          StringValue(""),
                          MakeStringAccessor(&ClassicalLink::m_name),
                          MakeStringChecker())
            .AddAttribute("DataRate",
                          "Bit rate in each direction, the same as that of the devices.",
                          DataRateValue(DataRate("1Gbps")),
                          MakeDataRateAccessor(&ClassicalLink::m_rate),
                          MakeDataRateChecker())
            .AddAttribute("Delay",
                          "Propagation delay; laying the link over fibre sets it.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ClassicalLink::m_delay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Transit",
                          "Whether packets of others than the nodes at its ends may use the link.",
                          TypeId::ATTR_GET | TypeId::ATTR_CONSTRUCT,
                          BooleanValue(true),
                          MakeBooleanAccessor(&ClassicalLink::m_transit),
                          MakeBooleanChecker())
            .AddTraceSource("StateChange",
                            "The link went down or came up again.",
                            MakeTraceSourceAccessor(&ClassicalLink::m_stateChange),
                            "ns3::qkdn::ClassicalLink::StateChangeCallback");
    return tid;
}

void
ClassicalLink::DoDispose()
{
    for (std::size_t i = 0; i < m_path.GetNSpans(); ++i)
    {
        m_path.GetSpan(i)->TraceDisconnectWithoutContext(
            "StateChange",
            MakeCallback(&ClassicalLink::HandleSpan, this));
    }
    m_path = FibrePath();
    m_deviceA = nullptr;
    m_deviceB = nullptr;
    Object::DoDispose();
}

void
ClassicalLink::SetPath(const FibrePath& path)
{
    NS_ABORT_MSG_IF(m_path.GetNSpans() > 0, "classical link " << m_name << " has a path already");
    m_path = path;
    m_delay = path.GetDelay();
    for (std::size_t i = 0; i < m_path.GetNSpans(); ++i)
    {
        m_path.GetSpan(i)->TraceConnectWithoutContext(
            "StateChange",
            MakeCallback(&ClassicalLink::HandleSpan, this));
    }
    UpdateState();
}

const FibrePath&
ClassicalLink::GetPath() const
{
    return m_path;
}

void
ClassicalLink::SetDevices(Ptr<NetDevice> a, Ptr<NetDevice> b)
{
    m_deviceA = a;
    m_deviceB = b;
}

Ptr<NetDevice>
ClassicalLink::GetDevice(bool endB) const
{
    return endB ? m_deviceB : m_deviceA;
}

std::string
ClassicalLink::GetName() const
{
    return m_name;
}

DataRate
ClassicalLink::GetDataRate() const
{
    return m_rate;
}

Time
ClassicalLink::GetDelay() const
{
    return m_delay;
}

bool
ClassicalLink::HasTransit() const
{
    return m_transit;
}

void
ClassicalLink::Fail()
{
    NS_LOG_FUNCTION(this << m_name);
    m_failures.Begin();
    UpdateState();
}

void
ClassicalLink::Recover()
{
    NS_LOG_FUNCTION(this << m_name);
    NS_ABORT_MSG_UNLESS(m_failures.IsDown(),
                        "classical link " << m_name << ": recovery without a failure");
    m_failures.End();
    UpdateState();
}

bool
ClassicalLink::IsUp() const
{
    return !m_failures.IsDown() && m_path.IsIntact();
}

bool
ClassicalLink::WasDownDuring(Time from, Time to) const
{
    return m_failures.WasDownDuring(from, to) || m_path.WasCutDuring(from, to);
}

void
ClassicalLink::HandleSpan(Ptr<const FibreSpan> /* span */, bool /* cut */)
{
    UpdateState();
}

void
ClassicalLink::UpdateState()
{
    const bool up = IsUp();
    if (up != m_up)
    {
        NS_LOG_INFO("classical link " << m_name << (up ? " up" : " down"));
        m_up = up;
        m_stateChange(this, up);
    }
}

} // namespace qkdn
} // namespace ns3
