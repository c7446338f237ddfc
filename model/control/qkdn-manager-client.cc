/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-manager-client.h"

#include "ns3/log.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnManagerClient");
NS_OBJECT_ENSURE_REGISTERED(ManagerClient);

TypeId
ManagerClient::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::ManagerClient")
                            .SetParent<PartnerLink>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<ManagerClient>();
    return tid;
}

void
ManagerClient::SetFunctions(UpFunction up, ReceiveFunction receive)
{
    PartnerLink::SetFunctions(
        [this, up]() {
            up();
            SendKept();
        },
        std::move(receive));
}

void
ManagerClient::Stop()
{
    m_kept.clear();
    PartnerLink::Stop();
}

void
ManagerClient::SendOperation(const McOperation& operation, IncidentId incident)
{
    if (IsRunning())
    {
        m_kept.emplace_back(operation, incident);
        SendKept();
    }
}

void
ManagerClient::SendKept()
{
    while (!m_kept.empty() && GetEndpoint()->Send(GetPartner(),
                                                  MC_OPERATION,
                                                  m_kept.front().first.ToPacket(),
                                                  m_kept.front().second))
    {
        m_kept.pop_front();
    }
}

} // namespace qkdn
} // namespace ns3
