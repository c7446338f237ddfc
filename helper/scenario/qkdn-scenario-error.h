/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_ERROR_H
#define QKDN_SCENARIO_ERROR_H

#include "ns3/nstime.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A scenario cannot be used. what() is one line: file, place, what is wrong, the mend.
 */
class ScenarioError : public std::runtime_error
{
  public:
    /**
     * @brief Constructor
     * @param source name of the file
     * @param place JSON pointer, or line and column; empty if the whole file is meant
     * @param problem what is wrong, with the value
     * @param mend what to do about it
     */
    ScenarioError(const std::string& source,
                  const std::string& place,
                  const std::string& problem,
                  const std::string& mend);

    /**
     * @brief Where the error is.
     * @return JSON pointer, or line and column; empty for the whole file
     */
    const std::string& GetPlace() const;

  private:
    std::string m_place; //!< where
};

/**
 * @ingroup qkdn-resilience
 * @brief The start of a text, cut at a character of UTF-8 and marked with "..." if it is long.
 * @param text the text
 * @param length number of bytes kept
 * @return the text or its start
 */
std::string Excerpt(const std::string& text, std::size_t length = 60);

/**
 * @ingroup qkdn-resilience
 * @brief An id in an error message.
 * @param id the id
 * @return its start in quotes
 */
std::string QuoteId(const std::string& id);

/**
 * @ingroup qkdn-resilience
 * @brief A time in an error message.
 * @param time the time
 * @return seconds and "s"
 */
std::string TimeText(const Time& time);

/**
 * @ingroup qkdn-resilience
 * @brief A hint for a name that is not known.
 * @param name the name
 * @param known the names that exist
 * @return ` (did you mean "x"?)` with the closest name, or nothing if none is close
 */
std::string DidYouMean(const std::string& name, const std::vector<std::string>& known);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_ERROR_H */
