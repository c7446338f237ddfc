/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-resilience-monitor-helper.h"

#include "ns3/point-to-point-net-device.h"
#include "ns3/qkdn-controller.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-manager.h"
#include "ns3/qkdn-node-names.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

ResilienceMonitorHelper::ResilienceMonitorHelper()
{
    m_factory.SetTypeId(ResilienceMonitor::GetTypeId());
}

void
ResilienceMonitorHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

Ptr<ResilienceMonitor>
ResilienceMonitorHelper::Install(const NodeContainer& nodes,
                                 const std::vector<QkdLink>& links,
                                 const std::vector<MonitoredSession>& sessions) const
{
    const auto monitor = m_factory.Create<ResilienceMonitor>();
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        for (uint32_t i = 0; i < (*node)->GetNApplications(); ++i)
        {
            const Ptr<Application> application = (*node)->GetApplication(i);
            if (const auto km = DynamicCast<KeyManager>(application))
            {
                monitor->AddKeyManager(km, GetNodeLabel(*node));
            }
            if (const auto controller = DynamicCast<QkdnController>(application))
            {
                monitor->AddController(controller, GetNodeLabel(*node));
            }
            if (const auto manager = DynamicCast<QkdnManager>(application))
            {
                monitor->AddManager(manager);
            }
        }
        for (uint32_t i = 0; i < (*node)->GetNDevices(); ++i)
        {
            if (const auto device = DynamicCast<PointToPointNetDevice>((*node)->GetDevice(i)))
            {
                monitor->AddDevice(device);
            }
        }
    }
    for (const QkdLink& link : links)
    {
        const auto tx = KeyManagerHelper::GetKeyManager(link.transmitter->GetNode());
        const auto rx = KeyManagerHelper::GetKeyManager(link.receiver->GetNode());
        UintegerValue reserve;
        tx->GetPool(rx->GetKmId())->GetAttribute("Reserve", reserve);
        monitor->AddQkdLink(link.name, link.transmitter, link.receiver, tx, rx, reserve.Get());
    }
    for (const MonitoredSession& session : sessions)
    {
        monitor->AddSession(session);
    }
    return monitor;
}

Ptr<ResilienceMonitor>
ResilienceMonitorHelper::InstallAll(const std::vector<QkdLink>& links,
                                    const std::vector<MonitoredSession>& sessions) const
{
    return Install(NodeContainer::GetGlobal(), links, sessions);
}

} // namespace qkdn
} // namespace ns3
