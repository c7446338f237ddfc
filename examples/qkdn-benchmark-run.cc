/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-benchmark-run.h"

#include "qkdn-benchmark-packet-counter.h"
#include "qkdn-benchmark-process.h"
#include "qkdn-benchmark-trace-file.h"

#include "ns3/inet-socket-address.h"
#include "ns3/node-list.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/qkdn-message-replay.h"
#include "ns3/qkdn-message-trace.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-scenario-runner.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/udp-client-server-helper.h"
#include "ns3/uinteger.h"

#include <fstream>
#include <iomanip>
#include <iostream>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

using namespace ns3;
using namespace ns3::qkdn;

namespace benchmark
{

namespace
{

/// Size of the packet that an application sends for each key, bytes.
constexpr uint32_t PAYLOAD_BYTES = 100;
/// UDP port of these packets.
constexpr uint16_t PAYLOAD_PORT = 9;

/// Compares the keys that both applications of each session get.
class KeyComparison
{
  public:
    /// Look at the keys of a session.
    void Watch(const std::pair<Ptr<CryptographicApplication>, Ptr<CryptographicApplication>>& pair)
    {
        for (const auto& application : {pair.first, pair.second})
        {
            application->TraceConnectWithoutContext("KeyHandedOver",
                                                    MakeCallback(&KeyComparison::HandedOver, this));
        }
    }

    /// Keys that both have, equal.
    uint64_t GetEqual() const
    {
        return m_equal;
    }

    /// Keys that both have, and that differ.
    uint64_t GetDifferent() const
    {
        return m_different;
    }

  private:
    /// Sink of KeyHandedOver.
    void HandedOver(const ApplicationIdentity& who, uint64_t /* sequence */, const SuppliedKey& key)
    {
        auto& open = m_open[who.session];
        const auto other = open.find(key.keyId);
        if (other == open.end())
        {
            open.emplace(key.keyId, key.material);
            return;
        }
        const bool equal = other->second.ToBytes() == key.material.ToBytes();
        (equal ? m_equal : m_different) += 1;
        open.erase(other);
    }

    /// keys that one application has, by session and key ID
    std::map<std::string, std::map<std::string, KeyMaterial>> m_open;
    uint64_t m_equal{0};     //!< keys that both have, equal
    uint64_t m_different{0}; //!< keys that both have, and that differ
};

/// Let the masters send a packet for each key that they ask for.
void
AddPayload(const NetworkOptions& options, const Scenario& scenario, const ScenarioBuilder& builder)
{
    for (const ScenarioSession& session : scenario.sessions)
    {
        const auto [master, slave] = builder.GetApplications(session.id);
        const InetSocketAddress to(PlantHelper::GetServiceAddress(slave->GetNode()), PAYLOAD_PORT);
        if (slave->GetNode()->GetNApplications() == 1)
        {
            PacketSinkHelper("ns3::UdpSocketFactory", to).Install(slave->GetNode());
        }
        UdpClientHelper client{Address(to)};
        client.SetAttribute("PacketSize", UintegerValue(PAYLOAD_BYTES));
        client.SetAttribute("MaxPackets", UintegerValue(std::numeric_limits<uint32_t>::max()));
        client.SetAttribute("Interval", TimeValue(Seconds(1 / options.keysPerSecond)));
        client.Install(master->GetNode()).Start(session.start);
    }
}

/// Run the workload; its packets' contents go to a trace, if there is one.
Counts
RunNetwork(const NetworkOptions& options,
           const Scenario& scenario,
           Time duration,
           const std::optional<std::string>& trace)
{
    RngSeedManager::SetSeed(scenario.simulation.seed);
    RngSeedManager::SetRun(scenario.simulation.run);
    Counts counts;
    {
        const ScenarioBuilder builder(scenario, options.name);
        KeyComparison keys;
        if (scenario.simulation.supply == ScenarioSupply::KEYS) // a flow has no applications
        {
            for (const ScenarioSession& session : scenario.sessions)
            {
                keys.Watch(builder.GetApplications(session.id));
            }
        }
        if (options.hasPayload)
        {
            AddPayload(options, scenario, builder);
        }
        std::ofstream out;
        Ptr<MessageTraceWriter> writer;
        if (trace)
        {
            out.open(*trace, std::ios::binary);
            writer = Create<MessageTraceWriter>(out);
            for (auto node = NodeList::Begin(); node != NodeList::End(); ++node)
            {
                writer->Watch(*node);
            }
        }
        // that of an instant shows what the network itself costs, and is over soon
        const bool shows = !options.quiet && duration == scenario.simulation.duration;
        const uint64_t own =
            ScenarioRunner::ScheduleProgress(duration, shows ? &std::cerr : nullptr);
        Simulator::Stop(duration);
        Simulator::Run();
        counts.events = Simulator::GetEventCount() - own;
        const ExperimentResults results = builder.GetMonitor()->Collect(Time(0));
        counts.packetHops = results.packets;
        for (const SessionResult& session : results.sessions)
        {
            counts.suppliedKeys += session.supplied;
        }
        counts.messages = writer ? writer->GetCount() : 0;
        counts.bytes = writer ? writer->GetBytes() : 0;
        counts.equalKeys = keys.GetEqual();
        counts.differentKeys = keys.GetDifferent();
        counts.simulatedSeconds = Simulator::Now().GetSeconds();
    }
    Simulator::Destroy();
    return counts;
}

/// Build the nodes and the classical network of a scenario, in which no program runs. Gives the
/// monitor, which traces of devices refer to.
Ptr<ResilienceMonitor>
BuildBareNetwork(const NetworkOptions& options, const Scenario& scenario)
{
    // what runs without being an application ends with the builder
    const ScenarioBuilder builder(scenario, options.name);
    for (auto node = NodeList::Begin(); node != NodeList::End(); ++node)
    {
        for (uint32_t i = 0; i < (*node)->GetNApplications(); ++i)
        {
            (*node)->GetApplication(i)->SetStartTime(Time::Max());
        }
    }
    return builder.GetMonitor();
}

/// Send what a trace holds over bare sockets in the same network, in which nothing else runs.
Counts
RunFloor(const NetworkOptions& options, const Scenario& scenario, const std::string& trace)
{
    const Ptr<ResilienceMonitor> monitor = BuildBareNetwork(options, scenario);
    const PacketCounter packets;
    std::ifstream in(trace, std::ios::binary);
    const auto replay = CreateObject<MessageReplay>();
    replay->Start(in);
    Simulator::Stop(scenario.simulation.duration);
    Simulator::Run();
    Counts counts;
    counts.events = Simulator::GetEventCount();
    counts.packetHops = packets.Get();
    counts.messages = replay->GetSentMessages();
    counts.bytes = replay->GetReceivedBytes();
    counts.simulatedSeconds = Simulator::Now().GetSeconds();
    replay->Dispose();
    Simulator::Destroy();
    return counts;
}

/// So many events that do nothing: what the event loop alone costs.
Counts
RunEvents(uint64_t events)
{
    /// Schedules itself again.
    struct Loop
    {
        /// An event.
        void Next()
        {
            if (--left > 0)
            {
                Simulator::Schedule(MicroSeconds(1), &Loop::Next, this);
            }
        }

        uint64_t left; //!< events still to come
    };

    Loop loop{events};
    Simulator::Schedule(MicroSeconds(1), &Loop::Next, &loop);
    Simulator::Run();
    Counts counts;
    counts.events = Simulator::GetEventCount();
    Simulator::Destroy();
    return counts;
}

/// What was measured of a workload.
struct Figures
{
    Measured run;                  //!< the workload
    Measured idle;                 //!< the same network before anything happens
    std::optional<Measured> floor; //!< its packets over bare sockets
    Measured events;               //!< as many events that do nothing
};

/// The figures as an object.
nlohmann::json
ToJson(const NetworkOptions& options, const Figures& figures)
{
    nlohmann::json out = {{"workload", options.name},
                          {"topology", options.topology},
                          {"sites", options.sites},
                          {"distance", options.distance},
                          {"fidelity", options.fidelity},
                          {"supply", options.supply},
                          {"ak", options.ak},
                          {"faults", options.faults},
                          {"simulated_s", figures.run.counts.simulatedSeconds},
                          {"supplied_keys", figures.run.counts.suppliedKeys},
                          {"equal_keys", figures.run.counts.equalKeys},
                          {"different_keys", figures.run.counts.differentKeys},
                          {"cpu_s", figures.run.cpuSeconds},
                          {"set_up_cpu_s", figures.idle.cpuSeconds},
                          {"memory_mib", figures.run.memoryMebibyte},
                          {"events", figures.run.counts.events},
                          {"packet_hops", figures.run.counts.packetHops},
                          {"event_loop_cpu_s", figures.events.cpuSeconds}};
    if (figures.floor)
    {
        out["floor_cpu_s"] = figures.floor->cpuSeconds;
        out["floor_events"] = figures.floor->counts.events;
        out["floor_packet_hops"] = figures.floor->counts.packetHops;
        out["ratio_to_floor"] = figures.run.cpuSeconds / figures.floor->cpuSeconds;
    }
    return out;
}

/// Print the figures.
void
Print(const NetworkOptions& options, const Figures& figures)
{
    const nlohmann::json values = ToJson(options, figures);
    if (options.format == "json")
    {
        std::cout << values.dump() << std::endl;
        return;
    }
    for (const auto& [name, value] : values.items())
    {
        std::cout << std::left << std::setw(20) << name << " ";
        if (value.is_number_float())
        {
            std::cout << std::fixed << std::setprecision(3) << value.get<double>() << "\n";
        }
        else
        {
            std::cout << (value.is_string() ? value.get<std::string>() : value.dump()) << "\n";
        }
    }
    std::cout << std::flush;
}

} // namespace

bool
MeasureNetwork(const NetworkOptions& options)
{
    const auto tell = [&options](const std::string& what) {
        if (!options.quiet)
        {
            std::cerr << what << std::endl;
        }
    };
    const nlohmann::json description = MakeNetworkScenario(options);
    const Scenario scenario =
        ScenarioReader::ReadString(description.dump(), "workload " + options.name);
    if (!options.file.empty())
    {
        std::ofstream out(options.file);
        out << description.dump(2) << std::endl;
        if (!out)
        {
            throw std::runtime_error(options.file + ": cannot be written");
        }
    }
    Figures figures;
    tell("workload " + options.name);
    const Time duration = scenario.simulation.duration;
    figures.run = Measure([&] { return RunNetwork(options, scenario, duration, std::nullopt); });
    figures.idle =
        Measure([&] { return RunNetwork(options, scenario, NanoSeconds(1), std::nullopt); });
    if (options.hasFloor && options.faults == 0)
    {
        const TraceFile file;
        tell("again, with a trace");
        const Measured traced =
            Measure([&] { return RunNetwork(options, scenario, duration, file.GetName()); });
        tell("its packets over bare sockets");
        figures.floor = Measure([&] { return RunFloor(options, scenario, file.GetName()); });
        if (traced.counts.events != figures.run.counts.events)
        {
            throw std::runtime_error("two runs of the same workload differ");
        }
    }
    figures.events = Measure([&figures] { return RunEvents(figures.run.counts.events); });
    Print(options, figures);
    // a flow has amounts, not keys
    const bool some = options.supply == "flow" ? figures.run.counts.suppliedKeys > 0
                                               : figures.run.counts.equalKeys > 0;
    return some && figures.run.counts.differentKeys == 0;
}

} // namespace benchmark
