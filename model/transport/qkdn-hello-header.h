/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_HELLO_HEADER_H
#define QKDN_HELLO_HEADER_H

#include "ns3/header.h"

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A hello of HelloAgent.
 *
 * 24 bytes, as many as a BFD control packet (RFC 5880, clause 4.1), big-endian: version
 * (1 byte, value 1), detection multiplier (1), starts of the sender so far (1, from 1, goes on
 * with 1 after 255), how often it has lost the receiver (1, goes on with 0 after 255),
 * transmission interval in microseconds (4), sequence number of this hello (8, from 1), sequence
 * number of the last hello heard from the receiver (8, 0 if the sender does not hear it).
 */
class HelloHeader : public Header
{
  public:
    static constexpr uint32_t SIZE = 24; //!< bytes of the header

    HelloHeader() = default;

    /**
     * @brief Constructor
     * @param multiplier detection multiplier, 1 or more
     * @param intervalUs transmission interval in microseconds, 1 or more
     * @param sequence sequence number, from 1
     * @param heard sequence number of the last hello heard, 0 if the receiver is not heard
     * @param starts how often the sender was started, 1 or more
     * @param losses how often the sender took the receiver for dead as it was not heard
     */
    HelloHeader(uint8_t multiplier,
                uint32_t intervalUs,
                uint64_t sequence,
                uint64_t heard,
                uint8_t starts,
                uint8_t losses = 0);

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    uint32_t Deserialize(Buffer::Iterator start) override;
    void Print(std::ostream& os) const override;

    /**
     * @brief Whether this is a hello of this version with possible values.
     * @return false if Deserialize() read something else
     */
    bool IsValid() const;

    /**
     * @brief Detection multiplier of the sender.
     * @return number of intervals
     */
    uint8_t GetMultiplier() const;

    /**
     * @brief Transmission interval of the sender.
     * @return microseconds
     */
    uint32_t GetIntervalUs() const;

    /**
     * @brief Sequence number of this hello.
     * @return the number
     */
    uint64_t GetSequence() const;

    /**
     * @brief Sequence number of the last hello that the sender heard from the receiver.
     * @return the number, 0 if the sender does not hear the receiver
     */
    uint64_t GetHeard() const;

    /**
     * @brief How often the sender was started: another number means that it has forgotten all.
     * @return the number
     */
    uint8_t GetStarts() const;

    /**
     * @brief How often the sender took the receiver for dead: another number means that it has
     * given up what it had with it, also if the receiver has missed no hello.
     * @return the number
     */
    uint8_t GetLosses() const;

  private:
    static constexpr uint8_t VERSION = 1; //!< the only version

    uint8_t m_version{VERSION}; //!< version
    uint8_t m_multiplier{0};    //!< detection multiplier
    uint8_t m_starts{0};        //!< starts of the sender
    uint8_t m_losses{0};        //!< how often it lost the receiver
    uint32_t m_intervalUs{0};   //!< transmission interval, microseconds
    uint64_t m_sequence{0};     //!< sequence number
    uint64_t m_heard{0};        //!< last sequence number heard
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_HELLO_HEADER_H */
