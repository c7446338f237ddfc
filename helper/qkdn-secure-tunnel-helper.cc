/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-secure-tunnel-helper.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/ipv4-list-routing.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/ipv4.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/string.h"
#include "ns3/trace-helper.h"

#include <array>

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr uint32_t FIRST_DYNAMIC_PORT = 49152; //!< as in RFC 6335
constexpr int16_t STATIC_PRIORITY = 10;        //!< static routes come first
constexpr int16_t FORMER_PRIORITY = 0;         //!< what the node had before
constexpr int LINK_TYPE_RAW_IP = 101;          //!< LINKTYPE_RAW of pcap files

/**
 * @brief The static routing of a node; it is made if there is none.
 * @param ipv4 the IP stack of the node
 * @return the static routing
 */
Ptr<Ipv4StaticRouting>
NeedStaticRouting(Ptr<Ipv4> ipv4)
{
    const Ptr<Ipv4RoutingProtocol> former = ipv4->GetRoutingProtocol();
    const Ptr<Ipv4StaticRouting> only = DynamicCast<Ipv4StaticRouting>(former);
    if (only)
    {
        return only;
    }
    Ptr<Ipv4ListRouting> list = DynamicCast<Ipv4ListRouting>(former);
    for (uint32_t i = 0; list && i < list->GetNRoutingProtocols(); ++i)
    {
        int16_t priority = 0;
        const auto known = DynamicCast<Ipv4StaticRouting>(list->GetRoutingProtocol(i, priority));
        if (known)
        {
            return known;
        }
    }
    const Ptr<Ipv4StaticRouting> made = CreateObject<Ipv4StaticRouting>();
    if (list)
    {
        list->AddRoutingProtocol(made, STATIC_PRIORITY);
        return made;
    }
    list = CreateObject<Ipv4ListRouting>();
    list->AddRoutingProtocol(made, STATIC_PRIORITY);
    if (former)
    {
        list->AddRoutingProtocol(former, FORMER_PRIORITY);
    }
    ipv4->SetRoutingProtocol(list);
    return made;
}

} // namespace

SecureTunnelHelper::SecureTunnelHelper()
{
    m_factory.SetTypeId(SecureTunnel::GetTypeId());
}

void
SecureTunnelHelper::SetAttribute(const std::string& name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

void
SecureTunnelHelper::SetNextPort(uint16_t port)
{
    m_nextPort = port;
}

ApplicationContainer
SecureTunnelHelper::Install(const std::string& name,
                            Ptr<Node> a,
                            Ipv4Address addressA,
                            Ptr<Node> b,
                            Ipv4Address addressB)
{
    NS_ABORT_MSG_IF(name.empty(), "a secured tunnel has no name; give Install() a name");
    NS_ABORT_MSG_IF(a == b,
                    "secured tunnel '" << name << "' has both ends on node " << a->GetId()
                                       << "; give another node");
    NS_ABORT_MSG_IF(m_nextPort == 0 || m_nextPort >= FIRST_DYNAMIC_PORT,
                    "secured tunnel '" << name << "' cannot have UDP port " << m_nextPort
                                       << "; give SetNextPort() one from 1 to "
                                       << FIRST_DYNAMIC_PORT - 1);
    const InetSocketAddress socketA(addressA, m_nextPort);
    const InetSocketAddress socketB(addressB, m_nextPort);
    ++m_nextPort;
    const auto install = [&](Ptr<Node> node, bool isA) {
        const Ptr<SecureTunnel> tunnel = m_factory.Create<SecureTunnel>();
        tunnel->SetAttribute("SaeId", StringValue(name + (isA ? "-a" : "-b")));
        tunnel->SetAttribute("PeerSaeId", StringValue(name + (isA ? "-b" : "-a")));
        tunnel->SetAttribute("LocalAddress", AddressValue(isA ? socketA : socketB));
        tunnel->SetAttribute("PeerAddress", AddressValue(isA ? socketB : socketA));
        node->AddDevice(tunnel->GetDevice());
        node->AddApplication(tunnel);
        return tunnel;
    };
    ApplicationContainer pair;
    pair.Add(install(a, true));
    pair.Add(install(b, false));
    return pair;
}

void
SecureTunnelHelper::UseSessions(const ApplicationContainer& tunnel,
                                const std::string& forth,
                                const std::string& back)
{
    NS_ABORT_MSG_IF(tunnel.GetN() != 2,
                    "a secured tunnel has two ends, not " << tunnel.GetN()
                                                          << "; give what Install() returned");
    const std::array<std::string, 2> sessions = {forth, back};
    for (uint32_t i = 0; i < 2; ++i)
    {
        const Ptr<Application> end = tunnel.Get(i);
        const std::string& sends = sessions.at(i);
        const std::string& receives = sessions.at(1 - i);
        end->SetAttribute("SaeId", StringValue(sends + "-master"));
        end->SetAttribute("PeerSaeId", StringValue(sends + "-slave"));
        end->SetAttribute("ReceiveSaeId", StringValue(receives + "-slave"));
        end->SetAttribute("ReceivePeerSaeId", StringValue(receives + "-master"));
    }
}

NetDeviceContainer
SecureTunnelHelper::GetDevices(const ApplicationContainer& tunnels)
{
    NetDeviceContainer devices;
    for (auto tunnel = tunnels.Begin(); tunnel != tunnels.End(); ++tunnel)
    {
        devices.Add(DynamicCast<SecureTunnel>(*tunnel)->GetDevice());
    }
    return devices;
}

void
SecureTunnelHelper::UseHttp(Ptr<SecureTunnel> tunnel, Ptr<KeyManager> km, Ipv4Address address)
{
    const InetSocketAddress server(address, KeyManagerHelper::AK_PORT);
    AddressValue local;
    tunnel->GetAttribute("LocalAddress", local);
    km->ListenForApplications(server);
    for (const char* attribute : {"SaeId", "ReceiveSaeId"})
    {
        StringValue sae;
        tunnel->GetAttribute(attribute, sae);
        if (!sae.Get().empty())
        {
            km->GetKeyDeliveryServer()->AddSae(
                sae.Get(),
                InetSocketAddress::ConvertFrom(local.Get()).GetIpv4());
        }
    }
    tunnel->SetAttribute("KeyManagerAddress", AddressValue(server));
}

void
SecureTunnelHelper::AddRoute(Ptr<SecureTunnel> tunnel, Ipv4Address network, Ipv4Mask mask)
{
    const Ptr<Ipv4> ipv4 = tunnel->GetNode()->GetObject<Ipv4>();
    NS_ABORT_MSG_UNLESS(ipv4,
                        "node " << tunnel->GetNode()->GetId()
                                << " of a secured tunnel has no IPv4; install an IP stack");
    const int32_t interface = ipv4->GetInterfaceForDevice(tunnel->GetDevice());
    NS_ABORT_MSG_IF(interface < 0,
                    "the device of the secured tunnel on node "
                        << tunnel->GetNode()->GetId()
                        << " has no IPv4 address; give GetDevices() addresses first");
    NeedStaticRouting(ipv4)->AddNetworkRouteTo(network, mask, interface);
}

void
SecureTunnelHelper::EnablePcap(const std::string& prefix, Ptr<SecureTunnel> tunnel)
{
    PcapHelper pcap;
    const Ptr<VirtualNetDevice> device = tunnel->GetDevice();
    const Ptr<PcapFileWrapper> file =
        pcap.CreateFile(pcap.GetFilenameFromDevice(prefix, device),
                        std::ios::out,
                        static_cast<PcapHelper::DataLinkType>(LINK_TYPE_RAW_IP));
    pcap.HookDefaultSink<VirtualNetDevice>(device, "MacTx", file);
    pcap.HookDefaultSink<VirtualNetDevice>(device, "MacRx", file);
}

} // namespace qkdn
} // namespace ns3
