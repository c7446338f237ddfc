/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_FIND_H
#define QKDN_SCENARIO_FIND_H

#include "qkdn-scenario-error.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Find an element of a list of a scenario by its id.
 * @tparam T type of the elements
 * @param list the list
 * @param id the id
 * @param what what an element is called, not empty
 * @param source name of the file
 * @param place JSON pointer to the reference
 * @return the element
 * @throw ScenarioError if there is none
 */
template <typename T>
const T&
FindScenarioElement(const std::vector<T>& list,
                    const std::string& id,
                    const std::string& what,
                    const std::string& source,
                    const std::string& place)
{
    std::vector<std::string> known;
    for (const T& element : list)
    {
        if (element.id == id)
        {
            return element;
        }
        known.push_back(element.id);
    }
    const bool vowel = std::string("aeio").find(what.front()) != std::string::npos;
    throw ScenarioError(source,
                        place,
                        "there is no " + what + " " + QuoteId(id) + DidYouMean(id, known),
                        std::string("give the id of ") + (vowel ? "an " : "a ") + what);
}

/**
 * @ingroup qkdn-resilience
 * @brief Where a fibre, QKD link or fault is, for error messages.
 * @tparam T ScenarioFibre, ScenarioQkdLink or ScenarioFault
 * @param element the element
 * @param list key of its list
 * @param number its place in the list
 * @return file and line that it is from, or the JSON pointer
 */
template <typename T>
std::string
GetScenarioElementPlace(const T& element, const std::string& list, std::size_t number)
{
    return element.origin.empty() ? "/" + list + "/" + std::to_string(number) : element.origin;
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_FIND_H */
