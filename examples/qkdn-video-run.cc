/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-video-run.h"

#include "ns3/application-container.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-flow-classifier.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-secure-tunnel-helper.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/seq-ts-header.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/udp-client-server-helper.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr uint16_t VIDEO_PORT = 5004;     //!< at the receiver
constexpr uint32_t KEY_BITS = 8192;       //!< size of a key
constexpr uint32_t FRAGMENT_BYTES = 1024; //!< largest UDP payload of the video
constexpr double START_S = 5;             //!< first frame
constexpr double BLOCKS_A_S = 5;          //!< blocks of key that a QKD link delivers a second

/// Ends of the QKD links, by number of the node in the scenario from 1: A, B, and X, Y, Z between.
const std::vector<std::pair<uint32_t, uint32_t>> LINKS =
    {{1, 3}, {3, 2}, {1, 4}, {4, 2}, {1, 5}, {5, 2}};

/// Names of the nodes in the same order.
const std::vector<std::string> NODES = {"A", "B", "X", "Y", "Z"};

} // namespace

VideoRun::VideoRun(const VideoOptions& options, const std::string& name)
    : m_options(options)
{
    m_result.name = name;
    m_result.samples.resize(static_cast<std::size_t>(std::floor(options.durationS)));
    RngSeedManager::SetSeed(static_cast<uint32_t>(options.seed));
    RngSeedManager::SetRun(1);
    Scenario scenario = ScenarioReader::ReadString(MakeScenario(), "video-over-otp");
    ScenarioReader::SetClass(scenario, name, "--class");
    m_builder = std::make_unique<ScenarioBuilder>(scenario, "video-over-otp");
    InstallTunnel();
    InstallVideo();
}

VideoRun::~VideoRun()
{
    m_builder.reset();
    Simulator::Destroy();
}

std::string
VideoRun::MakeScenario() const
{
    std::ostringstream fibres;
    std::ostringstream links;
    for (const auto& [a, b] : LINKS)
    {
        const std::string from = NODES[a - 1];
        const std::string to = NODES[b - 1];
        const char* separator = a == LINKS.front().first && b == LINKS.front().second ? "" : ", ";
        fibres << separator << R"({"id": "f)" << from << to << R"(", "a": ")" << from
               << R"(", "b": ")" << to << R"(", "length_km": )" << m_options.lengthKm << "}";
        links << separator << R"({"id": ")" << from << to << R"(", "tx": ")" << from
              << R"(", "rx": ")" << to << R"(", "fibres": ["f)" << from << to
              << R"("], "initial_state": "running", "initial_pool_bit": )"
              << static_cast<uint64_t>(m_options.poolBit)
              << R"(, "protocol": {"type": "measured", "rate_bps": )" << m_options.keyRateBps
              << R"(, "block_key_bit": )"
              << static_cast<uint64_t>(m_options.keyRateBps / BLOCKS_A_S) << "}}";
    }
    std::ostringstream text;
    // the applications of the sessions stay quiet, as the tunnel takes their keys, and distillation
    // sends no messages, as its traffic is not what is looked at
    text
        << R"({"name": "video-over-otp", "simulation": {"duration_s": )" << 3 * m_options.durationS
        << R"(, "distillation": "ideal"}, "nodes": [{"id": "A"}, {"id": "B"}, {"id": "X"}, {"id": "Y"}, {"id": "Z"}],
            "fibres": [)"
        << fibres.str() << R"(], "qkd_links": [)" << links.str()
        << R"(], "key_management": {"capacity_bit": )" << static_cast<uint64_t>(m_options.poolBit)
        << R"(}, "controllers": [{"id": "C", "node": "Y"}], "sessions": [
            {"id": "forth", "master": "A", "slave": "B", "key_size_bit": )"
        << KEY_BITS << R"(, "rate_keys_per_s": )" << 0.8 * m_options.keyRateBps / KEY_BITS
        << R"(, "start_s": )" << 2 * m_options.durationS
        << R"(}, {"id": "back", "master": "B", "slave": "A", "key_size_bit": )" << KEY_BITS
        << R"(, "rate_keys_per_s": )" << 0.1 * m_options.keyRateBps / KEY_BITS << R"(, "start_s": )"
        << 2 * m_options.durationS
        << R"(}], "faults": [{"id": "cut", "type": "fibre-cut", "target": "fAX", "at_s": )"
        << m_options.cutS << R"(, "repair_after_s": )" << m_options.repairS - m_options.cutS
        << "}]}";
    return text.str();
}

void
VideoRun::InstallTunnel()
{
    const Ptr<KeyManager> a = m_builder->GetKeyManager("A");
    const Ptr<KeyManager> b = m_builder->GetKeyManager("B");
    SecureTunnelHelper helper;
    helper.SetAttribute("Mode", StringValue(m_options.mode));
    helper.SetAttribute("KeySize", UintegerValue(KEY_BITS));
    helper.SetAttribute("MaxQueueSize",
                        StringValue(std::to_string(static_cast<uint32_t>(m_options.queue)) + "p"));
    m_tunnel = helper.Install("video",
                              a->GetNode(),
                              PlantHelper::GetServiceAddress(a->GetNode()),
                              b->GetNode(),
                              PlantHelper::GetServiceAddress(b->GetNode()));
    SecureTunnelHelper::UseSessions(m_tunnel, "forth", "back");
    Ipv4AddressHelper addresses("172.16.0.0", "255.255.255.252");
    addresses.Assign(SecureTunnelHelper::GetDevices(m_tunnel));
    const std::vector<Ptr<KeyManager>> kms = {a, b};
    for (uint32_t i = 0; i < 2; ++i)
    {
        const auto end = DynamicCast<SecureTunnel>(m_tunnel.Get(i));
        SecureTunnelHelper::AddRoute(end, "172.16.0.0", "255.255.255.252");
        end->SetKeySupplyService(PeekPointer(kms[i]));
        end->SetStartTime(Seconds(1));
    }
}

void
VideoRun::InstallVideo()
{
    UdpTraceClientHelper source(Ipv4Address("172.16.0.2"), VIDEO_PORT, m_options.trace);
    source.SetAttribute("MaxPacketSize", UintegerValue(FRAGMENT_BYTES));
    ApplicationContainer video = source.Install(m_tunnel.Get(0)->GetNode());
    video.Start(Seconds(START_S));
    // what is on its way at the end would count as lost
    video.Stop(Seconds(m_options.durationS - 1));
    PacketSinkHelper sink("ns3::UdpSocketFactory",
                          InetSocketAddress(Ipv4Address::GetAny(), VIDEO_PORT));
    sink.Install(m_tunnel.Get(1)->GetNode())
        .Get(0)
        ->TraceConnectWithoutContext("Rx", MakeCallback(&VideoRun::Received, this));
    DynamicCast<SecureTunnel>(m_tunnel.Get(0))
        ->GetDevice()
        ->TraceConnectWithoutContext("MacTx", MakeCallback(&VideoRun::Sent, this));
    NodeContainer sites;
    sites.Add(m_tunnel.Get(0)->GetNode());
    sites.Add(m_tunnel.Get(1)->GetNode());
    m_flows.Install(sites);
}

VideoResult
VideoRun::Run()
{
    m_last = Seconds(START_S);
    m_result.lowestPoolBit = UINT64_MAX;
    for (std::size_t i = 0; i < m_result.samples.size(); ++i)
    {
        m_result.samples[i].timeS = static_cast<double>(i + 1);
    }
    Simulator::Schedule(Seconds(1), &VideoRun::SamplePools, this);
    // after the last sample of the pools
    Simulator::Stop(Seconds(m_options.durationS) + NanoSeconds(1));
    Simulator::Run();
    Collect();
    return m_result;
}

VideoSample&
VideoRun::At(Time time)
{
    const auto second = static_cast<std::size_t>(time.GetSeconds());
    return m_result.samples.at(std::min(second, m_result.samples.size() - 1));
}

void
VideoRun::Sent(Ptr<const Packet> /* packet */)
{
    ++At(Simulator::Now()).sent;
}

void
VideoRun::Received(Ptr<const Packet> packet, const Address& /* from */)
{
    SeqTsHeader header;
    packet->PeekHeader(header);
    const Time now = Simulator::Now();
    VideoSample& sentIn = At(header.GetTs());
    ++sentIn.received;
    sentIn.delayS += (now - header.GetTs()).GetSeconds();
    At(now).goodputBps += 8.0 * packet->GetSize();
    m_receivedBytes += packet->GetSize();
    m_result.longestSilenceS = std::max(m_result.longestSilenceS, (now - m_last).GetSeconds());
    m_last = now;
}

void
VideoRun::SamplePools()
{
    uint64_t lowest = UINT64_MAX;
    for (const auto& [a, b] : LINKS)
    {
        const auto pool = m_builder->GetKeyManager(NODES[a - 1])->GetPool(KmId(b));
        lowest = std::min(lowest, pool->GetStoredBits());
    }
    // the sample of the second that ends now
    m_result.samples.at(static_cast<std::size_t>(std::llround(Simulator::Now().GetSeconds())) - 1)
        .lowestPoolBit = lowest;
    m_result.lowestPoolBit = std::min(m_result.lowestPoolBit, lowest);
    Simulator::Schedule(Seconds(1), &VideoRun::SamplePools, this);
}

void
VideoRun::Collect()
{
    for (VideoSample& sample : m_result.samples)
    {
        sample.delayS = sample.received > 0 ? sample.delayS / sample.received : 0;
    }
    m_result.goodputBps =
        8.0 * static_cast<double>(m_receivedBytes) / (m_options.durationS - 1 - START_S);
    const auto classifier = DynamicCast<Ipv4FlowClassifier>(m_flows.GetClassifier());
    for (const auto& [id, flow] : m_flows.GetMonitor()->GetFlowStats())
    {
        if (classifier->FindFlow(id).destinationPort == VIDEO_PORT)
        {
            m_result.sent = flow.txPackets;
            m_result.received = flow.rxPackets;
            m_result.meanDelayS =
                flow.rxPackets > 0 ? flow.delaySum.GetSeconds() / flow.rxPackets : 0;
        }
    }
}
