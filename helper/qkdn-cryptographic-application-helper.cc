/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-cryptographic-application-helper.h"

#include "ns3/abort.h"
#include "ns3/address.h"
#include "ns3/enum.h"
#include "ns3/inet-socket-address.h"
#include "ns3/qkdn-cryptographic-application.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-key-stream-agent.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

namespace ns3
{
namespace qkdn
{

namespace
{
constexpr uint32_t FIRST_EPHEMERAL_PORT = 49152; //!< of ns-3's TCP, as in RFC 6335
} // namespace

CryptographicApplicationHelper::CryptographicApplicationHelper()
{
    m_factory.SetTypeId(CryptographicApplication::GetTypeId());
}

void
CryptographicApplicationHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

void
CryptographicApplicationHelper::SetNextPort(uint16_t port)
{
    m_nextPort = port;
}

ApplicationContainer
CryptographicApplicationHelper::Install(const std::string& session,
                                        Ptr<Node> master,
                                        Ipv4Address masterAddress,
                                        Ptr<Node> slave,
                                        Ipv4Address slaveAddress)
{
    NS_ABORT_MSG_IF(session.empty(), "a session of two applications needs a name");
    NS_ABORT_MSG_IF(master == slave,
                    "session '" << session << "' has both applications on node "
                                << master->GetId());
    NS_ABORT_MSG_IF(m_nextPort >= FIRST_EPHEMERAL_PORT,
                    "no TCP port is left for session '" << session << "'");
    const InetSocketAddress masterSocket(masterAddress, m_nextPort);
    const InetSocketAddress slaveSocket(slaveAddress, m_nextPort);
    ++m_nextPort;
    const auto install = [&](Ptr<Node> node, ApplicationRole role) {
        const bool isMaster = role == APPLICATION_MASTER;
        const Ptr<Application> application = m_factory.Create<Application>();
        application->SetAttribute("Role", EnumValue(role));
        application->SetAttribute("Session", StringValue(session));
        application->SetAttribute("SaeId",
                                  StringValue(session + (isMaster ? "-master" : "-slave")));
        application->SetAttribute("PeerSaeId",
                                  StringValue(session + (isMaster ? "-slave" : "-master")));
        application->SetAttribute("LocalAddress",
                                  AddressValue(isMaster ? masterSocket : slaveSocket));
        application->SetAttribute("PeerAddress",
                                  AddressValue(isMaster ? slaveSocket : masterSocket));
        node->AddApplication(application);
        return application;
    };
    ApplicationContainer pair;
    pair.Add(install(master, APPLICATION_MASTER));
    pair.Add(install(slave, APPLICATION_SLAVE));
    return pair;
}

void
CryptographicApplicationHelper::UseHttp(Ptr<CryptographicApplication> application,
                                        Ptr<KeyManager> km,
                                        Ipv4Address address)
{
    const InetSocketAddress server(address, KeyManagerHelper::AK_PORT);
    AddressValue local;
    application->GetAttribute("LocalAddress", local);
    km->ListenForApplications(server);
    km->GetKeyDeliveryServer()->AddSae(application->GetIdentity().sae,
                                       InetSocketAddress::ConvertFrom(local.Get()).GetIpv4());
    application->SetAttribute("KeyManagerAddress", AddressValue(server));
}

Ptr<KeyStreamClient>
CryptographicApplicationHelper::UseStream(Ptr<CryptographicApplication> application,
                                          Ptr<KeyManager> km,
                                          const KeyStreamQos& qos)
{
    const ApplicationIdentity who = application->GetIdentity();
    const Ptr<KeyStreamClient> client = CreateObject<KeyStreamClient>();
    client->Configure(PeekPointer(km->GetKeyStreamAgent()),
                      who.sae,
                      who.peerSae,
                      MakeKeyStreamId("session/" + who.session),
                      qos);
    application->AggregateObject(client);
    application->SetKeySupplyService(PeekPointer(client));
    Simulator::ScheduleNow(&KeyStreamClient::Start, client);
    return client;
}

} // namespace qkdn
} // namespace ns3
