/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROLLER_HELPER_H
#define QKDN_CONTROLLER_HELPER_H

#include "qkdn-link-protection-helper.h"

#include "ns3/application-container.h"
#include "ns3/ipv4-address.h"
#include "ns3/node-container.h"
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
 *
 * On a node with a name in ns3::Names a controller is called "controller" below it.
 */
class QkdnControllerHelper
{
  public:
    static constexpr uint16_t KM_CK_PORT = 7010;         //!< Ck at key managers (TCP), hellos (UDP)
    static constexpr uint16_t CK_PORT = 7011;            //!< Ck at controllers (TCP), hellos (UDP)
    static constexpr uint16_t KM_STANDBY_CK_PORT = 7012; //!< Ck to the standby at key managers
    static constexpr uint16_t CX_PORT = 7013;            //!< Cx (TCP), hellos (UDP)
    static constexpr uint16_t CQ_PORT = 7014;            //!< Cq at controllers (TCP), hellos (UDP)
    static constexpr uint16_t MC_PORT = 7020;            //!< Mc at controllers (TCP), hellos (UDP)

    QkdnControllerHelper();

    /**
     * @brief Set an attribute of controllers made from now on.
     * @param name name of the attribute of QkdnController
     * @param value its value
     */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Let a resilience scheme of your own plan the routes of a session. Aborts if there is
     * none of that text.
     * @param policy policy of the session; its class becomes the scheme's mechanism
     * @param scheme name of a subclass of ResilienceScheme, with attributes if there are any:
     * "ns3::Name[Attribute=value]"
     */
    static void SetScheme(SessionPolicy& policy, const std::string& scheme);

    /**
     * @brief Make a controller.
     * @param node its ns-3 node, with an IP stack; a key manager may be there, too
     * @param number its number, from 1; the ids of its routes follow from it
     * @param address its address
     * @return the controller
     */
    Ptr<QkdnController> Install(Ptr<Node> node, uint32_t number, Ipv4Address address) const;

    /**
     * @brief Make a controller, or two that take turns: the first one is active at first.
     * @param nodes one or two nodes with the stack of a PlantHelper
     * @return the controllers in the order of the nodes
     */
    ApplicationContainer Install(const NodeContainer& nodes) const;

    /**
     * @brief Make a controller.
     * @param nodeName name of its node, see Install(const NodeContainer&)
     * @return the controller
     */
    ApplicationContainer Install(const std::string& nodeName) const;

    /**
     * @brief Let controllers control key managers. Call it before sessions are added.
     * @param controllers what Install() of nodes returned
     * @param keyManagers key managers on nodes with the stack of a PlantHelper
     */
    void Connect(const ApplicationContainer& controllers,
                 const ApplicationContainer& keyManagers) const;

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

    /**
     * @brief Let a standby controller control a key manager that another one controls. Call it
     * after Connect() of the other one.
     * @param standby the standby controller
     * @param standbyAddress its address
     * @param km the key manager
     * @param kmAddress its address
     */
    void ConnectStandby(Ptr<QkdnController> standby,
                        Ipv4Address standbyAddress,
                        Ptr<KeyManager> km,
                        Ipv4Address kmAddress) const;

    /**
     * @brief Let a controller command an agent for protection in the quantum layer.
     * @param controller the controller, active or standby
     * @param controllerAddress its address
     * @param agent the agent and its address
     */
    static void ConnectAgent(Ptr<QkdnController> controller,
                             Ipv4Address controllerAddress,
                             const LinkProtectionHelper::Place& agent);

    /**
     * @brief Join two controllers, which take turns.
     * @param active the one that is active at first
     * @param activeAddress its address
     * @param standby the one that stands by at first
     * @param standbyAddress its address
     */
    static void Join(Ptr<QkdnController> active,
                     Ipv4Address activeAddress,
                     Ptr<QkdnController> standby,
                     Ipv4Address standbyAddress);

  private:
    ObjectFactory m_factory; //!< controllers
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROLLER_HELPER_H */
