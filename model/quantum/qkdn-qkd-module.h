/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QKD_MODULE_H
#define QKDN_QKD_MODULE_H

#include "qkdn-distillation.h"
#include "qkdn-quantum-net-device.h"
#include "qkdn-signal-detector.h"

#include "ns3/application.h"
#include "ns3/qkdn-hello-agent.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

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
 * Running (Degraded if the error ratio reaches QberWarning) - Aborted (signal lost here or at
 * the other end) - Initialising ...; Failed while the hardware is broken.
 */
class QkdModule : public Application
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
        START_OFF,    //!< it starts up first
        START_RUNNING //!< it is running from the beginning
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
     * @brief Set who takes keys and status over Kq.
     * @param consumer the key manager or the sender of Kq messages, on the same ns-3 node
     */
    void SetKeyConsumer(QkdKeyConsumer* consumer);

    /// The hardware breaks, also before the start: all light, messages and raw data are gone.
    void Fail();

    /// One failure is repaired; if it was the last one, the module starts up.
    void Repair();

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

    /// Let the state follow from what is known of the signal.
    void UpdateState();

    /**
     * @brief Go to a state.
     * @param state the state
     * @param incident the failure behind it, or none
     */
    void SetState(State state, IncidentId incident);

    /// Initialisation is over.
    void Initialised();

    /**
     * @brief The state of a module that generates, by the expected error ratio.
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

    /// Receiver: begin or end detections by state and light.
    void UpdateDetection();

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
    double m_qberWarning{0.0};              //!< QberWarning
    double m_qberAbort{0.0};                //!< QberAbort

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
    IncidentSource m_incidents;            //!< ids of failures seen here

    uint32_t m_failures{0};        //!< failures that are not repaired
    State m_state{OFF};            //!< state
    LinkStatus m_status{LINK_OFF}; //!< last status told over Kq
    LinkCause m_cause{CAUSE_NONE}; //!< its cause
    IncidentId m_incident;         //!< the failure that goes on, or none
    bool m_remoteGood{true};       //!< the other module has signal, as far as is known
    bool m_classicalAlive{true};   //!< hellos arrive, as far as is known
    bool m_cold{false};            //!< the next initialisation is a start-up
    uint32_t m_epoch{0};           //!< emissions so far
    bool m_emitting{false};        //!< an emission goes on
    bool m_detecting{false};       //!< pulses are detected
    uint32_t m_seenEpoch{0};       //!< emission seen last
    Time m_seenSince;              //!< when it began to arrive
    EventId m_initialised;         //!< end of initialisation

    TracedCallback<LinkId, Role, State, State, IncidentId> m_stateTrace;          //!< StateChange
    TracedCallback<LinkId, Role, const std::string&, IncidentId> m_incidentTrace; //!< Incident
    TracedCallback<LinkId, Role, const QkdKey&> m_keyTrace;                       //!< KeyDelivered
    TracedCallback<LinkId, Role, uint16_t, uint32_t> m_rejectedTrace; //!< MessageRejected
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QKD_MODULE_H */
