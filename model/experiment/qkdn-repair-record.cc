/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-repair-record.h"

namespace ns3
{
namespace qkdn
{

const char*
RepairOutcomeName(RepairOutcome outcome)
{
    static const char* const names[] =
        {"waiting", "travelling", "at-work", "repaired", "nothing-found", "merged", "withdrawn"};
    return names[outcome];
}

} // namespace qkdn
} // namespace ns3
