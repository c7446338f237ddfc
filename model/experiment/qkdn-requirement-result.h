/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REQUIREMENT_RESULT_H
#define QKDN_REQUIREMENT_RESULT_H

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How strongly the draft Recommendation asks for something (its clause 5).
 */
enum RequirementLevel
{
    LEVEL_REQUIRED,    //!< must be met to claim conformance
    LEVEL_RECOMMENDED, //!< not absolutely required
    LEVEL_OPTIONAL     //!< permitted
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a level as it appears in results.
 * @param level the level
 * @return for example "recommended"
 */
const char* RequirementLevelName(RequirementLevel level);

/**
 * @ingroup qkdn-resilience
 * @brief What a run says of a requirement.
 */
enum RequirementStatus
{
    REQUIREMENT_SATISFIED,    //!< required or recommended, and met
    REQUIREMENT_VIOLATED,     //!< required, and not met
    REQUIREMENT_NOT_FOLLOWED, //!< recommended, and not met
    REQUIREMENT_USED,         //!< optional, and made use of
    REQUIREMENT_NOT_USED,     //!< optional, and not made use of
    REQUIREMENT_NOT_EXERCISED //!< the run says nothing of it
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a status as it appears in results.
 * @param status the status
 * @return for example "not-followed"
 */
const char* RequirementStatusName(RequirementStatus status);

/**
 * @ingroup qkdn-resilience
 * @brief One requirement of the draft Recommendation Y.QKDN-rsrq (July 2023 output), and what a
 * run says of it.
 */
struct RequirementResult
{
    std::string id;                            //!< for example "R-M1"
    std::string clause;                        //!< clause of the draft
    RequirementLevel level{LEVEL_RECOMMENDED}; //!< how strongly it is asked for
    bool oldWording{false};                    //!< text that stands beside what replaced it
    std::string text;                          //!< what it asks for, in our words
    RequirementStatus status{REQUIREMENT_NOT_EXERCISED}; //!< what the run says of it
    std::string reason;                                  //!< why
    std::vector<uint64_t> evidence;                      //!< numbers of log entries, rising
};

/**
 * @ingroup qkdn-resilience
 * @brief What a run says of all requirements together.
 */
struct RequirementVerdict
{
    /// No requirement of level "required" was violated. Look at requiredNotExercised before you
    /// rely on it.
    bool conformant{true};
    uint32_t requiredSatisfied{0};       //!< of level required: satisfied
    uint32_t requiredViolated{0};        //!< of level required: violated
    uint32_t requiredNotExercised{0};    //!< of level required: the run says nothing of them
    uint32_t recommendedSatisfied{0};    //!< of level recommended: satisfied
    uint32_t recommendedNotFollowed{0};  //!< of level recommended: not followed
    uint32_t recommendedNotExercised{0}; //!< of level recommended: the run says nothing of them
    uint32_t optionalUsed{0};            //!< of level optional: used
    uint32_t optionalNotUsed{0};         //!< of level optional: not used
    uint32_t optionalNotExercised{0};    //!< of level optional: the run says nothing of them
};

/**
 * @ingroup qkdn-resilience
 * @brief The verdict over requirements.
 * @param requirements the requirements
 * @param withOldWording whether those count whose text stands beside its replacement
 * @return the verdict
 */
RequirementVerdict JudgeRequirements(const std::vector<RequirementResult>& requirements,
                                     bool withOldWording);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REQUIREMENT_RESULT_H */
