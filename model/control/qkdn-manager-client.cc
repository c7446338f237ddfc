/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-manager-client.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

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
                            .AddConstructor<ManagerClient>()
                            .AddAttribute("LossWindow",
                                          "An operation that was sent less than this time before "
                                          "a connection is lost may not have arrived and is sent "
                                          "again; longer than hellos take to find out.",
                                          TimeValue(Seconds(5)),
                                          MakeTimeAccessor(&ManagerClient::m_lossWindow),
                                          MakeTimeChecker(Time(0)));
    return tid;
}

void
ManagerClient::SetFunctions(UpFunction up, ReceiveFunction receive)
{
    PartnerLink::SetFunctions(
        [this, up]() {
            m_kept.MarkUnsent();
            SendKept();
            up();
        },
        std::move(receive));
}

void
ManagerClient::SendOperation(const McOperation& operation, IncidentId incident)
{
    if (IsRunning())
    {
        const Time heard = Simulator::Now() - m_lossWindow;
        m_kept.RemoveIf([heard](const auto& kept) { return kept.IsSentBefore(heard); });
        m_kept.Add(operation, incident);
        SendKept();
    }
}

void
ManagerClient::SendKept()
{
    m_kept.Flush(Simulator::Now(), [this](const McOperation& operation, IncidentId incident) {
        return GetEndpoint()->Send(GetPartner(), MC_OPERATION, operation.ToPacket(), incident);
    });
}

} // namespace qkdn
} // namespace ns3
