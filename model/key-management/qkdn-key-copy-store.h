/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_COPY_STORE_H
#define QKDN_KEY_COPY_STORE_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-material.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief KSA-keys that one of several slave applications has fetched and others may still fetch
 * (additional_slave_SAE_IDs of ETSI GS QKD 014).
 *
 * For the key books such a key is supplied: copies are not counted again. Copies that nobody
 * fetches in time are forgotten.
 */
class KeyCopyStore
{
  public:
    /**
     * @brief Keep a key for further applications.
     * @param keyId its UUID
     * @param session its session
     * @param key its bits
     * @param saes who may fetch it, each once
     * @param expiry when it is forgotten
     */
    void Keep(const std::string& keyId,
              SessionId session,
              const KeyMaterial& key,
              const std::set<std::string>& saes,
              Time expiry);

    /**
     * @brief The session of a key that is kept.
     * @param keyId its UUID
     * @return the session, none if the key is not kept
     */
    std::optional<SessionId> FindSession(const std::string& keyId) const;

    /**
     * @brief Whether an application may still fetch a key.
     * @param keyId UUID of the key
     * @param sae the application
     * @return false also if the key is not kept
     */
    bool Awaits(const std::string& keyId, const std::string& sae) const;

    /**
     * @brief Hand a key over.
     * @param keyId its UUID
     * @param sae the application, which may fetch it
     * @return its bits
     */
    KeyMaterial Take(const std::string& keyId, const std::string& sae);

    /**
     * @brief Forget keys that are too old.
     * @param now the time
     */
    void Advance(Time now);

    /// Forget all.
    void Clear();

  private:
    /// A key.
    struct Copy
    {
        SessionId session;          //!< its session
        KeyMaterial key;            //!< its bits
        std::set<std::string> saes; //!< who may fetch it
        Time expiry;                //!< when it is forgotten
    };

    std::map<std::string, Copy> m_copies; //!< by UUID
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_COPY_STORE_H */
