/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_STATE_ROUTING_HELPER_H
#define QKDN_LINK_STATE_ROUTING_HELPER_H

#include "ns3/application-container.h"
#include "ns3/object-factory.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-link-state-route-provider.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Lets key managers find key relay routes among themselves, without a controller.
 */
class LinkStateRoutingHelper
{
  public:
    LinkStateRoutingHelper();

    /**
     * @brief Set an attribute of the route providers made from now on.
     * @param name name of the attribute of LinkStateRouteProvider
     * @param value its value
     */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Let a key manager take part. All of a network must.
     * @param km the key manager, which has its identity and no sessions yet
     * @return what finds its routes
     */
    Ptr<LinkStateRouteProvider> Install(Ptr<KeyManager> km) const;

    /**
     * @brief Let key managers take part.
     * @param keyManagers all key managers of a network, without sessions
     */
    void Install(const ApplicationContainer& keyManagers) const;

  private:
    ObjectFactory m_factory; //!< route providers
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_STATE_ROUTING_HELPER_H */
