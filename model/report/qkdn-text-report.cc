/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-text-report.h"

#include "qkdn-repair-tables.h"
#include "qkdn-report-format.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr std::size_t MAX_LINES = 20; //!< lines of one kind before the report refers to the files

/**
 * @brief Say how many lines were left out.
 * @param all number of things there are
 * @param os where to
 */
void
WriteLeftOut(std::size_t all, std::ostream& os)
{
    if (all > MAX_LINES)
    {
        os << "  ... and " << FormatCount(all - MAX_LINES) << " more in summary.json\n";
    }
}

/**
 * @brief A session and its interruptions.
 * @param session the session
 * @param os where to
 */
void
WriteSession(const SessionResult& session, std::ostream& os)
{
    os << "  session " << session.id << " (" << session.resilienceClass
       << "): " << FormatCount(session.supplied) << " of " << FormatCount(session.requested)
       << " keys supplied, " << FormatCount(session.late) << " late, " << FormatCount(session.lost)
       << " lost, " << FormatCount(session.open) << " open";
    if (session.availability)
    {
        os << "; availability " << FormatNumber(*session.availability, 9);
    }
    if (session.keyOverhead)
    {
        os << "; " << FormatNumber(*session.keyOverhead, 4) << " key bits spent per bit supplied";
    }
    if (session.charge)
    {
        os << "; charge " << FormatAmount(*session.charge);
    }
    os << "\n";
    if (session.exposure.exposedKeys + session.exposure.exposedStoredKeys > 0)
    {
        os << "    exposed to attackers: " << FormatCount(session.exposure.exposedKeys)
           << " supplied keys (" << FormatCount(session.exposure.exposedBits) << " bits), "
           << FormatCount(session.exposure.exposedStoredKeys) << " keys still to be supplied\n";
    }
    const std::size_t shown = std::min(session.interruptions.size(), MAX_LINES);
    for (std::size_t i = 0; i < shown; ++i)
    {
        const Interruption& interruption = session.interruptions[i];
        os << "    interrupted for " << FormatSecondsForPeople(interruption.GetDuration())
           << ", from " << FormatSecondsForPeople(interruption.start) << " to "
           << FormatSecondsForPeople(interruption.end) << ": " << interruption.cause
           << (interruption.GetDuration() > session.toleration ? " (longer than tolerated)" : "")
           << "\n";
    }
    WriteLeftOut(session.interruptions.size(), os);
}

/**
 * @brief What a change of route costs.
 * @param recovery the recovery
 * @param os where to
 */
void
WriteRouteChange(const RecoveryResult& recovery, std::ostream& os)
{
    if (recovery.routeAfter.empty() || recovery.routeAfter == recovery.routeBefore)
    {
        return;
    }
    // |S| is the size of a key: each hop spends as many bits on it
    os << "    route " << FormatRoute(recovery.routeBefore) << " -> "
       << FormatRoute(recovery.routeAfter) << ", "
       << FormatCount(recovery.GetHopsAfter().value_or(0)) << "|S| instead of "
       << FormatCount(recovery.GetHopsBefore().value_or(0)) << "|S| per key ("
       << FormatCount(recovery.extraKeyBits) << " more key bits)";
    if (recovery.revertedAt)
    {
        os << ", back at " << FormatSecondsForPeople(*recovery.revertedAt);
    }
    os << "\n";
}

/**
 * @brief A recovery and its stages.
 * @param recovery the recovery
 * @param os where to
 */
void
WriteRecovery(const RecoveryResult& recovery, std::ostream& os)
{
    const RecoveryStages stages = recovery.markers.ComputeStages();
    os << "  " << recovery.sessionOrGroup << " (" << recovery.mechanism << ", trigger "
       << recovery.trigger << ") after " << recovery.fault << " at "
       << FormatSecondsForPeople(recovery.markers.fault) << ": "
       << RecoveryOutcomeName(recovery.outcome);
    if (!recovery.IsDetected())
    {
        os << ", not detected";
    }
    if (stages.total)
    {
        os << ", first key after " << FormatSecondsForPeople(*stages.total);
    }
    os << "\n";
    std::string separator = "    ";
    for (const RecoveryStage stage : stages.order)
    {
        if (stages.stage.at(stage).IsStrictlyPositive())
        {
            os << separator << RecoveryStageName(stage) << " "
               << FormatSecondsForPeople(stages.stage.at(stage));
            separator = ", ";
        }
    }
    os << (separator == ", " ? "\n" : "");
    WriteRouteChange(recovery, os);
}

/**
 * @brief What the run says of the requirements.
 * @param results the results
 * @param os where to
 */
void
WriteRequirements(const ExperimentResults& results, std::ostream& os)
{
    const std::string verdict = TextReport::RequirementsVerdict(results);
    if (verdict.empty())
    {
        return;
    }
    os << verdict << "\n";
    for (const RequirementResult& requirement : results.requirements)
    {
        if (requirement.status != REQUIREMENT_NOT_EXERCISED)
        {
            os << "  " << requirement.id << " (" << RequirementLevelName(requirement.level)
               << "): " << RequirementStatusName(requirement.status) << ", " << requirement.reason
               << "\n";
        }
    }
}

} // namespace

std::vector<std::string>
TextReport::GetOffences(const ExperimentResults& results)
{
    std::vector<std::string> offences;
    for (const RequirementResult& requirement : results.requirements)
    {
        if (requirement.status == REQUIREMENT_VIOLATED)
        {
            offences.push_back("Requirement " + requirement.id + " (clause " + requirement.clause +
                               (requirement.oldWording ? ", old wording" : "") +
                               ") violated: " + requirement.reason);
        }
    }
    return offences;
}

std::string
TextReport::RequirementsVerdict(const ExperimentResults& results)
{
    if (results.requirements.empty())
    {
        return "";
    }
    const RequirementVerdict verdict = JudgeRequirements(results.requirements, false);
    return "Requirements of draft Y.QKDN-rsrq: " +
           std::string(verdict.conformant ? "none of level required was violated"
                                          : "not conformant") +
           "; required: " + std::to_string(verdict.requiredSatisfied) + " satisfied, " +
           std::to_string(verdict.requiredViolated) + " violated, " +
           std::to_string(verdict.requiredNotExercised) +
           " not exercised; recommended: " + std::to_string(verdict.recommendedSatisfied) +
           " satisfied, " + std::to_string(verdict.recommendedNotFollowed) + " not followed, " +
           std::to_string(verdict.recommendedNotExercised) +
           " not exercised; without the old wording.";
}

std::string
TextReport::Verdict(const ExperimentResults& results)
{
    if (results.sessions.empty())
    {
        return "There was no session.";
    }
    std::size_t interrupted = 0;
    Time longest;
    for (const auto& session : results.sessions)
    {
        interrupted += session.interruptions.empty() ? 0 : 1;
        longest = std::max(longest, session.longestOutage);
    }
    if (interrupted == 0)
    {
        return "No key supply was interrupted.";
    }
    return "The key supply of " + FormatCount(interrupted) + " of " +
           FormatCount(results.sessions.size()) +
           (results.sessions.size() == 1 ? " session" : " sessions") +
           " was interrupted, for at most " + FormatSecondsForPeople(longest) + ".";
}

void
TextReport::Write(const ExperimentResults& results,
                  const std::string& directory,
                  std::ostream& os) const
{
    os << results.scenario << ": " << FormatSecondsForPeople(results.simulated)
       << " simulated (seed " << std::to_string(results.seed) << ", run "
       << std::to_string(results.run) << "), " << FormatCount(results.packets) << " packets\n"
       << Verdict(results) << "\n";
    const std::string random = RepairTables::Verdict(results);
    os << random << (random.empty() ? "" : "\n");
    for (const std::string& offence : GetOffences(results))
    {
        os << offence << "\n";
    }
    const std::size_t sessions = std::min(results.sessions.size(), MAX_LINES);
    for (std::size_t i = 0; i < sessions; ++i)
    {
        WriteSession(results.sessions[i], os);
    }
    WriteLeftOut(results.sessions.size(), os);
    if (!results.recoveries.empty())
    {
        os << "Recoveries:\n";
    }
    const std::size_t recoveries = std::min(results.recoveries.size(), MAX_LINES);
    for (std::size_t i = 0; i < recoveries; ++i)
    {
        WriteRecovery(results.recoveries[i], os);
    }
    WriteLeftOut(results.recoveries.size(), os);
    os << (results.conservation.Balances() ? "The key books balance.\n"
                                           : "THE KEY BOOKS DO NOT BALANCE: see \"conservation\" "
                                             "in summary.json.\n");
    for (const auto& violation : results.conservation.violations)
    {
        os << "KEY RULE BROKEN: " << violation << "\n";
    }
    WriteRequirements(results, os);
    if (!directory.empty())
    {
        os << "Files are in " << directory << ", the report is report.html.\n";
    }
}

} // namespace qkdn
} // namespace ns3
