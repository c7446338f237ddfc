/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TUNNEL_BYTE_TAGS_H
#define QKDN_TUNNEL_BYTE_TAGS_H

#include "ns3/packet.h"
#include "ns3/tag.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Carries the byte tags of a packet past its encryption, as a packet tag.
 *
 * Byte tags are not on the wire: probes such as those of FlowMonitor mark the bytes of a packet
 * with them. The ciphertext has other bytes, and must not look to a probe between the gateways
 * as if it belonged to the inner flow, so the tags are taken off at one end and put back at the
 * other.
 */
class TunnelByteTags : public Tag
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Remember the byte tags of a packet.
     * @param packet the packet
     */
    void Read(Ptr<const Packet> packet);

    /**
     * @brief Put the byte tags onto a packet. What reaches past its end is cut.
     * @param packet the packet
     */
    void Apply(Ptr<Packet> packet) const;

    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(TagBuffer buffer) const override;
    void Deserialize(TagBuffer buffer) override;
    void Print(std::ostream& os) const override;

  private:
    /// One byte tag.
    struct Item
    {
        uint32_t typeHash{0};      //!< hash of the name of its type, alike in every process
        uint32_t start{0};         //!< first byte that it marks
        uint32_t end{0};           //!< first byte behind
        std::vector<uint8_t> data; //!< what it says
    };

    std::vector<Item> m_items; //!< in the order of the packet
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TUNNEL_BYTE_TAGS_H */
