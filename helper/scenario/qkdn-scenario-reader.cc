/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-reader.h"

#include "qkdn-scenario-checker.h"
#include "qkdn-scenario-json.h"
#include "qkdn-scenario-object.h"
#include "qkdn-scenario-override.h"
#include "qkdn-scenario-resilience.h"
#include "qkdn-scenario-sections.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Time window of sessions that are given restoration within a window and have none, s.
constexpr int64_t DEFAULT_TIME_WINDOW_S = 10;

/**
 * @brief Find a name that an option gives.
 * @param name the name
 * @param names what there is
 * @param what what it names
 * @param option the option
 * @return what stands for the name
 * @throw ScenarioError if there is none of that name
 */
template <typename T>
T
FindClassName(const std::string& name,
              const ScenarioObject::Names<T>& names,
              const std::string& what,
              const std::string& option)
{
    std::vector<std::string> known;
    std::string list;
    for (const auto& [text, value] : names)
    {
        if (name == text)
        {
            return value;
        }
        known.emplace_back(text);
        list += (list.empty() ? "" : ", ") + known.back();
    }
    throw ScenarioError(option,
                        "",
                        Excerpt(name) + " is no " + what + DidYouMean(name, known),
                        "give one of " + list);
}

/**
 * @brief Set how a session is restored.
 * @param mode how
 * @param [in,out] resilience of the session
 */
void
SetRestoration(RestorationMode mode, ScenarioResilience& resilience)
{
    resilience.restoration = mode;
    if (mode != RESTORATION_TIME_WINDOW)
    {
        resilience.timeWindow = Time();
    }
    else if (resilience.timeWindow.IsZero())
    {
        resilience.timeWindow = Seconds(DEFAULT_TIME_WINDOW_S);
    }
}

} // namespace

Scenario
ScenarioReader::ReadFile(const std::string& path, const std::vector<ScenarioOverride>& overrides)
{
    const std::string mend = "give the path of a scenario file";
    std::error_code ignored; // what cannot be asked about cannot be opened either
    if (std::filesystem::is_directory(path, ignored))
    {
        throw ScenarioError(path, "", "this is a directory", mend);
    }
    if (!std::filesystem::exists(path, ignored))
    {
        throw ScenarioError(path, "", "there is no such file", mend);
    }
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file)
    {
        throw ScenarioError(path, "", "the file cannot be read", "check its permissions");
    }
    return ReadString(text, path, overrides);
}

Scenario
ScenarioReader::ReadString(const std::string& text,
                           const std::string& sourceName,
                           const std::vector<ScenarioOverride>& overrides)
{
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    {
        throw ScenarioError(sourceName, "", "the file is empty", "give one JSON object");
    }
    nlohmann::json json = ParseScenarioJson(text, sourceName);
    for (const auto& change : overrides)
    {
        ApplyScenarioOverride(json, change, sourceName);
    }
    Scenario scenario =
        ReadScenarioSections(ScenarioObject(json, "", GetScenarioKeys("scenario"), sourceName));
    CheckScenario(scenario, sourceName);
    return scenario;
}

ScenarioOverride
ScenarioReader::ParseOverride(const std::string& text)
{
    const auto equals = text.find('=');
    if (equals == std::string::npos || text[0] != '/')
    {
        throw ScenarioError("--set",
                            "",
                            "\"" + Excerpt(text) + "\" has not the form place=value",
                            "give one such as /sessions/0/toleration_s=0.01");
    }
    return {text.substr(0, equals), text.substr(equals + 1)};
}

void
ScenarioReader::SetClass(Scenario& scenario,
                         const std::string& name,
                         const std::string& sourceName,
                         const std::string& option)
{
    ScenarioResilience chosen;
    const std::size_t slash = IsTypeName(name) ? std::string::npos : name.find('/');
    if (IsTypeName(name))
    {
        const ObjectOfText<ResilienceScheme> scheme = SetScenarioScheme(name, chosen);
        if (!scheme.object)
        {
            throw ScenarioError(option, "", scheme.problem, scheme.mend);
        }
    }
    else
    {
        chosen.resilienceClass =
            FindClassName(name.substr(0, slash), ScenarioClassNames(), "resilience class", option);
    }
    const ResilienceClass given = chosen.resilienceClass;
    std::optional<RestorationMode> mode;
    if (slash != std::string::npos)
    {
        mode = FindClassName(name.substr(slash + 1),
                             ScenarioRestorationNames(),
                             "kind of restoration",
                             option);
        if (given != CLASS_RESTORATION)
        {
            throw ScenarioError(option,
                                "",
                                Excerpt(name) + " has a kind of restoration",
                                "leave it out, or give restoration" + name.substr(slash));
        }
    }
    for (auto& session : scenario.sessions)
    {
        session.resilience.resilienceClass = given;
        session.resilience.scheme = chosen.scheme;
        if (mode)
        {
            SetRestoration(*mode, session.resilience);
        }
        // without protection routes there is no extra traffic on them either
        session.resilience.extraTraffic = session.resilience.extraTraffic &&
                                          given != CLASS_UNPROTECTED && !UsesSeveralRoutes(given) &&
                                          chosen.scheme.empty();
    }
    CheckScenario(scenario, sourceName);
}

const std::vector<ScenarioKeyTable>&
ScenarioReader::GetKeyTables()
{
    return GetScenarioKeyTables();
}

} // namespace qkdn
} // namespace ns3
