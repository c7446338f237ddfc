/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-manager-helper.h"

#include "qkdn-controller-helper.h"
#include "qkdn-link-protection-helper.h"

#include "ns3/inet-socket-address.h"
#include "ns3/qkdn-node-names.h"
#include "ns3/qkdn-plant-helper.h"

namespace ns3
{
namespace qkdn
{

QkdnManagerHelper::QkdnManagerHelper()
{
    m_factory.SetTypeId(QkdnManager::GetTypeId());
}

void
QkdnManagerHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

Ptr<QkdnManager>
QkdnManagerHelper::Install(Ptr<Node> node, Ipv4Address address) const
{
    Ptr<QkdnManager> manager = m_factory.Create<QkdnManager>();
    manager->SetIdentity(InetSocketAddress(address, MC_PORT));
    node->AddApplication(manager);
    NameOnNode(node, "manager", manager);
    return manager;
}

Ptr<QkdnManager>
QkdnManagerHelper::Install(Ptr<Node> node) const
{
    return Install(node, PlantHelper::GetServiceAddress(node));
}

Ptr<QkdnManager>
QkdnManagerHelper::Install(const std::string& nodeName) const
{
    return Install(GetNamedNode(nodeName));
}

void
QkdnManagerHelper::Connect(Ptr<QkdnManager> manager,
                           const ApplicationContainer& controllers,
                           const ApplicationContainer& keyManagers) const
{
    const Ipv4Address address = PlantHelper::GetServiceAddress(manager->GetNode());
    for (auto controller = controllers.Begin(); controller != controllers.End(); ++controller)
    {
        Connect(manager,
                address,
                DynamicCast<QkdnController>(*controller),
                PlantHelper::GetServiceAddress((*controller)->GetNode()));
    }
    for (auto km = keyManagers.Begin(); km != keyManagers.End(); ++km)
    {
        ConnectKeyManager(manager,
                          address,
                          DynamicCast<KeyManager>(*km),
                          PlantHelper::GetServiceAddress((*km)->GetNode()));
    }
}

void
QkdnManagerHelper::Connect(Ptr<QkdnManager> manager,
                           Ipv4Address managerAddress,
                           Ptr<QkdnController> controller,
                           Ipv4Address controllerAddress) const
{
    const InetSocketAddress managerEnd(managerAddress, MC_PORT);
    const InetSocketAddress controllerEnd(controllerAddress, QkdnControllerHelper::MC_PORT);
    manager->AddController(controller->GetNumber(), controllerEnd);
    controller->SetManager(controllerEnd, managerEnd);
}

void
QkdnManagerHelper::ConnectKeyManager(Ptr<QkdnManager> manager,
                                     Ipv4Address managerAddress,
                                     Ptr<KeyManager> km,
                                     Ipv4Address kmAddress) const
{
    const InetSocketAddress managerEnd(managerAddress, MK_PORT);
    const InetSocketAddress kmEnd(kmAddress, KM_MK_PORT);
    manager->GetMkReceiver()->SetIdentity(managerEnd);
    manager->GetMkReceiver()->AddKeyManager(km->GetKmId(), kmEnd);
    km->SetManager(kmEnd, managerEnd);
}

void
QkdnManagerHelper::ConnectAgent(Ptr<QkdnManager> manager,
                                Ipv4Address managerAddress,
                                Ptr<LinkProtectionAgent> agent,
                                Ipv4Address agentAddress) const
{
    const InetSocketAddress managerEnd(managerAddress, LinkProtectionHelper::MANAGER_MQ_PORT);
    const InetSocketAddress agentEnd(agentAddress, LinkProtectionHelper::MQ_PORT);
    manager->GetMqReceiver()->SetIdentity(managerEnd);
    manager->GetMqReceiver()->AddAgent(agentEnd);
    agent->SetManager(agentEnd, managerEnd);
}

} // namespace qkdn
} // namespace ns3
