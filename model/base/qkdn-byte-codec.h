/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BYTE_CODEC_H
#define QKDN_BYTE_CODEC_H

#include "qkdn-ids.h"

#include "ns3/nstime.h"
#include "ns3/packet.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Builds the body of a message: numbers in network byte order, one after the other.
 */
class ByteWriter
{
  public:
    /**
     * @brief Append an unsigned number.
     * @param value the number; it must fit
     * @param bytes its width, 1 to 8 bytes
     */
    void WriteUint(uint64_t value, uint32_t bytes);

    /**
     * @brief Append a time as 64-bit nanoseconds.
     * @param time the time
     */
    void WriteTime(Time time);

    /**
     * @brief Append a ratio between 0 and 1 as a 32-bit fraction.
     * @param ratio the ratio
     */
    void WriteRatio(double ratio);

    /**
     * @brief Append bytes as they are.
     * @param bytes the bytes
     */
    void WriteBytes(const std::vector<uint8_t>& bytes);

    /**
     * @brief Append a text, its length (1 byte) first.
     * @param text the text; what is beyond 255 bytes is left out
     */
    void WriteText(const std::string& text);

    /**
     * @brief Append the id of a QKD-key: link, block (12 bytes).
     * @param key the id
     */
    void WriteKeyId(const KeyId& key);

    /**
     * @brief Append a key range: link, block, first bit, bits (20 bytes).
     * @param range the range
     */
    void WriteRange(const KeyRange& range);

    /**
     * @brief Append key ranges, their number (4 bytes) first.
     * @param ranges the ranges
     */
    void WriteRanges(const std::vector<KeyRange>& ranges);

    /**
     * @brief Append the id of a KSA-key: session, sequence (12 bytes).
     * @param key the id
     */
    void WriteKsaKeyId(const KsaKeyId& key);

    /**
     * @brief Append ids of KSA-keys, their number (4 bytes) first.
     * @param keys the ids
     */
    void WriteKsaKeyIds(const std::vector<KsaKeyId>& keys);

    /**
     * @brief Number of bytes so far.
     * @return the number
     */
    uint32_t GetSize() const;

    /**
     * @brief What was written.
     * @return the bytes
     */
    const std::vector<uint8_t>& GetBytes() const;

    /**
     * @brief A packet of what was written.
     * @param virtualBytes bytes of payload behind it that have a size but no content
     * @return the packet
     */
    Ptr<Packet> ToPacket(uint32_t virtualBytes = 0) const;

  private:
    std::vector<uint8_t> m_bytes; //!< what was written
};

/**
 * @ingroup qkdn-resilience
 * @brief Reads the body of a message that came from outside: never past its end.
 *
 * After a read past the end every further read gives 0 and IsGood() is false; callers check it
 * once, after the last field.
 */
class ByteReader
{
  public:
    /**
     * @brief Read the first bytes of a packet.
     * @param packet the packet
     * @param limit how many bytes may have content; bytes behind them are payload by size alone
     */
    explicit ByteReader(Ptr<const Packet> packet, uint32_t limit = 1U << 20);

    /**
     * @brief Read bytes.
     * @param bytes the bytes
     */
    explicit ByteReader(const std::vector<uint8_t>& bytes);

    /**
     * @brief Read an unsigned number.
     * @param bytes its width, 1 to 8 bytes
     * @return the number
     */
    uint64_t ReadUint(uint32_t bytes);

    /**
     * @brief Read an unsigned number of 4 bytes.
     * @return the number
     */
    uint32_t ReadUint32();

    /**
     * @brief Read a time of 64-bit nanoseconds.
     * @return the time
     */
    Time ReadTime();

    /**
     * @brief Read a ratio of 32 bits.
     * @return a number between 0 and 1
     */
    double ReadRatio();

    /**
     * @brief Read bytes as they are.
     * @param count how many
     * @return the bytes
     */
    std::vector<uint8_t> ReadBytes(uint32_t count);

    /**
     * @brief Read a text of up to 255 bytes, its length first.
     * @return the text
     */
    std::string ReadText();

    /**
     * @brief Read a value of an enumeration that begins with 0, of one byte.
     * @tparam E the enumeration
     * @param last its last value
     * @param [in,out] good becomes false if the value is greater
     * @return the value, the first one if it is unknown
     */
    template <typename E>
    E ReadEnum(E last, bool& good)
    {
        const uint64_t value = ReadUint(1);
        good = good && value <= static_cast<uint64_t>(last);
        return good ? static_cast<E>(value) : E();
    }

    /**
     * @brief Read the id of a QKD-key.
     * @return the id
     */
    KeyId ReadKeyId();

    /**
     * @brief Read a key range.
     * @return the range
     */
    KeyRange ReadRange();

    /**
     * @brief Read key ranges, their number first.
     * @return the ranges
     */
    std::vector<KeyRange> ReadRanges();

    /**
     * @brief Read the id of a KSA-key.
     * @return the id
     */
    KsaKeyId ReadKsaKeyId();

    /**
     * @brief Read ids of KSA-keys, their number first.
     * @return the ids, as many as there are if that is fewer
     */
    std::vector<KsaKeyId> ReadKsaKeyIds();

    /**
     * @brief Whether nothing was read past the end.
     * @return true if all reads were good
     */
    bool IsGood() const;

    /**
     * @brief Whether all reads were good and nothing is left.
     * @return true at the exact end
     */
    bool IsAtEnd() const;

    /**
     * @brief The result of reading a message.
     * @tparam Message type of the message
     * @param message what was read
     * @param good whether its values make sense
     * @return the message if it is good and was read to its exact end, nothing otherwise
     */
    template <typename Message>
    std::optional<Message> Complete(Message message, bool good = true) const
    {
        return good && IsAtEnd() ? std::optional<Message>(std::move(message)) : std::nullopt;
    }

  private:
    std::vector<uint8_t> m_bytes; //!< the content
    uint32_t m_next{0};           //!< next byte
    bool m_good{true};            //!< no read went past the end
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_BYTE_CODEC_H */
