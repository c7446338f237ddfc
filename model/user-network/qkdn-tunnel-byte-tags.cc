/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-tunnel-byte-tags.h"

#include "ns3/abort.h"
#include "ns3/object-base.h"
#include "ns3/tag-buffer.h"

#include <algorithm>
#include <memory>

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(TunnelByteTags);

namespace
{

constexpr uint32_t TAG_COUNT_SIZE = 4;        //!< octets of the number of tags
constexpr uint32_t TAG_DESCRIPTION_SIZE = 16; //!< octets of a tag beside what it says

/**
 * @brief Make an empty tag.
 * @param type its type
 * @return the tag
 */
std::unique_ptr<Tag>
MakeEmptyByteTag(TypeId type)
{
    NS_ABORT_MSG_UNLESS(type.HasConstructor(),
                        "byte tag " << type.GetName() << " has no constructor");
    Tag* tag = dynamic_cast<Tag*>(type.GetConstructor()());
    NS_ABORT_MSG_UNLESS(tag, type.GetName() << " is not a tag");
    return std::unique_ptr<Tag>(tag);
}

} // namespace

TypeId
TunnelByteTags::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::TunnelByteTags")
                            .SetParent<Tag>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<TunnelByteTags>();
    return tid;
}

TypeId
TunnelByteTags::GetInstanceTypeId() const
{
    return GetTypeId();
}

void
TunnelByteTags::Read(Ptr<const Packet> packet)
{
    m_items.clear();
    for (ByteTagIterator i = packet->GetByteTagIterator(); i.HasNext();)
    {
        const ByteTagIterator::Item found = i.Next();
        const std::unique_ptr<Tag> tag = MakeEmptyByteTag(found.GetTypeId());
        found.GetTag(*tag);
        Item item;
        item.typeHash = found.GetTypeId().GetHash();
        item.start = found.GetStart();
        item.end = found.GetEnd();
        item.data.resize(tag->GetSerializedSize());
        tag->Serialize(TagBuffer(item.data.data(), item.data.data() + item.data.size()));
        m_items.push_back(std::move(item));
    }
}

void
TunnelByteTags::Apply(Ptr<Packet> packet) const
{
    for (const Item& item : m_items)
    {
        const uint32_t end = std::min(item.end, packet->GetSize());
        if (item.start < end)
        {
            const std::unique_ptr<Tag> tag = MakeEmptyByteTag(TypeId::LookupByHash(item.typeHash));
            std::vector<uint8_t> data = item.data;
            tag->Deserialize(TagBuffer(data.data(), data.data() + data.size()));
            packet->AddByteTag(*tag, item.start, end);
        }
    }
}

uint32_t
TunnelByteTags::GetSerializedSize() const
{
    uint32_t size = TAG_COUNT_SIZE;
    for (const Item& item : m_items)
    {
        size += TAG_DESCRIPTION_SIZE + item.data.size();
    }
    return size;
}

void
TunnelByteTags::Serialize(TagBuffer buffer) const
{
    buffer.WriteU32(m_items.size());
    for (const Item& item : m_items)
    {
        buffer.WriteU32(item.typeHash);
        buffer.WriteU32(item.start);
        buffer.WriteU32(item.end);
        buffer.WriteU32(item.data.size());
        buffer.Write(item.data.data(), item.data.size());
    }
}

void
TunnelByteTags::Deserialize(TagBuffer buffer)
{
    m_items.resize(buffer.ReadU32());
    for (Item& item : m_items)
    {
        item.typeHash = buffer.ReadU32();
        item.start = buffer.ReadU32();
        item.end = buffer.ReadU32();
        item.data.resize(buffer.ReadU32());
        buffer.Read(item.data.data(), item.data.size());
    }
}

void
TunnelByteTags::Print(std::ostream& os) const
{
    os << "byteTags=" << m_items.size();
}

} // namespace qkdn
} // namespace ns3
