/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-reader.h"

#include "qkdn-scenario-checker.h"
#include "qkdn-scenario-json.h"
#include "qkdn-scenario-object.h"

#include <filesystem>
#include <fstream>
#include <iterator>

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
    object.Read<ScenarioDistillation>(
        "distillation",
        {{"per-block", ScenarioDistillation::PER_BLOCK}, {"ideal", ScenarioDistillation::IDEAL}},
        simulation.distillation);
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
    return node;
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
    return fibre;
}

/**
 * @brief Read object "classical".
 * @param object the object
 * @return what it says
 */
ScenarioClassical
ReadClassical(const ScenarioObject& object)
{
    ScenarioClassical classical;
    object.Read("rate_bps", classical.rateBps);
    object.Read("reconvergence_s", classical.reconvergence);
    object.Read("site_rate_bps", classical.siteRateBps);
    object.Read("site_delay_s", classical.siteDelay);
    return classical;
}

/**
 * @brief Read the protocol of a QKD link.
 * @param object the object
 * @return what it says
 */
ScenarioProtocol
ReadProtocol(const ScenarioObject& object)
{
    ScenarioProtocol protocol;
    object.Read<ScenarioProtocolType>("type",
                                      {{"decoy-bb84", ScenarioProtocolType::DECOY_BB84},
                                       {"measured", ScenarioProtocolType::MEASURED}},
                                      protocol.type);
    if (protocol.type == ScenarioProtocolType::MEASURED)
    {
        object.Read("rate_bps", protocol.rateBps);
        object.Read("qber", protocol.qber);
        object.Read("block_key_bit", protocol.blockKeyBit);
    }
    else
    {
        object.Read<std::string>("preset", {{"gys", "gys"}}, protocol.preset);
        object.Read("set", protocol.attributes);
    }
    return protocol;
}

/**
 * @brief Read a QKD link.
 * @param object the object
 * @return what it says
 */
ScenarioQkdLink
ReadQkdLink(const ScenarioObject& object)
{
    ScenarioQkdLink link;
    object.ReadId("id", link.id);
    object.Read("tx", link.tx);
    object.Read("rx", link.rx);
    object.Read("fibres", link.fibres);
    link.protocol = ReadProtocol(object.GetVariant("protocol", "type", {"decoy-bb84", "measured"}));
    object.Read("initial_pool_bit", link.initialPoolBit);
    object.Read<ScenarioInitialState>(
        "initial_state",
        {{"off", ScenarioInitialState::OFF}, {"running", ScenarioInitialState::RUNNING}},
        link.initialState);
    object.Read("start_up_s", link.startUp);
    object.Read("resync_s", link.resync);
    object.Read("loss_of_light_s", link.lossOfLight);
    object.Read("supervisory_light", link.supervisoryLight);
    object.Read("authentication_reserve_bit", link.authenticationReserveBit);
    return link;
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
        object.GetObject("resilience", "resilience")
            .Read<ScenarioResilienceClass>("class",
                                           {{"unprotected", ScenarioResilienceClass::UNPROTECTED}},
                                           session.resilienceClass);
    }
    return session;
}

/**
 * @brief Read a fault.
 * @param object the object
 * @param number its number in the list, from 1
 * @return what it says
 */
ScenarioFault
ReadFault(const ScenarioObject& object, std::size_t number)
{
    ScenarioFault fault;
    fault.id = "fault-" + std::to_string(number);
    object.ReadId("id", fault.id);
    object.Read("at_s", fault.at);
    object.Read<ScenarioFaultType>(
        "type",
        {{"fibre-cut", ScenarioFaultType::FIBRE_CUT},
         {"classical-link-failure", ScenarioFaultType::CLASSICAL_LINK_FAILURE},
         {"module-failure", ScenarioFaultType::MODULE_FAILURE},
         {"km-crash", ScenarioFaultType::KM_CRASH}},
        fault.type);
    object.Read("target", fault.target);
    if (fault.type == ScenarioFaultType::MODULE_FAILURE)
    {
        const auto slash = fault.target.rfind('/');
        const std::string end = slash == std::string::npos ? "" : fault.target.substr(slash + 1);
        if (end != "tx" && end != "rx")
        {
            object.Fail("target", ScenarioObject::Describe(fault.target) + " names no module");
        }
        fault.moduleEnd = end == "tx" ? ScenarioModuleEnd::TX : ScenarioModuleEnd::RX;
        fault.target.erase(slash);
    }
    if (object.Has("position") && fault.type != ScenarioFaultType::FIBRE_CUT)
    {
        object.Fail("position", "only a fibre-cut has a position", "remove it");
    }
    object.Read("position", fault.position);
    object.Read("repair_after_s", fault.repairAfter);
    return fault;
}

/**
 * @brief Read the whole file.
 * @param object the object that the file is
 * @return what it says
 */
Scenario
ReadScenario(const ScenarioObject& object)
{
    Scenario scenario;
    object.ReadId("name", scenario.name);
    object.Read("description", scenario.description);
    scenario.simulation = ReadSimulation(object.GetObject("simulation", "simulation"));
    for (const auto& node : object.GetObjects("nodes", "node"))
    {
        scenario.nodes.push_back(ReadNode(node));
    }
    if (scenario.nodes.empty())
    {
        object.Fail("nodes", "the array is empty");
    }
    for (const auto& fibre : object.GetObjects("fibres", "fibre"))
    {
        scenario.fibres.push_back(ReadFibre(fibre));
    }
    if (object.Has("classical"))
    {
        scenario.classical = ReadClassical(object.GetObject("classical", "classical"));
    }
    for (const auto& link : object.GetObjects("qkd_links", "qkd_link"))
    {
        scenario.qkdLinks.push_back(ReadQkdLink(link));
    }
    if (object.Has("key_management"))
    {
        scenario.keyManagement =
            ReadKeyManagement(object.GetObject("key_management", "key_management"));
    }
    for (const auto& session : object.GetObjects("sessions", "session"))
    {
        scenario.sessions.push_back(ReadSession(session, scenario.simulation.duration));
    }
    for (const auto& fault : object.GetObjects("faults", "fault"))
    {
        scenario.faults.push_back(ReadFault(fault, scenario.faults.size() + 1));
    }
    return scenario;
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
    nlohmann::json json = ParseScenarioJson(text, sourceName);
    for (const auto& change : overrides)
    {
        ApplyScenarioOverride(json, change, sourceName);
    }
    Scenario scenario =
        ReadScenario(ScenarioObject(json, "", GetScenarioKeys("scenario"), sourceName));
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

const std::vector<ScenarioKeyTable>&
ScenarioReader::GetKeyTables()
{
    return GetScenarioKeyTables();
}

} // namespace qkdn
} // namespace ns3
