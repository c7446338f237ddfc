/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SECURE_TUNNEL_HELPER_H
#define QKDN_SECURE_TUNNEL_HELPER_H

#include "ns3/application-container.h"
#include "ns3/ipv4-address.h"
#include "ns3/net-device-container.h"
#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/ptr.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-secure-tunnel.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Installs secured tunnels between two gateways.
 *
 * The SAE ids are "<name>-a" and "<name>-b", and each direction needs a session between them:
 * master "<name>-a" and slave "<name>-b", and the other way round. Each end is then given its key
 * manager, with SecureTunnel::SetKeySupplyService() on its ns-3 node or with UseHttp(); its device
 * is given an address with Ipv4AddressHelper, and the node a route into it.
 */
class SecureTunnelHelper
{
  public:
    SecureTunnelHelper();

    /**
     * @brief Set an attribute of both ends of the tunnels that are installed from now on.
     * @param name name of the attribute
     * @param value its value
     */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Set the UDP port of the next tunnel; further tunnels count on from it.
     * @param port the port, below 49152 where the ports of outgoing connections begin
     */
    void SetNextPort(uint16_t port);

    /**
     * @brief Install the two ends of a tunnel.
     * @param name name of the tunnel, unique in the simulation
     * @param a gateway of one site
     * @param addressA its address, as the other gateway reaches it
     * @param b gateway of the other site, another node
     * @param addressB its address, as the first gateway reaches it
     * @return the SecureTunnel of a and that of b, in this order
     */
    ApplicationContainer Install(const std::string& name,
                                 Ptr<Node> a,
                                 Ipv4Address addressA,
                                 Ptr<Node> b,
                                 Ipv4Address addressB);

    /**
     * @brief Let a tunnel use the keys of sessions that have their own names, as those of a
     * scenario do: the SAE ids become "<session>-master" and "<session>-slave". Call it before
     * UseHttp().
     * @param tunnel the two ends, as Install() returned them
     * @param forth session for what the first end sends, its master
     * @param back session for what the second end sends
     */
    static void UseSessions(const ApplicationContainer& tunnel,
                            const std::string& forth,
                            const std::string& back);

    /**
     * @brief The devices of tunnels, to be given addresses.
     * @param tunnels what Install() returned
     * @return their devices in the same order
     */
    static NetDeviceContainer GetDevices(const ApplicationContainer& tunnels);

    /**
     * @brief Let an end call its key manager over HTTP. Call it before the start.
     * @param tunnel the end, on any node that reaches the key manager
     * @param km the key manager
     * @param address address of the key manager, port KeyManagerHelper::AK_PORT
     */
    static void UseHttp(Ptr<SecureTunnel> tunnel, Ptr<KeyManager> km, Ipv4Address address);

    /**
     * @brief Route a network into a tunnel. A node without static routing, as PlantHelper makes
     * them, gets it before the routing that it has.
     * @param tunnel the end of the tunnel on the node; its device has an address
     * @param network the network at the other site
     * @param mask its mask
     */
    static void AddRoute(Ptr<SecureTunnel> tunnel, Ipv4Address network, Ipv4Mask mask);

    /**
     * @brief Capture the packets in clear that an end sends and receives.
     * @param prefix beginning of the name of the file
     * @param tunnel the end of the tunnel on the node
     */
    static void EnablePcap(const std::string& prefix, Ptr<SecureTunnel> tunnel);

  private:
    ObjectFactory m_factory;    //!< makes the ends
    uint32_t m_nextPort{15000}; //!< UDP port of the next tunnel
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SECURE_TUNNEL_HELPER_H */
