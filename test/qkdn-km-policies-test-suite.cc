/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-test-schedule.h"
#include "qkdn-transport-test-network.h"

#include "ns3/qkdn-km-management-agent.h"
#include "ns3/qkdn-mk-receiver.h"
#include "ns3/test.h"

#include <memory>
#include <string>
#include <utility>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr uint16_t KM_PORT = 7040;      //!< Mk at KMs
constexpr uint16_t MANAGER_PORT = 7041; //!< Mk at managers
const KmId SELF{3};                     //!< the KM

/// A policy that allows everything but is not the configuration.
MkPolicy
MakePolicy(uint32_t number)
{
    MkPolicy policy;
    policy.number = number;
    policy.reserveBits = 1000 * number;
    return policy;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Messages on Mk survive the way; what is malformed is none.
 */
class MkMessagesTest : public TestCase
{
  public:
    MkMessagesTest()
        : TestCase("Messages on Mk: written and read; cut, longer or senseless is refused")
    {
    }

  private:
    /// Every part of a message, and a longer one, is refused.
    template <typename Message>
    void CheckLengths(const Message& message)
    {
        const Ptr<Packet> packet = message.ToPacket();
        NS_TEST_EXPECT_MSG_EQ(Message::FromPacket(packet).has_value(), true, "whole");
        for (uint32_t size = 0; size < packet->GetSize(); ++size)
        {
            NS_TEST_EXPECT_MSG_EQ(Message::FromPacket(packet->CreateFragment(0, size)).has_value(),
                                  false,
                                  "the first " << size << " bytes");
        }
        const Ptr<Packet> longer = packet->Copy();
        longer->AddAtEnd(Create<Packet>(1));
        NS_TEST_EXPECT_MSG_EQ(Message::FromPacket(longer).has_value(), false, "longer");
    }

    void DoRun() override
    {
        CheckLengths(MkRegister{SELF, 7});
        CheckLengths(MkAcknowledge{7, true});
        MkPolicy policy = MakePolicy(7);
        policy.maySwitch = false;
        CheckLengths(policy);
        const auto read = MkPolicy::FromPacket(policy.ToPacket());
        NS_TEST_ASSERT_MSG_EQ(read.has_value(), true, "policy");
        NS_TEST_EXPECT_MSG_EQ(read->number, 7, "number");
        NS_TEST_EXPECT_MSG_EQ(read->maySwitch, false, "may switch");
        NS_TEST_EXPECT_MSG_EQ(read->mayCarryExtra, true, "extra traffic");
        NS_TEST_EXPECT_MSG_EQ(read->reserveBits, 7000, "reserve");
        NS_TEST_EXPECT_MSG_EQ(MkPolicy::FromPacket(MkPolicy().ToPacket()).has_value(),
                              false,
                              "no policy has number 0");
        NS_TEST_EXPECT_MSG_EQ(MkRegister::FromPacket(MkRegister().ToPacket()).has_value(),
                              false,
                              "no KM has number 0");
        uint8_t bytes[13] = {0, 0, 0, 7, 4, 0, 0, 0, 0, 0, 0, 0, 0};
        NS_TEST_EXPECT_MSG_EQ(MkPolicy::FromPacket(Create<Packet>(bytes, 13)).has_value(),
                              false,
                              "unknown flag");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A manager and a KM, on two nodes whose connection can be cut.
 */
class MkTest : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void DoSetup() override
    {
        m_network = std::make_unique<TestNetwork>();
        m_receiver = CreateObject<MkReceiver>();
        m_receiver->SetIdentity(TestNetwork::At(0, MANAGER_PORT));
        m_receiver->AddKeyManager(SELF, TestNetwork::At(1, KM_PORT));
        m_receiver->TraceConnectWithoutContext("Policy", MakeCallback(&MkTest::Sent, this));
        m_receiver->TraceConnectWithoutContext("BadMessage", MakeCallback(&MkTest::Refused, this));
        m_receiver->TraceConnectWithoutContext("PolicyRefused",
                                               MakeCallback(&MkTest::NotFollowed, this));
        m_agent = CreateObject<KmManagementAgent>();
        m_agent->Configure(SELF, MakeCallback(&MkTest::Applied, this));
        m_agent->SetAddresses(TestNetwork::At(1, KM_PORT), TestNetwork::At(0, MANAGER_PORT));
        m_agent->TraceConnectWithoutContext("BadMessage", MakeCallback(&MkTest::Refused, this));
        At(0, [this] {
            m_receiver->Start(m_network->Get(0));
            m_agent->Start(m_network->Get(1));
        });
    }

    void DoTeardown() override
    {
        m_receiver->Dispose();
        m_agent->Dispose();
        m_network.reset();
        Simulator::Destroy();
    }

    /**
     * @brief Run and check what happened since the last time.
     * @param seconds until when
     * @param expected "sent N", "apply N", "accepted N", "refused N" and "bad TYPE"
     */
    void Expect(double seconds, const std::string& expected)
    {
        RunUntil(seconds);
        const std::string log = std::exchange(m_log, "");
        NS_TEST_EXPECT_MSG_EQ(log, expected, "up to " << seconds << " s");
    }

    std::unique_ptr<TestNetwork> m_network; //!< the network
    Ptr<MkReceiver> m_receiver;             //!< the manager's end
    Ptr<KmManagementAgent> m_agent;         //!< the KM's end
    std::string m_log;                      //!< what happened

  private:
    /// @cond
    void Sent(KmId, const MkPolicy& policy, bool accepted)
    {
        m_log += (accepted ? "accepted " : "sent ") + std::to_string(policy.number) + " ";
    }

    void Applied(const MkPolicy& policy)
    {
        m_log += "apply " + std::to_string(policy.number) + " ";
    }

    void NotFollowed(KmId, uint32_t number)
    {
        m_log += "refused " + std::to_string(number) + " ";
    }

    void Refused(KmId, uint16_t type)
    {
        m_log += "bad " + std::to_string(type) + " ";
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Policies reach the KM, whatever happens to the connection and to both ends (G-M1).
 */
class PolicyPushTest : public MkTest
{
  public:
    PolicyPushTest()
        : MkTest("Policies are pushed until acknowledged, and after each reconnection")
    {
    }

  private:
    void DoRun() override
    {
        // a policy from before the start, and one during the run
        m_receiver->SetPolicy(MakePolicy(1));
        Expect(4, "sent 1 apply 1 accepted 1 ");
        NS_TEST_EXPECT_MSG_EQ(m_receiver->HasAccepted(SELF), true, "accepted");
        NS_TEST_EXPECT_MSG_EQ(m_receiver->HasAccepted(KmId(4)), false, "nobody");
        At(5, [this] { m_receiver->SetPolicy(MakePolicy(4)); });
        Expect(8, "sent 4 apply 4 accepted 4 ");
        NS_TEST_EXPECT_MSG_EQ(m_agent->GetPolicy().reserveBits, 4000, "in force");

        // a lost connection: the KM goes on with what it has, and learns the new one
        At(8.5, [this] { m_network->ShutBoth(true); });
        At(20, [this] { m_receiver->SetPolicy(MakePolicy(5)); });
        Expect(24, "");
        NS_TEST_EXPECT_MSG_EQ(m_receiver->HasAccepted(SELF), false, "gone");
        NS_TEST_EXPECT_MSG_EQ(m_agent->GetPolicy().number, 4, "still in force");
        At(24.5, [this] { m_network->ShutBoth(false); });
        Expect(40, "sent 5 apply 5 accepted 5 ");

        // the KM crashes: it forgets the policy, and is given it again
        At(41, [this] {
            m_agent->Stop();
            NS_TEST_EXPECT_MSG_EQ(m_agent->GetPolicy().number, 0, "forgotten");
        });
        At(46, [this] { m_agent->Start(m_network->Get(1)); });
        Expect(60, "sent 5 apply 5 accepted 5 ");

        // the manager crashes: policies are on stable storage, and the KM has this one already
        At(61, [this] { m_receiver->Stop(); });
        Expect(65, "");
        At(66, [this] { m_receiver->Start(m_network->Get(0)); });
        Expect(80, "sent 5 accepted 5 ");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A manager that says what the test wants, and what is malformed at either end.
 */
class PolicyRefusedTest : public MkTest
{
  public:
    PolicyRefusedTest()
        : MkTest("Older policies and malformed messages are counted and dropped at either end")
    {
    }

  private:
    /// The manager sends a message.
    void ManagerSays(double at, uint16_t type, Ptr<Packet> body)
    {
        At(at, [this, type, body] {
            // the only peer of the endpoint
            const PeerId peer = m_receiver->GetEndpoint()->AddPeer(TestNetwork::At(1, KM_PORT));
            NS_TEST_EXPECT_MSG_EQ(m_receiver->GetEndpoint()->Send(peer, type, body, IncidentId()),
                                  true,
                                  "sent");
        });
    }

    /// The KM sends a message.
    void KmSays(double at, uint16_t type, Ptr<Packet> body)
    {
        At(at, [this, type, body] { m_agent->Send(type, body, IncidentId()); });
    }

    void DoRun() override
    {
        m_receiver->SetPolicy(MakePolicy(3));
        Expect(4, "sent 3 apply 3 accepted 3 ");
        const std::string policy = "bad " + std::to_string(MK_POLICY) + " ";
        const std::string acknowledge = "bad " + std::to_string(MK_ACKNOWLEDGE) + " ";
        const std::string registration = "bad " + std::to_string(MK_REGISTER) + " ";
        ManagerSays(5, MK_POLICY, MakePolicy(2).ToPacket());
        Expect(6, policy + "refused 2 ");
        NS_TEST_EXPECT_MSG_EQ(m_receiver->HasAccepted(SELF), true, "an old one only");
        ManagerSays(6.5, MK_POLICY, MakePolicy(3).ToPacket());
        Expect(7, ""); // a repetition is acknowledged and not applied again
        ManagerSays(7.5, MK_POLICY, Create<Packet>(5));
        Expect(8, policy);
        ManagerSays(8.5, MK_REGISTER, MkRegister{SELF, 0}.ToPacket());
        Expect(9, registration);
        NS_TEST_EXPECT_MSG_EQ(m_agent->GetPolicy().number, 3, "nothing changed");
        KmSays(9.5, MK_ACKNOWLEDGE, MkAcknowledge{4, true}.ToPacket());
        Expect(10, acknowledge); // no such policy
        KmSays(10.5, MK_REGISTER, MkRegister{KmId(9), 0}.ToPacket());
        Expect(11, registration); // another KM
        KmSays(11.5, MK_POLICY, MakePolicy(9).ToPacket());
        Expect(12, policy);
        NS_TEST_EXPECT_MSG_EQ(m_receiver->HasAccepted(SELF), true, "nothing changed");
        KmSays(12.5, MK_ACKNOWLEDGE, MkAcknowledge{4, false}.ToPacket());
        Expect(13, acknowledge); // no such policy

        // the KM has a newer policy from elsewhere: the newest of this manager is not repeated
        ManagerSays(13.5, MK_POLICY, MakePolicy(7).ToPacket());
        Expect(14, "apply 7 " + acknowledge);
        At(14.5, [this] { m_receiver->SetPolicy(MakePolicy(5)); });
        Expect(20, "sent 5 " + policy + "refused 5 ");
        NS_TEST_EXPECT_MSG_EQ(m_receiver->HasAccepted(SELF), false, "refused");
        At(20.5, [this] { m_receiver->SetPolicy(MakePolicy(8)); });
        Expect(24, "sent 8 apply 8 accepted 8 ");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Suite of reference point Mk.
 */
class KmPoliciesTestSuite : public TestSuite
{
  public:
    KmPoliciesTestSuite()
        : TestSuite("qkdn-km-policies", Type::UNIT)
    {
        AddTestCase(new MkMessagesTest);
        AddTestCase(new PolicyPushTest);
        AddTestCase(new PolicyRefusedTest);
    }
};

/// Registers the suite.
static KmPoliciesTestSuite g_kmPoliciesTestSuite;
