/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-error.h"

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <numeric>
#include <sstream>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Longest place and longest text of an error message, bytes.
constexpr std::size_t LONGEST_PART = 400;

/**
 * @brief The text of an error message, on one line.
 * @param source name of the file
 * @param place where
 * @param problem what is wrong
 * @param mend what to do
 * @return the line
 */
std::string
OneLine(const std::string& source,
        const std::string& place,
        const std::string& problem,
        const std::string& mend)
{
    std::string line = source + ": ";
    if (!place.empty())
    {
        line += Excerpt(place, LONGEST_PART) + ": ";
    }
    line += Excerpt(problem, LONGEST_PART) + "; " + Excerpt(mend, LONGEST_PART);
    std::replace_if(
        line.begin(),
        line.end(),
        [](unsigned char c) { return c < 0x20 || c == 0x7f; },
        '?');
    return line;
}

/**
 * @brief The Levenshtein distance of two texts.
 * @param a a text
 * @param b another
 * @return number of bytes to insert, delete or replace
 */
std::size_t
EditDistance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i)
    {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j)
        {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

} // namespace

ScenarioError::ScenarioError(const std::string& source,
                             const std::string& place,
                             const std::string& problem,
                             const std::string& mend)
    : std::runtime_error(OneLine(source, place, problem, mend)),
      m_place(place)
{
}

const std::string&
ScenarioError::GetPlace() const
{
    return m_place;
}

std::string
Excerpt(const std::string& text, std::size_t length)
{
    if (text.size() <= length)
    {
        return text;
    }
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
    {
        --length;
    }
    return text.substr(0, length) + "...";
}

std::string
QuoteId(const std::string& id)
{
    return "\"" + Excerpt(id) + "\"";
}

std::string
TimeText(const Time& time)
{
    std::ostringstream text;
    text.precision(12);
    text << time.GetSeconds() << " s";
    return text.str();
}

std::string
DidYouMean(const std::string& name, const std::vector<std::string>& known)
{
    // names longer than any real one are not worth the quadratic comparison
    if (name.size() > 64)
    {
        return "";
    }
    std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
    std::string closest;
    for (const auto& candidate : known)
    {
        if (boost::iequals(name, candidate))
        {
            closest = candidate;
            break;
        }
        const std::size_t distance = EditDistance(name, candidate);
        if (distance < least && distance < candidate.size())
        {
            least = distance;
            closest = candidate;
        }
    }
    return closest.empty() ? "" : " (did you mean \"" + closest + "\"?)";
}

} // namespace qkdn
} // namespace ns3
