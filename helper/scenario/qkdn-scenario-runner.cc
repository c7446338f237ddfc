/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-runner.h"

#include "qkdn-scenario-builder.h"
#include "qkdn-scenario-map.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <chrono>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Reports of progress in a run.
constexpr int64_t PROGRESS_STEPS = 10;

/// The simulator is clean again when the run is over, also if it is left by an exception.
struct SimulatorGuard
{
    ~SimulatorGuard()
    {
        Simulator::Destroy();
    }
};

} // namespace

void
ScenarioRunner::SetProgress(std::ostream* progress)
{
    m_progress = progress;
}

void
ScenarioRunner::SetPcap(const std::string& prefix)
{
    m_pcapPrefix = prefix;
}

uint64_t
ScenarioRunner::ScheduleProgress(Time duration, std::ostream* progress)
{
    const auto report = [duration, progress] {
        if (progress)
        {
            *progress << "simulated " << Simulator::Now().GetSeconds() << " s of "
                      << duration.GetSeconds() << " s" << std::endl;
        }
    };
    for (int64_t step = 1; step < PROGRESS_STEPS; ++step)
    {
        Simulator::Schedule(NanoSeconds(duration.GetNanoSeconds() / PROGRESS_STEPS * step), report);
    }
    return PROGRESS_STEPS - 1;
}

ExperimentResults
ScenarioRunner::Run(const Scenario& scenario, const std::string& source) const
{
    const auto begin = std::chrono::steady_clock::now();
    RngSeedManager::SetSeed(scenario.simulation.seed);
    RngSeedManager::SetRun(scenario.simulation.run);
    const SimulatorGuard guard;
    const Time duration = scenario.simulation.duration;
    const ScenarioBuilder builder(scenario, source);
    if (!m_pcapPrefix.empty())
    {
        builder.EnablePcap(m_pcapPrefix);
    }
    ScheduleProgress(duration, m_progress);
    Simulator::Stop(duration);
    Simulator::Run();
    ExperimentResults results = builder.GetMonitor()->Collect(scenario.simulation.warmUp);
    results.scenario = scenario.name;
    results.description = scenario.description;
    results.map = MakeNetworkMap(scenario);
    results.wallSeconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return results;
}

} // namespace qkdn
} // namespace ns3
