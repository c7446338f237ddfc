/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_STATE_DATABASE_H
#define QKDN_LINK_STATE_DATABASE_H

#include "qkdn-km-hop.h"
#include "qkdn-link-state.h"

#include "ns3/nstime.h"

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
 * @brief The newest advertisement of each KM, as one KM knows them, and what they say together of
 * the hops of the network. It knows no messages.
 *
 * Which of two advertisements is newer follows OSPF (RFC 2328, 13.1): that with the higher
 * sequence number; of two with the same number that which is too old, as it is withdrawn. Ages
 * differ by no more than the time on the way and decide nothing else.
 */
class LinkStateDatabase
{
  public:
    /// How an advertisement compares to the one that is held of the same KM.
    enum Comparison
    {
        NEWER, //!< newer, or none is held
        SAME,  //!< the same issue
        OLDER  //!< older
    };

    /**
     * @brief Set the age from which on an advertisement is too old.
     * @param maxAge the age
     */
    void SetMaxAge(Time maxAge);

    /**
     * @brief Whether an advertisement is too old.
     * @param age its age
     * @return true if so
     */
    bool IsTooOld(Time age) const;

    /**
     * @brief Compare an issue to the one that is held.
     * @param header the issue
     * @return how it compares
     */
    Comparison Compare(const LinkStateHeader& header) const;

    /**
     * @brief Hold an advertisement instead of that of the same KM.
     * @param advertisement the advertisement, not too old
     * @param now the time
     */
    void Install(const LinkStateAdvertisement& advertisement, Time now);

    /**
     * @brief Forget the advertisement of a KM.
     * @param origin the KM
     * @return false if there was none
     */
    bool Remove(KmId origin);

    /// Forget all.
    void Clear();

    /**
     * @brief The advertisement of a KM.
     * @param origin the KM
     * @param now the time
     * @return it with its age now, none if none is held
     */
    std::optional<LinkStateAdvertisement> Find(KmId origin, Time now) const;

    /**
     * @brief All advertisements, without ages.
     * @return in order of origin
     */
    std::vector<LinkStateHeader> GetHeaders() const;

    /**
     * @brief The advertisements that have become too old.
     * @param now the time
     * @return in order of origin
     */
    std::vector<LinkStateHeader> GetTooOld(Time now) const;

    /**
     * @brief When the next one becomes too old.
     * @return the time, none if none is held
     */
    std::optional<Time> GetNextExpiry() const;

    /**
     * @brief All hops that one end or both advertise.
     * @return in order
     */
    std::vector<KmHop> GetHops() const;

    /**
     * @brief Whether both ends advertise a hop as usable.
     * @param hop the hop
     * @return true if so
     */
    bool IsUsable(const KmHop& hop) const;

    /**
     * @brief The key rate of a hop.
     * @param hop the hop
     * @return the smaller rate of those that its ends advertise, bit/s; 0 unless both do
     */
    uint64_t GetKeyRateBps(const KmHop& hop) const;

    /**
     * @brief The key rate of a hop that the demand of routes leaves.
     * @param hop the hop
     * @return the smaller rate of those that its ends advertise, bit/s; 0 unless both do
     */
    uint64_t GetResidualBps(const KmHop& hop) const;

    /**
     * @brief Whether one end of a hop says that its pool is low.
     * @param hop the hop
     * @return true if so
     */
    bool IsLow(const KmHop& hop) const;

  private:
    /// An advertisement.
    struct Entry
    {
        LinkStateAdvertisement advertisement; //!< as it was installed
        Time at;                              //!< when
    };

    /**
     * @brief What one end says of a hop.
     * @param from the end
     * @param to the other end
     * @return what it says, null if it says nothing
     */
    const LinkStateHop* FindEnd(KmId from, KmId to) const;

    Time m_maxAge;                   //!< from this age on an advertisement is too old
    std::map<KmId, Entry> m_entries; //!< by origin
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_STATE_DATABASE_H */
