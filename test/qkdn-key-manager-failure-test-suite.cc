/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-manager-test-network.h"
#include "qkdn-test-schedule.h"

#include "ns3/boolean.h"
#include "ns3/enum.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <string>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/**
 * @brief Requests in both directions every 100 ms, and a QKD-key every second at both ends.
 * @param net the network
 * @param from begin, s
 * @param to end, s
 */
void
Load(KeyManagerTestNetwork& net, double from, double to)
{
    for (int step = 0; from + 0.1 * step < to; ++step)
    {
        At(from + 0.1 * step, [&net, step] {
            net.Ask(0, 1 + step % 3, 256, step % 4 > 0);
            net.Ask(1, 1, 512, step % 4 > 0);
            if (step % 10 == 0)
            {
                net.Deliver(0, 1, static_cast<uint64_t>(step) + 1, 30000);
            }
            if (step % 10 == 1)
            {
                net.Deliver(1, 1, static_cast<uint64_t>(step), 30000);
            }
        });
    }
}

/**
 * @brief When a direction was supplied again.
 * @param net the network
 * @param end the end of the master
 * @param from requests from this time on count, s
 * @return when the first key came, s; -1 for never
 */
double
FirstSupply(const KeyManagerTestNetwork& net, int end, double from)
{
    for (const auto& record : net.Records())
    {
        if (record.end == end && record.asked >= Seconds(from) && record.answers > 0 &&
            record.container.status == KEY_SUPPLY_OK)
        {
            return record.answered.GetSeconds();
        }
    }
    return -1.0;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief The classical path between the key managers is cut.
 */
class KeyManagerOutageTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param outage duration, s
     */
    KeyManagerOutageTest(double outage)
        : TestCase("Outage of the classical path, " + std::to_string(outage) + " s"),
          m_outage(outage)
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerTestNetwork net;
        const double repair = 10.03 + m_outage;
        Load(net, 1, repair + 20);
        At(10.03, [&net] { net.Span()->Cut(); });
        At(repair, [&net] { net.Span()->Repair(); });
        RunUntil(10.02);
        NS_TEST_ASSERT_MSG_EQ(net.Count(KEY_SUPPLY_OK), net.Records().size(), "no refusal so far");
        RunUntil(repair + 50);
        for (int end : {0, 1})
        {
            const double first = FirstSupply(net, end, 10.03);
            NS_TEST_ASSERT_MSG_GT(first, repair, "not before the repair");
            NS_TEST_ASSERT_MSG_LT(first, repair + 3.0, "3 s after the repair");
        }
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        NS_TEST_ASSERT_MSG_EQ(net.MirrorProblem(), "", "mirror images");
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(0) + net.BadMessages(1), 0, "all in place");
        // at worst the one key that only one end had when they agreed was lost
        NS_TEST_ASSERT_MSG_LT(net.Kma().GetTotal().Get(KEY_DESTROYED), 60001, "kept");
        Simulator::Destroy();
    }

    double m_outage; //!< s
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A key manager crashes and starts again.
 */
class KeyManagerCrashTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param end which one
     * @param survive whether its pools survive
     * @param outage duration, s
     */
    KeyManagerCrashTest(int end, bool survive, double outage)
        : TestCase("Crash of key manager " + std::to_string(end + 1) + " for " +
                   std::to_string(outage) + " s, pools " + (survive ? "survive" : "are lost")),
          m_end(end),
          m_survive(survive),
          m_outage(outage)
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerHelper helper;
        helper.SetAttribute("PoolsSurviveCrash", BooleanValue(m_survive));
        KeyManagerTestNetwork net(helper);
        // 0.1 ms after requests: notifications, responses and unclaimed keys are about
        const double crash = 10.0001;
        const double restart = crash + m_outage;
        Load(net, 1, restart + 20);
        At(crash, [&] { net.Km(m_end)->Crash(); });
        At(restart, [&] { net.Km(m_end)->Restart(); });
        RunUntil(crash + 0.05);
        if (!m_survive)
        {
            NS_TEST_ASSERT_MSG_EQ(net.Pool(m_end)->GetStoredBits(), 0, "lost");
            NS_TEST_ASSERT_MSG_GT(net.Ksa().GetTotal().keys[KSA_DESTROYED], 0, "keys were held");
        }
        RunUntil(restart + 50);
        for (int end : {0, 1})
        {
            const double first = FirstSupply(net, end, crash);
            NS_TEST_ASSERT_MSG_GT(first, restart, "not before the restart");
            NS_TEST_ASSERT_MSG_LT(first, restart + 3.0, "3 s after the restart");
        }
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        NS_TEST_ASSERT_MSG_EQ(net.MirrorProblem(), "", "mirror images");
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(0) + net.BadMessages(1), 0, "all in place");
        Simulator::Destroy();
    }

    int m_end;       //!< which one
    bool m_survive;  //!< whether its pools survive
    double m_outage; //!< s
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief One key of a request is not confirmed.
 */
class KeyManagerPartTest : public TestCase
{
  public:
    KeyManagerPartTest()
        : TestCase("A request of which one key cannot be confirmed gets none")
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerTestNetwork net;
        net.Km(0)->GetDirectKeyMaker()->SetAttribute("MaxBatch", UintegerValue(2));
        // the other end has lost bits that the second of five keys is made of
        At(1, [&net] { net.Pool(1)->DestroyNamed(KeyRange{KeyId{LinkId(1), 1}, 300, 10}); });
        At(2, [&net] { net.Ask(0, 5); });
        At(3, [&net] { net.Ask(0, 5, 0, true); });
        RunUntil(4);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[0].container.status, KEY_SUPPLY_UNAVAILABLE, "none");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_VOIDED], 5, "all are void");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[1].container.status, KEY_SUPPLY_OK, "the next");
        NS_TEST_ASSERT_MSG_EQ(net.Kma().GetTotal().Get(KEY_WASTED), 5 * 256, "their bits");
        NS_TEST_ASSERT_MSG_EQ(net.Kma().GetTotal().Get(KEY_DIRECT_SUPPLY), 5 * 256, "the next");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetOpenKeys(), 0, "done with");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        NS_TEST_ASSERT_MSG_EQ(net.MirrorProblem(), "", "mirror images");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A response comes late.
 */
class KeyManagerTimeoutTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param cut when after the request the fibre is cut, s
     */
    KeyManagerTimeoutTest(double cut)
        : TestCase("A key without response in time is void, cut after " + std::to_string(cut)),
          m_cut(cut)
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerTestNetwork net;
        net.Km(0)->GetDirectKeyMaker()->SetAttribute("Timeout", TimeValue(MilliSeconds(500)));
        At(5, [&net] { net.Ask(0, 2); });
        At(5 + m_cut, [&net] { net.Span()->Cut(); });
        // shorter than it takes to find out by hellos: the connection lives on
        At(5.8, [&net] { net.Span()->Repair(); });
        RunUntil(5.49);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[0].answers, 0, "patience");
        RunUntil(5.51);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[0].container.status, KEY_SUPPLY_UNAVAILABLE, "void");
        At(8, [&net] { net.Ask(0, 2, 0, true); });
        RunUntil(10);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[0].answers, 1, "a late response changes nothing");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_VOIDED], 2, "void at both ends");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_SUPPLIED], 2, "as before");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetOpenKeys(), 0, "done with");
        NS_TEST_ASSERT_MSG_EQ(net.Kma().GetTotal().Get(KEY_WASTED), 512, "their bits");
        NS_TEST_ASSERT_MSG_EQ(net.BooksAgree(), true, "at both ends");
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(0) + net.BadMessages(1), 0, "all in place");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        Simulator::Destroy();
    }

    double m_cut; //!< s
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Requests of the instant in which everything ends.
 */
class KeyManagerInstantTest : public TestCase
{
  public:
    KeyManagerInstantTest()
        : TestCase("Requests of the instant of a crash, of a lost connection, and of expiry")
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerHelper helper;
        helper.SetPoolAttribute("KeyLifetime", TimeValue(Seconds(40)));
        KeyManagerTestNetwork net(helper);
        At(5, [&net] {
            net.Ask(0, 2);
            net.Km(0)->GetEndpoint()->Abandon(PeerId(1));
        });
        At(5.0001, [this, &net] {
            NS_TEST_ASSERT_MSG_EQ(net.Records()[0].container.status,
                                  KEY_SUPPLY_UNAVAILABLE,
                                  "no connection");
            NS_TEST_ASSERT_MSG_EQ(net.MadeBits(0), 0, "and nothing spent on it");
        });
        At(10, [&net] {
            net.Ask(0, 2);
            net.Km(0)->Crash();
        });
        At(11, [&net] { net.Km(0)->Restart(); });
        At(20, [&net] {
            net.Ask(1, 2);
            net.Km(0)->Crash();
            net.Km(0)->Restart();
        });
        At(39.9, [&net] { net.Ask(0, 1); });
        At(40, [&net] { net.Ask(0, 1); });
        RunUntil(60);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[1].container.status, KEY_SUPPLY_UNAVAILABLE, "crash");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[2].container.status, KEY_SUPPLY_UNAVAILABLE, "crash");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[3].container.status, KEY_SUPPLY_OK, "in time");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[4].container.status, KEY_SUPPLY_UNAVAILABLE, "old");
        NS_TEST_ASSERT_MSG_EQ(net.Pool(0)->GetStoredBits(), 0, "expired");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Random failures.
 */
class KeyManagerRandomTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param stream random stream
     */
    KeyManagerRandomTest(int64_t stream)
        : TestCase("After random failures both ends are mirror images, history " +
                   std::to_string(stream)),
          m_stream(stream)
    {
    }

  private:
    /**
     * @brief A random number.
     * @param least the smallest
     * @param most the largest
     * @return a number between them
     */
    double Draw(double least, double most)
    {
        return m_random->GetValue(least, most);
    }

    /**
     * @brief Plan requests and QKD-keys.
     * @param net the network
     */
    void PlanTraffic(KeyManagerTestNetwork& net)
    {
        for (double when = 0.5; when < 60.0; when += Draw(0.0, 0.2))
        {
            const int end = Draw(0, 1) < 0.6 ? 0 : 1;
            const auto number = static_cast<uint32_t>(Draw(1, 5));
            const uint32_t size = 8 * static_cast<uint32_t>(Draw(1, 80));
            const bool claim = Draw(0, 1) < 0.7;
            At(when, [&net, end, number, size, claim] { net.Ask(end, number, size, claim); });
        }
        uint64_t block = 0;
        for (double when = 0.1; when < 60.0; when += Draw(0.1, 1.0))
        {
            ++block;
            const auto link = static_cast<uint32_t>(Draw(1, 3));
            const auto bits = static_cast<uint32_t>(Draw(1, 12000));
            for (int end : {0, 1})
            {
                const double late = Draw(0, 1) < 0.3 ? Draw(0, 0.5) : 0.0;
                if (Draw(0, 1) < 0.9)
                {
                    At(when + late,
                       [&net, end, link, block, bits] { net.Deliver(end, link, block, bits); });
                }
            }
        }
    }

    /**
     * @brief Plan crashes and cuts.
     * @param net the network
     */
    void PlanFailures(KeyManagerTestNetwork& net)
    {
        for (int end : {0, 1})
        {
            for (double when = Draw(1, 60); when < 55.0; when += Draw(1, 60))
            {
                const double down = Draw(0, 1) < 0.3 ? Draw(0, 0.01) : Draw(0, 12);
                At(when, [&net, end] { net.Km(end)->Crash(); });
                when = std::min(when + down, 60.0);
                At(when, [&net, end] { net.Km(end)->Restart(); });
            }
        }
        for (double when = Draw(1, 40); when < 55.0; when += Draw(1, 40))
        {
            const double down = Draw(0, 1) < 0.5 ? Draw(0, 1) : Draw(0, 15);
            At(when, [&net] { net.Span()->Cut(); });
            when = std::min(when + down, 60.0);
            At(when, [&net] { net.Span()->Repair(); });
        }
    }

    void DoRun() override
    {
        m_random = CreateObject<UniformRandomVariable>();
        m_random->SetStream(m_stream);
        KeyManagerHelper helper;
        helper.SetAttribute("PoolsSurviveCrash", BooleanValue(m_stream % 2 == 0));
        if (m_stream % 3 == 0)
        {
            helper.SetPoolAttribute("KeyLifetime", TimeValue(Seconds(7)));
        }
        if (m_stream % 5 == 0)
        {
            helper.SetPoolAttribute("Capacity", UintegerValue(30000));
        }
        KeyManagerTestNetwork net(helper, 20000);
        for (int end : {0, 1})
        {
            net.Km(end)->GetAuthenticator()->SetAttribute(
                "KxAuthentication",
                EnumValue(m_stream % 4 == 0 ? KX_NONE : KX_ITS_PER_BATCH));
        }
        PlanTraffic(net);
        PlanFailures(net);
        RunUntil(90);
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        NS_TEST_ASSERT_MSG_EQ(net.MirrorProblem(), "", "mirror images");
        NS_TEST_ASSERT_MSG_GT(net.Count(KEY_SUPPLY_OK), 10, "keys were supplied");
        NS_TEST_ASSERT_MSG_EQ(net.Km(0)->IsAgreed(KmId(2)) && net.Km(1)->IsAgreed(KmId(1)),
                              true,
                              "agreed");
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(0) + net.BadMessages(1), 0, "all in place");
        Simulator::Destroy();
    }

    int64_t m_stream;                    //!< random stream
    Ptr<UniformRandomVariable> m_random; //!< all draws
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of key managers that fail.
 */
class QkdnKeyManagerFailureTestSuite : public TestSuite
{
  public:
    QkdnKeyManagerFailureTestSuite()
        : TestSuite("qkdn-key-manager-failure", Type::UNIT)
    {
        for (const double outage : {0.3, 1.0, 2.5, 5.0, 20.0, 60.0, 100.0, 200.0})
        {
            AddTestCase(new KeyManagerOutageTest(outage));
        }
        for (const double outage : {0.00005, 1.0, 5.0, 60.0, 200.0})
        {
            for (const int end : {0, 1})
            {
                AddTestCase(new KeyManagerCrashTest(end, true, outage));
                AddTestCase(new KeyManagerCrashTest(end, false, outage));
            }
        }
        AddTestCase(new KeyManagerPartTest);
        AddTestCase(new KeyManagerTimeoutTest(0.0002));
        AddTestCase(new KeyManagerTimeoutTest(0.00001));
        AddTestCase(new KeyManagerInstantTest);
        for (int64_t stream = 0; stream < 60; ++stream)
        {
            AddTestCase(new KeyManagerRandomTest(3300 + stream));
        }
    }
};

static QkdnKeyManagerFailureTestSuite g_qkdnKeyManagerFailureTestSuite; //!< registers the suite
