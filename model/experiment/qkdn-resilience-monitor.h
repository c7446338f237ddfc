/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESILIENCE_MONITOR_H
#define QKDN_RESILIENCE_MONITOR_H

#include "qkdn-event-log.h"
#include "qkdn-fault-injector.h"
#include "qkdn-kma-book.h"
#include "qkdn-ksa-book.h"
#include "qkdn-recovery-tracker.h"
#include "qkdn-request-log.h"
#include "qkdn-results.h"

#include "ns3/net-device.h"
#include "ns3/object.h"
#include "ns3/qkdn-classical-topology.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-qkd-module.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A session as a user describes it to the monitor.
 */
struct MonitoredSession
{
    KeySession session;                         //!< the session
    std::string resilienceClass{"unprotected"}; //!< its class
    Time deadline;                              //!< a key handed over within it is on time
    Time toleration{Time::Max()};               //!< longest interruption it bears
    Ptr<CryptographicApplication> master;       //!< master application
    Ptr<CryptographicApplication> slave;        //!< slave application
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
     * @brief Watch a key manager.
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
     * @brief Watch the faults of an injector.
     * @param injector the injector
     */
    void AddFaultInjector(Ptr<FaultInjector> injector);

    /**
     * @brief Say which sessions depend on what a fault breaks.
     * @param fault id of the fault
     * @param sessions the sessions
     */
    void SetFaultScope(const std::string& fault, const std::vector<SessionId>& sessions);

    /**
     * @brief Say which classical link a fault breaks: it may concern the sessions whose packets
     * take this link when it strikes.
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
        Ptr<KmaPool> pool; //!< the pool
        std::string name;  //!< name of the first QKD link that fills it
        Time sampled;      //!< last sample
        bool any{false};   //!< whether there is one
        bool dirty{false}; //!< the level has changed since
        Time changed;      //!< when
    };

    /// Messages and bytes.
    struct Traffic
    {
        uint64_t messages{0}; //!< messages
        uint64_t bytes{0};    //!< bytes on the TCP stream
    };

    /// A fault of the classical network.
    struct ClassicalFault
    {
        Ptr<ClassicalLink> link;         //!< the link that breaks
        Ptr<ClassicalTopology> topology; //!< its network
    };

    /**
     * @brief The sessions whose packets take a link now.
     * @param fault the link and its network
     * @return the sessions
     */
    std::vector<SessionId> FindSessionsOver(const ClassicalFault& fault) const;

    /**
     * @brief Whether packets from one node to another take a link now.
     * @param from node id
     * @param to node id
     * @param fault the link and its network
     * @return true if they do
     */
    static bool IsOnWay(uint32_t from, uint32_t to, const ClassicalFault& fault);

    /**
     * @brief The faults that concern a session.
     * @param session the session
     * @return the faults in order of time
     */
    std::vector<FaultResult> FaultsOf(SessionId session) const;

    /**
     * @brief Name of a key manager.
     * @param km the key manager
     * @return its name
     */
    const std::string& KmName(KmId km) const;

    /**
     * @brief Entity of a module in the event log.
     * @param link its link
     * @param role which end
     * @return for example "module/12/tx"
     */
    std::string ModuleEntity(LinkId link, QkdModule::Role role) const;

    /// @cond
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
    void MessageSent(const Address& local,
                     const Address& remote,
                     uint16_t type,
                     uint32_t bytes,
                     IncidentId incident);
    void PacketSent(Ptr<const Packet> packet);
    /// @endcond

    /**
     * @brief Watch one end of a pool.
     * @param km its holder
     * @param neighbour the other end
     * @param name name of the link
     */
    void WatchPool(Ptr<KeyManager> km, KmId neighbour, const std::string& name);

    /**
     * @brief Note the level of a pool end.
     * @param at when it took this level
     * @param holder its holder
     * @param watched the pool end
     */
    void Sample(Time at, KmId holder, WatchedPool& watched);

    /**
     * @brief Figures of all sessions.
     * @param [in,out] results where they go
     * @param warmUp time that is not measured
     */
    void CollectSessions(ExperimentResults& results, Time warmUp) const;

    /**
     * @brief Failure episodes.
     * @param [in,out] results where they go, with the sessions
     */
    void CollectRecoveries(ExperimentResults& results) const;

    /**
     * @brief Key books.
     * @param [in,out] results where they go
     */
    void CollectBooks(ExperimentResults& results) const;

    Time m_sampleInterval;                                       //!< attribute PoolSampleInterval
    std::map<KmId, Ptr<KeyManager>> m_kms;                       //!< key managers
    std::map<KmId, std::string> m_kmNames;                       //!< their names
    std::map<LinkId, WatchedLink> m_links;                       //!< QKD links
    std::map<std::pair<KmId, KmId>, WatchedPool> m_pools;        //!< pool ends by holder and peer
    std::map<SessionId, MonitoredSession> m_sessions;            //!< sessions
    std::map<SessionId, std::unique_ptr<RequestLog>> m_requests; //!< their requests
    std::map<std::string, std::vector<SessionId>> m_scopes;      //!< sessions by fault
    std::map<std::string, ClassicalFault> m_classicalFaults;     //!< links by fault
    /// sessions whose packets took the link that a fault broke, by fault
    std::map<std::string, std::vector<SessionId>> m_possibleScopes;
    std::vector<FaultResult> m_faults;                 //!< faults
    EventLog m_log;                                    //!< event log
    RecoveryTracker m_tracker;                         //!< failure episodes
    KmaBook m_kmaBook;                                 //!< KMA-key
    KsaBook m_ksaBook;                                 //!< KSA-key
    std::vector<PoolSample> m_samples;                 //!< levels
    Traffic m_traffic;                                 //!< all control messages
    std::map<IncidentId, Traffic> m_trafficByIncident; //!< those that a failure caused
    std::map<IncidentId, uint64_t> m_wastedByIncident; //!< key bits that a failure wasted
    uint64_t m_packets{0};                             //!< packets sent by devices
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESILIENCE_MONITOR_H */
