/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-cryptographic-application-helper.h"

#include "ns3/abort.h"
#include "ns3/address.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/inet-socket-address.h"
#include "ns3/qkdn-cryptographic-application.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-key-stream-agent.h"
#include "ns3/qkdn-node-names.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>

namespace ns3
{
namespace qkdn
{

namespace
{
constexpr uint32_t FIRST_EPHEMERAL_PORT = 49152; //!< of ns-3's TCP, as in RFC 6335

/**
 * @brief An attribute of an object.
 * @tparam Value type of its value
 * @param object the object
 * @param name name of the attribute
 * @return its value
 */
template <typename Value>
Value
GetValue(Ptr<const Object> object, const std::string& name)
{
    Value value;
    object->GetAttribute(name, value);
    return value;
}
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
        NameOnNode(node, "application-" + session, application);
        return application;
    };
    ApplicationContainer pair;
    pair.Add(install(master, APPLICATION_MASTER));
    pair.Add(install(slave, APPLICATION_SLAVE));
    return pair;
}

void
CryptographicApplicationHelper::SetPolicy(const SessionPolicy& policy)
{
    m_policy = policy;
}

ApplicationContainer
CryptographicApplicationHelper::Install(const std::string& session,
                                        Ptr<Node> master,
                                        Ptr<Node> slave)
{
    NS_ABORT_MSG_IF(std::any_of(m_sessions.begin(),
                                m_sessions.end(),
                                [&session](const MonitoredSession& other) {
                                    return other.session.name == session;
                                }),
                    "two sessions are called " << session << "; give each its own name");
    const ApplicationContainer pair = Install(session,
                                              master,
                                              PlantHelper::GetServiceAddress(master),
                                              slave,
                                              PlantHelper::GetServiceAddress(slave));
    const Ptr<KeyManager> masterKm = KeyManagerHelper::GetKeyManager(master);
    const Ptr<KeyManager> slaveKm = KeyManagerHelper::GetKeyManager(slave);
    MonitoredSession monitored;
    monitored.master = DynamicCast<CryptographicApplication>(pair.Get(0));
    monitored.slave = DynamicCast<CryptographicApplication>(pair.Get(1));
    monitored.toleration = m_policy.toleration;
    KeySession& made = monitored.session;
    made.id = SessionId(static_cast<uint32_t>(m_sessions.size()) + 1);
    made.name = session;
    made.masterSae = monitored.master->GetIdentity().sae;
    made.slaveSae = monitored.slave->GetIdentity().sae;
    made.masterKm = masterKm->GetKmId();
    made.slaveKm = slaveKm->GetKmId();
    const auto keySize =
        static_cast<uint32_t>(GetValue<UintegerValue>(monitored.master, "KeySize").Get());
    made.keySizeBit = keySize > 0 ? keySize : made.keySizeBit;
    made.policy = m_policy;
    if (made.policy.demandBps == 0)
    {
        const double keysPerS = GetValue<DoubleValue>(monitored.master, "Rate").Get() *
                                GetValue<UintegerValue>(monitored.master, "Batch").Get();
        made.policy.demandBps = static_cast<uint64_t>(std::ceil(keysPerS * made.keySizeBit));
    }
    masterKm->AddSession(made);
    slaveKm->AddSession(made);
    monitored.master->SetKeySupplyService(PeekPointer(masterKm));
    monitored.slave->SetKeySupplyService(PeekPointer(slaveKm));
    m_sessions.push_back(monitored);
    return pair;
}

ApplicationContainer
CryptographicApplicationHelper::Install(const std::string& session,
                                        const std::string& master,
                                        const std::string& slave)
{
    return Install(session, GetNamedNode(master), GetNamedNode(slave));
}

std::vector<MonitoredSession>
CryptographicApplicationHelper::GetSessions() const
{
    std::vector<MonitoredSession> sessions = m_sessions;
    for (MonitoredSession& session : sessions)
    {
        session.deadline = GetValue<TimeValue>(session.master, "Deadline").Get();
        session.start = GetValue<TimeValue>(session.master, "StartTime").Get();
        const Time stop = GetValue<TimeValue>(session.master, "StopTime").Get();
        session.stop = stop.IsStrictlyPositive() ? stop : Time::Max();
    }
    return sessions;
}

int64_t
CryptographicApplicationHelper::AssignStreams(const ApplicationContainer& applications,
                                              int64_t stream)
{
    int64_t used = 0;
    for (auto application = applications.Begin(); application != applications.End(); ++application)
    {
        used += DynamicCast<CryptographicApplication>(*application)->AssignStreams(stream + used);
    }
    return used;
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
