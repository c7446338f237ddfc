/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FLOW_HELLOS_H
#define QKDN_FLOW_HELLOS_H

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/qkdn-hello-watch.h"
#include "ns3/qkdn-reachability.h"
#include "ns3/random-variable-stream.h"

#include <map>
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
 * @brief Hellos of flow mode: none is sent, and each hello agent learns that a peer is dead or
 * alive when hellos would have told it.
 *
 * The hellos that would be sent from one end to the other lie on a grid of the sender's interval,
 * whose phase is drawn from a random stream of its own. A peer dies when as many intervals have
 * passed since its last hello that would have arrived as the agent's peer announces; it is alive
 * again within three propagation delays of the next hello of either end, or of its start. Packets
 * of both directions are taken to arrive or to be lost together.
 */
class FlowHellos : public Object
{
  public:
    /// Takes the number of a pair of nodes whose packets arrive again, or no more.
    using ChangeCallback = Callback<void, uint32_t>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    FlowHellos();
    ~FlowHellos() override;

    /**
     * @brief Set the network. Call it when all its links are there, before agents start.
     * @param topology the network
     */
    void SetTopology(Ptr<ClassicalTopology> topology);

    /**
     * @brief Have the hello agents of a node send nothing.
     * @param node the node
     * @param name its name, for random streams
     */
    void Install(Ptr<Node> node, const std::string& name);

    /**
     * @brief Set who is told of pairs of nodes that were given to WatchNodes().
     * @param callback called after each change
     */
    void SetChangeCallback(ChangeCallback callback);

    /**
     * @brief Watch two nodes.
     * @param a ns-3 id of one
     * @param b ns-3 id of the other
     * @return number of the pair
     */
    uint32_t WatchNodes(uint32_t a, uint32_t b);

    /**
     * @brief Whether packets between two nodes arrive now.
     * @param pair number of the pair
     * @return true if so
     */
    bool IsReachable(uint32_t pair) const;

    // for the HelloWatch of each node
    /// @cond
    void AgentStarted(HelloAgent* agent);
    void PeerAdded(HelloAgent* agent, HelloPeerId peer);
    void AgentStopped(HelloAgent* agent);
    bool IsDown(EndpointName local, EndpointName remote) const;
    /// @endcond

  protected:
    void DoDispose() override;

  private:
    using Direction = std::pair<EndpointName, EndpointName>; //!< who listens, to whom

    /// What one end knows of another.
    struct Peer
    {
        HelloPeerId id;        //!< at the agent
        uint32_t pair{0};      //!< the nodes
        bool alive{false};     //!< declared alive
        bool restarted{false}; //!< the other end has started since
        EventId declaration;   //!< next change
        EventId patience;      //!< dead if not alive until then
    };

    /**
     * @brief When the sender's hellos of a direction are due.
     * @param direction the direction
     * @return the first one from time 0 on, as a part of the interval
     */
    double GetPhase(const Direction& direction);

    /**
     * @brief How long ago the last hello of the sender of a direction was due.
     * @param direction the direction
     * @param interval time between hellos
     * @return the time, below the interval
     */
    Time GetAge(const Direction& direction, Time interval);

    /**
     * @brief When the next hello of the sender of a direction is due.
     * @param direction the direction
     * @return the time, not before now
     */
    Time GetNextHello(const Direction& direction);

    /**
     * @brief Whether hellos would arrive.
     * @param direction the direction
     * @param peer what the listener knows
     * @return true if both run and packets arrive
     */
    bool IsConnected(const Direction& direction, const Peer& peer) const;

    /**
     * @brief Plan what the listener of a direction will learn.
     * @param direction the direction
     * @param atOnce whether one end starts now, which sends a hello at once
     */
    void Review(const Direction& direction, bool atOnce);

    /**
     * @brief Declare a peer alive or dead.
     * @param direction the direction
     * @param alive whether it is alive
     */
    void Declare(Direction direction, bool alive);

    /**
     * @brief The time in which a peer had to come alive is over.
     * @param direction the direction
     */
    void PatienceOver(Direction direction);

    /**
     * @brief Packets of a pair of nodes arrive again or no more.
     * @param pair the pair
     * @param reachable whether they arrive
     */
    void ReachabilityChanged(uint32_t pair, bool reachable);

    Ptr<Reachability> m_reachability;                           //!< follows packets
    Ptr<ClassicalTopology> m_topology;                          //!< the network
    Ptr<UniformRandomVariable> m_random;                        //!< draws phases
    ChangeCallback m_changed;                                   //!< told of pairs of nodes
    std::map<uint32_t, std::string> m_names;                    //!< of nodes, for random streams
    std::map<EndpointName, HelloAgent*> m_running;              //!< agents that run, by address
    std::map<Direction, Peer> m_peers;                          //!< of agents that run
    std::map<Direction, double> m_phases;                       //!< drawn so far
    std::map<uint32_t, std::set<Direction>> m_ofPair;           //!< directions by pair of nodes
    std::map<EndpointName, std::set<EndpointName>> m_listeners; //!< who listens to an address
    std::set<uint32_t> m_watched;                               //!< pairs given to WatchNodes()
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FLOW_HELLOS_H */
