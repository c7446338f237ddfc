/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KM_MANAGEMENT_AGENT_H
#define QKDN_KM_MANAGEMENT_AGENT_H

#include "qkdn-mk-messages.h"

#include "ns3/callback.h"
#include "ns3/qkdn-partner-link.h"
#include "ns3/traced-callback.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The KM's end of reference point Mk: registers at the manager after each connection, and
 * puts the policies that it sends in force.
 *
 * The newest policy stays in force while the manager is not there. A crash of the KM ends it: then
 * the KM does what it is configured to do until the manager sends it again.
 */
class KmManagementAgent : public PartnerLink
{
  public:
    /// Puts a policy in force.
    using PolicyCallback = Callback<void, const MkPolicy&>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set where it works.
     * @param self the KM
     * @param policy told of each new policy
     */
    void Configure(KmId self, PolicyCallback policy);

    /**
     * @brief The policy in force.
     * @return the policy; number 0 if it is the configuration of the KM
     */
    const MkPolicy& GetPolicy() const;

    // from PartnerLink
    void Stop() override;

    /**
     * @brief TracedCallback signature of a policy that is in force from now on.
     * @param km the KM
     * @param policy the policy
     */
    using PolicyTracedCallback = void (*)(KmId km, const MkPolicy& policy);

    /**
     * @brief TracedCallback signature of a message that changed nothing.
     * @param km the KM
     * @param type message type
     */
    using BadMessageCallback = void (*)(KmId km, uint16_t type);

  protected:
    void DoDispose() override;

  private:
    /// The manager is there.
    void ManagerUp();

    /**
     * @brief A message of the manager.
     * @param type its type
     * @param body its body
     */
    void ReceiveMessage(uint16_t type, Ptr<Packet> body);

    KmId m_self;            //!< the KM
    PolicyCallback m_apply; //!< puts policies in force
    MkPolicy m_policy;      //!< the policy in force

    TracedCallback<KmId, const MkPolicy&> m_policyTrace; //!< Policy
    TracedCallback<KmId, uint16_t> m_badMessageTrace;    //!< BadMessage
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KM_MANAGEMENT_AGENT_H */
