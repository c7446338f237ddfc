/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SWITCH_EVENTS_H
#define QKDN_SWITCH_EVENTS_H

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a protection switch is told locally.
 */
enum SwitchRequest : uint8_t
{
    REQUEST_CLEAR,                //!< command: clear the command in effect, or the WTR timer
    REQUEST_LOCKOUT,              //!< command: lockout of protection (LO)
    REQUEST_FORCED_SWITCH,        //!< command: forced switch to protection (FS)
    REQUEST_MANUAL_SWITCH,        //!< command: manual switch to the entity (MS-W, MS-P)
    REQUEST_EXERCISE,             //!< command: exercise the protocol without switching (EXER)
    REQUEST_SIGNAL_FAIL,          //!< the entity fails (SF)
    REQUEST_SIGNAL_FAIL_CLEAR,    //!< the entity does not fail any more
    REQUEST_SIGNAL_DEGRADE,       //!< the entity is degraded (SD)
    REQUEST_SIGNAL_DEGRADE_CLEAR, //!< the entity is not degraded any more
};

/**
 * @ingroup qkdn-resilience
 * @brief What has become of an operator command.
 */
enum CommandResult : uint8_t
{
    COMMAND_ACCEPTED,          //!< it is in effect
    COMMAND_REJECTED_LOCAL,    //!< a higher or conflicting local request is there
    COMMAND_REJECTED_REMOTE,   //!< a higher or conflicting request of the other end is there
    COMMAND_REJECTED_NOTHING,  //!< there is nothing to clear at this end
    COMMAND_REJECTED_STATE,    //!< not possible: not started, or EXER with unidirectional switching
    COMMAND_OVERRIDDEN_LOCAL,  //!< was in effect; cancelled by a higher local request
    COMMAND_OVERRIDDEN_REMOTE, //!< was in effect; cancelled by a higher request of the other end
    COMMAND_CLEARED,           //!< was in effect; cleared by the operator
};

/**
 * @ingroup qkdn-resilience
 * @brief Failures of protocol (RFC 7347, 8.1).
 */
enum ProtocolFailure : uint8_t
{
    PROTOCOL_MISMATCH,   //!< sent and received Path differ for too long
    PROTOCOL_NO_MESSAGE, //!< nothing was received for too long
    PROTOCOL_FAILURES,   //!< number of kinds
};

/**
 * @ingroup qkdn-resilience
 * @brief Name of a local request.
 * @param request the request
 * @return for example "forced-switch"
 */
const char* SwitchRequestName(SwitchRequest request);

/**
 * @ingroup qkdn-resilience
 * @brief Name of the result of a command.
 * @param result the result
 * @return for example "rejected-local"
 */
const char* CommandResultName(CommandResult result);

/**
 * @ingroup qkdn-resilience
 * @brief Name of a failure of protocol.
 * @param failure the failure
 * @return "mismatch" or "no-message"
 */
const char* ProtocolFailureName(ProtocolFailure failure);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SWITCH_EVENTS_H */
