/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-switch.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnProtectionSwitchLogic");

namespace
{

/// The command that an operator gives, as an input of the tables.
SwitchInput
InputOf(SwitchRequest request, Entity entity)
{
    switch (request)
    {
    case REQUEST_LOCKOUT:
        return INPUT_LO;
    case REQUEST_FORCED_SWITCH:
        return INPUT_FS;
    case REQUEST_MANUAL_SWITCH:
        return entity == ENTITY_WORKING ? INPUT_MS_W : INPUT_MS_P;
    default:
        return INPUT_EXER;
    }
}

/// The command behind an input of the tables.
SwitchRequest
RequestOf(SwitchInput input)
{
    switch (input)
    {
    case INPUT_LO:
        return REQUEST_LOCKOUT;
    case INPUT_FS:
        return REQUEST_FORCED_SWITCH;
    case INPUT_MS_W:
    case INPUT_MS_P:
        return REQUEST_MANUAL_SWITCH;
    default:
        return REQUEST_EXERCISE;
    }
}

/// The entity of a command.
Entity
EntityOf(SwitchInput input)
{
    return input == INPUT_MS_P || input == INPUT_FS ? ENTITY_PROTECTION : ENTITY_WORKING;
}

/// The state that a local input leads to where nothing is in its way.
SwitchState
StateOf(SwitchInput input)
{
    return LocalCell(SWITCH_N, input).next;
}

/// The message that keeps a node in a remote state; SWITCH_MESSAGES for other states.
SwitchMessage
CauseOf(SwitchState state)
{
    for (int i = MESSAGE_LO; i < SWITCH_MESSAGES; ++i)
    {
        const auto message = static_cast<SwitchMessage>(i);
        if (RemoteCell(TABLE_RFC7271, SWITCH_N, message).next == state)
        {
            return message;
        }
    }
    return SWITCH_MESSAGES;
}

} // namespace

void
ProtectionSwitch::Command(SwitchRequest request, Entity entity, IncidentId incident)
{
    const SwitchInput input = InputOf(request, entity);
    const CommandResult result = Judge(input);
    if (result != COMMAND_ACCEPTED)
    {
        m_commandTrace(request, entity, result, incident);
        return;
    }
    const SwitchRequests::Request old = m_requests.GetCommand();
    m_requests.SetCommand(input, incident);
    if (old.IsActive() && old.input != input)
    {
        m_commandTrace(RequestOf(old.input),
                       EntityOf(old.input),
                       COMMAND_OVERRIDDEN_LOCAL,
                       incident);
    }
    m_commandTrace(request, entity, COMMAND_ACCEPTED, incident);
    Evaluate();
}

CommandResult
ProtectionSwitch::Judge(SwitchInput command) const
{
    if (!m_started || (command == INPUT_EXER && !m_bidirectional))
    {
        return COMMAND_REJECTED_STATE;
    }
    const int rank = RankOf(command);
    const SwitchRequests::Request local = m_requests.GetHighest(true);
    if (local.Rank() > rank || (local.Rank() == rank && local.input != command))
    {
        return COMMAND_REJECTED_LOCAL;
    }
    const SwitchMessage remote = GetReceivedKind();
    if (RankOf(remote) > rank || (command == INPUT_MS_W && remote == MESSAGE_MS_P) ||
        (command == INPUT_MS_P && remote == MESSAGE_MS_W))
    {
        return COMMAND_REJECTED_REMOTE;
    }
    if (m_state != StateOf(command) && LocalCell(m_state, command).IsIgnore())
    {
        // what the table ignores is not kept for later
        return CauseOf(m_state) == SWITCH_MESSAGES ? COMMAND_REJECTED_LOCAL
                                                   : COMMAND_REJECTED_REMOTE;
    }
    return COMMAND_ACCEPTED;
}

void
ProtectionSwitch::Clear(IncidentId incident)
{
    const SwitchRequests::Request command = m_requests.GetCommand();
    if (!m_started || (!command.IsActive() && !IsWaitingToRestore()))
    {
        m_commandTrace(REQUEST_CLEAR,
                       ENTITY_WORKING,
                       m_started ? COMMAND_REJECTED_NOTHING : COMMAND_REJECTED_STATE,
                       incident);
        return;
    }
    m_requests.ClearCommand();
    m_commandTrace(REQUEST_CLEAR, ENTITY_WORKING, COMMAND_ACCEPTED, incident);
    if (command.IsActive())
    {
        m_commandTrace(RequestOf(command.input),
                       EntityOf(command.input),
                       COMMAND_CLEARED,
                       incident);
    }
    Input(INPUT_OC, incident);
}

void
ProtectionSwitch::ReportDefect(Entity entity,
                               SwitchDefect defect,
                               bool present,
                               IncidentId incident)
{
    m_requests.SetDefect(entity, defect, present, m_selected, incident);
    m_degradeToProtection = m_degradeToProtection && defect != DEFECT_DEGRADE;
    m_defectTrace(entity, defect, present, incident);
    if (!m_started)
    {
        return;
    }
    if (present)
    {
        Evaluate();
        return;
    }
    if (entity == ENTITY_WORKING)
    {
        m_recovered = true;
        m_wtrIncident = incident;
    }
    if (m_tableVersion == TABLE_RFC8234 && entity == ENTITY_PROTECTION && defect == DEFECT_FAIL &&
        m_state == SWITCH_UA_P_L)
    {
        // RFC 8234, 4.3: messages of the other end may have been lost meanwhile
        m_received.request = APS_NO_REQUEST;
        m_received.faultPath = 0;
    }
    Input(INPUT_SFDC, incident);
}

void
ProtectionSwitch::ReportHoldOff(Entity entity, bool defective, IncidentId incident)
{
    m_holdOffTrace(entity, defective, incident);
}

SwitchMessage
ProtectionSwitch::GetReceivedKind() const
{
    return m_bidirectional ? ClassifyMessage(m_received) : MESSAGE_NR;
}

ProtectionSwitch::Top
ProtectionSwitch::FindTop() const
{
    Top top;
    const SwitchRequests::Request local = m_requests.GetHighest(CountsDegrade());
    const SwitchMessage remote = GetReceivedKind();
    top.local = local.Rank() > RankOf(remote) && !IsRemoteFirst(local, remote);
    top.input = local.input;
    top.message = remote;
    top.incident = top.local ? local.incident : m_received.incident;
    return top;
}

bool
ProtectionSwitch::IsRemoteFirst(const SwitchRequests::Request& local, SwitchMessage remote) const
{
    if (local.input == INPUT_MS_P)
    {
        return remote == MESSAGE_MS_W;
    }
    const bool opposite = (local.input == INPUT_SD_P && remote == MESSAGE_SD_W) ||
                          (local.input == INPUT_SD_W && remote == MESSAGE_SD_P);
    if (!opposite)
    {
        return false;
    }
    return m_degradeToProtection ? remote == MESSAGE_SD_W : !local.onStandby;
}

bool
ProtectionSwitch::CountsDegrade() const
{
    return m_heard || !m_bidirectional;
}

bool
ProtectionSwitch::CancelOverridden()
{
    const SwitchRequests::Request command = m_requests.GetCommand();
    if (!command.IsActive())
    {
        return false;
    }
    const SwitchRequests::Request defect = m_requests.GetDefect(CountsDegrade());
    const SwitchMessage remote = GetReceivedKind();
    const bool byDefect = defect.Rank() > command.Rank();
    if (!byDefect && RankOf(remote) < command.Rank() && !IsRemoteFirst(command, remote))
    {
        return false;
    }
    CancelCommand(byDefect ? COMMAND_OVERRIDDEN_LOCAL : COMMAND_OVERRIDDEN_REMOTE,
                  byDefect ? defect.incident : m_received.incident);
    return true;
}

void
ProtectionSwitch::CancelCommand(CommandResult result, IncidentId incident)
{
    const SwitchInput command = m_requests.GetCommand().input;
    m_requests.ClearCommand();
    m_commandTrace(RequestOf(command), EntityOf(command), result, incident);
}

SwitchConditions
ProtectionSwitch::GetConditions() const
{
    SwitchConditions conditions;
    conditions.version = m_tableVersion;
    conditions.bidirectional = m_bidirectional;
    conditions.revertive = m_revertive;
    conditions.requestsLeft =
        m_requests.GetHighest(CountsDegrade()).IsActive() || GetReceivedKind() != MESSAGE_NR;
    conditions.recovered = m_recovered;
    conditions.wtrRunning = !m_wtr.IsExpired();
    conditions.selected = m_selected;
    conditions.dataPath = m_received.dataPath;
    return conditions;
}

SwitchStep
ProtectionSwitch::LookUp(SwitchState state, const Top& top) const
{
    if (top.local)
    {
        return LookUpLocal(GetConditions(), state, top.input);
    }
    if (m_bidirectional)
    {
        return LookUpRemote(GetConditions(), state, top.message);
    }
    SwitchStep nothing;
    nothing.ignored = true;
    return nothing;
}

void
ProtectionSwitch::Input(SwitchInput input, IncidentId incident)
{
    NS_LOG_LOGIC(SwitchInputName(input) << " in state " << SwitchStateName(m_state));
    Apply(LookUpLocal(GetConditions(), m_state, input), incident);
}

void
ProtectionSwitch::Evaluate()
{
    const bool cancelled = CancelOverridden();
    const Top top = FindTop();
    SwitchStep step = LookUp(m_state, top);
    if (cancelled && step.ignored)
    {
        // RFC 7271, 10.2.1: the state was that of the command
        step = LookUpLocal(GetConditions(), m_state, INPUT_OC);
    }
    Apply(step, top.incident);
}

void
ProtectionSwitch::Apply(SwitchStep step, IncidentId incident)
{
    if (step.reevaluate)
    {
        const SwitchState as = step.next;
        const Top top = FindTop();
        step = LookUp(as, top);
        if (step.ignored)
        {
            // RFC 8234, 4.3: "i" means the state that the footnote names
            step = SwitchStep();
            step.next = as;
        }
        else
        {
            incident = top.incident;
        }
    }
    if (step.ignored)
    {
        RefreshMessage(); // local defects may have changed
    }
    else
    {
        Enter(step, incident);
    }
    Announce();
}

void
ProtectionSwitch::Enter(const SwitchStep& step, IncidentId incident)
{
    const SwitchState old = m_state;
    const bool timerRan = !m_wtr.IsExpired();
    if (step.stopWtr || step.startWtr || (old == SWITCH_WTR && step.next != SWITCH_WTR))
    {
        m_wtr.Cancel();
    }
    m_state = step.next;
    m_selected = SelectedIn(m_state, m_selected);
    m_incident = incident;
    m_messageRule = step.message;
    m_recovered = m_recovered && m_state != SWITCH_N && m_state != SWITCH_DNR;
    RefreshMessage();
    if (step.startWtr)
    {
        m_wtr = Simulator::Schedule(m_waitToRestore, &ProtectionSwitch::ExpireWtr, this);
    }
    const bool timerRuns = !m_wtr.IsExpired();
    if (timerRan != timerRuns)
    {
        m_wtrTrace(timerRuns, m_wtrIncident);
    }
    if (old != m_state)
    {
        NS_LOG_INFO(SwitchStateName(old) << " -> " << SwitchStateName(m_state));
        m_stateTrace(old, m_state, incident);
    }
}

void
ProtectionSwitch::RefreshMessage()
{
    if (m_messageRule == SEND_OF_STATE)
    {
        m_message =
            MessageOfState(m_state, m_selected, m_requests.GetDefect(CountsDegrade()), m_incident);
    }
    else if (m_messageRule == SEND_NO_REQUEST)
    {
        m_message = {APS_NO_REQUEST, 0, 1, m_incident};
    }
}

void
ProtectionSwitch::Announce()
{
    if (m_toldSelected != m_selected)
    {
        m_toldSelected = m_selected;
        m_selectionTrace(m_selected, m_incident);
        if (!m_select.IsNull())
        {
            m_select(m_selected, m_incident);
        }
    }
    if (m_started && !m_toldMessage.SaysTheSame(m_message))
    {
        m_toldMessage = m_message;
        m_requestTrace(m_toldMessage);
        m_transmitter.Say(m_message);
    }
    CheckMatch();
}

void
ProtectionSwitch::ExpireWtr()
{
    m_wtrTrace(false, m_wtrIncident);
    Input(INPUT_WTR_EXP, m_wtrIncident);
}

void
ProtectionSwitch::ResolveMismatch()
{
    if (!m_resolveMismatch)
    {
        return;
    }
    const SwitchMessage remote = GetReceivedKind();
    const SwitchInput local = m_requests.GetHighest(CountsDegrade()).input;
    const SwitchMessage cause = CauseOf(m_state);
    if ((local == INPUT_SD_P && remote == MESSAGE_SD_W) ||
        (local == INPUT_SD_W && remote == MESSAGE_SD_P))
    {
        m_degradeToProtection = true;
        Evaluate();
    }
    else if (m_state == SWITCH_E_L && remote == MESSAGE_EXER)
    {
        CancelCommand(COMMAND_OVERRIDDEN_REMOTE, m_received.incident);
        Input(INPUT_OC, m_received.incident);
    }
    else if (m_state == SWITCH_E_R && remote == MESSAGE_EXER)
    {
        m_selected = m_received.dataPath == 0 ? ENTITY_WORKING : ENTITY_PROTECTION;
        RefreshMessage();
        Announce();
    }
    else if (cause != SWITCH_MESSAGES && cause != remote)
    {
        SwitchStep step;
        step.next = SWITCH_N;
        step.reevaluate = true;
        Apply(step, m_received.incident);
    }
}

} // namespace qkdn
} // namespace ns3
