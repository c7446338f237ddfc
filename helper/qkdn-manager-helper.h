/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MANAGER_HELPER_H
#define QKDN_MANAGER_HELPER_H

#include "ns3/application-container.h"
#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/object-factory.h"
#include "ns3/qkdn-controller.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-link-protection-agent.h"
#include "ns3/qkdn-manager.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Makes a QKDN manager and connects controllers to it over Mc, key managers over Mk.
 *
 * On a node with a name in ns3::Names a manager is called "manager" below it.
 */
class QkdnManagerHelper
{
  public:
    static constexpr uint16_t MC_PORT = 7021;    //!< Mc at managers (TCP), hellos (UDP)
    static constexpr uint16_t KM_MK_PORT = 7040; //!< Mk at key managers (TCP), hellos (UDP)
    static constexpr uint16_t MK_PORT = 7041;    //!< Mk at managers (TCP), hellos (UDP)

    QkdnManagerHelper();

    /**
     * @brief Set an attribute of managers made from now on.
     * @param name name of the attribute of QkdnManager
     * @param value its value
     */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Make a manager.
     * @param node its ns-3 node, with an IP stack; a controller or key manager may be there, too
     * @param address its address
     * @return the manager
     */
    Ptr<QkdnManager> Install(Ptr<Node> node, Ipv4Address address) const;

    /**
     * @brief Make a manager.
     * @param node its node, with the stack of a PlantHelper
     * @return the manager
     */
    Ptr<QkdnManager> Install(Ptr<Node> node) const;

    /**
     * @brief Make a manager.
     * @param nodeName name of its node, which has the stack of a PlantHelper
     * @return the manager
     */
    Ptr<QkdnManager> Install(const std::string& nodeName) const;

    /**
     * @brief Let a manager manage controllers, and give key managers its policies.
     * @param manager the manager
     * @param controllers what QkdnControllerHelper::Install() returned
     * @param keyManagers key managers, if they are to have policies
     */
    void Connect(Ptr<QkdnManager> manager,
                 const ApplicationContainer& controllers,
                 const ApplicationContainer& keyManagers = ApplicationContainer()) const;

    /**
     * @brief Let a manager manage a controller.
     * @param manager the manager
     * @param managerAddress its address
     * @param controller the controller, which has its identity
     * @param controllerAddress its address
     */
    void Connect(Ptr<QkdnManager> manager,
                 Ipv4Address managerAddress,
                 Ptr<QkdnController> controller,
                 Ipv4Address controllerAddress) const;

    /**
     * @brief Let a manager give a key manager its policy.
     * @param manager the manager
     * @param managerAddress its address
     * @param km the key manager, which has its identity
     * @param kmAddress its address
     */
    void ConnectKeyManager(Ptr<QkdnManager> manager,
                           Ipv4Address managerAddress,
                           Ptr<KeyManager> km,
                           Ipv4Address kmAddress) const;

    /**
     * @brief Connect a manager with an agent that protects QKD links by switching.
     * @param manager the manager
     * @param managerAddress its address
     * @param agent the agent
     * @param agentAddress its address
     */
    void ConnectAgent(Ptr<QkdnManager> manager,
                      Ipv4Address managerAddress,
                      Ptr<LinkProtectionAgent> agent,
                      Ipv4Address agentAddress) const;

  private:
    ObjectFactory m_factory; //!< managers
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MANAGER_HELPER_H */
