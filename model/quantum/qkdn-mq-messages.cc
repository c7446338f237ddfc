/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-mq-messages.h"

#include "ns3/qkdn-byte-codec.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr uint8_t NOBODY = 255;          //!< no working entity
constexpr uint8_t PROTECTION_BIT = 0x80; //!< a protection entity, not a working one

/**
 * @brief Append what is said of a working entity.
 * @param writer where
 * @param working the working entity
 */
void
WriteWorking(ByteWriter& writer, const WorkingStatus& working)
{
    writer.WriteUint(working.link.value, 4);
    writer.WriteUint(working.state, 1);
    writer.WriteUint(working.selected.index | (working.selected.protection ? PROTECTION_BIT : 0U),
                     1);
    writer.WriteText(working.reason);
}

/**
 * @brief Read what is said of a working entity.
 * @param reader where
 * @param good becomes false if it makes no sense
 * @return the working entity
 */
WorkingStatus
ReadWorking(ByteReader& reader, bool& good)
{
    WorkingStatus working;
    working.link = LinkId(reader.ReadUint32());
    working.state = reader.ReadEnum(GROUP_FAILED, good);
    const auto selected = static_cast<uint8_t>(reader.ReadUint(1));
    working.selected.protection = (selected & PROTECTION_BIT) != 0;
    working.selected.index = selected & ~PROTECTION_BIT;
    working.reason = reader.ReadText();
    return working;
}

} // namespace

Ptr<Packet>
MqGroupStatus::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(status.group.value, 4);
    writer.WriteUint(number, 4);
    writer.WriteText(status.name);
    writer.WriteUint(status.groupClass, 1);
    writer.WriteUint(status.end, 1);
    writer.WriteUint(status.state, 1);
    writer.WriteText(status.reason);
    writer.WriteUint(status.working.size(), 1);
    for (const WorkingStatus& working : status.working)
    {
        WriteWorking(writer, working);
    }
    writer.WriteUint(status.protection.size(), 1);
    for (const ProtectionStatus& protection : status.protection)
    {
        writer.WriteUint(protection.link.value, 4);
        writer.WriteUint(protection.sameModules ? 1 : 0, 1);
        writer.WriteUint(protection.condition, 1);
        writer.WriteUint(protection.usedBy.value_or(NOBODY), 1);
    }
    return writer.ToPacket();
}

std::optional<MqGroupStatus>
MqGroupStatus::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    MqGroupStatus message;
    GroupStatus& status = message.status;
    bool good = true;
    status.group = GroupId(reader.ReadUint32());
    message.number = reader.ReadUint32();
    status.name = reader.ReadText();
    status.groupClass = reader.ReadEnum(GROUP_LINK_RESTORATION, good);
    status.end = static_cast<uint8_t>(reader.ReadUint(1));
    status.state = reader.ReadEnum(GROUP_FAILED, good);
    status.reason = reader.ReadText();
    const auto working = static_cast<uint32_t>(reader.ReadUint(1));
    for (uint32_t i = 0; i < working && reader.IsGood(); ++i)
    {
        status.working.push_back(ReadWorking(reader, good));
    }
    const auto protection = static_cast<uint32_t>(reader.ReadUint(1));
    for (uint32_t i = 0; i < protection && reader.IsGood(); ++i)
    {
        ProtectionStatus entity;
        entity.link = LinkId(reader.ReadUint32());
        entity.sameModules = reader.ReadUint(1) != 0;
        entity.condition = reader.ReadEnum(ENTITY_SIGNAL_FAIL, good);
        const auto user = static_cast<uint8_t>(reader.ReadUint(1));
        if (user != NOBODY)
        {
            entity.usedBy = user;
            good = good && user < working;
        }
        status.protection.push_back(entity);
    }
    for (const WorkingStatus& entity : status.working)
    {
        good = good && entity.selected.index < (entity.selected.protection ? protection : working);
    }
    return reader.Complete(message,
                           good && status.group.IsValid() && status.end <= 1 && working > 0 &&
                               protection > 0);
}

} // namespace qkdn
} // namespace ns3
