/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-random-stream.h"

#include "ns3/hash.h"

namespace ns3
{
namespace qkdn
{

int64_t
RandomStreamNumber(const std::string& objectId, const std::string& purpose)
{
    // ns-3 gives automatic streams the upper half of the 64-bit numbers
    return static_cast<int64_t>(Hash64(objectId + "/" + purpose) >> 1);
}

} // namespace qkdn
} // namespace ns3
