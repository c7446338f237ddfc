/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SWITCH_CONTROL_H
#define QKDN_SWITCH_CONTROL_H

#include "ns3/callback.h"
#include "ns3/qkdn-ids.h"

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Reference point Cops as far as it moves an optical switch: the switch itself on its own
 * ns-3 node, or a SwitchClient that speaks to it by messages.
 */
class SwitchControl
{
  public:
    /// Told the outcome of Select(): true if the switch stands at the port.
    using DoneCallback = Callback<void, bool>;
    /// Told that the switch reports itself broken (true) or well again (false).
    using AlarmCallback = Callback<void, bool>;

    virtual ~SwitchControl() = default;

    /**
     * @brief Move the switch. The callback comes exactly once, never before this call returns.
     * @param port the port to stand at, from 1
     * @param done told the outcome
     * @param incident the failure behind it, or none
     */
    virtual void Select(uint32_t port, DoneCallback done, IncidentId incident) = 0;

    /**
     * @brief Say who is told of alarms. There is one at a time.
     * @param alarm told each change
     */
    virtual void SetAlarmCallback(AlarmCallback alarm) = 0;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SWITCH_CONTROL_H */
