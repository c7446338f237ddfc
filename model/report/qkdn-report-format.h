/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPORT_FORMAT_H
#define QKDN_REPORT_FORMAT_H

#include "ns3/nstime.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A time as the double nearest to its number of nanoseconds.
 * @param time the time
 * @return seconds
 */
double SecondsOf(Time time);

/**
 * @ingroup qkdn-resilience
 * @brief A time with all nine decimals, exact.
 * @param time the time
 * @return seconds, for example "20.000300000"
 */
std::string FormatSeconds(Time time);

/**
 * @ingroup qkdn-resilience
 * @brief A time with all nine decimals.
 * @param time the time
 * @return seconds, or empty if there is none
 */
std::string FormatSeconds(const std::optional<Time>& time);

/**
 * @ingroup qkdn-resilience
 * @brief A time as a person reads it: without trailing zeros.
 * @param time the time
 * @return seconds and unit, for example "20.0003 s"
 */
std::string FormatSecondsForPeople(Time time);

/**
 * @ingroup qkdn-resilience
 * @brief A number with a given number of significant digits.
 * @param value the number
 * @param digits significant digits; the default is that of files that programs read
 * @return the number, the same in every locale
 */
std::string FormatNumber(double value, int digits = 12);

/**
 * @ingroup qkdn-resilience
 * @brief A whole number in groups of three digits, for people.
 * @param value the number
 * @return for example "1 234 567"
 */
std::string FormatCount(uint64_t value);

/**
 * @ingroup qkdn-resilience
 * @brief An amount of money, for people.
 * @param micro the amount, micro-units
 * @return units with six decimals, for example "-1 234.500000"
 */
std::string FormatAmount(int64_t micro);

/**
 * @ingroup qkdn-resilience
 * @brief A key relay route, for people.
 * @param kms names of its KMs
 * @return for example "1-2-4", a dash if there are none
 */
std::string FormatRoute(const std::vector<std::string>& kms);

/**
 * @ingroup qkdn-resilience
 * @brief Cut a text to a length.
 * @param text any text, UTF-8
 * @param characters largest number of characters, at least 3
 * @return the text, or its beginning and "..."
 */
std::string Shorten(const std::string& text, std::size_t characters);

/**
 * @ingroup qkdn-resilience
 * @brief Text for HTML content and attribute values.
 * @param text any text
 * @return the text with & < > " and ' as character references
 */
std::string EscapeHtml(const std::string& text);

/**
 * @ingroup qkdn-resilience
 * @brief A cell of a CSV file (RFC 4180), quoted where a reader could misread it.
 * @param text any text
 * @return the cell
 */
std::string EscapeCsv(const std::string& text);

/**
 * @ingroup qkdn-resilience
 * @brief Text for the inside of a double-quoted string of gnuplot.
 *
 * Quotes, back-slashes and back-quotes (which would run a command) become octal escapes, control
 * characters blanks.
 *
 * @param text any text
 * @return the text
 */
std::string EscapeGnuplot(const std::string& text);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPORT_FORMAT_H */
