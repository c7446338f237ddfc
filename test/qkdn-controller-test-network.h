/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROLLER_TEST_NETWORK_H
#define QKDN_CONTROLLER_TEST_NETWORK_H

#include "qkdn-scripted-peers.h"
#include "qkdn-test-schedule.h"

#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4.h"
#include "ns3/node-container.h"
#include "ns3/qkdn-controller.h"
#include "ns3/simple-channel.h"
#include "ns3/simple-net-device-helper.h"
#include "ns3/simple-net-device.h"
#include "ns3/test.h"

#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief The ring of KMs 1-2-4-3-1 with QKD links 12, 24, 34, 13, a controller (node 0) and a
 * manager (node 5) on one local network.
 */
class ControllerTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name of the test
     */
    explicit ControllerTest(const std::string& name)
        : TestCase(name)
    {
    }

  protected:
    /// A failure as its detector names it.
    static constexpr IncidentId INCIDENT{7, 3};

    /// The node of KM 1; 0 puts it beside the controller.
    virtual uint32_t NodeOfFirst() const
    {
        return 1;
    }

    void DoSetup() override
    {
        m_nodes = NodeContainer();
        m_nodes.Create(6);
        InternetStackHelper internet;
        internet.SetIpv6StackInstall(false);
        internet.Install(m_nodes);
        m_channel = CreateObject<SimpleChannel>();
        m_channel->SetAttribute("Delay", TimeValue(MilliSeconds(1)));
        m_devices = SimpleNetDeviceHelper().Install(m_nodes, m_channel);
        Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(m_devices);

        // node 0 reaches itself through its loopback interface
        Ptr<Ipv4> self = m_nodes.Get(0)->GetObject<Ipv4>();
        self->AddAddress(0, Ipv4InterfaceAddress(At(0, 0).GetIpv4(), Ipv4Mask::GetOnes()));

        m_controller = CreateObject<QkdnController>();
        m_controller->SetIdentity(1, At(0, 7011));
        m_controller->SetManager(At(0, 7020), At(5, 7021));
        for (uint32_t i = 1; i <= 4; ++i)
        {
            const uint32_t node = i == 1 ? NodeOfFirst() : i;
            m_controller->AddKeyManager(KmId(i), At(node, 7010));
            m_kms[i] = std::make_unique<ScriptedKm>(KmId(i),
                                                    m_nodes.Get(node),
                                                    At(node, 7010),
                                                    At(0, 7011));
        }
        m_manager = std::make_unique<ScriptedManager>(m_nodes.Get(5), At(5, 7021), At(0, 7020));
        for (const auto& [a, b] : {std::make_pair(1, 2), {2, 4}, {3, 4}, {1, 3}})
        {
            m_kms[a]->AddLink(10 * a + b, b, RATE_BPS);
            m_kms[b]->AddLink(10 * a + b, a, RATE_BPS);
        }
        m_nodes.Get(0)->AddApplication(m_controller);
        m_controller->TraceConnectWithoutContext(
            "BadMessage",
            MakeCallback(&ControllerTest::CountBadMessage, this));
        m_controller->TraceConnectWithoutContext("Informed",
                                                 MakeCallback(&ControllerTest::Informed, this));
        m_controller->TraceConnectWithoutContext("Decision",
                                                 MakeCallback(&ControllerTest::Decision, this));
        m_controller->TraceConnectWithoutContext("Completed",
                                                 MakeCallback(&ControllerTest::Completed, this));
    }

    void DoTeardown() override
    {
        m_manager.reset();
        for (auto& km : m_kms)
        {
            km.reset();
        }
        Simulator::Destroy();
        m_controller = nullptr;
        m_channel = nullptr;
    }

    /// A session of KM 1: its master asks for it after each connection.
    CkSessionRequest& AddSession(uint32_t number, uint32_t slaveKm, ResilienceClass resilience)
    {
        CkSessionRequest request{SessionId(number), KmId(1), KmId(slaveKm), 256, {}};
        request.policy.resilienceClass = resilience;
        request.policy.priority = 1;
        request.policy.wtr = Seconds(5);
        m_kms[1]->m_sessions.push_back(request);
        return m_kms[1]->m_sessions.back();
    }

    /// Both ends of a link report its status.
    void SetLink(uint32_t link, LinkStatus status, IncidentId incident = IncidentId())
    {
        m_kms[link / 10]->Report(link, status, incident);
        m_kms[link % 10]->Report(link, status, incident);
    }

    /// Both ends of a link have another key rate, of which they have not told the controller.
    void SetKeyRate(uint32_t link, uint64_t bps)
    {
        for (const uint32_t km : {link / 10, link % 10})
        {
            m_kms[km]->m_links.at(LinkId(link)).keyRateBps = bps;
        }
    }

    /// Cut or repair the network between the controller and a node.
    void SetCut(uint32_t node, bool cut)
    {
        const auto a = DynamicCast<SimpleNetDevice>(m_devices.Get(0));
        const auto b = DynamicCast<SimpleNetDevice>(m_devices.Get(node));
        if (cut)
        {
            m_channel->BlackList(a, b);
            m_channel->BlackList(b, a);
        }
        else
        {
            m_channel->UnBlackList(a, b);
            m_channel->UnBlackList(b, a);
        }
    }

    /// What a peer received since the last call, joined by "; ".
    std::string Take(ScriptedPeer& peer)
    {
        std::string text;
        for (const std::string& line : peer.m_log)
        {
            text += (text.empty() ? "" : "; ") + line;
        }
        peer.m_log.clear();
        peer.m_times.clear();
        return text;
    }

    /// What KMs received since the last call.
    std::string TakeKm(uint32_t km)
    {
        return Take(*m_kms[km]);
    }

    /// Compare texts; unlike ns-3's macro it evaluates them once.
    void ExpectText(const std::string& actual, const std::string& expected, const char* what)
    {
        NS_TEST_EXPECT_MSG_EQ(actual, expected, what);
    }

    /// Forget what all KMs received.
    void Forget()
    {
        for (uint32_t km = 1; km <= 4; ++km)
        {
            TakeKm(km);
        }
    }

    /// Address on a node.
    static InetSocketAddress At(uint32_t node, uint16_t port)
    {
        return InetSocketAddress(Ipv4Address(0x0a000001 + node), port);
    }

    static constexpr uint64_t RATE_BPS = 1000; //!< key rate of each link, bit/s

    Ptr<QkdnController> m_controller;           //!< what is tested
    std::unique_ptr<ScriptedKm> m_kms[5];       //!< KMs 1 to 4
    std::unique_ptr<ScriptedManager> m_manager; //!< the manager
    uint32_t m_badMessages{0};                  //!< messages that changed nothing
    std::string m_marks;                        //!< Informed, Decision, Completed
    std::vector<Time> m_markTimes;              //!< when
    IncidentId m_markIncident;                  //!< incident of the newest

  private:
    /// @cond
    void Mark(const std::string& text, IncidentId incident)
    {
        m_marks += (m_marks.empty() ? "" : "; ") + text;
        m_markTimes.push_back(Simulator::Now());
        m_markIncident = incident;
    }

    void CountBadMessage(uint32_t, KmId, uint16_t)
    {
        ++m_badMessages;
    }

    void Informed(SessionId session, IncidentId incident)
    {
        Mark("informed s" + std::to_string(session.value), incident);
    }

    void Decision(SessionId, RouteId from, RouteId to, IncidentId incident)
    {
        Mark("decision " + RouteText(from) + " " + RouteText(to), incident);
    }

    void Completed(SessionId, RouteId route, IncidentId incident)
    {
        Mark("completed " + RouteText(route), incident);
    }

    /// @endcond

    NodeContainer m_nodes;        //!< the nodes
    NetDeviceContainer m_devices; //!< their devices
    Ptr<SimpleChannel> m_channel; //!< the local network
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROLLER_TEST_NETWORK_H */
