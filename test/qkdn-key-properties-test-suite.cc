/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-lives.h"
#include "qkdn-pool-mirror.h"
#include "qkdn-random-scenario.h"

#include "ns3/qkdn-compat.h"
#include "ns3/qkdn-route-computation.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <utility>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Which form of a random scenario is run.
using TextOf = std::string (RandomScenario::*)() const;

/**
 * @brief One random network while it runs, with what must hold of it.
 */
class WatchedNetwork
{
  public:
    /**
     * @brief Constructor
     * @param drawn the network
     * @param number its number
     * @param textOf its form
     */
    WatchedNetwork(const RandomScenario& drawn, uint32_t number, TextOf textOf)
        : m_drawn(drawn),
          m_scenario(ScenarioReader::ReadString((drawn.*textOf)(), "network"))
    {
        RngSeedManager::SetSeed(m_scenario.simulation.seed);
        RngSeedManager::SetRun(m_scenario.simulation.run);
        m_builder = std::make_unique<ScenarioBuilder>(m_scenario, "network");
        for (const auto& node : m_scenario.nodes)
        {
            m_lives.Watch(m_builder->GetKeyManager(node.id));
        }
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(7000 + static_cast<int64_t>(number));
        for (int i = 0; i < 2; ++i)
        {
            Simulator::Schedule(Seconds(random->GetValue(0.0, RandomScenario::END)),
                                &WatchedNetwork::CheckNow,
                                this);
        }
        for (int i = 0; i < 50; ++i)
        {
            Simulator::Schedule(Seconds(RandomScenario::END - 1.0 + 0.0197 * i),
                                &WatchedNetwork::CheckMirrors,
                                this);
        }
    }

    /**
     * @brief Run it to the end.
     * @return what is wrong, empty for nothing
     */
    std::string Run()
    {
        Simulator::Stop(m_scenario.simulation.duration);
        Simulator::Run();
        CheckNow();
        CheckEnd();
        return m_problem;
    }

    /**
     * @brief The lives of its keys.
     * @return what was seen
     */
    const KeyLives& GetLives() const
    {
        return m_lives;
    }

    /**
     * @brief Bits of supplied keys that attackers know, at the end.
     * @return number of bits
     */
    uint64_t GetExposedBits() const
    {
        return m_exposedBits;
    }

  private:
    /**
     * @brief The pool of one node with another.
     * @param holder the node
     * @param peer the other node
     * @return the pool
     */
    Ptr<KmaPool> GetPool(const std::string& holder, const std::string& peer) const
    {
        return m_builder->GetKeyManager(holder)->GetPool(m_builder->GetKeyManager(peer)->GetKmId());
    }

    /**
     * @brief Note a problem.
     * @param what what is wrong
     */
    void Note(const std::string& what)
    {
        if (!what.empty() && m_problem.size() < 600)
        {
            m_problem +=
                "at " + std::to_string(Simulator::Now().GetSeconds()) + " s: " + what + "; ";
        }
    }

    /// What holds at every instant.
    void CheckNow()
    {
        const ConservationResult books = m_builder->GetMonitor()->Collect(Time(0)).conservation;
        if (!books.Balances())
        {
            Note("books do not balance");
        }
        if (!books.violations.empty())
        {
            Note(books.violations.front());
        }
        for (const auto& [a, b] : m_drawn.GetPairs())
        {
            Note(GetPool(a, b)->CheckConsistency());
            Note(GetPool(b, a)->CheckConsistency());
        }
    }

    /**
     * @brief Whether a session can have as many routes as its keys need.
     * @param name the session
     * @return true if so
     */
    bool HasRoutes(const std::string& name) const
    {
        RouteGraph graph;
        for (const auto& [a, b] : m_drawn.GetPairs())
        {
            graph.SetHop(KmHop(m_builder->GetKeyManager(a)->GetKmId(),
                               m_builder->GetKeyManager(b)->GetKmId()),
                         1);
        }
        const auto session =
            std::find_if(m_scenario.sessions.begin(),
                         m_scenario.sessions.end(),
                         [&name](const ScenarioSession& one) { return one.id == name; });
        const uint32_t needed = session->resilience.GetThreshold();
        return graph
            .FindDisjointTuple(m_builder->GetKeyManager(session->master)->GetKmId(),
                               m_builder->GetKeyManager(session->slave)->GetKmId(),
                               {},
                               needed,
                               needed)
            .has_value();
    }

    /// Note which pools are alike at both ends now, messages under way apart.
    void CheckMirrors()
    {
        for (const auto& pair : m_drawn.GetPairs())
        {
            if (AreMirrorImages(*GetPool(pair.first, pair.second),
                                *GetPool(pair.second, pair.first)))
            {
                m_mirrored.insert(pair);
            }
        }
    }

    /// What attackers know.
    void CheckExposure(const ExperimentResults& results)
    {
        uint64_t bits = 0;
        for (std::size_t i = 0; i < results.sessions.size(); ++i)
        {
            const ExposureResult& exposure = results.sessions[i].exposure;
            const KsaFigures& ksa = results.conservation.ksa.at(i);
            const uint64_t keyBits = m_scenario.sessions.at(i).keySizeBit;
            bits += exposure.exposedBits;
            if (exposure.exposedBits + exposure.exposedStoredKeys * keyBits > ksa.created)
            {
                Note("more keys are exposed than were made");
            }
            if (!m_drawn.IsCompromised() && exposure.exposedKeys + exposure.exposedStoredKeys > 0)
            {
                Note("keys are exposed to nobody");
            }
            if (m_scenario.keyManagement.relayScheme == ScenarioRelayScheme::DESTINATION &&
                !exposure.trustedRelays.empty())
            {
                Note("keys in clear on the way to their destination");
            }
        }
        if (bits != results.network.exposedBits)
        {
            Note("exposed bits do not add up");
        }
        m_exposedBits = bits;
        const Ptr<ResilienceMonitor> monitor = m_builder->GetMonitor();
        const KeyExposure& exposure = monitor->GetKeyExposure();
        if (exposure.GetOpenKeys() >
            monitor->GetKsaBook().GetOpenKeys() + exposure.GetKeysUnderWay())
        {
            Note("the provenance of keys is kept that are done with");
        }
    }

    /// What holds when all is repaired and nobody asks any more.
    void CheckEnd()
    {
        const ExperimentResults results = m_builder->GetMonitor()->Collect(Time(0));
        Note(m_lives.FindProblem());
        for (const ScenarioNode& node : m_scenario.nodes)
        {
            if (m_builder->GetKeyManager(node.id)->GetSlaveAgent()->CountPartialKeys() > 0)
            {
                Note("shares left at " + node.id);
            }
        }
        for (const auto& pair : m_drawn.GetPairs())
        {
            if (m_mirrored.count(pair) == 0)
            {
                Note("pools of " + pair.first + " and " + pair.second + " differ");
            }
        }
        if (results.conservation.GetKmaTotal().bits[KEY_ONE_SIDED] > 0)
        {
            Note("KMA-key at one end only");
        }
        const KsaFigures ksa = results.conservation.GetKsaTotal();
        if (ksa.inFlight > 0)
        {
            Note("KSA-keys in flight");
        }
        CheckExposure(results);
        uint64_t pooled = 0;
        for (const ScenarioSession& session : m_scenario.sessions)
        {
            pooled += uint64_t{session.ksaPool.highKeys} * session.keySizeBit;
        }
        if (ksa.stored > pooled)
        {
            Note("KSA-keys left behind");
        }
        for (const RequestResult& request : results.requests)
        {
            // an application that stops does not wait for the answer to its last request
            if (!m_drawn.IsStarved() && request.issued > Seconds(RandomScenario::SETTLED) &&
                request.issued < Seconds(RandomScenario::STOP - 0.1) && !request.handedOver &&
                HasRoutes(request.session))
            {
                Note("no supply to " + request.session + " after the repairs");
                break;
            }
        }
    }

    const RandomScenario& m_drawn;                            //!< the network
    Scenario m_scenario;                                      //!< its scenario
    std::unique_ptr<ScenarioBuilder> m_builder;               //!< its simulation
    KeyLives m_lives;                                         //!< its KSA-keys
    std::set<std::pair<std::string, std::string>> m_mirrored; //!< pools that are alike
    uint64_t m_exposedBits{0};                                //!< key bits that attackers know
    std::string m_problem;                                    //!< what is wrong
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Random networks with random faults.
 */
class RandomNetworksTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param first number of the first network
     * @param count how many
     * @param what what goes on in them
     * @param textOf the form of the networks that has this
     */
    RandomNetworksTest(uint32_t first, uint32_t count, const std::string& what, TextOf textOf)
        : TestCase(what + " in random networks with random faults, networks " +
                   std::to_string(first) + " to " + std::to_string(first + count - 1)),
          m_first(first),
          m_count(count),
          m_textOf(textOf)
    {
    }

  private:
    void DoRun() override
    {
        uint32_t relayed = 0;
        uint32_t failed = 0;
        uint32_t supplied = 0;
        uint64_t exposedBits = 0;
        for (uint32_t number = m_first; number < m_first + m_count; ++number)
        {
            const RandomScenario drawn(number);
            std::string problem;
            {
                WatchedNetwork network(drawn, number, m_textOf);
                problem = network.Run();
                relayed += network.GetLives().CountRelayed();
                failed += network.GetLives().CountFailed();
                supplied += network.GetLives().CountSupplied();
                exposedBits += network.GetExposedBits();
            }
            Simulator::Destroy();
            if (!problem.empty())
            {
                // it can be run with qkdn-scenario
                const std::string file =
                    CreateTempDirFilename("network-" + std::to_string(number) + ".json");
                std::ofstream(file) << (drawn.*m_textOf)();
                problem += "scenario in " + file;
            }
            NS_TEST_EXPECT_MSG_EQ(problem, "", "network " << number);
        }
        // some sessions cannot have the routes that they need
        NS_TEST_EXPECT_MSG_GT(supplied, 20 * m_count, "keys are supplied");
        NS_TEST_EXPECT_MSG_GT(relayed + 1, supplied, "keys are made");
        NS_TEST_EXPECT_MSG_GT(failed, 0, "faults hit relays");
        NS_TEST_EXPECT_MSG_GT(exposedBits, 0, "compromised nodes expose keys");
    }

    uint32_t m_first; //!< number of the first network
    uint32_t m_count; //!< how many
    TextOf m_textOf;  //!< their form
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of properties of key management in random networks.
 */
class QkdnKeyPropertiesTestSuite : public TestSuite
{
  public:
    QkdnKeyPropertiesTestSuite()
        : TestSuite("qkdn-key-properties", Type::SYSTEM)
    {
        const TextOf plain = &RandomScenario::GetText;
        const TextOf several = &RandomScenario::GetTextWithSeveralRoutes;
        const TextOf restored = &RandomScenario::GetTextWithRestoration;
        for (uint32_t first = 0; first < 40; first += 20)
        {
            AddTestCase(new RandomNetworksTest(first, 20, "Keys", plain));
        }
        AddTestCase(new RandomNetworksTest(0, 20, "Keys over several routes", several));
        AddTestCase(new RandomNetworksTest(0, 20, "Restored sessions", restored));
        AddTestCase(new RandomNetworksTest(40, 60, "Keys", plain), TEST_EXTENSIVE);
        AddTestCase(new RandomNetworksTest(20, 80, "Keys over several routes", several),
                    TEST_EXTENSIVE);
        AddTestCase(new RandomNetworksTest(20, 80, "Restored sessions", restored), TEST_EXTENSIVE);
        for (uint32_t first = 100; first < 1000; first += 100)
        {
            AddTestCase(new RandomNetworksTest(first, 100, "Keys", plain), TEST_EXTENSIVE);
            AddTestCase(new RandomNetworksTest(first, 100, "Keys over several routes", several),
                        TEST_EXTENSIVE);
            AddTestCase(new RandomNetworksTest(first, 100, "Restored sessions", restored),
                        TEST_EXTENSIVE);
        }
    }
};

static QkdnKeyPropertiesTestSuite g_qkdnKeyPropertiesTestSuite; //!< registers the suite
