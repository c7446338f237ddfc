/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FIBRE_ROUTING_H
#define QKDN_FIBRE_ROUTING_H

#include "qkdn-classical-topology.h"

#include "ns3/ipv4-header.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv4.h"

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/// @cond
// ns-3.39 made the callbacks of Ipv4RoutingProtocol::RouteInput constant references: take the
// parameter types from the base class
template <typename Method>
struct RouteInputSignature;

template <typename Unicast, typename Multicast, typename Local, typename Error>
struct RouteInputSignature<bool (Ipv4RoutingProtocol::*)(Ptr<const Packet>,
                                                         const Ipv4Header&,
                                                         Ptr<const NetDevice>,
                                                         Unicast,
                                                         Multicast,
                                                         Local,
                                                         Error)>
{
    using UnicastForward = Unicast;
    using MulticastForward = Multicast;
    using LocalDeliver = Local;
    using RouteError = Error;
};

/// @endcond

/**
 * @ingroup qkdn-resilience
 * @brief IPv4 routing of one node over the shared ClassicalTopology.
 *
 * Each node has a service address on its loopback interface: packets that it originates get it
 * as their source, so that connections outlive the failure of any link. Destinations are the
 * service and interface addresses of the nodes in the topology, and hosts in subnets of the node's
 * other interfaces, as of a local network of users (only the node itself reaches these);
 * broadcast and multicast are not routed.
 */
class FibreRouting : public Ipv4RoutingProtocol
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief The service address of the node.
     * @return the address; aborts if the topology does not know the node
     */
    Ipv4Address GetServiceAddress() const;

    Ptr<Ipv4Route> RouteOutput(Ptr<Packet> packet,
                               const Ipv4Header& header,
                               Ptr<NetDevice> oif,
                               Socket::SocketErrno& sockerr) override;

    /// @cond
    using RouteInputTypes = RouteInputSignature<decltype(&Ipv4RoutingProtocol::RouteInput)>;

    /// @endcond

    /**
     * @brief Deliver or forward a packet that came in.
     * @param packet the packet
     * @param header its IP header
     * @param idev the device it came in by
     * @param ucb takes a packet to forward, with its route
     * @param mcb not used: there is no multicast
     * @param lcb takes a packet for this node
     * @param ecb takes a packet that has no route
     * @return whether one of them took it
     */
    bool RouteInput(Ptr<const Packet> packet,
                    const Ipv4Header& header,
                    Ptr<const NetDevice> idev,
                    RouteInputTypes::UnicastForward ucb,
                    RouteInputTypes::MulticastForward mcb,
                    RouteInputTypes::LocalDeliver lcb,
                    RouteInputTypes::RouteError ecb) override;

    void NotifyInterfaceUp(uint32_t interface) override;
    void NotifyInterfaceDown(uint32_t interface) override;
    void NotifyAddAddress(uint32_t interface, Ipv4InterfaceAddress address) override;
    void NotifyRemoveAddress(uint32_t interface, Ipv4InterfaceAddress address) override;
    void SetIpv4(Ptr<Ipv4> ipv4) override;
    void PrintRoutingTable(Ptr<OutputStreamWrapper> stream,
                           Time::Unit unit = Time::S) const override;

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief Whether an address is one of this node's.
     * @param address the address
     * @return true if so
     */
    bool IsOwnAddress(Ipv4Address address) const;

    /**
     * @brief The route to an address of another node.
     * @param destination the address
     * @param forwards whether the packet came from another node
     * @return the route, null if the address is unknown or there is no path
     */
    Ptr<Ipv4Route> LookUp(Ipv4Address destination, bool forwards) const;

    /**
     * @brief The route to a host in a subnet of this node that is no link of the topology.
     * @param destination the host
     * @return the route, null if no interface is in its subnet
     */
    Ptr<Ipv4Route> LookUpNeighbour(Ipv4Address destination) const;

    Ptr<ClassicalTopology> m_topology; //!< the graph shared by all nodes
    Ptr<Ipv4> m_ipv4;                  //!< the IP layer of the node
    uint32_t m_node{0};                //!< ns-3 id of the node
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FIBRE_ROUTING_H */
