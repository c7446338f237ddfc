/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-requirements-writer.h"

#include <nlohmann/json.hpp>

namespace ns3
{
namespace qkdn
{

namespace
{

using Json = nlohmann::ordered_json;

/**
 * @brief A verdict.
 * @param verdict the verdict
 * @return the object
 */
Json
ToJson(const RequirementVerdict& verdict)
{
    Json json;
    json["conformant"] = verdict.conformant;
    json["required"] = Json{{"satisfied", verdict.requiredSatisfied},
                            {"violated", verdict.requiredViolated},
                            {"not_exercised", verdict.requiredNotExercised}};
    json["recommended"] = Json{{"satisfied", verdict.recommendedSatisfied},
                               {"not_followed", verdict.recommendedNotFollowed},
                               {"not_exercised", verdict.recommendedNotExercised}};
    json["optional"] = Json{{"used", verdict.optionalUsed},
                            {"not_used", verdict.optionalNotUsed},
                            {"not_exercised", verdict.optionalNotExercised}};
    return json;
}

/**
 * @brief A requirement.
 * @param requirement the requirement
 * @return the object
 */
Json
ToJson(const RequirementResult& requirement)
{
    Json json;
    json["id"] = requirement.id;
    json["clause"] = requirement.clause;
    json["level"] = RequirementLevelName(requirement.level);
    json["old_wording"] = requirement.oldWording;
    json["text"] = requirement.text;
    json["status"] = RequirementStatusName(requirement.status);
    json["reason"] = requirement.reason;
    json["evidence"] = requirement.evidence;
    return json;
}

} // namespace

void
RequirementsWriter::Write(const ExperimentResults& results, std::ostream& os) const
{
    Json json;
    json["draft"] = "Y.QKDN-rsrq, July 2023 output";
    json["verdict"] = nullptr;
    if (!results.requirements.empty())
    {
        json["verdict"] = Json::object();
        json["verdict"]["without_old_wording"] =
            ToJson(JudgeRequirements(results.requirements, false));
        json["verdict"]["with_old_wording"] = ToJson(JudgeRequirements(results.requirements, true));
    }
    json["requirements"] = Json::array();
    for (const RequirementResult& requirement : results.requirements)
    {
        json["requirements"].push_back(ToJson(requirement));
    }
    os << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

} // namespace qkdn
} // namespace ns3
