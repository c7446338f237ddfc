/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-provider.h"

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(RouteProvider);

TypeId
RouteProvider::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::RouteProvider").SetParent<Object>().SetGroupName("QkdnResilience");
    return tid;
}

bool
RouteProvider::GivesSeveralRoutes() const
{
    return false;
}

void
RouteProvider::HopChanged(KmId, bool, IncidentId)
{
}

void
RouteProvider::PeerUp(KmId)
{
}

bool
RouteProvider::HandleMessage(KmId, uint16_t, Ptr<const Packet>, IncidentId)
{
    return false;
}

} // namespace qkdn
} // namespace ns3
