/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PHILOX_H
#define QKDN_PHILOX_H

#include <array>
#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The counter-based generator Philox4x32-10.
 *
 * Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011).
 *
 * @param counter the 128-bit counter, least significant word first
 * @param key the 64-bit key, least significant word first
 * @return 128 pseudo-random bits
 */
std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PHILOX_H */
