/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-chaos-end.h"

#include "ns3/qkdn-link-protection-agent.h"
#include "ns3/qkdn-manager.h"
#include "ns3/qkdn-route-computation.h"
#include "ns3/qkdn-summary-writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Time that recoveries and reversions may take after the last repair.
const Time SETTLE = Seconds(15);

/**
 * @brief Check the stages of a recovery.
 * @param recovery the recovery
 * @return what is wrong with them, empty for nothing
 */
std::string
CheckStages(const RecoveryResult& recovery)
{
    const std::string disorder = recovery.markers.FindDisorder();
    if (!disorder.empty())
    {
        return disorder;
    }
    const RecoveryStages stages = recovery.markers.ComputeStages();
    const Time sum = std::accumulate(stages.stage.begin(), stages.stage.end(), Time());
    const Time parts = std::accumulate(stages.part.begin(), stages.part.end(), Time());
    std::ostringstream os;
    if (stages.total && sum != *stages.total)
    {
        os << "stages add up to " << sum.As(Time::S) << " and not to " << stages.total->As(Time::S);
    }
    else if (parts != stages.stage[STAGE_KEY_RESUMPTION])
    {
        os << "parts of key resumption add up to " << parts.As(Time::S) << " and not to "
           << stages.stage[STAGE_KEY_RESUMPTION].As(Time::S);
    }
    const auto least = std::min_element(stages.stage.begin(), stages.stage.end());
    if (least->IsStrictlyNegative())
    {
        os << "a stage of " << least->As(Time::S);
    }
    return os.str();
}

/**
 * @brief Check recoveries.
 * @param results the results
 * @param notes where problems go
 */
void
CheckRecoveries(const ExperimentResults& results, ChaosNotes& notes)
{
    for (const RecoveryResult& recovery : results.recoveries)
    {
        const std::string wrong = CheckStages(recovery);
        if (!wrong.empty())
        {
            notes.Note("recovery of " + recovery.sessionOrGroup + " from " + recovery.fault + ": " +
                       wrong);
        }
        const bool known = std::any_of(results.faults.begin(),
                                       results.faults.end(),
                                       [&recovery](const FaultResult& fault) {
                                           return fault.id == recovery.fault &&
                                                  fault.start <= recovery.markers.fault;
                                       });
        if (!known)
        {
            notes.Note("recovery of " + recovery.sessionOrGroup + " from " + recovery.fault +
                       ", which did not happen by then");
        }
    }
}

/**
 * @brief Check the figures of sessions against each other.
 * @param end the run
 * @param notes where problems go
 */
void
CheckSessions(const ChaosEnd& end, ChaosNotes& notes)
{
    const Time measured = end.results.simulated - end.results.warmUp;
    uint64_t exposed = 0;
    for (const SessionResult& session : end.results.sessions)
    {
        Time interrupted;
        Time last = end.results.warmUp;
        for (const Interruption& interruption : session.interruptions)
        {
            if (interruption.start < last || interruption.end < interruption.start)
            {
                notes.Note("interruptions of " + session.id + " are not in order");
            }
            last = interruption.end;
            interrupted += interruption.GetDuration();
        }
        if (session.availability)
        {
            const double expected = 1.0 - interrupted.GetSeconds() / measured.GetSeconds();
            if (std::abs(*session.availability - expected) > 1e-9)
            {
                notes.Note("availability of " + session.id + " is " +
                           std::to_string(*session.availability) + " and not " +
                           std::to_string(expected));
            }
        }
        if (!end.drawn.Has("fault node-compromise") && !end.drawn.Has("process node-compromise") &&
            session.exposure.exposedKeys + session.exposure.exposedStoredKeys > 0)
        {
            notes.Note("keys of " + session.id + " are exposed to nobody");
        }
        exposed += session.exposure.exposedBits;
    }
    if (exposed != end.results.network.exposedBits)
    {
        notes.Note("exposed bits do not add up");
    }
}

/**
 * @brief Whether anybody could tell the manager what happened, sooner or later.
 * @param end the run
 * @return false if the manager is down, or reached by no controller that runs, when the run is over
 */
bool
CouldTellManager(const ChaosEnd& end)
{
    const Ptr<QkdnManager> manager = end.builder.GetManager();
    const auto& controllers = end.scenario.controllers;
    const bool controlled =
        controllers.empty() ||
        std::any_of(controllers.begin(), controllers.end(), [&end](const auto& controller) {
            const Ptr<QkdnController> one = end.builder.GetController(controller.id);
            return one->IsRunning() && one->HasManager();
        });
    return manager && manager->IsRunning() && controlled;
}

/**
 * @brief Check requirements: nothing that is required is violated. Text that stands beside what
 * replaced it asks for the manager to see and act on each interruption, which it cannot while it is
 * down or cut off. That it has a record of everything (R-M1) can be asked if somebody could tell it
 * before the end of the run.
 * @param end the run
 * @param notes where problems go
 */
void
CheckRequirements(const ChaosEnd& end, ChaosNotes& notes)
{
    for (const RequirementResult& requirement : end.results.requirements)
    {
        const bool canBe = requirement.id != "R-M1" || CouldTellManager(end);
        if (requirement.level == LEVEL_REQUIRED && !requirement.oldWording && canBe &&
            requirement.status == REQUIREMENT_VIOLATED)
        {
            notes.Note("requirement " + requirement.id + " is violated: " + requirement.reason);
        }
    }
}

/**
 * @brief Check that the summary is JSON with all sessions and recoveries.
 * @param results the results
 * @param notes where problems go
 */
void
CheckSummary(const ExperimentResults& results, ChaosNotes& notes)
{
    std::ostringstream os;
    SummaryWriter().Write(results, os);
    const nlohmann::json summary = nlohmann::json::parse(os.str(), nullptr, false);
    if (summary.is_discarded() || !summary.is_object())
    {
        notes.Note("summary.json is no JSON");
        return;
    }
    for (const char* key : {"sessions", "recoveries", "conservation", "network"})
    {
        if (!summary.contains(key))
        {
            notes.Note(std::string("summary.json has no \"") + key + "\"");
        }
    }
    if (summary.value("sessions", nlohmann::json::array()).size() != results.sessions.size() ||
        summary.value("recoveries", nlohmann::json::array()).size() != results.recoveries.size())
    {
        notes.Note("summary.json has not all sessions and recoveries");
    }
}

/**
 * @brief A pool in figures.
 * @param end the run
 * @param holder node that holds it
 * @param peer node that it is shared with
 * @return its bits
 */
std::string
DescribePool(const ChaosEnd& end, const std::string& holder, const std::string& peer)
{
    const Ptr<KmaPool> pool =
        end.builder.GetKeyManager(holder)->GetPool(end.builder.GetKeyManager(peer)->GetKmId());
    std::ostringstream os;
    os << holder << " has " << pool->GetOwnBits() << " own, " << pool->GetPeerBits()
       << " of the peer, " << pool->GetUnconfirmedBits() << " not confirmed";
    return os.str();
}

/**
 * @brief Check that keys, shares and pools are left as they should be.
 * @param end the run
 * @param notes where problems go
 */
void
CheckKeysCalm(const ChaosEnd& end, ChaosNotes& notes)
{
    notes.Note(end.lives.FindProblem());
    for (const std::string& node : end.drawn.GetNetwork().nodes)
    {
        if (end.builder.GetKeyManager(node)->GetSlaveAgent()->CountPartialKeys() > 0)
        {
            notes.Note("shares of keys are left at " + node);
        }
    }
    for (const auto& pair : end.drawn.GetNetwork().pairs)
    {
        // old key that the peer may pick expires later, in case the peer just did
        if (end.mirrored.count(pair) == 0 && !end.drawn.Has("key lifetime"))
        {
            notes.Note("pools of " + pair.first + " and " + pair.second +
                       " differ: " + DescribePool(end, pair.first, pair.second) + ", " +
                       DescribePool(end, pair.second, pair.first));
        }
    }
    const uint64_t oneSided = end.results.conservation.GetKmaTotal().bits[KEY_ONE_SIDED];
    // a pool that keeps old key for longer may have no room for a block that the other one takes
    if (oneSided > 0 && !end.drawn.Has("key lifetime"))
    {
        notes.Note(std::to_string(oneSided) + " bits of KMA-key at one end only");
    }
    const uint64_t inFlight = end.results.conservation.GetKsaTotal().inFlight;
    if (inFlight > 0)
    {
        notes.Note(std::to_string(inFlight) + " bits of KSA-key in flight");
    }
}

/**
 * @brief Text of a list of KMs.
 * @param kms the KMs
 * @return their numbers
 */
std::string
ListOf(const std::set<KmId>& kms)
{
    std::ostringstream os;
    for (const KmId km : kms)
    {
        os << (os.tellp() > 0 ? "," : "") << km.value;
    }
    return os.str();
}

/**
 * @brief Check that all KMs of a route have it, and that the manager knows the same routes.
 * @param end the run
 * @param notes where problems go
 */
void
CheckRoutes(const ChaosEnd& end, ChaosNotes& notes)
{
    for (const auto& [id, kms] : end.held)
    {
        const std::vector<KmId>& all = end.routes.at(id);
        if (kms != std::set<KmId>(all.begin(), all.end()))
        {
            notes.Note("route " + std::to_string(id.value) + " over KMs " +
                       ListOf(std::set<KmId>(all.begin(), all.end())) + " is installed at " +
                       ListOf(kms) + " only");
        }
    }
    const Ptr<QkdnManager> manager = end.builder.GetManager();
    if (!manager)
    {
        return;
    }
    std::map<RouteId, std::set<KmId>> known;
    for (const auto& [id, route] : manager->GetInventory().GetRoutes())
    {
        if (route.status.state != MC_ROUTE_RELEASED)
        {
            const std::vector<KmId>& kms = route.status.route.kms;
            known[id] = std::set<KmId>(kms.begin(), kms.end());
        }
    }
    for (const auto& [id, kms] : end.held)
    {
        if (known.erase(id) == 0)
        {
            notes.Note("the manager does not know route " + std::to_string(id.value) +
                       " over KMs " + ListOf(kms));
        }
    }
    for (const auto& [id, kms] : known)
    {
        notes.Note("the manager knows route " + std::to_string(id.value) + " over KMs " +
                   ListOf(kms) + ", which is installed nowhere");
    }
}

/**
 * @brief Check that both ends of protection groups say the same.
 * @param end the run
 * @param notes where problems go
 */
void
CheckGroups(const ChaosEnd& end, ChaosNotes& notes)
{
    for (const ChaosGroup& group : end.drawn.GetNetwork().groups)
    {
        const GroupStatus& tx =
            end.builder.GetLinkProtectionAgent(group.tx)->GetGroup(group.id)->GetStatus();
        const GroupStatus& rx =
            end.builder.GetLinkProtectionAgent(group.rx)->GetGroup(group.id)->GetStatus();
        std::ostringstream os;
        for (std::size_t i = 0; i < tx.working.size(); ++i)
        {
            // with 1+1 each end decides alone; the reason is what an end knows
            const bool agree = tx.working[i].state == rx.working[i].state &&
                               tx.working[i].selected == rx.working[i].selected;
            if (!agree && tx.groupClass != GROUP_LINK_1_PLUS_1)
            {
                os << "group " << group.id << ": the ends do not agree on " << group.working[i]
                   << ": " << GroupStateName(tx.working[i].state) << " "
                   << tx.working[i].selected.ToString() << " " << tx.working[i].reason << " / "
                   << GroupStateName(rx.working[i].state) << " "
                   << rx.working[i].selected.ToString() << " " << rx.working[i].reason << "; ";
            }
        }
        if (tx.state == GROUP_FAILED || rx.state == GROUP_FAILED)
        {
            os << "group " << group.id << " has failed: " << tx.reason << " " << rx.reason;
        }
        notes.Note(os.str());
    }
}

/**
 * @brief Whether a session can have as many routes as its keys need.
 * @param end the run
 * @param session the session
 * @return true if so
 */
bool
HasRoutes(const ChaosEnd& end, const ScenarioSession& session)
{
    const auto km = [&end](const std::string& node) {
        return end.builder.GetKeyManager(node)->GetKmId();
    };
    RouteGraph graph;
    for (const auto& [a, b] : end.drawn.GetNetwork().pairs)
    {
        graph.SetHop(KmHop(km(a), km(b)), 1);
    }
    const uint32_t needed = session.resilience.GetThreshold();
    return graph.FindDisjointTuple(km(session.master), km(session.slave), {}, needed, needed)
        .has_value();
}

/**
 * @brief Whether a session has to be served when nothing is broken.
 * @param end the run
 * @param session the session
 * @return false if it may have to wait for others, or for key
 */
bool
HasToBeServed(const ChaosEnd& end, const ScenarioSession& session)
{
    const bool plenty = !end.drawn.GetNetwork().starved && !end.drawn.Has("central station");
    const bool admitted =
        !end.drawn.Has("admission rate") && !end.drawn.Has("admission rate-and-pool");
    return plenty && admitted && !session.resilience.extraTraffic && HasRoutes(end, session);
}

/**
 * @brief Check that sessions are served.
 * @param end the run
 * @param settled from when on
 * @param notes where problems go
 */
void
CheckService(const ChaosEnd& end, Time settled, ChaosNotes& notes)
{
    // an application that stops does not wait for the answer to its last request
    const Time last = Seconds(ChaosScenario::STOP) - MilliSeconds(500);
    for (const ScenarioSession& session : end.scenario.sessions)
    {
        if (!HasToBeServed(end, session))
        {
            continue;
        }
        const auto unserved = [&session, settled, last](const RequestResult& request) {
            return request.session == session.id && request.issued > settled &&
                   request.issued < last && !request.handedOver;
        };
        const auto& requests = end.results.requests;
        const auto found = std::find_if(requests.begin(), requests.end(), unserved);
        if (found != requests.end())
        {
            std::ostringstream os;
            os << "session " << session.id << " of class "
               << ResilienceClassName(session.resilience.resilienceClass)
               << " was not served: " << std::count_if(requests.begin(), requests.end(), unserved)
               << " requests since " << settled.As(Time::S) << ", the first at "
               << found->issued.As(Time::S);
            notes.Note(os.str());
        }
    }
}

} // namespace

std::optional<Time>
FindSettled(const ChaosEnd& end)
{
    Time calm = Seconds(ChaosScenario::CALM);
    for (const FaultResult& fault : end.results.faults)
    {
        if (!fault.end)
        {
            return std::nullopt;
        }
        calm = std::max(calm, *fault.end);
    }
    const Time settled = calm + SETTLE;
    return settled + Seconds(2) < Seconds(ChaosScenario::STOP) ? std::make_optional(settled)
                                                               : std::nullopt;
}

void
CheckChaosResults(const ChaosEnd& end, ChaosNotes& notes)
{
    CheckRecoveries(end.results, notes);
    CheckSessions(end, notes);
    CheckRequirements(end, notes);
    CheckSummary(end.results, notes);
}

void
CheckChaosCalm(const ChaosEnd& end, Time settled, ChaosNotes& notes)
{
    if (!end.drawn.GetNetwork().flow)
    {
        CheckKeysCalm(end, notes);
        CheckService(end, settled, notes);
    }
    CheckRoutes(end, notes);
    CheckGroups(end, notes);
}

} // namespace qkdn
} // namespace ns3
