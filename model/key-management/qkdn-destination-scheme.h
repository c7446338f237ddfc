/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DESTINATION_SCHEME_H
#define QKDN_DESTINATION_SCHEME_H

#include "qkdn-kx-authenticator.h"
#include "qkdn-kx-direct-channel.h"
#include "qkdn-relay-scheme.h"

#include <map>
#include <utility>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Destination relay (ITU-T Y.3803 figure 7): KMs on the way hand on pads XORed with pads,
 * and no KM but the two ends ever has the keys.
 *
 * With K_i the pad of hop i of n, the message along the route carries T_1 = 0 on hop 1 and T_(i+1)
 * = T_i ^ K_i ^ K_(i+1) = K_1 ^ K_(i+1) on the next, so that the end finds K_1 = T_n ^ K_n. The
 * source sends the keys S as c = S ^ K_1 to the end's KM over a connection of their own, which does
 * not pass the KMs on the way. c may come before or after the message along the route.
 *
 * **Authentication.** K_1 is longer than S by one tag, and these bits are the one-time pad of the
 * tag of c. A relay costs n (|S| + tag) bits with ITS authentication, beside what the messages
 * along the route cost in every scheme; without ITS n |S|.
 *
 * **Who can learn the keys.** A KM on the way knows K_1 for an instant: it has T_i and K_i. It does
 * not have c. Who reads at one KM on the way, or knows one pad K_i, and also reads the connection
 * between the two ends, learns the keys; who does only one of both learns nothing.
 */
class DestinationScheme : public RelayScheme
{
  public:
    /**
     * @brief Set where it works.
     * @param direct the connection to the other ends of routes
     * @param authenticator tags
     */
    void Configure(Ptr<KxDirectChannel> direct, Ptr<KxAuthenticator> authenticator);

    /// Let go of everything.
    void Clear();

    /**
     * @brief At the end: keys under the pad of the first hop have come.
     * @param message the message
     * @return the keys, one after the other, or nothing as long as something is missing
     */
    std::optional<std::vector<uint8_t>> TakeMasked(const KxMaskedKeys& message);

    // from RelayScheme
    uint32_t GetExtraBits() const override;
    KxFailure Check(const KeyRoute& route) const override;
    bool ShowsKeys() const override;
    std::vector<uint8_t> Wrap(const std::vector<uint8_t>& keys,
                              const KeyMaterial& pad) const override;
    void Began(const KeyRoute& route,
               uint64_t number,
               const std::vector<uint8_t>& keys,
               const KeyMaterial& pad) override;
    std::optional<std::vector<uint8_t>> Unwrap(RouteId route,
                                               uint64_t number,
                                               const std::vector<uint8_t>& text) override;
    void Forget(RouteId route, uint64_t number) override;
    void ForgetBefore(RouteId route, uint64_t oldestOpen) override;
    void ForgetRoute(RouteId route) override;

  private:
    using RelayKey = std::pair<RouteId, uint64_t>; //!< route, number

    /// The two things that make the keys.
    struct Halves
    {
        std::optional<std::vector<uint8_t>> mask; //!< K_1, of the message along the route
        std::optional<KxMaskedKeys> masked;       //!< c, of the source
    };

    /**
     * @brief Put the two halves of a relay together, one of which has just come.
     * @param relay the relay
     * @return the keys, or nothing if one is missing or they do not fit
     */
    std::optional<std::vector<uint8_t>> Join(const RelayKey& relay);

    Ptr<KxDirectChannel> m_direct;        //!< the connection to other ends
    Ptr<KxAuthenticator> m_authenticator; //!< tags
    std::map<RelayKey, Halves> m_halves;  //!< relays of which one half has come
    std::map<RouteId, uint64_t> m_final;  //!< relays with lower numbers are final
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DESTINATION_SCHEME_H */
