/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RANDOM_STREAM_H
#define QKDN_RANDOM_STREAM_H

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The number of the random stream of one purpose of one object.
 *
 * It depends on the two names alone, never on the order in which objects are made, so that a
 * further link, class or rank changes no draw of those that were there before.
 *
 * @param objectId name of the object, unique in the scenario, for example "link/12"
 * @param purpose what is drawn, for example "key-seed"
 * @return a stream number for RandomVariableStream::SetStream(), 0 or more
 */
int64_t RandomStreamNumber(const std::string& objectId, const std::string& purpose);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RANDOM_STREAM_H */
