/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-relay-test-network.h"
#include "qkdn-key-stream-network.h"
#include "qkdn-test-schedule.h"

#include "ns3/pointer.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief OPEN_CONNECT: who opens first, IDs, refusals.
 */
class KeyStreamOpenTest : public TestCase
{
  public:
    KeyStreamOpenTest()
        : TestCase("OPEN_CONNECT: first and second end, status 0, 1, 4 and 5")
    {
    }

  private:
    void DoRun() override
    {
        for (const int first : {0, 1})
        {
            StreamNetwork net;
            KeyStreamApplications& apps = net.apps;
            At(1, [&] { apps.OpenAs(first, KeyStreamQos(), KeyStreamService::NIL_ID); });
            At(2, [&] { apps.Open(1 - first); });
            At(3, [&] {
                apps.Open(0);
                apps.Open(1);
            });
            At(4, [&] {
                apps.OpenAs(first, KeyStreamQos(), "no UUID");
                apps.OpenAs(first, KeyStreamQos(), "");
            });
            RunUntil(5);
            const auto& one = apps.Opens(first);
            const auto& two = apps.Opens(1 - first);
            NS_TEST_ASSERT_MSG_EQ(one.size(), 4, "four answers");
            NS_TEST_ASSERT_MSG_EQ(two.size(), 2, "two answers");
            NS_TEST_EXPECT_MSG_EQ(one[0].status, KEY_STREAM_PEER_MISSING, "alone");
            NS_TEST_EXPECT_MSG_EQ(IsKeyStreamId(one[0].streamId), true, one[0].streamId);
            NS_TEST_EXPECT_MSG_EQ(two[0].status, KEY_STREAM_OK, "both");
            NS_TEST_EXPECT_MSG_EQ(two[0].streamId, one[0].streamId, "one stream");
            NS_TEST_EXPECT_MSG_EQ(one[1].status, KEY_STREAM_ID_IN_USE, "open already");
            NS_TEST_EXPECT_MSG_EQ(two[1].status, KEY_STREAM_ID_IN_USE, "open already");
            NS_TEST_EXPECT_MSG_EQ(one[2].status, KEY_STREAM_NO_CONNECTION, "no UUID");
            NS_TEST_EXPECT_MSG_EQ(one[3].status, KEY_STREAM_PEER_MISSING, "another stream");
            NS_TEST_EXPECT_MSG_NE(one[3].streamId, one[0].streamId, "another ID");
            NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "the books");
            Simulator::Destroy();
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief OPEN_CONNECT: no session, no route, no way to the other key manager.
 */
class KeyStreamNoConnectionTest : public TestCase
{
  public:
    KeyStreamNoConnectionTest()
        : TestCase("OPEN_CONNECT without session, route, way or process: status 4 and 6")
    {
    }

  private:
    void DoRun() override
    {
        {
            KeyRelayTestNetwork net(3, {{1, 2}, {2, 3}}, 100000);
            const KeySession session = net.AddSession(1, 1, 3);
            KeyStreamApplications apps({net.Km(1), net.Km(3)},
                                       {session.masterSae, session.slaveSae});
            KeyStreamApplications strangers({net.Km(1), net.Km(3)}, {"X", "Y"});
            At(1, [&] {
                apps.Open(0);
                apps.Open(1);
                strangers.Open(0);
                apps.Get(0);
                apps.Close(1);
            });
            RunUntil(2);
            NS_TEST_EXPECT_MSG_EQ(apps.LastOpen(0), KEY_STREAM_NO_CONNECTION, "no route");
            NS_TEST_EXPECT_MSG_EQ(apps.LastOpen(1), KEY_STREAM_NO_CONNECTION, "no route");
            NS_TEST_EXPECT_MSG_EQ(strangers.LastOpen(0), KEY_STREAM_NO_CONNECTION, "no session");
            NS_TEST_EXPECT_MSG_EQ(apps.Last(0), KEY_STREAM_NO_CONNECTION, "no stream");
            NS_TEST_ASSERT_MSG_EQ(apps.Closes(1).size(), 1, "one answer");
            NS_TEST_EXPECT_MSG_EQ(apps.Closes(1)[0], KEY_STREAM_NO_CONNECTION, "no stream");
            Simulator::Destroy();
        }
        StreamNetwork net;
        At(1, [&] { net.Span()->Cut(); });
        At(10, [&] { net.apps.Open(1, Patient(700)); });
        At(10.69, [&] { m_early = net.apps.Opens(1).size(); });
        At(10.71, [&] { m_late = net.apps.Opens(1).size(); });
        At(11, [&] { net.apps.Open(1); });
        At(13.99, [&] { m_default = net.apps.Opens(1).size(); });
        At(15, [&] {
            net.Km(0)->Crash();
            net.apps.Open(0);
        });
        RunUntil(16);
        NS_TEST_EXPECT_MSG_EQ(m_early, 0, "it waits");
        NS_TEST_EXPECT_MSG_EQ(m_late, 1, "for the Timeout");
        NS_TEST_EXPECT_MSG_EQ(m_default, 1, "for OpenTimeout");
        NS_TEST_ASSERT_MSG_EQ(net.apps.Opens(1).size(), 2, "two answers");
        NS_TEST_EXPECT_MSG_EQ(net.apps.Opens(1)[0].status, KEY_STREAM_TIMEOUT, "no way");
        NS_TEST_EXPECT_MSG_EQ(net.apps.Opens(1)[1].status, KEY_STREAM_TIMEOUT, "no way");
        NS_TEST_EXPECT_MSG_EQ(net.apps.LastOpen(0), KEY_STREAM_NO_CONNECTION, "no process");
        Simulator::Destroy();
    }

    std::size_t m_early{9};   //!< answers before the Timeout
    std::size_t m_late{9};    //!< answers after it
    std::size_t m_default{9}; //!< answers before OpenTimeout
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief QoS that cannot be met, with counter-proposals that can.
 */
class KeyStreamQosTest : public TestCase
{
  public:
    KeyStreamQosTest()
        : TestCase("QoS that cannot be met: status 7 and a counter-proposal that can")
    {
    }

  private:
    /**
     * @brief Ask for a QoS, then for what is offered instead.
     * @param first which end is first
     * @param asked QoS asked for
     * @param offer what must be offered
     */
    void Check(int first, const KeyStreamQos& asked, const KeyStreamQos& offer)
    {
        StreamNetwork net;
        net.Km(0)->SetLinkRate(LinkId(1), 4000);
        net.Km(0)->SetLinkRate(LinkId(2), 1000);
        At(1, [&] { net.apps.Open(first, asked); });
        At(2, [&] {
            if (!net.apps.Opens(first).empty())
            {
                net.apps.Open(first, net.apps.Opens(first)[0].qos);
            }
        });
        RunUntil(3);
        const auto& answers = net.apps.Opens(first);
        NS_TEST_ASSERT_MSG_EQ(answers.size(), 2, "two answers");
        NS_TEST_EXPECT_MSG_EQ(answers[0].status, KEY_STREAM_QOS_NOT_MET, "not met");
        NS_TEST_EXPECT_MSG_EQ((answers[0].qos == offer), true, "the nearest that is met");
        NS_TEST_EXPECT_MSG_EQ(answers[1].status, KEY_STREAM_PEER_MISSING, "met");
        NS_TEST_EXPECT_MSG_EQ((answers[1].qos == offer), true, "as offered");
        Simulator::Destroy();
    }

    void DoRun() override
    {
        for (const int first : {0, 1})
        {
            KeyStreamQos asked;
            KeyStreamQos offer;
            asked.keyChunkSize = 0;
            offer.keyChunkSize = 1;
            Check(first, asked, offer);
            asked.keyChunkSize = 1U << 31;
            offer.keyChunkSize = 1000000 / 8;
            Check(first, asked, offer);
            asked = offer = KeyStreamQos();
            asked.minBps = 5001;
            offer.minBps = 5000;
            Check(first, asked, offer);
            asked.maxBps = 100;
            offer.maxBps = 5000;
            Check(first, asked, offer);
            asked = offer = KeyStreamQos();
            asked.metadataMimetype = std::string(300, 'x');
            Check(first, asked, offer);
        }
        CheckOthers();
        CheckSecondEnd();
    }

    /// What other streams of a session have is not there for one more.
    void CheckOthers()
    {
        SessionPolicy policy;
        policy.demandBps = 3000;
        KeyRelayTestNetwork net(2, {{1, 2}}, 100000);
        const KeySession session = net.AddSession(1, 1, 2, policy);
        KeyStreamApplications apps({net.Km(1), net.Km(2)}, {session.masterSae, session.slaveSae});
        KeyStreamQos asked;
        asked.minBps = 2000;
        At(1, [&] {
            net.Install(1, 1, {1, 2});
            net.UseRoutes(1, 1);
        });
        At(2, [&] { apps.OpenAs(0, asked, ""); });
        At(3, [&] { apps.OpenAs(0, asked, ""); });
        At(4, [&] { apps.Close(0); });
        At(5, [&] { apps.OpenAs(0, asked, ""); });
        RunUntil(6);
        const auto& answers = apps.Opens(0);
        NS_TEST_ASSERT_MSG_EQ(answers.size(), 3, "three answers");
        NS_TEST_EXPECT_MSG_EQ(answers[0].status, KEY_STREAM_PEER_MISSING, "within the demand");
        NS_TEST_EXPECT_MSG_EQ(answers[1].status, KEY_STREAM_QOS_NOT_MET, "above what is left");
        NS_TEST_EXPECT_MSG_EQ(answers[1].qos.minBps, 1000, "demand less the other stream");
        NS_TEST_EXPECT_MSG_EQ(answers[2].status, KEY_STREAM_PEER_MISSING, "the other is closed");
        Simulator::Destroy();
    }

    /// The QoS is that of the first end.
    void CheckSecondEnd()
    {
        for (const int first : {0, 1})
        {
            StreamNetwork net;
            KeyStreamQos larger;
            larger.keyChunkSize = 64;
            KeyStreamQos any;
            any.keyChunkSize = 0;
            At(1, [&] { net.apps.Open(first); });
            At(2, [&] { net.apps.Open(1 - first, larger); });
            At(3, [&] { net.apps.Open(1 - first, any); });
            RunUntil(4);
            const auto& answers = net.apps.Opens(1 - first);
            NS_TEST_ASSERT_MSG_EQ(answers.size(), 2, "two answers");
            NS_TEST_EXPECT_MSG_EQ(answers[0].status, KEY_STREAM_QOS_NOT_MET, "another chunk size");
            NS_TEST_EXPECT_MSG_EQ(answers[0].qos.keyChunkSize, 32, "that of the stream");
            NS_TEST_EXPECT_MSG_EQ(answers[1].status, KEY_STREAM_OK, "any chunk size");
            NS_TEST_EXPECT_MSG_EQ(answers[1].qos.keyChunkSize, 32, "that of the stream");
            Simulator::Destroy();
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A thousand chunks.
 */
class KeyStreamChunksTest : public TestCase
{
  public:
    KeyStreamChunksTest()
        : TestCase("Equal chunks under equal indices, whoever asks first")
    {
    }

  private:
    void DoRun() override
    {
        constexpr uint32_t CHUNKS = 1000;
        StreamNetwork net;
        net.OpenBoth(Patient(1000));
        for (uint32_t i = 0; i < CHUNKS; ++i)
        {
            const int first = (i / 3) % 2 == 0 ? 0 : 1;
            const uint32_t index = i % 2 == 0 ? i : KeyStreamService::NEXT_INDEX;
            At(2 + 0.01 * i, [&net, first, i, index] { net.apps.Get(first, index, 100 + i); });
            At(2.005 + 0.01 * i, [&net, first, i] { net.apps.Get(1 - first, i); });
        }
        RunUntil(3 + 0.01 * CHUNKS);
        NS_TEST_EXPECT_MSG_EQ(net.apps.GetProblem(), "", "what applications see");
        for (const int end : {0, 1})
        {
            const auto& had = net.apps.GetIndices(end);
            NS_TEST_ASSERT_MSG_EQ(had.size(), CHUNKS, "all chunks at end " << end);
            NS_TEST_EXPECT_MSG_EQ(*had.begin(), 0, "the index runs from 0");
            NS_TEST_EXPECT_MSG_EQ(*had.rbegin(), CHUNKS - 1, "without a gap");
        }
        NS_TEST_EXPECT_MSG_EQ(net.apps.Calls(0)[0].answer.key.GetBits(), 256, "chunk size");
        NS_TEST_EXPECT_MSG_EQ(net.apps.Calls(0)[0].answer.metadata, R"({"age":0,"hops":1})", "");
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_SUPPLIED], CHUNKS, "both have all");
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().GetTotal().createdKeys, CHUNKS, "and no key more");
        NS_TEST_EXPECT_MSG_EQ(net.Kma().GetTotal().Get(KEY_DIRECT_SUPPLY), CHUNKS * 256, "n|S|");
        NS_TEST_EXPECT_MSG_EQ(net.QuietProblem(), "", "the books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief GET_KEY that gets no chunk.
 */
class KeyStreamRefusalTest : public TestCase
{
  public:
    KeyStreamRefusalTest()
        : TestCase("GET_KEY without a chunk: status 2, 3, 4 and 8")
    {
    }

  private:
    void DoRun() override
    {
        StreamNetwork net;
        KeyStreamApplications& apps = net.apps;
        At(1, [&] { apps.Open(0); });
        At(1.1, [&] {
            apps.Get(0); // call 0
            apps.Get(1);
        });
        At(1.2, [&] { apps.Open(1); });
        // no Timeout: the first call has the chunk made
        At(2, [&] { apps.Get(0, 0); });
        At(3, [&] { apps.Get(0, 0, 17); });
        At(4, [&] { apps.Get(0, 0, 22); });
        At(5, [&] {
            apps.Get(0, 0);
            apps.Get(0, 1000000);
            apps.Get(0, KeyStreamService::NEXT_INDEX - 1);
            apps.Get(1, 0, 22);
        });
        RunUntil(6);
        const auto& calls = apps.Calls(0);
        NS_TEST_ASSERT_MSG_EQ(calls.size(), 7, "seven calls");
        const std::vector<int> expected = {KEY_STREAM_PEER_NOT_YET,
                                           KEY_STREAM_INSUFFICIENT_KEY,
                                           KEY_STREAM_METADATA_TOO_SMALL,
                                           KEY_STREAM_OK,
                                           KEY_STREAM_INSUFFICIENT_KEY,
                                           KEY_STREAM_INSUFFICIENT_KEY,
                                           KEY_STREAM_INSUFFICIENT_KEY};
        for (std::size_t i = 0; i < calls.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(int{calls[i].answer.status}, expected[i], "call " << i);
            NS_TEST_EXPECT_MSG_EQ(calls[i].answered, calls[i].asked, "it does not wait");
        }
        NS_TEST_EXPECT_MSG_EQ(calls[2].answer.metadataSize, 20, "byte that are needed");
        NS_TEST_EXPECT_MSG_EQ(calls[3].answer.metadata.substr(0, 8), R"({"age":1)", "metadata");
        NS_TEST_EXPECT_MSG_EQ(apps.Calls(1)[0].answer.status, KEY_STREAM_NO_CONNECTION, "closed");
        NS_TEST_EXPECT_MSG_EQ(apps.Last(1), KEY_STREAM_OK, "the other end");
        NS_TEST_EXPECT_MSG_EQ(apps.GetProblem(), "", "what applications see");
        NS_TEST_EXPECT_MSG_EQ(net.QuietProblem(), "", "the books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key shortage with Timeout.
 */
class KeyStreamShortageTest : public TestCase
{
  public:
    KeyStreamShortageTest()
        : TestCase("Key shortage: the Timeout ends a call, or key that comes before")
    {
    }

  private:
    void DoRun() override
    {
        StreamNetwork net(KeyManagerHelper(), 2300);
        KeyStreamApplications& apps = net.apps;
        KeyStreamQos qos = Patient(500);
        qos.keyChunkSize = 250;
        net.OpenBoth(qos);
        for (const int end : {0, 1})
        {
            At(2 + end, [&apps, end] { apps.Get(end); });
        }
        RunUntil(6);
        for (const int end : {0, 1})
        {
            const auto& call = apps.Calls(end).at(0);
            NS_TEST_EXPECT_MSG_EQ(apps.Last(end), KEY_STREAM_TIMEOUT, "too little key");
            NS_TEST_EXPECT_MSG_EQ(call.answered - call.asked, MilliSeconds(500), "the Timeout");
        }
        At(7, [&] { apps.Get(1); });
        At(7.2, [&] { net.DeliverBoth(1, 1, 20000); });
        At(8, [&] { apps.Get(0); });
        RunUntil(9);
        NS_TEST_EXPECT_MSG_EQ(apps.Last(1), KEY_STREAM_OK, "key came in time");
        NS_TEST_EXPECT_MSG_EQ(apps.Last(0), KEY_STREAM_OK, "at both ends");
        NS_TEST_EXPECT_MSG_EQ(apps.CountShared(), 1, "the same chunk");
        NS_TEST_EXPECT_MSG_EQ(apps.GetProblem(), "", "what applications see");
        NS_TEST_EXPECT_MSG_EQ(net.QuietProblem(), "", "the books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief TTL, chunks made in advance, and the rate limit.
 */
class KeyStreamLifeTest : public TestCase
{
  public:
    KeyStreamLifeTest()
        : TestCase("Chunks ahead, their TTL, and Max_bps")
    {
    }

  private:
    void DoRun() override
    {
        CheckTtl();
        CheckUnclaimed();
        CheckPace();
    }

    /// A chunk that the slave application never asks for is no longer kept than any other key.
    void CheckUnclaimed()
    {
        StreamNetwork net;
        KeyStreamApplications& apps = net.apps;
        for (const int end : {0, 1})
        {
            net.Km(end)->GetMasterAgent()->SetAttribute("KeyTtl", TimeValue(Seconds(3)));
            net.Km(end)->GetSlaveAgent()->SetAttribute("KeyTtl", TimeValue(Seconds(3)));
        }
        net.OpenBoth(Patient(2000));
        At(2, [&] { apps.Get(0); });
        const auto isKept = [&net] { return net.Ksa().GetTotal().keys[KSA_STORED] == 1; };
        At(4, [&] { NS_TEST_EXPECT_MSG_EQ(isKept(), true, "the slave's KM keeps it"); });
        At(5.5, [&] { NS_TEST_EXPECT_MSG_EQ(isKept(), false, "for its time"); });
        At(6, [&] { apps.Get(1, 0); });
        RunUntil(7);
        NS_TEST_EXPECT_MSG_EQ(apps.Last(0), KEY_STREAM_OK, "the master application has it");
        NS_TEST_EXPECT_MSG_EQ(apps.Last(1), KEY_STREAM_INSUFFICIENT_KEY, "the other was late");
        const KsaLedger book = net.Ksa().GetTotal();
        NS_TEST_EXPECT_MSG_EQ(book.keys[KSA_EXPIRED], 1, "it has expired");
        NS_TEST_EXPECT_MSG_EQ(apps.GetProblem(), "", "what applications see");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "the books");
        Simulator::Destroy();
    }

    /// Chunks made in advance are there at once, for their time.
    void CheckTtl()
    {
        StreamNetwork net;
        KeyStreamApplications& apps = net.apps;
        PointerValue master;
        net.Km(0)->GetKeyStreamAgent()->GetAttribute("Master", master);
        master.GetObject()->SetAttribute("ChunksAhead", UintegerValue(4));
        KeyStreamQos qos;
        qos.ttlS = 2;
        net.OpenBoth(qos);
        At(2, [&] {
            apps.Get(0, 2);
            apps.Get(1);
        });
        At(3.5, [&] {
            apps.Get(0, 1);
            apps.Get(1, 1);
            apps.Get(1);
        });
        At(4, [&] { apps.Get(1); });
        RunUntil(5);
        NS_TEST_EXPECT_MSG_EQ(apps.Calls(0)[0].answer.status, KEY_STREAM_OK, "chunk 2 is there");
        NS_TEST_EXPECT_MSG_EQ(apps.Calls(1)[0].answer.index, 0, "the next one is the oldest");
        NS_TEST_EXPECT_MSG_EQ(apps.Calls(0)[1].answer.status,
                              KEY_STREAM_INSUFFICIENT_KEY,
                              "chunk 1 has expired");
        NS_TEST_EXPECT_MSG_EQ(apps.Calls(1)[1].answer.status,
                              KEY_STREAM_INSUFFICIENT_KEY,
                              "at both ends");
        // chunks 4 to 6 were made at 2 s because end 0 asked for chunk 2: 3 s was too early for
        // them
        NS_TEST_EXPECT_MSG_EQ(apps.Calls(1)[2].answer.index, 4, "a younger one");
        NS_TEST_EXPECT_MSG_EQ(apps.Calls(1)[2].answer.status, KEY_STREAM_OK, "is there");
        NS_TEST_EXPECT_MSG_EQ(apps.Last(1), KEY_STREAM_OK, "until its own time");
        const KsaLedger book = net.Ksa().GetTotal();
        NS_TEST_EXPECT_MSG_EQ(book.keys[KSA_EXPIRED], 7, "what one end at least lost by age");
        NS_TEST_EXPECT_MSG_EQ(apps.GetProblem(), "", "what applications see");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "the books");
        Simulator::Destroy();
    }

    /// 256 bit each 0.1 s.
    void CheckPace()
    {
        StreamNetwork net;
        KeyStreamApplications& apps = net.apps;
        KeyStreamQos qos = Patient(5000);
        qos.maxBps = 2560;
        net.OpenBoth(qos);
        At(2, [&] {
            for (int i = 0; i < 21; ++i)
            {
                apps.Get(0);
            }
        });
        RunUntil(5);
        NS_TEST_ASSERT_MSG_EQ(apps.Last(0), KEY_STREAM_OK, "all are served");
        const Time span = apps.Calls(0).back().answered - apps.Calls(0).front().answered;
        NS_TEST_EXPECT_MSG_EQ_TOL(span.GetSeconds(), 2.0, 0.001, "20 times 0.1 s");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "the books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of key streams.
 */
class QkdnKeyStreamTestSuite : public TestSuite
{
  public:
    QkdnKeyStreamTestSuite()
        : TestSuite("qkdn-key-stream", Type::UNIT)
    {
        AddTestCase(new KeyStreamOpenTest);
        AddTestCase(new KeyStreamNoConnectionTest);
        AddTestCase(new KeyStreamQosTest);
        AddTestCase(new KeyStreamChunksTest);
        AddTestCase(new KeyStreamRefusalTest);
        AddTestCase(new KeyStreamShortageTest);
        AddTestCase(new KeyStreamLifeTest);
    }
};

static QkdnKeyStreamTestSuite g_qkdnKeyStreamTestSuite; //!< registers the suite
