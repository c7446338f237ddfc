/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Two nodes, two fibres and one QKD link, made with the helpers. A pair of applications asks for
// a key each second. The fibre of the QKD link is cut at 60 s for a minute; the key managers reach
// each other over the other fibre.
//
// The keys stored at the start last through the cut. With --initial-pool=5000 they do not.

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
    std::string output = "results/first";
    CommandLine cmd(__FILE__);
    cmd.Usage("A QKD link whose fibre is cut for a minute.");
    cmd.AddValue("initial-pool", "Key bits that both ends hold at the start", initialPoolBits);
    cmd.AddValue("output", "Folder of the results", output);
    cmd.Parse(argc, argv);

    // two nodes with IP, and two fibres between them, each with a classical link
    NodeContainer nodes;
    nodes.Create(2);
    PlantHelper plant;
    plant.InstallStack(nodes);
    Ptr<FibreSpan> span = CreateObject<FibreSpan>();
    span->SetAttribute("LengthKm", DoubleValue(25));
    FibrePath path;
    path.AddSpan(span);
    Ptr<FibreSpan> otherSpan = CreateObject<FibreSpan>();
    otherSpan->SetAttribute("LengthKm", DoubleValue(33));
    FibrePath otherPath;
    otherPath.AddSpan(otherSpan);
    plant.Connect("fibre", nodes.Get(0), nodes.Get(1), path, DataRate("1Gbps"));
    plant.Connect("other-fibre", nodes.Get(0), nodes.Get(1), otherPath, DataRate("1Gbps"));
    const Ipv4Address alice = PlantHelper::GetServiceAddress(nodes.Get(0));
    const Ipv4Address bob = PlantHelper::GetServiceAddress(nodes.Get(1));

    // a key manager on each node
    KeyManagerHelper managers;
    Ptr<KeyManager> kmAlice = managers.Install(nodes.Get(0), KmId(1), alice, false);
    Ptr<KeyManager> kmBob = managers.Install(nodes.Get(1), KmId(2), bob, false);
    managers.Connect(kmAlice, alice, kmBob, bob);

    // a QKD link of 1 kbit/s over the first fibre
    Ptr<MeasuredRateProtocol> protocol = CreateObject<MeasuredRateProtocol>();
    protocol->SetAttribute("Rate", DoubleValue(1000));
    QkdLinkHelper links;
    links.SetModuleAttribute("InitialState", StringValue("running"));
    const QkdLink link = links.Install(LinkId(1),
                                       "link",
                                       path,
                                       protocol,
                                       {nodes.Get(0), alice, PeekPointer(kmAlice)},
                                       {nodes.Get(1), bob, PeekPointer(kmBob)},
                                       7100);

    // a pair of applications that asks for keys of 256 bits
    KeySession session;
    session.id = SessionId(1);
    session.name = "A";
    session.masterSae = "A-master";
    session.slaveSae = "A-slave";
    session.masterKm = kmAlice->GetKmId();
    session.slaveKm = kmBob->GetKmId();
    kmAlice->AddSession(session);
    kmBob->AddSession(session);
    CryptographicApplicationHelper applications;
    applications.SetAttribute("Deadline", TimeValue(Seconds(1)));
    const ApplicationContainer pair =
        applications.Install(session.name, nodes.Get(0), alice, nodes.Get(1), bob);
    Ptr<CryptographicApplication> master = DynamicCast<CryptographicApplication>(pair.Get(0));
    Ptr<CryptographicApplication> slave = DynamicCast<CryptographicApplication>(pair.Get(1));
    master->SetKeySupplyService(PeekPointer(kmAlice));
    slave->SetKeySupplyService(PeekPointer(kmBob));

    // the fault
    Ptr<FibreCut> cut = CreateObject<FibreCut>();
    cut->SetNames("cut", "fibre");
    cut->SetSpan(span, 0.5);
    Ptr<FaultInjector> injector = CreateObject<FaultInjector>();
    injector->Plan(cut, Seconds(60), Seconds(60));

    // what is measured
    Ptr<ResilienceMonitor> monitor = CreateObject<ResilienceMonitor>();
    monitor->AddKeyManager(kmAlice, "alice");
    monitor->AddKeyManager(kmBob, "bob");
    monitor->AddQkdLink("link", link.transmitter, link.receiver, kmAlice, kmBob, 0);
    MonitoredSession monitored;
    monitored.session = session;
    monitored.deadline = Seconds(1);
    monitored.master = master;
    monitored.slave = slave;
    monitor->AddSession(monitored);
    monitor->AddFaultInjector(injector);
    for (const auto& classical : plant.GetTopology()->GetLinks())
    {
        monitor->AddDevice(classical->GetDevice(false));
        monitor->AddDevice(classical->GetDevice(true));
    }
    monitor->SetFaultScope("cut", {session.id});

    // the initial keys come last, so that the monitor sees them
    managers.AddLink(LinkId(1), "link", kmAlice, kmBob, initialPoolBits);

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
