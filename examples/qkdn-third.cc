/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Third tutorial script: an experiment of your own, with trace sources, Config paths and a plot.
//
// The fibre of a QKD link is cut at random times: on average after 200 s, for 40 s. --RngRun=2, 3
// ... draw other times, --ns3::qkdn::QkdModule::ResyncTime=1s makes modules recover in that time.

#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/qkdn-resilience-module.h"
#include "ns3/stats-module.h"

#include <fstream>
#include <iostream>

using namespace ns3;
using namespace ns3::qkdn;

/// [sinks] of trace sources: the number of free bits in a pool, and the end of a request
void
Level(Gnuplot2dDataset* plot, std::string /* path */, KmId, KmId, uint64_t bits)
{
    plot->Add(Simulator::Now().GetSeconds(), static_cast<double>(bits));
}

void
Ended(uint32_t* failed, const ApplicationIdentity&, const RequestEnd& end)
{
    *failed += end.outcome == REQUEST_ON_TIME ? 0 : 1;
}

// [main]
int
main(int argc, char* argv[])
{
    CommandLine(__FILE__).Parse(argc, argv);
    // [network] fibre for light alone, packets take another way
    Config::SetDefault("ns3::qkdn::QkdModule::InitialState", StringValue("running"));
    NodeContainer nodes;
    nodes.Create(2);
    Names::Add("alice", nodes.Get(0));
    Names::Add("bob", nodes.Get(1));
    PlantHelper plant;
    plant.InstallStack(nodes);
    plant.ConnectLocal("packets", nodes.Get(0), nodes.Get(1), MilliSeconds(1), DataRate("1Gbps"));
    auto span = CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(25));
    FibrePath path;
    path.AddSpan(span);
    KeyManagerHelper managers;
    managers.Install(nodes);
    QkdLinkHelper links;
    links.SetProtocol("ns3::qkdn::MeasuredRateProtocol");
    links.SetProtocolAttribute("Rate", DoubleValue(1000));
    const QkdLink link = links.Install("link", path, "alice", "bob");
    managers.AddLink(link);
    KeyManagerHelper::AddInitialKeys(link, 5000);
    CryptographicApplicationHelper().Install("A", "alice", "bob");

    // [config] attributes by the path of a class in ns-3's lists, or of what has a name
    Config::Set("/NodeList/*/ApplicationList/*/$ns3::qkdn::QkdModule/QberAbort", DoubleValue(0.1));
    Config::Set("/Names/alice/application-A/Deadline", TimeValue(Seconds(1)));

    // [traces] to sinks, and to a file
    Gnuplot2dDataset pool("key bits of alice");
    Config::Connect("/Names/alice/key-manager/PoolList/*/Level", MakeBoundCallback(&Level, &pool));
    uint32_t failed = 0;
    Config::ConnectWithoutContext("/Names/alice/application-A/RequestEnded",
                                  MakeBoundCallback(&Ended, &failed));
    QkdLinkHelper::EnableAscii(AsciiTraceHelper().CreateFileStream("third.tr"), link.GetModules());

    // [faults] at random; the streams follow from the name of the component
    auto cuts = CreateObject<FaultProcess>();
    cuts->SetComponent("fibre-cut", "fibre");
    cuts->SetTimes({TIME_EXPONENTIAL, 200}, {TIME_EXPONENTIAL, 40});
    cuts->SetInjector(CreateObject<FaultInjector>());
    cuts->SetSource([span](uint32_t number) {
        auto cut = CreateObject<FibreCut>();
        cut->SetNames("cut-" + std::to_string(number), "fibre");
        cut->SetSpan(span, 0.5);
        return cut;
    });
    cuts->Begin();
    Simulator::Stop(Seconds(1000));
    Simulator::Run();
    std::cout << "run " << RngSeedManager::GetRun() << ": " << cuts->GetResult().faults << " cuts, "
              << failed << " requests without a key in time\n";
    Gnuplot plot("third.png", "Pool of a QKD link whose fibre is cut at random");
    plot.SetLegend("time (s)", "key (bit)");
    plot.AddDataset(pool);
    std::ofstream file("third.plt");
    plot.GenerateOutput(file);
    cuts->Dispose();
    Simulator::Destroy();
    return 0;
}
