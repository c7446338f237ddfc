/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PAGE_SECTIONS_H
#define QKDN_PAGE_SECTIONS_H

#include "ns3/qkdn-results.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// JSON whose objects keep the order of their keys.
using PageJson = nlohmann::ordered_json;

/// Sentences that say what a page leaves out.
using PageNotes = std::vector<std::string>;

/**
 * @ingroup qkdn-resilience
 * @brief Of many things that last, keep those that last longest.
 * @tparam T the things
 * @tparam LengthOf how long one lasts
 * @param all the things; those kept stay in order
 * @param most how many are kept at most
 * @param what what they are, for the note
 * @param lengthOf gives the length of a thing
 * @param [in,out] notes gets a sentence if some are left out
 */
template <typename T, typename LengthOf>
void
KeepLongest(std::vector<T>& all,
            std::size_t most,
            const std::string& what,
            LengthOf lengthOf,
            PageNotes& notes)
{
    if (all.size() <= most)
    {
        return;
    }
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return lengthOf(all[a]) > lengthOf(all[b]);
    });
    order.resize(most);
    std::sort(order.begin(), order.end());
    std::vector<T> kept;
    kept.reserve(order.size());
    for (const std::size_t index : order)
    {
        kept.push_back(all[index]);
    }
    notes.push_back("Of " + std::to_string(all.size()) + " " + what + " the " +
                    std::to_string(most) + " longest are shown.");
    all = kept;
}

/**
 * @ingroup qkdn-resilience
 * @brief Nodes with their places, fibres, QKD links, groups and sessions.
 * @param results the results
 * @return an object
 */
PageJson MakeMapSection(const ExperimentResults& results);

/**
 * @ingroup qkdn-resilience
 * @brief What was broken, not generating, switched and repaired, and when; and routes in use.
 * @param results the results
 * @param [in,out] notes gets a sentence for what is left out
 * @return an object of lists
 */
PageJson MakeStatusSection(const ExperimentResults& results, PageNotes& notes);

/**
 * @ingroup qkdn-resilience
 * @brief Keys asked for and supplied over time, and interruptions, by session.
 * @param results the results
 * @param [in,out] notes gets a sentence for what is left out
 * @return an object
 */
PageJson MakeSupplySection(const ExperimentResults& results, PageNotes& notes);

/**
 * @ingroup qkdn-resilience
 * @brief Levels of pools over time.
 * @param results the results
 * @param [in,out] notes gets a sentence for what is left out
 * @return a list
 */
PageJson MakePoolSection(const ExperimentResults& results, PageNotes& notes);

/**
 * @ingroup qkdn-resilience
 * @brief Recoveries and their stages.
 * @param results the results
 * @param [in,out] notes gets a sentence for what is left out
 * @return an object
 */
PageJson MakeRecoverySection(const ExperimentResults& results, PageNotes& notes);

/**
 * @ingroup qkdn-resilience
 * @brief The event log.
 * @param results the results
 * @param [in,out] notes gets a sentence for what is left out
 * @return an object
 */
PageJson MakeEventSection(const ExperimentResults& results, PageNotes& notes);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PAGE_SECTIONS_H */
