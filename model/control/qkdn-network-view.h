/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_NETWORK_VIEW_H
#define QKDN_NETWORK_VIEW_H

#include "qkdn-mc-messages.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ck-messages.h"
#include "ns3/qkdn-km-hop.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a controller knows of the QKDN: what KMs have said about their QKD links.
 *
 * A hop, that is a pair of KMs, may have several QKD links. It is usable if at least one link
 * is ACTIVE at both ends and each KM says that the other is alive; an end that has said nothing
 * counts as not active.
 *
 * With a largest age, what an end has said of a link is stale from that age on, until it says
 * something again. A hop that is usable only by stale links is stale: it is as usable for the
 * routes that use it already, but its key rate does not count, and new routes keep off it.
 */
class NetworkView
{
  public:
    /// What a message has changed.
    struct Change
    {
        std::set<LinkId> links; //!< links of which anything is new
        /// hops that became usable or not, have another key rate, whose pool became low or not,
        /// that became stale or not, or of which another length or risk group is known
        std::set<KmHop> hops;
        bool hasGain{false};         //!< whether one of them may serve routes that it did not serve
        std::vector<KmHop> stale;    //!< usable hops that became stale
        std::vector<KmHop> fresh;    //!< usable hops that are not stale any more
        std::vector<McAlarm> alarms; //!< ends of links with another cause of alarm
        std::set<LinkId> described;  //!< links of which something constant is new
    };

    /**
     * @brief A KM has registered: what it said before is replaced.
     * @param message what it says
     * @param now time of the message
     * @return what is new; none if the message contradicts itself or what other KMs said, and
     * then nothing has changed
     */
    std::optional<Change> Register(const CkRegistration& message, Time now);

    /**
     * @brief A registered KM reports one of its links.
     * @param km the KM
     * @param state what it says
     * @param now time of the message
     * @return what is new; none as for Register()
     */
    std::optional<Change> Report(KmId km, const CkLinkState& state, Time now);

    /**
     * @brief Set from which age reports are stale.
     * @param age the age; zero for never
     */
    void SetMaxAge(Time age);

    /**
     * @brief Mark what is stale.
     * @param now the time
     * @return what is new
     */
    Change Expire(Time now);

    /**
     * @brief When the oldest report that is not stale will be.
     * @return the time; none if there are none, or without a largest age
     */
    std::optional<Time> GetNextExpiry() const;

    /// Forget everything.
    void Clear();

    /**
     * @brief Whether a KM has registered.
     * @param km the KM
     * @return true if so
     */
    bool IsRegistered(KmId km) const;

    /**
     * @brief Whether keys can be relayed over a hop for as long as it stays as it is.
     * @param hop the hop
     * @return true if it is usable
     */
    bool IsUsable(const KmHop& hop) const;

    /**
     * @brief Whether what is known of a usable hop is too old for new routes.
     * @param hop the hop
     * @return true if so
     */
    bool IsStale(const KmHop& hop) const;

    /**
     * @brief Length of a hop.
     * @param hop the hop
     * @return length of the shortest of its links whose length a KM has told, m; 0 if none has
     */
    uint32_t GetLengthM(const KmHop& hop) const;

    /**
     * @brief What can break a hop together with others.
     * @param hop the hop
     * @return names of the risk groups of all its links, as KMs have told them
     */
    std::set<std::string> GetRiskGroups(const KmHop& hop) const;

    /**
     * @brief Key rate of a hop.
     * @param hop the hop
     * @return sum over its links that are ACTIVE at both ends and not stale, bit/s
     */
    uint64_t GetKeyRateBps(const KmHop& hop) const;

    /**
     * @brief Key in the pool of a hop.
     * @param hop the hop
     * @return what its KMs said, the lower number, bits
     */
    uint64_t GetPoolBits(const KmHop& hop) const;

    /**
     * @brief The hops of which a KM says that the pool is low.
     * @return the hops
     */
    const std::set<KmHop>& GetLowHops() const;

    /**
     * @brief The hops that have a QKD link.
     * @return the hops in order
     */
    std::vector<KmHop> GetHops() const;

    /**
     * @brief The QKD links.
     * @return the links in order
     */
    std::vector<LinkId> GetLinks() const;

    /**
     * @brief A link as both ends together see it.
     * @param link a link that is known; aborts otherwise
     * @return the worse status, the lower key rate and pool of the ends that have reported
     */
    McLinkStatus GetLinkStatus(LinkId link) const;

    /**
     * @brief What is constant of a link, as both ends together have told it.
     * @param link a link that is known; aborts otherwise
     * @return name, fibres and length of the end with the lower number if it has told them, and
     * the risk groups of both ends
     */
    McLinkDescription GetDescription(LinkId link) const;

    /**
     * @brief The hop of a link.
     * @param link a link that is known; aborts otherwise
     * @return its two KMs
     */
    KmHop GetHop(LinkId link) const;

    /**
     * @brief When an end has last reported a link.
     * @param link the link
     * @param km the KM at the end
     * @return the time, none if it has not
     */
    std::optional<Time> GetReportTime(LinkId link, KmId km) const;

    /**
     * @brief A number that rises with each change of a usable hop, of a key rate, or of a pool
     * that becomes low or not.
     * @return the number
     */
    uint64_t GetVersion() const;

  private:
    /// What one end said of a link.
    struct End
    {
        CkLinkState state; //!< what it said
        Time at;           //!< when
        bool stale{false}; //!< whether that is too long ago
    };

    /// A QKD link.
    struct Link
    {
        KmHop hop;                //!< its KMs
        std::map<KmId, End> ends; //!< what they said

        std::map<KmId, CkLinkDescription> descriptions{}; //!< what they said is constant
    };

    /// What routes depend on.
    struct Quality
    {
        bool usable{false};     //!< keys can be relayed over it
        bool stale{false};      //!< it is usable, but only by stale links
        uint64_t keyRateBps{0}; //!< its key rate, bit/s
        bool low{false};        //!< its pool is low

        /**
         * @brief Whether routes may find something here that they did not find before.
         * @param before how it was
         * @return true if anything is better
         */
        bool HasGained(const Quality& before) const
        {
            return (usable && !before.usable) || (!stale && before.stale) ||
                   keyRateBps > before.keyRateBps || (!low && before.low);
        }

        /// @cond
        bool operator!=(const Quality& o) const
        {
            return usable != o.usable || stale != o.stale || keyRateBps != o.keyRateBps ||
                   low != o.low;
        }

        /// @endcond
    };

    /// Two KMs that have QKD links.
    struct Hop
    {
        std::set<LinkId> links; //!< the links
        Quality quality;        //!< of all of them; searches of routes ask for it often
    };

    /**
     * @brief Whether a KM may say something.
     * @param km the KM
     * @param state what it says
     * @return false if it contradicts what is known
     */
    bool IsPossible(KmId km, const CkLinkState& state) const;

    /**
     * @brief Whether a link makes its hop usable.
     * @param link the link
     * @return true if so
     */
    static bool IsLinkUsable(const Link& link);

    /**
     * @brief Whether a registration does not contradict itself or what is known.
     * @param message the registration
     * @param [out] named the links that it names
     * @return true if so
     */
    bool IsPossible(const CkRegistration& message, std::set<LinkId>& named) const;

    /**
     * @brief Whether something that an end said of a link is stale.
     * @param link the link
     * @return true if so
     */
    static bool IsLinkStale(const Link& link);

    /**
     * @brief Count the age of an end from now on, or not any more.
     * @param id the link
     * @param km the KM at the end
     * @param end the end
     * @param counts true if its age counts
     */
    void Age(LinkId id, KmId km, const End& end, bool counts);

    /**
     * @brief Enter what is constant of the links of a KM.
     * @param message its registration
     * @param [in,out] change what is new
     */
    void EnterDescriptions(const CkRegistration& message, Change& change);

    /**
     * @brief Enter what an end said.
     * @param km the KM
     * @param state what it says
     * @param now when
     * @param [in,out] change what is new
     */
    void Enter(KmId km, const CkLinkState& state, Time now, Change& change);

    /**
     * @brief Drop what an end said.
     * @param km the KM
     * @param link the link
     * @param [in,out] change what is new
     */
    void Drop(KmId km, LinkId link, Change& change);

    /**
     * @brief What routes depend on.
     * @param hop the hop
     * @return its quality
     */
    Quality GetQuality(const KmHop& hop) const;

    /**
     * @brief Work out what routes depend on.
     * @param links the links of a hop
     * @return its quality
     */
    Quality ComputeQuality(const std::set<LinkId>& links) const;

    /**
     * @brief Work out the quality of a hop, and note it if it has changed.
     * @param hop the hop
     * @param before how it was
     * @param [in,out] change what is new
     */
    void Compare(const KmHop& hop, const Quality& before, Change& change);

    std::map<LinkId, Link> m_links;             //!< links
    std::map<KmHop, Hop> m_hops;                //!< links and quality of each hop
    std::set<KmHop> m_low;                      //!< hops whose pool is low
    std::map<KmId, std::set<LinkId>> m_linksOf; //!< links that each registered KM named
    uint64_t m_version{0};                      //!< changes so far
    Time m_maxAge;                              //!< age from which reports are stale, or zero
    /// ends that are not stale with when they said something, oldest first; only with a largest age
    std::set<std::tuple<Time, LinkId, KmId>> m_ages;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_NETWORK_VIEW_H */
