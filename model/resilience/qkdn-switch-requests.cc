/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-switch-requests.h"

#include "ns3/abort.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/// Requests of RFC 7271, 10.2, lowest first. A remote request ranks just below the local one.
enum Priority
{
    PRIORITY_NONE,
    PRIORITY_NR,
    PRIORITY_DNR,
    PRIORITY_RR,
    PRIORITY_EXER,
    PRIORITY_WTR,
    PRIORITY_WTR_EXP,
    PRIORITY_MS,
    PRIORITY_SD,
    PRIORITY_SF_W,
    PRIORITY_FS,
    PRIORITY_SF_P,
    PRIORITY_SFDC,
    PRIORITY_LO,
    PRIORITY_OC,
};

const Priority INPUT_PRIORITIES[SWITCH_INPUTS] = {
    PRIORITY_OC,   // OC
    PRIORITY_LO,   // LO
    PRIORITY_SFDC, // SFDc
    PRIORITY_SF_P, // SF-P
    PRIORITY_FS,   // FS
    PRIORITY_SF_W, // SF-W
    PRIORITY_SD,   // SD-P
    PRIORITY_SD,   // SD-W
    PRIORITY_MS,   // MS-W
    PRIORITY_MS,   // MS-P
    PRIORITY_WTR_EXP,
    PRIORITY_EXER,
};

const Priority MESSAGE_PRIORITIES[SWITCH_MESSAGES] = {
    PRIORITY_LO,   // LO
    PRIORITY_SF_P, // SF-P
    PRIORITY_FS,   // FS
    PRIORITY_SF_W, // SF-W
    PRIORITY_SD,   // SD-P
    PRIORITY_SD,   // SD-W
    PRIORITY_MS,   // MS-W
    PRIORITY_MS,   // MS-P
    PRIORITY_WTR,
    PRIORITY_EXER,
    PRIORITY_RR,
    PRIORITY_DNR,
    PRIORITY_NR,
};

/// The input that a defect makes.
SwitchInput
InputOf(Entity entity, SwitchDefect defect)
{
    if (defect == DEFECT_FAIL)
    {
        return entity == ENTITY_WORKING ? INPUT_SF_W : INPUT_SF_P;
    }
    return entity == ENTITY_WORKING ? INPUT_SD_W : INPUT_SD_P;
}

/// A message with a local defect, or none.
ApsMessage
DefectMessage(const SwitchRequests::Request& defect, uint8_t dataPath, IncidentId incident)
{
    switch (defect.input)
    {
    case INPUT_SF_P:
        return {APS_SIGNAL_FAIL, 0, dataPath, defect.incident};
    case INPUT_SF_W:
        return {APS_SIGNAL_FAIL, 1, dataPath, defect.incident};
    case INPUT_SD_P:
        return {APS_SIGNAL_DEGRADE, 0, dataPath, defect.incident};
    case INPUT_SD_W:
        return {APS_SIGNAL_DEGRADE, 1, dataPath, defect.incident};
    default:
        return {APS_NO_REQUEST, 0, dataPath, incident};
    }
}

} // namespace

int
RankOf(SwitchInput input)
{
    NS_ABORT_MSG_UNLESS(input < SWITCH_INPUTS, "no local input");
    return 2 * INPUT_PRIORITIES[input] + 1;
}

int
RankOf(SwitchMessage message)
{
    NS_ABORT_MSG_UNLESS(message < SWITCH_MESSAGES, "no remote message");
    return 2 * MESSAGE_PRIORITIES[message];
}

bool
SwitchRequests::Request::IsActive() const
{
    return input < SWITCH_INPUTS;
}

int
SwitchRequests::Request::Rank() const
{
    return IsActive() ? RankOf(input) : NO_REQUEST_RANK;
}

void
SwitchRequests::SetDefect(Entity entity,
                          SwitchDefect defect,
                          bool present,
                          Entity selected,
                          IncidentId incident)
{
    Defect& known = m_defects[entity][defect];
    known.present = present;
    if (present)
    {
        known.order = ++m_order;
        known.request = {InputOf(entity, defect), incident, selected != entity};
    }
}

void
SwitchRequests::SetCommand(SwitchInput command, IncidentId incident)
{
    m_command = {command, incident, false};
}

void
SwitchRequests::ClearCommand()
{
    m_command = Request();
}

SwitchRequests::Request
SwitchRequests::GetCommand() const
{
    return m_command;
}

SwitchRequests::Request
SwitchRequests::GetDefect(bool degrades) const
{
    Defect highest;
    for (const auto& entity : m_defects)
    {
        for (const Defect& defect : entity)
        {
            const bool counts = defect.present && (degrades || &defect == &entity[DEFECT_FAIL]);
            const int rank = defect.request.Rank();
            if (counts && (rank > highest.request.Rank() ||
                           (rank == highest.request.Rank() && defect.order < highest.order)))
            {
                highest = defect;
            }
        }
    }
    return highest.request;
}

SwitchRequests::Request
SwitchRequests::GetHighest(bool degrades) const
{
    const Request defect = GetDefect(degrades);
    return m_command.Rank() > defect.Rank() ? m_command : defect;
}

bool
SwitchRequests::HasDefect(Entity entity, SwitchDefect defect) const
{
    return m_defects[entity][defect].present;
}

void
SwitchRequests::Reset()
{
    *this = SwitchRequests();
}

ApsMessage
MessageOfState(SwitchState state,
               Entity selected,
               const SwitchRequests::Request& defect,
               IncidentId incident)
{
    const uint8_t dataPath = selected == ENTITY_PROTECTION ? 1 : 0;
    switch (state)
    {
    case SWITCH_UA_LO_L:
        return {APS_LOCKOUT, 0, 0, incident};
    case SWITCH_UA_P_L:
        return {APS_SIGNAL_FAIL, 0, 0, incident};
    case SWITCH_UA_DP_L:
        return {APS_SIGNAL_DEGRADE, 0, 0, incident};
    case SWITCH_PF_W_L:
        return {APS_SIGNAL_FAIL, 1, 1, incident};
    case SWITCH_PF_DW_L:
        return {APS_SIGNAL_DEGRADE, 1, 1, incident};
    case SWITCH_SA_F_L:
        return {APS_FORCED_SWITCH, 1, 1, incident};
    case SWITCH_SA_MW_L:
        return {APS_MANUAL_SWITCH, 0, 0, incident};
    case SWITCH_SA_MP_L:
        return {APS_MANUAL_SWITCH, 1, 1, incident};
    case SWITCH_WTR:
        return {APS_WAIT_TO_RESTORE, 0, 1, incident};
    case SWITCH_DNR:
        return {APS_DO_NOT_REVERT, 0, 1, incident};
    case SWITCH_E_L:
        return {APS_EXERCISE, 0, dataPath, incident};
    case SWITCH_E_R:
        return {APS_REVERSE_REQUEST, 0, dataPath, incident};
    case SWITCH_UA_LO_R:
    case SWITCH_UA_P_R:
    case SWITCH_UA_DP_R:
    case SWITCH_PF_W_R:
    case SWITCH_PF_DW_R:
    case SWITCH_SA_F_R:
        return DefectMessage(defect, dataPath, incident);
    default:
        return {APS_NO_REQUEST, 0, dataPath, incident};
    }
}

} // namespace qkdn
} // namespace ns3
