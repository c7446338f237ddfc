/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CLASSICAL_TOPOLOGY_H
#define QKDN_CLASSICAL_TOPOLOGY_H

#include "qkdn-classical-link.h"
#include "qkdn-next-hop-trees.h"

#include "ns3/event-id.h"
#include "ns3/ipv4-address.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The graph that IP routing sees: which nodes, which links, which addresses.
 *
 * All FibreRouting objects of a network share one. It stands for a converged link-state
 * protocol: a link leaves the graph `Reconvergence` after it went down and returns as long
 * after it came up; shorter changes go unseen. Paths are shortest by propagation delay plus
 * `HopCost` per link; among equal next hops the node with the lower id is taken, then the link
 * that was added first (NextHopTrees). A link without transit is on no path: what the nodes at its
 * ends originate for each other goes over it, and over the shortest path while it is not in use.
 */
class ClassicalTopology : public Object
{
  public:
    /**
     * @brief TracedCallback signature for a change of the graph.
     * @param [in] link the link
     * @param [in] used true if routing uses the link from now on
     */
    typedef void (*LinkUseCallback)(Ptr<const ClassicalLink> link, bool used);

    /// Where to send a packet.
    struct NextHop
    {
        uint32_t node;         //!< ns-3 id of the next node
        Ptr<NetDevice> device; //!< output device
        Ipv4Address gateway;   //!< address of the interface at the other end of the link
    };

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ClassicalTopology();
    ~ClassicalTopology() override;

    // Delete copy constructor and assignment operator to avoid misuse
    ClassicalTopology(const ClassicalTopology&) = delete;
    ClassicalTopology& operator=(const ClassicalTopology&) = delete;

    /**
     * @brief Add a node. Aborts if it is there already or the address is taken.
     * @param node ns-3 id of the node
     * @param service its service address
     */
    void AddNode(uint32_t node, Ipv4Address service);

    /**
     * @brief Add a link between two nodes. Aborts if a node is missing, an address is taken, or the
     * nodes have a link without transit and this is another one.
     * @param link the link with its devices set
     * @param a address of the interface at end A
     * @param b address of the interface at end B
     */
    void AddLink(Ptr<ClassicalLink> link, Ipv4Address a, Ipv4Address b);

    /**
     * @brief All links.
     * @return the links in the order in which they were added
     */
    std::vector<Ptr<ClassicalLink>> GetLinks() const;

    /**
     * @brief The service addresses.
     * @return address by ns-3 node id
     */
    const std::map<uint32_t, Ipv4Address>& GetServiceAddresses() const;

    /**
     * @brief The service address of a node.
     * @param node ns-3 id of the node
     * @return the address, nothing if the node was not added
     */
    std::optional<Ipv4Address> GetServiceAddress(uint32_t node) const;

    /**
     * @brief The node that has an address.
     * @param address service or interface address
     * @return ns-3 id of the node, nothing if the address is unknown
     */
    std::optional<uint32_t> GetOwner(Ipv4Address address) const;

    /**
     * @brief The next hop on the way to a node.
     * @param from ns-3 id of the node that asks
     * @param to ns-3 id of the destination, another node; both were added
     * @param forwards whether the packet came from another node: no link without transit is for it
     * @return the next hop, nothing if there is no path
     */
    std::optional<NextHop> GetNextHop(uint32_t from, uint32_t to, bool forwards = false) const;

  protected:
    void DoDispose() override;

  private:
    /// One link as routing sees it.
    struct Edge
    {
        Ptr<ClassicalLink> link;            //!< the link
        std::array<uint32_t, 2> node;       //!< ids of the nodes at ends A and B
        std::array<Ipv4Address, 2> address; //!< addresses of the interfaces at ends A and B
        int64_t delayNs;                    //!< propagation delay, ns
        bool direct;                        //!< without transit
        bool usedDirect;                    //!< whether it is in use, without transit
        EventId reconvergence;              //!< pending change of the graph
    };

    /**
     * @brief Whether routing uses a link.
     * @param index number of the edge
     * @return true if so
     */
    bool IsUsed(uint32_t index) const;

    /**
     * @brief The link without transit between two nodes.
     * @param from one of them
     * @param to the other one
     * @return number of the edge, NextHopTrees::NO_EDGE if there is none in use
     */
    uint32_t FindDirect(uint32_t from, uint32_t to) const;

    /**
     * @brief Book an address.
     * @param address the address
     * @param node ns-3 id of its node
     */
    void AddAddress(Ipv4Address address, uint32_t node);

    /**
     * @brief Set the cost of a hop.
     * @param cost the cost
     */
    void SetHopCost(Time cost);

    /**
     * @brief Get the cost of a hop.
     * @return the cost
     */
    Time GetHopCost() const;

    /**
     * @brief A link went down or came up.
     * @param link the link
     * @param up true if it came up
     */
    void HandleLink(Ptr<const ClassicalLink> link, bool up);

    /**
     * @brief Routing has learnt of the state of a link.
     * @param index number of the edge
     */
    void Reconverge(uint32_t index);

    Time m_reconvergence;      //!< from a change to its effect on routing
    int64_t m_hopCostNs{0};    //!< cost of a link beside its delay, ns
    NextHopTrees m_trees;      //!< all nodes and edges, which know whether they are used
    std::vector<Edge> m_edges; //!< edges in the order of their addition
    std::map<Ptr<const ClassicalLink>, uint32_t> m_edgeOf;    //!< edge by link, for look-up only
    std::unordered_map<uint64_t, uint32_t> m_direct;          //!< edges without transit by nodes
    std::map<uint32_t, Ipv4Address> m_service;                //!< service address by node id
    std::unordered_map<uint32_t, uint32_t> m_owners;          //!< node id by address
    TracedCallback<Ptr<const ClassicalLink>, bool> m_linkUse; //!< the graph changed
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CLASSICAL_TOPOLOGY_H */
