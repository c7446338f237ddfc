/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign-plan.h"

#include "qkdn-scenario-fingerprint.h"

#include "ns3/qkdn-report-format.h"
#include "ns3/qkdn-results-writer.h"
#include "ns3/qkdn-scenario-error.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Files of a run without which a campaign cannot do.
const char* const NEEDED_FILES[] = {"summary.json", "faults.csv"};

/**
 * @brief A number with leading zeros, so that folders sort.
 * @param number the number
 * @return at least four digits
 */
std::string
PaddedNumber(std::size_t number)
{
    const std::string digits = std::to_string(number);
    return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

/**
 * @brief A name of a file.
 * @param text any text
 * @return the text with dashes for what is not a letter, digit, dash, point, plus or underscore
 */
std::string
FileNameOf(const std::string& text)
{
    std::string name = text;
    for (char& c : name)
    {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '+' || c == '_';
        c = plain ? c : '-';
    }
    return name;
}

} // namespace

CampaignPlan::CampaignPlan(const CampaignOptions& options)
    : m_options(options),
      m_files(std::begin(NEEDED_FILES), std::end(NEEDED_FILES))
{
    CheckVariants();
    for (const std::string& file : options.files)
    {
        if (std::find(m_files.begin(), m_files.end(), file) == m_files.end())
        {
            m_files.push_back(file);
        }
    }
    for (const std::string& path : options.scenarios)
    {
        const std::string name = ReadScenario(path, nullptr, {}).name;
        if (std::find(m_names.begin(), m_names.end(), name) != m_names.end())
        {
            throw ScenarioError(path,
                                "/name",
                                QuoteId(name) + " is the name of another scenario, too",
                                "give each scenario of a campaign a name of its own");
        }
        m_names.push_back(name);
    }
    if (options.enumerate != FAILURES_NONE)
    {
        PlanEnumeration();
        return;
    }
    for (const std::string& path : options.scenarios)
    {
        for (const CampaignVariant& variant : options.variants)
        {
            ReadScenario(path, &variant, {});
        }
    }
}

void
CampaignPlan::CheckVariants() const
{
    std::set<std::string> names;
    for (const CampaignVariant& variant : m_options.variants)
    {
        if (!names.insert(variant.name).second)
        {
            throw ScenarioError("--classes",
                                "",
                                QuoteId(variant.name) + " is there twice",
                                "leave one out, or give it another name with --variant");
        }
    }
}

Scenario
CampaignPlan::ReadScenario(const std::string& path,
                           const CampaignVariant* variant,
                           const std::vector<std::string>& sets) const
{
    std::vector<std::string> all = m_options.sets;
    if (variant)
    {
        all.insert(all.end(), variant->sets.begin(), variant->sets.end());
    }
    all.insert(all.end(), sets.begin(), sets.end());
    std::vector<ScenarioOverride> overrides;
    overrides.reserve(all.size() + 1);
    for (const std::string& set : all)
    {
        overrides.push_back(ScenarioReader::ParseOverride(set));
    }
    if (m_options.seed)
    {
        overrides.push_back({"/simulation/seed", std::to_string(*m_options.seed)});
    }
    Scenario scenario = ScenarioReader::ReadFile(path, overrides);
    if (variant && !variant->resilienceClass.empty())
    {
        ScenarioReader::SetClass(scenario, variant->resilienceClass, path, "--classes");
    }
    return scenario;
}

void
CampaignPlan::PlanEnumeration()
{
    const std::string& path = m_options.scenarios.front();
    if (m_options.scenarios.size() > 1)
    {
        throw ScenarioError("--enumerate",
                            "",
                            "goes with one scenario",
                            "give one file to --scenario");
    }
    const Scenario scenario = ReadScenario(path, nullptr, {});
    const auto isTraced = [](const ScenarioFault& fault) { return fault.traced; };
    if (std::any_of(scenario.faults.begin(), scenario.faults.end(), isTraced))
    {
        throw ScenarioError(path,
                            "/fault_trace",
                            "an enumeration has faults of its own",
                            "remove fault_trace");
    }
    m_enumeration.scenario = scenario.name;
    m_enumeration.kind = FailureKindName(m_options.enumerate);
    m_enumeration.faultAtS = SecondsOf(m_options.times.GetFaultAt(scenario));
    m_enumeration.horizonS = SecondsOf(m_options.times.horizon);
    if (m_options.times.repairAfter)
    {
        m_enumeration.repairAfterS = SecondsOf(*m_options.times.repairAfter);
    }
    m_enumeration.failures = EnumerateFailures(scenario, m_options.enumerate, path);
    for (const EnumeratedFailure& failure : m_enumeration.failures)
    {
        m_failureSets.push_back(FailureSets(failure, scenario, m_options.times));
    }
    for (const CampaignVariant& variant : m_options.variants)
    {
        ReadScenario(path, &variant, m_failureSets.front());
    }
}

std::size_t
CampaignPlan::GetReplications() const
{
    return m_options.enumerate == FAILURES_NONE
               ? std::size_t{m_options.runs} * m_options.scenarios.size()
               : m_enumeration.failures.size();
}

std::vector<CampaignJob>
CampaignPlan::GetJobs(std::size_t begin, std::size_t end) const
{
    std::vector<CampaignJob> jobs;
    for (std::size_t replication = begin; replication < end; ++replication)
    {
        for (std::size_t variant = 0; variant < m_options.variants.size(); ++variant)
        {
            jobs.push_back(MakeJob(replication, variant));
        }
    }
    return jobs;
}

CampaignJob
CampaignPlan::MakeJob(std::size_t replication, std::size_t variant) const
{
    const CampaignVariant& how = m_options.variants[variant];
    const std::size_t scenarios = m_options.scenarios.size();
    const bool isEnumeration = m_options.enumerate != FAILURES_NONE;
    const std::size_t scenario = isEnumeration ? 0 : replication % scenarios;
    const std::size_t number = isEnumeration ? replication + 1 : replication / scenarios + 1;
    CampaignJob job;
    job.variant = variant;
    job.replication = replication;
    job.id = std::to_string(variant + 1) + "-" + FileNameOf(how.name) + "/" +
             (scenarios > 1 ? std::to_string(scenario + 1) + "-" : std::string()) +
             (isEnumeration ? "failure-" : "run-") + PaddedNumber(number);
    job.name = (isEnumeration ? "failure " : "run ") + std::to_string(number) + " of " +
               m_names[scenario] + ", class " + how.name;
    job.arguments.push_back("--scenario=" +
                            std::filesystem::absolute(m_options.scenarios[scenario]).string());
    for (const auto* sets : {&m_options.sets, &how.sets})
    {
        for (const std::string& set : *sets)
        {
            job.arguments.push_back("--set=" + set);
        }
    }
    if (!how.resilienceClass.empty())
    {
        job.arguments.push_back("--class=" + how.resilienceClass);
    }
    if (m_options.seed)
    {
        job.arguments.push_back("--seed=" + std::to_string(*m_options.seed));
    }
    if (!isEnumeration)
    {
        job.arguments.push_back("--run=" + std::to_string(number));
        return job;
    }
    for (const std::string& set : m_failureSets[replication])
    {
        job.arguments.push_back("--set=" + set);
    }
    return job;
}

std::string
CampaignPlan::GetIdentity() const
{
    nlohmann::ordered_json json;
    json["scenarios"] = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < m_names.size(); ++i)
    {
        std::vector<std::string> sets = m_options.sets;
        for (const CampaignVariant& variant : m_options.variants)
        {
            sets.insert(sets.end(), variant.sets.begin(), variant.sets.end());
        }
        json["scenarios"].push_back(
            {{"name", m_names[i]},
             {"fingerprint", FingerprintScenario(m_options.scenarios[i], sets)}});
    }
    json["set"] = m_options.sets;
    json["seed"] =
        m_options.seed ? nlohmann::ordered_json(*m_options.seed) : nlohmann::ordered_json(nullptr);
    json["classes"] = nlohmann::ordered_json::array();
    for (const CampaignVariant& variant : m_options.variants)
    {
        json["classes"].push_back(
            {{"name", variant.name}, {"class", variant.resilienceClass}, {"set", variant.sets}});
    }
    json["keep"] = m_files;
    json["enumerate"] = m_enumeration.kind;
    json["failures"] = m_failureSets;
    return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

const std::vector<std::string>&
CampaignPlan::GetFiles() const
{
    return m_files;
}

const std::vector<std::string>&
CampaignPlan::GetScenarioNames() const
{
    return m_names;
}

const RestorabilityMatrix&
CampaignPlan::GetEnumeration() const
{
    return m_enumeration;
}

} // namespace qkdn
} // namespace ns3
