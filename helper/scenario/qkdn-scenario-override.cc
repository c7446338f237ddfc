/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-override.h"

#include "qkdn-scenario-json.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

using nlohmann::json;

namespace
{

/**
 * @brief Parse the value of an override.
 * @param change the override
 * @param source name of the file
 * @return the JSON value, or a string if it is none
 */
json
ParseOverrideValue(const ScenarioOverride& change, const std::string& source)
{
    try
    {
        return ParseScenarioJson(change.value, source, change.pointer);
    }
    catch (const ScenarioSyntaxError&)
    {
        return change.value; // plain words need no quotes on a command line
    }
}

/**
 * @brief Split a JSON pointer.
 * @param pointer the pointer
 * @param source name of the file
 * @return the keys and indices on the way
 */
std::vector<std::string>
SplitPointer(const std::string& pointer, const std::string& source)
{
    if (pointer.empty() || pointer[0] != '/')
    {
        throw ScenarioError(source,
                            "",
                            "\"" + Excerpt(pointer) + "\" is no place in the file",
                            "give a JSON pointer such as /sessions/0/toleration_s");
    }
    std::vector<std::string> steps;
    for (std::size_t i = 0; i < pointer.size(); ++i)
    {
        if (pointer[i] == '/')
        {
            steps.emplace_back();
        }
        else if (pointer[i] != '~')
        {
            steps.back() += pointer[i];
        }
        else if (i + 1 < pointer.size() && (pointer[i + 1] == '0' || pointer[i + 1] == '1'))
        {
            steps.back() += pointer[++i] == '0' ? '~' : '/';
        }
        else
        {
            throw ScenarioError(source,
                                pointer,
                                "\"~\" stands alone in a JSON pointer",
                                "write ~0 for \"~\" and ~1 for \"/\"");
        }
    }
    return steps;
}

/**
 * @brief The element of an array that a step of a pointer names.
 * @param array the array
 * @param step the step
 * @return the element, or nullptr if there is none
 */
json*
FindElement(json& array, const std::string& step)
{
    const bool digits = !step.empty() && step.size() < 10 &&
                        step.find_first_not_of("0123456789") == std::string::npos &&
                        (step.size() == 1 || step[0] != '0');
    if (!digits)
    {
        return nullptr;
    }
    const std::size_t index = std::stoul(step);
    return index < array.size() ? &array[index] : nullptr;
}

/**
 * @brief One step down.
 * @param value where to step from
 * @param step key or index
 * @return what is there, or nullptr
 */
json*
FindChild(json& value, const std::string& step)
{
    if (value.is_array())
    {
        return FindElement(value, step);
    }
    return value.is_object() && value.contains(step) ? &value[step] : nullptr;
}

/**
 * @brief Report a step that leads nowhere.
 * @param value where the step starts
 * @param place its JSON pointer
 * @param change the override
 * @param source name of the file
 */
[[noreturn]] void
FailStep(const json& value,
         const std::string& place,
         const ScenarioOverride& change,
         const std::string& source)
{
    const std::string here = place.empty() ? "the top level" : place;
    if (value.is_array())
    {
        throw ScenarioError(source,
                            change.pointer,
                            here + " has " + std::to_string(value.size()) +
                                " elements and none of this number",
                            "count from 0, or append with \"-\" as the last step");
    }
    if (value.is_object())
    {
        throw ScenarioError(source,
                            change.pointer,
                            "this place and the one above it do not exist",
                            "set a place in " + here + " first");
    }
    throw ScenarioError(source,
                        change.pointer,
                        here + " is a " + value.type_name() + " and holds nothing",
                        "end the pointer there");
}

} // namespace

void
ApplyScenarioOverride(json& root, const ScenarioOverride& change, const std::string& source)
{
    const std::vector<std::string> steps = SplitPointer(change.pointer, source);
    json* holder = &root;
    std::string place;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i)
    {
        json* const next = FindChild(*holder, steps[i]);
        if (!next)
        {
            FailStep(*holder, place, change, source);
        }
        holder = next;
        place = ScenarioPlace(place, steps[i]);
    }
    json value = ParseOverrideValue(change, source);
    const json* const before = FindChild(*holder, steps.back());
    const std::string& key = steps.back();
    const bool isTime = key.size() > 2 && key.compare(key.size() - 2, 2, "_s") == 0;
    if (before && before->is_string() && value.is_number() && !isTime)
    {
        // names of nodes and fibres may look like numbers; a time may have been a word
        value = change.value;
    }
    if (holder->is_object())
    {
        (*holder)[steps.back()] = std::move(value);
        return;
    }
    if (holder->is_array() && steps.back() == "-")
    {
        holder->push_back(std::move(value));
        return;
    }
    json* const element = FindChild(*holder, steps.back());
    if (!element)
    {
        FailStep(*holder, place, change, source);
    }
    *element = std::move(value);
}

} // namespace qkdn
} // namespace ns3
