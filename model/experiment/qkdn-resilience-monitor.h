/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESILIENCE_MONITOR_H
#define QKDN_RESILIENCE_MONITOR_H

#include "qkdn-charging-monitor.h"
#include "qkdn-control-traffic.h"
#include "qkdn-event-log.h"
#include "qkdn-fault-injector.h"
#include "qkdn-group-monitor.h"
#include "qkdn-key-exposure.h"
#include "qkdn-kma-book.h"
#include "qkdn-ksa-book.h"
#include "qkdn-management-monitor.h"
#include "qkdn-node-compromise.h"
#include "qkdn-path-fault.h"
#include "qkdn-recovery-tracker.h"
#include "qkdn-repair-monitor.h"
#include "qkdn-request-log.h"
#include "qkdn-requirement-checker.h"
#include "qkdn-results.h"
#include "qkdn-route-recovery-tracker.h"
#include "qkdn-route-use-log.h"
#include "qkdn-routing-monitor.h"
#include "qkdn-session-metrics.h"
#include "qkdn-spare-key-rate.h"

#include "ns3/net-device.h"
#include "ns3/object.h"
#include "ns3/qkdn-classical-topology.h"
#include "ns3/qkdn-demand-table.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-km-hop.h"
#include "ns3/qkdn-qkd-module.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

class FlowSupply;
class QkdnController;
class QkdnManager;

/**
 * @ingroup qkdn-resilience
 * @brief A session as a user describes it to the monitor.
 */
struct MonitoredSession
{
    KeySession session;                   //!< the session
    Time deadline;                        //!< a key handed over within it is on time
    Time toleration{Time::Max()};         //!< longest interruption it bears
    Ptr<CryptographicApplication> master; //!< master application
    Ptr<CryptographicApplication> slave;  //!< slave application
    Time start{0};                        //!< when the master begins to ask for keys
    Time stop{Time::Max()};               //!< when it asks for no more
};

/**
 * @ingroup qkdn-resilience
 * @brief Measures key supply and its recovery.
 *
 * It subscribes to trace sources, sees all nodes at once and changes nothing. Add everything
 * before the simulation runs, run it, and call Collect().
 */
class ResilienceMonitor : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ResilienceMonitor();
    ~ResilienceMonitor() override;

    /**
     * @brief Watch a key manager. A controller that stands by and that it learns of later is not
     * known: what it tells that one is counted with AddControlEndpoint().
     * @param km the key manager
     * @param name its name in results
     */
    void AddKeyManager(Ptr<KeyManager> km, const std::string& name);

    /**
     * @brief Watch a QKD link and the pools that its keys go to. Add its key managers first.
     * @param name its name
     * @param transmitter its transmitter
     * @param receiver its receiver
     * @param transmitterKm KM at the transmitter's end
     * @param receiverKm KM at the receiver's end
     * @param reserveBits reserve of the pools, for display
     */
    void AddQkdLink(const std::string& name,
                    Ptr<QkdModule> transmitter,
                    Ptr<QkdModule> receiver,
                    Ptr<KeyManager> transmitterKm,
                    Ptr<KeyManager> receiverKm,
                    uint64_t reserveBits);

    /**
     * @brief Watch a session. Add its QKD links first.
     * @param session the session
     */
    void AddSession(const MonitoredSession& session);

    /**
     * @brief Watch a controller.
     * @param controller the controller
     * @param name its name in results
     */
    void AddController(Ptr<QkdnController> controller, const std::string& name);

    /**
     * @brief Watch the manager.
     * @param manager the manager
     */
    void AddManager(Ptr<QkdnManager> manager);

    /**
     * @brief What watches protection groups: tell it of groups, their agents, and the entities
     * that faults break.
     * @return the part of the monitor
     */
    GroupMonitor& GetGroupMonitor();

    /**
     * @brief What watches charging: tell it the tariff.
     * @return the part of the monitor
     */
    ChargingMonitor& GetChargingMonitor();

    /**
     * @brief What counts control messages: in a run by several processes, tell it before Collect()
     * of those that other ranks have sent.
     * @return the part of the monitor
     */
    ControlTraffic& GetControlTraffic();

    /**
     * @brief What watches components that fail at random and repair crews: tell it of them.
     * @return the part of the monitor
     */
    RepairMonitor& GetRepairMonitor();

    /**
     * @brief The sessions that a fault concerns, as far as it is known now.
     * @param fault id of a fault that has struck
     * @return the sessions, in their order
     */
    std::vector<SessionId> GetConcernedSessions(const std::string& fault) const;

    /**
     * @brief The part that watches what the manager finds out and orders.
     * @return the part
     */
    ManagementMonitor& GetManagementMonitor();

    /**
     * @brief Note the check of a constraint of a protection group.
     * @param constraint what it gave
     */
    void AddProtectionReport(const ProtectionGroupReport& constraint);

    /**
     * @brief Watch the faults of an injector.
     * @param injector the injector
     */
    void AddFaultInjector(Ptr<FaultInjector> injector);

    /**
     * @brief Measure key supply of flow mode: nobody asks for keys, and pools hold amounts. Call it
     * before AddQkdLink().
     * @param flow the supply, which is told of key managers, links and sessions before the monitor
     */
    void SetFlowSupply(Ptr<FlowSupply> flow);

    /**
     * @brief Say which sessions depend on what a fault breaks while they have no route: those
     * whose two KMs it separates. A fault of which nothing was said with this or the functions
     * below aborts when it strikes, since interruptions would have a false cause; no sessions means
     * that it concerns none.
     * @param fault id of the fault
     * @param sessions the sessions
     */
    void SetFaultScope(const std::string& fault, const std::vector<SessionId>& sessions);

    /**
     * @brief Say what a fault breaks: it concerns the sessions whose route depends on that when
     * it strikes.
     * @param fault id of the fault
     * @param links QKD links that stop to generate
     * @param kms key managers that stop to work
     */
    void SetFaultTarget(const std::string& fault,
                        const std::vector<LinkId>& links,
                        const std::vector<KmId>& kms);

    /**
     * @brief Say that a fault breaks a way for light. While light of the QKD link takes it, the
     * fault concerns the sessions between its nodes that have no route, and those whose route
     * depends on the link. A fault can break several: call it for each.
     * @param fault id of the fault
     * @param path the way
     */
    void AddFaultPath(const std::string& fault, const PathFault& path);

    /**
     * @brief Say which classical link a fault breaks: it may concern the sessions whose packets
     * take this link when it strikes. A fault can break several: call it for each.
     * @param fault id of the fault
     * @param link the link
     * @param topology the classical network
     */
    void SetFaultLink(const std::string& fault,
                      Ptr<ClassicalLink> link,
                      Ptr<ClassicalTopology> topology);

    /**
     * @brief Count the messages of an endpoint as control traffic.
     * @param endpoint the endpoint
     */
    void AddControlEndpoint(Ptr<MessageEndpoint> endpoint);

    /**
     * @brief Count the packets of a point-to-point device.
     * @param device the device
     */
    void AddDevice(Ptr<NetDevice> device);

    /**
     * @brief What went against a rule that must always hold (keys used twice, unequal keys ...).
     * @return one text for each violation
     */
    std::vector<std::string> GetViolations() const;

    /**
     * @brief The book of KMA-key.
     * @return the book
     */
    const KmaBook& GetKmaBook() const;

    /**
     * @brief The book of KSA-key.
     * @return the book
     */
    const KsaBook& GetKsaBook() const;

    /**
     * @brief Who could read KSA-keys, and what attackers know.
     * @return the part of the monitor
     */
    const KeyExposure& GetKeyExposure() const;

    /**
     * @brief What became of the requests of a session.
     * @param session the session
     * @return its log
     */
    const RequestLog& GetRequestLog(SessionId session) const;

    /**
     * @brief What was measured. Call at the end of the run, before anything is disposed.
     * @param warmUp time at the beginning that is not measured
     * @return the results, without the description of the run
     */
    ExperimentResults Collect(Time warmUp) const;

  protected:
    void DoDispose() override;

  private:
    /// A QKD link that is watched.
    struct WatchedLink
    {
        std::string name;                      //!< its name
        std::array<Ptr<QkdModule>, 2> modules; //!< transmitter, receiver
        std::array<KmId, 2> kms;               //!< at these ends
        uint64_t reserveBits{0};               //!< for display
    };

    /// A pool end that is watched.
    struct WatchedPool
    {
        Ptr<KmaPool> pool;                 //!< the pool
        std::string name;                  //!< name of the first QKD link that fills it
        Time sampled;                      //!< last sample
        bool any{false};                   //!< whether there is one
        std::size_t row{0};                //!< its place
        std::optional<PoolSample> changed; //!< how the level has changed since
    };

    /// A key that was supplied.
    struct KeyCost
    {
        Time at;       //!< when
        uint32_t bits; //!< its size
        uint32_t hops; //!< hops, each of which has cost as many bits
    };

    /// A fault of the classical network.
    struct ClassicalFault
    {
        Ptr<ClassicalLink> link;         //!< the link that breaks
        Ptr<ClassicalTopology> topology; //!< its network
    };

    /**
     * @brief Whether packets from one node to another take a link now.
     * @param from node id
     * @param to node id
     * @param fault the link and its network
     * @return true if they do
     */
    static bool IsOnWay(uint32_t from, uint32_t to, const ClassicalFault& fault);

    /**
     * @brief Whether packets between two KMs take one of some links now, in either direction.
     * @param a one KM
     * @param b the other KM
     * @param faults the links and their network
     * @return true if they do
     */
    bool IsOnWay(KmId a, KmId b, const std::vector<ClassicalFault>& faults) const;

    /**
     * @brief Those of some sessions that ask for keys at an instant.
     * @param now the instant
     * @param sessions the sessions
     * @return those whose master has begun and not stopped
     */
    std::vector<SessionId> WhoAsk(Time now, const std::vector<SessionId>& sessions) const;

    /**
     * @brief Whether a session between neighbours goes on without a route of a controller.
     * @param session the session
     * @return true if so
     */
    bool IsWithoutRoute(SessionId session) const;

    /**
     * @brief The sessions of neighbours that have not been given a route so far.
     * @param sessions sessions
     * @return some of them
     */
    std::vector<SessionId> WithoutRoute(const std::vector<SessionId>& sessions) const;

    /**
     * @brief Tell the trackers that a fault strikes.
     * @param now the time
     * @param fault its id
     */
    void FaultStruck(Time now, const std::string& fault);

    /**
     * @brief Whether somebody said whom a fault concerns, or that it concerns nobody.
     * @param fault id of the fault
     * @return true if so
     */
    bool IsDescribed(const std::string& fault) const;

    /**
     * @brief A compromise of a QKD node begins or ends.
     * @param compromise the compromise
     * @param active whether it begins
     */
    void CompromiseChanged(Ptr<const NodeCompromise> compromise, bool active);

    /**
     * @brief A sighting of something that happens now.
     * @param event number of its entry in the event log
     * @return the sighting
     */
    static Sighting SeenNow(uint64_t event);

    /**
     * @brief The faults that concern a session.
     * @param session the session
     * @return the faults in order of time
     */
    std::vector<FaultResult> FaultsOf(SessionId session) const;

    /**
     * @brief How long after their repair faults can be felt by a session: until its first key, or
     * that of others where it was not affected.
     * @param session the session
     * @param recoveries the episodes of all sessions
     * @return by id of a fault
     */
    static std::map<std::string, Time> AftermathsOf(SessionId session,
                                                    const std::vector<TrackedRecovery>& recoveries);

    /**
     * @brief Name of a key manager.
     * @param km the key manager
     * @return its name
     */
    const std::string& KmName(KmId km) const;

    /**
     * @brief Names of key managers.
     * @param kms the key managers
     * @return their names
     */
    std::vector<std::string> KmNames(const std::vector<KmId>& kms) const;

    /**
     * @brief Name of a session in the event log.
     * @param session the session
     * @return its name, or its number if it is not watched
     */
    std::string SessionName(SessionId session) const;

    /**
     * @brief Entity of a module in the event log.
     * @param link its link
     * @param role which end
     * @return for example "module/12/tx"
     */
    std::string ModuleEntity(LinkId link, QkdModule::Role role) const;

    /**
     * @brief Key supply of a session in flow mode.
     * @param session the session
     * @param measurement what it is measured against
     * @param cause says why it was interrupted
     * @return the figures
     */
    SessionResult GetFlowResult(const MonitoredSession& session,
                                const SessionMeasurement& measurement,
                                const InterruptionCause& cause) const;

    /**
     * @brief Books of a QKD link in flow mode: those of both ends are the same.
     * @param id the link
     * @param [in,out] books where they go
     */
    void CollectFlowBooks(LinkId id, KmaLinkBooks& books) const;

    /// @cond
    void KeyFlowed(LinkId link, uint64_t bits, Time block, uint64_t due);
    void SessionFlowed(SessionId session, RouteId route, uint64_t bits);
    void FaultChanged(Ptr<const Fault> fault, bool active);
    void ModuleStateChanged(LinkId link,
                            QkdModule::Role role,
                            QkdModule::State from,
                            QkdModule::State to,
                            IncidentId incident);
    void ModuleIncident(LinkId link,
                        QkdModule::Role role,
                        const std::string& cause,
                        IncidentId incident);
    void ModuleKeyDelivered(LinkId link, QkdModule::Role role, const QkdKey& key);
    void BlockFilled(LinkId link, const KeyId& key, double qber);
    void BlockDropped(LinkId link, const KeyId& key, const std::string& reason);
    void LinkStatusChanged(KmId km,
                           LinkId link,
                           LinkStatus status,
                           bool local,
                           IncidentId incident);
    void NeighbourChanged(KmId km, KmId neighbour, const std::string& state, IncidentId incident);
    void ProcessChanged(KmId km, bool running);
    void KsaKeyChanged(const KsaKeyEvent& event);
    void KeyReceived(const ApplicationIdentity& who, uint64_t sequence, const SuppliedKey& key);
    void KeyAdded(KmId holder, KmId peer, const QkdKey& key, bool initial);
    void KeyMoved(KmId holder,
                  KmId peer,
                  KeyRange range,
                  KeyUse from,
                  KeyUse to,
                  IncidentId incident);
    void KeySettled(KmId holder, KmId peer, KeyRange range);
    void KeyRefused(KmId holder, KmId peer, const QkdKey& key);
    void KeyConfirmed(KmId holder, KmId peer, KeyId key, uint32_t lowBits);
    void LevelChanged(KmId holder, KmId peer, uint64_t storedBits);
    void PoolStateChanged(KmId holder, KmId peer, KmaPoolState from, KmaPoolState to);
    void MessageSent(const Address& local,
                     const Address& remote,
                     uint16_t type,
                     uint32_t bytes,
                     IncidentId incident);
    void PacketSent(Ptr<const Packet> packet);
    void RouteChanged(KmId km, const KeyRoute& route, bool installed);
    void KeysSeen(const KeySighting& sighting);
    void RouteEventSeen(KmId km,
                        SessionId session,
                        RouteId route,
                        RouteEventKind kind,
                        ResilienceTrigger trigger,
                        IncidentId incident);
    void RouteCommandSeen(SessionId session,
                          SwitchRequest command,
                          Entity entity,
                          CommandResult result);
    void ControllerRoleChanged(std::string controller, const ControllerTerm& term, bool active);
    void ControllerInformed(std::string controller, SessionId session, IncidentId incident);
    void ControllerDecided(std::string controller,
                           SessionId session,
                           RouteId from,
                           RouteId to,
                           IncidentId incident);
    void RecoveryChosen(std::string controller,
                        const SessionRecovery& recovery,
                        IncidentId incident);
    void ControllerCompleted(std::string controller,
                             SessionId session,
                             RouteId route,
                             IncidentId incident);
    void ControllerProcessChanged(std::string controller, uint32_t number, bool running);
    void ManagerProcessChanged(bool running);
    void OperationDone(std::string entity, const McOperation& operation, IncidentId incident);
    void AlarmRaised(std::string entity, const McAlarm& alarm, IncidentId incident);
    void ReportsStale(std::string controller, KmId low, KmId high, bool stale);
    void KeyFlowChanged(std::string controller, const KmHop& hop, const HopFlow& flow);
    void SessionRateGranted(std::string controller,
                            SessionId session,
                            uint64_t askedBps,
                            uint64_t grantedBps);
    void RouteStatusReported(const McRouteStatus& status);
    void SessionStatusReported(const McSessionStatus& status);
    void LinkStatusReported(const McLinkStatus& status);
    void PolicyChanged(const McPolicy& policy, bool accepted);
    /// @endcond

    /**
     * @brief Watch what a key manager does with routes.
     * @param km the key manager
     */
    void WatchRoutes(Ptr<KeyManager> km);

    /**
     * @brief All failure episodes.
     * @return in order of session, then time
     */
    std::vector<TrackedRecovery> GetTrackedRecoveries() const;

    /**
     * @brief What the supplied keys of a session cost.
     * @param session the session
     * @param warmUp time that is not measured
     * @return key bits spent on hops, by bit supplied; none if no key was supplied
     */
    std::optional<double> GetKeyOverhead(SessionId session, Time warmUp) const;

    /**
     * @brief Watch one end of a pool.
     * @param km its holder
     * @param neighbour the other end
     * @param name name of the link
     */
    void WatchPool(Ptr<KeyManager> km, KmId neighbour, const std::string& name);

    /**
     * @brief Levels of a pool end.
     * @param at the time
     * @param holder its holder
     * @param watched the pool end
     * @return the levels
     */
    PoolSample MakeSample(Time at, KmId holder, const WatchedPool& watched) const;

    /**
     * @brief Whether a pool end has kept its level for longer than an interval of samples, so that
     * it has to be among them.
     * @param watched the pool end
     * @param now the time of the next change
     * @return true if so
     */
    bool HasStood(const WatchedPool& watched, Time now) const;

    /**
     * @brief Levels of all pool ends, the last ones included.
     * @param now the time
     * @return samples in order of time
     */
    std::vector<PoolSample> GetSamples(Time now) const;

    /**
     * @brief The requests of a session, their outcome open.
     * @param session the session
     * @return the requests
     */
    std::vector<RequestResult> GetRequests(const MonitoredSession& session) const;

    /**
     * @brief Who could read the keys of a session, and what attackers know of them.
     * @param id the session
     * @param [in,out] result where it goes
     */
    void CollectExposure(SessionId id, SessionResult& result) const;

    /**
     * @brief Key rate that sessions had on routes beyond those that keys need.
     * @param sessions figures of all sessions
     * @return sum over all hops before the first fault, bit/s
     */
    double GetSpareKeyRate(const std::vector<SessionResult>& sessions) const;

    /**
     * @brief Figures of all sessions.
     * @param [in,out] results where they go
     * @param warmUp time that is not measured
     */
    void CollectSessions(ExperimentResults& results, Time warmUp) const;

    /**
     * @brief Key supply of the sessions, without a warm-up and without causes.
     * @param end end of the run
     * @return the figures
     */
    std::map<SessionId, SessionResult> MeasureWholeRun(Time end) const;

    /**
     * @brief Failure episodes.
     * @param sessions key supply over the whole run
     * @param [in,out] results where they go
     */
    void CollectRecoveries(const std::map<SessionId, SessionResult>& sessions,
                           ExperimentResults& results) const;

    /**
     * @brief Note a key that was created, if it is made of the key of one QKD link.
     * @param event its creation
     */
    void NoteDirectKey(const KsaKeyEvent& event);

    /**
     * @brief Number of the route of a session of neighbours that no controller has given one.
     * @param session the session
     * @return the number, which m_routeUses knows
     */
    RouteId NoteLocalRoute(const KeySession& session);

    /**
     * @brief Note key that has flowed to a session.
     * @param session the session
     * @param route the route
     * @param bits how much since the last call for both
     */
    void NoteFlow(SessionId session, RouteId route, uint64_t bits);

    /**
     * @brief Over which routes keys came.
     * @param [in,out] results where they go
     */
    void CollectRouteUses(ExperimentResults& results) const;

    /**
     * @brief What a recovery cost in messages and key bits.
     * @param incidents its incidents
     * @param [in,out] recovery where it goes
     */
    void AddCosts(const std::set<IncidentId>& incidents, RecoveryResult& recovery) const;

    /**
     * @brief What the run says of the requirements.
     * @param sessions key supply over the whole run
     * @param [in,out] results where it goes
     */
    void CollectRequirements(const std::map<SessionId, SessionResult>& sessions,
                             ExperimentResults& results) const;

    /**
     * @brief Key books.
     * @param [in,out] results where they go
     */
    void CollectBooks(ExperimentResults& results) const;

    Time m_sampleInterval;   //!< attribute PoolSampleInterval
    Time m_routeUseGap;      //!< attribute RouteUseGap
    RouteUseLog m_routeUses; //!< routes that keys came over
    /// until when flow mode has told of key, and the part of a key that has flowed
    std::map<std::pair<SessionId, RouteId>, std::pair<Time, uint64_t>> m_flowed;
    std::map<KmId, Ptr<KeyManager>> m_kms;                       //!< key managers
    std::map<KmId, std::string> m_kmNames;                       //!< their names
    std::map<LinkId, WatchedLink> m_links;                       //!< QKD links
    std::map<KmHop, std::set<LinkId>> m_linksOfHop;              //!< QKD links of two KMs
    std::map<std::pair<KmId, KmId>, WatchedPool> m_pools;        //!< pool ends by holder and peer
    std::map<SessionId, MonitoredSession> m_sessions;            //!< sessions
    std::map<SessionId, std::unique_ptr<RequestLog>> m_requests; //!< their requests
    std::map<std::string, std::vector<SessionId>> m_scopes;      //!< sessions by fault
    std::map<std::string, std::vector<ClassicalFault>> m_classicalFaults; //!< links by fault
    std::map<std::string, FaultTarget> m_targets;                         //!< what breaks, by fault
    std::map<std::string, std::vector<PathFault>> m_pathFaults;           //!< ways by fault
    /// sessions without a route that a fault concerned when it struck, by fault
    std::map<std::string, std::vector<SessionId>> m_concerned;
    /// sessions with a hop whose packets took the way of a fault of the classical network, by fault
    std::map<std::string, std::set<SessionId>> m_possible;
    std::map<SessionId, std::vector<KeyCost>> m_keyCosts; //!< supplied keys by session
    std::map<std::string, Ptr<const Fault>> m_struck;     //!< those that have struck, by id
    std::vector<FaultResult> m_faults;                    //!< faults
    EventLog m_log;                                       //!< event log
    RecoveryTracker m_tracker;                            //!< episodes of sessions without a route
    RouteRecoveryTracker m_routeTracker;                  //!< episodes of sessions with routes
    SpareKeyRate m_spare;                                 //!< key rate of spare routes
    RequirementChecker m_checker;                         //!< requirements
    KmaBook m_kmaBook;                                    //!< KMA-key
    KsaBook m_ksaBook;                                    //!< KSA-key
    KeyExposure m_exposure;                               //!< who can read KSA-key
    /// keys on their way to applications by UUID and whether to the master's
    std::map<std::pair<std::string, bool>, KsaKeyEvent> m_givenOut;
    std::vector<PoolSample> m_samples;                 //!< levels
    ControlTraffic m_traffic;                          //!< control messages
    GroupMonitor m_groups;                             //!< protection groups
    RoutingMonitor m_routing;                          //!< routing without a controller
    ChargingMonitor m_charging;                        //!< charging
    RepairMonitor m_repairs;                           //!< random failures and repair crews
    ManagementMonitor m_management;                    //!< causes, repairs, policies of KMs
    std::map<IncidentId, uint64_t> m_wastedByIncident; //!< key bits that a failure wasted
    Ptr<FlowSupply> m_flow;                            //!< key supply of flow mode, or null
    std::map<LinkId, KeyId> m_newestBlocks;            //!< filled last, in flow mode
    uint64_t m_packets{0};                             //!< packets sent by devices
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESILIENCE_MONITOR_H */
