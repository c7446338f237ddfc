/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_ID_HEADER_H
#define QKDN_KEY_ID_HEADER_H

#include "ns3/header.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// A UUID of RFC 4122 as it travels: 16 octets in network order.
using KeyUuid = std::array<uint8_t, 16>;

/**
 * @ingroup qkdn-resilience
 * @brief Read a UUID in the form that RFC 4122 (clause 3) writes: 36 characters, lower case.
 * @param text the text
 * @param [out] uuid the UUID, unchanged if the text is not one
 * @return false if the text is not a UUID in that form
 */
bool ParseKeyUuid(const std::string& text, KeyUuid& uuid);

/**
 * @ingroup qkdn-resilience
 * @brief The text form of a UUID.
 * @param uuid the UUID
 * @return 36 characters, lower case
 */
std::string KeyUuidText(const KeyUuid& uuid);

/**
 * @ingroup qkdn-resilience
 * @brief Types of the messages between the two cryptographic applications of a pair.
 */
enum KeyIdMessageType
{
    KEY_ID_NOTICE = 1,         //!< master to slave: these are the IDs of the keys that I use
    KEY_ID_ACKNOWLEDGEMENT = 2 //!< slave to master: how the delivery of these keys ended
};

/**
 * @ingroup qkdn-resilience
 * @brief Carries key IDs from the master to the slave application, and the acknowledgement back.
 *
 * ETSI GS QKD 014 (clause 4) leaves the notification of key IDs to the applications. In network
 * byte order: sequence (8 octets), oldest (8), status (2), number of IDs (2), then 16 octets
 * an ID. An acknowledgement names the request by its sequence alone and carries no ID.
 */
class KeyIdHeader : public Header
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set the number of the request.
     * @param sequence number of the request, from 1
     */
    void SetSequence(uint64_t sequence);

    /**
     * @brief Get the number of the request.
     * @return number of the request
     */
    uint64_t GetSequence() const;

    /**
     * @brief Set the lowest number that the master may still send, so that the slave can forget
     * the requests below it.
     * @param oldest that number
     */
    void SetOldest(uint64_t oldest);

    /**
     * @brief Get the lowest number that the master may still send.
     * @return that number
     */
    uint64_t GetOldest() const;

    /**
     * @brief Set the outcome of the delivery.
     * @param status status code of ETSI GS QKD 014; 0 in a notice
     */
    void SetStatus(uint16_t status);

    /**
     * @brief Get the outcome of the delivery.
     * @return status code of ETSI GS QKD 014; 0 in a notice
     */
    uint16_t GetStatus() const;

    /**
     * @brief Set the key IDs.
     * @param keyIds the UUIDs, at most 65535
     */
    void SetKeyIds(std::vector<KeyUuid> keyIds);

    /**
     * @brief Get the key IDs.
     * @return the UUIDs
     */
    const std::vector<KeyUuid>& GetKeyIds() const;

    TypeId GetInstanceTypeId() const override;
    void Print(std::ostream& os) const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;

    /**
     * @brief Read the header.
     * @param start where it begins
     * @return octets read, 0 if the buffer is too short for what it says
     */
    uint32_t Deserialize(Buffer::Iterator start) override;

  private:
    uint64_t m_sequence{0};          //!< number of the request
    uint64_t m_oldest{0};            //!< lowest number that the master may still send
    uint16_t m_status{0};            //!< outcome of the delivery
    std::vector<KeyUuid> m_keyIds{}; //!< the key IDs
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_ID_HEADER_H */
