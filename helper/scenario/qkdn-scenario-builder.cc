/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-builder.h"

#include "qkdn-scenario-distillation.h"
#include "qkdn-scenario-error.h"
#include "qkdn-scenario-find.h"
#include "qkdn-scenario-parts.h"
#include "qkdn-scenario-protocol.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/node-list.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/qkdn-units.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnScenarioBuilder");

namespace
{

/// Port of the classical channel of the QKD link with id 0; each link has its own.
constexpr uint16_t FIRST_MODULE_PORT = 20000;

/// Port at which a module's sender of Kq messages has its end.
constexpr uint16_t KQ_SENDER_PORT = 7002;

/**
 * @brief A power in W.
 * @param dbm the power, dBm, if there is any
 * @return W
 */
double
PowerW(const std::optional<double>& dbm)
{
    return dbm ? WattFromDbm(*dbm) : 0.0;
}

} // namespace

ScenarioBuilder::ScenarioBuilder(const Scenario& scenario,
                                 const std::string& source,
                                 const std::optional<ScenarioPartition>& partition)
    : m_scenario(scenario),
      m_source(source),
      m_partition(partition),
      m_injector(CreateObject<FaultInjector>()),
      m_monitor(CreateObject<ResilienceMonitor>())
{
    NS_LOG_FUNCTION(this << scenario.name);
    m_plant.GetTopology()->SetAttribute("Reconvergence",
                                        TimeValue(scenario.classical.reconvergence));
    if (scenario.simulation.supply == ScenarioSupply::FLOW)
    {
        m_flowHellos = CreateObject<FlowHellos>();
        m_flowSupply = CreateObject<FlowSupply>();
        m_monitor->SetFlowSupply(m_flowSupply);
    }
    BuildSites();
    BuildFibres();
    BuildKeyManagers();
    BuildOpticalSwitches();
    BuildQkdLinks();
    BuildControllers();
    BuildCharging();
    BuildManager();
    BuildProtection();
    WatchProtection();
    BuildFlow();
    BuildSessions();
    BuildRepairCrews();
    BuildFaults();
    BuildFaultProcesses();
    for (const auto& link : m_plant.GetTopology()->GetLinks())
    {
        m_monitor->AddDevice(link->GetDevice(false));
        m_monitor->AddDevice(link->GetDevice(true));
    }
    SilenceOtherRanks();
}

ScenarioBuilder::~ScenarioBuilder()
{
    m_monitor->Dispose();
    if (m_flowSupply)
    {
        m_flowSupply->Dispose();
        m_flowHellos->Dispose();
    }
    m_injector->Dispose();
    if (m_repairCrews)
    {
        m_repairCrews->Dispose();
    }
    for (const auto& process : m_faultProcesses)
    {
        process->Dispose();
    }
    for (const auto& sender : m_kqSenders)
    {
        sender->Dispose();
    }
}

void
ScenarioBuilder::EnablePcap(const std::string& prefix) const
{
    m_plant.EnablePcap(prefix);
}

Ptr<ResilienceMonitor>
ScenarioBuilder::GetMonitor() const
{
    return m_monitor;
}

Ptr<QkdnController>
ScenarioBuilder::GetController(const std::string& controller) const
{
    return m_controllers.at(controller).controller;
}

Ptr<QkdnManager>
ScenarioBuilder::GetManager() const
{
    return m_manager;
}

Ptr<KeyManager>
ScenarioBuilder::GetKeyManager(const std::string& node) const
{
    return m_sites.at(node).km;
}

const QkdLink&
ScenarioBuilder::GetQkdLink(const std::string& link) const
{
    return m_qkdLinks.at(link);
}

Ptr<FibreSpan>
ScenarioBuilder::GetFibre(const std::string& fibre) const
{
    return m_fibres.at(fibre);
}

Ptr<ClassicalLink>
ScenarioBuilder::GetClassicalLink(const std::string& fibre) const
{
    const auto found = m_classicalLinks.find(fibre);
    return found == m_classicalLinks.end() ? nullptr : found->second;
}

std::pair<Ptr<CryptographicApplication>, Ptr<CryptographicApplication>>
ScenarioBuilder::GetApplications(const std::string& session) const
{
    return m_applications.at(session);
}

void
ScenarioBuilder::BuildSites()
{
    const ScenarioParts qkdParts = ScenarioParts::OfQkdLinks(m_scenario);
    const bool outOfBand = m_scenario.classical.network == ScenarioClassicalNetwork::OUT_OF_BAND;
    Ptr<Node> hub;
    if (outOfBand)
    {
        hub = CreateObject<Node>();
        m_plant.InstallStack(NodeContainer(hub));
    }
    for (const ScenarioNode& description : m_scenario.nodes)
    {
        Site& site = m_sites[description.id];
        site.hasKeyManager = qkdParts.Has(description.id);
        site.split = description.site == ScenarioSite::SPLIT;
        site.router = CreateObject<Node>(m_partition ? description.rank : 0);
        site.nodes.Add(site.router);
        m_plant.InstallStack(NodeContainer(site.router));
        if (outOfBand)
        {
            m_plant.ConnectLocal("out-of-band/" + description.id,
                                 site.router,
                                 hub,
                                 m_scenario.classical.outOfBandDelay / 2,
                                 DataRate(m_scenario.classical.rateBps));
        }
        if (site.hasKeyManager)
        {
            site.keyManagerNode = GetHost(site, description.id + "/km");
            site.kmAddress = PlantHelper::GetServiceAddress(site.keyManagerNode);
        }
    }
}

void
ScenarioBuilder::SilenceOtherRanks() const
{
    if (!m_partition)
    {
        return;
    }
    for (auto node = NodeList::Begin(); node != NodeList::End(); ++node)
    {
        if ((*node)->GetSystemId() == Simulator::GetSystemId())
        {
            continue;
        }
        for (uint32_t i = 0; i < (*node)->GetNApplications(); ++i)
        {
            (*node)->GetApplication(i)->SetStartTime(Time::Max());
        }
    }
}

Ptr<Node>
ScenarioBuilder::GetHost(Site& site, const std::string& name)
{
    return site.split ? AddSiteNode(site, name) : site.router;
}

Ptr<Node>
ScenarioBuilder::AddSiteNode(Site& site, const std::string& name)
{
    Ptr<Node> node = CreateObject<Node>(site.router->GetSystemId());
    site.nodes.Add(node);
    m_plant.InstallStack(NodeContainer(node));
    m_plant.ConnectLocal(name,
                         site.router,
                         node,
                         m_scenario.classical.siteDelay,
                         DataRate(m_scenario.classical.siteRateBps));
    return node;
}

void
ScenarioBuilder::BuildFibres()
{
    for (const ScenarioFibre& description : m_scenario.fibres)
    {
        Ptr<FibreSpan> span =
            CreateObjectWithAttributes<FibreSpan>("Name",
                                                  StringValue(description.id),
                                                  "LengthKm",
                                                  DoubleValue(description.lengthKm),
                                                  "AttenuationDbPerKm",
                                                  DoubleValue(description.attenuationDbPerKm),
                                                  "ExtraLossDb",
                                                  DoubleValue(description.extraLossDb));
        span->SetAttribute("ClassicalPowerAToB", DoubleValue(PowerW(description.powerAToBDbm)));
        span->SetAttribute("ClassicalPowerBToA", DoubleValue(PowerW(description.powerBToADbm)));
        span->SetAttribute("RamanCoefficient", DoubleValue(description.ramanPerKmNm));
        span->SetRiskGroups(description.riskGroups);
        m_fibres[description.id] = span;
        m_fibreDescriptions[description.id] = &description;
        if (description.classical)
        {
            FibrePath path;
            path.AddSpan(span);
            m_classicalLinks[description.id] =
                m_plant.Connect(description.id,
                                m_sites.at(description.a).router,
                                m_sites.at(description.b).router,
                                path,
                                DataRate(m_scenario.classical.rateBps));
        }
    }
}

void
ScenarioBuilder::BuildKeyManagers()
{
    const ScenarioKeyManagement& description = m_scenario.keyManagement;
    KeyManagerHelper helper;
    helper.SetAttribute("PoolsSurviveCrash", BooleanValue(description.poolsSurviveCrash));
    uint32_t number = 0;
    for (const ScenarioNode& node : m_scenario.nodes)
    {
        Site& site = m_sites.at(node.id);
        const KmId id(++number);
        if (!site.hasKeyManager)
        {
            continue;
        }
        site.km = helper.Install(site.keyManagerNode, id, site.kmAddress, site.split);
        site.km->SetNodeName(node.id);
        SetHellos(site.km->GetHelloAgent());
        SetHellos(site.km->GetDirectChannel()->GetHelloAgent());
        static const std::map<ScenarioKxAuthentication, KxAuthentication> authentication = {
            {ScenarioKxAuthentication::ITS_PER_BATCH, KX_ITS_PER_BATCH},
            {ScenarioKxAuthentication::ITS_PER_MESSAGE, KX_ITS_PER_MESSAGE},
            {ScenarioKxAuthentication::COMPUTATIONAL, KX_COMPUTATIONAL},
            {ScenarioKxAuthentication::NONE, KX_NONE}};
        site.km->GetAuthenticator()->SetAttribute(
            "KxAuthentication",
            EnumValue(authentication.at(description.kxAuthentication)));
        const TimeValue timeout(description.requestTimeout);
        site.km->GetDirectKeyMaker()->SetAttribute("Timeout", timeout);
        site.km->GetExchange()->SetAttribute("Timeout", timeout);
        const Ptr<RelayKeyMaker> relay = site.km->GetRelayKeyMaker();
        relay->SetAttribute("RelayBatch", UintegerValue(description.relayBatch));
        relay->SetAttribute("RelayWindow", UintegerValue(description.relayWindow));
        const bool toDestination = description.relayScheme == ScenarioRelayScheme::DESTINATION;
        site.km->GetRelayAgent()->SetAttribute(
            "RelayScheme",
            EnumValue(toDestination ? KX_SCHEME_DESTINATION : KX_SCHEME_HOP_BY_HOP));
        const Ptr<RouteSupervisor> supervisor = site.km->GetControlAgent()->GetSupervisor();
        supervisor->SetAttribute("PoolLowMargin", TimeValue(description.poolLowMargin));
        supervisor->SetAttribute("PoolRecoverBits", UintegerValue(description.poolRecoverBit));
        site.km->GetMasterAgent()->SetAttribute("KeyTtl", TimeValue(description.ksaKeyTtl));
        site.km->GetSlaveAgent()->SetAttribute("KeyTtl", TimeValue(description.ksaKeyTtl));
        InstallRouting(site.km);
        m_monitor->AddKeyManager(site.km, node.id);
    }
}

void
ScenarioBuilder::SetHellos(Ptr<HelloAgent> agent) const
{
    const ScenarioKeyManagement& description = m_scenario.keyManagement;
    agent->SetAttribute("Interval", TimeValue(description.helloInterval));
    agent->SetAttribute("Multiplier", UintegerValue(description.helloMultiplier));
}

FibrePath
ScenarioBuilder::MakePath(const ScenarioQkdLink& link) const
{
    FibrePath path;
    std::string at = link.tx;
    for (const std::string& id : link.fibres)
    {
        const ScenarioFibre* fibre = m_fibreDescriptions.at(id);
        const bool reversed = fibre->a != at;
        path.AddSpan(m_fibres.at(id), reversed);
        at = reversed ? fibre->a : fibre->b;
    }
    return path;
}

QkdLinkEnd
ScenarioBuilder::MakeEnd(const std::string& nodeId, const std::string& linkId)
{
    Site& site = m_sites.at(nodeId);
    QkdLinkEnd end;
    end.node = GetHost(site, nodeId + "/" + linkId);
    end.address = PlantHelper::GetServiceAddress(end.node);
    if (!site.split)
    {
        end.consumer = PeekPointer(site.km);
        return end;
    }
    Ptr<KqSender> sender = CreateObject<KqSender>();
    if (!m_partition || m_partition->IsLocal(nodeId))
    {
        sender->Start(end.node,
                      InetSocketAddress(end.address, KQ_SENDER_PORT),
                      InetSocketAddress(site.kmAddress, KeyManagerHelper::KQ_PORT));
    }
    m_monitor->AddControlEndpoint(sender->GetEndpoint());
    m_kqSenders.push_back(sender);
    end.consumer = PeekPointer(sender);
    return end;
}

void
ScenarioBuilder::BuildQkdLinks()
{
    const ScenarioKeyManagement& management = m_scenario.keyManagement;
    KeyManagerHelper kmHelper;
    kmHelper.SetPoolAttribute("Reserve", UintegerValue(management.reserveBit));
    kmHelper.SetPoolAttribute("Capacity", UintegerValue(management.capacityBit));
    kmHelper.SetPoolAttribute("LowThreshold", UintegerValue(management.poolLowBit));
    kmHelper.SetPoolAttribute("HighThreshold", UintegerValue(management.poolHighBit));
    kmHelper.SetPoolAttribute("KeyLifetime", TimeValue(management.keyLifetime));
    uint32_t number = 0;
    for (const ScenarioQkdLink& link : m_scenario.qkdLinks)
    {
        const std::string place = GetScenarioElementPlace(link, "qkd_links", number) + "/protocol";
        const LinkId id(++number);
        QkdLinkHelper helper;
        const bool running = link.initialState == ScenarioInitialState::RUNNING;
        helper.SetModuleAttribute("InitialState",
                                  EnumValue(StandsBy(link) ? QkdModule::START_STANDBY
                                            : running      ? QkdModule::START_RUNNING
                                                           : QkdModule::START_OFF));
        helper.SetModuleAttribute("StartUpTime", TimeValue(link.startUp));
        helper.SetModuleAttribute("ResyncTime", TimeValue(link.resync));
        helper.SetModuleAttribute("QberWarning", DoubleValue(link.qberWarning));
        helper.SetModuleAttribute("QberWarningClear", DoubleValue(link.qberWarningClear));
        helper.SetModuleAttribute("QberAbort", DoubleValue(link.qberAbort));
        helper.SetModuleAttribute("QberClear", DoubleValue(link.qberClear));
        helper.SetModuleAttribute("LossOfLightTime", TimeValue(link.lossOfLight));
        helper.SetModuleAttribute("SyncLight", BooleanValue(link.supervisoryLight));
        SetScenarioDistillation(m_scenario, number - 1, m_source, helper);
        helper.SetFlow(m_flowSupply != nullptr);
        CheckTrace(link, place);
        const Ptr<QkdProtocol> protocol = MakeScenarioProtocol(link.protocol, m_source, place);
        m_protocols[link.id] = protocol;
        const Site& tx = m_sites.at(link.tx);
        const Site& rx = m_sites.at(link.rx);
        const QkdLinkEnd txEnd = MakeEnd(link.tx, link.id);
        const QkdLinkEnd rxEnd = MakeEnd(link.rx, link.id);
        if (link.classicalChannel == ScenarioClassicalChannel::OWN)
        {
            m_plant.ConnectEnds("channel/" + link.id,
                                txEnd.node,
                                rxEnd.node,
                                MakePath(link),
                                DataRate(m_scenario.classical.rateBps));
        }
        const QkdLink made = helper.Install(id,
                                            link.id,
                                            MakePaths(link),
                                            protocol,
                                            txEnd,
                                            rxEnd,
                                            static_cast<uint16_t>(FIRST_MODULE_PORT + number));
        m_qkdLinks[link.id] = made;
        for (uint32_t path = 0; path < made.channel->GetNPaths(); ++path)
        {
            const QuantumLinkBudget budget = made.channel->GetPathBudget(path);
            CheckKeyRate(link, protocol, budget, place);
            CheckAuthenticationReserve(link, budget, number - 1);
            CheckNetKey(link, budget, place);
        }
        kmHelper.Connect(tx.km, tx.kmAddress, rx.km, rx.kmAddress);
        m_monitor->AddQkdLink(link.id,
                              made.transmitter,
                              made.receiver,
                              tx.km,
                              rx.km,
                              management.reserveBit);
        kmHelper.AddLink(id, link.id, tx.km, rx.km, m_flowSupply ? 0 : link.initialPoolBit);
        const uint64_t rate = GetNetKeyRateBps(link.id, made.channel->GetBudget());
        DescribeLink(link, id);
        tx.km->SetLinkRate(id, rate);
        rx.km->SetLinkRate(id, rate);
    }
}

void
ScenarioBuilder::DescribeLink(const ScenarioQkdLink& link, LinkId id) const
{
    double lengthKm = 0;
    std::set<std::string> groups;
    for (const std::string& name : link.fibres)
    {
        const ScenarioFibre* fibre = m_fibreDescriptions.at(name);
        lengthKm += fibre->lengthKm;
        groups.insert(fibre->riskGroups.begin(), fibre->riskGroups.end());
    }
    for (const std::string& node : {link.tx, link.rx})
    {
        m_sites.at(node).km->DescribeLink(id, lengthKm, groups);
        m_sites.at(node).km->NameLink(id, link.id, link.fibres);
    }
}

uint64_t
ScenarioBuilder::GetNetKeyRateBps(const std::string& link, const QuantumLinkBudget& budget) const
{
    const QkdBlockPlan plan = m_protocols.at(link)->PlanBlock(budget);
    if (!plan.hasKey)
    {
        return 0;
    }
    const auto distillation = m_qkdLinks.at(link).transmitter->GetDistillation();
    const double bits = distillation->Forecast(plan).netKeyBits;
    return static_cast<uint64_t>(std::max(bits, 0.0) / plan.duration.GetSeconds());
}

void
ScenarioBuilder::CheckAuthenticationReserve(const ScenarioQkdLink& link,
                                            const QuantumLinkBudget& budget,
                                            uint32_t index) const
{
    const auto distillation = m_qkdLinks.at(link.id).transmitter->GetDistillation();
    const QkdBlockPlan plan = m_protocols.at(link.id)->PlanBlock(budget);
    const uint64_t tags = distillation->Forecast(plan).tagBits;
    if (link.authenticationReserveBit < tags)
    {
        throw ScenarioError(
            m_source,
            GetScenarioElementPlace(link, "qkd_links", index) + "/authentication_reserve_bit",
            std::to_string(link.authenticationReserveBit) + " bit cannot authenticate a block",
            "give " + std::to_string(tags) + " or more");
    }
}

void
ScenarioBuilder::CheckNetKey(const ScenarioQkdLink& link,
                             const QuantumLinkBudget& budget,
                             const std::string& place) const
{
    const QkdBlockPlan plan = m_protocols.at(link.id)->PlanBlock(budget);
    const auto forecast = m_qkdLinks.at(link.id).transmitter->GetDistillation()->Forecast(plan);
    // a recorded rate may be 0 at first
    if (plan.hasKey && forecast.netKeyBits <= 0.0)
    {
        throw ScenarioError(m_source,
                            place,
                            "QKD link " + link.id + " keeps no key: a block needs " +
                                std::to_string(forecast.tagBits) +
                                " bit for the authentication of its own messages",
                            "give larger blocks");
    }
}

void
ScenarioBuilder::CheckTrace(const ScenarioQkdLink& link, const std::string& place) const
{
    // without messages each end looks into the trace at its own time
    if (link.protocol.law == RATE_TRACE &&
        GetScenarioFidelity(m_scenario, link) == ScenarioFidelity::IDEAL)
    {
        throw ScenarioError(m_source,
                            place + "/trace_file",
                            "a recorded rate needs messages of distillation",
                            "give another /simulation/distillation than \"ideal\"");
    }
}

void
ScenarioBuilder::CheckKeyRate(const ScenarioQkdLink& link,
                              Ptr<const QkdProtocol> protocol,
                              const QuantumLinkBudget& budget,
                              const std::string& place) const
{
    // a recorded rate may be 0 at first
    if (!protocol->GetRate(budget).hasKey && !protocol->PlanBlock(budget).hasKey)
    {
        throw ScenarioError(m_source,
                            place,
                            "QKD link " + link.id + " gives no secret key over " +
                                std::to_string(budget.lossDb) + " dB",
                            "shorten the link, lower classical power in its fibres or choose other "
                            "parameters");
    }
    // each takes some events, so that shorter ones leave no time for anything else
    const Time leastBlock = MilliSeconds(1);
    const QkdBlockPlan plan = protocol->PlanBlock(budget);
    if (plan.hasKey && plan.duration < leastBlock)
    {
        throw ScenarioError(m_source,
                            place,
                            "QKD link " + link.id + " makes a block in " + TimeText(plan.duration),
                            "give larger blocks or a lower rate, so that it takes " +
                                TimeText(leastBlock) + " or more");
    }
}

} // namespace qkdn
} // namespace ns3
