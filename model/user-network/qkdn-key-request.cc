/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-request.h"

#include "ns3/abort.h"

#include <array>

namespace ns3
{
namespace qkdn
{

std::string
RequestOutcomeName(RequestOutcome outcome)
{
    static const std::array<const char*, REQUEST_OPEN + 1> names = {"on-time",
                                                                    "late",
                                                                    "lost",
                                                                    "open"};
    NS_ABORT_MSG_IF(outcome > REQUEST_OPEN, "no request outcome has the number " << outcome);
    return names[outcome];
}

} // namespace qkdn
} // namespace ns3
