/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-plant-helper.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/pointer.h"
#include "ns3/qkdn-control-first-queue.h"
#include "ns3/qkdn-fibre-loss-model.h"
#include "ns3/qkdn-fibre-routing-helper.h"
#include "ns3/qkdn-fibre-routing.h"
#include "ns3/qkdn-node-names.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr uint32_t FIRST_SERVICE = 0x0a000001;   //!< 10.0.0.1
constexpr uint32_t MAX_SERVICES = 0x00fffffe;    //!< up to 10.255.255.254
constexpr uint32_t FIRST_SUBNET = 0xac100000;    //!< 172.16.0.0
constexpr uint32_t MAX_SUBNETS = 0x00100000 / 4; //!< subnets /30 in 172.16.0.0/12
constexpr uint32_t TTL = 255;                    //!< the longest that IP knows

/**
 * Give a device an address.
 * @param device the device
 * @param address the address in a /30
 */
void
AddInterface(Ptr<NetDevice> device, Ipv4Address address)
{
    // not by Ipv4AddressHelper: its Assign() installs a queue disc
    Ptr<Ipv4> ipv4 = device->GetNode()->GetObject<Ipv4>();
    const uint32_t interface = ipv4->AddInterface(device);
    ipv4->AddAddress(interface, Ipv4InterfaceAddress(address, Ipv4Mask("/30")));
    ipv4->SetMetric(interface, 1);
    ipv4->SetUp(interface);
}

// up to ns-3.46 an interface address has a broadcast address of its own
template <typename A>
auto
SetLimitedBroadcast(A& address, int) -> decltype(address.SetBroadcast(Ipv4Address()))
{
    address.SetBroadcast(Ipv4Address::GetBroadcast());
}

// from ns-3.47 on it is computed: sockets that send to their own node have to allow broadcast
template <typename A>
void
SetLimitedBroadcast(A& /* address */, long)
{
}

template <typename H>
auto
DisableFlowControl(H& helper, int) -> decltype(helper.DisableFlowControl())
{
    helper.DisableFlowControl();
}

// ns-3.35 always has it
template <typename H>
void
DisableFlowControl(H& /* helper */, long)
{
}

} // namespace

PlantHelper::PlantHelper()
    : m_topology(CreateObject<ClassicalTopology>()),
      m_queueSize("1000p")
{
}

Ptr<ClassicalTopology>
PlantHelper::GetTopology() const
{
    return m_topology;
}

void
PlantHelper::SetDeviceQueueSize(const QueueSize& size)
{
    m_queueSize = size;
}

void
PlantHelper::InstallStack(const NodeContainer& nodes)
{
    InternetStackHelper stack;
    stack.SetRoutingHelper(FibreRoutingHelper(m_topology));
    stack.SetIpv6StackInstall(false);
    stack.Install(nodes);
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        NS_ABORT_MSG_IF(m_services == MAX_SERVICES, "service addresses are exhausted");
        const Ipv4Address address(FIRST_SERVICE + m_services);
        ++m_services;
        m_topology->AddNode((*node)->GetId(), address);
        // with the default of 64 half of a ring of 256 nodes could not reach its controller
        (*node)->GetObject<Ipv4L3Protocol>()->SetAttribute("DefaultTtl", UintegerValue(TTL));
        Ipv4InterfaceAddress service(address, Ipv4Mask::GetOnes());
        // the default, address | ~mask, is the address itself, and UDP refuses broadcast
        SetLimitedBroadcast(service, 0);
        (*node)->GetObject<Ipv4>()->AddAddress(0, service);
    }
}

Ptr<ClassicalLink>
PlantHelper::Connect(const std::string& name,
                     Ptr<Node> a,
                     Ptr<Node> b,
                     const FibrePath& path,
                     DataRate rate)
{
    return Lay(name, a, b, path, rate, true);
}

Ptr<ClassicalLink>
PlantHelper::ConnectEnds(const std::string& name,
                         Ptr<Node> a,
                         Ptr<Node> b,
                         const FibrePath& path,
                         DataRate rate)
{
    return Lay(name, a, b, path, rate, false);
}

Ptr<ClassicalLink>
PlantHelper::Lay(const std::string& name,
                 Ptr<Node> a,
                 Ptr<Node> b,
                 const FibrePath& path,
                 DataRate rate,
                 bool transit)
{
    Ptr<ClassicalLink> link = CreateObjectWithAttributes<ClassicalLink>("Name",
                                                                        StringValue(name),
                                                                        "DataRate",
                                                                        DataRateValue(rate),
                                                                        "Transit",
                                                                        BooleanValue(transit));
    link->SetPath(path);
    Install(link, a, b);
    return link;
}

void
PlantHelper::InstallStack(const std::string& nodeName)
{
    InstallStack(NodeContainer(GetNamedNode(nodeName)));
}

Ptr<ClassicalLink>
PlantHelper::Connect(const std::string& name,
                     const std::string& a,
                     const std::string& b,
                     const FibrePath& path,
                     DataRate rate)
{
    return Connect(name, GetNamedNode(a), GetNamedNode(b), path, rate);
}

Ptr<ClassicalLink>
PlantHelper::ConnectLocal(const std::string& name,
                          Ptr<Node> a,
                          Ptr<Node> b,
                          Time delay,
                          DataRate rate)
{
    Ptr<ClassicalLink> link = CreateObjectWithAttributes<ClassicalLink>("Name",
                                                                        StringValue(name),
                                                                        "DataRate",
                                                                        DataRateValue(rate),
                                                                        "Delay",
                                                                        TimeValue(delay));
    Install(link, a, b);
    return link;
}

void
PlantHelper::Install(Ptr<ClassicalLink> link, Ptr<Node> a, Ptr<Node> b)
{
    NS_ABORT_MSG_IF(m_subnets == MAX_SUBNETS, "addresses for links are exhausted");
    NS_ABORT_MSG_UNLESS(a->GetObject<Ipv4>() && b->GetObject<Ipv4>(),
                        "link " << link->GetName() << ": node "
                                << (a->GetObject<Ipv4>() ? b : a)->GetId()
                                << " has no IP stack; call InstallStack() before Connect()");
    const uint32_t subnet = FIRST_SUBNET + 4 * m_subnets;
    ++m_subnets;

    PointToPointHelper pointToPoint;
    pointToPoint.SetDeviceAttribute("DataRate", DataRateValue(link->GetDataRate()));
    pointToPoint.SetChannelAttribute("Delay", TimeValue(link->GetDelay()));
    // without a queue disc nobody listens to flow control, and drops show at the queue
    DisableFlowControl(pointToPoint, 0);
    const NetDeviceContainer devices = pointToPoint.Install(a, b);
    m_devices.Add(devices);

    Ptr<FibreLossModel> loss = CreateObject<FibreLossModel>();
    loss->SetLink(link);
    for (uint32_t end : {0, 1})
    {
        devices.Get(end)->SetAttribute("ReceiveErrorModel", PointerValue(loss));
        // PointToPointHelper only makes queues whose type is a template
        Ptr<ControlFirstQueue> queue = CreateObject<ControlFirstQueue>();
        queue->SetMaxSize(m_queueSize);
        devices.Get(end)->SetAttribute("TxQueue", PointerValue(queue));
        AddInterface(devices.Get(end), Ipv4Address(subnet + 1 + end));
        NameOnNode(devices.Get(end)->GetNode(), "classical-" + link->GetName(), devices.Get(end));
    }
    link->SetDevices(devices.Get(0), devices.Get(1));
    m_topology->AddLink(link, Ipv4Address(subnet + 1), Ipv4Address(subnet + 2));
}

void
PlantHelper::EnablePcap(const std::string& prefix) const
{
    PointToPointHelper().EnablePcap(prefix, m_devices);
}

void
PlantHelper::EnableAscii(Ptr<OutputStreamWrapper> stream) const
{
    PointToPointHelper().EnableAscii(stream, m_devices);
}

NetDeviceContainer
PlantHelper::GetDevices() const
{
    return m_devices;
}

void
PlantHelper::EnablePcapInternal(std::string prefix,
                                Ptr<NetDevice> device,
                                bool promiscuous,
                                bool explicitFilename)
{
    PointToPointHelper().EnablePcap(prefix, device, promiscuous, explicitFilename);
}

void
PlantHelper::EnableAsciiInternal(Ptr<OutputStreamWrapper> stream,
                                 std::string prefix,
                                 Ptr<NetDevice> device,
                                 bool explicitFilename)
{
    if (stream)
    {
        PointToPointHelper().EnableAscii(stream, device);
    }
    else
    {
        PointToPointHelper().EnableAscii(prefix, device, explicitFilename);
    }
}

Ipv4Address
PlantHelper::GetServiceAddress(Ptr<Node> node)
{
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    NS_ABORT_MSG_UNLESS(ipv4, "node " << node->GetId() << " has no IP stack");
    Ptr<FibreRouting> routing =
        Ipv4RoutingHelper::GetRouting<FibreRouting>(ipv4->GetRoutingProtocol());
    NS_ABORT_MSG_UNLESS(routing, "node " << node->GetId() << " has no fibre routing");
    return routing->GetServiceAddress();
}

} // namespace qkdn
} // namespace ns3
