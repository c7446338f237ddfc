/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KM_INDEX_H
#define QKDN_KM_INDEX_H

#include "ns3/qkdn-ids.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Some KMs as numbers 0, 1, ... in the order of their ids.
 */
class KmIndex
{
  public:
    /**
     * @brief Constructor
     * @param kms the KMs in any order, each as often as it likes
     */
    explicit KmIndex(std::vector<KmId> kms)
        : m_kms(std::move(kms))
    {
        std::sort(m_kms.begin(), m_kms.end());
        m_kms.erase(std::unique(m_kms.begin(), m_kms.end()), m_kms.end());
    }

    /**
     * @brief How many KMs there are.
     * @return their number
     */
    std::size_t GetSize() const
    {
        return m_kms.size();
    }

    /**
     * @brief Whether a KM is among them.
     * @param km the KM
     * @return true if so
     */
    bool Has(KmId km) const
    {
        return std::binary_search(m_kms.begin(), m_kms.end(), km);
    }

    /**
     * @brief The number of a KM.
     * @param km one of them
     * @return its number
     */
    std::size_t ToNumber(KmId km) const
    {
        return std::lower_bound(m_kms.begin(), m_kms.end(), km) - m_kms.begin();
    }

    /**
     * @brief The KM of a number.
     * @param number below GetSize()
     * @return the KM
     */
    KmId ToKm(std::size_t number) const
    {
        return m_kms[number];
    }

  private:
    std::vector<KmId> m_kms; //!< the KMs in order
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KM_INDEX_H */
