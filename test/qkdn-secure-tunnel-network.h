/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SECURE_TUNNEL_NETWORK_H
#define QKDN_SECURE_TUNNEL_NETWORK_H

#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/qkdn-resilience-monitor.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/qkdn-secure-tunnel-helper.h"
#include "ns3/qkdn-secure-tunnel.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/udp-client-server-helper.h"
#include "ns3/uinteger.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A secured tunnel over a QKDN: key relay routes 1-2-4 and 1-3-4 of QKD links of 20 kbit/s,
 * gateways M beside node 1 and S beside node 4, and a host of the site behind each gateway.
 *
 * From 10 s to 80 s a packet of 200 octets goes from host to host each 200 ms. It spends
 * 8 (200 + 28) + 96 = 1920 bits, so the tunnel spends 9600 bit/s.
 */
class TunnelNetwork
{
  public:
    /// What differs between runs.
    struct Setup
    {
        std::string mode{"otp"};                 //!< "otp" or "aes-256"
        std::string sessionClass{"unprotected"}; //!< resilience class of both sessions
        std::string faults{"[]"};                //!< array of faults
        bool http{false};                        //!< gateways call their key managers over HTTP
    };

    static constexpr uint32_t PACKETS = 350;      //!< packets of a run
    static constexpr uint32_t PACKETS_A_S = 5;    //!< packets a second
    static constexpr uint32_t PAYLOAD = 200;      //!< UDP payload of a packet
    static constexpr uint32_t SPENT_BIT = 1920;   //!< key that OTP spends on it
    static constexpr uint32_t QUEUE = 50;         //!< packets that may wait
    static constexpr uint32_t KEY_BUFFER = 16384; //!< key in store at a gateway
    static constexpr uint32_t POOL_BITS = 50000;  //!< capacity of a pool

    /**
     * @brief Constructor
     * @param setup the run
     */
    explicit TunnelNetwork(const Setup& setup)
        : m_builder(
              std::make_unique<ScenarioBuilder>(ScenarioReader::ReadString(Text(setup), "tunnel"),
                                                "tunnel")),
          m_last(Seconds(FROM_S))
    {
        const std::vector<Ptr<KeyManager>> kms = {m_builder->GetKeyManager("1"),
                                                  m_builder->GetKeyManager("4")};
        InstallTunnel(setup, kms);
        InstallHosts();
        for (uint32_t i = 0; i < 2; ++i)
        {
            if (setup.http)
            {
                SecureTunnelHelper::UseHttp(End(i),
                                            kms[i],
                                            PlantHelper::GetServiceAddress(kms[i]->GetNode()));
            }
            else
            {
                End(i)->SetKeySupplyService(PeekPointer(kms[i]));
            }
            End(i)->SetStartTime(Seconds(1));
            End(i)->TraceConnectWithoutContext("Drop",
                                               MakeCallback(&TunnelNetwork::CountDrop, this));
            End(i)->TraceConnectWithoutContext("KeyRefused",
                                               MakeCallback(&TunnelNetwork::CountRefusal, this));
        }
        End(0)->TraceConnectWithoutContext("Rekey", MakeCallback(&TunnelNetwork::CountRekey, this));
        End(1)->TraceConnectWithoutContext("Rx", MakeCallback(&TunnelNetwork::CountRx, this));
    }

    /**
     * @brief Run to the end.
     * @return what is wrong with the books of keys, empty if nothing is
     */
    std::string Run()
    {
        Simulator::Stop(Seconds(END_S));
        Simulator::Run();
        const Ptr<ResilienceMonitor> monitor = m_builder->GetMonitor();
        std::string problem;
        for (const std::string& violation : monitor->GetViolations())
        {
            problem += violation + "; ";
        }
        if (!monitor->GetKmaBook().Balances() || !monitor->GetKsaBook().Balances())
        {
            problem += "a book does not balance; ";
        }
        if (sink->GetTotalRx() != uint64_t{PAYLOAD} * received)
        {
            problem += "the host has not got what the tunnel opened; ";
        }
        return problem;
    }

    /**
     * @brief Packets that the network between the gateways lost: those that were in the fibre when
     * it was cut, and those sent into it until IP routing had found the other way.
     * @return their number, as all others were opened or dropped by the tunnel
     */
    uint32_t CountLostInFibre() const
    {
        return PACKETS - received - CountDrops();
    }

    /// Forget the network.
    void TearDown()
    {
        m_builder.reset();
        Simulator::Destroy();
    }

    /**
     * @brief One end of the tunnel.
     * @param i 0 for the sending site, 1 for the other one
     * @return the end
     */
    Ptr<SecureTunnel> End(uint32_t i) const
    {
        return DynamicCast<SecureTunnel>(tunnels.Get(i));
    }

    /**
     * @brief Packets dropped for any reason.
     * @return their number
     */
    uint32_t CountDrops() const
    {
        uint32_t sum = 0;
        for (const auto& drop : drops)
        {
            sum += drop.second;
        }
        return sum;
    }

    ApplicationContainer tunnels;               //!< both ends
    NodeContainer hosts;                        //!< of the sending site, and of the other one
    Ptr<PacketSink> sink;                       //!< what receives
    uint32_t received{0};                       //!< packets opened
    std::map<TunnelDropReason, uint32_t> drops; //!< packets dropped at both ends
    std::vector<Time> rekeys;                   //!< when the sending end took session keys
    std::vector<std::string> refusals;          //!< why keys were refused
    Time gapBegin;                              //!< last packet before the longest gap
    Time gapEnd;                                //!< first packet after it

  private:
    static constexpr double FROM_S = 10; //!< first packet
    static constexpr double END_S = 85;  //!< end of the run

    /// Install the tunnel between M and S.
    void InstallTunnel(const Setup& setup, const std::vector<Ptr<KeyManager>>& kms)
    {
        // the applications of the sessions, which are quiet, tell where the gateways are
        const auto applications = m_builder->GetApplications("forth");
        const Ptr<Node> a = setup.http ? applications.first->GetNode() : kms[0]->GetNode();
        const Ptr<Node> b = setup.http ? applications.second->GetNode() : kms[1]->GetNode();
        SecureTunnelHelper helper;
        helper.SetAttribute("Mode", StringValue(setup.mode));
        helper.SetAttribute("KeySize", UintegerValue(2048));
        helper.SetAttribute("KeyBuffer", UintegerValue(KEY_BUFFER));
        helper.SetAttribute("MaxQueueSize", StringValue(std::to_string(QUEUE) + "p"));
        helper.SetAttribute("RekeyInterval", TimeValue(Seconds(5)));
        helper.SetAttribute("KeyLifetime", TimeValue(Seconds(20)));
        tunnels = helper.Install("T",
                                 a,
                                 PlantHelper::GetServiceAddress(a),
                                 b,
                                 PlantHelper::GetServiceAddress(b));
        SecureTunnelHelper::UseSessions(tunnels, "forth", "back");
        Ipv4AddressHelper inside("172.16.0.0", "255.255.255.252");
        inside.Assign(SecureTunnelHelper::GetDevices(tunnels));
    }

    /// Install a host behind each gateway, and what they send.
    void InstallHosts()
    {
        hosts.Create(2);
        InternetStackHelper internet;
        internet.Install(hosts);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
        const std::vector<std::string> networks = {"172.17.0.0", "172.18.0.0"};
        std::vector<Ipv4Address> addresses;
        for (uint32_t i = 0; i < 2; ++i)
        {
            Ipv4AddressHelper helper(networks[i].c_str(), "255.255.255.0");
            const Ipv4InterfaceContainer interfaces =
                helper.Assign(link.Install(End(i)->GetNode(), hosts.Get(i)));
            Ipv4StaticRoutingHelper()
                .GetStaticRouting(hosts.Get(i)->GetObject<Ipv4>())
                ->SetDefaultRoute(interfaces.GetAddress(0), 1);
            addresses.push_back(interfaces.GetAddress(1));
            SecureTunnelHelper::AddRoute(End(i), networks[1 - i].c_str(), "255.255.255.0");
        }
        UdpClientHelper client(addresses[1], SINK_PORT);
        client.SetAttribute("Interval", TimeValue(Seconds(1) / PACKETS_A_S));
        client.SetAttribute("PacketSize", UintegerValue(PAYLOAD));
        client.SetAttribute("MaxPackets", UintegerValue(PACKETS));
        client.Install(hosts.Get(0)).Start(Seconds(FROM_S));
        PacketSinkHelper sinks("ns3::UdpSocketFactory",
                               InetSocketAddress(Ipv4Address::GetAny(), SINK_PORT));
        sink = DynamicCast<PacketSink>(sinks.Install(hosts.Get(1)).Get(0));
    }

    /// The scenario. @param setup the run @return JSON
    static std::string Text(const Setup& setup)
    {
        const auto fibre = [](const std::string& a, const std::string& b, const std::string& km) {
            return R"({"id": "f)" + a + b + R"(", "a": ")" + a + R"(", "b": ")" + b +
                   R"(", "length_km": )" + km + "}";
        };
        const auto link = [](const std::string& a, const std::string& b) {
            return R"({"id": ")" + a + b + R"(", "tx": ")" + a + R"(", "rx": ")" + b +
                   R"(", "fibres": ["f)" + a + b +
                   R"("], "protocol": {"type": "measured", "rate_bps": 20000},
                   "initial_pool_bit": 30000, "initial_state": "running"})";
        };
        const auto session = [&setup](const std::string& id,
                                      const std::string& from,
                                      const std::string& to,
                                      const std::string& places) {
            return R"({"id": ")" + id + R"(", "master": ")" + from + R"(", "slave": ")" + to +
                   R"(", "key_size_bit": 2048, "rate_keys_per_s": 5, "start_s": 999, )" +
                   (setup.http ? R"("ak": "http", )" + places : "") +
                   R"("resilience": {"class": ")" + setup.sessionClass + R"("}})";
        };
        return R"({"name": "tunnel", "simulation": {"duration_s": 1000, "distillation": "ideal"},
            "nodes": [{"id": "1"}, {"id": "2"}, {"id": "3"}, {"id": "4"}, {"id": "M"}, {"id": "S"}],
            "fibres": [)" +
               fibre("1", "2", "25") + "," + fibre("2", "4", "25") + "," + fibre("1", "3", "25") +
               "," + fibre("3", "4", "25") + "," + fibre("1", "M", "1") + "," +
               fibre("4", "S", "1") + R"(], "qkd_links": [)" + link("1", "2") + "," +
               link("2", "4") + "," + link("1", "3") + "," + link("3", "4") +
               R"(], "key_management": {"capacity_bit": )" + std::to_string(POOL_BITS) +
               R"(}, "controllers": [{"id": "C", "node": "3"}], "sessions": [)" +
               session("forth",
                       "1",
                       "4",
                       R"("master_application": "M", "slave_application": "S", )") +
               "," +
               session("back",
                       "4",
                       "1",
                       R"("master_application": "S", "slave_application": "M", )") +
               R"(], "faults": )" + setup.faults + "}";
    }

    /// @cond
    void CountRx(Ptr<const Packet>, uint32_t)
    {
        const Time now = Simulator::Now();
        if (now - m_last > gapEnd - gapBegin)
        {
            gapBegin = m_last;
            gapEnd = now;
        }
        m_last = now;
        ++received;
    }

    void CountDrop(Ptr<const Packet>, TunnelDropReason reason)
    {
        ++drops[reason];
    }

    void CountRekey(const std::string&, uint64_t)
    {
        rekeys.push_back(Simulator::Now());
    }

    void CountRefusal(const std::string&, KeySupplyStatus, const std::string& message)
    {
        refusals.push_back(message);
    }

    /// @endcond

    static constexpr uint16_t SINK_PORT = 9; //!< port at which the host receives

    std::unique_ptr<ScenarioBuilder> m_builder; //!< the QKDN
    Time m_last;                                //!< when the last packet was opened
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SECURE_TUNNEL_NETWORK_H */
