/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_PROTECTION_AGENT_H
#define QKDN_LINK_PROTECTION_AGENT_H

#include "qkdn-group-protection.h"
#include "qkdn-group-report-store.h"
#include "qkdn-link-status-listener.h"
#include "qkdn-restoration-client.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/qkdn-endpoint-name.h"
#include "ns3/qkdn-supervised-endpoint.h"
#include "ns3/socket.h"
#include "ns3/traced-callback.h"

#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Protection by switching in the quantum layer at one QKD node: its ends of protection
 * groups (link-1+1, 1:1, 1:n, m:n, link-restoration).
 *
 * It learns of entities from the modules, line monitors and optical switches at its node, tells the
 * agent at the other end by datagrams (APS, UDP), and moves modules and switches at its node. To
 * the manager it reports each group over Mq (TCP): the match-up of working and protection links,
 * and how well each is protected. A change of where keys come from that the manager cannot have
 * heard of is kept for it, also over a crash as in stable storage. Ends of class link-restoration
 * do what a controller commands over Cq (RestorationClient).
 */
class LinkProtectionAgent : public Application, public LinkStatusListener, public GroupObserver
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    LinkProtectionAgent();
    ~LinkProtectionAgent() override;

    /**
     * @brief Set who this is, before the start.
     * @param local address and port for APS (UDP)
     */
    void SetIdentity(const Address& local);

    /**
     * @brief Add an end of a group, before the start. Aborts if the group makes no sense.
     * @param group the group
     * @param peer address and port of the agent at the other end
     */
    void AddGroup(const GroupEnd& group, const Address& peer);

    /**
     * @brief Set the manager, before the start.
     * @param local address and port of this end of Mq, not those for APS
     * @param manager address and port of the manager's end
     */
    void SetManager(const Address& local, const Address& manager);

    /**
     * @brief What speaks with controllers.
     * @return this end of Cq
     */
    Ptr<RestorationClient> GetRestorationClient() const;

    /**
     * @brief An operator at this node gives a command.
     * @param group name of the group; aborts if it is unknown
     * @param working the working entity that it is for
     * @param command the command
     * @return what became of it, "accepted" if it is in effect
     */
    std::string Command(const std::string& group, uint32_t working, GroupCommand command);

    /**
     * @brief An operator at this node gives a command for all working entities of a group.
     * @param group name of the group; aborts if it is unknown
     * @param command the command
     */
    void CommandAll(const std::string& group, GroupCommand command);

    /// The process crashes, also before the start: nothing is watched, sent or switched.
    void Crash();

    /// One cause of a crash is gone; if it was the last one, the process starts again.
    void Restart();

    /**
     * @brief Whether the process runs.
     * @return false after Crash()
     */
    bool IsRunning() const;

    /**
     * @brief The names of all groups.
     * @return the names, in order
     */
    std::vector<std::string> GetGroups() const;

    /**
     * @brief A group at this end.
     * @param group its name; aborts if it is unknown
     * @return the group
     */
    Ptr<const GroupProtection> GetGroup(const std::string& group) const;

    /**
     * @brief What exchanges messages with the manager.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetManagerEndpoint() const;

    /**
     * @brief What finds out whether the manager lives.
     * @return the agent
     */
    Ptr<HelloAgent> GetManagerHelloAgent() const;

    // from LinkStatusListener
    void LinkStatusChanged(LinkId link,
                           LinkStatus status,
                           IncidentId incident,
                           const LinkAlarm& alarm) override;

    /**
     * @brief TracedCallback signature of the condition of an entity: signal fail, signal degrade
     * or good, as this end sees it, before the hold-off.
     * @param group name of the group
     * @param end end that sees it, 0 or 1
     * @param entity the entity
     * @param condition its condition from now on
     * @param cause what was noticed
     * @param incident the failure behind it
     */
    using SignalCallback = void (*)(const std::string& group,
                                    uint32_t end,
                                    ProtectionEntity entity,
                                    EntityCondition condition,
                                    const std::string& cause,
                                    IncidentId incident);

    /**
     * @brief TracedCallback signature of the end of a hold-off with the condition still there.
     * @param group name of the group
     * @param end the end, 0 or 1
     * @param entity the entity
     * @param incident the failure behind it
     */
    using HoldOffCallback = void (*)(const std::string& group,
                                     uint32_t end,
                                     ProtectionEntity entity,
                                     IncidentId incident);

    /**
     * @brief TracedCallback signature of an end that comes to know of a failure of a working
     * entity, by itself or by a message.
     * @param group name of the group
     * @param end the end, 0 or 1
     * @param working place of the working entity
     * @param incident the failure
     */
    using InformedCallback = void (*)(const std::string& group,
                                      uint32_t end,
                                      uint32_t working,
                                      IncidentId incident);

    /**
     * @brief TracedCallback signature of APS datagrams.
     * @param group name of the group
     * @param end the end that sends or receives, 0 or 1
     * @param datagram the datagram
     */
    using ApsCallback = void (*)(const std::string& group,
                                 uint32_t end,
                                 const ApsDatagram& datagram);

    /**
     * @brief TracedCallback signature of a decision about where keys come from.
     * @param group name of the group
     * @param end the end that decides, 0 or 1
     * @param working place of the working entity
     * @param selected the entity from now on
     * @param incident the failure behind it, or none
     */
    using DecidedCallback = void (*)(const std::string& group,
                                     uint32_t end,
                                     uint32_t working,
                                     ProtectionEntity selected,
                                     IncidentId incident);

    /**
     * @brief TracedCallback signature of the end of a switching action.
     * @param group name of the group
     * @param end the end, 0 or 1
     * @param working place of the working entity
     * @param selected the entity
     * @param done false if an optical switch did not reach its port
     * @param incident the failure behind it, or none
     */
    using OperatedCallback = void (*)(const std::string& group,
                                      uint32_t end,
                                      uint32_t working,
                                      ProtectionEntity selected,
                                      bool done,
                                      IncidentId incident);

    /**
     * @brief TracedCallback signature of a group that changes as this end sees it.
     * @param status the group
     * @param incident the failure behind it, or none
     */
    using StatusCallback = void (*)(const GroupStatus& status, IncidentId incident);

    /**
     * @brief TracedCallback signature of what becomes of operator commands.
     * @param group name of the group
     * @param end the end where it was given, 0 or 1
     * @param working place of the working entity
     * @param command the command
     * @param result "accepted", "rejected-local", "rejected-remote", "rejected-nothing",
     * "rejected-state", "rejected-frozen"; later "overridden-local", "overridden-remote", "cleared"
     * @param incident what is behind the result, or none
     */
    using CommandCallback = void (*)(const std::string& group,
                                     uint32_t end,
                                     uint32_t working,
                                     const std::string& command,
                                     const std::string& result,
                                     IncidentId incident);

    /**
     * @brief TracedCallback signature of a failure of protocol.
     * @param group name of the group
     * @param end the end that notices, 0 or 1
     * @param working place of the working entity
     * @param failed true if it fails, false if it works again
     * @param reason "mismatch" or "no-message"
     */
    using ProtocolCallback = void (*)(const std::string& group,
                                      uint32_t end,
                                      uint32_t working,
                                      bool failed,
                                      const std::string& reason);

    /**
     * @brief TracedCallback signature of a datagram that changed nothing.
     * @param reason "malformed", "unknown-peer" or "unknown-group"
     * @param bytes UDP payload, bytes
     */
    using DroppedCallback = void (*)(const std::string& reason, uint32_t bytes);

    /**
     * @brief TracedCallback signature of a crash or restart.
     * @param running true after a restart
     */
    using ProcessCallback = void (*)(bool running);

  protected:
    void DoDispose() override;

  private:
    /// A group and the agent at its other end.
    struct Member
    {
        Ptr<GroupProtection> group; //!< this end
        EndpointName peer{0, 0};    //!< the other end
    };

    void StartApplication() override;
    void StopApplication() override;

    /// Open sockets, begin to watch.
    void Open();

    /// Close sockets, watch nothing.
    void Close();

    /**
     * @brief The socket has received packets.
     * @param socket the socket
     */
    void HandleReceive(Ptr<Socket> socket);

    /**
     * @brief Find a group; aborts if there is none.
     * @param group its name
     * @return the group
     */
    const Member& Find(const std::string& group) const;

    /**
     * @brief The connection to the manager is up or down.
     * @param peer the manager
     * @param up true for up
     */
    void ManagerConnected(PeerId peer, bool up);

    /**
     * @brief A message of the manager, which has none to send.
     * @param peer the manager
     * @param type its type
     * @param body its body
     * @param incident the failure behind it, or none
     */
    void ManagerMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief Tell the manager of a group, now or when it is there.
     * @param status the group
     * @param incident the failure behind it, or none
     */
    void Report(const GroupStatus& status, IncidentId incident);

    /// Tell the manager what it was not told.
    void SendReports();

    // from GroupObserver
    void SendAps(const std::string& group, const ApsDatagram& datagram) override;
    void SignalChanged(const GroupEnd& group,
                       ProtectionEntity entity,
                       EntityCondition condition,
                       const std::string& cause,
                       IncidentId incident) override;
    void HoldOffOver(const GroupEnd& group, ProtectionEntity entity, IncidentId incident) override;
    void Informed(const GroupEnd& group, uint32_t working, IncidentId incident) override;
    void Decided(const GroupEnd& group,
                 uint32_t working,
                 ProtectionEntity selected,
                 IncidentId incident) override;
    void Operated(const GroupEnd& group,
                  uint32_t working,
                  ProtectionEntity selected,
                  bool done,
                  IncidentId incident) override;
    void StatusChanged(const GroupEnd& group,
                       const GroupStatus& status,
                       IncidentId incident) override;
    void ReportChanged(const GroupEnd& group,
                       const GroupReport& report,
                       IncidentId incident) override;
    void CommandChanged(const GroupEnd& group,
                        uint32_t working,
                        const std::string& command,
                        const std::string& result,
                        IncidentId incident) override;
    IncidentId NewIncident() override;
    void ProtocolFailed(const GroupEnd& group,
                        uint32_t working,
                        bool failed,
                        const std::string& reason) override;

    EndpointName m_local{0, 0};             //!< APS
    std::map<std::string, Member> m_groups; //!< by name
    Ptr<Socket> m_socket;                   //!< APS, null unless running
    Address m_managerLocal;                 //!< Mq, this end
    Address m_manager;                      //!< Mq, the manager
    Ptr<SupervisedEndpoint> m_endpoint;     //!< Mq
    PeerId m_managerPeer;                   //!< the manager
    Time m_lossWindow;                      //!< attribute LossWindow
    GroupReportStore m_reports;             //!< what the manager has to be told
    Ptr<RestorationClient> m_restoration;   //!< Cq
    IncidentSource m_incidents;             //!< ids of failures seen here first
    uint32_t m_crashes{0};                  //!< causes of a crash that last
    bool m_started{false};                  //!< between start and stop of the application
    bool m_running{false};                  //!< process runs

    TracedCallback<const std::string&,
                   uint32_t,
                   ProtectionEntity,
                   EntityCondition,
                   const std::string&,
                   IncidentId>
        m_signalTrace; //!< Signal
    TracedCallback<const std::string&, uint32_t, ProtectionEntity, IncidentId>
        m_holdOffTrace; //!< HoldOffOver
    TracedCallback<const std::string&, uint32_t, uint32_t, IncidentId>
        m_informedTrace;                                                          //!< Informed
    TracedCallback<const std::string&, uint32_t, const ApsDatagram&> m_sentTrace; //!< ApsSent
    TracedCallback<const std::string&, uint32_t, const ApsDatagram&>
        m_receivedTrace; //!< ApsReceived
    TracedCallback<const std::string&, uint32_t, uint32_t, ProtectionEntity, IncidentId>
        m_decidedTrace; //!< Decided
    TracedCallback<const std::string&, uint32_t, uint32_t, ProtectionEntity, bool, IncidentId>
        m_operatedTrace;                                          //!< Operated
    TracedCallback<const GroupStatus&, IncidentId> m_statusTrace; //!< GroupStatus
    TracedCallback<const std::string&,
                   uint32_t,
                   uint32_t,
                   const std::string&,
                   const std::string&,
                   IncidentId>
        m_commandTrace; //!< Command
    TracedCallback<const std::string&, uint32_t, uint32_t, bool, const std::string&>
        m_protocolTrace;                                         //!< Protocol
    TracedCallback<const std::string&, uint32_t> m_droppedTrace; //!< Dropped
    TracedCallback<bool> m_processTrace;                         //!< Process
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_PROTECTION_AGENT_H */
