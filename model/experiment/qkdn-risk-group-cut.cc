/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-risk-group-cut.h"

#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRiskGroupCut");
NS_OBJECT_ENSURE_REGISTERED(RiskGroupCut);

TypeId
RiskGroupCut::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::RiskGroupCut")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<RiskGroupCut>();
    return tid;
}

void
RiskGroupCut::DoDispose()
{
    m_spans.clear();
    Fault::DoDispose();
}

void
RiskGroupCut::AddSpan(Ptr<FibreSpan> span)
{
    m_spans.push_back(span);
}

void
RiskGroupCut::SetPosition(double position)
{
    m_position = position;
}

std::string
RiskGroupCut::GetKind() const
{
    return "risk-group-cut";
}

FaultParameters
RiskGroupCut::GetParameters() const
{
    FaultParameters parameters;
    parameters.position = m_position;
    return parameters;
}

void
RiskGroupCut::Strike()
{
    NS_LOG_FUNCTION(this);
    for (const auto& span : m_spans)
    {
        span->Cut(m_position);
    }
}

void
RiskGroupCut::Repair()
{
    NS_LOG_FUNCTION(this);
    for (const auto& span : m_spans)
    {
        span->Repair();
    }
}

} // namespace qkdn
} // namespace ns3
