/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-node-compromise.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnNodeCompromise");
NS_OBJECT_ENSURE_REGISTERED(NodeCompromise);

TypeId
NodeCompromise::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::NodeCompromise")
            .SetParent<Fault>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<NodeCompromise>()
            .AddAttribute("Wiretap",
                          "Whether the attacker also reads all that passes on the classical "
                          "network, as QKD assumes, at any time.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&NodeCompromise::m_wiretap),
                          MakeBooleanChecker());
    return tid;
}

void
NodeCompromise::DoDispose()
{
    m_km = nullptr;
    Fault::DoDispose();
}

void
NodeCompromise::SetKeyManager(Ptr<KeyManager> km)
{
    m_km = km;
}

KmId
NodeCompromise::GetKmId() const
{
    NS_ABORT_MSG_IF(!m_km, "compromise " << GetId() << " has no key manager");
    return m_km->GetKmId();
}

bool
NodeCompromise::HasWiretap() const
{
    return m_wiretap;
}

std::string
NodeCompromise::GetKind() const
{
    return "node-compromise";
}

FaultParameters
NodeCompromise::GetParameters() const
{
    FaultParameters parameters;
    parameters.wiretap = m_wiretap;
    return parameters;
}

void
NodeCompromise::Strike()
{
    // who reads leaves everything as it is
    NS_LOG_FUNCTION(this);
}

void
NodeCompromise::Repair()
{
    NS_LOG_FUNCTION(this);
}

} // namespace qkdn
} // namespace ns3
