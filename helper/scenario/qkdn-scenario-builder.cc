/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-builder.h"

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-target.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/qkdn-cryptographic-application-helper.h"
#include "ns3/qkdn-decoy-bb84-protocol.h"
#include "ns3/qkdn-ideal-distillation.h"
#include "ns3/qkdn-measured-rate-protocol.h"
#include "ns3/qkdn-per-block-distillation.h"
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

} // namespace

ScenarioBuilder::ScenarioBuilder(const Scenario& scenario, const std::string& source)
    : m_scenario(scenario),
      m_source(source),
      m_injector(CreateObject<FaultInjector>()),
      m_monitor(CreateObject<ResilienceMonitor>())
{
    NS_LOG_FUNCTION(this << scenario.name);
    m_plant.GetTopology()->SetAttribute("Reconvergence",
                                        TimeValue(scenario.classical.reconvergence));
    BuildSites();
    BuildFibres();
    BuildKeyManagers();
    BuildQkdLinks();
    BuildSessions();
    BuildFaults();
    for (const auto& link : m_plant.GetTopology()->GetLinks())
    {
        m_monitor->AddDevice(link->GetDevice(false));
        m_monitor->AddDevice(link->GetDevice(true));
    }
}

ScenarioBuilder::~ScenarioBuilder()
{
    m_monitor->Dispose();
    m_injector->Dispose();
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
    for (const ScenarioNode& description : m_scenario.nodes)
    {
        Site& site = m_sites[description.id];
        site.split = description.site == ScenarioSite::SPLIT;
        site.router = CreateObject<Node>();
        m_plant.InstallStack(NodeContainer(site.router));
        site.keyManagerNode = site.split ? AddSiteNode(site, description.id + "/km") : site.router;
        site.kmAddress = PlantHelper::GetServiceAddress(site.keyManagerNode);
    }
}

Ptr<Node>
ScenarioBuilder::AddSiteNode(const Site& site, const std::string& name)
{
    Ptr<Node> node = CreateObject<Node>();
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
        span->SetRiskGroups(description.riskGroups);
        m_fibres[description.id] = span;
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
        site.km = helper.Install(site.keyManagerNode, KmId(++number), site.kmAddress, site.split);
        const Ptr<HelloAgent> hello = site.km->GetHelloAgent();
        hello->SetAttribute("Interval", TimeValue(description.helloInterval));
        hello->SetAttribute("Multiplier", UintegerValue(description.helloMultiplier));
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
        site.km->GetMasterAgent()->SetAttribute("KeyTtl", TimeValue(description.ksaKeyTtl));
        site.km->GetSlaveAgent()->SetAttribute("KeyTtl", TimeValue(description.ksaKeyTtl));
        m_monitor->AddKeyManager(site.km, node.id);
    }
}

FibrePath
ScenarioBuilder::MakePath(const ScenarioQkdLink& link) const
{
    FibrePath path;
    std::string at = link.tx;
    for (const std::string& id : link.fibres)
    {
        const auto fibre = std::find_if(m_scenario.fibres.begin(),
                                        m_scenario.fibres.end(),
                                        [&id](const ScenarioFibre& f) { return f.id == id; });
        const bool reversed = fibre->a != at;
        path.AddSpan(m_fibres.at(id), reversed);
        at = reversed ? fibre->a : fibre->b;
    }
    return path;
}

Ptr<QkdProtocol>
ScenarioBuilder::MakeProtocol(const ScenarioQkdLink& link, const std::string& place) const
{
    if (link.protocol.type == ScenarioProtocolType::MEASURED)
    {
        return CreateObjectWithAttributes<MeasuredRateProtocol>(
            "Rate",
            DoubleValue(link.protocol.rateBps),
            "Qber",
            DoubleValue(link.protocol.qber),
            "BlockKeyBits",
            UintegerValue(link.protocol.blockKeyBit));
    }
    Ptr<DecoyBb84Protocol> protocol = CreateObject<DecoyBb84Protocol>();
    if (!link.protocol.preset.empty())
    {
        const std::string problem = protocol->SetPreset(link.protocol.preset);
        if (!problem.empty())
        {
            throw ScenarioError(m_source,
                                place + "/preset",
                                problem,
                                "give one of the presets or leave it out");
        }
    }
    for (const auto& [name, value] : link.protocol.attributes)
    {
        if (!protocol->SetAttributeFailSafe(name, StringValue(value)))
        {
            throw ScenarioError(m_source,
                                place + "/set/" + name,
                                "cannot be set to " + Excerpt(value),
                                "give an attribute of ns3::qkdn::DecoyBb84Protocol and a value "
                                "that it accepts");
        }
    }
    return protocol;
}

QkdLinkEnd
ScenarioBuilder::MakeEnd(const std::string& nodeId, const std::string& linkId)
{
    const Site& site = m_sites.at(nodeId);
    QkdLinkEnd end;
    if (!site.split)
    {
        end.node = site.router;
        end.address = site.kmAddress;
        end.consumer = PeekPointer(site.km);
        return end;
    }
    end.node = AddSiteNode(site, nodeId + "/" + linkId);
    end.address = PlantHelper::GetServiceAddress(end.node);
    Ptr<KqSender> sender = CreateObject<KqSender>();
    sender->Start(end.node,
                  InetSocketAddress(end.address, KQ_SENDER_PORT),
                  InetSocketAddress(site.kmAddress, KeyManagerHelper::KQ_PORT));
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
    uint32_t number = 0;
    for (const ScenarioQkdLink& link : m_scenario.qkdLinks)
    {
        const std::string place = "/qkd_links/" + std::to_string(number) + "/protocol";
        const LinkId id(++number);
        QkdLinkHelper helper;
        helper.SetModuleAttribute("InitialState",
                                  EnumValue(link.initialState == ScenarioInitialState::RUNNING
                                                ? QkdModule::START_RUNNING
                                                : QkdModule::START_OFF));
        helper.SetModuleAttribute("StartUpTime", TimeValue(link.startUp));
        helper.SetModuleAttribute("ResyncTime", TimeValue(link.resync));
        helper.SetModuleAttribute("LossOfLightTime", TimeValue(link.lossOfLight));
        helper.SetModuleAttribute("SyncLight", BooleanValue(link.supervisoryLight));
        helper.SetDistillation(m_scenario.simulation.distillation == ScenarioDistillation::IDEAL
                                   ? IdealDistillation::GetTypeId().GetName()
                                   : PerBlockDistillation::GetTypeId().GetName());
        helper.SetDistillationAttribute("AuthenticationReserve",
                                        UintegerValue(link.authenticationReserveBit));
        CheckAuthenticationReserve(link, number - 1);
        const Ptr<QkdProtocol> protocol = MakeProtocol(link, place);
        const FibrePath path = MakePath(link);
        CheckKeyRate(link, protocol, path, place);
        const Site& tx = m_sites.at(link.tx);
        const Site& rx = m_sites.at(link.rx);
        const QkdLinkEnd txEnd = MakeEnd(link.tx, link.id);
        const QkdLinkEnd rxEnd = MakeEnd(link.rx, link.id);
        const QkdLink made = helper.Install(id,
                                            link.id,
                                            path,
                                            protocol,
                                            txEnd,
                                            rxEnd,
                                            static_cast<uint16_t>(FIRST_MODULE_PORT + number));
        m_qkdLinks[link.id] = made;
        kmHelper.Connect(tx.km, tx.kmAddress, rx.km, rx.kmAddress);
        m_monitor->AddQkdLink(link.id,
                              made.transmitter,
                              made.receiver,
                              tx.km,
                              rx.km,
                              management.reserveBit);
        kmHelper.AddLink(id, link.id, tx.km, rx.km, link.initialPoolBit);
    }
}

void
ScenarioBuilder::CheckAuthenticationReserve(const ScenarioQkdLink& link, uint32_t index) const
{
    // one tag of the default length for each direction of a block
    constexpr uint64_t blockTagBits = 2 * 96;
    if (m_scenario.simulation.distillation == ScenarioDistillation::PER_BLOCK &&
        link.authenticationReserveBit < blockTagBits)
    {
        throw ScenarioError(m_source,
                            "/qkd_links/" + std::to_string(index) + "/authentication_reserve_bit",
                            std::to_string(link.authenticationReserveBit) +
                                " bit cannot authenticate a block",
                            "give " + std::to_string(blockTagBits) + " or more");
    }
}

void
ScenarioBuilder::CheckKeyRate(const ScenarioQkdLink& link,
                              Ptr<const QkdProtocol> protocol,
                              const FibrePath& path,
                              const std::string& place) const
{
    const std::string problem = protocol->Validate();
    if (!problem.empty())
    {
        throw ScenarioError(m_source, place, problem, "correct the value");
    }
    QuantumLinkBudget budget;
    budget.lengthKm = path.GetLengthKm();
    budget.lossDb = path.GetLossDb();
    if (!protocol->GetRate(budget).hasKey)
    {
        throw ScenarioError(m_source,
                            place,
                            "QKD link " + link.id + " gives no secret key over " +
                                std::to_string(budget.lossDb) + " dB",
                            "shorten the link or choose other parameters");
    }
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
        helper.SetAttribute("KeySize", UintegerValue(description.keySizeBit));
        helper.SetAttribute("Rate", DoubleValue(description.rateKeysPerS));
        helper.SetAttribute("Arrival",
                            EnumValue(description.arrival == ScenarioArrival::POISSON
                                          ? ARRIVAL_POISSON
                                          : ARRIVAL_CONSTANT));
        helper.SetAttribute("Deadline", TimeValue(description.deadline));
        helper.SetAttribute("RetryInterval", TimeValue(description.retry));
        helper.SetAttribute("RequestLifetime", TimeValue(description.requestLifetime));
        const ApplicationContainer pair = helper.Install(description.id,
                                                         master.keyManagerNode,
                                                         master.kmAddress,
                                                         slave.keyManagerNode,
                                                         slave.kmAddress);
        const auto masterApplication = DynamicCast<CryptographicApplication>(pair.Get(0));
        const auto slaveApplication = DynamicCast<CryptographicApplication>(pair.Get(1));
        masterApplication->SetKeySupplyService(PeekPointer(master.km));
        slaveApplication->SetKeySupplyService(PeekPointer(slave.km));
        masterApplication->SetStartTime(description.start);
        masterApplication->SetStopTime(description.stop);
        m_applications[description.id] = {masterApplication, slaveApplication};

        MonitoredSession session;
        session.session.id = SessionId(++number);
        session.session.name = description.id;
        session.session.masterSae = masterApplication->GetIdentity().sae;
        session.session.slaveSae = slaveApplication->GetIdentity().sae;
        session.session.masterKm = master.km->GetKmId();
        session.session.slaveKm = slave.km->GetKmId();
        session.session.keySizeBit = description.keySizeBit;
        session.deadline = description.deadline;
        session.toleration = description.toleration.value_or(Time::Max());
        session.master = masterApplication;
        session.slave = slaveApplication;
        master.km->AddSession(session.session);
        slave.km->AddSession(session.session);
        m_monitor->AddSession(session);
    }
}

void
ScenarioBuilder::BuildFaults()
{
    m_monitor->AddFaultInjector(m_injector);
    for (const ScenarioFault& description : m_scenario.faults)
    {
        const Ptr<Fault> fault = MakeFault(description);
        m_monitor->SetFaultScope(description.id, FindScope(description));
        const FaultTarget target = FindFaultTarget(m_scenario, description);
        m_monitor->SetFaultTarget(description.id, target.links, target.kms);
        const bool ofFibre = description.type == ScenarioFaultType::FIBRE_CUT ||
                             description.type == ScenarioFaultType::CLASSICAL_LINK_FAILURE;
        const auto link = m_classicalLinks.find(ofFibre ? description.target : std::string());
        if (link != m_classicalLinks.end())
        {
            m_monitor->SetFaultLink(description.id, link->second, m_plant.GetTopology());
        }
        if (description.repairAfter)
        {
            m_injector->Plan(fault, description.at, *description.repairAfter);
        }
        else
        {
            m_injector->Plan(fault, description.at);
        }
    }
}

Ptr<Fault>
ScenarioBuilder::MakeFault(const ScenarioFault& description) const
{
    std::string target = description.target;
    Ptr<Fault> fault;
    switch (description.type)
    {
    case ScenarioFaultType::FIBRE_CUT: {
        Ptr<FibreCut> cut = CreateObject<FibreCut>();
        cut->SetSpan(m_fibres.at(description.target), description.position);
        fault = cut;
        break;
    }
    case ScenarioFaultType::CLASSICAL_LINK_FAILURE: {
        Ptr<ClassicalLinkFailure> failure = CreateObject<ClassicalLinkFailure>();
        failure->SetLink(m_classicalLinks.at(description.target));
        fault = failure;
        break;
    }
    case ScenarioFaultType::MODULE_FAILURE: {
        const bool tx = description.moduleEnd == ScenarioModuleEnd::TX;
        const QkdLink& link = m_qkdLinks.at(description.target);
        Ptr<ModuleFailure> failure = CreateObject<ModuleFailure>();
        failure->SetModule(tx ? link.transmitter : link.receiver);
        target += tx ? "/tx" : "/rx";
        fault = failure;
        break;
    }
    case ScenarioFaultType::KM_CRASH: {
        Ptr<KeyManagerCrash> crash = CreateObject<KeyManagerCrash>();
        crash->SetKeyManager(m_sites.at(description.target).km);
        fault = crash;
        break;
    }
    }
    fault->SetNames(description.id, target);
    return fault;
}

bool
ScenarioBuilder::UsesFibre(const ScenarioSession& session, const std::string& fibre) const
{
    return std::any_of(
        m_scenario.qkdLinks.begin(),
        m_scenario.qkdLinks.end(),
        [&session, &fibre](const ScenarioQkdLink& link) {
            return std::minmax(link.tx, link.rx) == std::minmax(session.master, session.slave) &&
                   std::find(link.fibres.begin(), link.fibres.end(), fibre) != link.fibres.end();
        });
}

std::vector<SessionId>
ScenarioBuilder::FindScope(const ScenarioFault& fault) const
{
    std::vector<SessionId> scope;
    uint32_t number = 0;
    for (const ScenarioSession& session : m_scenario.sessions)
    {
        const SessionId id(++number);
        bool concerned = false;
        switch (fault.type)
        {
        case ScenarioFaultType::FIBRE_CUT:
            concerned = UsesFibre(session, fault.target);
            break;
        case ScenarioFaultType::CLASSICAL_LINK_FAILURE:
            // it depends on the way that packets take when it strikes
            break;
        case ScenarioFaultType::MODULE_FAILURE:
            for (const ScenarioQkdLink& link : m_scenario.qkdLinks)
            {
                concerned = concerned || (link.id == fault.target &&
                                          std::minmax(link.tx, link.rx) ==
                                              std::minmax(session.master, session.slave));
            }
            break;
        case ScenarioFaultType::KM_CRASH:
            concerned = session.master == fault.target || session.slave == fault.target;
            break;
        }
        if (concerned)
        {
            scope.push_back(id);
        }
    }
    return scope;
}

} // namespace qkdn
} // namespace ns3
