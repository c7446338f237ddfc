/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-manager-test-network.h"
#include "qkdn-test-schedule.h"

#include "ns3/qkdn-demand-meter.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <cmath>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A unit in the last place of doubles of the size that the tests compare.
constexpr double ULP = 1e-9;

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Shares follow demand.
 */
class KeyManagerDemandTest : public TestCase
{
  public:
    KeyManagerDemandTest()
        : TestCase("The shares of both ends follow their demand")
    {
    }

  private:
    void DoRun() override
    {
        DemandMeter meter;
        meter.SetTimeConstant(Seconds(10));
        NS_TEST_ASSERT_MSG_EQ_TOL(meter.GetBps(Seconds(5)), 0.0, ULP, "none");
        meter.Note(Seconds(5), 1000);
        NS_TEST_ASSERT_MSG_EQ_TOL(meter.GetBps(Seconds(5)), 100.0, ULP, "1000 bits in 10 s");
        meter.Note(Seconds(15), 1000);
        NS_TEST_ASSERT_MSG_EQ_TOL(meter.GetBps(Seconds(15)), 100.0 + 100.0 / M_E, 1e-6, "decayed");

        KeyManagerTestNetwork net(KeyManagerHelper(), 200000);
        uint64_t number = 0;
        // 20 keys/s, from end 0 alone, from both, from end 1 alone; more key than is asked for
        for (int step = 20; step < 1820; ++step)
        {
            const double now = 0.05 * step;
            At(now, [&net, step] {
                const bool first = step < 1220;
                const bool second = step >= 620;
                if (first)
                {
                    net.Ask(0, 1, 0, true);
                }
                if (second)
                {
                    net.Ask(1, 1, 0, true);
                }
            });
            if (step % 20 == 0)
            {
                At(now, [&net, &number] {
                    ++number;
                    net.Deliver(0, 1, number, 20000);
                    At(Simulator::Now().GetSeconds() + 0.003,
                       [&net, n = number] { net.Deliver(1, 1, n, 20000); });
                });
            }
        }
        // what an end got of the new keys: what it has and what it has spent, tags included
        const auto given = [&net](int end) {
            return net.Pool(end)->GetOwnBits() + net.MadeBits(end) / 256 * (256 + 2 * 96);
        };
        RunUntil(20.52);
        uint64_t before = given(1);
        RunUntil(30.52);
        NS_TEST_ASSERT_MSG_EQ(given(1), before, "end 0 alone asks and gets all");
        NS_TEST_ASSERT_MSG_EQ(net.Count(KEY_SUPPLY_OK), net.Records().size(), "always supplied");
        RunUntil(50.52);
        before = given(1);
        RunUntil(60.52);
        NS_TEST_ASSERT_MSG_GT(given(1) - before, 85000, "both ask and get the half each");
        NS_TEST_ASSERT_MSG_LT(given(1) - before, 101000, "both ask and get the half each");
        RunUntil(80.52);
        before = given(1);
        RunUntil(90.52);
        NS_TEST_ASSERT_MSG_GT(given(1) - before, 170000, "end 1 alone asks and gets nearly all");
        RunUntil(95);
        std::size_t early = 0;
        for (const auto& record : net.Records())
        {
            early += record.container.status == KEY_SUPPLY_OK ? 0 : 1;
        }
        NS_TEST_ASSERT_MSG_LT(early, net.Records().size() / 100, "hardly any refusal");
        NS_TEST_ASSERT_MSG_EQ(net.Ksa().GetTotal().keys[KSA_VOIDED], 0, "no bit was in dispute");
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(0) + net.BadMessages(1), 0, "all in place");
        NS_TEST_ASSERT_MSG_EQ(net.BooksAgree(), true, "each end's book");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        NS_TEST_ASSERT_MSG_EQ(net.MirrorProblem(), "", "mirror images");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief An end without a share gets one.
 */
class KeyManagerShareTest : public TestCase
{
  public:
    KeyManagerShareTest()
        : TestCase("An end whose share is used up gets what the other does not need")
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerTestNetwork net(KeyManagerHelper(), 50000);
        // 25000 bits at each end; a third request exhausts the own share
        At(1, [&] { net.Ask(0, 10, 1000); });
        At(2, [&] { net.Ask(0, 10, 1000); });
        At(3, [&] { net.Ask(0, 10, 1000); });
        At(3.1, [&] { net.Ask(0, 10, 1000); });
        At(4, [&] { net.Ask(1, 1, 10000); });
        RunUntil(5);
        NS_TEST_ASSERT_MSG_EQ(net.Records()[2].container.status,
                              KEY_SUPPLY_UNAVAILABLE,
                              "the own share does not do");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[3].container.status, KEY_SUPPLY_OK, "granted");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[4].container.status,
                              KEY_SUPPLY_UNAVAILABLE,
                              "all was granted");
        At(5, [&] { net.Ask(1, 1, 4000); });
        RunUntil(6);
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(0) + net.BadMessages(1), 0, "all in place");
        NS_TEST_ASSERT_MSG_EQ(net.Records()[5].container.status, KEY_SUPPLY_OK, "granted back");
        // nothing is left to grant: an empty grant is a good answer
        At(6, [&] { net.Ask(1, 128, 1000); });
        At(6.5, [&] { net.Ask(1, 128, 1000); });
        RunUntil(7);
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(0) + net.BadMessages(1), 0, "all in place");
        NS_TEST_ASSERT_MSG_EQ(net.BooksAgree(), true, "each end's book");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "books");
        NS_TEST_ASSERT_MSG_EQ(net.MirrorProblem(), "", "mirror images");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief QKD-keys that do not come to both ends alike.
 */
class KeyManagerDeliveryTest : public TestCase
{
  public:
    KeyManagerDeliveryTest()
        : TestCase("QKD-keys late, at one end only, twice, unequal, or beyond the capacity")
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerHelper helper;
        helper.SetPoolAttribute("Capacity", UintegerValue(20000));
        KeyManagerTestNetwork net(helper, 0);
        const auto stored = [&net](int end) { return net.Pool(end)->GetStoredBits(); };
        At(1, [&] { net.Deliver(0, 1, 1, 1000); });
        At(3, [&] { net.Deliver(1, 1, 1, 1000); });
        At(3, [&] { net.Deliver(1, 2, 1, 500); });
        At(3.0001, [&] { net.Deliver(0, 2, 1, 500); });
        RunUntil(4);
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "in either order");
        NS_TEST_ASSERT_MSG_EQ(stored(0), 1500, "two keys of two links");
        // the same key again, at either end
        At(5, [&] { net.Deliver(0, 1, 1, 1000); });
        At(5, [&] { net.Deliver(1, 2, 1, 500); });
        RunUntil(6);
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "twice is once");
        NS_TEST_ASSERT_MSG_EQ(stored(1), 1500, "still there");
        // at one end only
        At(7, [&] { net.Deliver(0, 1, 2, 700); });
        RunUntil(16.9);
        NS_TEST_ASSERT_MSG_EQ(stored(0), 2200, "waits for the other end");
        RunUntil(17.1);
        NS_TEST_ASSERT_MSG_EQ(stored(0), 1500, "destroyed");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "destroyed");
        At(18, [&] { net.Deliver(1, 1, 2, 700); });
        RunUntil(19);
        NS_TEST_ASSERT_MSG_EQ(stored(1), 1500, "too late: destroyed at once");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "too late");
        // full at one end first
        At(20, [&] { net.Deliver(0, 1, 3, 18600); });
        At(20.5, [&] { net.Deliver(1, 1, 3, 18600); });
        RunUntil(21);
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "both full");
        At(22, [&] { net.DeliverBoth(1, 4, 15000); });
        // one end is fuller, by a key that the other one never gets
        At(23, [&] { net.Deliver(1, 2, 9, 3000); });
        At(23.5, [&] { net.Deliver(1, 1, 5, 1000); });
        At(24, [&] { net.Deliver(0, 1, 5, 1000); });
        RunUntil(40);
        NS_TEST_ASSERT_MSG_EQ(stored(0), 16500, "refused where full, so at the other end too");
        NS_TEST_ASSERT_MSG_EQ(net.QuietProblem(), "", "full");
        NS_TEST_ASSERT_MSG_EQ(net.BadMessages(0) + net.BadMessages(1), 0, "all in place");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief QKD-keys of different length at the two ends.
 */
class KeyManagerUnequalTest : public TestCase
{
  public:
    KeyManagerUnequalTest()
        : TestCase("A QKD-key of different length at the two ends is destroyed at both")
    {
    }

  private:
    void DoRun() override
    {
        KeyManagerTestNetwork net(KeyManagerHelper(), 0);
        At(1, [&] { net.Deliver(0, 1, 1, 1000); });
        At(1, [&] { net.Deliver(1, 1, 1, 999); });
        RunUntil(2);
        NS_TEST_ASSERT_MSG_EQ(net.Pool(0)->GetStoredBits(), 0, "destroyed");
        NS_TEST_ASSERT_MSG_EQ(net.Pool(1)->GetStoredBits(), 0, "destroyed");
        // also if it is an agreement that finds out
        At(3, [&] { net.Span()->Cut(); });
        At(13, [&] { net.Deliver(0, 1, 2, 999); });
        At(13, [&] { net.Deliver(1, 1, 2, 1000); });
        At(20, [&] { net.Span()->Repair(); });
        RunUntil(25);
        NS_TEST_ASSERT_MSG_EQ(net.Km(0)->IsAgreed(KmId(2)), true, "agreed");
        NS_TEST_ASSERT_MSG_EQ(net.Pool(0)->GetStoredBits(), 0, "destroyed");
        NS_TEST_ASSERT_MSG_EQ(net.Pool(1)->GetStoredBits(), 0, "destroyed");
        NS_TEST_ASSERT_MSG_EQ(net.Pool(0)->CheckConsistency(), "", "consistent");
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of key managers: QKD-keys that come into the pools, and the shares of both ends.
 */
class QkdnKeyManagerPoolTestSuite : public TestSuite
{
  public:
    QkdnKeyManagerPoolTestSuite()
        : TestSuite("qkdn-key-manager-pool", Type::UNIT)
    {
        AddTestCase(new KeyManagerDemandTest);
        AddTestCase(new KeyManagerShareTest);
        AddTestCase(new KeyManagerDeliveryTest);
        AddTestCase(new KeyManagerUnequalTest);
    }
};

static QkdnKeyManagerPoolTestSuite g_qkdnKeyManagerPoolTestSuite; //!< registers the suite
