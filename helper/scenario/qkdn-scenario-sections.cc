/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-sections.h"

#include "qkdn-scenario-classical.h"
#include "qkdn-scenario-control-sections.h"
#include "qkdn-scenario-fault-sections.h"
#include "qkdn-scenario-link-sections.h"
#include "qkdn-scenario-protection-sections.h"
#include "qkdn-scenario-random-fault-sections.h"
#include "qkdn-scenario-resilience.h"
#include "qkdn-scenario-topology.h"

#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Read object "simulation".
 * @param object the object
 * @return what it says
 */
ScenarioSimulation
ReadSimulation(const ScenarioObject& object)
{
    ScenarioSimulation simulation;
    object.Read("duration_s", simulation.duration);
    object.Read("warm_up_s", simulation.warmUp);
    object.Read("seed", simulation.seed);
    object.Read("run", simulation.run);
    simulation.distillation = ReadScenarioDistillation(object);
    object.Read<ScenarioBlockStatistics>("block_statistics",
                                         {{"auto", ScenarioBlockStatistics::AUTO},
                                          {"expected", ScenarioBlockStatistics::EXPECTED},
                                          {"drawn", ScenarioBlockStatistics::DRAWN}},
                                         simulation.blockStatistics);
    object.Read<ScenarioSupply>("supply",
                                {{"keys", ScenarioSupply::KEYS}, {"flow", ScenarioSupply::FLOW}},
                                simulation.supply);
    object.Read("max_requests", simulation.maxRequests);
    object.Read("max_load_packets", simulation.maxLoadPackets);
    return simulation;
}

/**
 * @brief Read a node.
 * @param object the object
 * @return what it says
 */
ScenarioNode
ReadNode(const ScenarioObject& object)
{
    ScenarioNode node;
    object.ReadId("id", node.id);
    object.Read("x_km", node.xKm);
    object.Read("y_km", node.yKm);
    object.Read<ScenarioSite>("site",
                              {{"single", ScenarioSite::SINGLE}, {"split", ScenarioSite::SPLIT}},
                              node.site);
    object.Read("rank", node.rank);
    return node;
}

/**
 * @brief Read what classical light is launched into a fibre.
 * @param object the object
 * @param fibre the fibre
 */
void
ReadClassicalPower(const ScenarioObject& object, ScenarioFibre& fibre)
{
    object.Read("classical_power_dbm", fibre.powerAToBDbm);
    fibre.powerBToADbm = fibre.powerAToBDbm;
    const bool both = fibre.powerAToBDbm.has_value();
    object.Read("classical_power_a_to_b_dbm", fibre.powerAToBDbm);
    object.Read("classical_power_b_to_a_dbm", fibre.powerBToADbm);
    for (const char* key : {"classical_power_a_to_b_dbm", "classical_power_b_to_a_dbm"})
    {
        if (both && object.Has(key))
        {
            object.Fail(key, "classical_power_dbm says it for both directions", "remove one");
        }
    }
}

/**
 * @brief Read a fibre.
 * @param object the object
 * @return what it says
 */
ScenarioFibre
ReadFibre(const ScenarioObject& object)
{
    ScenarioFibre fibre;
    object.ReadId("id", fibre.id);
    object.Read("a", fibre.a);
    object.Read("b", fibre.b);
    object.Read("length_km", fibre.lengthKm);
    object.Read("attenuation_db_per_km", fibre.attenuationDbPerKm);
    object.Read("extra_loss_db", fibre.extraLossDb);
    object.Read("risk_groups", fibre.riskGroups);
    object.Read("classical", fibre.classical);
    ReadClassicalPower(object, fibre);
    object.Read("raman_per_km_nm", fibre.ramanPerKmNm);
    return fibre;
}

/**
 * @brief Read object "key_management".
 * @param object the object
 * @return what it says
 */
ScenarioKeyManagement
ReadKeyManagement(const ScenarioObject& object)
{
    ScenarioKeyManagement management;
    object.Read("hello_interval_s", management.helloInterval);
    object.Read("hello_multiplier", management.helloMultiplier);
    object.Read("reserve_bit", management.reserveBit);
    object.Read("capacity_bit", management.capacityBit);
    object.Read("pool_low_bit", management.poolLowBit);
    management.poolHighBit = management.poolLowBit;
    object.Read("pool_high_bit", management.poolHighBit);
    object.Read("key_lifetime_s", management.keyLifetime);
    object.Read("pool_low_margin_s", management.poolLowMargin);
    object.Read("pool_recover_bit", management.poolRecoverBit);
    object.Read<ScenarioKxAuthentication>(
        "kx_authentication",
        {{"its-per-batch", ScenarioKxAuthentication::ITS_PER_BATCH},
         {"its-per-message", ScenarioKxAuthentication::ITS_PER_MESSAGE},
         {"computational", ScenarioKxAuthentication::COMPUTATIONAL},
         {"none", ScenarioKxAuthentication::NONE}},
        management.kxAuthentication);
    object.Read("pools_survive_crash", management.poolsSurviveCrash);
    object.Read("request_timeout_s", management.requestTimeout);
    object.Read("ksa_key_ttl_s", management.ksaKeyTtl);
    object.Read("relay_batch", management.relayBatch);
    object.Read("relay_window", management.relayWindow);
    object.Read<ScenarioRelayScheme>("relay_scheme",
                                     {{"hop-by-hop", ScenarioRelayScheme::HOP_BY_HOP},
                                      {"destination", ScenarioRelayScheme::DESTINATION}},
                                     management.relayScheme);
    return management;
}

/**
 * @brief Read a session.
 * @param object the object
 * @param end end of the run
 * @return what it says
 */
ScenarioSession
ReadSession(const ScenarioObject& object, const Time& end)
{
    ScenarioSession session;
    object.ReadId("id", session.id);
    object.Read("master", session.master);
    object.Read("slave", session.slave);
    object.Read("key_size_bit", session.keySizeBit);
    object.Read("rate_keys_per_s", session.rateKeysPerS);
    object.Read("min_rate_keys_per_s", session.minRateKeysPerS);
    object.Read<ScenarioArrival>(
        "arrival",
        {{"constant", ScenarioArrival::CONSTANT}, {"poisson", ScenarioArrival::POISSON}},
        session.arrival);
    object.Read("start_s", session.start);
    session.stop = end;
    object.Read("stop_s", session.stop);
    object.Read("deadline_s", session.deadline);
    session.requestLifetime = session.deadline + session.deadline;
    object.Read("request_lifetime_s", session.requestLifetime);
    object.Read("retry_s", session.retry);
    object.Read("toleration_s", session.toleration);
    object.Read("priority", session.priority);
    if (object.Has("resilience"))
    {
        session.resilience = ReadScenarioResilience(object.GetObject("resilience", "resilience"));
    }
    if (object.Has("ksa_pool"))
    {
        const ScenarioObject pool = object.GetObject("ksa_pool", "ksa_pool");
        pool.Read("low_keys", session.ksaPool.lowKeys);
        pool.Read("high_keys", session.ksaPool.highKeys);
    }
    object.Read<ScenarioAk>("ak",
                            {{"in-process", ScenarioAk::IN_PROCESS},
                             {"http", ScenarioAk::HTTP},
                             {"stream", ScenarioAk::STREAM}},
                            session.ak);
    object.Read("master_application", session.masterApplication);
    object.Read("slave_application", session.slaveApplication);
    return session;
}

} // namespace

Scenario
ReadScenarioSections(const ScenarioObject& object)
{
    Scenario scenario;
    object.ReadId("name", scenario.name);
    object.Read("description", scenario.description);
    scenario.simulation = ReadSimulation(object.GetObject("simulation", "simulation"));
    for (const auto& node : object.GetObjects("nodes", "node"))
    {
        scenario.nodes.push_back(ReadNode(node));
    }
    if (object.Has("nodes") ? scenario.nodes.empty() : !object.Has("topology_file"))
    {
        object.Fail("nodes", object.Has("nodes") ? "the array is empty" : "missing");
    }
    for (const auto& fibre : object.GetObjects("fibres", "fibre"))
    {
        scenario.fibres.push_back(ReadFibre(fibre));
    }
    for (const auto& link : object.GetObjects("qkd_links", "qkd_link"))
    {
        scenario.qkdLinks.push_back(ReadScenarioQkdLink(link));
    }
    ReadScenarioTopology(object, scenario);
    ReadScenarioClassical(object, scenario);
    ReadScenarioProtection(object, scenario);
    if (object.Has("key_management"))
    {
        scenario.keyManagement =
            ReadKeyManagement(object.GetObject("key_management", "key_management"));
    }
    ReadScenarioControl(object, scenario);
    for (const auto& session : object.GetObjects("sessions", "session"))
    {
        scenario.sessions.push_back(ReadSession(session, scenario.simulation.duration));
    }
    ReadScenarioFaults(object, scenario);
    ReadScenarioRandomFaults(object, scenario);
    return scenario;
}

} // namespace qkdn
} // namespace ns3
