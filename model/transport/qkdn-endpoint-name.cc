/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-endpoint-name.h"

#include "ns3/abort.h"

namespace ns3
{
namespace qkdn
{

EndpointName
ToEndpointName(const Address& address)
{
    NS_ABORT_MSG_UNLESS(InetSocketAddress::IsMatchingType(address),
                        "an end of a reference point needs an IPv4 address with a port, not "
                            << address);
    const InetSocketAddress inet = InetSocketAddress::ConvertFrom(address);
    return {inet.GetIpv4().Get(), inet.GetPort()};
}

InetSocketAddress
ToSocketAddress(const EndpointName& name)
{
    return InetSocketAddress(Ipv4Address(name.first), name.second);
}

} // namespace qkdn
} // namespace ns3
