/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_EXPOSURE_H
#define QKDN_KEY_EXPOSURE_H

#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-session.h"
#include "ns3/qkdn-key-sighting.h"

#include <array>
#include <boost/icl/interval_set.hpp>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Who could read the KSA-keys of a session, and what an attacker knows of them.
 *
 * A key is supplied if the application of one end at least has it.
 */
struct ExposureFigures
{
    uint64_t suppliedKeys{0};      //!< keys supplied
    uint64_t exposedKeys{0};       //!< of these, keys that the attacker knows
    uint64_t exposedBits{0};       //!< their bits
    uint64_t exposedStoredKeys{0}; //!< keys not supplied, but to be supplied, that he knows
    /// supplied keys by the KMs, other than the two ends, each of which alone could tell them
    std::map<std::vector<KmId>, uint64_t> byRelays;
};

/**
 * @ingroup qkdn-resilience
 * @brief The provenance of KSA-keys: which KMs have had each of them, or its shares, in clear; and
 * what an attacker learns who reads at compromised KMs. It sees what no node sees.
 *
 * **The attacker** learns, at each KM that is compromised:
 * - KSA-keys, and shares of them, that are in clear there at any instant between begin and end of
 *   the compromise: held for an application, in an answer that is kept, or relayed;
 * - KMA-keys that are in a pool there at any such instant. A KSA-key that is made of such bits
 *   (over one hop) is known, also when it is made later;
 * - with a wiretap, what is relayed on a hop under a one-time pad of such bits, also later, or on
 *   its way when the compromise begins: he reads all that passes on the classical network. Keys of
 *   which a compromised KM has only the pad (KeySighting::clear is false) are known then, too.
 *
 * Compromised KMs work together. A key is exposed if it is known whole, or by at least as many
 * different shares as make it. It counts as known as soon as one bit of it is: a part of a key
 * that is known is not told from the whole.
 *
 * **Limits.** He only reads: what he could do with the keys for authentication, forged messages
 * and controlled routes are not modelled. KMs erase keys that they have spent or handed over. He
 * reads the KM, not the QKD modules (a block that has not come to the KM is not known) and not the
 * applications.
 *
 * **Memory.** A key is forgotten, but for counters, when both ends are done with it and no relay
 * of it is on its way; known KMA-key costs one entry for each stretch of bits that is in a pool
 * when a compromise ends.
 */
class KeyExposure
{
  public:
    /**
     * @brief Add a session.
     * @param session the session
     * @param shareThreshold how many different shares make a key
     */
    void AddSession(SessionId session, uint32_t shareThreshold);

    /**
     * @brief Sink for KeyEvent of KsaMasterAgent and KsaSlaveAgent; and of keys given out by
     * message, that an application has them.
     * @param event the event
     */
    void NotifyKeyEvent(const KsaKeyEvent& event);

    /**
     * @brief Sink for KeySighting of KeyRelayAgent.
     * @param sighting what a KM has of a relay
     */
    void NotifySighting(const KeySighting& sighting);

    /**
     * @brief A route does not lead through a KM any more: what is on its way there is refused.
     * @param km the KM
     * @param route the route
     */
    void NotifyRouteRemoved(KmId km, RouteId route);

    /**
     * @brief A KM is compromised from now on.
     * @param km the KM
     * @param wiretap whether the attacker also reads the classical network
     * @param pools the free bits of its pools
     */
    void BeginCompromise(KmId km, bool wiretap, const std::vector<KeyRange>& pools);

    /**
     * @brief One compromise of a KM is over.
     * @param km the KM
     * @param wiretap as it began
     * @param pools the free bits of its pools
     */
    void EndCompromise(KmId km, bool wiretap, const std::vector<KeyRange>& pools);

    /**
     * @brief The figures of a session.
     * @param session the session
     * @return its figures
     */
    ExposureFigures GetSession(SessionId session) const;

    /**
     * @brief Keys that are not forgotten.
     * @return their number
     */
    std::size_t GetOpenKeys() const;

    /**
     * @brief Keys that are not forgotten because a message with them, or a share of them, may still
     * come to a KM: it was sent, and neither it nor a later one over the same hop of its route has
     * arrived.
     * @return their number
     */
    std::size_t GetKeysUnderWay() const;

  private:
    using BitSet = std::map<KeyId, boost::icl::interval_set<uint32_t>>; //!< KMA-key bits

    /// One end of a session, for one key.
    struct End
    {
        KmId km;             //!< its KM, once it has the key
        bool holds{false};   //!< the KM has the key
        bool done{false};    //!< nothing more will happen here
        bool hasApp{false};  //!< the application has it
        bool dropped{false}; //!< void, expired or destroyed
    };

    /// A key or share in clear at a KM.
    struct Seen
    {
        KmId km;           //!< the KM
        uint8_t share{0};  //!< number of the share, 0 for the key
        bool atEnd{false}; //!< the KM keeps it: it is the end of the route
    };

    /// A key that is not forgotten.
    struct Key
    {
        uint32_t bits{0};            //!< its size
        uint32_t underWay{0};        //!< hops that it, or a share of it, is on
        std::array<End, 2> ends;     //!< master's, slave's
        std::vector<Seen> seen;      //!< where it was in clear on its ways
        std::vector<uint8_t> shares; //!< shares that the attacker knows
        bool exposed{false};         //!< the attacker knows it
    };

    /// A relay on one hop.
    struct Hop
    {
        std::vector<KxRelayedKey> keys; //!< its keys
        std::vector<KeyRange> pad;      //!< its one-time pad
    };

    /// How often a KM is compromised now.
    struct Compromises
    {
        uint32_t all{0};     //!< in any way
        uint32_t wiretap{0}; //!< with a wiretap
    };

    using Keys = std::map<KsaKeyId, Key>;                   //!< by id
    using HopKey = std::pair<KmId, RouteId>;                //!< where a hop leads, route
    using Hops = std::map<HopKey, std::map<uint64_t, Hop>>; //!< by number

    /// @cond
    bool IsCompromised(KmId km) const;
    bool IsWiretapped(KmId km) const;
    static void AddTo(BitSet& set, const std::vector<KeyRange>& ranges);
    static bool Intersects(const BitSet& set, const std::vector<KeyRange>& ranges);
    /// @endcond

    /**
     * @brief The bits of a pad that hide one key of a relay.
     * @param pad the pad
     * @param [in,out] at index of the range and bit in it where the key begins; where it ends
     * @param bits bits of the key
     * @return the bits
     */
    static std::vector<KeyRange> CutPad(const std::vector<KeyRange>& pad,
                                        std::pair<std::size_t, uint32_t>& at,
                                        uint32_t bits);

    /**
     * @brief The attacker knows those keys of a relay whose pad he knows.
     * @param hop the relay
     * @param known KMA-key that he knows
     */
    void ReadHop(const Hop& hop, const BitSet& known);

    /**
     * @brief A relay has come to the end of a hop, and with it all that were sent before.
     * @param at where the hop leads, and the route
     * @param number the relay, or a larger number for all
     */
    void Arrive(const HopKey& at, uint64_t number);

    /**
     * @brief The attacker knows a key or a share.
     * @param id the key
     * @param key the key
     * @param share number of the share, 0 for the key
     */
    void Learn(KsaKeyId id, Key& key, uint8_t share) const;

    /**
     * @brief How many shares make a key of a session.
     * @param session the session
     * @return the number
     */
    uint32_t GetThreshold(SessionId session) const;

    /**
     * @brief Count a key.
     * @param id the key
     * @param key the key
     * @param [in,out] figures where
     */
    void Count(KsaKeyId id, const Key& key, ExposureFigures& figures) const;

    /**
     * @brief The KMs on the way each of which alone could tell a key.
     * @param id the key
     * @param key the key
     * @return the KMs in order
     */
    std::vector<KmId> GetRelays(KsaKeyId id, const Key& key) const;

    /**
     * @brief Forget a key, but for the counters, if nothing can happen to it any more.
     * @param at the key
     */
    void ForgetIfOver(Keys::iterator at);

    std::map<SessionId, uint32_t> m_thresholds;    //!< shares that make a key, by session
    Keys m_keys;                                   //!< keys that are not forgotten
    Hops m_hops;                                   //!< relays on their way
    std::map<KmId, Compromises> m_compromises;     //!< compromised KMs
    BitSet m_known;                                //!< KMA-key that the attacker knows
    BitSet m_knownPads;                            //!< that with which he can read what passes
    std::map<SessionId, ExposureFigures> m_closed; //!< keys that are forgotten
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_EXPOSURE_H */
