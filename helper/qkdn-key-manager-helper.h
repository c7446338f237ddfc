/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_MANAGER_HELPER_H
#define QKDN_KEY_MANAGER_HELPER_H

#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/qkdn-key-manager.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Makes key managers and makes them neighbours.
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

  private:
    ObjectFactory m_factory;     //!< key managers
    ObjectFactory m_poolFactory; //!< pools
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_MANAGER_HELPER_H */
