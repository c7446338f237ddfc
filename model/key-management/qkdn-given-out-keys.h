/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_GIVEN_OUT_KEYS_H
#define QKDN_GIVEN_OUT_KEYS_H

#include "qkdn-key-session.h"

#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The keys of one end that are on their way to its application: in answers which are kept
 * because they may have to be sent again, or in key streams.
 */
class GivenOutKeys
{
  public:
    /**
     * @brief Add a key.
     * @param uuid its UUID
     * @param event what happens to it
     * @return the same, with the UUID
     */
    const KsaKeyEvent& Add(const std::string& uuid, KsaKeyEvent event);

    /**
     * @brief The answer of keys is not kept any longer.
     * @param uuids UUIDs; others than those of keys that were added are passed over
     * @param kind what becomes of the keys
     * @return what happens to them
     */
    std::vector<KsaKeyEvent> Take(const std::vector<std::string>& uuids, KsaKeyEventKind kind);

    /**
     * @brief A key.
     * @param uuid its UUID
     * @return what was said when it was added, null if it is not here
     */
    const KsaKeyEvent* Find(const std::string& uuid) const;

  private:
    std::map<std::string, KsaKeyEvent> m_keys; //!< by UUID
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_GIVEN_OUT_KEYS_H */
