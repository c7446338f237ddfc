/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-argument-checker.h"

#include "qkdn-scenario-error.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Whether a name is in a list.
bool
Contains(const std::vector<std::string>& names, const std::string& name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

ArgumentChecker::ArgumentChecker(std::vector<std::string> valued, std::vector<std::string> switches)
    : m_valued(std::move(valued)),
      m_switches(std::move(switches))
{
}

void
ArgumentChecker::Check(const std::string& argument) const
{
    const std::size_t equal = argument.find('=');
    const std::string option = argument.substr(0, equal);
    if (option.rfind("--", 0) != 0)
    {
        throw ScenarioError(Excerpt(argument), "", "is no option", "give --NAME=VALUE, see --help");
    }
    const std::string name = option.substr(2);
    const bool ofNs3 = name.rfind("Print", 0) == 0 || name.find("::") != std::string::npos ||
                       name == "help" || name == "version";
    const bool isSwitch = Contains(m_switches, name);
    const bool isValued = Contains(m_valued, name);
    if (!isSwitch && !isValued && !ofNs3)
    {
        std::vector<std::string> all = m_valued;
        all.insert(all.end(), m_switches.begin(), m_switches.end());
        throw ScenarioError(option, "", "is no option" + DidYouMean(name, all), "see --help");
    }
    if (isValued && equal == std::string::npos)
    {
        throw ScenarioError(option, "", "has no value", "give " + option + "=VALUE");
    }
    const std::string value = equal == std::string::npos ? "" : argument.substr(equal + 1);
    if (isSwitch && !Contains({"", "1", "0", "true", "false"}, value))
    {
        throw ScenarioError(option,
                            "",
                            Excerpt(value) + " is no truth value",
                            "give true or false");
    }
}

std::string
ArgumentChecker::PlotName(const std::filesystem::path& file)
{
    std::string name = file.stem().string();
    const std::string known = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (file.extension() != ".svg" || name.find_first_not_of(known) != std::string::npos)
    {
        throw ScenarioError("--plot",
                            "",
                            Excerpt(file.string()) + " cannot be the name of a plot",
                            "give NAME.svg, NAME of letters, digits, - and _");
    }
    return name;
}

} // namespace qkdn
} // namespace ns3
