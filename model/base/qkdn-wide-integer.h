/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_WIDE_INTEGER_H
#define QKDN_WIDE_INTEGER_H

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A signed integer of 128 bits, for exact products of two of 64 bits. An extension that GCC
 * and Clang share.
 */
__extension__ using Int128 = __int128;

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_WIDE_INTEGER_H */
