/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_RESTORATION_NETWORK_H
#define QKDN_LINK_RESTORATION_NETWORK_H

#include "ns3/qkdn-controller.h"
#include "ns3/qkdn-link-protection-agent.h"
#include "ns3/qkdn-link-restoration.h"
#include "ns3/qkdn-resilience-monitor.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Runs of two QKD nodes with two working QKD links, W0 and W1, two spare module pairs, P0
 * (30 km) and P1 (24 km), a spare fibre for W0 (20 km), and a controller at a third node. The fibre
 * of W0 is cut at 8 s and repaired at 16 s. Groups wait 3 s before they revert.
 */
class LinkRestorationTest : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    using Overrides = std::vector<ScenarioOverride>; //!< changes of the scenario

    static constexpr double CUT_S = 8;     //!< the fibre of W0 is cut
    static constexpr double REPAIR_S = 16; //!< and good again
    static constexpr double WTR_S = 3;     //!< wait to restore
    static constexpr double RESYNC_S = 1;  //!< resynchronisation of modules

    /// A step of a decision, as the controller sees it.
    struct Step
    {
        Time at;                //!< when
        std::string controller; //!< who
        uint32_t working{0};    //!< the working entity
        std::string selected;   //!< the entity
        std::string result;     //!< "decided", or the name of the step
        std::string reason;     //!< more about it
    };

    /**
     * @brief The network.
     * @return text of a scenario file
     */
    static std::string GetText()
    {
        std::string links;
        for (const std::string id : {"w0", "w1", "p0", "p1"})
        {
            links += std::string(links.empty() ? "" : ",") + R"({"id": ")" + id +
                     R"(", "tx": "1", "rx": "2", "fibres": ["f-)" + id +
                     R"("], "initial_pool_bit": 4000, "initial_state": "running",
                        "resync_s": 1, "protocol": {"type": "measured", "rate_bps": 4000,
                                                    "block_key_bit": 800}})";
        }
        return R"({
  "name": "link-restoration",
  "simulation": {"duration_s": 24, "distillation": "ideal"},
  "nodes": [{"id": "1"}, {"id": "2"}, {"id": "N"}],
  "fibres": [{"id": "f-N1", "a": "N", "b": "1", "length_km": 10},
             {"id": "f-N2", "a": "N", "b": "2", "length_km": 10},
             {"id": "f-w0", "a": "1", "b": "2", "length_km": 20, "classical": false,
              "risk_groups": ["duct"]},
             {"id": "f-w1", "a": "1", "b": "2", "length_km": 20, "classical": false},
             {"id": "f-p0", "a": "1", "b": "2", "length_km": 30, "classical": false},
             {"id": "f-p1", "a": "1", "b": "2", "length_km": 24, "classical": false},
             {"id": "f-s", "a": "1", "b": "2", "length_km": 20, "classical": false}],
  "qkd_links": [)" +
               links +
               R"(],
  "optical_switches": [{"id": "s1", "node": "1", "switching_s": 0.02},
                       {"id": "s2", "node": "2", "switching_s": 0.02}],
  "protection_groups": [{"id": "g", "class": "link-restoration", "working": ["w0", "w1"],
                         "protection": ["p0", "p1"], "wtr_s": 3, "start_timeout_s": 4}],
  "key_management": {"kx_authentication": "none", "reserve_bit": 0},
  "controllers": [{"id": "C1", "node": "N"}],
  "manager": {"node": "N"},
  "sessions": [{"id": "S", "master": "1", "slave": "2", "key_size_bit": 256,
                "rate_keys_per_s": 2, "start_s": 4, "stop_s": 22}],
  "faults": [{"id": "cut", "at_s": 8, "type": "fibre-cut", "target": "f-w0",
              "repair_after_s": 8}]
})";
    }

    /**
     * @brief A change of the pool of the group.
     * @param spares text of "protection"
     * @return the change
     */
    static ScenarioOverride UsePool(const std::string& spares)
    {
        return {"/protection_groups/0/protection", spares};
    }

    /**
     * @brief The spare fibre of W0.
     * @return text of the entity
     */
    static std::string GetSpareFibre()
    {
        return R"({"modules_of": "w0", "fibres": ["f-s"], "switches": ["s1", "s2"]})";
    }

    /**
     * @brief One more fault.
     * @param id its id
     * @param at time, s
     * @param type its type
     * @param target what breaks
     * @param after time to the repair, s
     * @return the change
     */
    static ScenarioOverride AddFault(const std::string& id,
                                     double at,
                                     const std::string& type,
                                     const std::string& target,
                                     double after)
    {
        return {"/faults/-",
                R"({"id": ")" + id + R"(", "at_s": )" + std::to_string(at) + R"(, "type": ")" +
                    type + R"(", "target": ")" + target + R"(", "repair_after_s": )" +
                    std::to_string(after) + "}"};
    }

    /**
     * @brief Run the network. What the controllers decide and what the agents are told is noted;
     * books balance, stages add up, no command is begun twice.
     * @param changes changes of the scenario
     * @param what the run
     * @return what was measured
     */
    ExperimentResults RunNetwork(const Overrides& changes, const std::string& what)
    {
        const Scenario scenario = ScenarioReader::ReadString(GetText(), "restoration", changes);
        RngSeedManager::SetSeed(scenario.simulation.seed);
        RngSeedManager::SetRun(scenario.simulation.run);
        m_steps.clear();
        m_informed.clear();
        m_begun.clear();
        m_status.clear();
        ExperimentResults results;
        {
            ScenarioBuilder builder(scenario, "restoration");
            for (const ScenarioController& controller : scenario.controllers)
            {
                Watch(builder.GetController(controller.id)->GetLinkRestoration(), controller.id);
            }
            for (const char* node : {"1", "2"})
            {
                const Ptr<LinkProtectionAgent> agent = builder.GetLinkProtectionAgent(node);
                agent->GetRestorationClient()->TraceConnectWithoutContext(
                    "Command",
                    MakeCallback(&LinkRestorationTest::NoteCommand, this));
                agent->TraceConnectWithoutContext(
                    "GroupStatus",
                    MakeCallback(&LinkRestorationTest::NoteStatus, this));
            }
            Prepare(builder);
            Simulator::Stop(scenario.simulation.duration);
            Simulator::Run();
            results = builder.GetMonitor()->Collect(scenario.simulation.warmUp);
        }
        Simulator::Destroy();
        CheckHonest(results, what);
        return results;
    }

    /**
     * @brief The record of an episode of the group.
     * @param results the run
     * @param who group or working entity
     * @param fault the fault that began it
     * @return the record, an empty one if there is none
     */
    RecoveryResult Find(const ExperimentResults& results,
                        const std::string& who,
                        const std::string& fault)
    {
        for (const RecoveryResult& recovery : results.recoveries)
        {
            if (recovery.sessionOrGroup == who && recovery.fault == fault)
            {
                return recovery;
            }
        }
        NS_TEST_EXPECT_MSG_EQ(who, "", "no record of fault " << fault);
        return RecoveryResult();
    }

    /**
     * @brief What the controllers decided and what became of it, in short.
     * @return for example "W0>P1:acknowledged"
     */
    std::string GetStory() const
    {
        std::string story;
        for (const Step& step : m_steps)
        {
            if (step.result != "decided")
            {
                story += (story.empty() ? "W" : " W") + std::to_string(step.working) + ">" +
                         step.selected + ":" + step.result;
            }
        }
        return story;
    }

    std::vector<Step> m_steps;                         //!< of all controllers
    std::vector<std::pair<Time, uint32_t>> m_informed; //!< failures that controllers learned of
    std::map<uint32_t, GroupStatus> m_status;          //!< last status by end
    /// commands that were begun: how often, by end and number
    std::map<std::pair<uint32_t, uint64_t>, uint32_t> m_begun;

    /**
     * @brief What a test does before a run begins.
     * @param builder the network
     */
    virtual void Prepare(ScenarioBuilder& /* builder */)
    {
    }

  private:
    /// Note what a controller does.
    void Watch(Ptr<LinkRestoration> restoration, const std::string& controller)
    {
        restoration->TraceConnectWithoutContext(
            "Informed",
            MakeCallback(&LinkRestorationTest::NoteInformed, this));
        restoration->TraceConnect("Decided",
                                  controller,
                                  MakeCallback(&LinkRestorationTest::NoteDecided, this));
        restoration->TraceConnect("Step",
                                  controller,
                                  MakeCallback(&LinkRestorationTest::NoteStep, this));
    }

    /// A controller knows of a failure.
    void NoteInformed(const std::string&, uint32_t working, IncidentId)
    {
        m_informed.emplace_back(Simulator::Now(), working);
    }

    /// A controller decides.
    void NoteDecided(std::string controller,
                     const std::string&,
                     uint32_t working,
                     ProtectionEntity selected,
                     IncidentId)
    {
        m_steps.push_back(
            {Simulator::Now(), controller, working, selected.ToString(), "decided", ""});
    }

    /// Something becomes of a decision.
    void NoteStep(std::string controller,
                  const std::string&,
                  uint32_t working,
                  ProtectionEntity selected,
                  RestorationStep step,
                  const std::string& reason,
                  IncidentId)
    {
        m_steps.push_back({Simulator::Now(),
                           controller,
                           working,
                           selected.ToString(),
                           RestorationStepName(step),
                           reason});
    }

    /// A command has come.
    void NoteCommand(const std::string&,
                     uint32_t end,
                     const CqSelect& command,
                     const std::string& result)
    {
        m_begun[{end, command.number}] += result == "begun" ? 1 : 0;
    }

    /// An end says how the group is.
    void NoteStatus(const GroupStatus& status, IncidentId)
    {
        m_status[status.end] = status;
    }

    /// Books, stages, commands.
    void CheckHonest(const ExperimentResults& results, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ(results.conservation.Balances(), true, what << ": books");
        NS_TEST_EXPECT_MSG_EQ(results.conservation.violations.size(), 0, what << ": violations");
        for (const RecoveryResult& recovery : results.recoveries)
        {
            const RecoveryStages stages = recovery.markers.ComputeStages();
            Time sum;
            for (const Time& stage : stages.stage)
            {
                sum += stage;
            }
            NS_TEST_EXPECT_MSG_EQ(stages.total.value_or(sum), sum, what << ": stages add up");
            NS_TEST_EXPECT_MSG_EQ(recovery.markers.FindDisorder(), "", what << ": markers");
        }
        for (const auto& [command, times] : m_begun)
        {
            NS_TEST_EXPECT_MSG_EQ(times,
                                  1,
                                  what << ": command " << command.second << " at end "
                                       << command.first);
        }
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_RESTORATION_NETWORK_H */
