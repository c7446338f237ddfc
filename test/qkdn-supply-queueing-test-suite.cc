/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/qkdn-compat.h"
#include "ns3/qkdn-kma-synchroniser.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario-reader.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Time in which a link fills a block, s.
constexpr double SLOT_S = 0.1;

/// Slots at the beginning that are not measured.
constexpr double WARM_UP_SLOTS = 200;

/// Slots of a run.
constexpr double QUICK_SLOTS = 2000;

/// Slots of a run in extensive tests.
constexpr double EXTENSIVE_SLOTS = 60000;

/**
 * @brief An application that asks for one key after the other, first come first served: when a
 * request arrives, and, if it was refused, when the pool has got a key.
 */
class PatientApplication
{
  public:
    /// A request that was served.
    struct Served
    {
        double arrivedSlot; //!< when it arrived, in slots
        double delaySlots;  //!< how long it waited, in slots
    };

    /**
     * @brief Constructor
     * @param builder a scenario with nodes A and B and session S
     * @param load requests in a slot on average
     */
    PatientApplication(const ScenarioBuilder& builder, double load)
        : m_km(builder.GetKeyManager("A")),
          m_master(builder.GetApplications("S").first->GetIdentity().sae),
          m_slave(builder.GetApplications("S").second->GetIdentity().sae),
          m_gap(CreateObject<ExponentialRandomVariable>())
    {
        m_gap->SetAttribute("Mean", DoubleValue(SLOT_S / load));
        m_gap->SetStream(4100);
        m_km->GetPool(builder.GetKeyManager("B")->GetKmId())
            ->TraceConnectWithoutContext("KeyConfirmed",
                                         MakeCallback(&PatientApplication::KeyCame, this));
        // when the key managers have met
        Simulator::Schedule(Seconds(3 + m_gap->GetValue()), &PatientApplication::Arrive, this);
    }

    /**
     * @brief The requests that were served, those of the beginning apart.
     * @return the requests in order of arrival
     */
    std::vector<Served> GetServed() const
    {
        std::vector<Served> late;
        std::copy_if(m_served.begin(), m_served.end(), std::back_inserter(late), [](const auto& s) {
            return s.arrivedSlot > WARM_UP_SLOTS;
        });
        return late;
    }

  private:
    /// A request arrives.
    void Arrive()
    {
        m_waiting.push_back(Simulator::Now());
        Simulator::Schedule(Seconds(m_gap->GetValue()), &PatientApplication::Arrive, this);
        Ask();
    }

    /// Ask for the key of the first request, unless an answer is awaited.
    void Ask()
    {
        if (!m_asking && !m_waiting.empty())
        {
            m_asking = true;
            m_keyCame = false;
            m_km->GetKey(m_master,
                         m_slave,
                         KeySupplyRequest(),
                         MakeCallback(&PatientApplication::Answer, this));
        }
    }

    /**
     * @brief The answer.
     * @param container the key, or why there is none
     */
    void Answer(const KeyContainer& container)
    {
        m_asking = false;
        if (container.status == KEY_SUPPLY_OK)
        {
            const Time delay = Simulator::Now() - m_waiting.front();
            m_served.push_back(
                {m_waiting.front().GetSeconds() / SLOT_S, delay.GetSeconds() / SLOT_S});
            m_waiting.pop_front();
            Ask();
        }
        else if (m_keyCame)
        {
            Ask();
        }
    }

    /// The pool has got a key.
    void KeyCame(KmId, KmId, KeyId, uint32_t)
    {
        m_keyCame = true;
        Simulator::ScheduleNow(&PatientApplication::Ask, this);
    }

    Ptr<KeyManager> m_km;                 //!< key manager of the master
    std::string m_master;                 //!< name of the master
    std::string m_slave;                  //!< name of the slave
    Ptr<ExponentialRandomVariable> m_gap; //!< time between requests, s
    std::deque<Time> m_waiting;           //!< requests without key, by arrival
    std::vector<Served> m_served;         //!< requests with a key
    bool m_asking{false};                 //!< an answer is awaited
    bool m_keyCame{false};                //!< a key came since
};

/**
 * @brief Run a link between two nodes.
 * @param settings further keys of the scenario, at JSON pointers
 * @param lifetime life of a key in a pool, 0 for ever
 * @param load requests in a slot on average
 * @param slots length of the run
 * @return the requests that were served
 */
std::vector<PatientApplication::Served>
RunLink(const std::vector<ScenarioOverride>& settings, Time lifetime, double load, double slots)
{
    std::ostringstream json;
    const double end = (slots + WARM_UP_SLOTS) * SLOT_S;
    // the application of the session itself asks for a key after the end only
    json << R"({"name": "queue", "simulation": {"duration_s": )" << end + 1 << R"(},
        "nodes": [{"id": "A"}, {"id": "B"}],
        "fibres": [{"id": "f", "a": "A", "b": "B", "length_km": 0.001}],
        "key_management": {"reserve_bit": 0, "kx_authentication": "none", "ksa_key_ttl_s": 1},
        "qkd_links": [{"id": "L", "tx": "A", "rx": "B", "fibres": ["f"],
            "protocol": {"type": "measured", "rate_bps": 2560, "block_key_bit": 256},
            "initial_state": "running"}],
        "sessions": [{"id": "S", "master": "A", "slave": "B", "key_size_bit": 256,
            "rate_keys_per_s": 1, "start_s": )"
         << end + 0.5 << "}]}";
    std::vector<PatientApplication::Served> served;
    {
        const Scenario scenario = ScenarioReader::ReadString(json.str(), "queue", settings);
        // in the queue a key that is stored can be had at once
        const char* const delay = "ns3::qkdn::KmaSynchroniser::AnnounceDelay";
        TypeId::AttributeInformation before;
        KmaSynchroniser::GetTypeId().LookupAttributeByName("AnnounceDelay", &before);
        Config::SetDefault(delay, TimeValue(Time(0)));
        const ScenarioBuilder builder(scenario, "queue");
        Config::SetDefault(delay, *before.initialValue);
        const Ptr<KeyManager> a = builder.GetKeyManager("A");
        const Ptr<KeyManager> b = builder.GetKeyManager("B");
        for (const Ptr<KmaPool>& pool : {a->GetPool(b->GetKmId()), b->GetPool(a->GetKmId())})
        {
            pool->SetAttribute("KeyLifetime", TimeValue(lifetime));
        }
        const PatientApplication application(builder, load);
        Simulator::Stop(Seconds(end));
        Simulator::Run();
        served = application.GetServed();
    }
    Simulator::Destroy();
    return served;
}

/**
 * @brief What became of the mean of a figure in batches of a run.
 */
struct BatchMeans
{
    double mean; //!< mean of the batches
    double half; //!< half of the 99.9 % interval (Student's t)
};

/**
 * @brief The mean of a figure of correlated requests.
 * @param served the requests
 * @param slots length of the run
 * @param figure the figure of a request
 * @return mean and interval from the means of 20 batches
 */
BatchMeans
MeanOf(const std::vector<PatientApplication::Served>& served,
       double slots,
       const std::function<double(double)>& figure)
{
    constexpr std::size_t batches = 20;
    std::vector<double> sums(batches, 0.0);
    std::vector<double> counts(batches, 0.0);
    for (const auto& request : served)
    {
        const double part = (request.arrivedSlot - WARM_UP_SLOTS) / slots;
        const auto batch = static_cast<std::size_t>(part * batches);
        sums.at(std::min(batch, batches - 1)) += figure(request.delaySlots);
        counts.at(std::min(batch, batches - 1)) += 1.0;
    }
    std::vector<double> means;
    for (std::size_t i = 0; i < batches; ++i)
    {
        means.push_back(sums[i] / counts[i]);
    }
    const double mean = gsl_stats_mean(means.data(), 1, batches);
    const double deviation = gsl_stats_sd(means.data(), 1, batches);
    const double t = gsl_cdf_tdist_Pinv(1.0 - 0.0005, batches - 1.0);
    return {mean, t * deviation / std::sqrt(static_cast<double>(batches))};
}

/**
 * @brief The share of requests that wait in the slotted queue N' = max(N + A - 1, 0), A Poisson.
 *
 * N is what a pool of some keys lacks, waiting requests included, after a key has come. A request
 * waits if the pool is empty when it arrives.
 *
 * @param load mean of A
 * @param keys keys that the pool holds
 * @return the share
 */
double
FindWaitingShare(double load, uint32_t keys)
{
    constexpr uint32_t states = 250;
    constexpr uint32_t arrivals = 30;
    std::vector<double> a;
    for (uint32_t n = 0; n < arrivals; ++n)
    {
        a.push_back(gsl_ran_poisson_pdf(n, load));
    }
    std::vector<double> p(states, 0.0);
    p[0] = 1.0;
    double change = 1.0;
    while (change > 1e-15)
    {
        std::vector<double> next(states, 0.0);
        for (uint32_t x = 0; x < states; ++x)
        {
            for (uint32_t n = 0; n < arrivals; ++n)
            {
                const uint32_t to = x + n == 0 ? 0 : x + n - 1;
                next[std::min(to, states - 1)] += p[x] * a[n];
            }
        }
        change = 0.0;
        for (uint32_t x = 0; x < states; ++x)
        {
            change = std::max(change, std::abs(next[x] - p[x]));
        }
        p.swap(next);
    }
    double waiting = 0.0;
    for (uint32_t x = 0; x < states; ++x)
    {
        const uint32_t left = keys > x ? keys - x : 0;
        for (uint32_t n = left + 1; n < arrivals; ++n)
        {
            waiting += p[x] * a[n] * (n - left);
        }
    }
    return waiting / load;
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Pools that hold nothing.
 */
class EmptyPoolDelayTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param load requests in a slot on average
     * @param slots length of the run
     */
    EmptyPoolDelayTest(double load, double slots)
        : TestCase("Without stored key requests wait as the closed form says, rho " +
                   std::to_string(load) + ", " + std::to_string(static_cast<uint32_t>(slots)) +
                   " blocks"),
          m_load(load),
          m_slots(slots)
    {
    }

  private:
    void DoRun() override
    {
        // a block that nobody has claimed 0.1 ms after it came is gone
        const auto served =
            RunLink({{"/simulation/distillation", "ideal"}}, MicroSeconds(100), m_load, m_slots);
        const double expected = 1.0 / (2.0 * (1.0 - m_load));
        const BatchMeans delay = MeanOf(served, m_slots, [](double d) { return d; });
        // the life of a block and the messages of a supply, in slots
        const double bias = 0.002;
        NS_TEST_EXPECT_MSG_EQ_TOL(delay.mean, expected, delay.half + bias, "mean delay in slots");
        NS_TEST_EXPECT_MSG_LT(delay.half, 0.5 * expected, "the interval says something");
        const BatchMeans waits = MeanOf(served, m_slots, [](double d) { return d > 0.002; });
        NS_TEST_EXPECT_MSG_GT(waits.mean, 0.99, "all wait");
    }

    double m_load;  //!< requests in a slot on average
    double m_slots; //!< length of the run
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Pools that hold some keys.
 */
class StoredKeysTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param load requests in a slot on average
     * @param keys keys that the pool holds
     * @param slots length of the run
     */
    StoredKeysTest(double load, uint32_t keys, double slots)
        : TestCase("With " + std::to_string(keys) +
                   " stored keys requests wait as in the slotted "
                   "queue, rho " +
                   std::to_string(load) + ", " + std::to_string(static_cast<uint32_t>(slots)) +
                   " blocks"),
          m_load(load),
          m_keys(keys),
          m_slots(slots)
    {
    }

  private:
    void DoRun() override
    {
        const auto served =
            RunLink({{"/simulation/distillation", "ideal"},
                     {"/key_management/capacity_bit", std::to_string(256 * m_keys)}},
                    Time(0),
                    m_load,
                    m_slots);
        const double expected = FindWaitingShare(m_load, m_keys);
        const BatchMeans share = MeanOf(served, m_slots, [](double d) { return d > 0.002; });
        const auto requests = static_cast<double>(served.size());
        NS_TEST_EXPECT_MSG_EQ_TOL(requests,
                                  m_load * m_slots,
                                  4.0 * std::sqrt(m_load * m_slots) + 20.0,
                                  "requests are served");
        if (expected * requests < 0.01)
        {
            NS_TEST_EXPECT_MSG_EQ(share.mean, 0.0, "none waits");
            return;
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(share.mean, expected, share.half + 1e-3, "share that waits");
    }

    double m_load;   //!< requests in a slot on average
    uint32_t m_keys; //!< keys that the pool holds
    double m_slots;  //!< length of the run
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief More requests than keys.
 */
class SaturatedSupplyTest : public TestCase
{
  public:
    /**
     * @brief Constructor
     * @param distillation how the link distils
     * @param authentication how key managers authenticate
     * @param keysPerBlock keys that a block gives
     */
    SaturatedSupplyTest(const std::string& distillation,
                        const std::string& authentication,
                        double keysPerBlock)
        : TestCase("Saturated supply is the key rate less what tags take, " + distillation + ", " +
                   authentication),
          m_distillation(distillation),
          m_authentication(authentication),
          m_keysPerBlock(keysPerBlock)
    {
    }

  private:
    void DoRun() override
    {
        constexpr double slots = 800;
        const auto served = RunLink({{"/simulation/distillation", m_distillation},
                                     {"/key_management/kx_authentication", m_authentication},
                                     {"/qkd_links/0/protocol/rate_bps", "20480"},
                                     {"/qkd_links/0/protocol/block_key_bit", "2048"}},
                                    Time(0),
                                    12.0,
                                    slots);
        // of all requests those that were served in the time
        double keys = 0.0;
        double first = slots;
        double last = 0.0;
        for (const auto& request : served)
        {
            const double at = request.arrivedSlot + request.delaySlots;
            first = std::min(first, at);
            last = std::max(last, at);
            keys += 1.0;
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(keys / (last - first), m_keysPerBlock, 0.01 * m_keysPerBlock, "");
    }

    std::string m_distillation;   //!< how the link distils
    std::string m_authentication; //!< how key managers authenticate
    double m_keysPerBlock;        //!< keys that a block gives
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of key supply on demand as a queue.
 */
class QkdnSupplyQueueingTestSuite : public TestSuite
{
  public:
    QkdnSupplyQueueingTestSuite()
        : TestSuite("qkdn-supply-queueing", Type::SYSTEM)
    {
        for (const double load : {0.2, 0.5, 0.8})
        {
            // the busier, the longer requests wait for each other
            const double slots = load > 0.6 ? 5 * QUICK_SLOTS : QUICK_SLOTS;
            AddTestCase(new EmptyPoolDelayTest(load, slots));
            AddTestCase(new EmptyPoolDelayTest(load, EXTENSIVE_SLOTS), TEST_EXTENSIVE);
            for (const uint32_t keys : {1U, 4U, 16U})
            {
                AddTestCase(new StoredKeysTest(load, keys, slots));
                AddTestCase(new StoredKeysTest(load, keys, EXTENSIVE_SLOTS), TEST_EXTENSIVE);
            }
        }
        // 256 bits of key; 192 for the tags of a supply; 192 of a block for those of distillation
        AddTestCase(new SaturatedSupplyTest("ideal", "none", 2048.0 / 256));
        AddTestCase(new SaturatedSupplyTest("ideal", "its-per-batch", 2048.0 / (256 + 192)));
        AddTestCase(new SaturatedSupplyTest("per-block", "none", (2048.0 - 192) / 256));
        AddTestCase(
            new SaturatedSupplyTest("per-block", "its-per-batch", (2048.0 - 192) / (256 + 192)));
    }
};

static QkdnSupplyQueueingTestSuite g_qkdnSupplyQueueingTestSuite; //!< registers the suite
