/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-switch-table.h"

#include "ns3/abort.h"

namespace ns3
{
namespace qkdn
{

namespace
{

const char* const STATE_NAMES[SWITCH_STATES] = {
    "N",      "UA:LO:L", "UA:P:L",  "UA:DP:L", "UA:LO:R", "UA:P:R",  "UA:DP:R",
    "PF:W:L", "PF:DW:L", "PF:W:R",  "PF:DW:R", "SA:F:L",  "SA:MW:L", "SA:MP:L",
    "SA:F:R", "SA:MW:R", "SA:MP:R", "WTR",     "DNR",     "E::L",    "E::R",
};

const char* const INPUT_NAMES[SWITCH_INPUTS] = {
    "OC",
    "LO",
    "SFDc",
    "SF-P",
    "FS",
    "SF-W",
    "SD-P",
    "SD-W",
    "MS-W",
    "MS-P",
    "WTRExp",
    "EXER",
};

const char* const MESSAGE_NAMES[SWITCH_MESSAGES] = {
    "LO",
    "SF-P",
    "FS",
    "SF-W",
    "SD-P",
    "SD-W",
    "MS-W",
    "MS-P",
    "WTR",
    "EXER",
    "RR",
    "DNR",
    "NR",
};

/// A footnote.
constexpr SwitchCell
Note(uint8_t number)
{
    return {SWITCH_STATES, number};
}

/// A next state.
constexpr SwitchCell
To(SwitchState state)
{
    return {state, 0};
}

constexpr SwitchCell IGN = Note(0); // "i"
constexpr SwitchCell NORM = To(SWITCH_N);
constexpr SwitchCell WAIT = To(SWITCH_WTR);
constexpr SwitchCell STAY = To(SWITCH_DNR);
constexpr SwitchCell LO_L = To(SWITCH_UA_LO_L);
constexpr SwitchCell LO_R = To(SWITCH_UA_LO_R);
constexpr SwitchCell P__L = To(SWITCH_UA_P_L);
constexpr SwitchCell P__R = To(SWITCH_UA_P_R);
constexpr SwitchCell DP_L = To(SWITCH_UA_DP_L);
constexpr SwitchCell DP_R = To(SWITCH_UA_DP_R);
constexpr SwitchCell W__L = To(SWITCH_PF_W_L);
constexpr SwitchCell W__R = To(SWITCH_PF_W_R);
constexpr SwitchCell DW_L = To(SWITCH_PF_DW_L);
constexpr SwitchCell DW_R = To(SWITCH_PF_DW_R);
constexpr SwitchCell F__L = To(SWITCH_SA_F_L);
constexpr SwitchCell F__R = To(SWITCH_SA_F_R);
constexpr SwitchCell MW_L = To(SWITCH_SA_MW_L);
constexpr SwitchCell MW_R = To(SWITCH_SA_MW_R);
constexpr SwitchCell MP_L = To(SWITCH_SA_MP_L);
constexpr SwitchCell MP_R = To(SWITCH_SA_MP_R);
constexpr SwitchCell EX_L = To(SWITCH_E_L);
constexpr SwitchCell EX_R = To(SWITCH_E_R);
constexpr SwitchCell FN1 = Note(1);
constexpr SwitchCell FN2 = Note(2);
constexpr SwitchCell FN3 = Note(3);
constexpr SwitchCell FN4 = Note(4);
constexpr SwitchCell FN5 = Note(5);
constexpr SwitchCell FN6 = Note(6);
constexpr SwitchCell FN7 = Note(7);
constexpr SwitchCell FN8 = Note(8);
constexpr SwitchCell FN9 = Note(9);
constexpr SwitchCell F10 = Note(10);
constexpr SwitchCell F11 = Note(11);
constexpr SwitchCell F12 = Note(12);
constexpr SwitchCell F13 = Note(13);

// clang-format off

/// RFC 7271, table 11.1.
constexpr SwitchCell LOCAL[SWITCH_STATES][SWITCH_INPUTS] = {
//             OC    LO    SFDc  SF-P  FS    SF-W  SD-P  SD-W  MS-W  MS-P  WTRx  EXER
/* N       */ {IGN,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, MW_L, MP_L, IGN,  EX_L},
/* UA:LO:L */ {FN1,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* UA:P:L  */ {IGN,  LO_L, FN1,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* UA:DP:L */ {IGN,  LO_L, FN1,  P__L, F__L, W__L, IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* UA:LO:R */ {IGN,  LO_L, IGN,  P__L, IGN,  W__L, DP_L, DW_L, IGN,  IGN,  IGN,  IGN},
/* UA:P:R  */ {IGN,  LO_L, IGN,  P__L, IGN,  W__L, DP_L, DW_L, IGN,  IGN,  IGN,  IGN},
/* UA:DP:R */ {IGN,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, IGN,  IGN,  IGN,  IGN},
/* PF:W:L  */ {IGN,  LO_L, FN2,  P__L, F__L, IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* PF:DW:L */ {IGN,  LO_L, FN2,  P__L, F__L, W__L, IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* PF:W:R  */ {IGN,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, IGN,  IGN,  IGN,  IGN},
/* PF:DW:R */ {IGN,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, IGN,  IGN,  IGN,  IGN},
/* SA:F:L  */ {FN3,  LO_L, IGN,  P__L, IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* SA:MW:L */ {FN1,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, IGN,  IGN,  IGN,  IGN},
/* SA:MP:L */ {FN3,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, IGN,  IGN,  IGN,  IGN},
/* SA:F:R  */ {IGN,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, IGN,  IGN,  IGN,  IGN},
/* SA:MW:R */ {IGN,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, MW_L, IGN,  IGN,  IGN},
/* SA:MP:R */ {IGN,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, IGN,  MP_L, IGN,  IGN},
/* WTR     */ {FN4,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, MW_L, MP_L, FN6,  IGN},
/* DNR     */ {IGN,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, MW_L, MP_L, IGN,  EX_L},
/* E::L    */ {FN5,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, MW_L, MP_L, IGN,  IGN},
/* E::R    */ {IGN,  LO_L, IGN,  P__L, F__L, W__L, DP_L, DW_L, MW_L, MP_L, IGN,  EX_L},
};

/// RFC 7271, table 11.2.
constexpr SwitchCell REMOTE[SWITCH_STATES][SWITCH_MESSAGES] = {
//             LO    SF-P  FS    SF-W  SD-P  SD-W  MS-W  MS-P  WTR   EXER  RR    DNR   NR
/* N       */ {LO_R, P__R, F__R, W__R, DP_R, DW_R, MW_R, MP_R, IGN,  EX_R, IGN,  IGN,  IGN},
/* UA:LO:L */ {IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* UA:P:L  */ {LO_R, IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* UA:DP:L */ {LO_R, P__R, F__R, W__R, IGN,  FN7,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* UA:LO:R */ {IGN,  P__R, F__R, W__R, DP_R, DW_R, MW_R, MP_R, IGN,  EX_R, IGN,  IGN,  NORM},
/* UA:P:R  */ {LO_R, IGN,  F__R, W__R, DP_R, DW_R, MW_R, MP_R, IGN,  EX_R, IGN,  IGN,  NORM},
/* UA:DP:R */ {LO_R, P__R, F__R, W__R, IGN,  DW_R, MW_R, MP_R, IGN,  EX_R, IGN,  IGN,  NORM},
/* PF:W:L  */ {LO_R, P__R, F__R, IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* PF:DW:L */ {LO_R, P__R, F__R, W__R, FN8,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* PF:W:R  */ {LO_R, P__R, F__R, IGN,  DP_R, DW_R, MW_R, MP_R, FN9,  EX_R, IGN,  F10,  F11},
/* PF:DW:R */ {LO_R, P__R, F__R, W__R, DP_R, IGN,  MW_R, MP_R, FN9,  EX_R, IGN,  F10,  F11},
/* SA:F:L  */ {LO_R, P__R, IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* SA:MW:L */ {LO_R, P__R, F__R, W__R, DP_R, DW_R, IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* SA:MP:L */ {LO_R, P__R, F__R, W__R, DP_R, DW_R, IGN,  IGN,  IGN,  IGN,  IGN,  IGN,  IGN},
/* SA:F:R  */ {LO_R, P__R, IGN,  W__R, DP_R, DW_R, MW_R, MP_R, IGN,  EX_R, IGN,  STAY, NORM},
/* SA:MW:R */ {LO_R, P__R, F__R, W__R, DP_R, DW_R, IGN,  MP_R, IGN,  EX_R, IGN,  IGN,  NORM},
/* SA:MP:R */ {LO_R, P__R, F__R, W__R, DP_R, DW_R, MW_R, IGN,  IGN,  EX_R, IGN,  STAY, NORM},
/* WTR     */ {LO_R, P__R, F__R, W__R, DP_R, DW_R, MW_R, MP_R, IGN,  IGN,  IGN,  IGN,  F12},
/* DNR     */ {LO_R, P__R, F__R, W__R, DP_R, DW_R, MW_R, MP_R, F13,  EX_R, IGN,  IGN,  IGN},
/* E::L    */ {LO_R, P__R, F__R, W__R, DP_R, DW_R, MW_R, MP_R, IGN,  IGN,  IGN,  IGN,  IGN},
/* E::R    */ {LO_R, P__R, F__R, W__R, DP_R, DW_R, MW_R, MP_R, IGN,  IGN,  IGN,  STAY, NORM},
};

// clang-format on

/// Go to a state.
SwitchStep
Go(SwitchState next, SwitchMessageRule message = SEND_OF_STATE)
{
    SwitchStep step;
    step.next = next;
    step.message = message;
    return step;
}

/// Remain in the state.
SwitchStep
Ignore(SwitchState state)
{
    SwitchStep step = Go(state, SEND_CURRENT);
    step.ignored = true;
    return step;
}

/// Evaluate all requests again as if in a state.
SwitchStep
Reevaluate(SwitchState as)
{
    SwitchStep step = Go(as);
    step.reevaluate = true;
    return step;
}

/// Footnote (2).
SwitchStep
WaitOrStay(const SwitchConditions& conditions)
{
    if (conditions.requestsLeft)
    {
        return Reevaluate(SWITCH_N);
    }
    SwitchStep step = Go(conditions.revertive ? SWITCH_WTR : SWITCH_DNR);
    step.startWtr = conditions.revertive;
    return step;
}

/// Footnotes (4) and (6).
SwitchStep
EndWaiting(const SwitchConditions& conditions)
{
    SwitchStep step = conditions.bidirectional ? Go(SWITCH_WTR, SEND_NO_REQUEST) : Go(SWITCH_N);
    step.stopWtr = true;
    return step;
}

/// Footnote (11).
SwitchStep
FollowNoRequest(const SwitchConditions& conditions)
{
    if (conditions.dataPath == 0)
    {
        return Go(SWITCH_N);
    }
    if (!conditions.revertive)
    {
        return Go(SWITCH_DNR);
    }
    SwitchStep step = Go(SWITCH_WTR, conditions.recovered ? SEND_OF_STATE : SEND_NO_REQUEST);
    step.startWtr = conditions.recovered;
    return step;
}

/// What a footnote says.
SwitchStep
Resolve(const SwitchConditions& conditions, SwitchState state, uint8_t footnote)
{
    switch (footnote)
    {
    case 1:
        return Reevaluate(SWITCH_N);
    case 2:
        return WaitOrStay(conditions);
    case 3:
        return Reevaluate(conditions.revertive ? SWITCH_N : SWITCH_DNR);
    case 4:
    case 6:
        return EndWaiting(conditions);
    case 5:
        return Reevaluate(conditions.selected == ENTITY_WORKING ? SWITCH_N : SWITCH_DNR);
    case 7: // SD(0,1) is what the state sends, given the SD-P that is there
        return conditions.dataPath == 0 ? Ignore(state) : Go(SWITCH_PF_DW_R);
    case 8: // likewise SD(1,0)
        return conditions.dataPath == 1 ? Ignore(state) : Go(SWITCH_UA_DP_R);
    case 9:
        return Go(SWITCH_WTR, SEND_CURRENT);
    case 10:
        return Go(SWITCH_DNR, SEND_CURRENT);
    case 11:
        return FollowNoRequest(conditions);
    case 12:
        return conditions.wtrRunning ? Ignore(state) : Go(SWITCH_N);
    case 13:
        return Go(SWITCH_WTR, SEND_NO_REQUEST);
    default:
        NS_ABORT_MSG("RFC 7271 has no footnote " << +footnote);
    }
}

/// What a cell says.
SwitchStep
Resolve(const SwitchConditions& conditions, SwitchState state, const SwitchCell& cell)
{
    if (cell.IsIgnore())
    {
        return Ignore(state);
    }
    return cell.footnote ? Resolve(conditions, state, cell.footnote) : Go(cell.next);
}

} // namespace

const char*
SwitchStateName(SwitchState state)
{
    return state < SWITCH_STATES ? STATE_NAMES[state] : "?";
}

const char*
SwitchInputName(SwitchInput input)
{
    return input < SWITCH_INPUTS ? INPUT_NAMES[input] : "?";
}

const char*
SwitchMessageName(SwitchMessage message)
{
    return message < SWITCH_MESSAGES ? MESSAGE_NAMES[message] : "?";
}

SwitchMessage
ClassifyMessage(const ApsMessage& message)
{
    switch (message.request)
    {
    case APS_LOCKOUT:
        return MESSAGE_LO;
    case APS_SIGNAL_FAIL:
        return message.faultPath == 0 ? MESSAGE_SF_P : MESSAGE_SF_W;
    case APS_FORCED_SWITCH:
        return MESSAGE_FS;
    case APS_SIGNAL_DEGRADE:
        return message.faultPath == 0 ? MESSAGE_SD_P : MESSAGE_SD_W;
    case APS_MANUAL_SWITCH:
        return message.dataPath == 0 ? MESSAGE_MS_W : MESSAGE_MS_P;
    case APS_WAIT_TO_RESTORE:
        return MESSAGE_WTR;
    case APS_EXERCISE:
        return MESSAGE_EXER;
    case APS_REVERSE_REQUEST:
        return MESSAGE_RR;
    case APS_DO_NOT_REVERT:
        return MESSAGE_DNR;
    case APS_NO_REQUEST:
        return MESSAGE_NR;
    }
    NS_ABORT_MSG("protection switching message with request " << +message.request);
}

Entity
SelectedIn(SwitchState state, Entity selected)
{
    switch (state)
    {
    case SWITCH_PF_W_L:
    case SWITCH_PF_DW_L:
    case SWITCH_PF_W_R:
    case SWITCH_PF_DW_R:
    case SWITCH_SA_F_L:
    case SWITCH_SA_MP_L:
    case SWITCH_SA_F_R:
    case SWITCH_SA_MP_R:
    case SWITCH_WTR:
    case SWITCH_DNR:
        return ENTITY_PROTECTION;
    case SWITCH_E_L:
    case SWITCH_E_R:
        return selected;
    default:
        return ENTITY_WORKING;
    }
}

bool
SwitchCell::IsIgnore() const
{
    return next == SWITCH_STATES && footnote == 0;
}

std::string
SwitchCell::ToString() const
{
    if (IsIgnore())
    {
        return "i";
    }
    return footnote ? "(" + std::to_string(footnote) + ")" : SwitchStateName(next);
}

SwitchCell
LocalCell(SwitchState state, SwitchInput input)
{
    NS_ABORT_MSG_UNLESS(state < SWITCH_STATES && input < SWITCH_INPUTS, "outside of the table");
    return LOCAL[state][input];
}

SwitchCell
RemoteCell(SwitchTableVersion version, SwitchState state, SwitchMessage message)
{
    NS_ABORT_MSG_UNLESS(state < SWITCH_STATES && message < SWITCH_MESSAGES, "outside of the table");
    if (version == TABLE_RFC8234)
    {
        if (state == SWITCH_N && message == MESSAGE_WTR)
        {
            return F13;
        }
        if (message == MESSAGE_DNR &&
            (state == SWITCH_N || state == SWITCH_PF_W_R || state == SWITCH_PF_DW_R))
        {
            return STAY;
        }
    }
    return REMOTE[state][message];
}

SwitchStep
LookUpLocal(const SwitchConditions& conditions, SwitchState state, SwitchInput input)
{
    return Resolve(conditions, state, LocalCell(state, input));
}

SwitchStep
LookUpRemote(const SwitchConditions& conditions, SwitchState state, SwitchMessage message)
{
    return Resolve(conditions, state, RemoteCell(conditions.version, state, message));
}

} // namespace qkdn
} // namespace ns3
