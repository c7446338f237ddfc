/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SECURE_TUNNEL_FIXTURE_H
#define QKDN_SECURE_TUNNEL_FIXTURE_H

#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/packet-sink.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-supply-service.h"
#include "ns3/qkdn-secure-tunnel-helper.h"
#include "ns3/qkdn-secure-tunnel.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/udp-client-server-helper.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key supply of both ends: keys accrue at a rate for each master, but during an outage.
 */
class MeteredKeySupply : public KeySupplyService
{
  public:
    double rateBps{0};             //!< key rate of each master, bit/s
    Time outageBegin{Time::Max()}; //!< no key is given from then on
    Time outageEnd{Time::Max()};   //!< until then; the rate is not made up for
    double capacityBit{1e18};      //!< key of a master that can accrue before it is asked for
    bool corrupt{false};           //!< give the slave other bits
    Time fetchDelay;               //!< from the slave's call to the answer
    Time lifetime{Time::Max()};    //!< a key that the slave has not fetched by then is destroyed

    /**
     * @brief Key that a master has been given.
     * @param sae its SAE id
     * @return bits
     */
    uint64_t GetGivenBits(const std::string& sae) const
    {
        const auto given = m_given.find(sae);
        return given == m_given.end() ? 0 : given->second;
    }

    void GetStatus(const std::string&, const std::string&, StatusCallback answer) override
    {
        AnswerLater(answer, KeySupplyState());
    }

    void GetKey(const std::string& callerSae,
                const std::string&,
                const KeySupplyRequest& request,
                KeyCallback answer) override
    {
        const Time now = Simulator::Now();
        const Time lost = std::max(Time(0), std::min(now, outageEnd) - outageBegin);
        double& wasted = m_wasted[callerSae];
        const double madeBit = rateBps * (now - lost).GetSeconds();
        wasted = std::max(wasted, madeBit - m_given[callerSae] - capacityBit);
        const double accruedBit = madeBit - wasted;
        const uint64_t bits = uint64_t{request.number} * request.sizeBit;
        const bool out = now >= outageBegin && now < outageEnd;
        if (out || m_given[callerSae] + bits > accruedBit)
        {
            AnswerLater(answer, KeyContainer::Refusal(KEY_SUPPLY_UNAVAILABLE, "no key"));
            return;
        }
        m_given[callerSae] += bits;
        KeyContainer container;
        for (uint32_t i = 0; i < request.number; ++i)
        {
            ++m_made;
            SuppliedKey key;
            key.keyId = KsaKeyUuid(callerSae, m_made);
            key.material = KeyMaterial::FromGenerator(7, m_made, 0, request.sizeBit);
            m_keys[key.keyId] = {key, Simulator::Now()};
            container.keys.push_back(key);
        }
        AnswerLater(answer, container);
    }

    void GetKeyWithKeyIds(const std::string&,
                          const std::string&,
                          const std::vector<std::string>& keyIds,
                          KeyCallback answer) override
    {
        KeyContainer container;
        for (const std::string& keyId : keyIds)
        {
            const auto key = m_keys.find(keyId);
            if (key == m_keys.end() || Simulator::Now() - key->second.since >= lifetime)
            {
                container = KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST, "unknown key");
                break;
            }
            container.keys.push_back(key->second.key);
            if (corrupt)
            {
                container.keys.back().material =
                    KeyMaterial::FromGenerator(8, 1, 0, key->second.key.material.GetBits());
            }
            m_keys.erase(key); // handed over once
        }
        Simulator::Schedule(fetchDelay, [answer, container]() { answer(container); });
    }

  private:
    /// A key that the slave has not fetched.
    struct Held
    {
        SuppliedKey key; //!< the key
        Time since;      //!< when the master got it
    };

    uint64_t m_made{0};                      //!< keys made
    std::map<std::string, uint64_t> m_given; //!< bits given, by master
    std::map<std::string, double> m_wasted;  //!< bits beyond the capacity, by master
    std::map<std::string, Held> m_keys;      //!< keys that slaves have not fetched
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Host, gateway, gateway, host in a row, and a secured tunnel between the gateways.
 */
class TunnelSites
{
  public:
    /**
     * @brief Constructor
     * @param mode "otp" or "aes-256"
     */
    explicit TunnelSites(const std::string& mode)
    {
        nodes.Create(4);
        InternetStackHelper internet;
        internet.Install(nodes);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
        link.SetChannelAttribute("Delay", StringValue("1ms"));
        const std::vector<std::string> networks = {"10.1.0.0", "192.168.0.0", "10.2.0.0"};
        std::vector<Ipv4InterfaceContainer> interfaces;
        for (uint32_t i = 0; i < 3; ++i)
        {
            Ipv4AddressHelper addresses(networks[i].c_str(), "255.255.255.0");
            devices.push_back(link.Install(nodes.Get(i), nodes.Get(i + 1)));
            interfaces.push_back(addresses.Assign(devices.back()));
        }
        hostA = interfaces[0].GetAddress(0);
        hostB = interfaces[2].GetAddress(1);
        helper.SetAttribute("Mode", StringValue(mode));
        tunnels = helper.Install("T",
                                 nodes.Get(1),
                                 interfaces[1].GetAddress(0),
                                 nodes.Get(2),
                                 interfaces[1].GetAddress(1));
        Ipv4AddressHelper inside("10.99.0.0", "255.255.255.252");
        inside.Assign(SecureTunnelHelper::GetDevices(tunnels));
        SecureTunnelHelper::AddRoute(End(0), "10.2.0.0", "255.255.255.0");
        SecureTunnelHelper::AddRoute(End(1), "10.1.0.0", "255.255.255.0");
        Ipv4StaticRoutingHelper routing;
        routing.GetStaticRouting(nodes.Get(0)->GetObject<Ipv4>())
            ->SetDefaultRoute(interfaces[0].GetAddress(1), 1);
        routing.GetStaticRouting(nodes.Get(3)->GetObject<Ipv4>())
            ->SetDefaultRoute(interfaces[2].GetAddress(0), 1);
        for (uint32_t i = 0; i < 2; ++i)
        {
            End(i)->SetKeySupplyService(&supply);
            End(i)->TraceConnectWithoutContext("KeyUsed",
                                               MakeCallback(&TunnelSites::CountUse, this));
            End(i)->TraceConnectWithoutContext("Drop", MakeCallback(&TunnelSites::CountDrop, this));
        }
        End(0)->TraceConnectWithoutContext("Tx", MakeCallback(&TunnelSites::CountTx, this));
        End(1)->TraceConnectWithoutContext("Rx", MakeCallback(&TunnelSites::CountRx, this));
        End(0)->TraceConnectWithoutContext("Rekey", MakeCallback(&TunnelSites::CountRekey, this));
        End(0)->TraceConnectWithoutContext("QueueDelay",
                                           MakeCallback(&TunnelSites::CountDelay, this));
        End(0)->TraceConnectWithoutContext("QueueLength",
                                           MakeCallback(&TunnelSites::CountQueue, this));
    }

    /**
     * @brief One end of the tunnel.
     * @param i 0 for that of host A, 1 for that of host B
     * @return the end
     */
    Ptr<SecureTunnel> End(uint32_t i) const
    {
        return DynamicCast<SecureTunnel>(tunnels.Get(i));
    }

    /**
     * @brief Set an attribute of both ends.
     * @param name its name
     * @param value its value
     */
    void Set(const std::string& name, const AttributeValue& value) const
    {
        End(0)->SetAttribute(name, value);
        End(1)->SetAttribute(name, value);
    }

    /**
     * @brief Send UDP packets of one size from host A to host B.
     * @param payloadBytes UDP payload of a packet
     * @param interval between packets
     * @param from first packet
     * @param packets their number
     * @return what receives them
     */
    Ptr<PacketSink> SendUdp(uint32_t payloadBytes, Time interval, Time from, uint32_t packets)
    {
        UdpClientHelper client(hostB, SINK_PORT);
        client.SetAttribute("Interval", TimeValue(interval));
        client.SetAttribute("PacketSize", UintegerValue(payloadBytes));
        client.SetAttribute("MaxPackets", UintegerValue(packets));
        client.Install(nodes.Get(0)).Start(from);
        return InstallSink("ns3::UdpSocketFactory");
    }

    /**
     * @brief Let host B receive.
     * @param factory type of the sockets
     * @return what receives
     */
    Ptr<PacketSink> InstallSink(const std::string& factory)
    {
        PacketSinkHelper sink(factory, InetSocketAddress(Ipv4Address::GetAny(), SINK_PORT));
        return DynamicCast<PacketSink>(sink.Install(nodes.Get(3)).Get(0));
    }

    /**
     * @brief Run and tear down.
     * @param end of the simulation
     */
    static void Run(Time end)
    {
        Simulator::Stop(end);
        Simulator::Run();
        Simulator::Destroy();
    }

    static constexpr uint16_t SINK_PORT = 9;    //!< port at which host B receives
    MeteredKeySupply supply;                    //!< key supply of both ends
    NodeContainer nodes;                        //!< host A, gateways, host B
    std::vector<NetDeviceContainer> devices;    //!< devices of the three links
    Ipv4Address hostA;                          //!< address of host A
    Ipv4Address hostB;                          //!< address of host B
    SecureTunnelHelper helper;                  //!< installs the tunnel
    ApplicationContainer tunnels;               //!< both ends
    std::map<TunnelDropReason, uint32_t> drops; //!< packets dropped at both ends
    std::vector<Time> received;                 //!< when packets to B were opened
    std::vector<Time> rekeys;                   //!< when A took session keys into use
    std::vector<Time> delays;                   //!< what packets to B waited for key
    uint32_t sent{0};                           //!< packets that A sealed and sent
    uint64_t sentOuterBytes{0};                 //!< UDP payload from A to B
    uint32_t queued{0};                         //!< packets that wait at A
    uint32_t longestQueue{0};                   //!< most packets that waited at A
    uint64_t usedBits{0};                       //!< key bits used at both ends
    bool reused{false};                         //!< a key bit was used twice

  private:
    /// @cond
    void CountUse(const std::string& keyId, uint32_t firstBit, uint32_t bits)
    {
        uint32_t& next = m_next[keyId];
        reused = reused || firstBit < next;
        next = firstBit + bits;
        usedBits += bits;
    }

    void CountDrop(Ptr<const Packet>, TunnelDropReason reason)
    {
        ++drops[reason];
    }

    void CountTx(Ptr<const Packet>, uint32_t outerBytes)
    {
        ++sent;
        sentOuterBytes += outerBytes;
    }

    void CountRx(Ptr<const Packet>, uint32_t)
    {
        received.push_back(Simulator::Now());
    }

    void CountRekey(const std::string&, uint64_t)
    {
        rekeys.push_back(Simulator::Now());
    }

    void CountQueue(uint32_t, uint32_t length)
    {
        queued = length;
        longestQueue = std::max(longestQueue, length);
    }

    void CountDelay(Ptr<const Packet>, Time delay)
    {
        delays.push_back(delay);
    }

    /// @endcond

    std::map<std::string, uint32_t> m_next; //!< first bit of each key that is not used
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SECURE_TUNNEL_FIXTURE_H */
