/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-benchmark-relay.h"

#include "qkdn-benchmark-packet-counter.h"
#include "qkdn-benchmark-process.h"
#include "qkdn-benchmark-trace-file.h"

#include "ns3/double.h"
#include "ns3/node-container.h"
#include "ns3/qkdn-fibre-span.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-message-replay.h"
#include "ns3/qkdn-message-trace.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <utility>

using namespace ns3;
using namespace ns3::qkdn;

namespace benchmark
{

namespace
{

/// Size of the keys, bit.
constexpr uint32_t KEY_BITS = 256;
/// Keys that an application asks for at once.
constexpr uint32_t KEYS_PER_REQUEST = 64;
/// Requests of the application that wait for an answer at a time.
constexpr uint32_t OPEN_REQUESTS = 4;
/// Length of each fibre, km.
constexpr double FIBRE_KM = 25;

/// A line of nodes with a fibre between neighbours.
class Line
{
  public:
    /// Build the nodes and the classical network.
    explicit Line(uint32_t hops)
    {
        m_nodes.Create(hops + 1);
        m_plant.InstallStack(m_nodes);
        for (uint32_t i = 0; i < hops; ++i)
        {
            const auto span =
                CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(FIBRE_KM));
            FibrePath path;
            path.AddSpan(span);
            m_plant.Connect("fibre" + std::to_string(i + 1),
                            m_nodes.Get(i),
                            m_nodes.Get(i + 1),
                            path,
                            DataRate("10Gbps"));
            m_delay = m_delay + path.GetDelay();
        }
    }

    /// A node.
    Ptr<Node> GetNode(uint32_t index) const
    {
        return m_nodes.Get(index);
    }

    /// Propagation delay from end to end.
    Time GetDelay() const
    {
        return m_delay;
    }

  private:
    NodeContainer m_nodes; //!< the nodes
    PlantHelper m_plant;   //!< classical network
    Time m_delay;          //!< from end to end
};

/// Key managers on a line, and a pair of applications that uses up a number of keys.
class RelayLoad
{
  public:
    /// Build the key managers with all the key that they will need.
    RelayLoad(const Line& line, uint32_t hops, uint64_t keys, uint32_t batch)
        : m_keys(keys),
          m_delay(line.GetDelay())
    {
        KeyManagerHelper helper;
        for (uint32_t i = 0; i <= hops; ++i)
        {
            m_addresses.push_back(PlantHelper::GetServiceAddress(line.GetNode(i)));
            m_kms.push_back(helper.Install(line.GetNode(i), KmId(i + 1), m_addresses[i], false));
            // routes come from this program: the controller has an address that leads nowhere
            m_kms[i]->SetController(InetSocketAddress(m_addresses[i], 7010),
                                    InetSocketAddress(Ipv4Address("192.0.2.1"), 7011));
            m_kms[i]->GetRelayKeyMaker()->SetAttribute("RelayBatch", UintegerValue(batch));
        }
        m_session.id = SessionId(1);
        m_session.name = "benchmark";
        m_session.masterSae = "master";
        m_session.slaveSae = "slave";
        m_session.masterKm = KmId(1);
        m_session.slaveKm = KmId(hops + 1);
        m_session.keySizeBit = KEY_BITS;
        // each direction of a pool has one half: this is enough without moving key over
        const uint64_t bits = 4 * keys * KEY_BITS + 1000000;
        for (uint32_t i = 0; i < hops; ++i)
        {
            helper.Connect(m_kms[i], m_addresses[i], m_kms[i + 1], m_addresses[i + 1]);
            helper.AddLink(LinkId(i + 1),
                           "link" + std::to_string(i + 1),
                           m_kms[i],
                           m_kms[i + 1],
                           bits);
        }
        m_kms.front()->AddSession(m_session);
        m_kms.back()->AddSession(m_session);
        Simulator::Schedule(Seconds(1), &RelayLoad::Begin, this);
    }

    /// Write down what the key managers send.
    void Watch(Ptr<MessageTraceWriter> writer) const
    {
        for (const Ptr<KeyManager>& km : m_kms)
        {
            writer->Watch(km->GetEndpoint());
            writer->Watch(km->GetHelloAgent());
        }
    }

    /// Keys that both applications have, equal.
    uint64_t GetEqualKeys() const
    {
        return m_equal;
    }

  private:
    /// All links generate, the route is there, the application asks.
    void Begin()
    {
        KeyRoute route;
        route.id = RouteId(1);
        route.session = m_session.id;
        for (std::size_t i = 0; i < m_kms.size(); ++i)
        {
            route.kms.push_back(m_kms[i]->GetKmId());
            for (const std::size_t link : {i, i + 1})
            {
                if (link > 0 && link < m_kms.size())
                {
                    m_kms[i]->NotifyLinkStatus(LinkId(static_cast<uint32_t>(link)),
                                               LINK_ACTIVE,
                                               IncidentId(),
                                               LinkAlarm());
                }
            }
        }
        std::string reason;
        for (const Ptr<KeyManager>& km : m_kms)
        {
            if (!km->GetControlAgent()->InstallRoute(route, reason))
            {
                throw std::runtime_error("no route: " + reason);
            }
        }
        CkSessionRoutes routes;
        routes.session = m_session.id;
        routes.working = route.id;
        m_kms.front()->GetControlAgent()->UseRoutes(routes, IncidentId(), reason);
        for (uint32_t i = 0; i < OPEN_REQUESTS; ++i)
        {
            Ask();
        }
    }

    /// The master application asks for keys, unless it has asked for all.
    void Ask()
    {
        KeySupplyRequest request;
        request.number =
            static_cast<uint32_t>(std::min<uint64_t>(KEYS_PER_REQUEST, m_keys - m_asked));
        if (request.number == 0)
        {
            return;
        }
        m_asked += request.number;
        m_kms.front()->GetKey(m_session.masterSae,
                              m_session.slaveSae,
                              request,
                              MakeCallback(&RelayLoad::TakeMasterKeys, this));
    }

    /// The master application has keys and tells the slave application.
    void TakeMasterKeys(const KeyContainer& keys)
    {
        if (keys.status != KEY_SUPPLY_OK)
        {
            std::cerr << "qkdn-benchmark: " << keys.error.message << std::endl;
            Simulator::Stop();
            return;
        }
        Simulator::Schedule(m_delay, &RelayLoad::Fetch, this, keys);
        Ask();
    }

    /// The slave application asks for the same keys.
    void Fetch(KeyContainer master)
    {
        std::vector<std::string> ids;
        for (const SuppliedKey& key : master.keys)
        {
            ids.push_back(key.keyId);
        }
        m_fetched.push_back(std::move(master));
        m_kms.back()->GetKeyWithKeyIds(m_session.slaveSae,
                                       m_session.masterSae,
                                       ids,
                                       MakeCallback(&RelayLoad::TakeSlaveKeys, this));
    }

    /// The slave application has them too.
    void TakeSlaveKeys(const KeyContainer& slave)
    {
        // calls are answered in their order
        const KeyContainer master = std::move(m_fetched.front());
        m_fetched.pop_front();
        for (std::size_t i = 0; i < std::min(master.keys.size(), slave.keys.size()); ++i)
        {
            const bool equal =
                master.keys[i].keyId == slave.keys[i].keyId &&
                master.keys[i].material.ToBytes() == slave.keys[i].material.ToBytes();
            m_equal += equal ? 1 : 0;
        }
        m_done += master.keys.size();
        if (m_done == m_keys)
        {
            Simulator::Stop(Seconds(1));
        }
    }

    uint64_t m_keys;                      //!< keys to be used up
    Time m_delay;                         //!< between the applications
    std::vector<Ipv4Address> m_addresses; //!< of the key managers
    std::vector<Ptr<KeyManager>> m_kms;   //!< along the line
    KeySession m_session;                 //!< of the applications
    uint64_t m_asked{0};                  //!< keys asked for
    uint64_t m_done{0};                   //!< keys that both applications were to get
    uint64_t m_equal{0};                  //!< keys equal at both
    std::deque<KeyContainer> m_fetched;   //!< keys that the slave application has asked for
};

/// Relay keys and write down what is sent.
Counts
RunRelay(const RelayOptions& options, uint32_t batch, const std::string& trace)
{
    std::ofstream out(trace, std::ios::binary);
    if (!out)
    {
        throw std::runtime_error(trace + ": cannot be written");
    }
    const Line line(options.hops);
    const PacketCounter packets;
    RelayLoad load(line, options.hops, options.keys, batch);
    const auto writer = Create<MessageTraceWriter>(out);
    load.Watch(writer);
    Simulator::Run();
    Counts counts;
    counts.events = Simulator::GetEventCount();
    counts.packetHops = packets.Get();
    counts.messages = writer->GetCount();
    counts.bytes = writer->GetBytes();
    counts.equalKeys = load.GetEqualKeys();
    counts.simulatedSeconds = Simulator::Now().GetSeconds();
    Simulator::Destroy();
    return counts;
}

/// Send what a trace holds over bare sockets.
Counts
RunFloor(const RelayOptions& options, const std::string& trace, double simulatedSeconds)
{
    std::ifstream in(trace, std::ios::binary);
    if (!in)
    {
        throw std::runtime_error(trace + ": cannot be read");
    }
    const Line line(options.hops);
    const PacketCounter packets;
    const auto replay = CreateObject<MessageReplay>();
    replay->Start(in);
    // what was on its way at the end has a second to arrive
    Simulator::Stop(Seconds(simulatedSeconds + 1));
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

/// A row of the figures: name, value of the run, value of the floor.
using Row = std::pair<std::string, std::pair<double, double>>;

/// The figures of a run and its floor.
std::vector<Row>
MakeRows(const Measured& run, const Measured& floor)
{
    const auto both = [](double a, double b) { return std::make_pair(a, b); };
    const auto count = [](uint64_t n) { return static_cast<double>(n); };
    return {
        {"cpu_s", both(run.cpuSeconds, floor.cpuSeconds)},
        {"events", both(count(run.counts.events), count(floor.counts.events))},
        {"packet_hops", both(count(run.counts.packetHops), count(floor.counts.packetHops))},
        {"messages", both(count(run.counts.messages), count(floor.counts.messages))},
        {"memory_mib", both(run.memoryMebibyte, floor.memoryMebibyte)},
        {"simulated_s", both(run.counts.simulatedSeconds, floor.counts.simulatedSeconds)},
    };
}

/// Print the figures of a run.
void
Print(const RelayOptions& options, uint32_t batch, const Measured& run, const Measured& floor)
{
    const double perKey = 1e6 * run.cpuSeconds / static_cast<double>(options.keys);
    const double ratio = run.cpuSeconds / floor.cpuSeconds;
    if (options.format == "json")
    {
        std::cout << "{\"keys\": " << options.keys << ", \"hops\": " << options.hops
                  << ", \"batch\": " << batch << ", \"equal_keys\": " << run.counts.equalKeys;
        for (const auto& [name, values] : MakeRows(run, floor))
        {
            std::cout << ", \"" << name << "\": " << std::setprecision(12) << values.first
                      << ", \"floor_" << name << "\": " << values.second;
        }
        std::cout << ", \"cpu_per_key_us\": " << perKey << ", \"ratio_to_floor\": " << ratio << "}"
                  << std::endl;
        return;
    }
    std::cout << options.keys << " keys of " << KEY_BITS << " bit over " << options.hops
              << " hops, " << batch << " to a relay: " << run.counts.equalKeys
              << " equal at both ends\n"
              << std::left << std::setw(14) << "" << std::right << std::setw(14) << "run"
              << std::setw(14) << "floor"
              << "\n";
    for (const auto& [name, values] : MakeRows(run, floor))
    {
        const bool whole = name == "events" || name == "packet_hops" || name == "messages";
        std::cout << std::left << std::setw(14) << name << std::right << std::fixed
                  << std::setprecision(whole ? 0 : 3) << std::setw(14) << values.first
                  << std::setw(14) << values.second << "\n";
    }
    std::cout << "CPU time of a key: " << std::setprecision(2) << perKey
              << " us; ratio to the floor: " << ratio << std::endl;
}

} // namespace

bool
MeasureRelay(const RelayOptions& options)
{
    bool allEqual = true;
    for (const uint32_t batch : options.batches)
    {
        const TraceFile file;
        if (!options.quiet)
        {
            std::cerr << "relays of up to " << batch << " keys" << std::endl;
        }
        const Measured run = Measure([&] { return RunRelay(options, batch, file.GetName()); });
        if (!options.quiet)
        {
            std::cerr << "their packets over bare sockets" << std::endl;
        }
        const Measured floor =
            Measure([&] { return RunFloor(options, file.GetName(), run.counts.simulatedSeconds); });
        if (floor.counts.bytes != run.counts.bytes)
        {
            throw std::runtime_error("the floor did not carry all bytes of the run");
        }
        Print(options, batch, run, floor);
        allEqual = allEqual && run.counts.equalKeys == options.keys;
    }
    return allEqual;
}

} // namespace benchmark
