/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESTORATION_CLIENT_H
#define QKDN_RESTORATION_CLIENT_H

#include "qkdn-cq-messages.h"
#include "qkdn-group-protection.h"

#include "ns3/address.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/qkdn-supervised-endpoint.h"
#include "ns3/traced-callback.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Reference point Cq at a QKD node: tells controllers of the ends of groups that wait for
 * them (class link-restoration), and has their commands carried out.
 *
 * All controllers are told everything. A command is carried out once, even if it comes several
 * times: one with the number of the newest command is answered only, one with a lower number is
 * refused. The number of the newest command outlives a crash of the process.
 */
class RestorationClient : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    RestorationClient();
    ~RestorationClient() override;

    /**
     * @brief Add an end of a group, before the start.
     * @param group the end
     */
    void AddGroup(Ptr<GroupProtection> group);

    /**
     * @brief Add a controller, before the start.
     * @param local address and port of this end, TCP and UDP, the same for all controllers
     * @param controller those of the controller
     */
    void AddController(const Address& local, const Address& controller);

    /**
     * @brief The process starts. Without controllers nothing happens.
     * @param node its node
     */
    void Start(Ptr<Node> node);

    /// The process ends.
    void Stop();

    /**
     * @brief What controllers should know has changed.
     * @param group the group
     * @param report what this end says of it
     * @param incident the failure behind it, or none
     */
    void Report(GroupId group, const GroupReport& report, IncidentId incident);

    /**
     * @brief A switching is over.
     * @param group the group
     * @param working the working entity
     * @param done false if a switch did not reach its port
     */
    void Operated(GroupId group, uint32_t working, bool done);

    /**
     * @brief What exchanges messages with controllers.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether controllers live.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

    /**
     * @brief TracedCallback signature of a command that has come.
     * @param group name of the group
     * @param end the end, 0 or 1
     * @param command the command
     * @param result "begun", "repeated", or why it is refused
     */
    using CommandCallback = void (*)(const std::string& group,
                                     uint32_t end,
                                     const CqSelect& command,
                                     const std::string& result);

    /**
     * @brief TracedCallback signature of a message that changes nothing.
     * @param type its type
     * @param bytes its size without the frame header
     */
    using RejectedCallback = void (*)(uint16_t type, uint32_t bytes);

  protected:
    void DoDispose() override;

  private:
    /// A group and the newest command.
    struct Member
    {
        Ptr<GroupProtection> group;              //!< this end
        CqSelect command;                        //!< newest command, number 0 for none
        PeerId sender;                           //!< who gave it
        IncidentId incident;                     //!< the failure behind it
        bool executing{false};                   //!< it is under way
        std::optional<CqAcknowledgement> answer; //!< what became of it
    };

    /// @cond
    void PeerConnected(PeerId peer, bool up);
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);
    void Execute(Member& member, PeerId peer, const CqSelect& command, IncidentId incident);
    void Begin(Member& member);
    void Answer(Member& member, bool done, const std::string& reason);
    void Register(PeerId peer, const Member& member) const;
    /// @endcond

    Ptr<SupervisedEndpoint> m_endpoint; //!< connections
    Address m_local;                    //!< this end
    std::set<PeerId> m_peers;           //!< controllers
    std::map<GroupId, Member> m_groups; //!< groups
    std::vector<Address> m_controllers; //!< addresses of controllers
    bool m_running{false};              //!< process runs

    TracedCallback<const std::string&, uint32_t, const CqSelect&, const std::string&>
        m_commandTrace;                                 //!< Command
    TracedCallback<uint16_t, uint32_t> m_rejectedTrace; //!< Rejected
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESTORATION_CLIENT_H */
