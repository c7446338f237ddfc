/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QKD_MODULE_H
#define QKDN_QKD_MODULE_H

#include "qkdn-distillation.h"
#include "qkdn-link-status-listener.h"
#include "qkdn-module-control.h"
#include "qkdn-qber-monitor.h"
#include "qkdn-quantum-net-device.h"
#include "qkdn-signal-detector.h"

#include "ns3/application.h"
#include "ns3/qkdn-hello-agent.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A QKD module: one end of a QKD link.
 *
 * It emits or detects light through its quantum device, talks to the other module over the
 * classical channel (TCP, with UDP hellos), and pushes QKD-keys and the status of the link over
 * reference point Kq. It learns of a failure only by what it sees itself: loss of light,
 * missed hellos, or a message of the other module.
 *
 * Life cycle: Off - Initialising (start-up or resynchronisation, while there is light) -
 * Running (Degraded while the error ratio is high) - Aborted (signal lost, or too many errors, here
 * or at the other end) - Initialising ...; Failed while the hardware is broken.
 *
 * The error ratio is what distillation estimates block by block, never what the channel does. While
 * a module is aborted for errors alone, pulses go on and blocks are only measured; when the
 * estimates at both ends are good again, the modules resynchronise.
 *
 * A module in Standby is warm and keeps watch: it emits synchronisation light if it has any, but
 * no pulses, and detects none. Neither module generates before both are active; each tells the
 * other over the classical channel. After activation both resynchronise. A module
 * in standby that was repaired starts up first, which needs no light then.
 */
class QkdModule : public Application, public ModuleControl
{
  public:
    /// Which end of the quantum channel this is.
    enum Role
    {
        TRANSMITTER, //!< prepares and sends quantum signals
        RECEIVER     //!< measures them
    };

    /// State of the module.
    enum State
    {
        OFF,          //!< switched off
        INITIALISING, //!< starting up or resynchronising
        RUNNING,      //!< generating
        DEGRADED,     //!< generating with an error ratio above the warning threshold
        ABORTED,      //!< not generating: no signal or too many errors
        FAILED,       //!< broken
        STANDBY       //!< ready, not generating
    };

    /// How the module begins.
    enum InitialState
    {
        START_OFF,     //!< it starts up first
        START_RUNNING, //!< it is running from the beginning
        START_STANDBY  //!< it is warm and stands by
    };

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    QkdModule();
    ~QkdModule() override;

    /**
     * @brief Set the QKD link.
     * @param link its id
     * @param name its name, for random streams
     */
    void SetLink(LinkId link, const std::string& name);

    /**
     * @brief Set the optical port.
     * @param device the device, on the same ns-3 node
     */
    void SetDevice(Ptr<QuantumNetDevice> device);

    /**
     * @brief Set the protocol and how blocks are distilled.
     * @param protocol equal at both ends
     * @param distillation this end's own
     */
    void SetProtocol(Ptr<QkdProtocol> protocol, Ptr<Distillation> distillation);

    /**
     * @brief Set the classical channel.
     * @param local address and port of this module
     * @param remote address and port of the other one
     */
    void SetClassicalChannel(const Address& local, const Address& remote);

    /**
     * @brief Set StartUpTime and ResyncTime to a pair that has a name:
     *
     * - "hhi-resync": 60 s and 0.3 s; the clock offset is recovered within a few hundred
     *   milliseconds by resynchronisation patterns (Krause et al., arXiv:2508.17770);
     * - "warm": 60 s and 60 s, a restart of a module that is warm;
     * - "cold": 300 s and 300 s, alignment of a plug-and-play system from the beginning (2 to 5
     *   min).
     *
     * There are no published figures of products for the last two: they are round numbers of the
     * order that is reported.
     *
     * @param name name of the pair
     * @return empty, or what is wrong, and then nothing was set
     */
    std::string SetTimingPreset(const std::string& name);

    /**
     * @brief The times of a pair that has a name.
     * @param name name of the pair
     * @param [out] startUp its StartUpTime
     * @param [out] resync its ResyncTime
     * @return false if there is no such pair, and then the times are as before
     */
    static bool FindTimingPreset(const std::string& name, Time& startUp, Time& resync);

    /**
     * @brief Set who takes keys and status over Kq.
     * @param consumer the key manager or the sender of Kq messages, on the same ns-3 node
     */
    void SetKeyConsumer(QkdKeyConsumer* consumer);

    /**
     * @brief Add one who is told each status that goes over Kq, after the key consumer.
     * @param listener outlives the module
     */
    void AddStatusListener(LinkStatusListener* listener);

    /// The hardware breaks, also before the start: all light, messages and raw data are gone.
    void Fail();

    /// One failure is repaired; if it was the last one, the module starts up.
    void Repair();

    // from ModuleControl
    void Activate(IncidentId incident) override;
    void Standby(IncidentId incident) override;

    /**
     * @brief The state.
     * @return the state
     */
    State GetState() const;

    /**
     * @brief Which end this is.
     * @return the role
     */
    Role GetRole() const;

    /**
     * @brief The link it serves.
     * @return the id
     */
    LinkId GetLinkId() const;

    /**
     * @brief This end's distillation.
     * @return the distillation
     */
    Ptr<Distillation> GetDistillation() const;

    /**
     * @brief The classical channel's endpoint.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief Use random streams from a number on instead of those that follow from the names.
     * @param stream first stream
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /**
     * @brief The name of a state as it appears in results.
     * @param state the state
     * @return the name
     */
    static const char* StateName(State state);

    /**
     * @brief TracedCallback signature of a change of state.
     * @param link the QKD link
     * @param role which end
     * @param from state before
     * @param to state after
     * @param incident the failure behind it, or none
     */
    using StateCallback =
        void (*)(LinkId link, Role role, State from, State to, IncidentId incident);

    /**
     * @brief TracedCallback signature of the detection of a failure.
     * @param link the QKD link
     * @param role which end detects
     * @param cause what it saw
     * @param incident the id it gives
     */
    using IncidentCallback = void (*)(LinkId link,
                                      Role role,
                                      const std::string& cause,
                                      IncidentId incident);

    /**
     * @brief TracedCallback signature of a key that goes to the key manager.
     * @param link the QKD link
     * @param role which end
     * @param key the key
     */
    using KeyCallback = void (*)(LinkId link, Role role, const QkdKey& key);

    /**
     * @brief TracedCallback signature of a message that is not understood.
     * @param link the QKD link
     * @param role which end received it
     * @param type its type
     * @param bytes its size without the frame header
     */
    using RejectedCallback = void (*)(LinkId link, Role role, uint16_t type, uint32_t bytes);

  protected:
    void DoDispose() override;

  private:
    /// Let the draws of distillation follow from the name of the link.
    void NameStatistics();

    void StartApplication() override;
    void StopApplication() override;

    /**
     * @brief Whether the modules have to speak to each other.
     * @return true if a classical channel is needed
     */
    bool UsesClassicalChannel() const;

    /// Begin in standby.
    void StartInStandby();

    /// In standby after a repair: start up without light.
    void WarmUp();

    /**
     * @brief Whether this end has no signal fail, as far as it can see.
     * @return true if so; a module in standby that sees no synchronisation light cannot tell
     */
    bool IsSignalGood() const;

    /// Wait until the other module is active.
    void WaitForPeer();

    /**
     * @brief Whether light takes another path now than when the emission began (transmitter, who
     * sees it by what comes back) or began to arrive (receiver).
     * @return true if so: both ends have to begin anew
     */
    bool HasPathChanged() const;

    /// Begin anew on another path, to which optical switches led without a loss of light.
    void PathChanged();

    /// Forget the error ratio if light takes another path than that which it was found on.
    void ForgetErrors();

    /**
     * @brief Why the link is in its status while this module stands by.
     * @return standby, or why it could not be activated
     */
    LinkCause GetStandbyCause() const;

    /// Bring up endpoint and hellos.
    void StartClassicalChannel();

    /**
     * @brief The light changes.
     * @param light what is seen from now on
     */
    void LightChanged(const ReceivedLight& light);

    /**
     * @brief The light is declared good or lost.
     * @param good true for good
     */
    void SignalDeclared(bool good);

    /**
     * @brief The other module answers hellos or does not.
     * @param peer the other module
     * @param alive true if it does
     */
    void PeerAlive(HelloPeerId peer, bool alive);

    /**
     * @brief The connection to the other module is up or down.
     * @param peer the other module
     * @param up true for up
     */
    void PeerConnected(PeerId peer, bool up);

    /**
     * @brief A message of the other module.
     * @param peer the other module
     * @param type its type
     * @param body its body
     * @param incident the failure behind it, or none
     */
    void ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief A message of distillation to the other module.
     * @param type its type
     * @param body its body
     * @return false if it is not reachable now
     */
    bool SendMessage(uint16_t type, Ptr<Packet> body);

    /// Tell the other module about the signal at this end.
    void SendSignalState();

    /**
     * @brief A key is finished.
     * @param key the key
     */
    void KeyReady(const QkdKey& key);

    /**
     * @brief Distillation has estimated the error ratio of a block.
     * @param block the block
     * @param qber the estimate
     */
    void EstimateKnown(const KeyId& block, double qber);

    /// The error ratio is too high, or good again: act on it and tell the other module.
    void ErrorsChanged();

    /**
     * @brief Only measure blocks, or make keys of them.
     * @param probing true to measure only
     */
    void SetProbing(bool probing);

    /// Let the state follow from what is known of the signal and of the error ratio.
    void UpdateState();

    /**
     * @brief Whether the error ratio allows key, here and at the other end as far as is known.
     * @return true if so
     */
    bool IsClean() const;

    /**
     * @brief Whether pulses are exchanged: for key, or to measure the error ratio.
     * @return true if so
     */
    bool ExchangesPulses() const;

    /**
     * @brief Go to a state.
     * @param state the state
     * @param incident the failure behind it, or none
     */
    void SetState(State state, IncidentId incident);

    /// Initialisation is over.
    void Initialised();

    /**
     * @brief The state of a module that generates, by the estimated error ratio.
     * @return Running or Degraded
     */
    State GeneratingState() const;

    /// Set what is emitted by the state.
    void UpdateEmission();

    /**
     * @brief Transmitter: begin an emission with a seed of its own.
     * @param [out] light gets the number and the seed
     */
    void StartEmission(Light& light);

    /**
     * @brief Receiver: begin or end detections by state and light.
     * @param changed whether the light has changed
     */
    void UpdateDetection(bool changed);

    /// Tell the key manager the status of the link if it, or its cause, has changed.
    void NotifyStatus();

    /**
     * @brief Why the link is in its status.
     * @return the cause
     */
    LinkCause GetCause() const;

    /**
     * @brief Note a failure that this module is the first to see here.
     * @param cause what was seen
     */
    void Detect(const std::string& cause);

    /**
     * @brief Note that the error ratio is high; it may be the sequel of a failure that is known.
     * @param cause what the estimates say
     */
    void DetectErrors(const std::string& cause);

    /// The failure that went on is over unless something else is wrong.
    void ForgetIncident();

    /**
     * @brief Whether this end sees what it judges the signal by.
     * @return true if so; always for a transmitter without synchronisation light
     */
    bool IsSignalPresent() const;

    /**
     * @brief Whether the state is one that generates.
     * @return true for Running and Degraded
     */
    bool IsGenerating() const;

    /**
     * @brief Time without signal before it counts as lost.
     * @return the persistence
     */
    Time GetLossPersistence() const;

    // attributes
    Role m_role{TRANSMITTER};               //!< Role
    InitialState m_initialState{START_OFF}; //!< InitialState
    Time m_startUp;                         //!< StartUpTime
    Time m_resync;                          //!< ResyncTime
    Time m_lossOfLight;                     //!< LossOfLightTime
    bool m_syncLight{true};                 //!< SyncLight
    double m_falseAlarm{1e-9};              //!< FalseAlarmProbability
    bool m_signalMessages{false};           //!< SignalMessages
    double m_qberWarning{0.0};              //!< QberWarning
    double m_qberWarningClear{0.0};         //!< QberWarningClear
    double m_qberAbort{0.0};                //!< QberAbort
    double m_qberClear{0.0};                //!< QberClear

    LinkId m_link;                         //!< the QKD link
    std::string m_linkName;                //!< its name
    Ptr<QuantumNetDevice> m_device;        //!< optical port
    Ptr<QkdProtocol> m_protocol;           //!< protocol
    Ptr<Distillation> m_distillation;      //!< distillation
    QkdKeyConsumer* m_consumer{nullptr};   //!< Kq
    Address m_local;                       //!< classical channel, this end
    Address m_remote;                      //!< classical channel, other end
    Ptr<MessageEndpoint> m_endpoint;       //!< classical channel
    PeerId m_peer;                         //!< the other module
    Ptr<HelloAgent> m_hello;               //!< liveness of the classical channel
    Ptr<UniformRandomVariable> m_seedDraw; //!< seeds of emissions
    SignalDetector m_detector;             //!< light
    QberMonitor m_qber;                    //!< estimates of the error ratio
    IncidentSource m_incidents;            //!< ids of failures seen here

    uint32_t m_failures{0};        //!< failures that are not repaired
    State m_state{OFF};            //!< state
    LinkStatus m_status{LINK_OFF}; //!< last status told over Kq
    LinkCause m_cause{CAUSE_NONE}; //!< its cause
    IncidentId m_incident;         //!< the failure that goes on, or none
    bool m_remoteGood{true};       //!< the other module has signal, as far as is known
    bool m_remoteClean{true};      //!< its error ratio allows key, as far as is known
    bool m_probing{false};         //!< blocks are only measured
    bool m_classicalAlive{true};   //!< hellos arrive, as far as is known
    bool m_cold{false};            //!< the next initialisation is a start-up
    uint32_t m_epoch{0};           //!< emissions so far
    bool m_emitting{false};        //!< an emission goes on
    bool m_detecting{false};       //!< pulses are detected
    uint32_t m_detectedEpoch{0};   //!< of this emission
    uint32_t m_seenEpoch{0};       //!< emission seen last
    Time m_seenSince;              //!< when it began to arrive
    DetectionMark m_mark;          //!< receiver: what it detects, as it tells with its light
    EventId m_initialised;         //!< end of initialisation
    EventId m_errorsChanged;       //!< what the estimates say has consequences

    bool m_standby{false};          //!< this module stands by, or will when it can
    bool m_remoteStandby{false};    //!< the other module stands by, as far as is known
    bool m_warming{false};          //!< it starts up without light
    QuantumLinkBudget m_pathBudget; //!< path of the emission, or of the one seen last
    std::vector<LinkStatusListener*>
        m_listeners; //!< who is told of the status besides the consumer

    TracedCallback<LinkId, Role, State, State, IncidentId> m_stateTrace;          //!< StateChange
    TracedCallback<LinkId, Role, const std::string&, IncidentId> m_incidentTrace; //!< Incident
    TracedCallback<LinkId, Role, const QkdKey&> m_keyTrace;                       //!< KeyDelivered
    TracedCallback<LinkId, Role, uint16_t, uint32_t> m_rejectedTrace; //!< MessageRejected
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QKD_MODULE_H */
