/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-builder.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/qkdn-controller-helper.h"
#include "ns3/qkdn-cryptographic-application-helper.h"
#include "ns3/qkdn-link-state-routing-helper.h"
#include "ns3/qkdn-manager-helper.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief What a session asks of a key stream.
 * @param session the session
 * @return QoS
 */
KeyStreamQos
MakeStreamQos(const ScenarioSession& session)
{
    const SessionPolicy policy = ScenarioBuilder::MakePolicy(session);
    // no key is waited for longer than a request lives
    const int64_t timeout = std::max<int64_t>(1, session.requestLifetime.GetMilliSeconds());
    KeyStreamQos qos;
    qos.keyChunkSize = session.keySizeBit / 8;
    qos.minBps = static_cast<uint32_t>(std::min<uint64_t>(policy.demandBps, UINT32_MAX));
    qos.priority = policy.priority;
    qos.timeoutMs = static_cast<uint32_t>(std::min<int64_t>(timeout, UINT32_MAX));
    return qos;
}

} // namespace

void
ScenarioBuilder::InstallRouting(Ptr<KeyManager> km) const
{
    const ScenarioRouting& description = m_scenario.routing;
    if (description.provider != ScenarioRouteProvider::LINK_STATE)
    {
        return;
    }
    LinkStateRoutingHelper helper;
    helper.SetAttribute("RefreshInterval", TimeValue(description.refresh));
    helper.SetAttribute("MaxAge", TimeValue(description.maxAge));
    helper.SetAttribute("MinInterval", TimeValue(description.minInterval));
    helper.SetAttribute("SettleTime", TimeValue(description.settle));
    helper.SetAttribute("DecisionTime", TimeValue(description.decision));
    helper.SetAttribute("RouteLifetime", TimeValue(description.routeLifetime));
    helper.SetAttribute("SetUpTimeout", TimeValue(m_scenario.keyManagement.requestTimeout));
    helper.SetAttribute("RouteCost", EnumValue(description.cost));
    helper.SetAttribute("MaxHops", UintegerValue(description.maxHops));
    helper.SetAttribute("AbandonOnToleration", BooleanValue(description.abandonOnToleration));
    helper.Install(km);
}

void
ScenarioBuilder::BuildControllers()
{
    QkdnControllerHelper helper;
    uint32_t number = 0;
    for (const ScenarioController& description : m_scenario.controllers)
    {
        helper.SetAttribute("DecisionTime", TimeValue(description.decision));
        helper.SetAttribute("SettleTime", TimeValue(description.settle));
        helper.SetAttribute("RouteCost", EnumValue(description.cost));
        helper.SetAttribute("Disjoint", EnumValue(description.disjoint));
        helper.SetAttribute("Admission", EnumValue(description.admission));
        helper.SetAttribute("BridgingTime", TimeValue(description.bridging));
        helper.SetAttribute("ReportMaxAge", TimeValue(description.reportMaxAge));
        ControllerPlace& place = m_controllers[description.id];
        const Ptr<Node> host =
            GetHost(m_sites.at(description.node), description.node + "/control/" + description.id);
        place.address = PlantHelper::GetServiceAddress(host);
        place.controller = helper.Install(host, ++number, place.address);
        SetHellos(place.controller->GetHelloAgent());
        SetHellos(place.controller->GetManagerHelloAgent());
        const Ptr<ControllerRedundancy> redundancy = place.controller->GetRedundancy();
        SetHellos(redundancy->GetHelloAgent());
        redundancy->SetAttribute("TakeoverDelay", TimeValue(description.takeover));
        const bool isStandby = number > 1;
        m_monitor->AddController(place.controller, description.id);
        for (const ScenarioNode& node : m_scenario.nodes)
        {
            const Site& site = m_sites.at(node.id);
            if (!site.km)
            {
                continue;
            }
            Ptr<ControllerClient> client = site.km->GetControlAgent()->GetControllerClient();
            if (isStandby)
            {
                helper.ConnectStandby(place.controller, place.address, site.km, site.kmAddress);
                client = site.km->GetControlAgent()->GetControllerGroup()->GetClients().back();
                m_monitor->AddControlEndpoint(client->GetEndpoint());
            }
            else
            {
                helper.Connect(place.controller, place.address, site.km, site.kmAddress);
            }
            client->SetAttribute("RefreshInterval", TimeValue(description.reportRefresh));
            SetHellos(client->GetHelloAgent());
        }
    }
    if (number > 1)
    {
        const ControllerPlace& active = m_controllers.at(m_scenario.controllers[0].id);
        const ControllerPlace& standby = m_controllers.at(m_scenario.controllers[1].id);
        QkdnControllerHelper::Join(active.controller,
                                   active.address,
                                   standby.controller,
                                   standby.address);
    }
}

void
ScenarioBuilder::BuildCharging() const
{
    if (!m_scenario.charging)
    {
        return;
    }
    const ScenarioCharging& charging = *m_scenario.charging;
    const TimeValue interval(charging.reportInterval);
    Time delay;
    for (const auto& [id, place] : m_controllers)
    {
        place.controller->SetTariff(charging.tariff);
        place.controller->SetAttribute("ChargingInterval", interval);
        TimeValue chargingDelay;
        place.controller->GetAttribute("ChargingDelay", chargingDelay);
        delay = chargingDelay.Get();
    }
    for (const auto& [id, site] : m_sites)
    {
        if (site.km)
        {
            site.km->GetUsageReporter()->SetAttribute("Interval", interval);
        }
    }
    m_monitor->GetChargingMonitor().SetTariff(charging.tariff, charging.reportInterval + delay);
}

void
ScenarioBuilder::BuildManager()
{
    if (!m_scenario.manager)
    {
        return;
    }
    const ScenarioManager& description = *m_scenario.manager;
    const Ptr<Node> host =
        GetHost(m_sites.at(description.node), description.node + "/management/manager");
    const Ipv4Address address = PlantHelper::GetServiceAddress(host);
    const QkdnManagerHelper helper;
    m_manager = helper.Install(host, address);
    SetHellos(m_manager->GetHelloAgent());
    McPolicy policy;
    policy.number = 1;
    policy.mayRestore = description.policy.mayRestore;
    policy.mayPreempt = description.policy.mayPreempt;
    policy.abandonOnToleration = description.policy.abandonOnToleration;
    policy.maxHops = description.policy.maxHops;
    m_manager->SetPolicy(policy);
    for (const auto& [id, place] : m_controllers)
    {
        helper.Connect(m_manager, address, place.controller, place.address);
    }
    BuildKmPolicies(address);
    m_manager->GetFaultCorrelation()->SetAttribute("CorrelationWindow",
                                                   TimeValue(description.correlationWindow));
    m_manager->GetRepairDispatch()->SetAttribute("RepairDelay", TimeValue(description.repairDelay));
    m_manager->GetRepairDispatch()->SetAttribute("ReorderAfter",
                                                 TimeValue(description.reorderAfter));
    m_manager->SetAttribute("PoolWarning", UintegerValue(description.poolWarningBit));
    for (const ScenarioFibre& fibre : m_scenario.fibres)
    {
        m_monitor->GetManagementMonitor().SetRiskGroups(
            fibre.id,
            {fibre.riskGroups.begin(), fibre.riskGroups.end()});
    }
    m_monitor->AddManager(m_manager);
}

void
ScenarioBuilder::BuildKmPolicies(Ipv4Address address)
{
    const Ptr<MkReceiver> receiver = m_manager->GetMkReceiver();
    uint32_t number = 0;
    const auto make = [&number](const ScenarioKmPolicy& said) {
        MkPolicy policy;
        policy.number = ++number;
        policy.maySwitch = said.maySwitch;
        policy.mayCarryExtra = said.extraTraffic;
        policy.reserveBits = said.reserveBit;
        return policy;
    };
    if (m_scenario.manager->kmPolicy)
    {
        receiver->SetPolicy(make(*m_scenario.manager->kmPolicy));
    }
    std::multimap<Time, ScenarioKmPolicy> later;
    for (const ScenarioCommand& command : m_scenario.commands)
    {
        if (command.kmPolicy)
        {
            later.emplace(command.at, *command.kmPolicy);
        }
    }
    for (const auto& [at, policy] : later)
    {
        Simulator::Schedule(at, &MkReceiver::SetPolicy, receiver, make(policy));
    }
    if (number == 0)
    {
        return;
    }
    SetHellos(receiver->GetHelloAgent());
    for (const auto& [id, site] : m_sites)
    {
        if (site.km)
        {
            QkdnManagerHelper().ConnectKeyManager(m_manager, address, site.km, site.kmAddress);
            SetHellos(site.km->GetManagementAgent()->GetHelloAgent());
        }
    }
}

SessionPolicy
ScenarioBuilder::MakePolicy(const ScenarioSession& session)
{
    const ScenarioResilience& resilience = session.resilience;
    SessionPolicy policy;
    policy.resilienceClass = resilience.resilienceClass;
    policy.scheme = resilience.scheme;
    policy.extraTraffic = resilience.extraTraffic;
    policy.priority = session.priority;
    policy.demandBps = static_cast<uint64_t>(std::ceil(session.keySizeBit * session.rateKeysPerS));
    policy.minDemandBps =
        static_cast<uint64_t>(std::ceil(session.keySizeBit * session.minRateKeysPerS));
    policy.toleration = session.toleration.value_or(Time::Max());
    policy.trigger = resilience.trigger;
    policy.holdOff = resilience.holdOff;
    policy.holdOffAuto = resilience.holdOffAuto;
    policy.wtr = resilience.wtr;
    policy.revertive = resilience.revertive;
    policy.protectionReserveBits = resilience.protectionReserveBit;
    policy.preemption = resilience.preemption;
    policy.shareCount = resilience.GetShares();
    policy.shareThreshold = resilience.GetThreshold();
    policy.restoration = resilience.restoration;
    policy.window = resilience.timeWindow;
    policy.escalation = resilience.escalation;
    policy.poolLowKeys = session.ksaPool.lowKeys;
    policy.poolHighKeys = session.ksaPool.highKeys;
    return policy;
}

Ptr<Node>
ScenarioBuilder::GetApplicationHost(const ScenarioSession& session, bool isMaster)
{
    const std::string node = session.GetApplicationNode(isMaster);
    Site& site = m_sites.at(node);
    return session.ak == ScenarioAk::HTTP ? GetHost(site, node + "/application/" + session.id)
                                          : site.keyManagerNode;
}

MonitoredSession
ScenarioBuilder::MakeMonitoredSession(const ScenarioSession& description, uint32_t number) const
{
    MonitoredSession session;
    session.session.id = SessionId(number);
    session.session.name = description.id;
    session.session.masterKm = m_sites.at(description.master).km->GetKmId();
    session.session.slaveKm = m_sites.at(description.slave).km->GetKmId();
    session.session.keySizeBit = description.keySizeBit;
    session.session.policy = MakePolicy(description);
    session.deadline = description.deadline;
    session.start = description.start;
    session.stop = description.stop;
    session.toleration = session.session.policy.toleration;
    return session;
}

void
ScenarioBuilder::BuildSessions()
{
    CryptographicApplicationHelper helper;
    uint32_t number = 0;
    for (const ScenarioSession& description : m_scenario.sessions)
    {
        const Site& master = m_sites.at(description.master);
        const Site& slave = m_sites.at(description.slave);
        if (m_flowSupply)
        {
            BuildFlowSession(MakeMonitoredSession(description, ++number), description);
            continue;
        }
        helper.SetAttribute("KeySize", UintegerValue(description.keySizeBit));
        helper.SetAttribute("Rate", DoubleValue(description.rateKeysPerS));
        helper.SetAttribute("Arrival",
                            EnumValue(description.arrival == ScenarioArrival::POISSON
                                          ? ARRIVAL_POISSON
                                          : ARRIVAL_CONSTANT));
        helper.SetAttribute("Deadline", TimeValue(description.deadline));
        helper.SetAttribute("RetryInterval", TimeValue(description.retry));
        helper.SetAttribute("RequestLifetime", TimeValue(description.requestLifetime));
        const Ptr<Node> masterHost = GetApplicationHost(description, true);
        const Ptr<Node> slaveHost = GetApplicationHost(description, false);
        const ApplicationContainer pair = helper.Install(description.id,
                                                         masterHost,
                                                         PlantHelper::GetServiceAddress(masterHost),
                                                         slaveHost,
                                                         PlantHelper::GetServiceAddress(slaveHost));
        const auto masterApplication = DynamicCast<CryptographicApplication>(pair.Get(0));
        const auto slaveApplication = DynamicCast<CryptographicApplication>(pair.Get(1));
        if (description.ak == ScenarioAk::HTTP)
        {
            CryptographicApplicationHelper::UseHttp(masterApplication, master.km, master.kmAddress);
            CryptographicApplicationHelper::UseHttp(slaveApplication, slave.km, slave.kmAddress);
        }
        else if (description.ak == ScenarioAk::STREAM)
        {
            const KeyStreamQos qos = MakeStreamQos(description);
            CryptographicApplicationHelper::UseStream(masterApplication, master.km, qos);
            CryptographicApplicationHelper::UseStream(slaveApplication, slave.km, qos);
        }
        else
        {
            masterApplication->SetKeySupplyService(PeekPointer(master.km));
            slaveApplication->SetKeySupplyService(PeekPointer(slave.km));
        }
        masterApplication->SetStartTime(description.start);
        masterApplication->SetStopTime(description.stop);
        m_applications[description.id] = {masterApplication, slaveApplication};

        MonitoredSession session = MakeMonitoredSession(description, ++number);
        session.session.masterSae = masterApplication->GetIdentity().sae;
        session.session.slaveSae = slaveApplication->GetIdentity().sae;
        session.master = masterApplication;
        session.slave = slaveApplication;
        if (m_scenario.keyManagement.relayScheme == ScenarioRelayScheme::DESTINATION)
        {
            KeyManagerHelper::ConnectDirectly(master.km,
                                              master.kmAddress,
                                              slave.km,
                                              slave.kmAddress);
        }
        master.km->AddSession(session.session);
        slave.km->AddSession(session.session);
        m_monitor->AddSession(session);
    }
}

} // namespace qkdn
} // namespace ns3
