/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ENDPOINT_TEST_NETWORK_H
#define QKDN_ENDPOINT_TEST_NETWORK_H

#include "qkdn-transport-test-network.h"

#include "ns3/qkdn-frame-header.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A packet with bytes that depend on a number.
 * @param size number of bytes
 * @param salt the number
 * @return the packet
 */
inline Ptr<Packet>
Pattern(uint32_t size, uint32_t salt)
{
    std::vector<uint8_t> bytes(size);
    for (uint32_t i = 0; i < size; ++i)
    {
        bytes[i] = static_cast<uint8_t>((i * 7 + salt * 13) % 251);
    }
    return Create<Packet>(bytes.data(), size);
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief A frame as it travels.
 * @param type message type
 * @param body the body
 * @return the packet
 */
inline Ptr<Packet>
Frame(uint16_t type, Ptr<Packet> body)
{
    Ptr<Packet> frame = body->Copy();
    frame->AddHeader(FrameHeader(type, body->GetSize(), IncidentId{3, type}));
    return frame;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two message endpoints on a link.
 */
class EndpointTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name of the test
     */
    explicit EndpointTest(const std::string& name)
        : TestCase(name)
    {
    }

  protected:
    /// Port of the endpoints.
    static constexpr uint16_t PORT = 5000;

    /// A message as it was received, or a report of a peer.
    struct Event
    {
        Time at;             //!< when
        uint16_t type;       //!< message type; 1 for up, 0 for down
        Ptr<Packet> body;    //!< the body, null for a report
        IncidentId incident; //!< the incident
    };

    void DoSetup() override
    {
        m_network = std::make_unique<TestNetwork>();
        for (uint32_t i = 0; i < 2; ++i)
        {
            m_ends[i] = CreateObject<MessageEndpoint>();
            m_ends[i]->SetNode(m_network->Get(i));
        }
        m_ends[0]->SetReceiveCallback(MakeCallback(&EndpointTest::Receive0, this));
        m_ends[1]->SetReceiveCallback(MakeCallback(&EndpointTest::Receive1, this));
        m_ends[0]->SetPeerCallback(MakeCallback(&EndpointTest::Report0, this));
        m_ends[1]->SetPeerCallback(MakeCallback(&EndpointTest::Report1, this));
    }

    void DoTeardown() override
    {
        for (uint32_t i = 0; i < 2; ++i)
        {
            m_ends[i]->Dispose();
            m_ends[i] = nullptr;
            m_onReceive[i] = nullptr;
        }
        m_network.reset();
        Simulator::Destroy();
    }

    /**
     * @brief Start one end now.
     * @param i the end
     * @param role its role
     */
    void StartEnd(uint32_t i, ConnectRole role = CONNECT_BY_ADDRESS)
    {
        m_ends[i]->Listen(TestNetwork::At(i, PORT));
        const PeerId id = m_ends[i]->AddPeer(TestNetwork::At(1 - i, PORT), role);
        NS_TEST_ASSERT_MSG_EQ(id, m_peer, "the first peer");
    }

    /// Start both ends now.
    void StartBoth()
    {
        StartEnd(0);
        StartEnd(1);
    }

    /**
     * @brief Do something later.
     * @param seconds when, in s
     * @param what what to do
     */
    void At(double seconds, std::function<void()> what)
    {
        Simulator::Schedule(Seconds(seconds) - Simulator::Now(), [what]() { what(); });
    }

    /**
     * @brief Run.
     * @param seconds end of the simulation, in s
     */
    void RunUntil(double seconds)
    {
        Simulator::Stop(Seconds(seconds) - Simulator::Now());
        Simulator::Run();
    }

    /**
     * @brief The states that an end was told of, oldest first.
     * @param i the end
     * @return u for up, d for down
     */
    std::string Reports(uint32_t i) const
    {
        std::string text;
        for (const auto& report : m_reports[i])
        {
            text += report.type ? 'u' : 'd';
        }
        return text;
    }

    std::unique_ptr<TestNetwork> m_network; //!< the network
    Ptr<MessageEndpoint> m_ends[2];         //!< the endpoints
    const PeerId m_peer{1};                 //!< the peer of each
    std::vector<Event> m_received[2];       //!< messages received
    std::vector<Event> m_reports[2];        //!< states of the peer
    std::function<void()> m_onReceive[2];   //!< done after each message

  private:
    /// @cond
    void Receive(uint32_t i, uint16_t type, Ptr<Packet> body, IncidentId incident)
    {
        m_received[i].push_back({Simulator::Now(), type, body, incident});
        if (m_onReceive[i])
        {
            m_onReceive[i]();
        }
    }

    void Receive0(PeerId, uint16_t type, Ptr<Packet> body, IncidentId incident)
    {
        Receive(0, type, body, incident);
    }

    void Receive1(PeerId, uint16_t type, Ptr<Packet> body, IncidentId incident)
    {
        Receive(1, type, body, incident);
    }

    void Report0(PeerId, bool up)
    {
        m_reports[0].push_back({Simulator::Now(), up, nullptr, IncidentId()});
    }

    void Report1(PeerId, bool up)
    {
        m_reports[1].push_back({Simulator::Now(), up, nullptr, IncidentId()});
    }

    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ENDPOINT_TEST_NETWORK_H */
