/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-material.h"

#include "qkdn-philox.h"

#include "ns3/abort.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Reads single bytes of one generator block and keeps the last 128 bits it computed.
class GeneratorReader
{
  public:
    GeneratorReader(uint64_t seed, uint64_t block)
        : m_key{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
          m_block(block)
    {
    }

    uint8_t ByteAt(uint32_t index)
    {
        const uint32_t group = index / 16;
        if (!m_valid || group != m_group)
        {
            m_words = Philox4x32(
                {group, 0, static_cast<uint32_t>(m_block), static_cast<uint32_t>(m_block >> 32)},
                m_key);
            m_group = group;
            m_valid = true;
        }
        const uint32_t offset = index % 16;
        return static_cast<uint8_t>(m_words[offset / 4] >> (24 - 8 * (offset % 4)));
    }

  private:
    std::array<uint32_t, 2> m_key;
    uint64_t m_block;
    std::array<uint32_t, 4> m_words{};
    uint32_t m_group{0};
    bool m_valid{false};
};

/// XOR `bits` bits of a source, read bytewise, into `out` from bit `outBit` on.
template <typename ByteAt>
void
XorBits(ByteAt byteAt, uint32_t firstBit, uint32_t bits, std::vector<uint8_t>& out, uint32_t outBit)
{
    uint32_t done = 0;
    const auto xorPart = [&] {
        const uint32_t source = firstBit + done;
        const uint32_t target = outBit + done;
        const uint32_t step = std::min({bits - done, 8 - source % 8, 8 - target % 8});
        const uint8_t chunk =
            static_cast<uint8_t>(byteAt(source / 8) << (source % 8)) >> (8 - step);
        out[target / 8] ^= static_cast<uint8_t>(chunk << (8 - step - target % 8));
        done += step;
    };
    while (done < bits && (outBit + done) % 8 != 0)
    {
        xorPart();
    }
    // keys are long: whole bytes of the target need no more than two of the source each
    const uint32_t whole = (bits - done) / 8;
    const uint32_t from = (firstBit + done) / 8;
    const uint32_t shift = (firstBit + done) % 8;
    uint8_t* const to = out.data() + (outBit + done) / 8;
    for (uint32_t i = 0; i < whole; ++i)
    {
        uint32_t byte = uint32_t{byteAt(from + i)} << shift;
        if (shift != 0)
        {
            byte |= byteAt(from + i + 1) >> (8 - shift);
        }
        to[i] ^= static_cast<uint8_t>(byte);
    }
    done += 8 * whole;
    while (done < bits)
    {
        xorPart();
    }
}

} // namespace

KeyMaterial
KeyMaterial::FromGenerator(uint64_t seed, uint64_t block, uint32_t firstBit, uint32_t bits)
{
    KeyMaterial material;
    if (bits > 0)
    {
        material.m_segments.push_back(Segment{nullptr, seed, block, firstBit, bits});
        material.m_bits = bits;
    }
    return material;
}

KeyMaterial
KeyMaterial::FromBytes(std::vector<uint8_t> bytes)
{
    KeyMaterial material;
    if (!bytes.empty())
    {
        const auto bits = static_cast<uint32_t>(8 * bytes.size());
        auto shared = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
        material.m_segments.push_back(Segment{std::move(shared), 0, 0, 0, bits});
        material.m_bits = bits;
    }
    return material;
}

KeyMaterial
KeyMaterial::Slice(uint32_t firstBit, uint32_t bits) const
{
    NS_ABORT_MSG_IF(firstBit > m_bits || bits > m_bits - firstBit,
                    "bits " << firstBit << " to " << firstBit + uint64_t{bits}
                            << " asked of key material of " << m_bits << " bits");
    KeyMaterial slice;
    slice.m_bits = bits;
    uint32_t skip = firstBit;
    uint32_t left = bits;
    for (const Segment& segment : m_segments)
    {
        if (left == 0)
        {
            break;
        }
        if (skip >= segment.bits)
        {
            skip -= segment.bits;
            continue;
        }
        Segment part = segment;
        part.firstBit += skip;
        part.bits = std::min(segment.bits - skip, left);
        left -= part.bits;
        skip = 0;
        slice.m_segments.push_back(std::move(part));
    }
    return slice;
}

void
KeyMaterial::Append(const KeyMaterial& other)
{
    m_segments.insert(m_segments.end(), other.m_segments.begin(), other.m_segments.end());
    m_bits += other.m_bits;
}

void
KeyMaterial::XorSegment(const Segment& segment, std::vector<uint8_t>& out, uint32_t outBit)
{
    if (segment.bytes)
    {
        const std::vector<uint8_t>& bytes = *segment.bytes;
        XorBits([&bytes](uint32_t i) { return bytes[i]; },
                segment.firstBit,
                segment.bits,
                out,
                outBit);
        return;
    }
    GeneratorReader reader(segment.seed, segment.block);
    XorBits([&reader](uint32_t i) { return reader.ByteAt(i); },
            segment.firstBit,
            segment.bits,
            out,
            outBit);
}

void
KeyMaterial::XorInto(std::vector<uint8_t>& out) const
{
    NS_ABORT_MSG_IF(out.size() < (uint64_t{m_bits} + 7) / 8,
                    out.size() << " bytes are too few for " << m_bits << " key bits");
    uint32_t outBit = 0;
    for (const Segment& segment : m_segments)
    {
        XorSegment(segment, out, outBit);
        outBit += segment.bits;
    }
}

std::vector<uint8_t>
KeyMaterial::ToBytes() const
{
    std::vector<uint8_t> bytes((uint64_t{m_bits} + 7) / 8, 0);
    XorInto(bytes);
    return bytes;
}

uint32_t
KeyMaterial::GetBits() const
{
    return m_bits;
}

bool
KeyMaterial::GetGenerator(uint64_t& seed, uint64_t& block, uint32_t& firstBit) const
{
    if (m_segments.size() != 1 || m_segments.front().bytes)
    {
        return false;
    }
    seed = m_segments.front().seed;
    block = m_segments.front().block;
    firstBit = m_segments.front().firstBit;
    return true;
}

} // namespace qkdn
} // namespace ns3
