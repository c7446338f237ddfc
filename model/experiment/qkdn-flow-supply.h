/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FLOW_SUPPLY_H
#define QKDN_FLOW_SUPPLY_H

#include "qkdn-flow-hellos.h"
#include "qkdn-flow-network.h"

#include "ns3/object.h"
#include "ns3/qkdn-flow-distillation.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-qkd-module.h"
#include "ns3/traced-callback.h"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

class Fault;
class FaultInjector;
class QkdnController;

/**
 * @ingroup qkdn-resilience
 * @brief A session of flow mode.
 */
struct FlowSession
{
    KeySession session;     //!< the session
    double rateKeysPerS{0}; //!< keys that it asks for, 1/s
    Time start;             //!< from when on
    Time stop;              //!< until when
    Time deadline;          //!< a key that comes within it is on time
    Time requestLifetime;   //!< a request that is not served within it is lost
};

/**
 * @ingroup qkdn-resilience
 * @brief Key supply of a session in flow mode.
 */
struct FlowFigures
{
    uint64_t requested{0};    //!< keys asked for in the measured time
    uint64_t supplied{0};     //!< keys supplied
    uint64_t late{0};         //!< of these, after the deadline
    uint64_t open{0};         //!< requests undecided at the end
    uint64_t suppliedBits{0}; //!< key bits of the measured time
    uint64_t spentBits{0};    //!< key bits of all hops for that, without tags
    uint64_t allBits{0};      //!< key bits of the whole run
    /// times without key supply in the whole run: start and end
    std::vector<std::pair<Time, Time>> interruptions;
};

/**
 * @ingroup qkdn-resilience
 * @brief Key supply of flow mode: a FlowNetwork that follows what key managers, QKD modules and
 * routes of the simulation do, and tells key managers how their pools are.
 *
 * It is omniscient, which is a stated exception. Something is done only at events: when a module, a
 * key manager, a route, a session or the way of packets changes, and when a level reaches a
 * threshold, which is computed beforehand.
 *
 * A session gets key over the routes that its master's KM uses at this instant, as far as the KMs
 * of every hop run, have agreed and can reach each other. It is interrupted from the instant at
 * which it gets less than it asks for until it gets all again, if that is longer than its deadline:
 * otherwise requests have waited and were on time. What waits no longer than RequestLifetime is
 * served then, if the pools hold it.
 */
class FlowSupply : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    FlowSupply();
    ~FlowSupply() override;

    /**
     * @brief Set what knows whether nodes reach each other. Call it first.
     * @param hellos the hellos
     */
    void SetHellos(Ptr<FlowHellos> hellos);

    /**
     * @brief Set the beginning of the measured time. Call it before the run.
     * @param warmUp time that is not measured
     */
    void SetWarmUp(Time warmUp);

    /**
     * @brief Add a key manager.
     * @param km the key manager, without keys
     */
    void AddKeyManager(Ptr<KeyManager> km);

    /**
     * @brief Add a QKD link. Add its key managers first.
     * @param transmitter its transmitter
     * @param receiver its receiver, with a FlowDistillation
     * @param transmitterKm KM at the transmitter's end
     * @param receiverKm KM at the receiver's end
     * @param initialBits key that both have from the beginning, bit
     * @param reserveBits reserve of their pool, bit
     */
    void AddLink(Ptr<QkdModule> transmitter,
                 Ptr<QkdModule> receiver,
                 Ptr<KeyManager> transmitterKm,
                 Ptr<KeyManager> receiverKm,
                 uint64_t initialBits,
                 uint64_t reserveBits);

    /**
     * @brief Set levels at which the state of every pool changes.
     * @param bits levels above the reserve, bit
     */
    void SetPoolThresholds(const std::vector<uint64_t>& bits);

    /**
     * @brief Add a session. Add its key managers first.
     * @param session the session
     */
    void AddSession(const FlowSession& session);

    /**
     * @brief Follow what a controller does.
     * @param controller the controller
     */
    void AddController(Ptr<QkdnController> controller);

    /**
     * @brief Follow faults.
     * @param injector what injects them
     */
    void AddFaultInjector(Ptr<FaultInjector> injector);

    /**
     * @brief Let everything flow up to the end of the run, so that what has been generated is whole
     * blocks. Call it once, before results are read.
     */
    void Finish();

    /**
     * @brief Key supply of a session.
     * @param session the session
     * @return the figures
     */
    FlowFigures GetFigures(SessionId session) const;

    /**
     * @brief The book of a QKD link.
     * @param link the link
     * @return the book
     */
    const KeyLedger& GetBook(LinkId link) const;

    /**
     * @brief TracedCallback signature of key that flows to a session.
     * @param session the session
     * @param route the route that carries it
     * @param bits what it has carried since it was told last, bit
     */
    using SessionFlowCallback = void (*)(SessionId session, RouteId route, uint64_t bits);

  protected:
    void DoDispose() override;

  private:
    /// A pool as its two ends see it.
    class PoolAmount : public KmaFlow
    {
      public:
        /**
         * @brief Constructor
         * @param supply the supply
         * @param pool number of the pool
         */
        PoolAmount(FlowSupply& supply, uint32_t pool);

        // from KmaFlow
        uint64_t GetLevelBits() const override;
        double GetMissingBps() const override;
        void DestroyAll() override;

      private:
        FlowSupply& m_supply; //!< the supply
        uint32_t m_pool;      //!< number of the pool
    };

    /// A pool.
    struct Pool
    {
        std::array<Ptr<KeyManager>, 2> kms; //!< at its ends
        uint32_t nodes{0};                  //!< pair of their nodes
        uint64_t reserve{0};                //!< bit
        std::unique_ptr<PoolAmount> amount; //!< as both ends see it
        FlowRate net{INT64_MIN};            //!< what they were told of last
        FlowRate missing{INT64_MIN};        //!< what they were told of last
        uint64_t level{0};                  //!< at the last update, bit
        std::vector<uint64_t> thresholds;   //!< where something happens, bit
        Time lowMargin;                     //!< sooner than this a low pool runs out
        uint64_t recoverBits{0};            //!< bits that a pool needs that was low
        std::set<SessionId> users;          //!< sessions whose routes would use it
    };

    /// A QKD link.
    struct Link
    {
        uint32_t number{0};                 //!< in the network
        uint32_t pool{0};                   //!< its pool
        Ptr<FlowDistillation> distillation; //!< of its receiver
        bool needsChannel{false};           //!< no key without the classical channel
        uint32_t nodes{0};                  //!< pair of its modules' nodes
        FlowSource source;                  //!< what it makes
        bool open{false};                   //!< KMs take it
    };

    /// A route of a session as it was told to the network.
    struct Way
    {
        RouteId route;       //!< its number
        uint64_t carried{0}; //!< bits told so far
        FlowRate rate{0};    //!< rate told last
    };

    /// A session.
    struct Session
    {
        FlowSession description;        //!< the session
        uint32_t number{0};             //!< in the network
        Ptr<KeyManager> master;         //!< master's KM
        bool concerned{true};           //!< something has happened to its routes
        std::set<uint32_t> pools;       //!< pools of the routes that it would use
        std::vector<Way> ways;          //!< its routes that work
        std::optional<Time> shortSince; //!< gets too little
        bool waits{false};              //!< only because packets do not arrive, which no KM knows
        bool told{false};               //!< its KM knows that it gets too little
        uint64_t exchangeBits{0};       //!< tags of a message and its answer, bit
        uint64_t gatheredKeys{1};       //!< keys in a notification
        uint64_t late{0};               //!< keys that were late
        std::vector<std::pair<Time, Time>> interruptions; //!< so far
        uint64_t suppliedBefore{0};                       //!< bits of the warm-up
        uint64_t spentBefore{0};                          //!< bits of the warm-up
        uint64_t lateBefore{0};                           //!< keys of the warm-up
    };

    /// @cond
    void Touch();
    void TouchLinks();
    void TouchSession(SessionId id);
    void TouchUsers(uint32_t pool);
    void Update();
    void Cross();
    bool ReviewDemands();
    void EndWarmUp();
    bool ReviewLinks();
    bool ReviewRoutes(Session& session);
    void FindThresholds(Pool& pool, FlowRate missing) const;
    void ReviewSupply(SessionId id, Session& session);
    void ReviewPool(uint32_t number, Pool& pool);
    void TellFlows(SessionId id, Session& session, bool all);
    void PlanCrossing();
    std::vector<std::pair<KeyRoute, uint64_t>> GetRoutesInUse(const Session& session) const;
    std::optional<FlowPath> MakeRoute(const Session& session,
                                      const KeyRoute& route,
                                      uint64_t weight,
                                      bool first,
                                      bool direct,
                                      bool& waits) const;
    static void FindTags(Session& session);
    static void SetTags(const Session& session, bool first, bool direct, FlowPath& flow);
    uint64_t CountRequests(const FlowSession& session, Time from, Time to) const;
    void EndShortage(Session& session, Time now, uint64_t caughtBits) const;

    void KeyFlowed(LinkId link, uint64_t bits, Time block, uint64_t due);
    void NodesChanged(uint32_t pair);
    void NeighbourChanged(KmId km, KmId neighbour, const std::string& state, IncidentId incident);
    void ProcessChanged(KmId km, bool running);
    void RouteUsed(SessionId session, RouteId route);
    void RouteHappened(KmId km,
                       SessionId session,
                       RouteId route,
                       RouteEventKind kind,
                       ResilienceTrigger trigger,
                       IncidentId incident);
    void ModuleChanged(LinkId link,
                       QkdModule::Role role,
                       QkdModule::State from,
                       QkdModule::State to,
                       IncidentId incident);
    void RouteDecided(SessionId session, RouteId from, RouteId to, IncidentId incident);
    void CommandsCompleted(SessionId session, RouteId route, IncidentId incident);
    void FaultChanged(Ptr<const Fault> fault, bool active);
    /// @endcond

    FlowNetwork m_network;                                    //!< key
    Ptr<FlowHellos> m_hellos;                                 //!< who reaches whom
    std::map<KmId, Ptr<KeyManager>> m_kms;                    //!< key managers
    std::vector<Pool> m_pools;                                //!< by number in the network
    std::map<std::pair<KmId, KmId>, uint32_t> m_poolOf;       //!< by its ends, in both orders
    std::map<LinkId, Link> m_links;                           //!< QKD links
    std::map<SessionId, Session> m_sessions;                  //!< sessions
    Time m_warmUp;                                            //!< time that is not measured
    std::vector<uint64_t> m_thresholds;                       //!< of pools, above the reserve, bit
    bool m_linksConcerned{true};                              //!< something has happened to links
    bool m_ratesConcerned{true};                              //!< rates have to be found anew
    EventId m_update;                                         //!< Update() at this instant
    EventId m_crossing;                                       //!< next crossing
    TracedCallback<SessionId, RouteId, uint64_t> m_flowTrace; //!< SessionFlow
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FLOW_SUPPLY_H */
