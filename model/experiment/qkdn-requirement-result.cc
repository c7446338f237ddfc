/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-requirement-result.h"

namespace ns3
{
namespace qkdn
{

const char*
RequirementLevelName(RequirementLevel level)
{
    switch (level)
    {
    case LEVEL_REQUIRED:
        return "required";
    case LEVEL_RECOMMENDED:
        return "recommended";
    case LEVEL_OPTIONAL:
        return "optional";
    }
    return "unknown";
}

const char*
RequirementStatusName(RequirementStatus status)
{
    switch (status)
    {
    case REQUIREMENT_SATISFIED:
        return "satisfied";
    case REQUIREMENT_VIOLATED:
        return "violated";
    case REQUIREMENT_NOT_FOLLOWED:
        return "not-followed";
    case REQUIREMENT_USED:
        return "used";
    case REQUIREMENT_NOT_USED:
        return "not-used";
    case REQUIREMENT_NOT_EXERCISED:
        return "not-exercised";
    }
    return "unknown";
}

RequirementVerdict
JudgeRequirements(const std::vector<RequirementResult>& requirements, bool withOldWording)
{
    RequirementVerdict verdict;
    for (const RequirementResult& requirement : requirements)
    {
        if (requirement.oldWording && !withOldWording)
        {
            continue;
        }
        switch (requirement.status)
        {
        case REQUIREMENT_SATISFIED:
            ++(requirement.level == LEVEL_REQUIRED ? verdict.requiredSatisfied
                                                   : verdict.recommendedSatisfied);
            break;
        case REQUIREMENT_VIOLATED:
            ++verdict.requiredViolated;
            verdict.conformant = false;
            break;
        case REQUIREMENT_NOT_FOLLOWED:
            ++verdict.recommendedNotFollowed;
            break;
        case REQUIREMENT_USED:
            ++verdict.optionalUsed;
            break;
        case REQUIREMENT_NOT_USED:
            ++verdict.optionalNotUsed;
            break;
        case REQUIREMENT_NOT_EXERCISED:
            ++(requirement.level == LEVEL_REQUIRED      ? verdict.requiredNotExercised
               : requirement.level == LEVEL_RECOMMENDED ? verdict.recommendedNotExercised
                                                        : verdict.optionalNotExercised);
            break;
        }
    }
    return verdict;
}

} // namespace qkdn
} // namespace ns3
