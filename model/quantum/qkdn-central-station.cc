/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-central-station.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/string.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnCentralStation");
NS_OBJECT_ENSURE_REGISTERED(CentralStation);

TypeId
CentralStation::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::CentralStation")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<CentralStation>()
            .AddAttribute("Name",
                          "Name of the station, unique in a scenario.",
                          StringValue(""),
                          MakeStringAccessor(&CentralStation::m_name),
                          MakeStringChecker())
            .AddTraceSource("Failure",
                            "The station breaks, or works again.",
                            MakeTraceSourceAccessor(&CentralStation::m_failureTrace),
                            "ns3::qkdn::CentralStation::FailureCallback");
    return tid;
}

void
CentralStation::Fail()
{
    NS_LOG_FUNCTION(this << m_name);
    ++m_failures;
    if (m_failures == 1)
    {
        m_failureTrace(this, true);
    }
}

void
CentralStation::Repair()
{
    NS_LOG_FUNCTION(this << m_name);
    NS_ABORT_MSG_IF(m_failures == 0, "central station " << m_name << ": repaired but not broken");
    --m_failures;
    if (m_failures == 0)
    {
        m_failureTrace(this, false);
    }
}

bool
CentralStation::IsFailed() const
{
    return m_failures > 0;
}

std::string
CentralStation::GetName() const
{
    return m_name;
}

} // namespace qkdn
} // namespace ns3
