/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHAOS_DRAW_H
#define QKDN_CHAOS_DRAW_H

#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// How often each kind of thing was drawn, by what it is, for example "fault km-crash".
using ChaosCounts = std::map<std::string, uint64_t>;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Draws for a random scenario, and counts what was drawn.
 */
class ChaosDraw
{
  public:
    /**
     * @brief Constructor
     * @param number number of the scenario: the same draws for the same number
     */
    explicit ChaosDraw(uint32_t number)
        : m_random(CreateObject<UniformRandomVariable>())
    {
        m_random->SetStream(20000 + static_cast<int64_t>(number));
    }

    /**
     * @brief A number.
     * @param low the smallest
     * @param high the largest
     * @return a number between them
     */
    double Real(double low, double high)
    {
        return m_random->GetValue(low, high);
    }

    /**
     * @brief A whole number.
     * @param low the smallest
     * @param high the largest
     * @return one of them or between them
     */
    uint32_t Integer(uint32_t low, uint32_t high)
    {
        return m_random->GetInteger(low, high);
    }

    /**
     * @brief Something that happens or not.
     * @param probability its probability
     * @return whether it happens
     */
    bool Chance(double probability)
    {
        return Real(0.0, 1.0) < probability;
    }

    /**
     * @brief One of several, all equally likely.
     * @tparam T what they are
     * @param list the list, not empty
     * @return one of them
     */
    template <typename T>
    const T& PickOf(const std::vector<T>& list)
    {
        return list[Integer(0, static_cast<uint32_t>(list.size() - 1))];
    }

    /**
     * @brief One of several texts, all equally likely.
     * @param texts the texts
     * @return one of them
     */
    std::string Pick(const std::vector<std::string>& texts)
    {
        return PickOf(texts);
    }

    /**
     * @brief Count what was drawn.
     * @param what what it is
     * @return the same
     */
    const std::string& Count(const std::string& what)
    {
        ++m_counts[what];
        return what;
    }

    /**
     * @brief Pick a text and count it.
     * @param kind what the texts are, for example "trigger"
     * @param texts the texts
     * @return one of them, counted as kind and text
     */
    std::string PickCounted(const std::string& kind, const std::vector<std::string>& texts)
    {
        const std::string text = Pick(texts);
        Count(kind + " " + text);
        return text;
    }

    /**
     * @brief Draw whether something happens, and count it if it does.
     * @param probability its probability
     * @param what what it is
     * @return whether it happens
     */
    bool ChanceCounted(double probability, const std::string& what)
    {
        const bool happens = Chance(probability);
        if (happens)
        {
            Count(what);
        }
        return happens;
    }

    /**
     * @brief What was drawn.
     * @return how often, by what it is
     */
    const ChaosCounts& GetCounts() const
    {
        return m_counts;
    }

  private:
    Ptr<UniformRandomVariable> m_random; //!< all draws
    ChaosCounts m_counts;                //!< what was drawn
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHAOS_DRAW_H */
