/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-km-management-agent.h"

#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKmManagementAgent");
NS_OBJECT_ENSURE_REGISTERED(KmManagementAgent);

TypeId
KmManagementAgent::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KmManagementAgent")
            .SetParent<PartnerLink>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KmManagementAgent>()
            .AddTraceSource("Policy",
                            "A policy of the manager is in force from now on.",
                            MakeTraceSourceAccessor(&KmManagementAgent::m_policyTrace),
                            "ns3::qkdn::KmManagementAgent::PolicyTracedCallback")
            .AddTraceSource("BadMessage",
                            "A message was malformed, of an unknown type, or an older policy; it "
                            "changes nothing.",
                            MakeTraceSourceAccessor(&KmManagementAgent::m_badMessageTrace),
                            "ns3::qkdn::KmManagementAgent::BadMessageCallback");
    return tid;
}

void
KmManagementAgent::DoDispose()
{
    m_apply = PolicyCallback();
    PartnerLink::DoDispose();
}

void
KmManagementAgent::Configure(KmId self, PolicyCallback policy)
{
    m_self = self;
    m_apply = policy;
    SetFunctions([this]() { ManagerUp(); },
                 [this](uint16_t type, Ptr<Packet> body) { ReceiveMessage(type, body); });
}

const MkPolicy&
KmManagementAgent::GetPolicy() const
{
    return m_policy;
}

void
KmManagementAgent::Stop()
{
    m_policy = MkPolicy();
    PartnerLink::Stop();
}

void
KmManagementAgent::ManagerUp()
{
    NS_LOG_FUNCTION(this << m_self);
    Send(MK_REGISTER, MkRegister{m_self, m_policy.number}.ToPacket(), IncidentId());
}

void
KmManagementAgent::ReceiveMessage(uint16_t type, Ptr<Packet> body)
{
    const auto policy = type == MK_POLICY ? MkPolicy::FromPacket(body) : std::nullopt;
    if (!policy || policy->number < m_policy.number)
    {
        NS_LOG_WARN("KM " << m_self << ": message of type " << type
                          << " from the manager changed nothing");
        m_badMessageTrace(m_self, type);
        if (policy)
        {
            Send(MK_ACKNOWLEDGE, MkAcknowledge{policy->number, false}.ToPacket(), IncidentId());
        }
        return;
    }
    if (policy->number > m_policy.number)
    {
        m_policy = *policy;
        m_apply(m_policy);
        m_policyTrace(m_self, m_policy);
    }
    Send(MK_ACKNOWLEDGE, MkAcknowledge{policy->number, true}.ToPacket(), IncidentId());
}

} // namespace qkdn
} // namespace ns3
