/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KSA_BOOK_H
#define QKDN_KSA_BOOK_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-material.h"
#include "ns3/qkdn-number-set.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a KSA-key is, both ends of its session seen together.
 */
enum KsaState
{
    KSA_IN_FLIGHT,  //!< made, not yet confirmed at both key managers
    KSA_STORED,     //!< confirmed at both key managers, not yet with both applications
    KSA_SUPPLIED,   //!< both applications have it
    KSA_VOIDED,     //!< given up at one end at least
    KSA_EXPIRED,    //!< older than allowed at one end at least
    KSA_DESTROYED,  //!< lost by a crash at one end at least
    KSA_STATE_COUNT //!< number of the values above
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a state as it appears in results.
 * @param state the state
 * @return for example "in_flight"
 */
std::string KsaStateName(KsaState state);

/**
 * @ingroup qkdn-resilience
 * @brief The two ends of a session.
 */
enum SessionEnd
{
    SESSION_MASTER, //!< the application that asks for new keys (ETSI GS QKD 014)
    SESSION_SLAVE   //!< the application that asks for keys by their ids
};

/**
 * @ingroup qkdn-resilience
 * @brief Figures of KSA-key: what was created equals the sum of what it became.
 */
struct KsaLedger
{
    uint64_t createdKeys{0};                      //!< keys created
    uint64_t createdBits{0};                      //!< their bits
    std::array<uint64_t, KSA_STATE_COUNT> keys{}; //!< keys by KsaState
    std::array<uint64_t, KSA_STATE_COUNT> bits{}; //!< bits by KsaState

    /**
     * @brief Whether the sums over the states are what was created.
     * @return true if the book balances
     */
    bool Balances() const;

    /**
     * @brief Add the figures of another book.
     * @param other the other book
     */
    void Add(const KsaLedger& other);
};

/**
 * @ingroup qkdn-resilience
 * @brief The book of KSA-key of both ends of each session together.
 *
 * What becomes of a key at one end decides with the other end what it counts as: voided if
 * voided at either end, else destroyed, else expired likewise; else in flight unless both ends
 * have confirmed it; supplied if both have handed it over; else stored.
 *
 * What must not happen becomes a violation: a key handed over that was voided, expired or
 * destroyed at that end, or before it was confirmed there, or twice; unequal keys at the two
 * applications; any event of a key that was never created, or is done with at that end.
 *
 * A key is forgotten, but for its number, when it is done with at both ends; one in an answer that
 * was given up never is, since the answer may be on its way.
 */
class KsaBook
{
  public:
    /**
     * @brief A key was made; neither end has confirmed it.
     * @param key the key
     * @param bits number of bits, at least 1
     * @param now when
     */
    void NotifyCreated(KsaKeyId key, uint32_t bits, Time now);

    /**
     * @brief The key manager of one end may hand a key over from now on.
     * @param key the key
     * @param end which end
     * @param now when
     */
    void NotifyConfirmed(KsaKeyId key, SessionEnd end, Time now);

    /**
     * @brief The application of one end has a key.
     * @param key the key
     * @param end which end
     * @param material the bits it has
     * @param now when
     */
    void NotifyHandedOver(KsaKeyId key, SessionEnd end, const KeyMaterial& material, Time now);

    /**
     * @brief The key manager of one end gave a key up.
     * @param key the key
     * @param end which end
     * @param now when
     */
    void NotifyVoided(KsaKeyId key, SessionEnd end, Time now);

    /**
     * @brief The key manager of one end does not send an answer with a key any more. Unless the
     * application has it, or still gets it, it counts as voided.
     * @param key the key
     * @param end which end
     * @param now when
     */
    void NotifyGivenUp(KsaKeyId key, SessionEnd end, Time now);

    /**
     * @brief A key came of age at one end.
     * @param key the key
     * @param end which end
     * @param now when
     */
    void NotifyExpired(KsaKeyId key, SessionEnd end, Time now);

    /**
     * @brief The key manager of one end lost a key in a crash.
     * @param key the key
     * @param end which end
     * @param now when
     */
    void NotifyDestroyed(KsaKeyId key, SessionEnd end, Time now);

    /**
     * @brief The book of one session.
     * @param session the session
     * @return the book, empty for a session without keys
     */
    KsaLedger GetSession(SessionId session) const;

    /**
     * @brief The book of all sessions.
     * @return the book
     */
    KsaLedger GetTotal() const;

    /**
     * @brief Whether the book of each session balances.
     * @return true if so
     */
    bool Balances() const;

    /**
     * @brief What happened that must not happen.
     * @return one text each, with time, session and key
     */
    const std::vector<std::string>& GetViolations() const;

    /**
     * @brief Number of keys that are not done with.
     * @return the number
     */
    std::size_t GetOpenKeys() const;

  private:
    /// What a key is at one end.
    enum EndState : uint8_t
    {
        PENDING,   //!< not confirmed
        CONFIRMED, //!< can be handed over
        GIVEN_UP,  //!< sent in an answer that is not sent any more; it may still arrive
        HANDED,    //!< handed over
        VOIDED,    //!< given up
        EXPIRED,   //!< came of age
        DESTROYED  //!< lost
    };

    /// A key that is not done with.
    struct Key
    {
        uint32_t bits{0};                                 //!< number of bits
        std::array<EndState, 2> ends{{PENDING, PENDING}}; //!< by SessionEnd
        KeyMaterial material;                             //!< as handed over first
    };

    using Keys = std::map<KsaKeyId, Key>; //!< by id

    /**
     * @brief What a key counts as.
     * @param key the key
     * @return the state
     */
    static KsaState Combine(const Key& key);

    /**
     * @brief A key that something happens to at one end, unless that must not be.
     * @param id the key
     * @param end which end
     * @param what what happens
     * @param now when
     * @return the key, or null after a violation
     */
    Key* FindOpen(KsaKeyId id, SessionEnd end, const std::string& what, Time now);

    /**
     * @brief Change what a key is at one end.
     * @param id the key
     * @param key the key
     * @param end which end
     * @param state the new state
     */
    void SetState(KsaKeyId id, Key& key, SessionEnd end, EndState state);

    /**
     * @brief Write down a violation.
     * @param id the key
     * @param what what is wrong
     * @param now when
     */
    void Violation(KsaKeyId id, const std::string& what, Time now);

    Keys m_keys;                              //!< keys that are not done with
    std::map<SessionId, NumberSet> m_known;   //!< keys that were ever created
    std::map<SessionId, KsaLedger> m_ledgers; //!< the books
    std::vector<std::string> m_violations;    //!< the violations
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KSA_BOOK_H */
