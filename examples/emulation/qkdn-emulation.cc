/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// A scenario in real time, in which programs of this machine take the place of the applications of
// a session: a client of ETSI GS QKD 014, for example curl, gets keys from the key managers at
// both ends while the fibre between them is cut. It is started by tools/emulation.sh, which makes a
// network namespace for each client.
//
// At each end a TAP device that this program opens is joined to the node of the key manager by an
// FdNetDevice of ns-3. Exit code: 0 the run went through, 1 it failed, 2 the command line or the
// scenario is wrong, 77 no TAP device can be opened.

#include "ns3/boolean.h"
#include "ns3/command-line.h"
#include "ns3/fd-net-device.h"
#include "ns3/global-value.h"
#include "ns3/ipv4.h"
#include "ns3/qkdn-report-error.h"
#include "ns3/qkdn-results-writer.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-text-report.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdexcept>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr int SKIPPED = 77; //!< exit code that test programs take for "not run"

/// There is no TAP device to be had.
class NoTapError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/// The command line.
struct Options
{
    std::string scenario{"examples/emulation/emulation.json"}; //!< scenario file
    std::string session{"E"};                                  //!< session of the programs outside
    std::string output{"results/emulation"};                   //!< folder for results
    std::string masterTap{"qkdn-master"};                      //!< TAP device at the master
    std::string slaveTap{"qkdn-slave"};                        //!< TAP device at the slave
};

/**
 * @brief Open a TAP device; it is gone when the program ends.
 * @param name its name
 * @return its file descriptor
 * @throw NoTapError if this is not possible
 */
int
OpenTap(const std::string& name)
{
    const int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0)
    {
        throw NoTapError("/dev/net/tun: " + std::string(std::strerror(errno)));
    }
    ifreq request{};
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    if (ioctl(fd, TUNSETIFF, &request) < 0)
    {
        const std::string reason = std::strerror(errno);
        close(fd);
        throw NoTapError("TAP device " + name + ": " + reason);
    }
    return fd;
}

/// One end of the session: a program outside and its key manager.
struct End
{
    std::string role;      //!< master or slave
    std::string sae;       //!< SAE id of the program
    std::string tap;       //!< TAP device
    std::string subnet;    //!< begin of the addresses of the TAP device and the node
    Ptr<KeyManager> km;    //!< the key manager
    Ipv4Address kmAddress; //!< its service address
    Ptr<Node> node;        //!< its node
};

/**
 * @brief Join a TAP device to the node of a key manager, and let the program behind it call.
 * @param end the end of the session
 */
void
Join(const End& end)
{
    Ptr<FdNetDevice> device = CreateObject<FdNetDevice>();
    device->SetAddress(Mac48Address::Allocate());
    device->SetFileDescriptor(OpenTap(end.tap));
    end.node->AddDevice(device);
    Ptr<Ipv4> ipv4 = end.node->GetObject<Ipv4>();
    const uint32_t interface = ipv4->AddInterface(device);
    const Ipv4Address gateway((end.subnet + ".1").c_str());
    ipv4->AddAddress(interface, Ipv4InterfaceAddress(gateway, Ipv4Mask("/24")));
    ipv4->SetUp(interface);
    end.km->GetKeyDeliveryServer()->AddSae(end.sae, Ipv4Address((end.subnet + ".2").c_str()));
    // read by the script: role, SAE id, TAP device, address of the program, gateway, key manager
    std::cout << "end " << end.role << " " << end.sae << " " << end.tap << " " << end.subnet
              << ".2/24 " << gateway << " " << end.kmAddress << std::endl;
}

/**
 * @brief Put programs outside in the place of the applications of a session.
 * @param builder what built the scenario
 * @param scenario the scenario
 * @param options the command line
 */
void
JoinPrograms(const ScenarioBuilder& builder, const Scenario& scenario, const Options& options)
{
    for (const ScenarioSession& session : scenario.sessions)
    {
        if (session.id != options.session)
        {
            continue;
        }
        const auto [master, slave] = builder.GetApplications(session.id);
        const auto join = [&](const std::string& role,
                              const std::string& tap,
                              const std::string& subnet,
                              const std::string& nodeId,
                              const Ptr<CryptographicApplication>& application) {
            // the program outside asks in its place
            application->SetStartTime(Time::Max());
            const Ptr<KeyManager> km = builder.GetKeyManager(nodeId);
            const Ptr<Node> node = km->GetNode();
            Join({role,
                  application->GetIdentity().sae,
                  tap,
                  subnet,
                  km,
                  PlantHelper::GetServiceAddress(node),
                  node});
        };
        join("master", options.masterTap, "192.168.101", session.master, master);
        join("slave", options.slaveTap, "192.168.102", session.slave, slave);
        return;
    }
    throw ScenarioError(options.scenario,
                        "sessions",
                        "has no session " + options.session,
                        "give --session=ID of a session whose ak is http");
}

/**
 * @brief Run the scenario in real time.
 * @param options the command line
 */
void
Run(const Options& options)
{
    const Scenario scenario = ScenarioReader::ReadFile(options.scenario);
    RngSeedManager::SetSeed(scenario.simulation.seed);
    RngSeedManager::SetRun(scenario.simulation.run);
    const ScenarioBuilder builder(scenario, options.scenario);
    JoinPrograms(builder, scenario, options);
    for (const ScenarioFault& fault : scenario.faults)
    {
        Simulator::Schedule(fault.at, [id = fault.id]() {
            std::cout << "fault " << id << " at " << Simulator::Now().GetSeconds() << " s"
                      << std::endl;
        });
    }
    Simulator::Stop(scenario.simulation.duration);
    std::cout << "ready" << std::endl;
    Simulator::Run();
    std::cout << "over" << std::endl;
    ExperimentResults results = builder.GetMonitor()->Collect(scenario.simulation.warmUp);
    results.scenario = scenario.name;
    ResultsWriter().WriteAll(results, options.output, std::cerr);
    TextReport().Write(results, options.output, std::cout);
}

} // namespace

int
main(int argc, char* argv[])
{
    Options options;
    CommandLine cmd(__FILE__);
    cmd.Usage("A scenario in real time whose session's applications are programs of this machine, "
              "behind TAP devices. Use tools/emulation.sh to start it.");
    cmd.AddValue("scenario", "scenario file", options.scenario);
    cmd.AddValue("session", "session of the programs outside; its ak is http", options.session);
    cmd.AddValue("output", "folder for the results", options.output);
    cmd.AddValue("master-tap", "name of the TAP device at the master", options.masterTap);
    cmd.AddValue("slave-tap", "name of the TAP device at the slave", options.slaveTap);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("SimulatorImplementationType", StringValue("ns3::RealtimeSimulatorImpl"));
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    int status = 1;
    try
    {
        Run(options);
        status = 0;
    }
    catch (const ScenarioError& error)
    {
        std::cerr << error.what() << std::endl;
        status = 2;
    }
    catch (const NoTapError& error)
    {
        std::cerr << "skipped: " << error.what() << std::endl;
        status = SKIPPED;
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << std::endl;
    }
    Simulator::Destroy();
    return status;
}
