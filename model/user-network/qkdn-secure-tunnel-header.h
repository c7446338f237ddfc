/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SECURE_TUNNEL_HEADER_H
#define QKDN_SECURE_TUNNEL_HEADER_H

#include "qkdn-key-id-header.h"

#include "ns3/header.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How a secured tunnel encrypts.
 */
enum TunnelMode
{
    TUNNEL_OTP = 1, //!< one-time pad with one-time tags: each packet spends its own size in key
    TUNNEL_AES = 2  //!< AES-256-GCM under a key that is replaced by time and volume
};

/**
 * @ingroup qkdn-resilience
 * @brief Why a packet did not pass a secured tunnel.
 */
enum TunnelDropReason
{
    TUNNEL_NOT_RUNNING,  //!< to be sent before the start or after the stop
    TUNNEL_NOT_IP,       //!< to be sent, and neither IPv4 nor IPv6
    TUNNEL_QUEUE_FULL,   //!< to be sent, no key, and no room to wait
    TUNNEL_QUEUE_TIME,   //!< to be sent, and waited for key too long
    TUNNEL_STOPPED,      //!< waited when the tunnel stopped
    TUNNEL_NOT_SENT,     //!< the socket refused the sealed packet
    TUNNEL_WRONG_PEER,   //!< received from another address than that of the peer
    TUNNEL_MALFORMED,    //!< received, and not understood
    TUNNEL_NO_KEY,       //!< received, and its key cannot be had
    TUNNEL_REPLAYED,     //!< received before, or too old to tell
    TUNNEL_NOT_AUTHENTIC //!< received, and its tag is wrong
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a reason as it appears in results.
 * @param reason the reason
 * @return for example "queue-full"
 */
std::string TunnelDropReasonName(TunnelDropReason reason);

/**
 * @ingroup qkdn-resilience
 * @brief What a secured tunnel puts before a sealed packet, inside UDP.
 *
 * In network byte order: mode (1 octet), length of the tag (1), number of keys (2), first bit
 * used of the first key (4), sequence number (8), then 16 octets a key ID. With AES the explicit
 * initialisation vector of 8 octets follows (RFC 4106, clause 3.1), which is the sequence number.
 * The bits of a packet that needs several keys go on with the first bit of the next key.
 */
class SecureTunnelHeader : public Header
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set how the packet is sealed.
     * @param mode the mode
     */
    void SetMode(TunnelMode mode);

    /**
     * @brief Get how the packet is sealed.
     * @return the mode
     */
    TunnelMode GetMode() const;

    /**
     * @brief Set the length of the tag behind the packet.
     * @param bytes length in octets
     */
    void SetTagBytes(uint8_t bytes);

    /**
     * @brief Get the length of the tag behind the packet.
     * @return length in octets
     */
    uint8_t GetTagBytes() const;

    /**
     * @brief Set the first bit of the first key that the packet uses.
     * @param bit the bit, from 0; 0 with AES
     */
    void SetFirstBit(uint32_t bit);

    /**
     * @brief Get the first bit of the first key that the packet uses.
     * @return the bit, from 0
     */
    uint32_t GetFirstBit() const;

    /**
     * @brief Set the number of the packet in its direction.
     * @param sequence the number, from 1
     */
    void SetSequence(uint64_t sequence);

    /**
     * @brief Get the number of the packet in its direction.
     * @return the number, from 1
     */
    uint64_t GetSequence() const;

    /**
     * @brief Set the keys that the packet uses.
     * @param keyIds their UUIDs in the order of use, 1 to 65535
     */
    void SetKeyIds(std::vector<KeyUuid> keyIds);

    /**
     * @brief Get the keys that the packet uses.
     * @return their UUIDs in the order of use
     */
    const std::vector<KeyUuid>& GetKeyIds() const;

    TypeId GetInstanceTypeId() const override;
    void Print(std::ostream& os) const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;

    /**
     * @brief Read the header.
     * @param start where it begins
     * @return octets read, 0 if it is too short for what it says, has an unknown mode, no key or
     * no sequence number
     */
    uint32_t Deserialize(Buffer::Iterator start) override;

  private:
    TunnelMode m_mode{TUNNEL_OTP};   //!< how the packet is sealed
    uint8_t m_tagBytes{0};           //!< length of the tag
    uint32_t m_firstBit{0};          //!< first bit used of the first key
    uint64_t m_sequence{0};          //!< number of the packet
    std::vector<KeyUuid> m_keyIds{}; //!< the keys
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SECURE_TUNNEL_HEADER_H */
