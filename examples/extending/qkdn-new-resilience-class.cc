/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// A resilience class that the module does not have: local detour. After a failure the session stays
// on its working route and goes around the failed hop alone, where "restoration" searches from end
// to end. Runs both on the same failure, and fails if one of them does not do what it says.

#include "ns3/core-module.h"
#include "ns3/qkdn-resilience-module.h"

#include <algorithm>
#include <iostream>

using namespace ns3;
using namespace ns3::qkdn;

// [class begins]
/// Recovery over the working route with a detour around what has failed.
class LocalDetour : public ResilienceScheme
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::LocalDetour")
                                .SetParent<ResilienceScheme>()
                                .AddConstructor<LocalDetour>()
                                .AddAttribute("MaxDetourHops",
                                              "Longest detour; else from end to end.",
                                              UintegerValue(4),
                                              MakeUintegerAccessor(&LocalDetour::m_maxHops),
                                              MakeUintegerChecker<uint32_t>(2));
        return tid;
    }

    /// The controller installs recovery routes after the failure, as in this class.
    ResilienceClass GetMechanism() const override
    {
        return CLASS_RESTORATION;
    }

    std::optional<RecoveryPlan> PlanRecovery(const SessionPolicy& policy,
                                             const RecoveryRequest& request,
                                             RoutePlanner& planner) override
    {
        const auto working =
            std::find_if(request.own.begin(), request.own.end(), [](const PromisedRoute& own) {
                return own.route.role == ROUTE_WORKING;
            });
        if (working == request.own.end())
        {
            return ResilienceScheme::PlanRecovery(policy, request, planner);
        }
        const std::vector<KmId>& kms = working->route.kms;
        const auto hasFailed = [&](std::size_t hop) {
            const KmHop here(kms[hop], kms[hop + 1]);
            return request.needs.avoidedHops.count(here) > 0 || !planner.GetView().IsUsable(here);
        };
        std::size_t first = 0; // the detour leads around hops first to last
        std::size_t last = kms.size() - 2;
        for (; first < last && !hasFailed(first); ++first)
        {
        }
        for (; last > first && !hasFailed(last); --last)
        {
        }
        RouteNeeds needs = request.needs;
        needs.from = kms[first];
        needs.to = kms[last + 1];
        needs.avoidedKms.insert(kms.begin(), kms.begin() + first);
        needs.avoidedKms.insert(kms.begin() + last + 2, kms.end());
        const std::optional<RoutePlan> detour = planner.PlanWorking(needs);
        if (!detour || detour->working.size() > m_maxHops + 1)
        {
            return ResilienceScheme::PlanRecovery(policy, request, planner);
        }
        PlannedRoute route{{kms.begin(), kms.begin() + first}, request.needs.demandBps};
        route.kms.insert(route.kms.end(), detour->working.begin(), detour->working.end());
        route.kms.insert(route.kms.end(), kms.begin() + last + 2, kms.end());
        RecoveryPlan plan;
        plan.routes.push_back(route);
        return plan;
    }

  private:
    uint32_t m_maxHops{0};
};

NS_OBJECT_ENSURE_REGISTERED(LocalDetour);

// [class ends]

/// The one recovery of a run in which the working route A-B-C-D is cut between B and C.
RecoveryResult
Run(const std::string& resilienceClass)
{
    // around the cut: B-E-F-C; from end to end: A-G-H-I-D, of which no hop is in use
    std::string fibres;
    std::string links;
    for (const std::string id : {"AB", "BC", "CD", "BE", "EF", "FC", "AG", "GH", "HI", "ID"})
    {
        const std::string ends = R"(":")" + id.substr(0, 1) + R"(",")";
        fibres += R"({"length_km":20,"id":")" + id + R"(","a)" + ends + R"(b":")" + id[1] + "\"},";
        links += R"({"protocol":{"type":"measured","rate_bps":5000},"initial_state":"running",)"
                 R"("fibres":[")" +
                 id + R"("],"id":")" + id + R"(","tx)" + ends + R"(rx":")" + id[1] + "\"},";
    }
    fibres.pop_back();
    links.pop_back();
    // [class in a scenario begins]
    const Scenario scenario =
        ScenarioReader::ReadString(R"({"name": "new-class", "simulation": {"duration_s": 40},
      "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}, {"id": "D"}, {"id": "E"}, {"id": "F"},
                {"id": "G"}, {"id": "H"}, {"id": "I"}],
      "fibres": [)" + fibres + R"(], "qkd_links": [)" +
                                       links + R"(], "controllers": [{"id": "C1", "node": "E"}],
      "sessions": [{"id": "S", "master": "A", "slave": "D", "rate_keys_per_s": 5, "start_s": 5,
                    "toleration_s": 1, "resilience": {"class": ")" +
                                       resilienceClass + R"("}}],
      "faults": [{"id": "cut", "at_s": 20, "type": "fibre-cut", "target": "BC"}]})",
                                   "new-class");
    // [class in a scenario ends]
    const ExperimentResults results = ScenarioRunner().Run(scenario, "new-class");
    NS_ABORT_MSG_UNLESS(results.recoveries.size() == 1, "there is not one recovery");
    return results.recoveries.front();
}

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Usage("A resilience class that is defined outside of the module.");
    cmd.Parse(argc, argv);
    // [class in a script begins]
    SessionPolicy policy;
    QkdnControllerHelper::SetScheme(policy, "ns3::LocalDetour[MaxDetourHops=3]");
    // [class in a script ends]
    bool good = true;
    for (const auto& [name, expected] :
         {std::pair("restoration", "AGHID"), std::pair(policy.scheme.c_str(), "ABEFCD")})
    {
        const RecoveryResult recovery = Run(name);
        std::string after;
        for (const std::string& km : recovery.routeAfter)
        {
            after += km;
        }
        good = good && after == expected && recovery.mechanism == name &&
               recovery.outcome == RECOVERY_RECOVERED;
        std::cout << recovery.mechanism << ": " << RecoveryOutcomeName(recovery.outcome) << " over "
                  << after << ", " << recovery.recoveredBps.value_or(0)
                  << " bit/s, first key after "
                  << recovery.markers.ComputeStages().total->As(Time::MS) << ", "
                  << recovery.controlMessages << " control messages\n";
    }
    return good ? 0 : 1;
}
