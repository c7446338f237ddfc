/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_BUILDER_H
#define QKDN_SCENARIO_BUILDER_H

#include "qkdn-scenario-partition.h"
#include "qkdn-scenario.h"

#include "ns3/node-container.h"
#include "ns3/qkdn-controller.h"
#include "ns3/qkdn-cryptographic-application.h"
#include "ns3/qkdn-disturbance-fault.h"
#include "ns3/qkdn-fault-injector.h"
#include "ns3/qkdn-fault-process.h"
#include "ns3/qkdn-flow-supply.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-kq-sender.h"
#include "ns3/qkdn-link-protection-helper.h"
#include "ns3/qkdn-manager.h"
#include "ns3/qkdn-optical-switch.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-protection-group-checker.h"
#include "ns3/qkdn-qkd-link-helper.h"
#include "ns3/qkdn-repair-crews.h"
#include "ns3/qkdn-resilience-monitor.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Builds the simulation that a Scenario describes, with a monitor that measures it.
 *
 * Set the seed and run of RngSeedManager before, and destroy the builder before
 * Simulator::Destroy().
 */
class ScenarioBuilder
{
  public:
    /**
     * @brief Build everything.
     * @param scenario a scenario that CheckScenario() accepts
     * @param source what error messages call the scenario, for example its file
     * @param partition what this process simulates, in a run by several; none: everything
     * @throw ScenarioError if an attribute or a key rate makes no sense
     */
    ScenarioBuilder(const Scenario& scenario,
                    const std::string& source,
                    const std::optional<ScenarioPartition>& partition = std::nullopt);

    ~ScenarioBuilder();
    ScenarioBuilder(const ScenarioBuilder&) = delete;
    ScenarioBuilder& operator=(const ScenarioBuilder&) = delete;

    /**
     * @brief Capture the packets of all classical links.
     * @param prefix files are named prefix-node-device.pcap
     */
    void EnablePcap(const std::string& prefix) const;

    /**
     * @brief What measures the run.
     * @return the monitor
     */
    Ptr<ResilienceMonitor> GetMonitor() const;

    /**
     * @brief What supplies keys in flow mode.
     * @return the supply, null in key mode
     */
    Ptr<FlowSupply> GetFlowSupply() const;

    /**
     * @brief The key manager of a QKD node.
     * @param node id of the node
     * @return the key manager, null if no QKD link ends at the node
     */
    Ptr<KeyManager> GetKeyManager(const std::string& node) const;

    /**
     * @brief A controller.
     * @param controller its id
     * @return the controller
     */
    Ptr<QkdnController> GetController(const std::string& controller) const;

    /**
     * @brief The manager.
     * @return the manager, null if there is none
     */
    Ptr<QkdnManager> GetManager() const;

    /**
     * @brief What belongs to a QKD link.
     * @param link id of the link
     * @return channel and modules
     */
    const QkdLink& GetQkdLink(const std::string& link) const;

    /**
     * @brief A fibre.
     * @param fibre its id
     * @return the span
     */
    Ptr<FibreSpan> GetFibre(const std::string& fibre) const;

    /**
     * @brief The classical link in a fibre.
     * @param fibre id of the fibre
     * @return the link, null if the fibre carries none
     */
    Ptr<ClassicalLink> GetClassicalLink(const std::string& fibre) const;

    /**
     * @brief The applications of a session.
     * @param session id of the session
     * @return master and slave
     */
    std::pair<Ptr<CryptographicApplication>, Ptr<CryptographicApplication>> GetApplications(
        const std::string& session) const;

    /**
     * @brief What protects QKD links at a node by switching.
     * @param node id of the node
     * @return the agent, null if no protection group ends at the node
     */
    Ptr<LinkProtectionAgent> GetLinkProtectionAgent(const std::string& node) const;

    /**
     * @brief An optical switch.
     * @param id its id
     * @return the switch
     */
    Ptr<OpticalSwitch> GetOpticalSwitch(const std::string& id) const;

    /**
     * @brief Whether the protection groups meet the requirements on them.
     * @return a report for each protection entity and requirement
     */
    const std::vector<ProtectionGroupReport>& GetProtectionGroupReports() const;

    /**
     * @brief How a session is to survive failures.
     * @param session the session
     * @return its policy
     */
    static SessionPolicy MakePolicy(const ScenarioSession& session);

    /**
     * @brief Plan a fault of a kind of your own, with the records that a built-in one has.
     * @param fault the fault; it gets id and target of the description
     * @param like a fault with an id of its own, its times, its target, and a type that breaks the
     * same components
     */
    void InjectFault(Ptr<Fault> fault, const ScenarioFault& like);

  private:
    static constexpr uint32_t WORKING_PORT = 1;    //!< of optical switches
    static constexpr uint32_t PROTECTION_PORT = 2; //!< of optical switches

    /// The ns-3 nodes of a QKD node.
    struct Site
    {
        NodeContainer nodes;       //!< all of them
        Ptr<Node> router;          //!< where the fibres end
        bool hasKeyManager{false}; //!< a QKD link ends here
        Ptr<Node> keyManagerNode;  //!< key manager and applications; null if there are none
        Ipv4Address kmAddress;     //!< address of the key manager
        Ptr<KeyManager> km;        //!< key manager, null if there is none
        bool split{false};         //!< each component on a node of its own
    };

    /// A controller and where it is.
    struct ControllerPlace
    {
        Ptr<QkdnController> controller; //!< the controller
        Ipv4Address address;            //!< its address
    };

    /**
     * @brief The ns-3 node of an application.
     * @param session its session
     * @param isMaster whether it is the master
     * @return the node
     */
    Ptr<Node> GetApplicationHost(const ScenarioSession& session, bool isMaster);

    /// @cond
    void BuildSites();
    void SilenceOtherRanks() const;
    void BuildFibres();
    void BuildKeyManagers();
    void BuildOpticalSwitches();
    void BuildQkdLinks();
    void InstallRouting(Ptr<KeyManager> km) const;
    void BuildControllers();
    void BuildCharging() const;
    void BuildManager();

    /**
     * @brief Let the manager give key managers their policies, if it has any.
     * @param address its address
     */
    void BuildKmPolicies(Ipv4Address address);
    void BuildProtection();
    void ConnectRestoration();
    void WatchProtection();
    void BuildCommands();

    /**
     * @brief Schedule what an operator does to the routes of a session.
     * @param command the command
     */
    void BuildSessionCommand(const ScenarioCommand& command);
    void BuildFlow();
    void BuildFlowHellos();
    void BuildFlowSession(const MonitoredSession& session, const ScenarioSession& description);
    void BuildSessions();

    /**
     * @brief A session as the monitor watches it, without its applications.
     * @param description the session
     * @param number its number
     * @return the session
     */
    MonitoredSession MakeMonitoredSession(const ScenarioSession& description,
                                          uint32_t number) const;
    void BuildRepairCrews();
    void BuildFaults();
    void BuildFaultProcesses();
    /// @endcond

    /**
     * @brief A fault of a component that fails at random, which the monitor knows from now on.
     * @param component a fault of the component
     * @param number its number at this component, from 1
     * @return the fault
     */
    Ptr<Fault> MakeRandomFault(const ScenarioFault& component, uint32_t number);

    /**
     * @brief What depends on a fault.
     * @param fault id of the fault, which has struck
     * @return the sessions that it concerns, and their key rate
     */
    RepairCrews::Load GetRepairLoad(const std::string& fault) const;

    /**
     * @brief A new ns-3 node inside a split site, joined to its router.
     * @param site the site
     * @param name name of the link to the router
     * @return the node, with an IP stack
     */
    Ptr<Node> AddSiteNode(Site& site, const std::string& name);

    /**
     * @brief The ns-3 node for a component at a site: the router, or a new one if the site is
     * split.
     * @param site the site
     * @param name name of the link to the router
     * @return the node, with an IP stack
     */
    Ptr<Node> GetHost(Site& site, const std::string& name);

    /**
     * @brief Set how a process finds out whether others live.
     * @param agent its hello agent
     */
    void SetHellos(Ptr<HelloAgent> agent) const;

    /**
     * @brief The path of a QKD link from transmitter to receiver.
     * @param link the link
     * @return its fibres in order
     */
    FibrePath MakePath(const ScenarioQkdLink& link) const;

    /**
     * @brief A QKD link of the scenario.
     * @param id its id
     * @return the link
     */
    const ScenarioQkdLink& FindLink(const std::string& id) const;

    /**
     * @brief The ways for light between the modules of a QKD link: its own, and those through
     * optical switches.
     * @param link the link
     * @return the paths from transmitter to receiver, its own first
     */
    std::vector<QuantumPath> MakePaths(const ScenarioQkdLink& link) const;

    /**
     * @brief One way for light between the modules of a QKD link, with its own central station if
     * the protocol needs one.
     * @param link the link, with the fibres and the place of the station of this way
     * @param switches the optical switches that it passes
     * @param station name of the station
     * @return the path from transmitter to receiver
     */
    QuantumPath MakeQuantumPath(const ScenarioQkdLink& link,
                                const std::vector<SwitchPosition>& switches,
                                const std::string& station) const;

    /**
     * @brief Whether the modules of a QKD link wait to be activated.
     * @param link the link
     * @return true for spare modules of a protection group other than 1+1
     */
    bool StandsBy(const ScenarioQkdLink& link) const;

    /**
     * @brief An entity of a protection group.
     * @param group the group
     * @param entity the entity; a working one with the switches of what shares its modules
     * @param protection whether it is a protection entity
     * @return the entity
     */
    ProtectionMember MakeMember(const ScenarioProtectionGroup& group,
                                const ScenarioProtectionEntity& entity,
                                bool protection) const;

    /**
     * @brief What is checked of an entity of a protection group.
     * @param group the group
     * @param entity the entity
     * @return its boundaries, protocol, fibre and key rate
     */
    ProtectionCandidate MakeCandidate(const ScenarioProtectionGroup& group,
                                      const ScenarioProtectionEntity& entity) const;

    /**
     * @brief Whether a fault breaks an entity of a protection group.
     * @param fault the fault
     * @param entity the entity
     * @return true if light or modules are gone
     */
    bool Breaks(const ScenarioFault& fault, const ScenarioProtectionEntity& entity) const;

    /**
     * @brief What a fault breaks in protection groups.
     * @param fault the fault
     * @return the entities, by name of the group
     */
    std::map<std::string, std::vector<ProtectionEntity>> FindBrokenEntities(
        const ScenarioFault& fault) const;

    /**
     * @brief Check what is required of a protection group.
     * @param group the group
     * @param place its place in the scenario
     */
    void CheckGroup(const ScenarioProtectionGroup& group, const std::string& place);

    /**
     * @brief The agent at a node; it is made if there is none.
     * @param node id of the node
     * @return the agent
     */
    const LinkProtectionHelper::Place& GetAgentPlace(const std::string& node);

    /**
     * @brief Check that the modules of a QKD link, which is built, can authenticate a first block.
     * @param link the link
     * @param budget its loss
     * @param index its place in the scenario
     */
    void CheckAuthenticationReserve(const ScenarioQkdLink& link,
                                    const QuantumLinkBudget& budget,
                                    uint32_t index) const;

    /**
     * @brief Tell the key managers of a QKD link its length and risk groups: those of its fibres.
     * @param link the link
     * @param id its number
     */
    void DescribeLink(const ScenarioQkdLink& link, LinkId id) const;

    /**
     * @brief The key rate that a QKD link, which is built, leaves to key management.
     * @param link its id
     * @param budget its loss
     * @return secret key rate of its error correction, less authentication of distillation, bit/s
     */
    uint64_t GetNetKeyRateBps(const std::string& link, const QuantumLinkBudget& budget) const;

    /**
     * @brief Check that a recorded rate can be used; throws ScenarioError.
     * @param link the QKD link
     * @param place its protocol's place in the scenario
     */
    void CheckTrace(const ScenarioQkdLink& link, const std::string& place) const;

    /**
     * @brief Refuse a link whose blocks give no more key than their authentication takes.
     * @param link the link
     * @param budget its budget
     * @param place where it is described
     */
    void CheckNetKey(const ScenarioQkdLink& link,
                     const QuantumLinkBudget& budget,
                     const std::string& place) const;

    /**
     * @brief Check that a QKD link can give key.
     * @param link the link
     * @param protocol its protocol
     * @param budget its loss
     * @param place its protocol's place in the scenario
     */
    void CheckKeyRate(const ScenarioQkdLink& link,
                      Ptr<const QkdProtocol> protocol,
                      const QuantumLinkBudget& budget,
                      const std::string& place) const;

    /**
     * @brief One end of a QKD link: its ns-3 node and the way to the key manager.
     * @param nodeId id of the QKD node
     * @param linkId id of the QKD link
     * @return the end
     */
    QkdLinkEnd MakeEnd(const std::string& nodeId, const std::string& linkId);

    /**
     * @brief Say what a fault disturbs.
     * @param fault the fault
     * @param target id of a fibre or of a QKD link
     */
    void SetDisturbed(Ptr<DisturbanceFault> fault, const std::string& target) const;

    /**
     * @brief A qber-drift with its curve, which is read here.
     * @param description the fault
     * @return the fault
     */
    Ptr<Fault> MakeDrift(const ScenarioFault& description) const;

    /**
     * @brief What a fault breaks.
     * @param fault the fault
     * @return the fault
     */
    Ptr<Fault> MakeFault(const ScenarioFault& fault) const;

    /**
     * @brief A loss of power.
     * @param node id of the node
     * @return the fault, which breaks everything there
     */
    Ptr<Fault> MakeNodePowerFault(const std::string& node) const;

    /**
     * @brief The classical links that end at a site or lie inside it.
     * @param site the site
     * @return the links
     */
    std::vector<Ptr<ClassicalLink>> FindClassicalLinks(const Site& site) const;

    /**
     * @brief The classical links of the ns-3 node of a controller.
     * @param controller its id
     * @return the links
     */
    std::vector<Ptr<ClassicalLink>> FindControllerLinks(const std::string& controller) const;

    /**
     * @brief The classical links that a fault breaks or loads.
     * @param fault the fault
     * @return the links
     */
    std::vector<Ptr<ClassicalLink>> FindClassicalLinks(const ScenarioFault& fault) const;

    /**
     * @brief Let a fault strike, and be repaired, without crews.
     * @param fault the fault
     * @param description when
     */
    void PlanFault(Ptr<Fault> fault, const ScenarioFault& description);

    /**
     * @brief Tell the monitor what a fault concerns.
     * @param fault the fault
     */
    void WatchFault(const ScenarioFault& fault);

    /**
     * @brief The sessions whose two key managers a fault separates, whatever way light takes.
     * @param fault the fault
     * @return the sessions
     */
    std::vector<SessionId> FindScope(const ScenarioFault& fault) const;

    /**
     * @brief Whether a QKD link joins the two nodes of a session.
     * @param link the link
     * @param session the session
     * @return true if so
     */
    bool Serves(LinkId link, const ScenarioSession& session) const;

    Scenario m_scenario;                            //!< the description
    std::string m_source;                           //!< what errors call it
    std::optional<ScenarioPartition> m_partition;   //!< what this process simulates, if not all
    PlantHelper m_plant;                            //!< classical network
    std::map<std::string, Site> m_sites;            //!< by node id
    std::map<std::string, Ptr<FibreSpan>> m_fibres; //!< by id
    std::map<std::string, const ScenarioFibre*> m_fibreDescriptions; //!< by id
    std::map<std::string, Ptr<ClassicalLink>> m_classicalLinks;      //!< by fibre id
    std::map<std::string, Ptr<OpticalSwitch>> m_opticalSwitches;     //!< by id
    std::map<std::string, QkdLink> m_qkdLinks;                       //!< by id
    std::map<std::string, Ptr<QkdProtocol>> m_protocols;             //!< by QKD link id
    std::map<std::string, ControllerPlace> m_controllers;            //!< by id
    Ptr<QkdnManager> m_manager;                                  //!< manager, null if there is none
    std::map<std::string, LinkProtectionHelper::Place> m_agents; //!< by node id
    std::set<std::string> m_commandedNodes; //!< nodes with ends of groups that controllers command
    std::vector<ProtectionGroupReport> m_groupReports; //!< requirements on groups
    std::vector<Ptr<KqSender>> m_kqSenders;            //!< of split sites
    std::map<std::string, std::pair<Ptr<CryptographicApplication>, Ptr<CryptographicApplication>>>
        m_applications;                              //!< by session id
    Ptr<FaultInjector> m_injector;                   //!< faults
    Ptr<RepairCrews> m_repairCrews;                  //!< repair crews, null if there are none
    std::vector<Ptr<FaultProcess>> m_faultProcesses; //!< components that fail at random
    Ptr<ResilienceMonitor> m_monitor;                //!< measures
    Ptr<FlowHellos> m_flowHellos;                    //!< hellos of flow mode, null in key mode
    Ptr<FlowSupply> m_flowSupply;                    //!< supply of flow mode, null in key mode
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_BUILDER_H */
