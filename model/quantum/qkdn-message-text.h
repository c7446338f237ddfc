/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MESSAGE_TEXT_H
#define QKDN_MESSAGE_TEXT_H

#include "ns3/qkdn-byte-codec.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Append a text to a message: its length (1 byte), then at most 255 bytes of it.
 * @param writer where
 * @param text the text
 */
inline void
WriteText(ByteWriter& writer, const std::string& text)
{
    constexpr std::size_t MAX_BYTES = 255;
    const std::string cut = text.substr(0, MAX_BYTES);
    writer.WriteUint(cut.size(), 1);
    writer.WriteBytes(std::vector<uint8_t>(cut.begin(), cut.end()));
}

/**
 * @ingroup qkdn-resilience
 * @brief Read a text that WriteText() wrote.
 * @param reader where
 * @return the text
 */
inline std::string
ReadText(ByteReader& reader)
{
    const auto size = static_cast<uint32_t>(reader.ReadUint(1));
    const std::vector<uint8_t> bytes = reader.ReadBytes(size);
    return std::string(bytes.begin(), bytes.end());
}

/**
 * @ingroup qkdn-resilience
 * @brief Read a value of an enumeration that begins with 0.
 * @tparam E the enumeration
 * @param reader where
 * @param last its last value
 * @param good becomes false if the value is unknown
 * @return the value
 */
template <typename E>
E
ReadEnum(ByteReader& reader, E last, bool& good)
{
    const uint64_t value = reader.ReadUint(1);
    good = good && value <= static_cast<uint64_t>(last);
    return good ? static_cast<E>(value) : E();
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MESSAGE_TEXT_H */
