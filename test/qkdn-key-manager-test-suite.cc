/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-manager-test-network.h"
#include "qkdn-test-schedule.h"

#include "ns3/enum.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys over one hop: equal bytes, delay and cost.
 */
class KeyManagerSupplyTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param name name of the authentication
     * @param authentication how Kx is authenticated
     * @param tagsOfThree tags that a request of three keys costs
     * @param tagsOfFive tags that two requests at once, of two and of three keys, cost
     */
    KeyManagerSupplyTest(const std::string& name,
                         KxAuthentication authentication,
                         uint64_t tagsOfThree,
                         uint64_t tagsOfFive)
        : TestCase("Key supply over one hop, authentication " + name),
          m_authentication(authentication),
          m_tagsOfThree(tagsOfThree),
          m_tagsOfFive(tagsOfFive)
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerTestNetwork net;
        for (int end : {0, 1})
        {
            net.Km(end)->GetAuthenticator()->SetAttribute("KxAuthentication",
                                                          EnumValue(m_authentication));
        }
        const auto tags = [&net] { return net.Kma().GetTotal().Get(KEY_AUTHENTICATION) / 96; };
        At(1, [&] { net.Ask(0, 3, 0, true); });
        RunUntil(2);
        const auto& one = net.Records().at(0);
        NS_TEST_ASSERT_MSG_EQ(one.container.status, KEY_SUPPLY_OK, one.container.error.message);
        NS_TEST_ASSERT_MSG_EQ(one.container.keys.size(), 3, "three keys");
        NS_TEST_ASSERT_MSG_EQ(one.container.keys[0].material.GetBits(), 256, "default size");
        NS_TEST_ASSERT_MSG_EQ(one.claimed.keys.size(), 3, "the slave has them too");
        const int64_t delay = (one.answered - one.asked).GetMicroSeconds();
        NS_TEST_ASSERT_MSG_GT(delay, 245, "two ways of 25 km of 4.9 us/km");
        NS_TEST_ASSERT_MSG_LT(delay, 260, "one round trip and no more");
        NS_TEST_ASSERT_MSG_EQ(tags(), m_tagsOfThree, "tags of one request");
        NS_TEST_ASSERT_MSG_EQ(net.Kma().GetTotal().Get(KEY_DIRECT_SUPPLY), 3 * 256, "n|S|");
        At(3, [&] {
            net.Ask(0, 2, 512, true);
            net.Ask(0, 3, 8, true);
        });
        RunUntil(4);
        NS_TEST_ASSERT_MSG_EQ(net.Count(KEY_SUPPLY_OK), 3, "all supplied");
        NS_TEST_ASSERT_MSG_EQ(tags(), m_tagsOfThree + m_tagsOfFive, "tags of two at once");
        NS_TEST_ASSERT_MSG_EQ(net.Kma().GetTotal().Get(KEY_DIRECT_SUPPLY),
                              3 * 256 + 2 * 512 + 3 * 8,
                              "n|S|");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_SUPPLIED], 8, "at both ends");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetOpenKeys(), 0, "done with");
        NS_TEST_ASSERT_MSG_EQ(net.BooksAgree(), true, "each end's book");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(0) + net.BadMessages(1), 0, "all in place");
        NS_TEST_ASSERT_MSG_EQ(net.MirrorProblem(), "", "mirror images");
        Simulator::Destroy();
    }

    KxAuthentication m_authentication; //!< how Kx is authenticated
    uint64_t m_tagsOfThree;            //!< for three keys
    uint64_t m_tagsOfFive;             //!< for five keys at once
};

namespace
{

/// Note the answer to a status request.
void
NoteStatus(KeySupplyState* noted, const KeySupplyState& state)
{
    *noted = state;
}

/**
 * @brief Get status.
 * @param net the network
 * @param caller who calls the key manager of end 0
 * @param slave the slave application
 * @return the answer
 */
KeySupplyState
StatusOf(const KeyManagerTestNetwork& net, const std::string& caller, const std::string& slave)
{
    KeySupplyState state;
    net.Km(0)->GetStatus(caller, slave, MakeBoundCallback(&NoteStatus, &state));
    Simulator::Stop(Time(1));
    Simulator::Run();
    return state;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The outcomes of ETSI GS QKD 014.
 */
class KeyManagerStatusTest : public TestCase
{
  public:
    KeyManagerStatusTest()
        : TestCase("Wrong requests get 400, 401 and 503 and cost nothing")
    {
    }

  private:
    /**
     * @brief Ask for keys and expect an outcome.
     * @param net the network
     * @param status the outcome
     * @param caller who asks
     * @param slave the slave application
     * @param number number of keys
     * @param sizeBit size
     */
    void Expect(KeyManagerTestNetwork& net,
                KeySupplyStatus status,
                const std::string& caller,
                const std::string& slave,
                uint32_t number,
                uint32_t sizeBit)
    {
        net.AskAs(0, caller, slave, number, sizeBit, false);
        NS_TEST_ASSERT_MSG_EQ(net.Records().back().answers, 0, "never from inside the call");
        RunUntil(Simulator::Now().GetSeconds() + 0.01);
        const auto& record = net.Records().back();
        NS_TEST_ASSERT_MSG_EQ(record.answers, 1, "one answer");
        NS_TEST_ASSERT_MSG_EQ(record.container.status,
                              status,
                              caller << ", " << number << " of " << sizeBit << ": "
                                     << record.container.error.message);
        NS_TEST_ASSERT_MSG_EQ(record.container.error.message.empty(),
                              (status == KEY_SUPPLY_OK),
                              "a refusal says why");
    }

    /**
     * @brief Ask for keys by their ids and expect an outcome.
     * @param net the network
     * @param index the request whose keys are asked for
     * @param status the outcome
     * @param keys number of keys in the answer
     * @param caller who asks
     * @param ids the ids
     */
    void ExpectClaim(KeyManagerTestNetwork& net,
                     std::size_t index,
                     KeySupplyStatus status,
                     std::size_t keys,
                     const std::string& caller,
                     const std::vector<std::string>& ids)
    {
        net.ClaimAs(index, caller, KeyManagerTestNetwork::Master(0), ids);
        RunUntil(Simulator::Now().GetSeconds() + 0.01);
        const KeyContainer& claimed = net.Records()[index].claimed;
        NS_TEST_ASSERT_MSG_EQ(claimed.status, status, caller << ": " << claimed.error.message);
        NS_TEST_ASSERT_MSG_EQ(claimed.keys.size(), keys, "number of keys");
    }

    void DoRun() override
    {
        KeyManagerTestNetwork net(KeyManagerHelper(), 20000);
        const std::string master = KeyManagerTestNetwork::Master(0);
        const std::string slave = KeyManagerTestNetwork::Slave(0);
        Expect(net, KEY_SUPPLY_UNAVAILABLE, master, slave, 1, 0); // not agreed yet
        RunUntil(1);
        Expect(net, KEY_SUPPLY_BAD_REQUEST, master, slave, 0, 0);
        Expect(net, KEY_SUPPLY_BAD_REQUEST, master, slave, 129, 0);
        Expect(net, KEY_SUPPLY_BAD_REQUEST, master, slave, 1, 12);
        Expect(net, KEY_SUPPLY_BAD_REQUEST, master, slave, 1, 1000008);
        Expect(net, KEY_SUPPLY_UNAUTHORIZED, "nobody", slave, 1, 0);
        Expect(net, KEY_SUPPLY_UNAUTHORIZED, master, "nobody", 1, 0);
        Expect(net, KEY_SUPPLY_UNAUTHORIZED, slave, master, 1, 0);
        Expect(net, KEY_SUPPLY_UNAVAILABLE, master, slave, 128, 1000000);
        NS_TEST_ASSERT_MSG_EQ(StatusOf(net, master, slave).status, KEY_SUPPLY_OK, "status");
        NS_TEST_ASSERT_MSG_EQ(StatusOf(net, "nobody", slave).status,
                              KEY_SUPPLY_UNAUTHORIZED,
                              "status");
        const KeySupplyState state = StatusOf(net, master, slave);
        NS_TEST_ASSERT_MSG_EQ(state.keySizeBit, 256, "default size");
        NS_TEST_ASSERT_MSG_EQ(state.maxKeyPerRequest, 128, "most keys");
        NS_TEST_ASSERT_MSG_EQ(state.maxKeySizeBit, 1000000, "longest key");
        NS_TEST_ASSERT_MSG_EQ(state.minKeySizeBit, 8, "shortest key");
        // the whole pool was asked for, and what the other end does not need came over
        NS_TEST_ASSERT_MSG_EQ(state.storedKeyCount, 20000 / 256, "keys that could be supplied");
        NS_TEST_ASSERT_MSG_EQ(net.Kma().GetTotal().Get(KEY_STORED), 20000, "nothing was spent");

        Expect(net, KEY_SUPPLY_OK, master, slave, 3, 128);
        const std::size_t index = net.Records().size() - 1;
        const auto ids = KeyManagerTestNetwork::Ids(net.Records()[index]);
        const std::string unknown = "00000000-0000-5000-8000-000000000000";
        ExpectClaim(net, index, KEY_SUPPLY_UNAUTHORIZED, 0, "third", ids);
        ExpectClaim(net, index, KEY_SUPPLY_UNAUTHORIZED, 0, KeyManagerTestNetwork::Slave(1), ids);
        ExpectClaim(net, index, KEY_SUPPLY_BAD_REQUEST, 0, slave, {ids[0], unknown});
        ExpectClaim(net, index, KEY_SUPPLY_BAD_REQUEST, 0, slave, {"no uuid"});
        ExpectClaim(net, index, KEY_SUPPLY_BAD_REQUEST, 0, slave, {});
        ExpectClaim(net, index, KEY_SUPPLY_BAD_REQUEST, 0, slave, {ids[0], ids[1], ids[0]});
        ExpectClaim(net, index, KEY_SUPPLY_OK, 2, slave, {ids[1], ids[0]});
        NS_TEST_ASSERT_MSG_EQ(net.Records()[index].claimed.keys[0].keyId, ids[1], "as asked for");
        ExpectClaim(net, index, KEY_SUPPLY_BAD_REQUEST, 0, slave, {ids[0]});
        ExpectClaim(net, index, KEY_SUPPLY_BAD_REQUEST, 0, slave, {ids[2], ids[1]});
        ExpectClaim(net, index, KEY_SUPPLY_OK, 1, slave, {ids[2]});
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_SUPPLIED], 3, "once each");
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(0) + net.BadMessages(1), 0, "all in place");

        net.Km(0)->Crash();
        Expect(net, KEY_SUPPLY_UNAVAILABLE, master, slave, 1, 0);
        NS_TEST_ASSERT_MSG_EQ(StatusOf(net, master, slave).status,
                              KEY_SUPPLY_UNAVAILABLE,
                              "stopped");
        net.Km(1)->Crash();
        ExpectClaim(net, index, KEY_SUPPLY_UNAVAILABLE, 0, slave, {ids[0]});
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A reserve for authentication, and keys that nobody asks for.
 */
class KeyManagerReserveTest : public TestCase
{
  public:
    KeyManagerReserveTest()
        : TestCase("The reserve pays tags only; KSA-keys that nobody asks for expire")
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerHelper helper;
        helper.SetPoolAttribute("Reserve", UintegerValue(1000));
        KeyManagerTestNetwork net(helper, 2048);
        // 1048 bits above the reserve, of which 1024 are this end's: four keys and no tag
        At(1, [&] { net.Ask(0, 4); });
        At(2, [&] { net.Ask(0, 3); });
        At(3, [&] { net.Ask(0, 1); });
        RunUntil(4);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[0].container.status,
                              KEY_SUPPLY_UNAVAILABLE,
                              "no room for tags in the own share");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[1].container.status, KEY_SUPPLY_OK, "three keys");
        // 2048 - 3 * 256 - 192 = 1088: 88 above the reserve
        NS_TEST_ASSERT_MSG_EQ(net.Records()[2].container.status,
                              KEY_SUPPLY_UNAVAILABLE,
                              "the reserve is not supplied");
        At(5, [&] { net.Ask(0, 10, 8); });
        RunUntil(6);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[3].container.status, KEY_SUPPLY_OK, "80 bits");
        NS_TEST_ASSERT_MSG_EQ(net.Kma().GetTotal().Get(KEY_STORED),
                              1088 - 80 - 192,
                              "the tags came from the reserve");
        RunUntil(61);
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_EXPIRED], 0, "59 s old");
        RunUntil(62.1);
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_EXPIRED], 3, "60 s old");
        RunUntil(66);
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_EXPIRED], 13, "all");
        net.Claim(1);
        RunUntil(67);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[1].claimed.status, KEY_SUPPLY_BAD_REQUEST, "gone");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetOpenKeys(), 0, "done with");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Link status reaches the other key manager.
 */
class KeyManagerLinkStatusTest : public TestCase
{
  public:
    KeyManagerLinkStatusTest()
        : TestCase("Link status reaches the other key manager with its incident")
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerTestNetwork net;
        const IncidentId incident{7, 3};
        At(1, [&] { net.Km(0)->NotifyLinkStatus(LinkId(2), LINK_PASSIVE, incident, LinkAlarm()); });
        At(2, [&] { net.Km(0)->NotifyLinkStatus(LinkId(9), LINK_OFF, incident, LinkAlarm()); });
        At(3, [&] { net.Span()->Cut(); });
        At(20,
           [&] { net.Km(1)->NotifyLinkStatus(LinkId(1), LINK_ACTIVE, IncidentId(), LinkAlarm()); });
        At(30, [&] { net.Span()->Repair(); });
        RunUntil(35);
        NS_TEST_ASSERT_MSG_EQ(net.LearnedAt(1).size(), 2, "at once, and again when agreed");
        NS_TEST_ASSERT_MSG_EQ(net.LearnedAt(1)[0].link, LinkId(2), "the link");
        NS_TEST_ASSERT_MSG_EQ(net.LearnedAt(1)[0].status, LINK_PASSIVE, "the status");
        NS_TEST_ASSERT_MSG_EQ((net.LearnedAt(1)[0].incident == incident), true, "the incident");
        NS_TEST_ASSERT_MSG_EQ((net.LearnedAt(1)[1].incident == incident), true, "the incident");
        NS_TEST_ASSERT_MSG_LT(net.LearnedAt(1)[0].when, Seconds(1.001), "at once");
        NS_TEST_ASSERT_MSG_EQ(net.LearnedAt(0).size(), 1, "what changed meanwhile");
        NS_TEST_ASSERT_MSG_GT(net.LearnedAt(0)[0].when, Seconds(30), "after the repair");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Memory stays bounded.
 */
class KeyManagerMemoryTest : public TestCase
{
  public:
    KeyManagerMemoryTest()
        : TestCase("10,000 requests in both directions leave nothing behind")
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerTestNetwork net(KeyManagerHelper(), 20000);
        std::size_t mostBlocks = 0;
        std::size_t mostKeys = 0;
        for (int second = 1; second <= 100; ++second)
        {
            At(second, [&net, second] { net.DeliverBoth(1, second, 60000); });
            for (int request = 0; request < 50; ++request)
            {
                // the last keys of a second are not claimed
                const bool claim = request < 45;
                At(second + 0.1 + 0.01 * request, [&net, claim] {
                    net.Ask(0, 1, 256, claim);
                    net.Ask(1, 1, 256, claim);
                });
            }
            At(second + 0.9, [&] {
                mostBlocks = std::max(mostBlocks, net.Kma().GetOpenKeys());
                mostKeys = std::max(mostKeys, net.Ksa().GetOpenKeys());
            });
        }
        RunUntil(200);
        NS_TEST_ASSERT_MSG_EQ(net.Records().size(), 10000, "requests");
        NS_TEST_ASSERT_MSG_GT(net.Count(KEY_SUPPLY_OK), 9900, "supplied");
        // keys wait 60 s to be claimed, ten each second, and their blocks with them
        NS_TEST_ASSERT_MSG_LT(mostKeys, 640, "KSA-keys open");
        NS_TEST_ASSERT_MSG_LT(mostBlocks, 100, "QKD-keys open");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetOpenKeys(), 0, "all KSA-keys are done with");
        for (int end : {0, 1})
        {
            NS_TEST_ASSERT_MSG_LT(net.Pool(end)->GetBlocks(), 30, "blocks of the pool");
        }
        NS_TEST_ASSERT_MSG_EQ(net.Kma().GetOpenKeys(), net.Pool(0)->GetBlocks(), "all settled");
        NS_TEST_ASSERT_MSG_EQ(net.BooksAgree(), true, "each end's book");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of key managers: requests, their answers and what they leave behind.
 */
class QkdnKeyManagerTestSuite : public TestSuite
{
  public:
    QkdnKeyManagerTestSuite()
        : TestSuite("qkdn-key-manager", Type::UNIT)
    {
        AddTestCase(new KeyManagerSupplyTest("its-per-batch", KX_ITS_PER_BATCH, 2, 2));
        AddTestCase(new KeyManagerSupplyTest("its-per-message", KX_ITS_PER_MESSAGE, 6, 10));
        AddTestCase(new KeyManagerSupplyTest("computational", KX_COMPUTATIONAL, 0, 0));
        AddTestCase(new KeyManagerSupplyTest("none", KX_NONE, 0, 0));
        AddTestCase(new KeyManagerStatusTest);
        AddTestCase(new KeyManagerReserveTest);
        AddTestCase(new KeyManagerLinkStatusTest);
        AddTestCase(new KeyManagerMemoryTest);
    }
};

static QkdnKeyManagerTestSuite g_qkdnKeyManagerTestSuite; //!< registers the suite
