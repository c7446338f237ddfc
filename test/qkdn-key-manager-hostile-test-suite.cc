/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-manager-test-network.h"
#include "qkdn-test-schedule.h"

#include "ns3/enum.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief A neighbour that says what makes no sense.
 */
class KeyManagerHostileTest : public TestCase
{
  public:
    KeyManagerHostileTest()
        : TestCase("Malformed and misplaced messages are counted and change nothing")
    {
    }

  private:
    /**
     * @brief Send a message that is bad.
     * @param net the network
     * @param type its type
     * @param body its body
     * @param what what is bad
     */
    void ExpectBad(KeyManagerTestNetwork& net,
                   uint16_t type,
                   Ptr<Packet> body,
                   const std::string& what)
    {
        const uint32_t before = net.BadMessages(1);
        const uint64_t own = net.Pool(1)->GetOwnBits();
        const uint64_t peer = net.Pool(1)->GetPeerBits();
        net.Km(0)->GetEndpoint()->Send(PeerId(1), type, body);
        RunUntil(Simulator::Now().GetSeconds() + 0.01);
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(1), before + 1, what);
        NS_TEST_ASSERT_MSG_EQ(net.Pool(1)->GetOwnBits(), own, what);
        NS_TEST_ASSERT_MSG_EQ(net.Pool(1)->GetPeerBits(), peer, what);
        NS_TEST_ASSERT_MSG_EQ(net.Km(1)->IsAgreed(KmId(1)), true, what);
    }

    void DoRun() override
    {
        KeyManagerTestNetwork net;
        const KeyId initial{LinkId(1), 1};
        At(1, [&net] { net.Ask(0, 2); });
        RunUntil(2);
        const Ptr<Packet> nothing = Create<Packet>();
        for (uint16_t type = 0x0300; type < 0x0320; ++type)
        {
            ExpectBad(net, type, nothing, "empty, type " + std::to_string(type));
        }
        ExpectBad(net,
                  KX_AGREEMENT,
                  KxAgreement{{}, {KsaKeyId{SessionId(1), 1}}}.ToPacket(),
                  "a second agreement");
        ExpectBad(net, KX_SHARE_GRANT, KxShareGrant{0, {}}.ToPacket(), "nobody asked");
        ExpectBad(net,
                  KX_KEY_STORED,
                  KxKeyStored{false, 0, {{KeyId{LinkId(1), 99}, 10, 5}}}.ToPacket(),
                  "the other end decides");
        ExpectBad(net,
                  KX_LINK_STATUS,
                  KxLinkStatus{LinkId(9), LINK_OFF}.ToPacket(),
                  "no link between the two");
        ExpectBad(net, KX_SUPPLY_RESPONSE, KxSupplyResponse().ToPacket(), "without results");
        KxSupplyNotification untagged;
        untagged.keys = {KxNotifiedKey{KsaKeyId{SessionId(1), 77}, {KeyRange{initial, 5000, 256}}}};
        ExpectBad(net, KX_SUPPLY_NOTIFICATION, untagged.ToPacket(), "no tag");
        KxSupplyNotification weak = untagged;
        weak.tag.ranges = {KeyRange{initial, 6000, 8}};
        weak.tag.tag = {0};
        weak.responseTagRanges = {KeyRange{initial, 6008, 8}};
        ExpectBad(net, KX_SUPPLY_NOTIFICATION, weak.ToPacket(), "a short tag");
        net.Claim(0);
        RunUntil(Simulator::Now().GetSeconds() + 1);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[0].claimed.status, KEY_SUPPLY_OK, "still there");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");

        // a wrong tag of the right length: what was named is spent, no key is held
        KxSupplyNotification forged = untagged;
        forged.tag.ranges = {KeyRange{initial, 7000, 96}};
        forged.tag.tag.assign(12, 0);
        forged.responseTagRanges = {KeyRange{initial, 7096, 96}};
        const uint32_t bad = net.BadMessages(1);
        net.Km(0)->GetEndpoint()->Send(PeerId(1), KX_SUPPLY_NOTIFICATION, forged.ToPacket());
        RunUntil(Simulator::Now().GetSeconds() + 1);
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(1), bad + 1, "wrong tag");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().createdKeys, 2, "no key of it");
        NS_TEST_ASSERT_MSG_EQ(net.GetProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A response that leaves keys out, and then random messages while keys are supplied.
 */
class KeyManagerBabbleTest : public TestCase
{
  public:
    KeyManagerBabbleTest()
        : TestCase("A response that is not whole voids the rest; babble does not stop supply")
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerTestNetwork net;
        net.Km(0)->GetAuthenticator()->SetAttribute("KxAuthentication", EnumValue(KX_NONE));
        net.Km(1)->GetAuthenticator()->SetAttribute("KxAuthentication", EnumValue(KX_NONE));
        RunUntil(1);
        // the forged response is on its way before the true one
        net.Ask(0, 2);
        At(1.00005, [&net] {
            KxSupplyResponse response;
            response.results = {KxNotifiedResult{KsaKeyId{SessionId(1), 1}, true}};
            net.Km(1)->GetEndpoint()->Send(PeerId(1), KX_SUPPLY_RESPONSE, response.ToPacket());
        });
        RunUntil(2);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[0].answers, 1, "an answer");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[0].container.status, KEY_SUPPLY_UNAVAILABLE, "void");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_VOIDED], 2, "void");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetOpenKeys(), 0, "at both ends");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");

        Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
        draw->SetStream(3200);
        for (int step = 0; step < 400; ++step)
        {
            At(3 + 0.01 * step, [&net, draw] {
                std::vector<uint8_t> bytes(draw->GetInteger(0, 60));
                for (uint8_t& byte : bytes)
                {
                    byte = static_cast<uint8_t>(draw->GetInteger(0, 255));
                }
                net.Km(0)->GetEndpoint()->Send(
                    PeerId(1),
                    static_cast<uint16_t>(draw->GetInteger(0x0301, 0x0314)),
                    Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())));
                net.Ask(0, 1, 64, true);
                net.Ask(1, 1, 64, true);
            });
        }
        RunUntil(10);
        NS_TEST_ASSERT_MSG_EQ(net.Count(KEY_SUPPLY_OK), 800, "all supplied");
        NS_TEST_ASSERT_MSG_GT(net.BadMessages(1), 390, "counted");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of key managers whose neighbour says what makes no sense.
 */
class QkdnKeyManagerHostileTestSuite : public TestSuite
{
  public:
    QkdnKeyManagerHostileTestSuite()
        : TestSuite("qkdn-key-manager-hostile", Type::UNIT)
    {
        AddTestCase(new KeyManagerHostileTest);
        AddTestCase(new KeyManagerBabbleTest);
    }
};

static QkdnKeyManagerHostileTestSuite g_qkdnKeyManagerHostileTestSuite; //!< registers the suite
