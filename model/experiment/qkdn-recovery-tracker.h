/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RECOVERY_TRACKER_H
#define QKDN_RECOVERY_TRACKER_H

#include "qkdn-new-blocks.h"
#include "qkdn-tracked-recovery.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A session as the recovery tracker sees it.
 */
struct TrackedSession
{
    SessionId id;              //!< the session
    std::string name;          //!< its name
    std::vector<LinkId> links; //!< QKD links between its two KMs
    KmId masterKm;             //!< KM of the master application
    KmId slaveKm;              //!< KM of the slave application
};

/**
 * @ingroup qkdn-resilience
 * @brief Follows each failure episode of each session of two neighbouring KMs that has no route,
 * from the fault to the first usable key.
 *
 * It is omniscient and changes nothing: it is told what happens, at the time at which it happens,
 * and notes the markers of the recovery's stages. An episode begins with a fault that concerns a
 * session and ends with the first KSA-key supplied after key generation has resumed: after the
 * first new block is confirmed in both KMA pools, if the QKD modules had stopped; else after the
 * two KMs have agreed on their keys, if they had lost each other. Faults that strike meanwhile
 * belong to the same episode; it is repaired when all of them are.
 */
class RecoveryTracker
{
  public:
    /**
     * @brief Follow a session.
     * @param session the session
     */
    void AddSession(const TrackedSession& session);

    /**
     * @brief Whether it follows a session.
     * @param session the session
     * @return true if it was added
     */
    bool HasSession(SessionId session) const;

    /**
     * @brief A fault strikes.
     * @param now the time
     * @param fault its id
     * @param sessions the sessions that depend on what breaks
     */
    void FaultStruck(Time now, const std::string& fault, const std::vector<SessionId>& sessions);

    /**
     * @brief A fault strikes that may have no effect, because packets can take another way.
     *
     * It begins an episode, or belongs to one, only if somebody detects a failure meanwhile.
     *
     * @param now the time
     * @param fault its id
     * @param sessions the sessions whose packets take the way that breaks
     */
    void PossibleFaultStruck(Time now,
                             const std::string& fault,
                             const std::vector<SessionId>& sessions);

    /**
     * @brief A fault is repaired.
     * @param now the time
     * @param fault its id
     */
    void FaultRepaired(Time now, const std::string& fault);

    /**
     * @brief A QKD module detects a failure.
     * @param now the time
     * @param link its link
     * @param incident the id it gives
     */
    void LinkIncident(Time now, LinkId link, IncidentId incident);

    /**
     * @brief A KM detects that a neighbour is dead, and knows it at once.
     * @param now the time
     * @param km the KM
     * @param neighbour the neighbour
     * @param incident the id it gives
     */
    void NeighbourIncident(Time now, KmId km, KmId neighbour, IncidentId incident);

    /**
     * @brief Keys of a QKD link come over another fibre, or from other modules between the same
     * two KMs, from now on.
     * @param now the time
     * @param decided when this was decided
     * @param link the link
     * @param mechanism what did it, for example "link-1:1"
     */
    void LinkProtected(Time now, Time decided, LinkId link, const std::string& mechanism);

    /**
     * @brief A KM learns that a link does not generate.
     * @param now the time
     * @param km the KM
     * @param link the link
     */
    void LinkReported(Time now, KmId km, LinkId link);

    /**
     * @brief A module begins or ends to generate.
     * @param now the time
     * @param link its link
     * @param end 0 for the transmitter, 1 for the receiver
     * @param generating true if it generates
     */
    void ModuleChanged(Time now, LinkId link, uint32_t end, bool generating);

    /**
     * @brief A block is full.
     * @param now the time
     * @param key the block
     */
    void BlockFilled(Time now, const KeyId& key);

    /**
     * @brief A module delivers a key.
     * @param now the time
     * @param key the key
     */
    void KeyDelivered(Time now, const KeyId& key);

    /**
     * @brief A key is confirmed at one end.
     * @param now the time
     * @param key the key
     */
    void KeyConfirmed(Time now, const KeyId& key);

    /**
     * @brief A KM and its neighbour have agreed on their keys, or lost each other.
     * @param now the time
     * @param km the KM
     * @param neighbour the neighbour
     * @param agreed true if they have agreed
     */
    void NeighbourChanged(Time now, KmId km, KmId neighbour, bool agreed);

    /**
     * @brief A KM stops or starts.
     * @param km the KM
     * @param running true if it runs
     */
    void ProcessChanged(KmId km, bool running);

    /**
     * @brief A KSA-key is supplied to the master application of a session.
     * @param now the time
     * @param session the session
     */
    void KeySupplied(Time now, SessionId session);

    /**
     * @brief All episodes so far, those that go on included.
     * @return in order of session, then time
     */
    std::vector<TrackedRecovery> GetResults() const;

  private:
    /// A failure episode of one session.
    struct Episode
    {
        std::string fault;              //!< the fault that began it
        std::vector<std::string> also;  //!< later ones
        std::set<std::string> open;     //!< those not repaired
        RecoveryMarkers markers;        //!< what has happened
        std::set<IncidentId> incidents; //!< of the detectors
        std::string mechanism;          //!< what has replaced the link, empty if nothing has
        bool modulesStopped{false};     //!< a module did not generate meanwhile
        NewBlocks blocks;               //!< blocks filled since the modules run again
    };

    /// A session and its episodes.
    struct Session
    {
        TrackedSession description;       //!< the session
        std::vector<Episode> finished;    //!< episodes that are over
        std::unique_ptr<Episode> current; //!< the one that goes on, or null
    };

    /// A fault that may have no effect.
    struct PossibleFault
    {
        std::string id;                  //!< its id
        Time since;                      //!< when it struck
        std::vector<SessionId> sessions; //!< the sessions that may be concerned
    };

    /**
     * @brief Let the possible faults of a session take effect, because a failure was detected.
     * @param id the session
     * @param session the session
     */
    void AdoptPossibleFaults(SessionId id, Session& session);

    /**
     * @brief Begin an episode.
     * @param since when its fault struck
     * @param fault id of the fault
     * @param session the session
     */
    void Begin(Time since, const std::string& fault, Session& session) const;

    /**
     * @brief Add a fault to the episode that goes on.
     * @param fault id of the fault
     * @param episode the episode
     */
    static void Extend(const std::string& fault, Episode& episode);

    /**
     * @brief Note the detection of a failure.
     * @param now the time
     * @param incident its id
     * @param session the session
     */
    static void NoteIncident(Time now, IncidentId incident, Session& session);

    /**
     * @brief Whether a session uses a link.
     * @param session the session
     * @param link the link
     * @return true if so
     */
    static bool Uses(const Session& session, LinkId link);

    /**
     * @brief Whether a session's KMs are these two.
     * @param session the session
     * @param a one
     * @param b the other
     * @return true if so
     */
    static bool IsBetween(const Session& session, KmId a, KmId b);

    /**
     * @brief Note that the entity that decides for a session knows of the failure.
     * @param now the time
     * @param session the session
     * @param km who knows
     */
    void Inform(Time now, Session& session, KmId km);

    /**
     * @brief Whether some QKD link of a session generates at both ends.
     * @param session the session
     * @return true if so
     */
    bool IsGenerating(const Session& session) const;

    /**
     * @brief Whether both KMs of a session have agreed on their keys.
     * @param session the session
     * @return true if so
     */
    bool HasAgreed(const Session& session) const;

    /**
     * @brief Note t6 if it has come.
     * @param now the time
     * @param session the session
     */
    void CheckRunning(Time now, Session& session);

    std::vector<PossibleFault> m_possible;              //!< in order of time
    std::map<SessionId, Session> m_sessions;            //!< sessions
    std::map<LinkId, std::array<bool, 2>> m_generating; //!< modules by link and end
    std::set<std::pair<KmId, KmId>> m_agreed;           //!< who has agreed with whom
    std::set<KmId> m_stopped;                           //!< KMs that do not run
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RECOVERY_TRACKER_H */
