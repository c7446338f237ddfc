/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MK_RECEIVER_H
#define QKDN_MK_RECEIVER_H

#include "qkdn-policy-push.h"

#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/qkdn-mk-messages.h"
#include "ns3/qkdn-supervised-endpoint.h"
#include "ns3/traced-callback.h"

#include <map>
#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The manager's end of reference point Mk: gives key managers their resilience policy.
 *
 * A KM that has registered is sent the policy until it acknowledges or refuses it, and again after
 * each reconnection, as it may have crashed meanwhile.
 */
class MkReceiver : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MkReceiver();
    ~MkReceiver() override;

    /**
     * @brief Set the address.
     * @param local address and port for Mk and hellos
     */
    void SetIdentity(const Address& local);

    /**
     * @brief Add a KM, before the start.
     * @param km its number; aborts if it is none or used already
     * @param remote its address and port for Mk
     */
    void AddKeyManager(KmId km, const Address& remote);

    /**
     * @brief Set the resilience policy of all KMs. May be called before the start and during the
     * run.
     * @param policy the policy; aborts unless its number is higher than that of any before
     */
    void SetPolicy(const MkPolicy& policy);

    /**
     * @brief The newest policy.
     * @return the policy, number 0 if there is none
     */
    const MkPolicy& GetPolicy() const;

    /**
     * @brief Start, also again after Stop(). Without KMs it does nothing.
     * @param node the node
     */
    void Start(Ptr<Node> node);

    /// Stop as a process that crashes; the policy is on stable storage.
    void Stop();

    /**
     * @brief Whether a KM has the newest policy in force, as far as is known.
     * @param km the KM
     * @return true if it has acknowledged it over its present connection
     */
    bool HasAccepted(KmId km) const;

    /**
     * @brief The endpoint of Mk.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether KMs live.
     * @return the agent for hellos
     */
    Ptr<HelloAgent> GetHelloAgent() const;

    /**
     * @brief TracedCallback signature of a policy that is sent or acknowledged.
     * @param km the KM
     * @param policy the policy
     * @param accepted true if the KM has put it in force, false if it was sent
     */
    using PolicyCallback = void (*)(KmId km, const MkPolicy& policy, bool accepted);

    /**
     * @brief TracedCallback signature of a policy that a KM does not follow.
     * @param km the KM
     * @param number number of the policy
     */
    using RefusedCallback = void (*)(KmId km, uint32_t number);

    /**
     * @brief TracedCallback signature of a message that changed nothing.
     * @param km the KM
     * @param type message type
     */
    using BadMessageCallback = void (*)(KmId km, uint16_t type);

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief Send the newest policy.
     * @param peer the KM
     * @return whether it is under way
     */
    bool SendPolicy(PeerId peer);

    /**
     * @brief A connection is up or down.
     * @param peer the KM
     * @param up true for up
     */
    void PeerConnected(PeerId peer, bool up);

    /**
     * @brief A message.
     * @param peer the KM
     * @param type its type
     * @param body its body
     * @param incident the failure behind it, or none
     */
    void ReceiveMessage(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);

    /**
     * @brief Carry out what a message says.
     * @param peer the KM
     * @param type its type
     * @param body its body
     * @return false if it changed nothing
     */
    bool Dispatch(PeerId peer, uint16_t type, Ptr<const Packet> body);

    Time m_retry;                       //!< attribute PolicyRetry
    Address m_local;                    //!< Mk and hellos
    Ptr<SupervisedEndpoint> m_endpoint; //!< Mk and hellos
    std::map<KmId, Address> m_kms;      //!< KMs
    std::map<PeerId, KmId> m_byPeer;    //!< KMs by endpoint peer
    MkPolicy m_policy;                  //!< newest policy
    PolicyPush m_push;                  //!< sends it

    TracedCallback<KmId, const MkPolicy&, bool> m_policyTrace; //!< Policy
    TracedCallback<KmId, uint32_t> m_refusedTrace;             //!< PolicyRefused
    TracedCallback<KmId, uint16_t> m_badMessageTrace;          //!< BadMessage
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MK_RECEIVER_H */
