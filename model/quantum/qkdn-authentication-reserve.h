/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_AUTHENTICATION_RESERVE_H
#define QKDN_AUTHENTICATION_RESERVE_H

#include <cstdint>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The key bits that one end of a QKD link keeps for authenticating its classical channel.
 *
 * A tag is encrypted with fresh bits, so each authenticated message uses up bits for good
 * (Wegman-Carter). The reserve is filled from the link's own output before anything is
 * delivered. initial + withheld = spent + stored at every instant.
 */
class AuthenticationReserve
{
  public:
    /**
     * @brief Begin with pre-shared key.
     * @param bits number of bits; also what the reserve is filled up to
     */
    void SetInitial(uint64_t bits)
    {
        m_initial = bits;
    }

    /**
     * @brief Use up bits.
     * @param bits number of bits
     * @return false, and nothing changes, if there are too few
     */
    bool Spend(uint64_t bits)
    {
        if (bits > GetStored())
        {
            return false;
        }
        m_spent += bits;
        return true;
    }

    /**
     * @brief Keep bits of a new block.
     * @param bits number of bits
     */
    void Withhold(uint64_t bits)
    {
        m_withheld += bits;
    }

    /**
     * @brief Bits that are missing.
     * @return initial minus stored, at least 0
     */
    uint64_t GetMissing() const
    {
        return m_initial > GetStored() ? m_initial - GetStored() : 0;
    }

    /**
     * @brief Bits that are there.
     * @return number of bits
     */
    uint64_t GetStored() const
    {
        return m_initial + m_withheld - m_spent;
    }

    /**
     * @brief Pre-shared bits.
     * @return number of bits
     */
    uint64_t GetInitial() const
    {
        return m_initial;
    }

    /**
     * @brief Bits withheld from the link's output so far.
     * @return number of bits
     */
    uint64_t GetWithheld() const
    {
        return m_withheld;
    }

    /**
     * @brief Bits used up so far.
     * @return number of bits
     */
    uint64_t GetSpent() const
    {
        return m_spent;
    }

  private:
    uint64_t m_initial{0};  //!< pre-shared
    uint64_t m_withheld{0}; //!< from the link's output
    uint64_t m_spent{0};    //!< used up
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_AUTHENTICATION_RESERVE_H */
