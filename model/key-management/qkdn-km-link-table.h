/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KM_LINK_TABLE_H
#define QKDN_KM_LINK_TABLE_H

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-qkd-key.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a key manager knows of its QKD links: where they lead, and what their two ends say
 * of them.
 */
class KmLinkTable
{
  public:
    /// What one end of a link says.
    struct Status
    {
        LinkStatus status{LINK_PENDING}; //!< the status
        IncidentId incident;             //!< the failure behind it, or none
        LinkAlarm alarm{};               //!< what is wrong
    };

    /**
     * @brief Add a link.
     * @param link the link
     * @param neighbour the KM at its other end
     */
    void Add(LinkId link, KmId neighbour);

    /**
     * @brief Set what a link can generate.
     * @param link the link, which may be added later
     * @param bps secret key rate, bit/s
     */
    void SetRate(LinkId link, uint64_t bps);

    /**
     * @brief Set the status at this end.
     * @param link a link that was added
     * @param status the status
     */
    void SetStatus(LinkId link, const Status& status);

    /**
     * @brief Set the status at the other end.
     * @param link a link that was added
     * @param status the status
     */
    void SetRemoteStatus(LinkId link, const Status& status);

    /// Forget what the other ends of all links said.
    void ForgetRemoteStatus();

    /**
     * @brief Forget what a neighbour said of the links to it.
     * @param neighbour the neighbour
     */
    void ForgetRemoteStatus(KmId neighbour);

    /**
     * @brief Where a link leads.
     * @param link the link
     * @return the KM at its other end, none if the link was not added
     */
    KmId GetNeighbour(LinkId link) const;

    /**
     * @brief All links.
     * @return their numbers, ascending
     */
    std::vector<LinkId> GetLinks() const;

    /**
     * @brief The links to a neighbour.
     * @param neighbour the neighbour
     * @return their numbers, ascending
     */
    std::vector<LinkId> GetLinksTo(KmId neighbour) const;

    /**
     * @brief What a link can generate.
     * @param link the link
     * @return secret key rate, bit/s; 0 if it was not set
     */
    uint64_t GetRate(LinkId link) const;

    /**
     * @brief The status of a link at this end.
     * @param link the link
     * @return the status, nothing if it is not known
     */
    std::optional<Status> GetStatus(LinkId link) const;

    /**
     * @brief Whether a link to a neighbour generates key.
     * @param neighbour the neighbour
     * @return true if one is active here, and at its other end as far as is known
     */
    bool Generates(KmId neighbour) const;

  private:
    /// A link.
    struct Link
    {
        KmId neighbour;               //!< KM at its other end
        std::optional<Status> status; //!< at this end, if known
        std::optional<Status> remote; //!< at the other end, if known
    };

    std::map<LinkId, Link> m_links;     //!< links
    std::map<LinkId, uint64_t> m_rates; //!< what links can generate, bit/s
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KM_LINK_TABLE_H */
