/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROLLER_REDUNDANCY_H
#define QKDN_CONTROLLER_REDUNDANCY_H

#include "qkdn-charging-account.h"
#include "qkdn-cx-messages.h"

#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/qkdn-supervised-endpoint.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// A session, and the failure behind what is being done for it.
using SessionReplica = std::pair<CxSession, IncidentId>;

/**
 * @ingroup qkdn-resilience
 * @brief What takes turns: a controller.
 */
class ControllerRoleUser
{
  public:
    virtual ~ControllerRoleUser() = default;

    /**
     * @brief It is active from now on.
     * @param replica the sessions of the one that was, if that has told them
     * @param isTold whether it has
     */
    virtual void BecomeActive(const std::vector<SessionReplica>& replica, bool isTold) = 0;

    /// It stands by from now on, and has no sessions.
    virtual void BecomeStandby() = 0;

    /**
     * @brief All sessions.
     * @return them, with the failure behind what is being done for each
     */
    virtual std::vector<SessionReplica> GetReplica() const = 0;

    /**
     * @brief All accounts of sessions.
     * @return them, none if nothing is charged
     */
    virtual std::vector<ChargingAccount> GetAccounts() const = 0;

    /**
     * @brief The other one tells an account.
     * @param account what it knows
     */
    virtual void AccountTold(const ChargingAccount& account) = 0;
};

/**
 * @ingroup qkdn-resilience
 * @brief One of two controllers: finds out which of them is active (reference point Cx).
 *
 * The active one tells the other one its sessions when they connect, and each change. If the
 * other one hears no more of it (its process ends and resets the connection, or hellos are
 * missed), it takes over after TakeoverDelay, in a term above all that it knows. A controller
 * that starts again stands by, and takes over if the other one does not show up in
 * StartDelay. Two that are both active, as after a partition, compare terms (ControllerTerm): the
 * lower one stands by.
 *
 * Accounts of sessions are told by both when they connect, as each may have heard of key that the
 * other one has not, and each change by the one that hears of it.
 *
 * The term is kept over a crash, the replica is not.
 */
class ControllerRedundancy : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ControllerRedundancy();
    ~ControllerRedundancy() override;

    /**
     * @brief Set whom to tell. Call it first.
     * @param user the controller; it must outlive this object or dispose of it
     */
    void SetUser(ControllerRoleUser* user);

    /**
     * @brief Set the other controller; without it there is one that is always active.
     * @param number number of this controller
     * @param local address and port of this end of Cx
     * @param remote those of the other end
     * @param first whether this one is active at first
     */
    void SetPeer(uint32_t number, const Address& local, const Address& remote, bool first);

    /**
     * @brief Whether there is another controller.
     * @return true if so
     */
    bool HasPeer() const;

    /**
     * @brief Whether this one is active.
     * @return true also without another one
     */
    bool IsActive() const;

    /**
     * @brief The highest term that it knows.
     * @return the term with this controller's number
     */
    ControllerTerm GetTerm() const;

    /**
     * @brief The process starts.
     * @param node its node
     */
    void Start(Ptr<Node> node);

    /// The process ends.
    void Stop();

    /**
     * @brief Tell the other one what has become of a session. Nothing happens on standby.
     * @param session the session
     * @param incident the failure behind it, or none
     */
    void Replicate(const CxSession& session, IncidentId incident);

    /**
     * @brief Tell the other one an account that has changed.
     * @param account the account
     */
    void ReplicateAccount(const ChargingAccount& account);

    /**
     * @brief A KM obeys another controller.
     * @param term that one and its term
     */
    void Superseded(const ControllerTerm& term);

    /**
     * @brief What finds out whether the other one lives.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

    /**
     * @brief The endpoint of Cx.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief TracedCallback signature of a change of role.
     * @param term this controller and its term
     * @param active whether it is active
     */
    using RoleCallback = void (*)(const ControllerTerm& term, bool active);

  protected:
    void DoDispose() override;

  private:
    /// @cond
    void PeerConnected(PeerId peer, bool up);
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);
    void HandleRole(const CxRole& role);
    void SendRole();
    void SendReplica();
    void Tell(uint16_t type, Ptr<Packet> body, IncidentId incident);
    void TakeOverLater(Time delay);
    void TakeOver();
    void StandBy();
    /// @endcond

    Time m_takeoverDelay;                        //!< attribute TakeoverDelay
    Time m_startDelay;                           //!< attribute StartDelay
    Time m_repeatInterval;                       //!< attribute RepeatInterval
    ControllerRoleUser* m_user{nullptr};         //!< the controller
    Ptr<SupervisedEndpoint> m_endpoint;          //!< Cx and hellos
    Address m_local;                             //!< this end, invalid without another controller
    Address m_remote;                            //!< the other end
    PeerId m_peer;                               //!< the other one at the endpoint
    ControllerTerm m_term;                       //!< this controller, highest term known
    bool m_first{false};                         //!< active at first
    bool m_active{true};                         //!< active
    bool m_isTold{false};                        //!< the active one has begun to tell its sessions
    std::map<SessionId, CxSession> m_replica;    //!< what it told
    std::map<SessionId, IncidentId> m_incidents; //!< failures behind it
    EventId m_takeover;                          //!< takes over
    EventId m_repeat;                            //!< tells all sessions again

    TracedCallback<const ControllerTerm&, bool> m_roleTrace; //!< Role
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROLLER_REDUNDANCY_H */
