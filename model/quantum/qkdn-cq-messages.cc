/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-cq-messages.h"

#include "ns3/qkdn-byte-codec.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr uint8_t PROTECTION_BIT = 0x80;   //!< a protection entity, not a working one
constexpr std::size_t MOST_ENTITIES = 32;  //!< of one kind in a group
constexpr std::size_t MOST_NAMES = 0xffff; //!< of fibres or risk groups of an entity

/**
 * @brief Append names, their number (2 bytes) first.
 * @param writer where
 * @param names the names
 */
void
WriteNames(ByteWriter& writer, const std::vector<std::string>& names)
{
    const std::size_t count = std::min(names.size(), MOST_NAMES);
    writer.WriteUint(count, 2);
    for (std::size_t i = 0; i < count; ++i)
    {
        writer.WriteText(names[i]);
    }
}

/**
 * @brief Read names.
 * @param reader where
 * @return the names
 */
std::vector<std::string>
ReadNames(ByteReader& reader)
{
    std::vector<std::string> names;
    const uint64_t count = reader.ReadUint(2);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        names.push_back(reader.ReadText());
    }
    return names;
}

/**
 * @brief Append entities, their number (1 byte) first.
 * @param writer where
 * @param entities the entities
 */
void
WriteEntities(ByteWriter& writer, const std::vector<CqEntity>& entities)
{
    writer.WriteUint(entities.size(), 1);
    for (const CqEntity& entity : entities)
    {
        writer.WriteUint(entity.link.value, 4);
        writer.WriteUint(entity.sameModules ? 1 : 0, 1);
        writer.WriteUint(entity.description.lengthM, 4);
        writer.WriteText(entity.description.name);
        WriteNames(writer, entity.description.fibres);
        WriteNames(writer, entity.description.riskGroups);
    }
}

/**
 * @brief Read entities.
 * @param reader where
 * @param good becomes false if they make no sense
 * @return the entities
 */
std::vector<CqEntity>
ReadEntities(ByteReader& reader, bool& good)
{
    std::vector<CqEntity> entities;
    const uint64_t count = reader.ReadUint(1);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        CqEntity entity;
        entity.link = LinkId(reader.ReadUint32());
        entity.sameModules = reader.ReadUint(1) != 0;
        entity.description.lengthM = reader.ReadUint32();
        entity.description.name = reader.ReadText();
        entity.description.fibres = ReadNames(reader);
        entity.description.riskGroups = ReadNames(reader);
        good = good && entity.link.IsValid();
        entities.push_back(entity);
    }
    good = good && count > 0 && count <= MOST_ENTITIES;
    return entities;
}

/**
 * @brief Append an entity (1 byte).
 * @param writer where
 * @param entity the entity
 */
void
WriteEntity(ByteWriter& writer, ProtectionEntity entity)
{
    writer.WriteUint(entity.index | (entity.protection ? PROTECTION_BIT : 0U), 1);
}

/**
 * @brief Read an entity.
 * @param reader where
 * @return the entity
 */
ProtectionEntity
ReadEntity(ByteReader& reader)
{
    const auto value = static_cast<uint8_t>(reader.ReadUint(1));
    const uint32_t index = value & ~PROTECTION_BIT;
    return ProtectionEntity{(value & PROTECTION_BIT) != 0, index};
}

} // namespace

Ptr<Packet>
CqRegistration::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(group.value, 4);
    writer.WriteText(name);
    writer.WriteUint(end, 1);
    writer.WriteUint(revertive ? 1 : 0, 1);
    writer.WriteTime(waitToRestore);
    writer.WriteTime(startTimeout);
    writer.WriteUint(lastCommand, 8);
    WriteEntities(writer, working);
    WriteEntities(writer, protection);
    return writer.ToPacket();
}

std::optional<CqRegistration>
CqRegistration::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    CqRegistration message;
    bool good = true;
    message.group = GroupId(reader.ReadUint32());
    message.name = reader.ReadText();
    message.end = static_cast<uint8_t>(reader.ReadUint(1));
    message.revertive = reader.ReadUint(1) != 0;
    message.waitToRestore = reader.ReadTime();
    message.startTimeout = reader.ReadTime();
    message.lastCommand = reader.ReadUint(8);
    message.working = ReadEntities(reader, good);
    message.protection = ReadEntities(reader, good);
    return reader.Complete(message,
                           good && message.group.IsValid() && message.end <= 1 &&
                               !message.waitToRestore.IsStrictlyNegative() &&
                               message.startTimeout.IsStrictlyPositive());
}

Ptr<Packet>
CqStatus::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(group.value, 4);
    writer.WriteUint(report.working.size(), 1);
    for (std::size_t i = 0; i < report.working.size(); ++i)
    {
        writer.WriteUint(report.working[i], 1);
        WriteEntity(writer, report.selected[i]);
        writer.WriteUint(report.generating[i] ? 1 : 0, 1);
    }
    writer.WriteUint(report.protection.size(), 1);
    for (const EntityCondition condition : report.protection)
    {
        writer.WriteUint(condition, 1);
    }
    return writer.ToPacket();
}

std::optional<CqStatus>
CqStatus::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    CqStatus message;
    GroupReport& report = message.report;
    bool good = true;
    message.group = GroupId(reader.ReadUint32());
    const uint64_t working = reader.ReadUint(1);
    for (uint64_t i = 0; i < working && reader.IsGood(); ++i)
    {
        report.working.push_back(reader.ReadEnum(ENTITY_SIGNAL_FAIL, good));
        report.selected.push_back(ReadEntity(reader));
        report.generating.push_back(reader.ReadUint(1) != 0);
    }
    const uint64_t protection = reader.ReadUint(1);
    for (uint64_t i = 0; i < protection && reader.IsGood(); ++i)
    {
        report.protection.push_back(reader.ReadEnum(ENTITY_SIGNAL_FAIL, good));
    }
    for (uint64_t i = 0; i < report.selected.size(); ++i)
    {
        const ProtectionEntity& selected = report.selected[i];
        good = good && (selected.protection ? selected.index < protection : selected.index == i);
    }
    return reader.Complete(message,
                           good && message.group.IsValid() && working > 0 && protection > 0 &&
                               working <= MOST_ENTITIES && protection <= MOST_ENTITIES);
}

Ptr<Packet>
CqSelect::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(group.value, 4);
    writer.WriteUint(number, 8);
    writer.WriteUint(working, 1);
    WriteEntity(writer, selected);
    return writer.ToPacket();
}

std::optional<CqSelect>
CqSelect::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    CqSelect message;
    message.group = GroupId(reader.ReadUint32());
    message.number = reader.ReadUint(8);
    message.working = static_cast<uint8_t>(reader.ReadUint(1));
    message.selected = ReadEntity(reader);
    return reader.Complete(message, message.group.IsValid() && message.number > 0);
}

Ptr<Packet>
CqAcknowledgement::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(group.value, 4);
    writer.WriteUint(number, 8);
    writer.WriteUint(done ? 1 : 0, 1);
    writer.WriteText(reason);
    return writer.ToPacket();
}

std::optional<CqAcknowledgement>
CqAcknowledgement::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet);
    CqAcknowledgement message;
    message.group = GroupId(reader.ReadUint32());
    message.number = reader.ReadUint(8);
    message.done = reader.ReadUint(1) != 0;
    message.reason = reader.ReadText();
    return reader.Complete(message, message.group.IsValid() && message.number > 0);
}

} // namespace qkdn
} // namespace ns3
