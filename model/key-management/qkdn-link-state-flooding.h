/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_STATE_FLOODING_H
#define QKDN_LINK_STATE_FLOODING_H

#include "qkdn-km-neighbour.h"
#include "qkdn-kx-channel.h"
#include "qkdn-link-state-database.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/packet.h"

#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Keeps the link-state databases of all KMs alike, and issues the advertisements of one.
 *
 * A newer advertisement goes on to all neighbours but the one it came from. Kx is a reliable
 * stream as long as it is up, so that advertisements are not acknowledged. Whenever the KMs of a
 * hop have agreed their pools anew, each sends a summary of its database, and the other answers
 * with what is newer or missing there (as the complete sequence number PDUs of ISO/IEC 10589).
 *
 * A KM issues its advertisement when what it says changes, but no sooner than MinInterval after
 * the last time (a change of amounts: AmountInterval), and when the last issue is as old as the
 * refresh interval. A KM that has lost its memory in a crash learns the number of its last issue
 * from its neighbours and outdoes it (RFC 2328, 13.4). An advertisement that becomes too old is
 * dropped, and neighbours are told to do the same.
 */
class LinkStateFlooding
{
  public:
    /// The database has changed: the failure behind it, or none.
    using ChangedCallback = Callback<void, IncidentId>;
    /// What becomes of an advertisement: which, what.
    using FateCallback = Callback<void, const LinkStateHeader&, LinkStateFate>;

    /// Times.
    struct Timing
    {
        Time refresh;        //!< age of an issue at which it is issued again
        Time maxAge;         //!< age from which on it is too old
        Time minInterval;    //!< shortest time between issues
        Time amountInterval; //!< the same if only amounts have changed
    };

    LinkStateFlooding() = default;
    ~LinkStateFlooding();
    LinkStateFlooding(const LinkStateFlooding&) = delete;
    LinkStateFlooding& operator=(const LinkStateFlooding&) = delete;

    /**
     * @brief Set where it works.
     * @param self this KM
     * @param channel sends messages
     * @param neighbours neighbouring KMs
     */
    void Configure(KmId self, KxChannel* channel, const KmNeighbours* neighbours);

    /**
     * @brief Set who is told.
     * @param changed told of changes of the database
     * @param fate told of all advertisements
     */
    void SetCallbacks(ChangedCallback changed, FateCallback fate);

    /**
     * @brief The process starts.
     * @param timing its times
     */
    void Start(const Timing& timing);

    /// The process ends: all is forgotten.
    void Stop();

    /**
     * @brief What this KM has to say of its hops.
     * @param hops in order of neighbour
     * @param statusChanged whether more than amounts has changed
     * @param incident the failure behind it, or none
     */
    void Advertise(std::vector<LinkStateHop> hops, bool statusChanged, IncidentId incident);

    /**
     * @brief A neighbour can be reached.
     * @param neighbour the neighbour
     */
    void PeerUp(KmId neighbour);

    /**
     * @brief Advertisements of a neighbour.
     * @param peer the neighbour
     * @param packet message
     * @param incident the failure behind it, or none
     * @return false if it is malformed
     */
    bool HandleLinkState(KmId peer, Ptr<const Packet> packet, IncidentId incident);

    /**
     * @brief The summary of a neighbour.
     * @param peer the neighbour
     * @param packet message
     * @return false if it is malformed
     */
    bool HandleSummary(KmId peer, Ptr<const Packet> packet);

    /**
     * @brief The database.
     * @return the database
     */
    const LinkStateDatabase& GetDatabase() const;

    /**
     * @brief When an advertisement of a KM arrived of which none was held.
     * @return the newest such time
     */
    Time GetNewestOrigin() const;

  private:
    /**
     * @brief Take an advertisement.
     * @param peer the sender
     * @param advertisement the advertisement
     * @param incident the failure behind it, or none
     * @return whether the database has changed
     */
    bool Take(KmId peer, const LinkStateAdvertisement& advertisement, IncidentId incident);

    /**
     * @brief Take an advertisement that is too old: forget the same, or an older one.
     * @param peer the sender
     * @param advertisement the advertisement
     * @param incident the failure behind it, or none
     * @return whether the database has changed
     */
    bool Purge(KmId peer, const LinkStateAdvertisement& advertisement, IncidentId incident);

    /**
     * @brief Somebody knows an advertisement of this KM.
     * @param header which
     * @return true if it was issued before the last start, and is outdone
     */
    bool Outdo(const LinkStateHeader& header);

    /// Issue the own advertisement now.
    void Issue();

    /**
     * @brief Issue it as soon as the interval allows.
     * @param interval shortest time since the last one
     */
    void IssueAfter(Time interval);

    /**
     * @brief Send an advertisement to all neighbours but one.
     * @param advertisement the advertisement
     * @param except that one, or none
     * @param incident the failure behind it, or none
     */
    void Flood(const LinkStateAdvertisement& advertisement, KmId except, IncidentId incident);

    /// Drop what is too old.
    void Expire();

    /// Set the timer of Expire().
    void ScheduleExpiry();

    KmId m_self;                               //!< this KM
    KxChannel* m_channel{nullptr};             //!< sends messages
    const KmNeighbours* m_neighbours{nullptr}; //!< neighbouring KMs
    ChangedCallback m_changed;                 //!< told of changes of the database
    FateCallback m_fate;                       //!< told of advertisements
    Timing m_timing;                           //!< times
    LinkStateDatabase m_database;              //!< the database
    bool m_running{false};                     //!< the process runs
    uint64_t m_sequence{0};                    //!< number of the last issue
    std::vector<LinkStateHop> m_hops;          //!< what this KM has to say
    IncidentId m_incident;                     //!< failure behind what is to be issued, or none
    std::optional<Time> m_issued;              //!< when the last issue was made
    Time m_newestOrigin;                       //!< see GetNewestOrigin()
    EventId m_issue;                           //!< next issue
    EventId m_expiry;                          //!< next Expire()
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_STATE_FLOODING_H */
