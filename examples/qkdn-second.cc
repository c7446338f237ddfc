/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Second tutorial script: a key relay route that is set up before it is needed.
//
//           2            Four QKD links, each over a fibre of its own. A session between 1 and 4
//         /    \         gets its keys over 2. The fibre between 1 and 2 is cut at 60 s for a
//       1        4       minute: the QKD modules see it, the key manager of 1 moves the session to
//         \    /         the route over 3, which the controller on 3 has set up, and 20 s after
//           3            the repair back again. With --protect=0 it waits for the repair instead.

#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/qkdn-resilience-module.h"

#include <iostream>

using namespace ns3;
using namespace ns3::qkdn;

int
main(int argc, char* argv[])
{
    bool protect = true;
    std::string output = "results/second";
    CommandLine cmd(__FILE__);
    cmd.AddValue("protect", "Whether a second route is set up for the session", protect);
    cmd.AddValue("output", "Folder of the results", output);
    cmd.Parse(argc, argv);

    NodeContainer nodes;
    nodes.Create(4);
    for (uint32_t i = 0; i < 4; ++i)
    {
        Names::Add(std::to_string(i + 1), nodes.Get(i));
    }
    PlantHelper plant;
    plant.InstallStack(nodes);
    KeyManagerHelper managers;
    const ApplicationContainer keyManagers = managers.Install(nodes);

    // [links] by the numbers of their nodes; each is over a fibre of 30 km
    QkdLinkHelper linkHelper;
    linkHelper.SetProtocol("ns3::qkdn::MeasuredRateProtocol");
    linkHelper.SetProtocolAttribute("Rate", DoubleValue(4000));
    linkHelper.SetModuleAttribute("InitialState", StringValue("running"));
    std::vector<QkdLink> links;
    std::vector<Ptr<FibreSpan>> fibres;
    for (const std::string name : {"12", "24", "13", "34"})
    {
        fibres.push_back(CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(30)));
        FibrePath path;
        path.AddSpan(fibres.back());
        plant.Connect("f" + name, name.substr(0, 1), name.substr(1), path, DataRate("1Gbps"));
        links.push_back(linkHelper.Install(name, path, name.substr(0, 1), name.substr(1)));
        managers.AddLink(links.back());
    }

    // [control] a controller that sets routes up; it comes before the sessions
    const QkdnControllerHelper controllers;
    controllers.Connect(controllers.Install("3"), keyManagers);

    // [session] how the session is to survive failures
    SessionPolicy policy;
    policy.resilienceClass = protect ? CLASS_ROUTE_1_1 : CLASS_UNPROTECTED;
    policy.wtr = Seconds(20);
    CryptographicApplicationHelper applications;
    applications.SetPolicy(policy);
    applications.SetAttribute("Rate", DoubleValue(4));
    applications.Install("A", "1", "4").Start(Seconds(5));

    // [fault] with repair after some time
    const auto monitor = ResilienceMonitorHelper().InstallAll(links, applications.GetSessions());
    for (const QkdLink& link : links)
    {
        KeyManagerHelper::AddInitialKeys(link, 20000);
    }
    auto cut = CreateObject<FibreCut>();
    cut->SetNames("cut-12", "f12");
    cut->SetSpan(fibres.front(), 0.5);
    auto injector = CreateObject<FaultInjector>();
    injector->Plan(cut, Seconds(60), Seconds(60));
    monitor->AddFaultInjector(injector);
    monitor->SetFaultTarget("cut-12", {links.front().id}, {});

    // [run]
    Simulator::Stop(Seconds(200));
    Simulator::Run();
    ExperimentResults results = monitor->Collect(Time(0));
    results.scenario = "second";
    ResultsWriter().WriteAll(results, output, std::cerr);
    TextReport().Write(results, output, std::cout);
    monitor->Dispose();
    Simulator::Destroy();
    return 0;
}
