/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-byte-codec.h"

#include "ns3/abort.h"
#include "ns3/header.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

namespace
{

/// 1.0 as a 32-bit fraction
constexpr double RATIO_ONE = 4294967295.0;

/// link, block, first bit and number of bits
constexpr uint32_t RANGE_BYTES = 20;

/// Fields that stand before payload without content. It is only written, never read.
class FieldsHeader : public Header
{
  public:
    FieldsHeader() = default;

    explicit FieldsHeader(const std::vector<uint8_t>& bytes)
        : m_bytes(bytes)
    {
    }

    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::qkdn::FieldsHeader")
                                .SetParent<Header>()
                                .SetGroupName("QkdnResilience")
                                .AddConstructor<FieldsHeader>();
        return tid;
    }

    TypeId GetInstanceTypeId() const override
    {
        return GetTypeId();
    }

    uint32_t GetSerializedSize() const override
    {
        return static_cast<uint32_t>(m_bytes.size());
    }

    void Serialize(Buffer::Iterator start) const override
    {
        start.Write(m_bytes.data(), static_cast<uint32_t>(m_bytes.size()));
    }

    uint32_t Deserialize(Buffer::Iterator start) override
    {
        m_bytes.resize(start.GetRemainingSize());
        start.Read(m_bytes.data(), static_cast<uint32_t>(m_bytes.size()));
        return static_cast<uint32_t>(m_bytes.size());
    }

    void Print(std::ostream& os) const override
    {
        os << m_bytes.size() << " bytes of fields";
    }

  private:
    std::vector<uint8_t> m_bytes; //!< the fields
};

NS_OBJECT_ENSURE_REGISTERED(FieldsHeader);

} // namespace

void
ByteWriter::WriteUint(uint64_t value, uint32_t bytes)
{
    NS_ABORT_MSG_IF(bytes < 8 && (value >> (8 * bytes)) != 0,
                    value << " does not fit into " << bytes << " bytes of a message");
    for (uint32_t i = bytes; i-- > 0;)
    {
        m_bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
    }
}

void
ByteWriter::WriteTime(Time time)
{
    WriteUint(static_cast<uint64_t>(time.GetNanoSeconds()), 8);
}

void
ByteWriter::WriteRatio(double ratio)
{
    NS_ABORT_MSG_IF(!(ratio >= 0.0 && ratio <= 1.0), ratio << " is no ratio between 0 and 1");
    WriteUint(static_cast<uint64_t>(std::llround(ratio * RATIO_ONE)), 4);
}

void
ByteWriter::WriteBytes(const std::vector<uint8_t>& bytes)
{
    m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
}

void
ByteWriter::WriteText(const std::string& text)
{
    const std::size_t size = std::min<std::size_t>(text.size(), 255);
    WriteUint(size, 1);
    m_bytes.insert(m_bytes.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
}

void
ByteWriter::WriteKeyId(const KeyId& key)
{
    WriteUint(key.link.value, 4);
    WriteUint(key.block, 8);
}

void
ByteWriter::WriteRange(const KeyRange& range)
{
    WriteKeyId(range.key);
    WriteUint(range.firstBit, 4);
    WriteUint(range.bits, 4);
}

void
ByteWriter::WriteRanges(const std::vector<KeyRange>& ranges)
{
    WriteUint(ranges.size(), 4);
    for (const KeyRange& range : ranges)
    {
        WriteRange(range);
    }
}

void
ByteWriter::WriteKsaKeyId(const KsaKeyId& key)
{
    WriteUint(key.session.value, 4);
    WriteUint(key.sequence, 8);
}

void
ByteWriter::WriteKsaKeyIds(const std::vector<KsaKeyId>& keys)
{
    WriteUint(keys.size(), 4);
    for (const KsaKeyId& key : keys)
    {
        WriteKsaKeyId(key);
    }
}

uint32_t
ByteWriter::GetSize() const
{
    return static_cast<uint32_t>(m_bytes.size());
}

const std::vector<uint8_t>&
ByteWriter::GetBytes() const
{
    return m_bytes;
}

Ptr<Packet>
ByteWriter::ToPacket(uint32_t virtualBytes) const
{
    if (virtualBytes == 0)
    {
        return Create<Packet>(m_bytes.data(), static_cast<uint32_t>(m_bytes.size()));
    }
    // not Packet::AddPaddingAtEnd(): packet metadata, if enabled, does not know such bytes
    Ptr<Packet> packet = Create<Packet>(virtualBytes);
    packet->AddHeader(FieldsHeader(m_bytes));
    return packet;
}

ByteReader::ByteReader(Ptr<const Packet> packet, uint32_t limit)
    : m_bytes(std::min(packet->GetSize(), limit))
{
    packet->CopyData(m_bytes.data(), static_cast<uint32_t>(m_bytes.size()));
}

ByteReader::ByteReader(const std::vector<uint8_t>& bytes)
    : m_bytes(bytes)
{
}

uint64_t
ByteReader::ReadUint(uint32_t bytes)
{
    if (!m_good || m_bytes.size() - m_next < bytes)
    {
        m_good = false;
        return 0;
    }
    uint64_t value = 0;
    for (uint32_t i = 0; i < bytes; ++i)
    {
        value = (value << 8) | m_bytes[m_next++];
    }
    return value;
}

uint32_t
ByteReader::ReadUint32()
{
    return static_cast<uint32_t>(ReadUint(4));
}

Time
ByteReader::ReadTime()
{
    return NanoSeconds(static_cast<int64_t>(ReadUint(8)));
}

double
ByteReader::ReadRatio()
{
    return static_cast<double>(ReadUint(4)) / RATIO_ONE;
}

std::vector<uint8_t>
ByteReader::ReadBytes(uint32_t count)
{
    if (!m_good || m_bytes.size() - m_next < count)
    {
        m_good = false;
        return {};
    }
    std::vector<uint8_t> bytes(m_bytes.begin() + m_next, m_bytes.begin() + m_next + count);
    m_next += count;
    return bytes;
}

std::string
ByteReader::ReadText()
{
    const std::vector<uint8_t> bytes = ReadBytes(static_cast<uint32_t>(ReadUint(1)));
    return std::string(bytes.begin(), bytes.end());
}

KeyId
ByteReader::ReadKeyId()
{
    KeyId key;
    key.link = LinkId(ReadUint32());
    key.block = ReadUint(8);
    return key;
}

KeyRange
ByteReader::ReadRange()
{
    KeyRange range;
    range.key = ReadKeyId();
    range.firstBit = ReadUint32();
    range.bits = ReadUint32();
    return range;
}

std::vector<KeyRange>
ByteReader::ReadRanges()
{
    const uint64_t count = ReadUint(4);
    std::vector<KeyRange> ranges;
    if (!m_good || (m_bytes.size() - m_next) / RANGE_BYTES < count)
    {
        m_good = false;
        return ranges;
    }
    ranges.reserve(count);
    for (uint64_t i = 0; i < count; ++i)
    {
        ranges.push_back(ReadRange());
    }
    return ranges;
}

KsaKeyId
ByteReader::ReadKsaKeyId()
{
    KsaKeyId key;
    key.session = SessionId(ReadUint32());
    key.sequence = ReadUint(8);
    return key;
}

std::vector<KsaKeyId>
ByteReader::ReadKsaKeyIds()
{
    std::vector<KsaKeyId> keys;
    const uint64_t count = ReadUint(4);
    for (uint64_t i = 0; i < count && m_good; ++i)
    {
        keys.push_back(ReadKsaKeyId());
    }
    return keys;
}

bool
ByteReader::IsGood() const
{
    return m_good;
}

bool
ByteReader::IsAtEnd() const
{
    return m_good && m_next == m_bytes.size();
}

} // namespace qkdn
} // namespace ns3
