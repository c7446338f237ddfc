/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_POLICY_PUSH_H
#define QKDN_POLICY_PUSH_H

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-message-endpoint.h"

#include <cstdint>
#include <functional>
#include <map>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Sends the newest policy to each partner of a manager until that accepts it, and again
 * after each reconnection.
 */
class PolicyPush
{
  public:
    /// Sends the newest policy to a partner: true if it is under way.
    using SendFunction = std::function<bool(PeerId)>;

    PolicyPush() = default;
    ~PolicyPush();
    PolicyPush(const PolicyPush&) = delete;
    PolicyPush& operator=(const PolicyPush&) = delete;

    /**
     * @brief Set how policies are sent.
     * @param send sends the newest one
     */
    void SetSendFunction(SendFunction send);

    /**
     * @brief Set how long an answer is waited for.
     * @param retry time until a policy is sent again
     */
    void SetRetry(Time retry);

    /**
     * @brief There is a newer policy: send it to all that are ready.
     * @param number its number; aborts if it is not higher than that of the one before
     */
    void SetNewest(uint32_t number);

    /**
     * @brief A partner is ready to take policies: send it the newest one, even if it took that one
     * over an earlier connection.
     * @param partner the partner
     */
    void SetReady(PeerId partner);

    /**
     * @brief A partner is gone; what it accepted does not count any more.
     * @param partner the partner
     */
    void SetGone(PeerId partner);

    /// All partners are gone.
    void Stop();

    /**
     * @brief A partner accepts a policy.
     * @param partner the partner
     * @param number number of the policy
     * @return false if there is no such policy
     */
    bool Accept(PeerId partner, uint32_t number);

    /**
     * @brief A partner refuses a policy. The newest one is not sent again before there is a newer
     * one or the partner is ready anew.
     * @param partner the partner
     * @param number number of the policy
     * @return false if there is no such policy
     */
    bool Refuse(PeerId partner, uint32_t number);

    /**
     * @brief Whether a partner has accepted the newest policy over its present connection.
     * @param partner the partner
     * @return true if so
     */
    bool HasAccepted(PeerId partner) const;

  private:
    /// A partner that is ready.
    struct Partner
    {
        bool accepted{false}; //!< it has accepted the newest policy
        EventId again;        //!< sends it again
    };

    /**
     * @brief A partner that may have answered to a policy.
     * @param peer the partner
     * @param number number of the policy
     * @return the partner, null if it is not ready or there is no such policy
     */
    Partner* FindAnswering(PeerId peer, uint32_t number);

    /**
     * @brief Send the newest policy, and again later.
     * @param peer the partner
     */
    void Push(PeerId peer);

    SendFunction m_send;                  //!< sends policies
    Time m_retry;                         //!< until a policy is sent again
    uint32_t m_newest{0};                 //!< number of the newest policy, 0 for none
    std::map<PeerId, Partner> m_partners; //!< those that are ready
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_POLICY_PUSH_H */
