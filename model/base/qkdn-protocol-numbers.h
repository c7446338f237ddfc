/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROTOCOL_NUMBERS_H
#define QKDN_PROTOCOL_NUMBERS_H

#include <cstdint>

namespace ns3
{
namespace qkdn
{

// Names that ns-3 gives these numbers differ from release to release.

/// EtherType of IPv4 (IANA, IEEE 802 Numbers).
constexpr uint16_t ETHERTYPE_IPV4 = 0x0800;
/// EtherType of IPv6 (IANA, IEEE 802 Numbers).
constexpr uint16_t ETHERTYPE_IPV6 = 0x86dd;
/// Protocol number of TCP (IANA, Protocol Numbers).
constexpr uint8_t PROTOCOL_TCP = 6;
/// Protocol number of UDP (IANA, Protocol Numbers).
constexpr uint8_t PROTOCOL_UDP = 17;

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROTOCOL_NUMBERS_H */
