/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TRANSPORT_TEST_NETWORK_H
#define QKDN_TRANSPORT_TEST_NETWORK_H

#include "ns3/error-model.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/node-container.h"
#include "ns3/object-vector.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/pointer.h"
#include "ns3/qkdn-tcp-socket.h"
#include "ns3/string.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-socket-base.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Loses everything while it is shut.
 */
class GateErrorModel : public ErrorModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId()
    {
        static TypeId tid =
            TypeId("ns3::qkdn::GateErrorModel").SetParent<ErrorModel>().SetGroupName("Tests");
        return tid;
    }

    bool m_shut{false}; //!< whether packets are lost

  private:
    bool DoCorrupt(Ptr<Packet> /* packet */) override
    {
        return m_shut;
    }

    void DoReset() override
    {
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two nodes, 10.0.0.1 and 10.0.0.2, on a link that can be cut in each direction.
 */
class TestNetwork
{
  public:
    TestNetwork()
    {
        m_nodes.Create(2);
        InternetStackHelper internet;
        internet.SetIpv6StackInstall(false);
        internet.Install(m_nodes);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
        link.SetChannelAttribute("Delay", StringValue("1ms"));
        NetDeviceContainer devices = link.Install(m_nodes);
        Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
        addresses.Assign(devices);
        for (uint32_t i = 0; i < 2; ++i)
        {
            m_gates.push_back(CreateObject<GateErrorModel>());
            devices.Get(i)->SetAttribute("ReceiveErrorModel", PointerValue(m_gates.back()));
        }
    }

    /**
     * @brief A node.
     * @param i 0 or 1
     * @return the node
     */
    Ptr<Node> Get(uint32_t i) const
    {
        return m_nodes.Get(i);
    }

    /**
     * @brief An address on a node.
     * @param i 0 or 1
     * @param port the port
     * @return the address
     */
    static InetSocketAddress At(uint32_t i, uint16_t port)
    {
        return InetSocketAddress(Ipv4Address(0x0a000001 + i), port);
    }

    /**
     * @brief Cut or repair one direction.
     * @param to receiving node, 0 or 1
     * @param shut true to cut
     */
    void Shut(uint32_t to, bool shut)
    {
        m_gates[to]->m_shut = shut;
    }

    /**
     * @brief Cut or repair both directions.
     * @param shut true to cut
     */
    void ShutBoth(bool shut)
    {
        Shut(0, shut);
        Shut(1, shut);
    }

    /**
     * @brief The TCP sockets of a node.
     * @param i 0 or 1
     * @return the sockets, listening and closed ones too
     */
    std::vector<Ptr<TcpSocketBase>> Sockets(uint32_t i) const
    {
        ObjectVectorValue list;
        Get(i)->GetObject<TcpL4Protocol>()->GetAttribute("SocketList", list);
        std::vector<Ptr<TcpSocketBase>> sockets;
        for (auto it = list.Begin(); it != list.End(); ++it)
        {
            sockets.push_back(DynamicCast<TcpSocketBase>(it->second));
        }
        return sockets;
    }

  private:
    NodeContainer m_nodes;                    //!< the nodes
    std::vector<Ptr<GateErrorModel>> m_gates; //!< loss at the receiving ends
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TRANSPORT_TEST_NETWORK_H */
