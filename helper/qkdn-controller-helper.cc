/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-controller-helper.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/qkdn-resilience-scheme.h"

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
    return controller;
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
