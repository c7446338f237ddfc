/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROTECTION_SWITCH_TABLE_H
#define QKDN_PROTECTION_SWITCH_TABLE_H

#include "qkdn-aps-message.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The extended states of RFC 7271, clause 11, in the order of its tables.
 */
enum SwitchState : uint8_t
{
    SWITCH_N,       //!< N: Normal
    SWITCH_UA_LO_L, //!< UA:LO:L: Unavailable, local LO
    SWITCH_UA_P_L,  //!< UA:P:L: Unavailable, local SF-P
    SWITCH_UA_DP_L, //!< UA:DP:L: Unavailable, local SD-P
    SWITCH_UA_LO_R, //!< UA:LO:R: Unavailable, remote LO
    SWITCH_UA_P_R,  //!< UA:P:R: Unavailable, remote SF-P
    SWITCH_UA_DP_R, //!< UA:DP:R: Unavailable, remote SD-P
    SWITCH_PF_W_L,  //!< PF:W:L: Protecting Failure, local SF-W
    SWITCH_PF_DW_L, //!< PF:DW:L: Protecting Failure, local SD-W
    SWITCH_PF_W_R,  //!< PF:W:R: Protecting Failure, remote SF-W
    SWITCH_PF_DW_R, //!< PF:DW:R: Protecting Failure, remote SD-W
    SWITCH_SA_F_L,  //!< SA:F:L: Switching Administrative, local FS
    SWITCH_SA_MW_L, //!< SA:MW:L: Switching Administrative, local MS-W
    SWITCH_SA_MP_L, //!< SA:MP:L: Switching Administrative, local MS-P
    SWITCH_SA_F_R,  //!< SA:F:R: Switching Administrative, remote FS
    SWITCH_SA_MW_R, //!< SA:MW:R: Switching Administrative, remote MS-W
    SWITCH_SA_MP_R, //!< SA:MP:R: Switching Administrative, remote MS-P
    SWITCH_WTR,     //!< WTR: Wait-to-Restore
    SWITCH_DNR,     //!< DNR: Do-not-Revert
    SWITCH_E_L,     //!< E::L: Exercise, local EXER
    SWITCH_E_R,     //!< E::R: Exercise, remote EXER
    SWITCH_STATES,  //!< number of states
};

/**
 * @ingroup qkdn-resilience
 * @brief The local inputs of RFC 7271, table 11.1, in the order of its columns.
 */
enum SwitchInput : uint8_t
{
    INPUT_OC,      //!< Operator Clear
    INPUT_LO,      //!< Lockout of protection
    INPUT_SFDC,    //!< Clear of signal fail or degrade
    INPUT_SF_P,    //!< Signal fail on protection
    INPUT_FS,      //!< Forced switch
    INPUT_SF_W,    //!< Signal fail on working
    INPUT_SD_P,    //!< Signal degrade on protection
    INPUT_SD_W,    //!< Signal degrade on working
    INPUT_MS_W,    //!< Manual switch to working
    INPUT_MS_P,    //!< Manual switch to protection
    INPUT_WTR_EXP, //!< the WTR timer has expired
    INPUT_EXER,    //!< Exercise
    SWITCH_INPUTS, //!< number of local inputs
};

/**
 * @ingroup qkdn-resilience
 * @brief The remote messages of RFC 7271, table 11.2, in the order of its columns.
 */
enum SwitchMessage : uint8_t
{
    MESSAGE_LO,      //!< Lockout of protection
    MESSAGE_SF_P,    //!< Signal fail on protection
    MESSAGE_FS,      //!< Forced switch
    MESSAGE_SF_W,    //!< Signal fail on working
    MESSAGE_SD_P,    //!< Signal degrade on protection
    MESSAGE_SD_W,    //!< Signal degrade on working
    MESSAGE_MS_W,    //!< Manual switch to working
    MESSAGE_MS_P,    //!< Manual switch to protection
    MESSAGE_WTR,     //!< Wait to restore
    MESSAGE_EXER,    //!< Exercise
    MESSAGE_RR,      //!< Reverse request
    MESSAGE_DNR,     //!< Do not revert
    MESSAGE_NR,      //!< No request
    SWITCH_MESSAGES, //!< number of remote messages
};

/**
 * @ingroup qkdn-resilience
 * @brief Which document the tables are of.
 */
enum SwitchTableVersion
{
    TABLE_RFC7271, //!< RFC 7271 as published
    TABLE_RFC8234, //!< with the four cells that RFC 8234 changes, and its other updates
};

/**
 * @ingroup qkdn-resilience
 * @brief Name of a state as it is printed in the tables.
 * @param state the state
 * @return for example "PF:W:L"
 */
const char* SwitchStateName(SwitchState state);

/**
 * @ingroup qkdn-resilience
 * @brief Name of a local input as it is printed in the table.
 * @param input the input
 * @return for example "SF-P"
 */
const char* SwitchInputName(SwitchInput input);

/**
 * @ingroup qkdn-resilience
 * @brief Name of a remote message as it is printed in the table.
 * @param message the message
 * @return for example "SD-W"
 */
const char* SwitchMessageName(SwitchMessage message);

/**
 * @ingroup qkdn-resilience
 * @brief The column of table 11.2 for a message.
 * @param message a valid message
 * @return the column
 */
SwitchMessage ClassifyMessage(const ApsMessage& message);

/**
 * @ingroup qkdn-resilience
 * @brief Which entity is selected in a state.
 * @param state the state
 * @param selected what is selected now; the Exercise states keep it
 * @return the entity
 */
Entity SelectedIn(SwitchState state, Entity selected);

/**
 * @ingroup qkdn-resilience
 * @brief What a cell of the tables says: a state, "i" (ignore) or a footnote.
 */
struct SwitchCell
{
    SwitchState next{SWITCH_STATES}; //!< next state; SWITCH_STATES if there is none
    uint8_t footnote{0};             //!< number of the footnote, 0 for none

    /**
     * @brief Whether the cell says "i".
     * @return true if so
     */
    bool IsIgnore() const;

    /**
     * @brief The cell as it is printed.
     * @return for example "PF:W:L", "i" or "(3)"
     */
    std::string ToString() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief A cell of table 11.1.
 * @param state row
 * @param input column
 * @return the cell
 */
SwitchCell LocalCell(SwitchState state, SwitchInput input);

/**
 * @ingroup qkdn-resilience
 * @brief A cell of table 11.2.
 * @param version of which document
 * @param state row
 * @param message column
 * @return the cell
 */
SwitchCell RemoteCell(SwitchTableVersion version, SwitchState state, SwitchMessage message);

/**
 * @ingroup qkdn-resilience
 * @brief What the footnotes of the tables depend on.
 */
struct SwitchConditions
{
    SwitchTableVersion version{TABLE_RFC8234}; //!< which tables
    bool bidirectional{true}; //!< false: 1+1 unidirectional, with the changes of 11.3
    bool revertive{true};     //!< the domain is configured for revertive behaviour
    bool requestsLeft{false}; //!< (2): the local input after SFDc or the last message is not NR
    bool recovered{false};    //!< (11): this node has recovered from a failure or degradation
    bool wtrRunning{false};   //!< (12): the WTR timer of this node is running
    Entity selected{ENTITY_WORKING}; //!< (5): what is selected
    uint8_t dataPath{0};             //!< (7), (8), (11): Path of the message
};

/**
 * @ingroup qkdn-resilience
 * @brief What to send after a transition.
 */
enum SwitchMessageRule
{
    SEND_OF_STATE,   //!< what clause 11 lists for the state
    SEND_CURRENT,    //!< go on with the current message
    SEND_NO_REQUEST, //!< NR(0,1)
};

/**
 * @ingroup qkdn-resilience
 * @brief What a look-up says, footnotes resolved.
 */
struct SwitchStep
{
    bool ignored{false};        //!< remain in the state and go on with the current message
    SwitchState next{SWITCH_N}; //!< next state
    bool reevaluate{false}; //!< all requests are to be evaluated again as if the state were `next`
    bool startWtr{false};   //!< start the WTR timer
    bool stopWtr{false};    //!< stop the WTR timer
    SwitchMessageRule message{SEND_OF_STATE}; //!< what to send
};

/**
 * @ingroup qkdn-resilience
 * @brief Look up table 11.1 and resolve the footnote.
 * @param conditions what footnotes depend on
 * @param state the state
 * @param input the local input
 * @return what to do
 */
SwitchStep LookUpLocal(const SwitchConditions& conditions, SwitchState state, SwitchInput input);

/**
 * @ingroup qkdn-resilience
 * @brief Look up table 11.2 and resolve the footnote.
 * @param conditions what footnotes depend on
 * @param state the state
 * @param message the remote message
 * @return what to do
 */
SwitchStep LookUpRemote(const SwitchConditions& conditions,
                        SwitchState state,
                        SwitchMessage message);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROTECTION_SWITCH_TABLE_H */
