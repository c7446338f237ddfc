/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-frame-assembler.h"

#include "ns3/assert.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

FrameAssembler::FrameAssembler(uint32_t maxFrameBytes)
    : m_maxFrameBytes(maxFrameBytes),
      m_piece(Create<Packet>()),
      m_rawHeader()
{
}

void
FrameAssembler::Append(Ptr<Packet> piece)
{
    NS_ASSERT_MSG(m_piece->GetSize() == 0, "the previous piece was not read to its end");
    m_piece = piece;
}

FrameAssembler::Result
FrameAssembler::Next(FrameHeader& header, Ptr<Packet>& body)
{
    if (m_headerBytes < FrameHeader::SIZE)
    {
        const Result result = ReadHeader();
        header = m_header;
        if (result != FRAME)
        {
            return result;
        }
    }
    ReadBody();
    if (m_missing > 0)
    {
        return NEED_MORE;
    }
    header = m_header;
    body = TakeBody();
    return FRAME;
}

FrameAssembler::Result
FrameAssembler::ReadHeader()
{
    const uint32_t count = std::min(FrameHeader::SIZE - m_headerBytes, m_piece->GetSize());
    m_piece->CopyData(m_rawHeader.data() + m_headerBytes, count);
    m_piece->RemoveAtStart(count);
    m_headerBytes += count;
    if (m_headerBytes < FrameHeader::SIZE)
    {
        return NEED_MORE;
    }
    Create<Packet>(m_rawHeader.data(), FrameHeader::SIZE)->PeekHeader(m_header);
    if (!m_header.IsValid())
    {
        return MALFORMED;
    }
    if (m_header.GetBodyLength() > m_maxFrameBytes - FrameHeader::SIZE)
    {
        return OVERSIZED;
    }
    m_missing = m_header.GetBodyLength();
    return FRAME;
}

void
FrameAssembler::ReadBody()
{
    std::array<uint8_t, CHUNK> chunk;
    while (m_missing > 0 && m_piece->GetSize() > 0)
    {
        const uint32_t count = std::min({m_missing, m_piece->GetSize(), CHUNK});
        m_piece->CopyData(chunk.data(), count);
        m_piece->RemoveAtStart(count);
        m_missing -= count;
        AddToBody(chunk.data(), count);
    }
}

// Packet::AddAtEnd() would copy the whole body at each segment as soon as one of them was not
// virtual, and TCP makes real segments where it joins two messages or retransmits. So the
// bytes decide, and a body that was virtual at the sender is virtual again.
void
FrameAssembler::AddToBody(const uint8_t* bytes, uint32_t count)
{
    if (!m_tail.empty())
    {
        m_tail.insert(m_tail.end(), bytes, bytes + count);
        return;
    }
    const auto isSet = [](uint8_t byte) { return byte != 0; };
    const auto rBegin = std::make_reverse_iterator(bytes + count);
    const auto rEnd = std::make_reverse_iterator(bytes);
    const auto last = static_cast<uint32_t>(rEnd - std::find_if(rBegin, rEnd, isSet));
    if (last > 0 && m_zeros >= ZEROS_WORTH_KEEPING)
    {
        m_tail.assign(bytes, bytes + count);
        return;
    }
    if (last > 0)
    {
        m_head.resize(m_head.size() + m_zeros, 0);
        m_head.insert(m_head.end(), bytes, bytes + last);
        m_zeros = 0;
    }
    m_zeros += count - last;
}

Ptr<Packet>
FrameAssembler::TakeBody()
{
    Ptr<Packet> body =
        m_head.empty() ? Create<Packet>(m_zeros) : Create<Packet>(m_head.data(), m_head.size());
    if (!m_head.empty() && m_zeros > 0)
    {
        body->AddAtEnd(Create<Packet>(m_zeros));
    }
    if (!m_tail.empty())
    {
        body->AddAtEnd(Create<Packet>(m_tail.data(), m_tail.size()));
    }
    m_headerBytes = 0;
    m_head.clear();
    m_zeros = 0;
    m_tail.clear();
    return body;
}

} // namespace qkdn
} // namespace ns3
