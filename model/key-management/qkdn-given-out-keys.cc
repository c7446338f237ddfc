/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-given-out-keys.h"

namespace ns3
{
namespace qkdn
{

const KsaKeyEvent&
GivenOutKeys::Add(const std::string& uuid, KsaKeyEvent event)
{
    event.uuid = uuid;
    return m_keys[uuid] = std::move(event);
}

std::vector<KsaKeyEvent>
GivenOutKeys::Take(const std::vector<std::string>& uuids, KsaKeyEventKind kind)
{
    std::vector<KsaKeyEvent> taken;
    for (const std::string& uuid : uuids)
    {
        auto key = m_keys.extract(uuid);
        if (!key.empty())
        {
            key.mapped().kind = kind;
            taken.push_back(std::move(key.mapped()));
        }
    }
    return taken;
}

const KsaKeyEvent*
GivenOutKeys::Find(const std::string& uuid) const
{
    const auto key = m_keys.find(uuid);
    return key == m_keys.end() ? nullptr : &key->second;
}

} // namespace qkdn
} // namespace ns3
