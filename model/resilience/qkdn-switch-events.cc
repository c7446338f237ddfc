/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-switch-events.h"

namespace ns3
{
namespace qkdn
{

const char*
SwitchRequestName(SwitchRequest request)
{
    switch (request)
    {
    case REQUEST_CLEAR:
        return "clear";
    case REQUEST_LOCKOUT:
        return "lockout";
    case REQUEST_FORCED_SWITCH:
        return "forced-switch";
    case REQUEST_MANUAL_SWITCH:
        return "manual-switch";
    case REQUEST_EXERCISE:
        return "exercise";
    case REQUEST_SIGNAL_FAIL:
        return "signal-fail";
    case REQUEST_SIGNAL_FAIL_CLEAR:
        return "signal-fail-clear";
    case REQUEST_SIGNAL_DEGRADE:
        return "signal-degrade";
    case REQUEST_SIGNAL_DEGRADE_CLEAR:
        return "signal-degrade-clear";
    }
    return "?";
}

const char*
CommandResultName(CommandResult result)
{
    switch (result)
    {
    case COMMAND_ACCEPTED:
        return "accepted";
    case COMMAND_REJECTED_LOCAL:
        return "rejected-local";
    case COMMAND_REJECTED_REMOTE:
        return "rejected-remote";
    case COMMAND_REJECTED_NOTHING:
        return "rejected-nothing-to-clear";
    case COMMAND_REJECTED_STATE:
        return "rejected-not-possible";
    case COMMAND_OVERRIDDEN_LOCAL:
        return "overridden-local";
    case COMMAND_OVERRIDDEN_REMOTE:
        return "overridden-remote";
    case COMMAND_CLEARED:
        return "cleared";
    }
    return "?";
}

const char*
ProtocolFailureName(ProtocolFailure failure)
{
    return failure == PROTOCOL_MISMATCH ? "mismatch" : "no-message";
}

} // namespace qkdn
} // namespace ns3
