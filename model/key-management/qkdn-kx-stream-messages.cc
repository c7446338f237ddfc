/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-kx-stream-messages.h"

#include "ns3/qkdn-byte-codec.h"

#include <algorithm>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr uint32_t ID_BYTES = 16; //!< of a UUID

void
WriteId(ByteWriter& writer, const std::string& id)
{
    const boost::uuids::uuid uuid = boost::uuids::string_generator()(id);
    writer.WriteBytes(std::vector<uint8_t>(uuid.begin(), uuid.end()));
}

std::string
ReadId(ByteReader& reader)
{
    const std::vector<uint8_t> bytes = reader.ReadBytes(ID_BYTES);
    boost::uuids::uuid uuid{};
    std::copy_n(bytes.begin(), std::min<std::size_t>(bytes.size(), ID_BYTES), uuid.begin());
    return boost::uuids::to_string(uuid);
}

void
WriteQos(ByteWriter& writer, const KeyStreamQos& qos)
{
    for (const uint32_t value : {qos.keyChunkSize,
                                 qos.maxBps,
                                 qos.minBps,
                                 qos.jitter,
                                 qos.priority,
                                 qos.timeoutMs,
                                 qos.ttlS})
    {
        writer.WriteUint(value, 4);
    }
    const auto length = std::min<std::size_t>(qos.metadataMimetype.size(), UINT8_MAX);
    writer.WriteUint(length, 1);
    writer.WriteBytes(
        std::vector<uint8_t>(qos.metadataMimetype.begin(),
                             qos.metadataMimetype.begin() + static_cast<std::ptrdiff_t>(length)));
}

KeyStreamQos
ReadQos(ByteReader& reader)
{
    KeyStreamQos qos;
    for (uint32_t* value : {&qos.keyChunkSize,
                            &qos.maxBps,
                            &qos.minBps,
                            &qos.jitter,
                            &qos.priority,
                            &qos.timeoutMs,
                            &qos.ttlS})
    {
        *value = reader.ReadUint32();
    }
    const std::vector<uint8_t> type = reader.ReadBytes(static_cast<uint32_t>(reader.ReadUint(1)));
    qos.metadataMimetype.assign(type.begin(), type.end());
    return qos;
}

} // namespace

std::vector<uint8_t>
KxStreamSync::ToBytes() const
{
    ByteWriter writer;
    writer.WriteUint(streams.size(), 2);
    for (const KxStream& stream : streams)
    {
        WriteId(writer, stream.id);
        writer.WriteUint(stream.status, 1);
        writer.WriteUint(stream.masterConnected ? 1 : 0, 1);
        writer.WriteUint(stream.connection, 8);
        WriteQos(writer, stream.qos);
        writer.WriteUint(stream.oldest, 4);
        writer.WriteUint(stream.chunks.size(), 2);
        for (const KxStreamChunk& chunk : stream.chunks)
        {
            writer.WriteUint(chunk.index, 4);
            writer.WriteUint(chunk.sequence, 8);
            writer.WriteUint(chunk.hops, 1);
        }
    }
    return writer.GetBytes();
}

std::optional<KxStreamSync>
KxStreamSync::FromBytes(const std::vector<uint8_t>& bytes)
{
    ByteReader reader(bytes);
    KxStreamSync message;
    bool good = true;
    const uint64_t count = reader.ReadUint(2);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        KxStream stream;
        stream.id = ReadId(reader);
        const uint64_t status = reader.ReadUint(1);
        good = good && status < KEY_STREAM_STATUS_COUNT;
        stream.status = good ? static_cast<KeyStreamStatus>(status) : KEY_STREAM_NO_CONNECTION;
        stream.masterConnected = reader.ReadUint(1) != 0;
        stream.connection = reader.ReadUint(8);
        stream.qos = ReadQos(reader);
        stream.oldest = reader.ReadUint32();
        const uint64_t chunks = reader.ReadUint(2);
        for (uint64_t c = 0; c < chunks && reader.IsGood(); ++c)
        {
            KxStreamChunk chunk;
            chunk.index = reader.ReadUint32();
            chunk.sequence = reader.ReadUint(8);
            chunk.hops = static_cast<uint8_t>(reader.ReadUint(1));
            stream.chunks.push_back(chunk);
        }
        message.streams.push_back(std::move(stream));
    }
    return reader.Complete(std::move(message), good);
}

std::vector<uint8_t>
KxStreamStates::ToBytes() const
{
    ByteWriter writer;
    writer.WriteUint(streams.size(), 2);
    for (const KxStreamState& stream : streams)
    {
        WriteId(writer, stream.id);
        writer.WriteUint(stream.connection, 8);
        WriteQos(writer, stream.qos);
        writer.WriteUint(stream.wanted, 4);
        writer.WriteUint(stream.results.size(), 2);
        for (const KxStreamResult& result : stream.results)
        {
            writer.WriteUint(result.index, 4);
            writer.WriteUint(result.accepted ? 1 : 0, 1);
        }
    }
    return writer.GetBytes();
}

std::optional<KxStreamStates>
KxStreamStates::FromBytes(const std::vector<uint8_t>& bytes)
{
    ByteReader reader(bytes);
    KxStreamStates message;
    const uint64_t count = reader.ReadUint(2);
    for (uint64_t i = 0; i < count && reader.IsGood(); ++i)
    {
        KxStreamState stream;
        stream.id = ReadId(reader);
        stream.connection = reader.ReadUint(8);
        stream.qos = ReadQos(reader);
        stream.wanted = reader.ReadUint32();
        const uint64_t results = reader.ReadUint(2);
        for (uint64_t r = 0; r < results && reader.IsGood(); ++r)
        {
            KxStreamResult result;
            result.index = reader.ReadUint32();
            result.accepted = reader.ReadUint(1) != 0;
            stream.results.push_back(result);
        }
        message.streams.push_back(std::move(stream));
    }
    return reader.Complete(std::move(message));
}

Ptr<Packet>
KxStreamAsk::ToPacket() const
{
    ByteWriter writer;
    writer.WriteUint(route.value, 4);
    return writer.ToPacket();
}

std::optional<KxStreamAsk>
KxStreamAsk::FromPacket(Ptr<const Packet> packet)
{
    ByteReader reader(packet, packet->GetSize());
    KxStreamAsk message;
    message.route = RouteId(reader.ReadUint32());
    return reader.Complete(message);
}

} // namespace qkdn
} // namespace ns3
