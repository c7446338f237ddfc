/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/qkdn-scenario-reader.h"
#include "ns3/test.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;
using nlohmann::json;

namespace
{

/// A scenario with an object of each kind and few optional keys. The objects that are changed
/// (see PLACES) are built such that every example of the schema fits and differs.
const std::string BASE = R"({
  "name": "base",
  "topology_file": ")" QKDN_SOURCE_DIR R"(/examples/topologies/secoqc2008.csv",
  "topology_defaults": {"protocol": {"type": "decoy-bb84"}},
  "simulation": {"duration_s": 100},
  "nodes": [{"id": "ERD"}, {"id": "BRT"}, {"id": "SIE"}, {"id": "spare"}],
  "fibres": [{"id": "ERD-BRT", "a": "ERD", "b": "BRT", "length_km": 25},
             {"id": "SIE-BRT", "a": "SIE", "b": "BRT", "length_km": 33},
             {"id": "SIE-ERD", "a": "SIE", "b": "ERD", "length_km": 16},
             {"id": "spare", "a": "ERD", "b": "BRT", "length_km": 30},
             {"id": "spare3", "a": "SIE", "b": "ERD", "length_km": 20}],
  "classical": {},
  "qkd_links": [{"id": "l1", "tx": "ERD", "rx": "BRT", "fibres": ["ERD-BRT"],
                 "protocol": {"type": "decoy-bb84"}},
                {"id": "l2", "tx": "SIE", "rx": "BRT", "fibres": ["SIE-BRT"],
                 "protocol": {"type": "measured", "rate_bps": 3100}},
                {"id": "l3", "tx": "SIE", "rx": "ERD", "fibres": ["SIE-ERD"],
                 "protocol": {"type": "bbm92"}},
                {"id": "l4", "tx": "SIE", "rx": "ERD", "fibres": ["SIE-ERD"],
                 "protocol": {"type": "decoy-bb84-finite"}},
                {"id": "l5", "tx": "SIE", "rx": "ERD", "fibres": ["SIE-ERD"],
                 "protocol": {"type": "cv-qkd"}},
                {"id": "l6", "tx": "SIE", "rx": "ERD", "fibres": ["SIE-ERD"],
                 "protocol": {"type": "bbm92"}},
                {"id": "l7", "tx": "SIE", "rx": "ERD", "fibres": ["SIE-ERD"],
                 "protocol": {"type": "twin-field"}},
                {"id": "l8", "tx": "SIE", "rx": "BRT", "fibres": ["SIE-BRT"],
                 "protocol": {"type": "decoy-bb84"}},
                {"id": "l9", "tx": "SIE", "rx": "ERD", "fibres": ["SIE-ERD"],
                 "protocol": {"type": "decoy-bb84"}, "distillation": {}},
                {"id": "l10", "tx": "SIE", "rx": "ERD", "fibres": ["SIE-ERD"],
                 "protocol": {"type": "ns3::qkdn::DecoyBb84Protocol"}}],
  "optical_switches": [{"id": "s0", "node": "ERD"}, {"id": "s1", "node": "SIE"},
                       {"id": "s2", "node": "ERD"}],
  "protection_groups": [{"id": "g0", "class": "link-1:1", "working": ["l3"],
                         "protection": [{"modules_of": "l3", "fibres": ["spare3"],
                                         "switches": ["s1", "s2"]}]},
                        {"id": "g1", "class": "link-1:1", "working": ["l2"],
                         "protection": ["l8"]}],
  "key_management": {},
  "controllers": [{"id": "C1", "node": "ERD"}],
  "routing": {},
  "manager": {"node": "ERD", "policy": {}, "km_policy": {}},
  "charging": {"tariffs": [{"class": "multi-path"}, {"class": "unprotected"},
                           {"class": "route-1:1"}, {"class": "restoration"}]},
  "sessions": [{"id": "A", "master": "BRT", "slave": "ERD", "rate_keys_per_s": 1},
               {"id": "B", "master": "BRT", "slave": "ERD", "rate_keys_per_s": 1,
                "resilience": {"class": "unprotected"}, "ksa_pool": {}}],
  "faults": [{"at_s": 10, "type": "fibre-cut", "target": "SIE-BRT"}],
  "fault_processes": [{"type": "fibre-cut", "targets": ["SIE-ERD"], "mtbf_s": 100, "mttr_s": 10}],
  "repair": {"crews": 1},
  "commands": [{"at_s": 20, "group": "g1", "command": "clear"}]
})";

/// Where BASE has an object of each kind.
const std::map<std::string, std::string> PLACES{{"scenario", ""},
                                                {"simulation", "/simulation"},
                                                {"node", "/nodes/3"},
                                                {"fibre", "/fibres/3"},
                                                {"classical", "/classical"},
                                                {"qkd_link", "/qkd_links/5"},
                                                {"distillation", "/qkd_links/8/distillation"},
                                                {"topology_defaults", "/topology_defaults"},
                                                {"decoy-bb84", "/qkd_links/0/protocol"},
                                                {"measured", "/qkd_links/1/protocol"},
                                                {"decoy-bb84-finite", "/qkd_links/3/protocol"},
                                                {"other-protocol", "/qkd_links/9/protocol"},
                                                {"cv-qkd", "/qkd_links/4/protocol"},
                                                {"bbm92", "/qkd_links/5/protocol"},
                                                {"twin-field", "/qkd_links/6/protocol"},
                                                {"key_management", "/key_management"},
                                                {"controller", "/controllers/0"},
                                                {"routing", "/routing"},
                                                {"manager", "/manager"},
                                                {"policy", "/manager/policy"},
                                                {"km_policy", "/manager/km_policy"},
                                                {"charging", "/charging"},
                                                {"tariff", "/charging/tariffs/0"},
                                                {"session", "/sessions/0"},
                                                {"resilience", "/sessions/1/resilience"},
                                                {"ksa_pool", "/sessions/1/ksa_pool"},
                                                {"fault", "/faults/0"},
                                                {"fault_process", "/fault_processes/0"},
                                                {"repair", "/repair"},
                                                {"optical_switch", "/optical_switches/0"},
                                                {"protection_group", "/protection_groups/0"},
                                                {"modules_of", "/protection_groups/0/protection/0"},
                                                {"command", "/commands/0"}};

/// Keys whose value cannot be changed alone, or has no other: other tests change them.
const std::set<std::string> NOT_ALONE{"/topology_file",
                                      "/simulation/supply",
                                      "/commands/0/session",
                                      "/topology_defaults/classical",
                                      "/qkd_links/5/tx",
                                      "/protection_groups/0/class",
                                      "/protection_groups/0/working",
                                      "/protection_groups/0/trigger",
                                      "/protection_groups/0/protection/0/modules_of",
                                      "/protection_groups/0/protection/0/switches",
                                      "/qkd_links/5/rx",
                                      "/qkd_links/5/fibres",
                                      "/qkd_links/5/classical_channel",
                                      "/qkd_links/0/protocol/type",
                                      "/qkd_links/1/protocol/type",
                                      "/qkd_links/1/protocol/trace_file",
                                      "/qkd_links/3/protocol/type",
                                      "/qkd_links/4/protocol/type",
                                      "/qkd_links/5/protocol/type",
                                      "/qkd_links/6/protocol/type",
                                      "/qkd_links/9/protocol/type",
                                      "/routing/provider",
                                      "/sessions/1/ksa_pool/low_keys",
                                      "/sessions/1/resilience/shares",
                                      "/sessions/1/resilience/threshold",
                                      "/sessions/1/resilience/restoration",
                                      "/sessions/1/resilience/time_window_s",
                                      "/sessions/1/resilience/escalation",
                                      "/sessions/0/master_application",
                                      "/sessions/0/slave_application",
                                      "/fibres/3/classical_power_a_to_b_dbm",
                                      "/faults/0/load_bps",
                                      "/faults/0/x_km",
                                      "/faults/0/y_km",
                                      "/faults/0/radius_km",
                                      "/faults/0/repeat",
                                      "/faults/0/period_s",
                                      "/faults/0/repair_distribution",
                                      "/faults/0/repair_weibull_shape",
                                      "/faults/0/repair_lognormal_sigma",
                                      "/faults/0/added_qber",
                                      "/faults/0/curve_file",
                                      "/faults/0/curve",
                                      "/faults/0/wiretap",
                                      "/faults/0/type",
                                      "/fault_trace",
                                      "/fault_processes/0/load_bps",
                                      "/fault_processes/0/added_qber",
                                      "/fault_processes/0/curve_file",
                                      "/fault_processes/0/curve",
                                      "/fault_processes/0/wiretap",
                                      "/fault_processes/0/rates",
                                      "/fault_processes/0/mtbf_h",
                                      "/fault_processes/0/fit_per_km",
                                      "/fault_processes/0/cuts_per_year_per_1000_miles",
                                      "/fault_processes/0/cuts_per_year_per_1000_km",
                                      "/fault_processes/0/weibull_shape",
                                      "/fault_processes/0/mttr_h",
                                      "/fault_processes/0/repair_weibull_shape",
                                      "/fault_processes/0/repair_lognormal_sigma"};

/**
 * @brief All that the scenario says about distillation, as text.
 * @param d what it says
 * @param [out] out where the text goes
 */
void
DescribeDistillation(const ScenarioDistillation& d, std::ostream& out)
{
    out << ' ' << (d.fidelity ? static_cast<int>(*d.fidelity) : -1);
    for (const auto& attribute : d.attributes)
    {
        out << ' ' << attribute.first << '=' << attribute.second;
    }
}

/**
 * @brief All that the scenario says about the network, as text.
 * @param s the scenario
 * @param out where the text goes
 */
void
DescribeNetwork(const Scenario& s, std::ostream& out)
{
    for (const auto& n : s.nodes)
    {
        out << n.id << ' ' << n.xKm << ' ' << n.yKm << ' ' << static_cast<int>(n.site) << ' '
            << n.rank << '\n';
    }
    for (const auto& f : s.fibres)
    {
        out << f.id << ' ' << f.a << ' ' << f.b << ' ' << f.lengthKm << ' ' << f.attenuationDbPerKm
            << ' ' << f.extraLossDb << ' ' << f.classical << ' ' << f.powerAToBDbm.value_or(-999)
            << ' ' << f.powerBToADbm.value_or(-999) << ' ' << f.ramanPerKmNm;
        for (const auto& group : f.riskGroups)
        {
            out << ' ' << group;
        }
        out << '\n';
    }
    out << s.classical.rateBps << ' ' << s.classical.reconvergence << ' ' << s.classical.siteRateBps
        << ' ' << s.classical.siteDelay << ' ' << static_cast<int>(s.classical.network) << ' '
        << s.classical.outOfBandDelay << '\n';
    for (const auto& l : s.qkdLinks)
    {
        out << l.id << ' ' << l.tx << ' ' << l.rx << ' ' << l.initialPoolBit << ' '
            << static_cast<int>(l.initialState) << ' ' << l.startUp << ' ' << l.resync << ' '
            << l.qberWarning << ' ' << l.qberWarningClear << ' ' << l.qberAbort << ' '
            << l.qberClear << ' ' << l.lossOfLight << ' ' << l.supervisoryLight << ' '
            << static_cast<int>(l.classicalChannel) << ' ' << l.authenticationReserveBit << ' '
            << l.stationKm.value_or(-1);
        DescribeDistillation(l.distillation, out);
        for (const auto& fibre : l.fibres)
        {
            out << ' ' << fibre;
        }
        const auto& p = l.protocol;
        out << ' ' << l.txBoundary << ' ' << l.rxBoundary;
        out << ' ' << static_cast<int>(p.type) << ' ' << p.preset << ' ' << p.rateBps << ' '
            << p.qber << ' ' << p.blockKeyBit << ' ' << p.law << ' ' << p.traceFile;
        for (const auto& attribute : p.attributes)
        {
            out << ' ' << attribute.first << '=' << attribute.second;
        }
        out << '\n';
    }
}

/**
 * @brief All that the scenario says about a policy of key managers, as text.
 * @param policy the policy, if any
 * @param out where the text goes
 */
void
DescribeKmPolicy(const std::optional<ScenarioKmPolicy>& policy, std::ostream& out)
{
    if (policy)
    {
        out << ' ' << policy->maySwitch << ' ' << policy->extraTraffic << ' ' << policy->reserveBit;
    }
}

/**
 * @brief All that the scenario says about protection in the quantum layer, as text.
 * @param s the scenario
 * @param out where the text goes
 */
void
DescribeProtection(const Scenario& s, std::ostream& out)
{
    for (const auto& o : s.opticalSwitches)
    {
        out << o.id << ' ' << o.node << ' ' << o.ports << ' ' << o.switching << ' ' << o.lossDb
            << ' ' << o.coverage << ' ' << o.failDark << '\n';
    }
    for (const auto& g : s.protectionGroups)
    {
        out << g.id << ' ' << GroupClassName(g.groupClass) << ' ' << g.holdOff << ' ' << g.wtr
            << ' ' << g.revertive << ' ' << g.signalDegrade << ' ' << g.minRateRatio << ' '
            << g.startTimeout << ' ' << static_cast<int>(g.enforcement);
        for (const auto& link : g.working)
        {
            out << ' ' << link;
        }
        for (const auto& entity : g.protection)
        {
            out << " / " << entity.link << ' ' << entity.sameModules << ' '
                << entity.stationKm.value_or(-1);
            for (const auto& fibre : entity.fibres)
            {
                out << ' ' << fibre;
            }
            for (const auto& name : entity.switches)
            {
                out << ' ' << name;
            }
        }
        out << '\n';
    }
    for (const auto& c : s.commands)
    {
        out << c.at << ' ' << c.group << ' ' << c.session << ' ' << GroupCommandName(c.command)
            << ' ' << c.working << ' ' << c.node;
        DescribeKmPolicy(c.kmPolicy, out);
        out << '\n';
    }
}

/**
 * @brief All that the scenario says about control and management, as text.
 * @param s the scenario
 * @param out where the text goes
 */
void
DescribeControl(const Scenario& s, std::ostream& out)
{
    for (const auto& c : s.controllers)
    {
        out << c.id << ' ' << c.node << ' ' << c.decision << ' ' << c.settle << ' ' << c.takeover
            << ' ' << static_cast<int>(c.cost) << ' ' << static_cast<int>(c.disjoint) << ' '
            << static_cast<int>(c.admission) << ' ' << c.bridging << ' ' << c.reportMaxAge << ' '
            << c.reportRefresh << '\n';
    }
    const auto& r = s.routing;
    out << static_cast<int>(r.provider) << ' ' << r.refresh << ' ' << r.maxAge << ' '
        << r.minInterval << ' ' << r.settle << ' ' << r.decision << ' ' << r.routeLifetime << ' '
        << r.cost << ' ' << r.maxHops << ' ' << r.abandonOnToleration << '\n';
    if (s.manager)
    {
        const auto& p = s.manager->policy;
        out << s.manager->node << ' ' << p.mayRestore << ' ' << p.mayPreempt << ' '
            << p.abandonOnToleration << ' ' << p.maxHops << ' ' << s.manager->correlationWindow
            << ' ' << s.manager->repairDelay << ' ' << s.manager->reorderAfter << ' '
            << s.manager->poolWarningBit;
        DescribeKmPolicy(s.manager->kmPolicy, out);
        out << '\n';
    }
    if (s.charging)
    {
        out << s.charging->reportInterval;
        for (const auto& [resilienceClass, tariff] : s.charging->tariff)
        {
            out << ' ' << resilienceClass << ' ' << tariff.basePerS << ' '
                << tariff.creditPerViolation << ' ' << tariff.creditPerS;
            for (const uint64_t price : tariff.perBit)
            {
                out << ' ' << price;
            }
        }
        out << '\n';
    }
}

/**
 * @brief All that the scenario says about resilience of a session, as text.
 * @param s the session
 * @param out where the text goes
 */
void
DescribeResilience(const ScenarioSession& s, std::ostream& out)
{
    const auto& r = s.resilience;
    out << ' ' << r.resilienceClass << ' ' << r.extraTraffic << ' ' << r.trigger << ' ' << r.holdOff
        << ' ' << r.holdOffAuto << ' ' << r.wtr << ' ' << r.revertive << ' '
        << r.protectionReserveBit << ' ' << r.preemption << ' ' << r.shares << ' ' << r.threshold
        << ' ' << s.ksaPool.lowKeys << ' ' << s.ksaPool.highKeys << '\n';
}

/**
 * @brief All that the scenario says about random failures and their repair, as text.
 * @param s the scenario
 * @param out where the text goes
 */
void
DescribeRandomFaults(const Scenario& s, std::ostream& out)
{
    for (const auto& p : s.faultProcesses)
    {
        out << static_cast<int>(p.type) << ' ' << p.meanUpS.value_or(-1) << ' ' << p.fitPerKm << ' '
            << p.up.kind << ' ' << p.up.shape << ' ' << p.repair.kind << ' ' << p.repair.meanS
            << ' ' << p.repair.shape << ' ' << p.start << ' ' << p.maxFaults << ' '
            << p.acceleration << ' ' << p.loadBps << ' ' << p.addedQber << ' ' << p.curveFile << ' '
            << static_cast<int>(p.curve) << ' ' << p.wiretap;
        for (const auto& target : p.targets)
        {
            out << ' ' << target;
        }
        out << '\n';
    }
    if (s.repair)
    {
        out << s.repair->crews << ' ' << s.repair->policy << ' ' << s.repair->travel << ' '
            << s.repair->dispatch << '\n';
    }
}

/**
 * @brief All that a scenario says, as text.
 * @param s the scenario
 * @return the text; two scenarios with the same text are equal
 */
std::string
DescribeScenario(const Scenario& s)
{
    std::ostringstream out;
    out.precision(17);
    out << s.name << ' ' << s.description << '\n'
        << s.simulation.duration << ' ' << s.simulation.warmUp << ' ' << s.simulation.seed << ' '
        << s.simulation.run << ' ' << static_cast<int>(s.simulation.blockStatistics) << ' '
        << static_cast<int>(s.simulation.supply) << ' ' << s.simulation.maxRequests << ' '
        << s.simulation.maxLoadPackets;
    const ScenarioDistillation& d = s.simulation.distillation;
    DescribeDistillation({d.fidelity.value_or(ScenarioFidelity::PER_BLOCK), d.attributes}, out);
    out << '\n';
    DescribeNetwork(s, out);
    DescribeProtection(s, out);
    const auto& k = s.keyManagement;
    out << k.helloInterval << ' ' << k.helloMultiplier << ' ' << k.reserveBit << ' '
        << k.capacityBit << ' ' << k.poolLowBit << ' ' << k.poolHighBit << ' ' << k.keyLifetime
        << ' ' << static_cast<int>(k.kxAuthentication) << ' ' << k.poolsSurviveCrash << ' '
        << k.requestTimeout << ' ' << k.ksaKeyTtl << ' ' << k.relayBatch << ' ' << k.relayWindow
        << ' ' << k.poolLowMargin << ' ' << k.poolRecoverBit << ' '
        << static_cast<int>(k.relayScheme) << '\n';
    DescribeControl(s, out);
    for (const auto& a : s.sessions)
    {
        out << a.id << ' ' << a.master << ' ' << a.slave << ' ' << a.keySizeBit << ' '
            << a.rateKeysPerS << ' ' << a.minRateKeysPerS << ' ' << static_cast<int>(a.arrival)
            << ' ' << a.start << ' ' << a.stop << ' ' << a.deadline << ' ' << a.requestLifetime
            << ' ' << a.retry << ' ' << a.toleration.value_or(Seconds(-1)) << ' ' << a.priority
            << ' ' << static_cast<int>(a.ak) << ' ' << a.GetApplicationNode(true) << ' '
            << a.GetApplicationNode(false);
        DescribeResilience(a, out);
    }
    for (const auto& f : s.faults)
    {
        out << f.id << ' ' << f.at << ' ' << static_cast<int>(f.type) << ' ' << f.target << ' '
            << static_cast<int>(f.moduleEnd) << ' ' << f.position << ' '
            << f.repairAfter.value_or(Seconds(-1)) << ' ' << f.addedQber << ' ' << f.curveFile
            << ' ' << static_cast<int>(f.curve) << ' ' << f.wiretap << ' '
            << f.repairWork.value_or(Seconds(-1)) << ' ' << f.loadBps;
        if (f.repairTime)
        {
            out << ' ' << f.repairTime->kind << ' ' << f.repairTime->meanS << ' '
                << f.repairTime->shape;
        }
        out << '\n';
    }
    DescribeRandomFaults(s, out);
    return out.str();
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of the tests that walk over the properties of the schema.
 */
class ScenarioSchemaTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    /// Read the schema.
    void DoSetup() override
    {
        std::ifstream file(std::string(QKDN_SOURCE_DIR) + "/doc/scenario.schema.json");
        m_schema = json::parse(file, nullptr, false);
        NS_TEST_ASSERT_MSG_EQ(m_schema.is_object(), true, "the schema is JSON");
        for (auto& kind : m_schema["$defs"])
        {
            for (auto& property : kind["properties"])
            {
                FollowReference(property);
            }
        }
    }

    /**
     * @brief Put the property of another kind in place of a reference to it.
     * @param property schema of a property
     */
    void FollowReference(json& property)
    {
        const std::string reference = property.value("$ref", "");
        if (reference.find("/properties/") != std::string::npos)
        {
            property = m_schema.at(json::json_pointer(reference.substr(1)));
        }
    }

    /**
     * @brief The schema of a kind of object.
     * @param kind the kind
     * @return the schema, null if there is none
     */
    json GetKind(const std::string& kind) const
    {
        return kind == "scenario" ? m_schema : m_schema["$defs"].value(kind, json());
    }

    /**
     * @brief The schema of the number that a value may be, if it may also be a word.
     * @param property the schema of the value
     * @return the schema of the number
     */
    static json NumberOf(const json& property)
    {
        return property.value("anyOf", json::array({property}))[0];
    }

    /**
     * @brief BASE with a value set.
     * @param place where
     * @param value the value
     * @return the text
     */
    static std::string With(const std::string& place, const json& value)
    {
        json scenario = json::parse(BASE);
        scenario[json::json_pointer(place)] = value;
        return scenario.dump();
    }

    /**
     * @brief Check that a text is refused.
     * @param text the text
     * @param place where the error has to be
     * @param words part of the message
     */
    void ExpectRefused(const std::string& text, const std::string& place, const std::string& words)
    {
        try
        {
            ScenarioReader::ReadString(text, "bad.json");
            NS_TEST_EXPECT_MSG_EQ(true, false, place << " was accepted: " << text);
        }
        catch (const ScenarioError& error)
        {
            const std::string what = error.what();
            NS_TEST_EXPECT_MSG_EQ(error.GetPlace().substr(0, place.size()), place, what);
            NS_TEST_EXPECT_MSG_EQ((what.find(words) != std::string::npos), true, what);
        }
    }

    json m_schema; //!< the schema
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The tables of the reader against the schema.
 */
class ScenarioTablesTest : public ScenarioSchemaTest
{
  public:
    ScenarioTablesTest()
        : ScenarioSchemaTest("Schema and reader have the same keys with the same ranges")
    {
    }

  private:
    /**
     * @brief Compare one key.
     * @param key the reader's entry
     * @param kind the schema of the object
     * @param what name for messages
     */
    void CheckKey(const ScenarioKey& key, const json& kind, const std::string& what)
    {
        const json property = kind["properties"].value(key.name, json());
        NS_TEST_EXPECT_MSG_EQ(property.is_object(), true, what << " is not in the schema");
        if (!property.is_object())
        {
            return;
        }
        const auto& required = kind["required"];
        NS_TEST_EXPECT_MSG_EQ(
            (std::find(required.begin(), required.end(), key.name) != required.end()),
            key.required,
            what << " required");
        const std::string type = NumberOf(property).value("type", "");
        if (type != "number" && type != "integer")
        {
            NS_TEST_EXPECT_MSG_EQ(key.maximum, 0.0, what << " is no number");
            return;
        }
        CheckRange(key, NumberOf(property), what);
    }

    /**
     * @brief Compare the range of a number.
     * @param key the reader's entry
     * @param property the schema of the number
     * @param what name for messages
     */
    void CheckRange(const ScenarioKey& key, const json& property, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ(property.contains("exclusiveMinimum"),
                              key.exclusiveMinimum,
                              what << " exclusiveMinimum");
        NS_TEST_EXPECT_MSG_EQ(
            property.at(key.exclusiveMinimum ? "exclusiveMinimum" : "minimum").get<double>(),
            key.minimum,
            what << " minimum");
        NS_TEST_EXPECT_MSG_EQ(property.at("maximum").get<double>(),
                              key.maximum,
                              what << " maximum");
    }

    void DoRun() override
    {
        const auto& tables = ScenarioReader::GetKeyTables();
        NS_TEST_ASSERT_MSG_EQ(tables.size(), PLACES.size(), "kinds tested");
        NS_TEST_ASSERT_MSG_EQ(tables.size(), m_schema["$defs"].size() + 1, "kinds in the schema");
        for (const auto& table : tables)
        {
            const json kind = GetKind(table.kind);
            NS_TEST_EXPECT_MSG_EQ(kind.is_object(), true, "kind " << table.kind);
            if (!kind.is_object())
            {
                continue;
            }
            NS_TEST_EXPECT_MSG_EQ(kind.value("additionalProperties", true), false, table.kind);
            NS_TEST_EXPECT_MSG_EQ(kind["properties"].size(), table.keys.size(), table.kind);
            for (const auto& key : table.keys)
            {
                CheckKey(key, kind, table.kind + "." + key.name);
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What the schema allows is accepted and has an effect; its defaults are the reader's.
 */
class ScenarioAcceptTest : public ScenarioSchemaTest
{
  public:
    ScenarioAcceptTest()
        : ScenarioSchemaTest("Every property has an effect, and the default of the schema")
    {
    }

  private:
    /**
     * @brief Read a text that is good.
     * @param text the text
     * @return what it says, or the error
     */
    static std::string Read(const std::string& text)
    {
        try
        {
            return DescribeScenario(ScenarioReader::ReadString(text, "good.json"));
        }
        catch (const ScenarioError& error)
        {
            return error.what();
        }
    }

    void DoRun() override
    {
        const std::string base = Read(BASE);
        NS_TEST_ASSERT_MSG_EQ(base.substr(0, 4), "base", base);
        for (const auto& [kind, place] : PLACES)
        {
            const json schema = GetKind(kind);
            for (const auto& [key, property] : schema["properties"].items())
            {
                const std::string here = place + "/" + key;
                if (property.contains("default") && property.value("type", "") != "array")
                {
                    NS_TEST_EXPECT_MSG_EQ(Read(With(here, property["default"])), base, here);
                }
                const bool container = property.contains("$ref") || property.contains("oneOf") ||
                                       property.value("items", json::object()).contains("$ref");
                if (container || NOT_ALONE.count(here) > 0)
                {
                    continue;
                }
                NS_TEST_EXPECT_MSG_EQ(property.contains("examples"), true, here);
                if (!property.contains("examples"))
                {
                    continue;
                }
                const std::string other = Read(With(here, property["examples"][0]));
                NS_TEST_EXPECT_MSG_NE(other, base, here << " has no effect");
                NS_TEST_EXPECT_MSG_EQ(other.find("good.json"), std::string::npos, other);
            }
        }
        json empty = json::parse(BASE);
        empty.erase("manager");
        empty.erase("charging");
        empty.erase("repair");
        for (const char* key : {"fibres",
                                "qkd_links",
                                "optical_switches",
                                "protection_groups",
                                "controllers",
                                "sessions",
                                "faults",
                                "fault_processes",
                                "commands"})
        {
            empty.erase(key);
        }
        json lists = empty;
        for (const char* key : {"fibres",
                                "qkd_links",
                                "optical_switches",
                                "protection_groups",
                                "controllers",
                                "sessions",
                                "faults",
                                "fault_processes",
                                "commands"})
        {
            lists[key] = m_schema["properties"][key]["default"];
        }
        NS_TEST_EXPECT_MSG_EQ(Read(empty.dump()), Read(lists.dump()), "empty lists");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What the schema forbids is refused, at its place.
 */
class ScenarioRefuseTest : public ScenarioSchemaTest
{
  public:
    ScenarioRefuseTest()
        : ScenarioSchemaTest("Whatever the schema forbids is refused at its place")
    {
    }

  private:
    /**
     * @brief Refuse values out of range and of wrong types.
     * @param here place of the value
     * @param whole its schema
     */
    void CheckProperty(const std::string& here, const json& whole)
    {
        const json property = NumberOf(whole);
        const std::string type = property.value("type", "object");
        const bool number = type == "number" || type == "integer";
        ExpectRefused(With(here, nullptr), here, "");
        ExpectRefused(With(here, type == "string" ? json(7) : json("7")), here, "");
        ExpectRefused(With(here, type == "array" ? json::object() : json::array()), here, "");
        if (number)
        {
            const double least = property.contains("minimum")
                                     ? property["minimum"].get<double>() - 1
                                     : property["exclusiveMinimum"].get<double>();
            ExpectRefused(With(here, least), here, "; give ");
            ExpectRefused(With(here, property["maximum"].get<double>() * 2 + 1),
                          here,
                          "is too large; give ");
        }
        if (type == "integer")
        {
            ExpectRefused(With(here, property["minimum"].get<double>() + 0.5), here, "whole");
        }
        if (property.contains("enum") || property.contains("const") || whole.contains("anyOf"))
        {
            ExpectRefused(With(here, "nonsense"), here, "\"nonsense\" is not known; give ");
        }
        if (property.contains("pattern"))
        {
            ExpectRefused(With(here, std::string(65, 'x')), here, "has 65 characters");
            ExpectRefused(With(here, "x/y"), here, "contains");
        }
    }

    void DoRun() override
    {
        for (const auto& [kind, place] : PLACES)
        {
            const json schema = GetKind(kind);
            ExpectRefused(With(place + "/zzz", 1), place + "/zzz", "unknown key; remove it");
            for (const auto& [key, property] : schema["properties"].items())
            {
                CheckProperty(place + "/" + key,
                              property.contains("$ref") ? GetKind(key) : property);
            }
            for (const auto& key : schema["required"])
            {
                json scenario = json::parse(BASE);
                scenario[json::json_pointer(place)].erase(key.get<std::string>());
                ExpectRefused(scenario.dump(), place + "/" + key.get<std::string>(), "missing; ");
            }
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite that holds schema and reader together.
 */
class QkdnScenarioSchemaTestSuite : public TestSuite
{
  public:
    QkdnScenarioSchemaTestSuite()
        : TestSuite("qkdn-scenario-schema", Type::UNIT)
    {
        AddTestCase(new ScenarioTablesTest);
        AddTestCase(new ScenarioAcceptTest);
        AddTestCase(new ScenarioRefuseTest);
    }
};

static QkdnScenarioSchemaTestSuite g_qkdnScenarioSchemaTestSuite; //!< registers the suite
