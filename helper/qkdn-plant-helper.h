/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PLANT_HELPER_H
#define QKDN_PLANT_HELPER_H

#include "ns3/data-rate.h"
#include "ns3/ipv4-address.h"
#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/nstime.h"
#include "ns3/qkdn-classical-link.h"
#include "ns3/qkdn-classical-topology.h"
#include "ns3/qkdn-fibre-path.h"
#include "ns3/queue-size.h"
#include "ns3/trace-helper.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Builds the classical network: IP stacks with FibreRouting, and links.
 *
 * Service addresses are 10.0.0.1 and up in the order of InstallStack(); each link gets the
 * next /30 of 172.16.0.0/12. Nothing gets a queue disc or IPv6. Packets may cross 254 nodes, the
 * most that IP allows.
 *
 * On a node with a name in ns3::Names the devices of a link are called "classical-<link>" below it.
 * Packet captures and ASCII traces of devices are those of PointToPointHelper.
 */
class PlantHelper : public PcapHelperForDevice, public AsciiTraceHelperForDevice
{
  public:
    using AsciiTraceHelperForDevice::EnableAscii;
    using PcapHelperForDevice::EnablePcap;

    /// With a ClassicalTopology of its own.
    PlantHelper();

    /**
     * @brief The graph that the helper builds.
     * @return the topology; set its attributes before the simulation starts
     */
    Ptr<ClassicalTopology> GetTopology() const;

    /**
     * @brief Set the size of the transmission queues of links made from now on.
     * @param size size, 1000 packets by default; network control traffic leaves first
     */
    void SetDeviceQueueSize(const QueueSize& size);

    /**
     * @brief Give nodes an IP stack with FibreRouting and a service address.
     * @param nodes nodes without an IP stack
     */
    void InstallStack(const NodeContainer& nodes);

    /**
     * @brief Give a node an IP stack with FibreRouting and a service address.
     * @param nodeName name of a node without an IP stack
     */
    void InstallStack(const std::string& nodeName);

    /**
     * @brief Make a link over fibre.
     * @param name name of the link, unique in a scenario
     * @param a node at end A of the path, with its stack
     * @param b node at end B of the path, with its stack
     * @param path the fibre
     * @param rate bit rate in each direction
     * @return the link
     */
    Ptr<ClassicalLink> Connect(const std::string& name,
                               Ptr<Node> a,
                               Ptr<Node> b,
                               const FibrePath& path,
                               DataRate rate);

    /**
     * @brief Make a link over fibre.
     * @param name name of the link, unique in a scenario
     * @param a name of the node at end A of the path
     * @param b name of the node at end B of the path
     * @param path the fibre
     * @param rate bit rate in each direction
     * @return the link
     */
    Ptr<ClassicalLink> Connect(const std::string& name,
                               const std::string& a,
                               const std::string& b,
                               const FibrePath& path,
                               DataRate rate);

    /**
     * @brief Make a link over fibre that carries only what the nodes at its ends send to each
     * other, as the classical channel of a QKD link.
     * @param name name of the link, unique in a scenario
     * @param a node at end A of the path, with its stack
     * @param b node at end B of the path, with its stack
     * @param path the fibre
     * @param rate bit rate in each direction
     * @return the link
     */
    Ptr<ClassicalLink> ConnectEnds(const std::string& name,
                                   Ptr<Node> a,
                                   Ptr<Node> b,
                                   const FibrePath& path,
                                   DataRate rate);

    /**
     * @brief Make a link without fibre, inside a site.
     * @param name name of the link, unique in a scenario
     * @param a node at end A, with its stack
     * @param b node at end B, with its stack
     * @param delay propagation delay
     * @param rate bit rate in each direction
     * @return the link
     */
    Ptr<ClassicalLink> ConnectLocal(const std::string& name,
                                    Ptr<Node> a,
                                    Ptr<Node> b,
                                    Time delay,
                                    DataRate rate);

    /**
     * @brief The devices of all links made so far.
     * @return the devices, end A of a link before its end B
     */
    NetDeviceContainer GetDevices() const;

    /**
     * @brief Capture packets on all links made so far, one file a device.
     * @param prefix files are named prefix-node-device.pcap
     */
    void EnablePcap(const std::string& prefix) const;

    /**
     * @brief Write queueing, sending, receiving and loss of packets on all links made so far, as
     * PointToPointHelper does.
     * @param stream where the lines go
     */
    void EnableAscii(Ptr<OutputStreamWrapper> stream) const;

    /**
     * @brief The service address of a node.
     * @param node a node that got its stack from a PlantHelper; aborts otherwise
     * @return the address
     */
    static Ipv4Address GetServiceAddress(Ptr<Node> node);

  private:
    // from PcapHelperForDevice
    void EnablePcapInternal(std::string prefix,
                            Ptr<NetDevice> device,
                            bool promiscuous,
                            bool explicitFilename) override;

    // from AsciiTraceHelperForDevice
    void EnableAsciiInternal(Ptr<OutputStreamWrapper> stream,
                             std::string prefix,
                             Ptr<NetDevice> device,
                             bool explicitFilename) override;

    /**
     * @brief Make a link over fibre.
     * @param name name of the link
     * @param a node at end A of the path
     * @param b node at end B of the path
     * @param path the fibre
     * @param rate bit rate in each direction
     * @param transit whether packets of others may use it
     * @return the link
     */
    Ptr<ClassicalLink> Lay(const std::string& name,
                           Ptr<Node> a,
                           Ptr<Node> b,
                           const FibrePath& path,
                           DataRate rate,
                           bool transit);

    /**
     * @brief Make the devices and interfaces of a link and add it to the topology.
     * @param link the link with its delay set
     * @param a node at end A
     * @param b node at end B
     */
    void Install(Ptr<ClassicalLink> link, Ptr<Node> a, Ptr<Node> b);

    Ptr<ClassicalTopology> m_topology; //!< the graph
    QueueSize m_queueSize;             //!< size of transmission queues
    NetDeviceContainer m_devices;      //!< devices of all links
    uint32_t m_services{0};            //!< service addresses given
    uint32_t m_subnets{0};             //!< subnets given
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PLANT_HELPER_H */
