/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-summary-writer.h"

#include "qkdn-report-format.h"

#include <nlohmann/json.hpp>

namespace ns3
{
namespace qkdn
{

namespace
{

using Json = nlohmann::ordered_json;

/**
 * @brief A value that may be missing.
 * @param value the value
 * @return the value or null
 */
Json
ToJson(const std::optional<double>& value)
{
    return value ? Json(*value) : Json(nullptr);
}

/**
 * @brief A time that may be missing.
 * @param time the time
 * @return seconds or null
 */
Json
ToJson(const std::optional<Time>& time)
{
    return time ? Json(SecondsOf(*time)) : Json(nullptr);
}

/**
 * @brief A number that may be missing.
 * @param number the number
 * @return the number or null
 */
Json
ToJson(const std::optional<uint64_t>& number)
{
    return number ? Json(*number) : Json(nullptr);
}

/**
 * @brief One session.
 * @param session the session
 * @return the object
 */
Json
ToJson(const SessionResult& session)
{
    Json json;
    json["id"] = session.id;
    json["class"] = session.resilienceClass;
    json["deadline_s"] = SecondsOf(session.deadline);
    json["toleration_s"] =
        session.toleration == Time::Max() ? Json(nullptr) : Json(SecondsOf(session.toleration));
    json["requested"] = session.requested;
    json["supplied"] = session.supplied;
    json["late"] = session.late;
    json["lost"] = session.lost;
    json["open"] = session.open;
    json["availability"] = ToJson(session.availability);
    json["interruptions"] = Json::array();
    for (const auto& interruption : session.interruptions)
    {
        json["interruptions"].push_back(Json{{"start_s", SecondsOf(interruption.start)},
                                             {"end_s", SecondsOf(interruption.end)},
                                             {"cause", interruption.cause}});
    }
    json["longest_outage_s"] = SecondsOf(session.longestOutage);
    json["toleration_violations"] = session.tolerationViolations;
    json["kkrd_s"] = nullptr;
    if (session.kkrd)
    {
        json["kkrd_s"] = Json{{"mean", session.kkrd->meanS},
                              {"p50", session.kkrd->p50S},
                              {"p99", session.kkrd->p99S},
                              {"max", session.kkrd->maxS}};
    }
    json["kkrdv_s"] = ToJson(session.kkrdvS);
    json["kkder"] = ToJson(session.kkder);
    json["kkdlr"] = ToJson(session.kkdlr);
    json["throughput_bps"] = ToJson(session.throughputBps);
    json["key_overhead"] = ToJson(session.keyOverhead);
    json["exposed_keys"] = session.exposure.exposedKeys;
    json["exposed_bits"] = session.exposure.exposedBits;
    json["exposed_stored_keys"] = session.exposure.exposedStoredKeys;
    json["trusted_relays"] = session.exposure.trustedRelays;
    json["trusted_relays_per_key"] = ToJson(session.exposure.relaysPerKey);
    json["charge"] = session.charge ? Json(*session.charge) : Json(nullptr);
    return json;
}

/**
 * @brief One recovery.
 * @param recovery the recovery
 * @return the object
 */
Json
ToJson(const RecoveryResult& recovery)
{
    const RecoveryStages stages = recovery.markers.ComputeStages();
    Json json;
    json["fault"] = recovery.fault;
    json["also_faults"] = recovery.alsoFaults;
    json["session_or_group"] = recovery.sessionOrGroup;
    json["mechanism"] = recovery.mechanism;
    json["trigger"] = recovery.trigger;
    json["incidents"] = recovery.incidents;
    json["detected"] = recovery.IsDetected();
    json["t_fault_s"] = SecondsOf(recovery.markers.fault);
    for (std::size_t i = 0; i < stages.stage.size(); ++i)
    {
        json[std::string(RecoveryStageName(static_cast<RecoveryStage>(i))) + "_s"] =
            SecondsOf(stages.stage[i]);
    }
    for (std::size_t i = 0; i < stages.part.size(); ++i)
    {
        json[std::string(ResumptionPartName(static_cast<ResumptionPart>(i))) + "_s"] =
            SecondsOf(stages.part[i]);
    }
    json["total_s"] = ToJson(stages.total);
    json["outage_s"] = SecondsOf(recovery.outage);
    json["route_before"] = recovery.routeBefore;
    json["route_after"] = recovery.routeAfter;
    json["hops_before"] = ToJson(recovery.GetHopsBefore());
    json["hops_after"] = ToJson(recovery.GetHopsAfter());
    json["extra_key_bits"] = recovery.extraKeyBits;
    json["recovery_routes"] = recovery.recoveryRoutes;
    json["demand_bps"] = ToJson(recovery.demandBps);
    json["recovered_bps"] = ToJson(recovery.recoveredBps);
    json["control_messages"] = recovery.controlMessages;
    json["control_bytes"] = recovery.controlBytes;
    json["wasted_bits"] = recovery.wastedBits;
    json["outcome"] = RecoveryOutcomeName(recovery.outcome);
    json["reverted_at_s"] = ToJson(recovery.revertedAt);
    return json;
}

/**
 * @brief The figures of a KMA-key book.
 * @param book the book
 * @param [in,out] json the object they are added to
 */
void
AddBook(const KeyBook& book, Json& json)
{
    json["initial"] = book.initial;
    json["generated"] = book.generated;
    for (std::size_t use = 0; use < book.bits.size(); ++use)
    {
        json[KeyUseName(static_cast<KeyUse>(use))] = book.bits[use];
    }
    json["balanced"] = book.Balances();
}

/**
 * @brief The books of one QKD link.
 * @param link the books
 * @return the object
 */
Json
ToJson(const KmaLinkBooks& link)
{
    Json json;
    json["link"] = link.link;
    AddBook(link.common, json);
    json["ends"] = Json::array();
    for (const auto& end : link.ends)
    {
        Json entry;
        entry["km"] = end.km;
        AddBook(end.book, entry);
        json["ends"].push_back(entry);
    }
    json["authentication_reserves"] = Json::array();
    for (const auto& reserve : link.reserves)
    {
        json["authentication_reserves"].push_back(Json{{"module", reserve.module},
                                                       {"initial", reserve.initial},
                                                       {"withheld", reserve.withheld},
                                                       {"spent", reserve.spent},
                                                       {"stored", reserve.stored},
                                                       {"balanced", reserve.Balances()}});
    }
    return json;
}

/**
 * @brief The figures of a KSA-key book.
 * @param book the book
 * @param [in,out] json the object they are added to
 */
void
AddBook(const KsaFigures& book, Json& json)
{
    json["created"] = book.created;
    json["supplied"] = book.supplied;
    json["stored"] = book.stored;
    json["in_flight"] = book.inFlight;
    json["voided"] = book.voided;
    json["expired"] = book.expired;
    json["destroyed"] = book.destroyed;
    json["balanced"] = book.Balances();
}

/**
 * @brief All books.
 * @param conservation the books
 * @return the object
 */
Json
ToJson(const ConservationResult& conservation)
{
    Json json;
    json["balanced"] = conservation.Balances();
    json["violations"] = conservation.violations;
    json["kma"]["total"] = Json::object();
    AddBook(conservation.GetKmaTotal(), json["kma"]["total"]);
    json["kma"]["links"] = Json::array();
    for (const auto& link : conservation.kma)
    {
        json["kma"]["links"].push_back(ToJson(link));
    }
    json["ksa"]["total"] = Json::object();
    AddBook(conservation.GetKsaTotal(), json["ksa"]["total"]);
    json["ksa"]["sessions"] = Json::array();
    for (const auto& book : conservation.ksa)
    {
        Json entry;
        entry["session"] = book.session;
        AddBook(book, entry);
        json["ksa"]["sessions"].push_back(entry);
    }
    return json;
}

/**
 * @brief One fault.
 * @param fault the fault
 * @return the object
 */
Json
ToJson(const FaultResult& fault)
{
    return Json{{"id", fault.id},
                {"type", fault.type},
                {"target", fault.target},
                {"start_s", SecondsOf(fault.start)},
                {"end_s", ToJson(fault.end)}};
}

/**
 * @brief A component that fails at random.
 * @param process what became of it
 * @return the object
 */
Json
ToJson(const FaultProcessResult& process)
{
    return Json{{"type", process.type},
                {"target", process.target},
                {"mtbf_s", process.up.meanS},
                {"distribution", TimeDistributionName(process.up.kind)},
                {"acceleration", process.acceleration},
                {"mttr_s", process.repair.meanS},
                {"repair_distribution", TimeDistributionName(process.repair.kind)},
                {"start_s", SecondsOf(process.start)},
                {"faults", process.faults},
                {"down_s", SecondsOf(process.downTime)},
                {"availability", ToJson(process.GetAvailability())},
                {"expected_availability", process.GetExpectedAvailability()}};
}

/**
 * @brief A list of things.
 * @param things the things
 * @return the array
 */
template <typename T>
Json
ListToJson(const std::vector<T>& things)
{
    Json json = Json::array();
    for (const auto& thing : things)
    {
        json.push_back(ToJson(thing));
    }
    return json;
}

} // namespace

void
SummaryWriter::Write(const ExperimentResults& results, std::ostream& os) const
{
    Json json;
    json["scenario"] = results.scenario;
    json["description"] = results.description;
    json["ns3_version"] = results.ns3Version;
    json["seed"] = results.seed;
    json["run"] = results.run;
    json["supply"] = results.supply;
    json["simulated_s"] = SecondsOf(results.simulated);
    json["warm_up_s"] = SecondsOf(results.warmUp);
    json["wall_s"] = results.wallSeconds;
    json["events"] = results.events;
    json["packets"] = results.packets;
    json["sessions"] = ListToJson(results.sessions);
    json["recoveries"] = ListToJson(results.recoveries);
    json["conservation"] = ToJson(results.conservation);
    json["network"] = Json{{"control_messages", results.network.controlMessages},
                           {"control_bytes", results.network.controlBytes},
                           {"exposed_bits", results.network.exposedBits}};
    const RecoveryRatios& ratios = results.network.recovery;
    json["network"]["recovery_ratio"] = ToJson(ratios.services);
    json["network"]["secret_key_recovery_ratio"] = ToJson(ratios.keyRate);
    json["network"]["secret_key_consumption_ratio"] = ToJson(ratios.keyConsumption);
    json["network"]["spare_links"] = results.network.spareLinks;
    json["network"]["spare_modules"] = results.network.spareModules;
    json["network"]["spare_key_rate_bps"] = results.network.spareKeyRateBps;
    json["faults"] = ListToJson(results.faults);
    json["fault_processes"] = ListToJson(results.faultProcesses);
    os << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

} // namespace qkdn
} // namespace ns3
