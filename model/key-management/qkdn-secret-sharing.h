/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SECRET_SHARING_H
#define QKDN_SECRET_SHARING_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Multiply in GF(256) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, 4.2).
 * @param a one factor
 * @param b the other factor
 * @return the product
 */
uint8_t Gf256Multiply(uint8_t a, uint8_t b);

/**
 * @ingroup qkdn-resilience
 * @brief The number in GF(256) whose product with another one is 1.
 * @param a the other one; aborts if it is 0
 * @return its inverse
 */
uint8_t Gf256Invert(uint8_t a);

/// A share of a secret.
struct SecretShare
{
    uint8_t number{0};          //!< its number, from 1
    std::vector<uint8_t> bytes; //!< as many as the secret has
};

/**
 * @ingroup qkdn-resilience
 * @brief Splits secrets into n shares, k of which make the secret and fewer tell nothing of it.
 *
 * With k < n each byte of the secret is the constant term of a polynomial over GF(256) of degree
 * k - 1 whose other coefficients are random, and share i has its value at i (A. Shamir, "How to
 * share a secret", Communications of the ACM 22 (1979) 612). With k = 1 these are copies. With
 * k = n all shares but the last are random, and the last is the XOR of them and the secret, which
 * is as safe and cheaper.
 */
class SecretSharing
{
  public:
    /// Gives as many random bytes as it is asked for, no byte twice.
    using RandomBytes = std::function<std::vector<uint8_t>(std::size_t)>;

    /**
     * @brief Constructor. Aborts unless 1 <= threshold <= shares <= 255.
     * @param threshold shares that make the secret (k)
     * @param shares all shares (n)
     */
    SecretSharing(uint32_t threshold, uint32_t shares);

    /**
     * @brief Random bytes that Split() asks for.
     * @param bytes bytes of the secret
     * @return k - 1 times as many
     */
    std::size_t CountRandomBytes(std::size_t bytes) const;

    /**
     * @brief Split a secret.
     * @param secret the secret
     * @param random gives random bytes
     * @return all shares, by number
     */
    std::vector<SecretShare> Split(const std::vector<uint8_t>& secret,
                                   const RandomBytes& random) const;

    /**
     * @brief Make a secret out of shares; the first k count.
     * @param shares the shares
     * @return the secret; none if there are fewer than k, if two have the same number or
     * different sizes, or if there is none of that number
     */
    std::optional<std::vector<uint8_t>> Combine(const std::vector<SecretShare>& shares) const;

  private:
    /**
     * @brief Whether all shares are XORed.
     * @return true if all shares make the secret and there are several
     */
    bool IsXor() const;

    /**
     * @brief Whether shares belong together and suffice.
     * @param shares the shares
     * @return true if so
     */
    bool AreGood(const std::vector<SecretShare>& shares) const;

    uint32_t m_threshold; //!< shares that make the secret
    uint32_t m_shares;    //!< all shares
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SECRET_SHARING_H */
