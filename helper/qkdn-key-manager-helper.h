/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_MANAGER_HELPER_H
#define QKDN_KEY_MANAGER_HELPER_H

#include "ns3/application-container.h"
#include "ns3/ipv4-address.h"
#include "ns3/node-container.h"
#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-qkd-link-helper.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Makes key managers and makes them neighbours.
 *
 * On a node with a name in ns3::Names a key manager is called "key-manager" below it.
 */
class KeyManagerHelper
{
  public:
    static constexpr uint16_t KX_PORT = 7000;        //!< Kx (TCP) and hellos (UDP)
    static constexpr uint16_t KQ_PORT = 7001;        //!< Kq (TCP)
    static constexpr uint16_t KX_DIRECT_PORT = 7002; //!< Kx of ends of sessions (TCP), hellos (UDP)
    static constexpr uint16_t AK_PORT = 8080;        //!< Ak (HTTP on TCP)

    KeyManagerHelper();

    /**
     * @brief Set an attribute of key managers made from now on.
     * @param name name of the attribute of KeyManager
     * @param value its value
     */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Set an attribute of the pools made from now on.
     * @param name name of the attribute of KmaPool
     * @param value its value
     */
    void SetPoolAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Make a key manager.
     * @param node its ns-3 node, with an IP stack
     * @param id its number
     * @param address its address
     * @param takeMessages whether modules on other ns-3 nodes send it messages on Kq
     * @return the key manager
     */
    Ptr<KeyManager> Install(Ptr<Node> node, KmId id, Ipv4Address address, bool takeMessages) const;

    /**
     * @brief Make a key manager on each node. Its number is the id of the node plus 1, its address
     * the service address.
     * @param nodes nodes with the stack of a PlantHelper and no key manager
     * @return the key managers in the order of the nodes
     */
    ApplicationContainer Install(const NodeContainer& nodes) const;

    /**
     * @brief Make a key manager.
     * @param nodeName name of a node, see Install(const NodeContainer&)
     * @return the key manager
     */
    ApplicationContainer Install(const std::string& nodeName) const;

    /**
     * @brief The key manager of a node.
     * @param node the node; aborts if there is none
     * @return the first one
     */
    static Ptr<KeyManager> GetKeyManager(Ptr<Node> node);

    /**
     * @brief Make two key managers neighbours, unless they are already.
     * @param a one
     * @param addressA its address
     * @param b the other one
     * @param addressB its address
     */
    void Connect(Ptr<KeyManager> a,
                 Ipv4Address addressA,
                 Ptr<KeyManager> b,
                 Ipv4Address addressB) const;

    /**
     * @brief Make two key managers neighbours, unless they are already.
     * @param a one, on a node with the stack of a PlantHelper
     * @param b the other one, on such a node
     */
    void Connect(Ptr<KeyManager> a, Ptr<KeyManager> b) const;

    /**
     * @brief Join two key managers at the ends of sessions by a direct connection, for relays to
     * the destination (KeyRelayAgent::RelayScheme).
     * @param a one key manager
     * @param addressA its address
     * @param b the other key manager
     * @param addressB its address
     */
    static void ConnectDirectly(Ptr<KeyManager> a,
                                Ipv4Address addressA,
                                Ptr<KeyManager> b,
                                Ipv4Address addressB);

    /**
     * @brief Let the keys of a QKD link go to the pool of two neighbours.
     * @param link the link
     * @param name its name, for the random stream
     * @param a one end
     * @param b the other end
     * @param initialBits key bits that both hold at the start, divided in halves
     */
    void AddLink(LinkId link,
                 const std::string& name,
                 Ptr<KeyManager> a,
                 Ptr<KeyManager> b,
                 uint64_t initialBits) const;

    /**
     * @brief Make the key managers at the ends of a QKD link neighbours, let its keys go to their
     * pool, and tell them what a controller wants to know of it: length, fibres, risk groups, and
     * the key rate over its first path.
     * @param link a link between nodes with key managers and the stack of a PlantHelper
     */
    void AddLink(const QkdLink& link) const;

    /**
     * @brief Let both ends of a QKD link hold keys at the start, after AddLink() and after
     * ResilienceMonitor watches the link.
     * @param link the link
     * @param bits key bits, divided in halves
     */
    static void AddInitialKeys(const QkdLink& link, uint64_t bits);

    /**
     * @brief Use random streams from a number on instead of those that follow from names.
     * @param keyManagers key managers
     * @param stream first stream
     * @return number of streams used
     */
    static int64_t AssignStreams(const ApplicationContainer& keyManagers, int64_t stream);

    /**
     * @brief Write what key managers learn and what their pools hold, one line an event: "k" link
     * status, "n" neighbour, "p" process, "l" level of a pool (bit), then time (s), the path of the
     * trace source and the values. Call it after the links are added.
     * @param stream where the lines go
     * @param keyManagers the key managers
     */
    static void EnableAscii(Ptr<OutputStreamWrapper> stream,
                            const ApplicationContainer& keyManagers);

  private:
    /**
     * @brief Let both ends of a link hold keys at the start.
     * @param link the link
     * @param name its name, for the random stream
     * @param a one end
     * @param b the other end
     * @param bits key bits
     */
    static void AddInitialKeys(LinkId link,
                               const std::string& name,
                               Ptr<KeyManager> a,
                               Ptr<KeyManager> b,
                               uint64_t bits);

    ObjectFactory m_factory;     //!< key managers
    ObjectFactory m_poolFactory; //!< pools
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_MANAGER_HELPER_H */
