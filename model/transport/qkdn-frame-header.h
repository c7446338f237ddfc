/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FRAME_HEADER_H
#define QKDN_FRAME_HEADER_H

#include "ns3/header.h"
#include "ns3/qkdn-ids.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Starts each frame on a TCP connection between two message endpoints.
 *
 * 16 bytes, big-endian: version (1 byte, value 1), flags (1 byte, value 0), message type (2),
 * length of the body (4), incident: node (4) and counter (4). Type 0 introduces the sender of
 * a new connection; all other types belong to the users of the endpoint.
 */
class FrameHeader : public Header
{
  public:
    static constexpr uint32_t SIZE = 16;             //!< bytes of the header
    static constexpr uint16_t INTRODUCTION_TYPE = 0; //!< type of an introduction

    /// A valid introduction without body or incident.
    FrameHeader() = default;

    /**
     * @brief Constructor
     * @param type message type
     * @param bodyLength length of the body, bytes
     * @param incident the incident that caused the message
     */
    FrameHeader(uint16_t type, uint32_t bodyLength, IncidentId incident);

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
     * @brief Whether version and flags are those of this protocol.
     * @return false if Deserialize() read something else
     */
    bool IsValid() const;

    /**
     * @brief The message type.
     * @return the type
     */
    uint16_t GetType() const;

    /**
     * @brief Length of the body.
     * @return bytes
     */
    uint32_t GetBodyLength() const;

    /**
     * @brief The incident that caused the message.
     * @return the incident, not valid for none
     */
    IncidentId GetIncident() const;

  private:
    static constexpr uint8_t VERSION = 1; //!< the only version

    uint8_t m_version{VERSION};         //!< version
    uint8_t m_flags{0};                 //!< flags
    uint16_t m_type{INTRODUCTION_TYPE}; //!< message type
    uint32_t m_bodyLength{0};           //!< length of the body, bytes
    IncidentId m_incident;              //!< incident
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FRAME_HEADER_H */
