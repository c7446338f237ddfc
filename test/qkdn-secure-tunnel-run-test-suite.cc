/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-secure-tunnel-network.h"

#include "ns3/test.h"

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief A tunnel over a whole QKDN, through a cut of the fibre of QKD link 12 from 30 to 60 s.
 *
 * The tunnel spends 9600 bit/s. When the cut comes the pools of its route and its own store are
 * full. Without another route it can spend at most the pool of link 12 and the store, 66384 bits,
 * so it falls silent within 7 s of the cut; then 50 packets wait and the others are lost. It
 * speaks again when the first block after the repair has been distilled.
 */
class TunnelCutTest : public TestCase
{
  public:
    TunnelCutTest()
        : TestCase("A cut silences an unprotected tunnel, and not one whose keys change the route")
    {
    }

  private:
    static constexpr const char* CUT =
        R"([{"id": "cut", "at_s": 30, "type": "fibre-cut", "target": "f12", "repair_after_s": 30}])";

    static constexpr uint32_t MAX_IN_FIBRE = 1; //!< packets in the 200 ms that IP routing takes

    /// An unprotected session.
    void CheckAlone()
    {
        TunnelNetwork net({"otp", "unprotected", CUT, false});
        NS_TEST_EXPECT_MSG_EQ(net.Run(), "", "books");
        const double silentS = net.gapBegin.GetSeconds();
        const double longestS = (TunnelNetwork::POOL_BITS + TunnelNetwork::KEY_BUFFER) / 9600.0;
        NS_TEST_EXPECT_MSG_GT(silentS, 30 + TunnelNetwork::KEY_BUFFER / 9600.0 - 0.4, "the store");
        NS_TEST_EXPECT_MSG_LT(silentS, 30 + longestS + 0.4, "all key is spent");
        NS_TEST_EXPECT_MSG_GT(net.gapEnd, Seconds(60), "not before the repair");
        NS_TEST_EXPECT_MSG_LT(net.gapEnd, Seconds(75), "and soon after it");
        const double missed = (net.gapEnd - net.gapBegin).GetSeconds() * TunnelNetwork::PACKETS_A_S;
        NS_TEST_EXPECT_MSG_EQ_TOL(net.drops[TUNNEL_QUEUE_FULL],
                                  missed - TunnelNetwork::QUEUE,
                                  2,
                                  "all that came in the gap but the queue");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(net.CountLostInFibre(), MAX_IN_FIBRE, "all are known");
        NS_TEST_EXPECT_MSG_EQ(net.CountDrops(), net.drops[TUNNEL_QUEUE_FULL], "no other reason");
        net.TearDown();
    }

    /// A session with another route. @param sessionClass its class @param http how gateways get
    /// keys
    void CheckProtected(const std::string& sessionClass, bool http)
    {
        TunnelNetwork net({"otp", sessionClass, CUT, http});
        NS_TEST_EXPECT_MSG_EQ(net.Run(), "", sessionClass << ": books");
        NS_TEST_EXPECT_MSG_EQ(net.CountDrops(), 0, sessionClass << ": none is dropped");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(net.CountLostInFibre(),
                                    MAX_IN_FIBRE,
                                    sessionClass << ": received");
        NS_TEST_EXPECT_MSG_LT(net.gapEnd - net.gapBegin,
                              Seconds(2),
                              sessionClass << ": the store bridges the switch-over");
        net.TearDown();
    }

    /// AES spends 256 bits each 5 s, so that the pools last through the cut.
    void CheckAes()
    {
        TunnelNetwork net({"aes-256", "unprotected", CUT, false});
        NS_TEST_EXPECT_MSG_EQ(net.Run(), "", "AES: books");
        NS_TEST_EXPECT_MSG_EQ(net.CountDrops(), 0, "AES: none is dropped");
        NS_TEST_EXPECT_MSG_LT_OR_EQ(net.CountLostInFibre(), MAX_IN_FIBRE, "AES: received");
        NS_TEST_EXPECT_MSG_EQ_TOL(net.rekeys.size(), 14.0, 1, "AES: a key each 5 s for 70 s");
        net.TearDown();
    }

    void DoRun() override
    {
        CheckAlone();
        CheckProtected("route-1:1", true);
        CheckProtected("restoration", false);
        CheckProtected("route-1+1", false);
        CheckAes();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Crashes of key managers, from 30.1 s on.
 */
class TunnelKmCrashTest : public TestCase
{
  public:
    TunnelKmCrashTest()
        : TestCase("A crash of a key manager shows when the tunnel may not use its keys any more")
    {
    }

  private:
    /// The fault. @param node node of the key manager @param forS how long @return JSON
    static std::string Crash(const std::string& node, uint32_t forS)
    {
        return R"([{"id": "crash", "at_s": 30.1, "type": "km-crash", "target": ")" + node +
               R"(", "repair_after_s": )" + std::to_string(forS) + "}]";
    }

    /**
     * @brief AES with keys of 5 s that may be used for 20 s.
     * @param node node of the key manager
     * @param forS how long it is down
     * @param http whether the gateways call over HTTP
     */
    void CheckAes(const std::string& node, uint32_t forS, bool http)
    {
        TunnelNetwork net({"aes-256", "unprotected", Crash(node, forS), http});
        const std::string what = node + " for " + std::to_string(forS) + " s";
        NS_TEST_EXPECT_MSG_EQ(net.Run(), "", what << ": books");
        NS_TEST_EXPECT_MSG_EQ(net.received + net.CountDrops(),
                              TunnelNetwork::PACKETS,
                              what << ": all are known");
        Time lastKey;
        for (const Time& rekey : net.rekeys)
        {
            lastKey = rekey < Seconds(30.1) ? rekey : lastKey;
        }
        if (forS < 14)
        {
            // no key is older than 5 s when the crash comes, and another one comes soon after it
            NS_TEST_EXPECT_MSG_EQ(net.received, TunnelNetwork::PACKETS, what << ": no loss");
            NS_TEST_EXPECT_MSG_LT(net.gapEnd - net.gapBegin, MilliSeconds(250), what << ": no gap");
        }
        else
        {
            NS_TEST_EXPECT_MSG_EQ_TOL(net.gapBegin.GetSeconds(),
                                      lastKey.GetSeconds() + 20,
                                      0.21,
                                      what << ": until the key may not be used any more");
            NS_TEST_EXPECT_MSG_GT(net.gapEnd, Seconds(30.1 + forS), what << ": until the restart");
            NS_TEST_EXPECT_MSG_LT(net.gapEnd, Seconds(40 + forS), what << ": and soon after it");
        }
        net.TearDown();
    }

    /**
     * @brief OTP lives on the store of the gateway, and what the other end cannot fetch is lost.
     * @param node node of the key manager
     * @param http whether the gateways call over HTTP
     */
    void CheckOtp(const std::string& node, bool http)
    {
        TunnelNetwork net({"otp", "unprotected", Crash(node, 30), http});
        const std::string what = "OTP, " + node + (http ? ", HTTP" : "");
        NS_TEST_EXPECT_MSG_EQ(net.Run(), "", what << ": books");
        NS_TEST_EXPECT_MSG_EQ(net.received + net.CountDrops(),
                              TunnelNetwork::PACKETS,
                              what << ": all are known");
        // a crash destroys keys that were not fetched: those of the store
        const uint32_t stored = TunnelNetwork::KEY_BUFFER / TunnelNetwork::SPENT_BIT + 2;
        NS_TEST_EXPECT_MSG_LT_OR_EQ(net.drops[TUNNEL_NO_KEY],
                                    (node == "4" ? stored : 0),
                                    what << ": keys that are gone");
        // 150 packets come in 30 s
        NS_TEST_EXPECT_MSG_GT(net.drops[TUNNEL_QUEUE_FULL],
                              150 - TunnelNetwork::QUEUE - stored,
                              what << ": the queue is full");
        NS_TEST_EXPECT_MSG_LT(net.drops[TUNNEL_QUEUE_FULL], 130, what << ": and served again");
        NS_TEST_EXPECT_MSG_LT(net.gapEnd, Seconds(75), what << ": soon after the restart");
        net.TearDown();
    }

    void DoRun() override
    {
        CheckAes("1", 10, false);
        CheckAes("1", 40, false);
        CheckAes("1", 40, true);
        CheckOtp("1", false);
        CheckOtp("1", true);
        CheckOtp("4", false);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of secured tunnels over whole networks.
 */
class SecureTunnelRunTestSuite : public TestSuite
{
  public:
    SecureTunnelRunTestSuite()
        : TestSuite("qkdn-secure-tunnel-run", Type::SYSTEM)
    {
        AddTestCase(new TunnelCutTest);
        AddTestCase(new TunnelKmCrashTest);
    }
};

static SecureTunnelRunTestSuite g_secureTunnelRunTestSuite; //!< registers the suite
