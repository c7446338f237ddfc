/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-state-routing-helper.h"

namespace ns3
{
namespace qkdn
{

LinkStateRoutingHelper::LinkStateRoutingHelper()
{
    m_factory.SetTypeId(LinkStateRouteProvider::GetTypeId());
}

void
LinkStateRoutingHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

Ptr<LinkStateRouteProvider>
LinkStateRoutingHelper::Install(Ptr<KeyManager> km) const
{
    const Ptr<LinkStateRouteProvider> provider = m_factory.Create<LinkStateRouteProvider>();
    km->GetControlAgent()->SetRouteProvider(provider);
    return provider;
}

void
LinkStateRoutingHelper::Install(const ApplicationContainer& keyManagers) const
{
    for (auto km = keyManagers.Begin(); km != keyManagers.End(); ++km)
    {
        Install(DynamicCast<KeyManager>(*km));
    }
}

} // namespace qkdn
} // namespace ns3
