/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-relay-test-network.h"
#include "qkdn-key-stream-network.h"
#include "qkdn-test-schedule.h"

#include "ns3/boolean.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief CLOSE, and opening again.
 */
class KeyStreamCloseTest : public TestCase
{
  public:
    KeyStreamCloseTest()
        : TestCase("CLOSE at either end, and opening again")
    {
    }

  private:
    void DoRun() override
    {
        for (const int closer : {0, 1})
        {
            StreamNetwork net;
            KeyStreamApplications& apps = net.apps;
            net.OpenBoth(Patient(2000));
            At(2, [&] { apps.Get(closer); });
            At(3, [&] {
                apps.Get(closer, 3000); // waits
                apps.Close(closer);
            });
            At(3.5, [&] {
                apps.Get(closer);
                apps.Get(1 - closer); // chunk 0, which both have
                apps.Get(1 - closer);
            });
            At(4, [&] { apps.Open(closer, Patient(2000)); });
            At(5, [&] {
                apps.Get(closer);
                apps.Get(1 - closer);
            });
            RunUntil(8);
            const auto& mine = apps.Calls(closer);
            const auto& other = apps.Calls(1 - closer);
            NS_TEST_ASSERT_MSG_EQ(apps.Closes(closer).size(), 1, "one answer");
            NS_TEST_EXPECT_MSG_EQ(apps.Closes(closer)[0], KEY_STREAM_OK, "closed");
            NS_TEST_EXPECT_MSG_EQ(mine[1].answer.status, KEY_STREAM_NO_CONNECTION, "waiting call");
            NS_TEST_EXPECT_MSG_EQ(mine[1].answered, Seconds(3), "at once");
            NS_TEST_EXPECT_MSG_EQ(mine[2].answer.status, KEY_STREAM_NO_CONNECTION, "closed");
            NS_TEST_EXPECT_MSG_EQ(other[0].answer.status, KEY_STREAM_OK, "the other end keeps");
            NS_TEST_EXPECT_MSG_EQ(other[1].answer.status, KEY_STREAM_PEER_NOT_YET, "and no more");
            NS_TEST_EXPECT_MSG_EQ(apps.LastOpen(closer), KEY_STREAM_OK, "open again");
            NS_TEST_EXPECT_MSG_EQ(apps.Last(closer), KEY_STREAM_OK, "served again");
            NS_TEST_EXPECT_MSG_EQ(apps.Last(1 - closer), KEY_STREAM_OK, "both ends are");
            NS_TEST_EXPECT_MSG_EQ(apps.CountShared(), 2, "chunks that both have");
            NS_TEST_EXPECT_MSG_EQ(apps.GetProblem(), "", "what applications see");
            NS_TEST_EXPECT_MSG_EQ(net.QuietProblem(), "", "the books");
            Simulator::Destroy();
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A key manager crashes.
 */
class KeyStreamCrashTest : public TestCase
{
  public:
    KeyStreamCrashTest()
        : TestCase("Crash of either key manager, with pools that survive or not")
    {
    }

  private:
    /**
     * @brief One crash.
     * @param crashed which end
     * @param survive whether pools survive
     */
    void Check(int crashed, bool survive)
    {
        KeyManagerHelper helper;
        helper.SetAttribute("PoolsSurviveCrash", BooleanValue(survive));
        StreamNetwork net(helper);
        KeyStreamApplications& apps = net.apps;
        net.OpenBoth(Patient(2000));
        At(2, [&] {
            for (int i = 0; i < 5; ++i)
            {
                apps.Get(0);
                apps.Get(1);
            }
        });
        // end 0 asks for five that end 1 does not take before the crash
        At(3, [&] {
            for (int i = 0; i < 5; ++i)
            {
                apps.Get(0);
            }
        });
        At(4, [&] {
            apps.Get(crashed, 50);
            net.Km(crashed)->Crash();
            apps.Get(crashed);
        });
        At(6, [&] { net.Km(crashed)->Restart(); });
        At(8, [&] { net.DeliverBoth(1, 1, 100000); });
        At(9, [&] {
            apps.Get(crashed);
            apps.Open(crashed, Patient(2000));
        });
        At(11, [&] {
            apps.Get(0);
            apps.Get(1);
        });
        At(11.5, [&] {
            apps.Get(0);
            apps.Get(1);
        });
        RunUntil(80);
        const std::string name =
            (survive ? "surviving, end " : "lost, end ") + std::to_string(crashed);
        const auto& calls = apps.Calls(crashed);
        const std::size_t before = crashed == 0 ? 10 : 5;
        for (std::size_t i = before; i < before + 3; ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(calls[i].answer.status, KEY_STREAM_NO_CONNECTION, name);
        }
        NS_TEST_EXPECT_MSG_EQ(calls[before].answered, Seconds(4), "waiting call, " << name);
        NS_TEST_EXPECT_MSG_EQ(apps.LastOpen(crashed), KEY_STREAM_OK, "opens again, " << name);
        NS_TEST_EXPECT_MSG_EQ(apps.Last(0), KEY_STREAM_OK, "served again, " << name);
        NS_TEST_EXPECT_MSG_EQ(apps.Last(1), KEY_STREAM_OK, "served again, " << name);
        NS_TEST_EXPECT_MSG_GT(*apps.GetIndices(0).rbegin(), 9, "indices go on, " << name);
        NS_TEST_EXPECT_MSG_GT(apps.CountShared(), 5, name);
        NS_TEST_EXPECT_MSG_EQ(apps.GetProblem(), "", name);
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "the books, " << name);
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_IN_FLIGHT], 0, name);
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_STORED], 0, name);
        Simulator::Destroy();
    }

    void DoRun() override
    {
        for (const int crashed : {0, 1})
        {
            Check(crashed, true);
            Check(crashed, false);
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A stream over three hops whose route changes.
 */
class KeyStreamRelayTest : public TestCase
{
  public:
    KeyStreamRelayTest()
        : TestCase("A stream over three hops goes on over another route")
    {
    }

  private:
    void DoRun() override
    {
        KeyRelayTestNetwork net(5, {{1, 2}, {2, 3}, {3, 4}, {1, 5}, {5, 4}}, 200000);
        const KeySession session = net.AddSession(1, 1, 4);
        KeyStreamApplications apps({net.Km(1), net.Km(4)}, {session.masterSae, session.slaveSae});
        At(1, [&] {
            m_wrong += net.Install(1, 1, {1, 2, 3, 4});
            m_wrong += net.Install(2, 1, {1, 5, 4});
            m_wrong += net.UseRoutes(1, 1);
        });
        At(2, [&] { apps.Open(1, Patient(5000)); });
        At(2.1, [&] { apps.Open(0, Patient(5000)); });
        for (int i = 0; i < 50; ++i)
        {
            At(3 + 0.1 * i, [&apps] {
                apps.Get(0, KeyStreamService::NEXT_INDEX, 100);
                apps.Get(1, KeyStreamService::NEXT_INDEX, 100);
            });
        }
        At(5.55, [&] { net.Span(2)->Cut(); });
        At(6.2, [&] { m_wrong += net.UseRoutes(1, 2); });
        RunUntil(15);
        NS_TEST_EXPECT_MSG_EQ(m_wrong, "", "routes");
        NS_TEST_EXPECT_MSG_EQ(apps.CountShared(), 50, "all calls are served");
        for (const int end : {0, 1})
        {
            const auto hops = [&apps, end](std::size_t call) {
                const std::string& text = apps.Calls(end)[call].answer.metadata;
                return text.substr(text.find("hops") + 6);
            };
            NS_TEST_EXPECT_MSG_EQ(hops(0), "3}", "the first route");
            NS_TEST_EXPECT_MSG_EQ(hops(49), "2}", "the second one");
        }
        NS_TEST_EXPECT_MSG_GT(net.CountMessages(KX_STREAM_ASK), 0, "the slave's KM asks");
        NS_TEST_EXPECT_MSG_EQ(net.CountBadMessages(), 0, "and nobody is confused");
        NS_TEST_EXPECT_MSG_EQ(apps.GetProblem(), "", "what applications see");
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "the books");
        Simulator::Destroy();
    }

    std::string m_wrong; //!< refusals
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Random cuts and crashes: what must hold of any stream.
 */
class KeyStreamPropertyTest : public TestCase
{
  public:
    KeyStreamPropertyTest()
        : TestCase("Random cuts and crashes: an index never names two keys, books balance")
    {
    }

  private:
    static constexpr double REPAIRED = 20; //!< nothing is broken from then on, s

    /**
     * @brief What one end does: open, get, open again when it was thrown out.
     * @param apps the applications
     * @param end 0 or 1
     */
    void Step(KeyStreamApplications& apps, int end)
    {
        if (Simulator::Now() > Seconds(REPAIRED + 12))
        {
            return;
        }
        const std::size_t answers = apps.Opens(end).size();
        if (answers > m_answers[end])
        {
            m_answers[end] = answers;
            m_open[end] = apps.LastOpen(end) <= KEY_STREAM_PEER_MISSING;
        }
        if (!m_open[end] && m_opens[end] == answers)
        {
            ++m_opens[end];
            apps.OpenAs(end, Patient(1500), MakeKeyStreamId("property"));
        }
        if (m_open[end])
        {
            apps.Get(end);
        }
        Simulator::Schedule(Seconds(m_random->GetValue(0.02, 0.2)),
                            [this, &apps, end] { Step(apps, end); });
    }

    /**
     * @brief An application is answered.
     * @param end 0 or 1
     * @param status how
     */
    void Answered(int end, KeyStreamStatus status)
    {
        if (status == KEY_STREAM_NO_CONNECTION)
        {
            m_open[end] = false;
        }
        m_statuses.insert(status);
    }

    /**
     * @brief One run.
     * @param number its number
     */
    void Check(uint32_t number)
    {
        m_random = CreateObject<UniformRandomVariable>();
        m_random->SetStream(9000 + number);
        KeyManagerHelper helper;
        helper.SetAttribute("PoolsSurviveCrash", BooleanValue(number % 2 == 0));
        StreamNetwork net(helper, number % 3 == 0 ? 20000 : 500000);
        m_open = {false, false};
        m_opens = {0, 0};
        m_answers = {0, 0};
        net.apps.onAnswer = MakeCallback(&KeyStreamPropertyTest::Answered, this);
        for (int fault = 0; fault < 4; ++fault)
        {
            const double begin = m_random->GetValue(1 + 4 * fault, 3 + 4 * fault);
            const double end = begin + m_random->GetValue(0.001, 2.5);
            const auto kind = m_random->GetInteger(0, 2);
            At(begin, [&net, kind] {
                kind == 2 ? net.Span()->Cut() : net.Km(static_cast<int>(kind))->Crash();
            });
            At(end, [&net, kind] {
                kind == 2 ? net.Span()->Repair() : net.Km(static_cast<int>(kind))->Restart();
            });
        }
        for (uint32_t block = 1; block < 30; ++block)
        {
            At(block, [&net, block] { net.DeliverBoth(1, block, 20000); });
        }
        for (const int end : {0, 1})
        {
            At(0.5 + 0.1 * end, [this, &net, end] { Step(net.apps, end); });
        }
        RunUntil(REPAIRED + 100);
        NS_TEST_EXPECT_MSG_EQ(net.apps.GetProblem(), "", "run " << number);
        NS_TEST_EXPECT_MSG_EQ(net.GetProblem(), "", "run " << number);
        NS_TEST_EXPECT_MSG_GT(net.apps.CountShared(), 50, "run " << number);
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_IN_FLIGHT], 0, "run " << number);
        NS_TEST_EXPECT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_STORED], 0, "run " << number);
        for (const int end : {0, 1})
        {
            const auto& calls = net.apps.Calls(end);
            const auto late = std::count_if(calls.begin(), calls.end(), [](const auto& call) {
                return call.asked > Seconds(REPAIRED + 5) && call.answer.status == KEY_STREAM_OK;
            });
            NS_TEST_EXPECT_MSG_GT(late, 10, "served at the end, run " << number);
        }
        net.apps.onAnswer = Callback<void, int, KeyStreamStatus>();
        Simulator::Destroy();
    }

    void DoRun() override
    {
        for (uint32_t number = 0; number < 12; ++number)
        {
            Check(number);
        }
        for (const KeyStreamStatus status :
             {KEY_STREAM_OK, KEY_STREAM_PEER_NOT_YET, KEY_STREAM_NO_CONNECTION, KEY_STREAM_TIMEOUT})
        {
            NS_TEST_EXPECT_MSG_EQ(m_statuses.count(status), 1, KeyStreamStatusName(status));
        }
    }

    Ptr<UniformRandomVariable> m_random;          //!< draws faults and calls
    std::array<bool, 2> m_open{{false, false}};   //!< whether the stream is open
    std::array<std::size_t, 2> m_answers{{0, 0}}; //!< their answers that were looked at
    std::array<std::size_t, 2> m_opens{{0, 0}};   //!< calls of OPEN_CONNECT
    std::set<KeyStreamStatus> m_statuses;         //!< statuses that were seen
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Messages about streams, whole and cut short, and one out of place.
 */
class KeyStreamMessagesTest : public TestCase
{
  public:
    KeyStreamMessagesTest()
        : TestCase("Messages about key streams: to bytes and back, cut short, out of place")
    {
    }

  private:
    void DoRun() override
    {
        KeyStreamQos qos;
        qos.keyChunkSize = 1;
        qos.maxBps = 2;
        qos.minBps = 3;
        qos.jitter = 4;
        qos.priority = 5;
        qos.timeoutMs = 6;
        qos.ttlS = 7;
        KxStream stream;
        stream.id = MakeKeyStreamId("message");
        stream.status = KEY_STREAM_QOS_NOT_MET;
        stream.masterConnected = true;
        stream.connection = uint64_t{1} << 40;
        stream.qos = qos;
        stream.oldest = 8;
        stream.chunks = {{9, uint64_t{1} << 41, 3}, {10, 11, 1}};
        const std::vector<uint8_t> bytes = KxStreamSync{{stream, stream}}.ToBytes();
        // 2, and for each stream 16 + 1 + 1 + 8 + (7 * 4 + 1 + 16) + 4 + 2 + 2 * 13
        NS_TEST_EXPECT_MSG_EQ(bytes.size(), 2 + 2 * 103, "bytes");
        const auto sync = KxStreamSync::FromBytes(bytes);
        NS_TEST_ASSERT_MSG_EQ(sync.has_value(), true, "read");
        NS_TEST_EXPECT_MSG_EQ((sync->ToBytes() == bytes), true, "the same again");
        NS_TEST_EXPECT_MSG_EQ(sync->streams[1].id, stream.id, "Key_stream_ID");
        NS_TEST_EXPECT_MSG_EQ((sync->streams[1].qos == qos), true, "QoS");
        KxStreamState state;
        state.id = stream.id;
        state.connection = 12;
        state.qos = qos;
        state.wanted = 13;
        state.results = {{14, true}, {15, false}};
        const std::vector<uint8_t> answer = KxStreamStates{{state}}.ToBytes();
        const auto states = KxStreamStates::FromBytes(answer);
        NS_TEST_ASSERT_MSG_EQ(states.has_value(), true, "read");
        NS_TEST_EXPECT_MSG_EQ((states->ToBytes() == answer), true, "the same again");
        for (std::size_t size = 0; size < bytes.size(); ++size)
        {
            const std::vector<uint8_t> part(bytes.begin(),
                                            bytes.begin() + static_cast<std::ptrdiff_t>(size));
            NS_TEST_EXPECT_MSG_EQ(KxStreamSync::FromBytes(part).has_value(), false, size);
        }
        for (std::size_t size = 0; size < answer.size(); ++size)
        {
            const std::vector<uint8_t> part(answer.begin(),
                                            answer.begin() + static_cast<std::ptrdiff_t>(size));
            NS_TEST_EXPECT_MSG_EQ(KxStreamStates::FromBytes(part).has_value(), false, size);
        }
        std::vector<uint8_t> wrong = bytes;
        wrong[2 + 16] = KEY_STREAM_STATUS_COUNT;
        NS_TEST_EXPECT_MSG_EQ(KxStreamSync::FromBytes(wrong).has_value(), false, "no such status");
        CheckOutOfPlace();
    }

    /// Only the next KM of a route asks, and only for a route that is installed.
    void CheckOutOfPlace()
    {
        KeyRelayTestNetwork net(3, {{1, 2}, {2, 3}}, 100000);
        net.AddSession(1, 1, 3);
        At(1, [&] { net.Install(1, 1, {1, 2, 3}); });
        RunUntil(2);
        const auto ask = [&net](uint32_t km, uint32_t peer, Ptr<Packet> packet) {
            return net.Km(km)->GetKeyStreamAgent()->HandleAsk(KmId(peer), packet, IncidentId());
        };
        const auto packet = [](uint32_t route) { return KxStreamAsk{RouteId(route)}.ToPacket(); };
        NS_TEST_EXPECT_MSG_EQ(ask(2, 3, packet(1)), true, "from the next KM");
        NS_TEST_EXPECT_MSG_EQ(ask(2, 1, packet(1)), false, "from the KM before");
        NS_TEST_EXPECT_MSG_EQ(ask(2, 3, packet(2)), false, "no such route");
        NS_TEST_EXPECT_MSG_EQ(ask(2, 3, Create<Packet>(3)), false, "cut short");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of key streams that end or are interrupted.
 */
class QkdnKeyStreamFailureTestSuite : public TestSuite
{
  public:
    QkdnKeyStreamFailureTestSuite()
        : TestSuite("qkdn-key-stream-failure", Type::UNIT)
    {
        AddTestCase(new KeyStreamCloseTest);
        AddTestCase(new KeyStreamCrashTest);
        AddTestCase(new KeyStreamRelayTest);
        AddTestCase(new KeyStreamPropertyTest);
        AddTestCase(new KeyStreamMessagesTest);
    }
};

static QkdnKeyStreamFailureTestSuite g_qkdnKeyStreamFailureTestSuite; //!< registers the suite
