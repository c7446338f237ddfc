/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-silent-fault.h"

#include "ns3/double.h"
#include "ns3/qkdn-failure-rate.h"
#include "ns3/qkdn-fault-process.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Two-sided 99.9 % point of the normal distribution.
constexpr double Z_999 = 3.2905267314919;

/// A component that fails at random, and when it did.
class RandomComponent
{
  public:
    /// Make one with its own injector.
    RandomComponent(const std::string& name,
                    const TimeDistribution& up,
                    const TimeDistribution& repair)
    {
        m_process->SetComponent("silent", name);
        m_process->SetTimes(up, repair);
        m_process->SetInjector(m_injector);
        m_process->SetSource([name](uint32_t number) {
            return SilentFault::Make(name + "/" + std::to_string(number), name);
        });
        m_injector->TraceConnectWithoutContext("Fault",
                                               MakeCallback(&RandomComponent::Changed, this));
    }

    ~RandomComponent()
    {
        m_process->Dispose();
        m_injector->Dispose();
    }

    RandomComponent(const RandomComponent&) = delete;
    RandomComponent& operator=(const RandomComponent&) = delete;

    /// The process.
    Ptr<FaultProcess> GetProcess() const
    {
        return m_process;
    }

    /// When it failed.
    const std::vector<Time>& GetStrikes() const
    {
        return m_strikes;
    }

    /// When it was repaired.
    const std::vector<Time>& GetRepairs() const
    {
        return m_repairs;
    }

  private:
    /// A fault strikes or is repaired.
    void Changed(Ptr<const Fault>, bool active)
    {
        (active ? m_strikes : m_repairs).push_back(Simulator::Now());
    }

    Ptr<FaultProcess> m_process{CreateObject<FaultProcess>()};    //!< the process
    Ptr<FaultInjector> m_injector{CreateObject<FaultInjector>()}; //!< its injector
    std::vector<Time> m_strikes;                                  //!< failures
    std::vector<Time> m_repairs;                                  //!< repairs
};

/// Run until a time and clean up.
void
RunUntil(Time end)
{
    Simulator::Stop(end);
    Simulator::Run();
}

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Rates of fibre cuts.
 */
class FailureRateTest : public TestCase
{
  public:
    FailureRateTest()
        : TestCase("4.39 cuts per year and 1000 miles are 311.395 FIT by kilometre")
    {
    }

  private:
    void DoRun() override
    {
        const double fit = FitPerKmFromCutsPerYear(4.39) / KM_PER_MILE;
        NS_TEST_ASSERT_MSG_EQ_TOL(fit, 311.395, 5e-4, "FIT/km");
        // length, MTBF (h) and availability with an MTTR of 12 h
        const std::vector<std::array<double, 3>> golden{{10, 321135.61, 0.9999626340},
                                                        {50, 64227.12, 0.9998131979},
                                                        {80, 40141.95, 0.9997011502},
                                                        {100, 32113.56, 0.9996264657}};
        for (const auto& [lengthKm, hours, availability] : golden)
        {
            NS_TEST_ASSERT_MSG_EQ_TOL(MeanUpTimeHoursFromFit(fit, lengthKm), hours, 0.1, "MTBF");
            FaultProcessResult result;
            result.up.meanS = MeanUpTimeHoursFromFit(fit, lengthKm) * 3600;
            result.repair.meanS = 12 * 3600;
            NS_TEST_ASSERT_MSG_EQ_TOL(result.GetExpectedAvailability(), availability, 1e-9, "A");
        }
        NS_TEST_ASSERT_MSG_EQ_TOL(FitPerKmFromCutsPerYear(2.73),
                                  311.64,
                                  5e-3,
                                  "rounded by 1000 km");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Mean and variance of the distributions.
 */
class TimeDistributionTest : public TestCase
{
  public:
    TimeDistributionTest()
        : TestCase("Drawn times have the mean and the variance of their distribution")
    {
    }

  private:
    /// Draw many times and compare within intervals of 99.9 %.
    void Check(const TimeDistribution& distribution, double mean, double variance)
    {
        const std::string what = TimeDistributionName(distribution.kind);
        NS_TEST_ASSERT_MSG_EQ_TOL(distribution.meanS, mean, 1e-12, what);
        NS_TEST_ASSERT_MSG_EQ_TOL(distribution.GetVariance(), variance, 1e-9 * variance, what);
        constexpr int N = 20000;
        const Ptr<RandomVariableStream> variable = distribution.MakeVariable();
        variable->SetStream(17);
        std::vector<double> draws;
        double sum = 0;
        for (int i = 0; i < N; ++i)
        {
            draws.push_back(variable->GetValue());
            sum += draws.back();
        }
        double second = 0;
        double fourth = 0;
        for (const double draw : draws)
        {
            const double square = (draw - sum / N) * (draw - sum / N);
            second += square / N;
            fourth += square * square / N;
        }
        NS_TEST_ASSERT_MSG_EQ_TOL(sum / N, mean, Z_999 * std::sqrt(variance / N), what << " mean");
        NS_TEST_ASSERT_MSG_EQ_TOL(second,
                                  variance,
                                  Z_999 * std::sqrt((fourth - second * second) / N),
                                  what << " variance");
    }

    void DoRun() override
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        Check({TIME_EXPONENTIAL, 7.0, 1.0}, 7.0, 49.0);
        // Rayleigh: shape 2, mean s sqrt(pi) / 2, variance s^2 (1 - pi / 4)
        Check({TIME_WEIBULL, std::sqrt(M_PI) / 2, 2.0}, std::sqrt(M_PI) / 2, 1 - M_PI / 4);
        // shape 1/2: mean 2 s, variance 20 s^2
        Check({TIME_WEIBULL, 2.0, 0.5}, 2.0, 20.0);
        Check({TIME_LOGNORMAL, 12.0, 0.5}, 12.0, 144.0 * (std::exp(0.25) - 1.0));
        const auto constant = TimeDistribution{TIME_DETERMINISTIC, 3.0, 1.0}.MakeVariable();
        NS_TEST_ASSERT_MSG_EQ(constant->GetValue(), 3.0, "deterministic");
        NS_TEST_ASSERT_MSG_EQ(TimeFromDraw(1e-12), NanoSeconds(1), "never at once");
        NS_TEST_ASSERT_MSG_EQ(TimeFromDraw(1.5), MilliSeconds(1500), "seconds");
        NS_TEST_ASSERT_MSG_EQ(TimeFromDraw(1e11), Time::Max(), "longer than any run");
        NS_TEST_ASSERT_MSG_EQ(TimeFromDraw(std::nan("")), Time::Max(), "no time");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Availability of one component.
 */
class ComponentAvailabilityTest : public TestCase
{
  public:
    ComponentAvailabilityTest()
        : TestCase("A component is up for the mean up time of the mean cycle")
    {
    }

  private:
    /// Compare within an interval of 99.9 %.
    void Check(const TimeDistribution& up, const TimeDistribution& repair)
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        {
            RandomComponent component("c", up, repair);
            component.GetProcess()->Begin();
            constexpr double CYCLES = 8000;
            RunUntil(Seconds(CYCLES * (up.meanS + repair.meanS)));
            const FaultProcessResult result = component.GetProcess()->GetResult();
            const double expected = up.meanS / (up.meanS + repair.meanS);
            // delta method for the ratio of the sums of up and down times
            const double spread = up.GetVariance() / (up.meanS * up.meanS) +
                                  repair.GetVariance() / (repair.meanS * repair.meanS);
            const double interval =
                Z_999 * expected * (1 - expected) * std::sqrt(spread / result.faults);
            NS_TEST_ASSERT_MSG_EQ_TOL(*result.GetAvailability(), expected, interval, "A");
            NS_TEST_ASSERT_MSG_EQ_TOL(result.GetExpectedAvailability(), expected, 1e-12, "means");
            NS_TEST_ASSERT_MSG_EQ_TOL(result.faults, CYCLES, 0.05 * CYCLES, "failures");
            NS_TEST_ASSERT_MSG_EQ(result.upTime + result.downTime, Simulator::Now(), "all time");
        }
        Simulator::Destroy();
    }

    void DoRun() override
    {
        Check({TIME_EXPONENTIAL, 100.0, 1.0}, {TIME_EXPONENTIAL, 25.0, 1.0});
        Check({TIME_WEIBULL, 100.0, 2.5}, {TIME_LOGNORMAL, 10.0, 0.8});
        Check({TIME_EXPONENTIAL, 50.0, 1.0}, {TIME_DETERMINISTIC, 50.0, 1.0});
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief When faults strike.
 */
class FaultProcessTimesTest : public TestCase
{
  public:
    FaultProcessTimesTest()
        : TestCase("Up times begin at the start and after repairs; draws depend on names alone")
    {
    }

  private:
    /// When component a fails, beside others or not.
    static std::vector<Time> Strikes(bool others, double repairS, double acceleration, Time& repair)
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
        std::vector<Time> strikes;
        {
            const TimeDistribution up{TIME_EXPONENTIAL, 10.0, 1.0};
            RandomComponent before("b", up, up);
            RandomComponent component("a", up, {TIME_EXPONENTIAL, repairS, 1.0});
            component.GetProcess()->SetAttribute("Acceleration", DoubleValue(acceleration));
            if (others)
            {
                before.GetProcess()->Begin();
            }
            component.GetProcess()->Begin();
            RunUntil(Seconds(1000));
            strikes = component.GetStrikes();
            repair = component.GetRepairs().at(0) - strikes.at(0);
        }
        Simulator::Destroy();
        return strikes;
    }

    void DoRun() override
    {
        {
            const TimeDistribution up{TIME_DETERMINISTIC, 10.0, 1.0};
            RandomComponent component("a", up, {TIME_DETERMINISTIC, 2.0, 1.0});
            component.GetProcess()->SetAttribute("Start", TimeValue(Seconds(5)));
            component.GetProcess()->SetAttribute("MaxFaults", UintegerValue(2));
            RandomComponent never("n", {TIME_DETERMINISTIC, 1e12, 1.0}, up);
            RandomComponent forever("f", up, {TIME_DETERMINISTIC, 1e12, 1.0});
            component.GetProcess()->Begin();
            never.GetProcess()->Begin();
            forever.GetProcess()->Begin();
            RunUntil(Seconds(100));
            const std::vector<Time> strikes{Seconds(15), Seconds(27)};
            const std::vector<Time> repairs{Seconds(17), Seconds(29)};
            NS_TEST_ASSERT_MSG_EQ((component.GetStrikes() == strikes), true, "failures");
            NS_TEST_ASSERT_MSG_EQ((component.GetRepairs() == repairs), true, "repairs");
            const FaultProcessResult result = component.GetProcess()->GetResult();
            NS_TEST_ASSERT_MSG_EQ(result.downTime, Seconds(4), "down");
            NS_TEST_ASSERT_MSG_EQ(result.upTime, Seconds(91), "up, from its start on");
            NS_TEST_ASSERT_MSG_EQ(never.GetStrikes().empty(), true, "beyond the run");
            NS_TEST_ASSERT_MSG_EQ(forever.GetStrikes().size(), 1, "down, so it does not fail");
            NS_TEST_ASSERT_MSG_EQ(forever.GetProcess()->GetResult().downTime, Seconds(90), "down");
        }
        Simulator::Destroy();

        Time repair;
        Time other;
        const std::vector<Time> alone = Strikes(false, 1.0, 1.0, repair);
        NS_TEST_ASSERT_MSG_GT(alone.size(), 20, "enough failures to compare");
        NS_TEST_ASSERT_MSG_EQ((alone == Strikes(true, 1.0, 1.0, other)), true, "another component");
        NS_TEST_ASSERT_MSG_EQ(repair, other, "repair");
        const std::vector<Time> fast = Strikes(false, 1.0, 4.0, other);
        NS_TEST_ASSERT_MSG_EQ_TOL(fast.at(0).GetDouble() * 4,
                                  alone.at(0).GetDouble(),
                                  4,
                                  "4 times");
        NS_TEST_ASSERT_MSG_EQ(repair, other, "repairs are not accelerated");
        const std::vector<Time> slow = Strikes(false, 2.0, 1.0, other);
        NS_TEST_ASSERT_MSG_EQ(slow.at(0), alone.at(0), "the same first failure");
        NS_TEST_ASSERT_MSG_EQ_TOL(other.GetDouble(), repair.GetDouble() * 2, 4, "twice as long");
        NS_TEST_ASSERT_MSG_EQ_TOL((slow.at(1) - slow.at(0) - other).GetDouble(),
                                  (alone.at(1) - alone.at(0) - repair).GetDouble(),
                                  1,
                                  "the same second up time");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of components that fail at random.
 */
class QkdnFaultProcessTestSuite : public TestSuite
{
  public:
    QkdnFaultProcessTestSuite()
        : TestSuite("qkdn-fault-process", Type::UNIT)
    {
        AddTestCase(new FailureRateTest);
        AddTestCase(new TimeDistributionTest);
        AddTestCase(new ComponentAvailabilityTest);
        AddTestCase(new FaultProcessTimesTest);
    }
};

static QkdnFaultProcessTestSuite g_qkdnFaultProcessTestSuite; //!< registers the suite
