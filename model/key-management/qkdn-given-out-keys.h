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
 * @brief The keys of one end that are in answers to its application which are kept because they
 * may have to be sent again.
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
     * @return the keys, as given up
     */
    std::vector<KsaKeyEvent> Take(const std::vector<std::string>& uuids);

  private:
    std::map<std::string, KsaKeyEvent> m_keys; //!< by UUID
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_GIVEN_OUT_KEYS_H */
