/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-philox.h"

namespace ns3
{
namespace qkdn
{

std::array<uint32_t, 4>
Philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key)
{
    constexpr uint64_t multiplier0 = 0xD2511F53;
    constexpr uint64_t multiplier1 = 0xCD9E8D57;
    constexpr uint32_t weyl0 = 0x9E3779B9;
    constexpr uint32_t weyl1 = 0xBB67AE85;
    constexpr int rounds = 10;

    for (int round = 0; round < rounds; ++round)
    {
        const uint64_t product0 = multiplier0 * counter[0];
        const uint64_t product1 = multiplier1 * counter[2];
        counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
                   static_cast<uint32_t>(product1),
                   static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
                   static_cast<uint32_t>(product0)};
        key[0] += weyl0;
        key[1] += weyl1;
    }
    return counter;
}

} // namespace qkdn
} // namespace ns3
