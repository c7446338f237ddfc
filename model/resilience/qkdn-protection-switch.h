/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROTECTION_SWITCH_H
#define QKDN_PROTECTION_SWITCH_H

#include "qkdn-aps-transmitter.h"
#include "qkdn-switch-events.h"
#include "qkdn-switch-requests.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <array>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Linear protection of one working entity by one protection entity, as seen at one end:
 * RFC 7271 in APS mode, with the updates of RFC 8234 by default.
 *
 * It is told of defects and commands by Local() and of messages of the other end by Remote(); it
 * says by callbacks which entity to select and what to send to the other end. It does nothing
 * before Start(). Callbacks and trace sinks may call Local() and Remote().
 */
class ProtectionSwitch : public Object
{
  public:
    /// Select an entity: the entity, the failure behind it, or none.
    using SelectCallback = Callback<void, Entity, IncidentId>;
    /// Send a message to the other end.
    using SendCallback = ApsTransmitter::SendCallback;

    /**
     * @brief TracedCallback signature for a change of state.
     * @param [in] from old state
     * @param [in] to new state
     * @param [in] incident the failure behind it, or none
     */
    typedef void (*StateChangeCallback)(SwitchState from, SwitchState to, IncidentId incident);

    /**
     * @brief TracedCallback signature for a change of selection.
     * @param [in] entity what is selected from now on
     * @param [in] incident the failure behind it, or none
     */
    typedef void (*SelectionCallback)(Entity entity, IncidentId incident);

    /**
     * @brief TracedCallback signature for a change of what is sent to the other end, and for each
     * message from there.
     * @param [in] message the message
     */
    typedef void (*MessageCallback)(const ApsMessage& message);

    /**
     * @brief TracedCallback signature for a defect that counts, or counts no longer.
     * @param [in] entity the entity
     * @param [in] defect kind of the defect
     * @param [in] present whether it counts from now on
     * @param [in] incident the failure behind it, or none
     */
    typedef void (*DefectCallback)(Entity entity,
                                   SwitchDefect defect,
                                   bool present,
                                   IncidentId incident);

    /**
     * @brief TracedCallback signature for the end of hold-off.
     * @param [in] entity the entity
     * @param [in] defective whether a defect is still there
     * @param [in] incident the newest failure of the entity
     */
    typedef void (*HoldOffCallback)(Entity entity, bool defective, IncidentId incident);

    /**
     * @brief TracedCallback signature for start and end of wait-to-restore at this end.
     * @param [in] running whether the timer runs from now on
     * @param [in] incident the failure that is over
     */
    typedef void (*WaitToRestoreCallback)(bool running, IncidentId incident);

    /**
     * @brief TracedCallback signature for what becomes of operator commands.
     * @param [in] request the command
     * @param [in] entity its entity; working for commands without one
     * @param [in] result what became of it
     * @param [in] incident what is behind the result, or none
     */
    typedef void (*CommandResultCallback)(SwitchRequest request,
                                          Entity entity,
                                          CommandResult result,
                                          IncidentId incident);

    /**
     * @brief TracedCallback signature for a failure of protocol.
     * @param [in] failure its kind
     * @param [in] present whether it is there from now on
     * @param [in] incident the failure behind the last message received, or none
     */
    typedef void (*ProtocolFailureCallback)(ProtocolFailure failure,
                                            bool present,
                                            IncidentId incident);

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ProtectionSwitch();
    ~ProtectionSwitch() override;

    /**
     * @brief Set who selects entities.
     * @param select called when another entity is to be selected
     */
    void SetSelectCallback(SelectCallback select);

    /**
     * @brief Set who sends messages.
     * @param send called for each message, repetitions too
     */
    void SetSendCallback(SendCallback send);

    /**
     * @brief Begin, by the rules of RFC 8234, 4.1: commands are forgotten, defects that are known
     * count.
     * @param remembered what was selected when the switch was stopped or its node failed
     */
    void Start(Entity remembered = ENTITY_WORKING);

    /// Fall silent and forget everything but what is selected, as in a failure of the node.
    void Stop();

    /**
     * @brief Whether it was started.
     * @return true between Start() and Stop()
     */
    bool IsStarted() const;

    /**
     * @brief A local request. What becomes of commands is traced.
     * @param request the request
     * @param entity the entity that it is about; ENTITY_WORKING where there is none
     * @param incident the failure behind it, or none
     */
    void Local(SwitchRequest request, Entity entity, IncidentId incident);

    /**
     * @brief A message of the other end. Invalid messages are traced and dropped.
     * @param message the message
     */
    void Remote(const ApsMessage& message);

    /**
     * @brief The state.
     * @return the extended state
     */
    SwitchState GetState() const;

    /**
     * @brief Position of the selector.
     * @return the entity that normal traffic is taken from
     */
    Entity GetSelected() const;

    /**
     * @brief Position of the bridge.
     * @param entity the entity
     * @return whether normal traffic is sent over it: always with a permanent bridge (1+1), else
     * if it is selected
     */
    bool IsBridged(Entity entity) const;

    /**
     * @brief What is said to the other end.
     * @return the message
     */
    const ApsMessage& GetMessage() const;

    /**
     * @brief What the other end said last.
     * @return the message, NR(0,0) before the first
     */
    const ApsMessage& GetLastReceived() const;

    /**
     * @brief Whether a defect of an entity counts (after hold-off).
     * @param entity the entity
     * @param defect kind of the defect
     * @return true if so
     */
    bool HasDefect(Entity entity, SwitchDefect defect) const;

    /**
     * @brief Whether hold-off runs for an entity.
     * @param entity the entity
     * @return true if so
     */
    bool IsHeldOff(Entity entity) const;

    /**
     * @brief Whether the WTR timer of this end is running.
     * @return true if so
     */
    bool IsWaitingToRestore() const;

    /**
     * @brief Whether an operator command is in effect at this end.
     * @return true if so
     */
    bool HasCommand() const;

    /**
     * @brief Whether there is a failure of protocol.
     * @param failure its kind
     * @return true if so
     */
    bool HasProtocolFailure(ProtocolFailure failure) const;

  protected:
    void DoDispose() override;

  private:
    /// The top-priority global request.
    struct Top
    {
        bool local{false};                 //!< the highest local request, not the last message
        SwitchInput input{INPUT_OC};       //!< if local
        SwitchMessage message{MESSAGE_NR}; //!< if not local
        IncidentId incident;               //!< the failure behind it, or none
    };

    /**
     * @brief Set the hold-off time.
     * @param duration time from a defect until it counts
     */
    void SetHoldOff(Time duration);

    /**
     * @brief The hold-off time.
     * @return time from a defect until it counts
     */
    Time GetHoldOff() const;

    /**
     * @brief A command of the operator.
     * @param request the command
     * @param entity its entity
     * @param incident what the operator reacts to, or none
     */
    void Command(SwitchRequest request, Entity entity, IncidentId incident);

    /**
     * @brief Why a command cannot be accepted.
     * @param command the command
     * @return COMMAND_ACCEPTED if it can
     */
    CommandResult Judge(SwitchInput command) const;

    /**
     * @brief Operator Clear.
     * @param incident what the operator reacts to, or none
     */
    void Clear(IncidentId incident);

    /**
     * @brief A defect is reported, or its end.
     * @param entity the entity
     * @param defect kind of the defect
     * @param present whether it is there
     * @param incident the failure behind it
     */
    void ReportDefect(Entity entity, SwitchDefect defect, bool present, IncidentId incident);

    /**
     * @brief Hold-off is over.
     * @param entity the entity
     * @param defective whether any defect is still there
     * @param incident newest failure
     */
    void ReportHoldOff(Entity entity, bool defective, IncidentId incident);

    /**
     * @brief What the last message says.
     * @return the column of table 11.2; NR with unidirectional switching
     */
    SwitchMessage GetReceivedKind() const;

    /**
     * @brief The top-priority global request (RFC 7271, 10.2).
     * @return the request
     */
    Top FindTop() const;

    /**
     * @brief Whether the last message goes before a local request of equal rank that asks for
     * something else (RFC 7271, 10.2.1).
     * @param local the local request
     * @param remote the message
     * @return true if so
     */
    bool IsRemoteFirst(const SwitchRequests::Request& local, SwitchMessage remote) const;

    /**
     * @brief Whether a local signal degrade counts: not before the first message (RFC 8234, 4.1).
     * @return true if so
     */
    bool CountsDegrade() const;

    /**
     * @brief Cancel the command if a higher request is there.
     * @return true if it was cancelled
     */
    bool CancelOverridden();

    /**
     * @brief Cancel the command.
     * @param result why
     * @param incident what is behind it, or none
     */
    void CancelCommand(CommandResult result, IncidentId incident);

    /**
     * @brief Look up the tables.
     * @param state the state, or the state as which to evaluate again
     * @param top the top-priority global request
     * @return what they say
     */
    SwitchStep LookUp(SwitchState state, const Top& top) const;

    /**
     * @brief Look up the tables for a one-shot input (OC, SFDc, WTR expiry).
     * @param input the input
     * @param incident the failure behind it
     */
    void Input(SwitchInput input, IncidentId incident);

    /// Look up the tables for the top-priority global request.
    void Evaluate();

    /**
     * @brief What footnotes depend on at the moment.
     * @return the conditions
     */
    SwitchConditions GetConditions() const;

    /**
     * @brief Carry out a look-up, with re-evaluation if it asks for it.
     * @param step what the tables say
     * @param incident the failure behind it
     */
    void Apply(SwitchStep step, IncidentId incident);

    /**
     * @brief Go to a state.
     * @param step where and how
     * @param incident the failure behind it
     */
    void Enter(const SwitchStep& step, IncidentId incident);

    /// Bring the message up to date.
    void RefreshMessage();

    /// Tell the callbacks what has changed.
    void Announce();

    /// The WTR timer has expired.
    void ExpireWtr();

    /// Compare Path of both ends, and watch for a difference that stays.
    void CheckMatch();

    /// The difference has stayed.
    void ReportMismatch();

    /// Leave a state that has no reason any more, so that both ends come to agree.
    void ResolveMismatch();

    /**
     * @brief Set a failure of protocol.
     * @param failure its kind
     * @param present whether it is there
     */
    void SetProtocolFailure(ProtocolFailure failure, bool present);

    /// Nothing was received for too long.
    void ReportSilence();

    /// Watch for messages from now on.
    void WatchSilence();

    bool m_revertive{true};                           //!< attribute
    Time m_waitToRestore;                             //!< attribute
    SwitchTableVersion m_tableVersion{TABLE_RFC8234}; //!< attribute
    bool m_bidirectional{true};                       //!< attribute
    bool m_permanentBridge{false};                    //!< attribute
    bool m_resolveMismatch{true};                     //!< attribute
    uint32_t m_fastMessages{3};                       //!< attribute
    Time m_fastInterval;                              //!< attribute
    Time m_slowInterval;                              //!< attribute
    Time m_mismatchTime;                              //!< attribute
    double m_silenceIntervals{3.5};                   //!< attribute

    SelectCallback m_select;      //!< selects entities
    LocalDefects m_defects;       //!< defects before and after hold-off
    SwitchRequests m_requests;    //!< local request logic
    ApsTransmitter m_transmitter; //!< sends messages

    bool m_started{false};                          //!< between Start() and Stop()
    SwitchState m_state{SWITCH_N};                  //!< the state
    Entity m_selected{ENTITY_WORKING};              //!< position of the selector
    Entity m_toldSelected{ENTITY_WORKING};          //!< selection that the callback knows
    SwitchMessageRule m_messageRule{SEND_OF_STATE}; //!< how the message of the state is made
    ApsMessage m_message;                           //!< what is said
    ApsMessage m_toldMessage;                       //!< what the transmitter says
    ApsMessage m_received;                          //!< last message received
    bool m_heard{false};                            //!< any message since Start()
    bool m_recovered{false};           //!< a local failure of working is over, and not yet Normal
    bool m_degradeToProtection{false}; //!< SD-W goes before SD-P: the ends did not agree otherwise
    IncidentId m_incident;             //!< behind the state
    IncidentId m_wtrIncident;          //!< the failure that is over
    EventId m_wtr;                     //!< expiry of the WTR timer
    EventId m_mismatch;                //!< a difference of Path counts
    EventId m_silence;                 //!< silence counts
    std::array<bool, PROTOCOL_FAILURES> m_failures{}; //!< failures of protocol

    TracedCallback<SwitchState, SwitchState, IncidentId> m_stateTrace;    //!< state
    TracedCallback<Entity, IncidentId> m_selectionTrace;                  //!< selection
    TracedCallback<const ApsMessage&> m_requestTrace;                     //!< what is sent
    TracedCallback<const ApsMessage&> m_receivedTrace;                    //!< messages
    TracedCallback<const ApsMessage&> m_invalidTrace;                     //!< dropped messages
    TracedCallback<Entity, SwitchDefect, bool, IncidentId> m_defectTrace; //!< defects
    TracedCallback<Entity, bool, IncidentId> m_holdOffTrace;              //!< hold-off
    TracedCallback<bool, IncidentId> m_wtrTrace;                          //!< WTR timer
    TracedCallback<SwitchRequest, Entity, CommandResult, IncidentId> m_commandTrace; //!< commands
    TracedCallback<ProtocolFailure, bool, IncidentId> m_failureTrace; //!< failures of protocol
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROTECTION_SWITCH_H */
