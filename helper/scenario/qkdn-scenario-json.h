/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_JSON_H
#define QKDN_SCENARIO_JSON_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-error.h"

#include <nlohmann/json.hpp>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A text is not JSON at all.
 */
class ScenarioSyntaxError : public ScenarioError
{
  public:
    using ScenarioError::ScenarioError;
};

/**
 * @ingroup qkdn-resilience
 * @brief Parse a JSON text, more strictly than nlohmann-json: a key twice in an object, a number
 * that no double holds and very deep nesting are errors.
 * @param text the text
 * @param source name of the file, for error messages
 * @param place where in the file the text stands, as JSON pointer
 * @return the value
 * @throw ScenarioSyntaxError with line and column
 * @throw ScenarioError with a JSON pointer
 */
nlohmann::json ParseScenarioJson(const std::string& text,
                                 const std::string& source,
                                 const std::string& place = "");

/**
 * @ingroup qkdn-resilience
 * @brief A place one step below another.
 * @param place JSON pointer
 * @param key key of an object
 * @return JSON pointer to the value under the key, escaped as in RFC 6901
 */
std::string ScenarioPlace(const std::string& place, const std::string& key);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_JSON_H */
