/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ENDPOINT_NAME_H
#define QKDN_ENDPOINT_NAME_H

#include "ns3/address.h"
#include "ns3/inet-socket-address.h"

#include <cstdint>
#include <utility>

namespace ns3
{
namespace qkdn
{

/// IPv4 address and port that one end of a reference point listens on, in host order.
using EndpointName = std::pair<uint32_t, uint16_t>;

/**
 * @ingroup qkdn-resilience
 * @brief Read an address.
 * @param address an InetSocketAddress; aborts if it is something else
 * @return the name
 */
EndpointName ToEndpointName(const Address& address);

/**
 * @ingroup qkdn-resilience
 * @brief The address of a name.
 * @param name the name
 * @return an InetSocketAddress
 */
InetSocketAddress ToSocketAddress(const EndpointName& name);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ENDPOINT_NAME_H */
