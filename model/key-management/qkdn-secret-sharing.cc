/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-secret-sharing.h"

#include "ns3/abort.h"

#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/// The polynomial of the field without its highest term.
constexpr uint8_t REDUCTION = 0x1b;

/// Largest number of a share: no value of a polynomial but that at 0 may be the secret.
constexpr uint32_t MAX_SHARES = 255;

using Bytes = std::vector<uint8_t>;

/// Add a multiple of some bytes to others.
void
AddMultiple(const Bytes& bytes, uint8_t factor, Bytes& sum)
{
    for (std::size_t i = 0; i < sum.size(); ++i)
    {
        sum[i] ^= Gf256Multiply(bytes[i], factor);
    }
}

} // namespace

uint8_t
Gf256Multiply(uint8_t a, uint8_t b)
{
    uint8_t product = 0;
    while (b != 0)
    {
        product ^= (b & 1) != 0 ? a : 0;
        const uint8_t carry = (a & 0x80) != 0 ? REDUCTION : 0;
        a = static_cast<uint8_t>(a << 1) ^ carry;
        b >>= 1;
    }
    return product;
}

uint8_t
Gf256Invert(uint8_t a)
{
    NS_ABORT_MSG_IF(a == 0, "0 has no inverse");
    // the multiplicative group has 255 elements: a^254 = a^-1
    uint8_t power = a;
    uint8_t inverse = 1;
    for (int bit = 1; bit < 8; ++bit)
    {
        power = Gf256Multiply(power, power);
        inverse = Gf256Multiply(inverse, power);
    }
    return inverse;
}

SecretSharing::SecretSharing(uint32_t threshold, uint32_t shares)
    : m_threshold(threshold),
      m_shares(shares)
{
    NS_ABORT_MSG_IF(threshold == 0 || threshold > shares || shares > MAX_SHARES,
                    "a secret cannot be split into " << shares << " shares, " << threshold
                                                     << " of which make it");
}

bool
SecretSharing::IsXor() const
{
    return m_threshold == m_shares && m_shares > 1;
}

std::size_t
SecretSharing::CountRandomBytes(std::size_t bytes) const
{
    return bytes * (m_threshold - 1);
}

std::vector<SecretShare>
SecretSharing::Split(const Bytes& secret, const RandomBytes& random) const
{
    std::vector<Bytes> coefficients;
    for (uint32_t i = 1; i < m_threshold; ++i)
    {
        coefficients.push_back(random(secret.size()));
        NS_ABORT_MSG_IF(coefficients.back().size() != secret.size(), "wrong number of bytes");
    }
    std::vector<SecretShare> shares;
    if (IsXor())
    {
        Bytes last = secret;
        for (const Bytes& pad : coefficients)
        {
            AddMultiple(pad, 1, last);
            shares.push_back(SecretShare{static_cast<uint8_t>(shares.size() + 1), pad});
        }
        shares.push_back(SecretShare{static_cast<uint8_t>(m_shares), last});
        return shares;
    }
    for (uint32_t number = 1; number <= m_shares; ++number)
    {
        const auto at = static_cast<uint8_t>(number);
        SecretShare share{at, secret};
        uint8_t power = 1;
        for (const Bytes& coefficient : coefficients)
        {
            power = Gf256Multiply(power, at);
            AddMultiple(coefficient, power, share.bytes);
        }
        shares.push_back(share);
    }
    return shares;
}

bool
SecretSharing::AreGood(const std::vector<SecretShare>& shares) const
{
    std::set<uint8_t> numbers;
    for (const SecretShare& share : shares)
    {
        if (share.number == 0 || share.number > m_shares || !numbers.insert(share.number).second ||
            share.bytes.size() != shares.front().bytes.size())
        {
            return false;
        }
    }
    return shares.size() >= m_threshold;
}

std::optional<Bytes>
SecretSharing::Combine(const std::vector<SecretShare>& shares) const
{
    if (!AreGood(shares))
    {
        return std::nullopt;
    }
    Bytes secret(shares.front().bytes.size(), 0);
    for (uint32_t i = 0; i < m_threshold; ++i)
    {
        uint8_t factor = 1;
        for (uint32_t j = 0; j < m_threshold && !IsXor(); ++j)
        {
            // Lagrange's interpolation at 0; in this field a difference is a sum
            if (j != i)
            {
                const uint8_t difference = shares[i].number ^ shares[j].number;
                factor =
                    Gf256Multiply(factor, Gf256Multiply(shares[j].number, Gf256Invert(difference)));
            }
        }
        AddMultiple(shares[i].bytes, factor, secret);
    }
    return secret;
}

} // namespace qkdn
} // namespace ns3
