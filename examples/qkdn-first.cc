/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// First tutorial script: stored key bridges a cut of the fibre, or it does not.
//
//               fibre: QKD link of 1 kbit/s, and packets
//        alice ========================================== bob
//               other-fibre: packets only
//
// A pair of applications asks for a key of 256 bits each second. The fibre is cut at 60 s for a
// minute; the key managers reach each other over the other one. The keys stored at the start last
// through the cut; with --initial-pool=5000 they do not.

#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/qkdn-resilience-module.h"

#include <iostream>

using namespace ns3;
using namespace ns3::qkdn;

int
main(int argc, char* argv[])
{
    uint64_t initialPoolBits = 20000;
    bool verbose = false;
    std::string output = "results/first";
    CommandLine cmd(__FILE__);
    cmd.AddValue("initial-pool", "Key bits that both ends hold at the start", initialPoolBits);
    cmd.AddValue("verbose", "Log what the quantum layer does", verbose);
    cmd.AddValue("output", "Folder of the results", output);
    cmd.Parse(argc, argv);
    if (verbose)
    {
        const auto level = static_cast<LogLevel>(LOG_LEVEL_INFO | LOG_PREFIX_TIME);
        QkdnLogHelper::EnableLogComponents(level, "quantum");
    }

    // [plant] two nodes with IP, and two fibres between them, each with a classical link
    NodeContainer nodes;
    nodes.Create(2);
    Names::Add("alice", nodes.Get(0));
    Names::Add("bob", nodes.Get(1));
    PlantHelper plant;
    plant.InstallStack(nodes);
    auto span = CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(25));
    auto otherSpan = CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(33));
    FibrePath path;
    FibrePath otherPath;
    path.AddSpan(span);
    otherPath.AddSpan(otherSpan);
    plant.Connect("fibre", "alice", "bob", path, DataRate("1Gbps"));
    plant.Connect("other-fibre", "alice", "bob", otherPath, DataRate("1Gbps"));

    // [keys] a key manager on each node, and a QKD link that fills the pool that they share
    KeyManagerHelper managers;
    managers.Install(nodes);
    QkdLinkHelper links;
    links.SetProtocol("ns3::qkdn::MeasuredRateProtocol");
    links.SetProtocolAttribute("Rate", DoubleValue(1000));
    links.SetModuleAttribute("InitialState", StringValue("running"));
    const QkdLink link = links.Install("link", path, "alice", "bob");
    managers.AddLink(link);

    // [applications] a master and a slave that use the same keys
    CryptographicApplicationHelper applications;
    applications.SetAttribute("Deadline", TimeValue(Seconds(1)));
    applications.Install("A", "alice", "bob");

    // [monitor] what is measured; initial keys come after it, so that it sees them
    const Ptr<ResilienceMonitor> monitor =
        ResilienceMonitorHelper().InstallAll({link}, applications.GetSessions());
    KeyManagerHelper::AddInitialKeys(link, initialPoolBits);

    // [fault] the fibre is cut in its middle; whom that concerns is for the report only
    auto cut = CreateObject<FibreCut>();
    cut->SetNames("cut", "fibre");
    cut->SetSpan(span, 0.5);
    auto injector = CreateObject<FaultInjector>();
    injector->Plan(cut, Seconds(60), Seconds(60));
    monitor->AddFaultInjector(injector);
    monitor->SetFaultScope("cut", {applications.GetSessions()[0].session.id});

    // [run]
    Simulator::Stop(Seconds(240));
    Simulator::Run();
    ExperimentResults results = monitor->Collect(Time(0));
    results.scenario = "first";
    ResultsWriter().WriteAll(results, output, std::cerr);
    TextReport().Write(results, output, std::cout);
    monitor->Dispose();
    Simulator::Destroy();
    return 0;
}
