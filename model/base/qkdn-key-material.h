/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_MATERIAL_H
#define QKDN_KEY_MATERIAL_H

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Secret bits: bytes, or ranges of the counter-based generator that cost nothing until
 * they are used.
 *
 * Bits are numbered from the most significant bit of the first byte. The value is immutable
 * but for Append(), and cheap to copy.
 */
class KeyMaterial
{
  public:
    /// No bits.
    KeyMaterial() = default;

    /**
     * @brief Bits of the generator; nothing is computed before the bits are read.
     * @param seed seed of the emission epoch (the Philox key)
     * @param block number of the block (upper half of the Philox counter)
     * @param firstBit first bit in the block
     * @param bits number of bits
     * @return the material
     */
    static KeyMaterial FromGenerator(uint64_t seed,
                                     uint64_t block,
                                     uint32_t firstBit,
                                     uint32_t bits);

    /**
     * @brief All bits of some bytes.
     * @param bytes the bytes
     * @return the material, 8 bits a byte
     */
    static KeyMaterial FromBytes(std::vector<uint8_t> bytes);

    /**
     * @brief Some of the bits. Aborts if the range reaches past the end.
     * @param firstBit first bit
     * @param bits number of bits
     * @return the material
     */
    KeyMaterial Slice(uint32_t firstBit, uint32_t bits) const;

    /**
     * @brief Put further bits behind these.
     * @param other the bits
     */
    void Append(const KeyMaterial& other);

    /**
     * @brief XOR the bits into the first ceil(bits/8) bytes: one-time pad.
     * @param out at least that many bytes; aborts if shorter
     */
    void XorInto(std::vector<uint8_t>& out) const;

    /**
     * @brief The bits as bytes; the unused low bits of the last byte are 0.
     * @return ceil(bits/8) bytes
     */
    std::vector<uint8_t> ToBytes() const;

    /**
     * @brief Number of bits.
     * @return the number
     */
    uint32_t GetBits() const;

    /**
     * @brief Where a material that is one range of the generator comes from.
     * @param [out] seed the seed
     * @param [out] block the block
     * @param [out] firstBit the first bit
     * @return false if this is not exactly one range of the generator
     */
    bool GetGenerator(uint64_t& seed, uint64_t& block, uint32_t& firstBit) const;

  private:
    /// A stretch of bits from one source.
    struct Segment
    {
        std::shared_ptr<const std::vector<uint8_t>> bytes; //!< null: from the generator
        uint64_t seed{0};                                  //!< seed of the generator
        uint64_t block{0};                                 //!< block of the generator
        uint32_t firstBit{0};                              //!< first bit in the source
        uint32_t bits{0};                                  //!< number of bits
    };

    /**
     * @brief XOR one segment into a buffer.
     * @param segment the segment
     * @param out the buffer
     * @param outBit where its first bit goes
     */
    static void XorSegment(const Segment& segment, std::vector<uint8_t>& out, uint32_t outBit);

    std::vector<Segment> m_segments; //!< in order
    uint32_t m_bits{0};              //!< total
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_MATERIAL_H */
