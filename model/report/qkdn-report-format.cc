/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-report-format.h"

#include <algorithm>
#include <cctype>
#include <locale>
#include <sstream>

namespace ns3
{
namespace qkdn
{

double
SecondsOf(Time time)
{
    // Not Time::GetSeconds(): its fixed-point conversion can be off by one unit in the last place.
    return static_cast<double>(time.GetNanoSeconds()) / 1e9;
}

std::string
FormatSeconds(Time time)
{
    const int64_t ns = time.GetNanoSeconds();
    const uint64_t magnitude = ns < 0 ? uint64_t{0} - static_cast<uint64_t>(ns) : ns;
    std::string decimals = std::to_string(magnitude % 1000000000);
    decimals.insert(0, 9 - decimals.size(), '0');
    return (ns < 0 ? "-" : "") + std::to_string(magnitude / 1000000000) + "." + decimals;
}

std::string
FormatSeconds(const std::optional<Time>& time)
{
    return time ? FormatSeconds(*time) : std::string();
}

std::string
FormatSecondsForPeople(Time time)
{
    std::string text = FormatSeconds(time);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.')
    {
        text.pop_back();
    }
    return text + " s";
}

std::string
FormatNumber(double value, int digits)
{
    std::ostringstream os;
    os.imbue(std::locale::classic());
    os.precision(digits);
    os << value;
    return os.str();
}

std::string
FormatCount(uint64_t value)
{
    std::string text = std::to_string(value);
    for (std::size_t i = text.size(); i > 3; i -= 3)
    {
        text.insert(i - 3, 1, ' ');
    }
    return text;
}

std::string
FormatAmount(int64_t micro)
{
    constexpr uint64_t MICRO_PER_UNIT = 1000000;
    const bool negative = micro < 0;
    const uint64_t amount =
        negative ? ~static_cast<uint64_t>(micro) + 1 : static_cast<uint64_t>(micro);
    std::string rest = std::to_string(amount % MICRO_PER_UNIT);
    rest.insert(0, 6 - rest.size(), '0');
    return (negative ? "-" : "") + FormatCount(amount / MICRO_PER_UNIT) + "." + rest;
}

std::string
FormatRoute(const std::vector<std::string>& kms)
{
    std::string text;
    for (const auto& km : kms)
    {
        text += (text.empty() ? "" : "-") + km;
    }
    return text.empty() ? "-" : text;
}

std::string
Shorten(const std::string& text, std::size_t characters)
{
    const auto isFirstByte = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    const auto count = std::count_if(text.begin(), text.end(), isFirstByte);
    if (static_cast<std::size_t>(count) <= characters)
    {
        return text;
    }
    std::string out;
    std::size_t taken = 0;
    for (char c : text)
    {
        taken += isFirstByte(c) ? 1 : 0;
        if (taken + 3 > characters)
        {
            break;
        }
        out += c;
    }
    return out + "...";
}

std::string
EscapeHtml(const std::string& text)
{
    std::string out;
    for (char c : text)
    {
        switch (c)
        {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

std::string
EscapeCsv(const std::string& text)
{
    // '#' begins a comment for ns3::CsvReader, which also drops blanks around a bare cell
    const bool plain = text.find_first_of(",\"\n\r#") == std::string::npos &&
                       (text.empty() || (!std::isspace(static_cast<unsigned char>(text.front())) &&
                                         !std::isspace(static_cast<unsigned char>(text.back()))));
    if (plain)
    {
        return text;
    }
    std::string out = "\"";
    for (char c : text)
    {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + "\"";
}

std::string
EscapeGnuplot(const std::string& text)
{
    std::string out;
    for (char c : text)
    {
        switch (c)
        {
        case '"':
            // with a leading 0, gnuplot takes up to three further digits
            out += "\\0042";
            break;
        case '\\':
            out += "\\134";
            break;
        case '`':
            out += "\\140";
            break;
        default:
            out += std::iscntrl(static_cast<unsigned char>(c)) ? ' ' : c;
        }
    }
    return out;
}

} // namespace qkdn
} // namespace ns3
