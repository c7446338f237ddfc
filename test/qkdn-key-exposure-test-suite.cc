/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-chain.h"
#include "qkdn-scenario-error-test.h"
#include "qkdn-scenario-ways.h"

#include "ns3/qkdn-key-exposure.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr uint32_t KEY_BIT = 256;             //!< size of the keys
const SessionId SESSION(1);                   //!< the session of the keys
const KmId MASTER(1);                         //!< its master's KM
const KmId RELAY(2);                          //!< a KM between
const KmId OTHER(3);                          //!< another KM between
const KmId SLAVE(4);                          //!< its slave's KM
const KeyId BLOCK{LinkId(1), 7};              //!< a QKD-key
const std::vector<KeyRange> NOTHING_IN_POOLS; //!< empty pools

/// Plays the traces of key managers to a KeyExposure.
class ExposureStory
{
  public:
    /// @param threshold shares that make a key
    explicit ExposureStory(uint32_t threshold = 1)
    {
        exposure.AddSession(SESSION, threshold);
    }

    /// Something happens to a key.
    void Event(uint64_t key,
               bool master,
               KsaKeyEventKind kind,
               const std::vector<KeyRange>& ranges = {})
    {
        KsaKeyEvent event;
        event.key = KsaKeyId{SESSION, key};
        event.master = master;
        event.holder = master ? MASTER : SLAVE;
        event.kind = kind;
        event.material = KeyMaterial::FromGenerator(1, key, 0, KEY_BIT);
        event.ranges = ranges;
        exposure.NotifyKeyEvent(event);
    }

    /// A relay of keys is at a KM.
    void Sight(uint32_t route,
               KmId km,
               KmId next,
               const std::vector<KxRelayedKey>& keys,
               const std::vector<KeyRange>& pad = {},
               bool clear = true)
    {
        KeySighting sighting;
        sighting.km = km;
        sighting.route = RouteId(route);
        sighting.number = keys.front().key.sequence;
        sighting.next = next;
        sighting.clear = clear;
        sighting.keys = keys;
        sighting.pad = pad;
        exposure.NotifySighting(sighting);
    }

    /// A key or share is relayed over a route of two hops.
    void RelayBy(uint32_t route, KmId relay, uint64_t key, uint8_t share = 0)
    {
        const KxRelayedKey relayed = Relayed(key, share);
        Sight(route, MASTER, relay, {relayed});
        Sight(route, relay, SLAVE, {relayed});
        Sight(route, SLAVE, KmId(), {relayed});
    }

    /// Both applications get a key that both KMs have.
    void Supply(uint64_t key)
    {
        Event(key, true, KSA_EVENT_CONFIRMED);
        Event(key, true, KSA_EVENT_HANDED_OVER);
        Event(key, false, KSA_EVENT_HANDED_OVER);
    }

    /// A key as it is relayed.
    static KxRelayedKey Relayed(uint64_t key, uint8_t share = 0)
    {
        return KxRelayedKey{KsaKeyId{SESSION, key}, share, KEY_BIT};
    }

    /// The figures.
    ExposureFigures Get() const
    {
        return exposure.GetSession(SESSION);
    }

    KeyExposure exposure; //!< what is tested
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief A key, whole or in shares, over relays of which some are compromised.
 */
class SharesTest : public TestCase
{
  public:
    SharesTest()
        : TestCase("A key is exposed if it was seen whole, or in enough different shares")
    {
    }

  private:
    /// Relay a key in two shares over two relays, with a threshold, and some KMs compromised.
    ExposureFigures Shared(uint32_t threshold, const std::vector<KmId>& compromised)
    {
        ExposureStory story(threshold);
        for (const KmId km : compromised)
        {
            story.exposure.BeginCompromise(km, false, NOTHING_IN_POOLS);
        }
        story.Event(1, true, KSA_EVENT_CREATED);
        story.RelayBy(10, RELAY, 1, 1);
        story.RelayBy(10, RELAY, 1, 1);
        story.RelayBy(11, OTHER, 1, 2);
        story.Event(1, false, KSA_EVENT_HELD);
        story.Supply(1);
        NS_TEST_EXPECT_MSG_EQ(story.exposure.GetOpenKeys(), 0, "forgotten");
        return story.Get();
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(Shared(2, {}).exposedKeys, 0, "nobody reads");
        NS_TEST_EXPECT_MSG_EQ(Shared(2, {RELAY}).exposedKeys, 0, "one share, twice");
        NS_TEST_EXPECT_MSG_EQ(Shared(2, {OTHER}).exposedKeys, 0, "the other share");
        NS_TEST_EXPECT_MSG_EQ(Shared(2, {RELAY, OTHER}).exposedKeys, 1, "both");
        NS_TEST_EXPECT_MSG_EQ(Shared(2, {RELAY, OTHER}).exposedBits, KEY_BIT, "all its bits");
        NS_TEST_EXPECT_MSG_EQ(Shared(1, {OTHER}).exposedKeys, 1, "one share is enough");
        NS_TEST_EXPECT_MSG_EQ(Shared(2, {MASTER}).exposedKeys, 1, "where it is made");
        NS_TEST_EXPECT_MSG_EQ(Shared(2, {SLAVE}).exposedKeys, 1, "where it is held");
        // who alone could tell it
        using ByRelays = std::map<std::vector<KmId>, uint64_t>;
        const ByRelays nobody = {{{}, 1}};
        const ByRelays both = {{{RELAY, OTHER}, 1}};
        NS_TEST_EXPECT_MSG_EQ((Shared(2, {}).byRelays == nobody), true, "no relay alone");
        NS_TEST_EXPECT_MSG_EQ((Shared(1, {}).byRelays == both), true, "each relay");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Keys that an attacker reads later: out of pools, or under pads that he knows.
 */
class KnownBitsTest : public TestCase
{
  public:
    KnownBitsTest()
        : TestCase("What bits of pools tell of keys during and after a compromise")
    {
    }

  private:
    /// A relay had bits 300 to 999 of a block in its pool when its compromise ended.
    static void Compromise(ExposureStory& story, bool wiretap)
    {
        const std::vector<KeyRange> pool = {KeyRange{BLOCK, 300, 700}};
        story.exposure.BeginCompromise(RELAY, wiretap, pool);
        story.exposure.EndCompromise(RELAY, wiretap, pool);
    }

    /// Three keys are relayed under bits 0 to 767: the pads of the second and third are known.
    static ExposureFigures UnderPads(bool wiretap)
    {
        ExposureStory story;
        Compromise(story, wiretap);
        std::vector<KxRelayedKey> keys;
        for (uint64_t key = 1; key <= 3; ++key)
        {
            story.Event(key, true, KSA_EVENT_CREATED);
            keys.push_back(ExposureStory::Relayed(key));
        }
        // the pad in pieces, which keys do not respect
        story.Sight(
            10,
            MASTER,
            RELAY,
            keys,
            {KeyRange{BLOCK, 0, 200}, KeyRange{BLOCK, 200, 200}, KeyRange{BLOCK, 400, 368}});
        for (uint64_t key = 1; key <= 3; ++key)
        {
            story.Event(key, false, KSA_EVENT_HELD);
            story.Supply(key);
        }
        return story.Get();
    }

    /// A key is on its way to a relay when that is compromised, and lost or not.
    static ExposureFigures OnTheWay(bool wiretap, bool padThere)
    {
        ExposureStory story;
        story.Event(1, true, KSA_EVENT_CREATED);
        story.Sight(10, MASTER, RELAY, {ExposureStory::Relayed(1)}, {KeyRange{BLOCK, 0, KEY_BIT}});
        const std::vector<KeyRange> pool = {KeyRange{BLOCK, padThere ? 255U : 256U, 100}};
        story.exposure.BeginCompromise(RELAY, wiretap, pool);
        story.exposure.EndCompromise(RELAY, wiretap, {});
        // it came over another route
        story.Event(1, false, KSA_EVENT_HELD);
        story.Supply(1);
        return story.Get();
    }

    /// Two keys over one hop, made of bits 0 to 511.
    static ExposureFigures Direct(const KeyRange& known)
    {
        ExposureStory story;
        story.exposure.BeginCompromise(MASTER, false, {known});
        story.exposure.EndCompromise(MASTER, false, {known});
        for (uint32_t key = 1; key <= 2; ++key)
        {
            const std::vector<KeyRange> bits = {KeyRange{BLOCK, KEY_BIT * (key - 1), KEY_BIT}};
            story.Event(key, true, KSA_EVENT_CREATED, bits);
            story.Event(key, false, KSA_EVENT_HELD, bits);
            story.Supply(key);
        }
        return story.Get();
    }

    /// Keys that are held when a compromise begins.
    void CheckHeld()
    {
        for (const KmId km : {MASTER, SLAVE})
        {
            ExposureStory story;
            for (uint64_t key = 1; key <= 5; ++key)
            {
                story.Event(key, true, KSA_EVENT_CREATED);
                story.RelayBy(10, RELAY, key);
                story.Event(key, false, KSA_EVENT_HELD);
            }
            story.Supply(1);
            story.Event(2, true, KSA_EVENT_VOIDED);
            story.Event(2, false, KSA_EVENT_VOIDED);
            story.Event(3, km == MASTER, KSA_EVENT_GIVEN_OUT);
            story.exposure.BeginCompromise(km, true, NOTHING_IN_POOLS);
            story.exposure.EndCompromise(km, true, NOTHING_IN_POOLS);
            NS_TEST_EXPECT_MSG_EQ(story.Get().exposedKeys, 0, "not supplied yet");
            NS_TEST_EXPECT_MSG_EQ(story.Get().exposedStoredKeys, 3, "what is held");
            story.Supply(3);
            story.Supply(4);
            story.Event(5, true, KSA_EVENT_VOIDED);
            story.Event(5, false, KSA_EVENT_VOIDED);
            NS_TEST_EXPECT_MSG_EQ(story.Get().exposedKeys, 2, "what is supplied of it");
            NS_TEST_EXPECT_MSG_EQ(story.Get().exposedStoredKeys, 0, "nothing left");
            NS_TEST_EXPECT_MSG_EQ(story.Get().suppliedKeys, 3, "voids are not supplied");
            NS_TEST_EXPECT_MSG_EQ(story.exposure.GetOpenKeys(), 0, "forgotten");
        }
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(UnderPads(true).exposedKeys, 2, "read on the wire");
        NS_TEST_EXPECT_MSG_EQ(UnderPads(false).exposedKeys, 0, "without a wiretap");
        NS_TEST_EXPECT_MSG_EQ(OnTheWay(true, true).exposedKeys, 1, "its pad is in the pool");
        NS_TEST_EXPECT_MSG_EQ(OnTheWay(true, false).exposedKeys, 0, "its pad is not");
        NS_TEST_EXPECT_MSG_EQ(OnTheWay(false, true).exposedKeys, 0, "nobody has read the wire");
        NS_TEST_EXPECT_MSG_EQ(Direct(KeyRange{BLOCK, 0, 512}).exposedKeys, 2, "both");
        NS_TEST_EXPECT_MSG_EQ(Direct(KeyRange{BLOCK, 256, 256}).exposedKeys, 1, "the second");
        NS_TEST_EXPECT_MSG_EQ(Direct(KeyRange{BLOCK, 512, 256}).exposedKeys, 0, "none");
        CheckHeld();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a KM knows that sees pads only.
 */
class PadSightingTest : public TestCase
{
  public:
    PadSightingTest()
        : TestCase("Pads in clear expose keys to those who read the wire, and are no provenance")
    {
    }

  private:
    static ExposureFigures Run(bool wiretap)
    {
        ExposureStory story;
        story.exposure.BeginCompromise(RELAY, wiretap, NOTHING_IN_POOLS);
        story.Event(1, true, KSA_EVENT_CREATED);
        story.Sight(10,
                    MASTER,
                    RELAY,
                    {ExposureStory::Relayed(1)},
                    {KeyRange{BLOCK, 0, 256}},
                    false);
        story.Sight(10,
                    RELAY,
                    SLAVE,
                    {ExposureStory::Relayed(1)},
                    {KeyRange{BLOCK, 256, 256}},
                    false);
        story.Sight(10, SLAVE, KmId(), {ExposureStory::Relayed(1)});
        story.Event(1, false, KSA_EVENT_HELD);
        story.Supply(1);
        return story.Get();
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(Run(true).exposedKeys, 1, "wire and pad");
        NS_TEST_EXPECT_MSG_EQ(Run(false).exposedKeys, 0, "pad alone");
        NS_TEST_EXPECT_MSG_EQ(Run(true).byRelays.begin()->first.size(), 0, "never in clear");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A chain of four key managers with one more beside it: what a compromise exposes.
 */
class CompromiseTest : public TestCase
{
  public:
    CompromiseTest()
        : TestCase("Compromise of a node of a chain: exactly what passes, is held, or hangs on it")
    {
    }

  private:
    static constexpr double BEGIN = 6.1; //!< of the compromise, s; between two requests
    static constexpr double END = 9.1;   //!< likewise

    /**
     * @brief Run it.
     * @param faults the faults
     * @param slave slave's node of the session, whose master's is A
     * @param pool "ksa_pool" of the session
     * @param seed of the run
     * @param scheme "relay_scheme"
     */
    void Run(const std::string& faults,
             const std::string& slave = "D",
             const std::string& pool = "{}",
             uint32_t seed = 1,
             const std::string& scheme = "hop-by-hop")
    {
        // no block is ready before the end: all key is there from the beginning
        const ScenarioWays ways = MakeScenarioWays({"AB", "BC", "CD", "BE"},
                                                   20,
                                                   R"("initial_pool_bit": 200000, "start_up_s": 1,
                                "protocol": {"type": "measured", "rate_bps": 20000,
                                             "block_key_bit": 1000000})");
        const std::string text =
            R"({"name": "chain", "simulation": {"duration_s": 14, "distillation": "ideal",
                "seed": )" +
            std::to_string(seed) + R"(},
                "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}, {"id": "D"}, {"id": "E"}],
                "fibres": [)" +
            ways.fibres + R"(], "qkd_links": [)" + ways.links +
            R"(], "key_management": {"relay_scheme": ")" + scheme +
            R"("}, "controllers": [{"id": "X", "node": "B"}],
                "sessions": [{"id": "S", "master": "A", "slave": ")" +
            slave + R"(", "rate_keys_per_s": 5, "start_s": 3, "stop_s": 13, "ksa_pool": )" + pool +
            R"(}], "faults": [)" + faults + "]}";
        const Scenario scenario = ScenarioReader::ReadString(text, "chain");
        RngSeedManager::SetSeed(seed);
        RngSeedManager::SetRun(1);
        {
            ScenarioBuilder builder(scenario, "chain");
            Simulator::Schedule(Seconds(END), [this, &builder] {
                m_pooled =
                    builder.GetKeyManager("A")->GetMasterAgent()->GetPooledKeys(SessionId(1));
            });
            Simulator::Stop(Seconds(14));
            Simulator::Run();
            m_results = builder.GetMonitor()->Collect(Time(0));
        }
        Simulator::Destroy();
        NS_TEST_ASSERT_MSG_EQ(m_results.conservation.IsSound(), true, "books");
        NS_TEST_ASSERT_MSG_EQ(m_results.sessions[0].supplied, 50, "all keys are supplied");
    }

    /// A compromise from BEGIN to END.
    static std::string At(const std::string& node, bool wiretap)
    {
        return R"({"type": "node-compromise", "at_s": 6.1, "repair_after_s": 3, "target": ")" +
               node + R"(", "wiretap": )" + (wiretap ? "true" : "false") + "}";
    }

    /// Keys of requests that were issued and served in an interval.
    uint64_t CountServed(double from, double to) const
    {
        return std::count_if(m_results.requests.begin(),
                             m_results.requests.end(),
                             [from, to](const RequestResult& request) {
                                 return request.issued >= Seconds(from) && request.handedOver &&
                                        *request.handedOver <= Seconds(to);
                             });
    }

    /// Check the last run.
    void Check(uint64_t exposed, const std::string& what)
    {
        const SessionResult& session = m_results.sessions[0];
        NS_TEST_EXPECT_MSG_EQ(session.exposure.exposedKeys, exposed, what);
        NS_TEST_EXPECT_MSG_EQ(session.exposure.exposedBits, exposed * KEY_BIT, what);
        NS_TEST_EXPECT_MSG_EQ(m_results.network.exposedBits, exposed * KEY_BIT, what);
    }

    void DoRun() override
    {
        Run("");
        Check(0, "nobody is compromised");
        NS_TEST_EXPECT_MSG_EQ(
            (m_results.sessions[0].exposure.trustedRelays == std::vector<std::string>{"B", "C"}),
            true,
            "relays that have to be trusted");
        NS_TEST_EXPECT_MSG_EQ(m_results.sessions[0].exposure.relaysPerKey.value_or(0),
                              2,
                              "each key");
        for (uint32_t seed = 1; seed <= 3; ++seed)
        {
            Run(At("C", false), "D", "{}", seed);
            NS_TEST_EXPECT_MSG_EQ(CountServed(BEGIN, END), 15, "some keys pass");
            Check(CountServed(BEGIN, END), "relayed meanwhile");
        }
        Run(At("C", true));
        Check(CountServed(BEGIN, 14), "and later under pads that were in its pools");
        Run(At("E", true));
        Check(0, "off the route");
        Run(At("B", false) + ", " + At("C", false));
        Check(CountServed(BEGIN, END), "each key counts once");
        // who has pads only needs what the two ends tell each other, too
        Run(At("C", false), "D", "{}", 1, "destination");
        Check(0, "pads without the wire");
        NS_TEST_EXPECT_MSG_EQ(m_results.sessions[0].exposure.trustedRelays.size(), 0, "no relay");
        Run(At("C", true), "D", "{}", 1, "destination");
        Check(CountServed(BEGIN, 14), "pads with the wire");
        Run(At("D", false), "D", "{}", 1, "destination");
        Check(CountServed(BEGIN, END), "the destination has them");
        // ends
        Run(At("A", false));
        Check(CountServed(BEGIN, END), "made and held at its master's KM");
        Run(At("A", false), "D", R"({"low_keys": 5, "high_keys": 10})");
        NS_TEST_EXPECT_MSG_GT(m_pooled, 4, "keys in stock");
        // the answers of BEGIN come out of the pool too, so all that was there is known
        Check(CountServed(BEGIN, END) + m_pooled, "and what was in stock when it ended");
        Run(At("D", false), "D", R"({"low_keys": 5, "high_keys": 10})");
        Check(CountServed(BEGIN, END) + m_pooled, "likewise at its slave's KM");
        // over one hop the pool itself becomes keys
        Run(At("B", false), "B");
        Check(CountServed(BEGIN, 14), "KMA-key that was known");
        NS_TEST_EXPECT_MSG_EQ(m_results.sessions[0].exposure.trustedRelays.size(), 0, "no relay");
        // nobody notices
        NS_TEST_EXPECT_MSG_EQ(m_results.recoveries.size(), 0, "no recovery");
        NS_TEST_EXPECT_MSG_EQ(m_results.sessions[0].interruptions.size(), 0, "no interruption");
        NS_TEST_EXPECT_MSG_EQ(m_results.faults.at(0).Describe(), "node-compromise B", "the fault");
    }

    ExperimentResults m_results; //!< of the last run
    std::size_t m_pooled{0};     //!< keys in the session's pool at END
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The fault node-compromise in scenario files.
 */
class CompromiseErrorTest : public ScenarioErrorTest
{
  public:
    CompromiseErrorTest()
        : ScenarioErrorTest("Compromises that make no sense are refused; the wiretap is read")
    {
    }

  private:
    /// Refuse CHAIN with another fault.
    void Refuse(const std::string& fault, const std::string& key, const std::string& words)
    {
        Expect(CHAIN, {{"/faults/0", fault}}, "/faults/0/" + key, words);
    }

    void DoRun() override
    {
        Refuse(R"({"at_s": 1, "type": "node-compromise"})", "target", "missing");
        Refuse(R"({"at_s": 1, "type": "node-compromise", "target": "Q"})", "target", "\"Q\"");
        Refuse(R"({"at_s": 1, "type": "node-compromise", "target": "NOC"})",
               "target",
               "no key manager");
        Refuse(R"({"at_s": 1, "type": "node-compromise", "target": "A", "wiretap": 1})",
               "wiretap",
               "true or false");
        Refuse(R"({"at_s": 1, "type": "km-crash", "target": "A", "wiretap": true})",
               "wiretap",
               "only a node-compromise has it; remove it");
        for (const bool wiretap : {true, false})
        {
            const std::string fault =
                std::string(R"({"at_s": 1, "type": "node-compromise", "target": "A")") +
                (wiretap ? "}" : R"(, "wiretap": false})");
            const Scenario scenario =
                ScenarioReader::ReadString(CHAIN, "chain", {{"/faults/0", fault}});
            NS_TEST_EXPECT_MSG_EQ(scenario.faults.at(0).wiretap, wiretap, "wiretap");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the exposure of keys to attackers.
 */
class QkdnKeyExposureTestSuite : public TestSuite
{
  public:
    QkdnKeyExposureTestSuite()
        : TestSuite("qkdn-key-exposure", Type::SYSTEM)
    {
        AddTestCase(new SharesTest());
        AddTestCase(new KnownBitsTest());
        AddTestCase(new PadSightingTest());
        AddTestCase(new CompromiseTest());
        AddTestCase(new CompromiseErrorTest());
    }
};

static QkdnKeyExposureTestSuite g_qkdnKeyExposureTestSuite; //!< registers the suite
