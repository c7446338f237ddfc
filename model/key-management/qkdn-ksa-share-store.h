/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KSA_SHARE_STORE_H
#define QKDN_KSA_SHARE_STORE_H

#include "qkdn-key-relay-agent.h"
#include "qkdn-key-session.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/qkdn-number-set.h"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Shares of KSA-keys at the slave's KM that do not make their keys yet.
 *
 * A key is **over** once it was held or is void: further shares of it are of no use. It is **lost**
 * if shares of it were lost here, by a crash or because the others did not come for too long:
 * the master's KM counts on them, so that further ones must be refused. The numbers of keys that
 * are over or lost are kept over a crash, as in stable storage; they are no secret.
 */
class KsaShareStore
{
  public:
    KsaShareStore() = default;
    ~KsaShareStore();
    KsaShareStore(const KsaShareStore&) = delete;
    KsaShareStore& operator=(const KsaShareStore&) = delete;

    /**
     * @brief Add a session whose slave application is here.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief Whether a share, or a key, may come in a session. Changes nothing.
     * @param key the share or key
     * @return true if it can be taken, or is of no use any more; false if it is wrong
     */
    bool Accepts(const KeyToRelay& key) const;

    /**
     * @brief Whether a key was held or is void.
     * @param key the key
     * @return true if so
     */
    bool IsOver(KsaKeyId key) const;

    /**
     * @brief Take a share. Accepts() has said yes.
     * @param share the share
     * @param expiry when it is lost if its key is not complete
     * @return the key if this completes it
     */
    std::optional<KeyMaterial> Take(const KeyToRelay& share, Time expiry);

    /**
     * @brief A key is over. Nothing happens for sessions without shares.
     * @param key the key
     */
    void Close(KsaKeyId key);

    /**
     * @brief A key, or shares of it, are lost. Nothing happens for sessions without shares.
     * @param key the key
     */
    void Lose(KsaKeyId key);

    /// All shares are lost.
    void LoseAll();

    /**
     * @brief Keys of which there are shares, but too few.
     * @return their number
     */
    std::size_t CountPartial() const;

  private:
    /// A session.
    struct Session
    {
        uint32_t count{0};       //!< shares of a key
        uint32_t threshold{0};   //!< shares that make it
        NumberSet over;          //!< numbers of keys that are over or lost
        std::set<uint64_t> lost; //!< those that are lost
    };

    /// A key that is not complete.
    struct Partial
    {
        Time expiry;                    //!< when it is lost
        std::vector<KeyToRelay> shares; //!< its shares
    };

    /**
     * @brief Have what is too old lost at a time, unless that is done before.
     * @param expiry the time
     */
    void ScheduleExpiry(Time expiry);

    /// Shares have waited too long.
    void Expire();

    std::map<SessionId, Session> m_sessions; //!< sessions with shares
    std::map<KsaKeyId, Partial> m_partial;   //!< keys that are not complete
    EventId m_expireEvent;                   //!< next expiry
    Time m_nextExpiry;                       //!< when that is
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KSA_SHARE_STORE_H */
