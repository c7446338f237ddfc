/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller-helper.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/qkdn-node-names.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-resilience-scheme.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

QkdnControllerHelper::QkdnControllerHelper()
{
    m_factory.SetTypeId(QkdnController::GetTypeId());
}

void
QkdnControllerHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

void
QkdnControllerHelper::SetScheme(SessionPolicy& policy, const std::string& scheme)
{
    const ObjectOfText<ResilienceScheme> made = ResilienceScheme::Make(scheme);
    NS_ABORT_MSG_UNLESS(made.object,
                        "resilience scheme " << scheme << ": " << made.problem << "; "
                                             << made.mend);
    policy.scheme = scheme;
    policy.resilienceClass = made.object->GetMechanism();
}

Ptr<QkdnController>
QkdnControllerHelper::Install(Ptr<Node> node, uint32_t number, Ipv4Address address) const
{
    Ptr<QkdnController> controller = m_factory.Create<QkdnController>();
    controller->SetIdentity(number, InetSocketAddress(address, CK_PORT));
    node->AddApplication(controller);
    NameOnNode(node, "controller", controller);
    return controller;
}

ApplicationContainer
QkdnControllerHelper::Install(const NodeContainer& nodes) const
{
    NS_ABORT_MSG_IF(
        nodes.GetN() < 1 || nodes.GetN() > 2,
        nodes.GetN() << " controllers: there is one, or one and another that stands by");
    ApplicationContainer controllers;
    std::vector<Ipv4Address> addresses;
    for (uint32_t i = 0; i < nodes.GetN(); ++i)
    {
        addresses.push_back(PlantHelper::GetServiceAddress(nodes.Get(i)));
        controllers.Add(Install(nodes.Get(i), i + 1, addresses.back()));
    }
    if (nodes.GetN() == 2)
    {
        Join(DynamicCast<QkdnController>(controllers.Get(0)),
             addresses[0],
             DynamicCast<QkdnController>(controllers.Get(1)),
             addresses[1]);
    }
    return controllers;
}

ApplicationContainer
QkdnControllerHelper::Install(const std::string& nodeName) const
{
    return Install(NodeContainer(GetNamedNode(nodeName)));
}

void
QkdnControllerHelper::Connect(const ApplicationContainer& controllers,
                              const ApplicationContainer& keyManagers) const
{
    for (uint32_t i = 0; i < controllers.GetN(); ++i)
    {
        const auto controller = DynamicCast<QkdnController>(controllers.Get(i));
        const Ipv4Address address = PlantHelper::GetServiceAddress(controller->GetNode());
        for (auto application = keyManagers.Begin(); application != keyManagers.End();
             ++application)
        {
            const auto km = DynamicCast<KeyManager>(*application);
            const Ipv4Address kmAddress = PlantHelper::GetServiceAddress(km->GetNode());
            if (i == 0)
            {
                Connect(controller, address, km, kmAddress);
            }
            else
            {
                ConnectStandby(controller, address, km, kmAddress);
            }
        }
    }
}

void
QkdnControllerHelper::Connect(Ptr<QkdnController> controller,
                              Ipv4Address controllerAddress,
                              Ptr<KeyManager> km,
                              Ipv4Address kmAddress) const
{
    controller->AddKeyManager(km->GetKmId(), InetSocketAddress(kmAddress, KM_CK_PORT));
    km->SetController(InetSocketAddress(kmAddress, KM_CK_PORT),
                      InetSocketAddress(controllerAddress, CK_PORT));
}

void
QkdnControllerHelper::ConnectStandby(Ptr<QkdnController> standby,
                                     Ipv4Address standbyAddress,
                                     Ptr<KeyManager> km,
                                     Ipv4Address kmAddress) const
{
    const InetSocketAddress local(kmAddress, KM_STANDBY_CK_PORT);
    standby->AddKeyManager(km->GetKmId(), local);
    km->GetControlAgent()->AddStandbyController(local, InetSocketAddress(standbyAddress, CK_PORT));
}

void
QkdnControllerHelper::ConnectAgent(Ptr<QkdnController> controller,
                                   Ipv4Address controllerAddress,
                                   const LinkProtectionHelper::Place& agent)
{
    const InetSocketAddress controllerEnd(controllerAddress, CQ_PORT);
    const InetSocketAddress agentEnd(agent.address, LinkProtectionHelper::CQ_PORT);
    controller->GetLinkRestoration()->AddAgent(controllerEnd, agentEnd);
    agent.agent->GetRestorationClient()->AddController(agentEnd, controllerEnd);
}

void
QkdnControllerHelper::Join(Ptr<QkdnController> active,
                           Ipv4Address activeAddress,
                           Ptr<QkdnController> standby,
                           Ipv4Address standbyAddress)
{
    const InetSocketAddress activeEnd(activeAddress, CX_PORT);
    const InetSocketAddress standbyEnd(standbyAddress, CX_PORT);
    active->SetPeer(activeEnd, standbyEnd, true);
    standby->SetPeer(standbyEnd, activeEnd, false);
}

} // namespace qkdn
} // namespace ns3
