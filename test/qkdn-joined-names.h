/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_JOINED_NAMES_H
#define QKDN_JOINED_NAMES_H

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Names of the KMs of a route as one text.
 * @param names the names
 * @return for example "1-2-4"
 */
inline std::string
Join(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
    {
        text += (text.empty() ? "" : "-") + name;
    }
    return text;
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_JOINED_NAMES_H */
