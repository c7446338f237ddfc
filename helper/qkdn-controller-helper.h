/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROLLER_HELPER_H
#define QKDN_CONTROLLER_HELPER_H

#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/qkdn-controller.h"
#include "ns3/qkdn-key-manager.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Makes QKDN controllers and connects key managers to them over Ck.
 */
class QkdnControllerHelper
{
  public:
    static constexpr uint16_t KM_CK_PORT = 7010; //!< Ck at key managers (TCP), hellos (UDP)
    static constexpr uint16_t CK_PORT = 7011;    //!< Ck at controllers (TCP), hellos (UDP)
    static constexpr uint16_t MC_PORT = 7020;    //!< Mc at controllers (TCP), hellos (UDP)

    QkdnControllerHelper();

    /**
     * @brief Set an attribute of controllers made from now on.
     * @param name name of the attribute of QkdnController
     * @param value its value
     */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Make a controller.
     * @param node its ns-3 node, with an IP stack; a key manager may be there, too
     * @param number its number, from 1; the ids of its routes follow from it
     * @param address its address
     * @return the controller
     */
    Ptr<QkdnController> Install(Ptr<Node> node, uint32_t number, Ipv4Address address) const;

    /**
     * @brief Let a controller control a key manager.
     * @param controller the controller
     * @param controllerAddress its address
     * @param km the key manager, which has its identity
     * @param kmAddress its address
     */
    void Connect(Ptr<QkdnController> controller,
                 Ipv4Address controllerAddress,
                 Ptr<KeyManager> km,
                 Ipv4Address kmAddress) const;

  private:
    ObjectFactory m_factory; //!< controllers
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROLLER_HELPER_H */
