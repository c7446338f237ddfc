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
#include <cstdint>
#include <limits>
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
        if (m_kms.empty())
        {
            return;
        }
        const uint32_t highest = std::max_element(m_kms.begin(), m_kms.end())->value;
        if (highest < 4 * m_kms.size() + 64)
        {
            FillTable(highest);
            return;
        }
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
        return m_table.empty() ? std::binary_search(m_kms.begin(), m_kms.end(), km)
                               : km.value < m_table.size() && m_table[km.value] != NONE;
    }

    /**
     * @brief The number of a KM.
     * @param km one of them
     * @return its number
     */
    std::size_t ToNumber(KmId km) const
    {
        return m_table.empty() ? std::lower_bound(m_kms.begin(), m_kms.end(), km) - m_kms.begin()
                               : m_table[km.value];
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
    /// Number of a KM that is not there.
    static constexpr std::size_t NONE = std::numeric_limits<std::size_t>::max();

    /**
     * @brief Number the KMs by a table instead of a search, where ids are dense.
     * @param highest highest id
     */
    void FillTable(uint32_t highest)
    {
        m_table.resize(std::size_t{highest} + 1, NONE);
        for (const KmId km : m_kms)
        {
            m_table[km.value] = 0;
        }
        m_kms.clear();
        for (uint32_t id = 0; id <= highest; ++id)
        {
            if (m_table[id] != NONE)
            {
                m_table[id] = m_kms.size();
                m_kms.emplace_back(id);
            }
        }
    }

    std::vector<KmId> m_kms;          //!< the KMs in order
    std::vector<std::size_t> m_table; //!< numbers by id, empty if ids are not dense
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KM_INDEX_H */
