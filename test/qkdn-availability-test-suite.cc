/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-availability-fixture.h"
#include "qkdn-availability-theory.h"

#include "ns3/boolean.h"
#include "ns3/qkdn-failure-rate.h"
#include "ns3/qkdn-optical-switch.h"
#include "ns3/qkdn-protection-switch.h"
#include "ns3/qkdn-topology-reader.h"
#include "ns3/test.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

/**
 * @ingroup qkdn-resilience-tests
 * @brief Compares what was simulated with closed forms.
 */
class AvailabilityTest : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    /**
     * @brief Compare, and see that the interval says something.
     * @param measured what was simulated
     * @param expected what the closed form gives
     * @param relativeHalf half of the interval is at most this part of what is expected
     * @param what what it is
     */
    void Check(const IntervalEstimate& measured,
               double expected,
               double relativeHalf,
               const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(measured.mean, expected, measured.half, what);
        NS_TEST_EXPECT_MSG_LT(measured.half, relativeHalf * expected, what << ": interval");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief One fibre, and a chain of them. An hour of the tables is a second here.
 */
class SeriesAvailabilityTest : public AvailabilityTest
{
  public:
    SeriesAvailabilityTest()
        : AvailabilityTest("A fibre, by its length, and fibres one after the other")
    {
    }

  private:
    /// Mean time of a repair, h.
    static constexpr double REPAIR_H = 12.0;

    /// A chain of fibres of some lengths, with times of some kinds.
    void CheckChain(const std::vector<double>& lengthsKm,
                    TimeDistribution up,
                    TimeDistribution repair,
                    double availability)
    {
        const double fit = FitPerKmFromCutsPerYear(4.39) / KM_PER_MILE;
        repair.meanS = REPAIR_H;
        FallibleFibres fibres;
        FibrePath path;
        double rate = 0.0;
        for (const double lengthKm : lengthsKm)
        {
            up.meanS = MeanUpTimeHoursFromFit(fit, lengthKm);
            rate += 1.0 / (up.meanS + repair.meanS);
            path.AddSpan(fibres.Add("f" + std::to_string(path.GetNSpans()), up, repair));
        }
        constexpr double CUTS = 40000;
        const ServiceRecord record = fibres.Run(CUTS / rate, [&path]() { return path.IsIntact(); });
        NS_TEST_EXPECT_MSG_EQ_TOL(fibres.GetCuts(), CUTS, 0.03 * CUTS, "cuts");
        Check(record.GetUnavailability(), 1.0 - availability, 0.05, "unavailability");
    }

    void DoRun() override
    {
        CheckChain({80}, Exponential(1), Exponential(1), 0.9997011502);
        // the availability follows from the means alone
        CheckChain({80}, {TIME_WEIBULL, 1, 2.5}, {TIME_LOGNORMAL, 1, 0.8}, 0.9997011502);
        CheckChain({10, 45, 50, 65.5, 80, 100},
                   Exponential(1),
                   Exponential(1),
                   0.9999626340 * 0.9998318750 * 0.9998131979 * 0.9997553035 * 0.9997011502 *
                       0.9996264657);
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two routes without a common fibre.
 */
class ParallelAvailabilityTest : public AvailabilityTest
{
  public:
    ParallelAvailabilityTest()
        : AvailabilityTest("Two disjoint routes, of one fibre each and of several")
    {
    }

  private:
    void DoRun() override
    {
        constexpr double UP = 100.0;
        constexpr double REPAIR = 10.0;
        const double element = ElementUnavailability(REPAIR / UP);
        {
            FallibleFibres fibres;
            const auto a = fibres.Add("a", Exponential(UP), Exponential(REPAIR));
            const auto b = fibres.Add("b", Exponential(UP), Exponential(REPAIR));
            const ServiceRecord record =
                fibres.Run(2e7, [&]() { return !a->IsCut() || !b->IsCut(); });
            Check(record.GetUnavailability(), element * element, 0.05, "1+1");
            // either one fails while the other is down
            Check(record.GetFailureRate(), 2 * (1 - element) / UP * element, 0.05, "failures");
        }
        {
            FallibleFibres fibres;
            FibrePath first;
            FibrePath second;
            for (const char* name : {"a1", "a2"})
            {
                first.AddSpan(fibres.Add(name, Exponential(UP), Exponential(REPAIR)));
            }
            for (const char* name : {"b1", "b2", "b3"})
            {
                second.AddSpan(fibres.Add(name, Exponential(2 * UP), Exponential(REPAIR)));
            }
            const ServiceRecord record =
                fibres.Run(1e7, [&]() { return first.IsIntact() || second.IsIntact(); });
            const double other = ElementUnavailability(REPAIR / (2 * UP));
            Check(record.GetUnavailability(),
                  (1 - std::pow(1 - element, 2)) * (1 - std::pow(1 - other, 3)),
                  0.05,
                  "two and three fibres");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two fibres and few crews.
 */
class CrewAvailabilityTest : public AvailabilityTest
{
  public:
    CrewAvailabilityTest()
        : AvailabilityTest("Two fibres with one repair crew, and with two")
    {
    }

  private:
    /// Run with some crews.
    static IntervalEstimate Measure(uint32_t crews, double ratio)
    {
        constexpr double UP = 100.0;
        FallibleFibres fibres;
        fibres.SetCrews(crews);
        const auto a = fibres.Add("a", Exponential(UP), Exponential(ratio * UP));
        const auto b = fibres.Add("b", Exponential(UP), Exponential(ratio * UP));
        return fibres.Run(1e7, [&]() { return !a->IsCut() || !b->IsCut(); }).GetUnavailability();
    }

    void DoRun() override
    {
        constexpr double R = 0.2;
        const double one = 2 * R * R / (1 + 2 * R + 2 * R * R);
        const double two = std::pow(ElementUnavailability(R), 2);
        const IntervalEstimate measured = Measure(1, R);
        Check(measured, one, 0.05, "one crew");
        NS_TEST_EXPECT_MSG_GT(measured.mean - measured.half, two, "it matters");
        Check(Measure(2, R), two, 0.05, "two crews are as good as one for each");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A working fibre and a spare one behind an optical switch that does not always work.
 *
 * The switch logic is that of RFC 7271 without messages (1+1 unidirectional), with a
 * wait-to-restore of 0; its selection moves an optical switch with a coverage.
 */
class CoverageAvailabilityTest : public AvailabilityTest
{
  public:
    CoverageAvailabilityTest()
        : AvailabilityTest("1:1 with coverage, against its Markov chain")
    {
    }

  private:
    /// Ports of the optical switch.
    static constexpr uint32_t WORKING_PORT = 1;
    static constexpr uint32_t PROTECTION_PORT = 2; //!< spare fibre

    /// A fibre fails or is whole again.
    void Changed(Ptr<const FibreSpan> span, bool cut)
    {
        m_logic->Local(cut ? REQUEST_SIGNAL_FAIL : REQUEST_SIGNAL_FAIL_CLEAR,
                       span == m_working ? ENTITY_WORKING : ENTITY_PROTECTION,
                       IncidentId());
    }

    /// Probabilities that a switching works.
    struct Coverage
    {
        double away; //!< to the spare fibre
        double back; //!< to the working one
    };

    /// The logic selects an entity.
    void Select(Entity entity, IncidentId incident)
    {
        m_switch->SetAttribute(
            "Coverage",
            DoubleValue(entity == ENTITY_WORKING ? m_coverage.back : m_coverage.away));
        m_switch->Select(entity == ENTITY_WORKING ? WORKING_PORT : PROTECTION_PORT,
                         SwitchControl::DoneCallback(),
                         incident);
    }

    /// Light passes at another port.
    void Moved(Ptr<const OpticalSwitch>, uint32_t)
    {
        m_fibres->Look();
    }

    /// Run, and return the unavailability.
    IntervalEstimate Measure(Coverage coverage, double upS, double repairS)
    {
        m_coverage = coverage;
        FallibleFibres fibres;
        m_fibres = &fibres;
        m_working = fibres.Add("working", Exponential(upS), Exponential(repairS));
        m_spare = fibres.Add("spare", Exponential(upS), Exponential(repairS));
        m_switch = CreateObjectWithAttributes<OpticalSwitch>("Name",
                                                             StringValue("s"),
                                                             "SwitchingTime",
                                                             TimeValue(Time(0)));
        m_logic = CreateObjectWithAttributes<ProtectionSwitch>("Bidirectional",
                                                               BooleanValue(false),
                                                               "WaitToRestore",
                                                               TimeValue(Time(0)));
        m_logic->SetSelectCallback(MakeCallback(&CoverageAvailabilityTest::Select, this));
        m_logic->Start();
        for (const Ptr<FibreSpan>& span : {m_working, m_spare})
        {
            span->TraceConnectWithoutContext(
                "StateChange",
                MakeCallback(&CoverageAvailabilityTest::Changed, this));
        }
        m_switch->TraceConnectWithoutContext("LitPort",
                                             MakeCallback(&CoverageAvailabilityTest::Moved, this));
        const ServiceRecord record = fibres.Run(1e7, [this]() {
            const uint32_t port = m_switch->GetLitPort();
            return (port == WORKING_PORT && !m_working->IsCut()) ||
                   (port == PROTECTION_PORT && !m_spare->IsCut());
        });
        m_logic->Dispose();
        m_switch->Dispose();
        return record.GetUnavailability();
    }

    /**
     * @brief The unavailability by the Markov chain of fibres and port.
     *
     * The logic selects the spare fibre when the working one fails while the spare is whole, or
     * when the spare is repaired while the working one is down; it selects the working one when
     * that is repaired while the spare is whole, or when the spare fails while it is in use.
     */
    static double Solve(Coverage coverage, double lambda, double mu)
    {
        // state: 4 if the working fibre is down, 2 if the spare is, 1 if the port is the spare's
        std::vector<std::vector<double>> rates(8, std::vector<double>(8, 0.0));
        for (unsigned from = 0; from < 8; ++from)
        {
            const bool down = (from & 4U) != 0;
            const bool spareDown = (from & 2U) != 0;
            const auto add = [&rates, from, coverage](unsigned to, double rate, int wanted) {
                const unsigned moved = (to & ~1U) | static_cast<unsigned>(wanted == 1);
                const bool moves = wanted >= 0 && moved != to;
                const double works = wanted == 1 ? coverage.away : coverage.back;
                rates[from][moved] += moves ? rate * works : 0.0;
                rates[from][to] += moves ? rate * (1 - works) : rate;
            };
            add(from ^ 4U, down ? mu : lambda, spareDown ? -1 : down ? 0 : 1);
            add(from ^ 2U, spareDown ? mu : lambda, !down ? -1 : spareDown ? 1 : 0);
        }
        const std::vector<double> states = StationaryDistribution(rates);
        return states[4] + states[6] + states[7] + states[3];
    }

    void DoRun() override
    {
        constexpr double UP = 100.0;
        const std::vector<std::pair<Coverage, double>> cases{{{0.9, 0.9}, 0.1},
                                                             {{0.5, 1.0}, 0.2},
                                                             {{1.0, 1.0}, 0.1}};
        for (const auto& [coverage, ratio] : cases)
        {
            Check(Measure(coverage, UP, ratio * UP),
                  Solve(coverage, 1 / UP, 1 / (ratio * UP)),
                  0.06,
                  "coverage " + std::to_string(coverage.away));
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(Solve({1.0, 1.0}, 1, 10),
                                  std::pow(ElementUnavailability(0.1), 2),
                                  1e-12,
                                  "a perfect switch is as good as none");
        // first order: a switching that fails leaves the service down until the repair
        constexpr double C = 0.9;
        constexpr double R = 0.001;
        NS_TEST_EXPECT_MSG_EQ_TOL(Solve({C, 1.0}, 1, 1 / R) / ((1 - C) * R + R * R),
                                  1.0,
                                  0.02,
                                  "the way back always works");
        // the switch hangs at the spare fibre for (1 - C) / (2 - C) of the time
        NS_TEST_EXPECT_MSG_EQ_TOL(Solve({C, C}, 1, 1 / R) / (2 * (1 - C) / (2 - C) * R),
                                  1.0,
                                  0.02,
                                  "it does not");
    }

    Coverage m_coverage{1.0, 1.0};     //!< of the run that goes on
    FallibleFibres* m_fibres{nullptr}; //!< of the run that goes on
    Ptr<FibreSpan> m_working;          //!< working fibre
    Ptr<FibreSpan> m_spare;            //!< spare fibre
    Ptr<OpticalSwitch> m_switch;       //!< leads light through one of them
    Ptr<ProtectionSwitch> m_logic;     //!< says through which
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Parallel QKD links of one span.
 */
class ParallelLinksAvailabilityTest : public AvailabilityTest
{
  public:
    ParallelLinksAvailabilityTest()
        : AvailabilityTest("k of n links of a span, independent or in one cable")
    {
    }

  private:
    static constexpr uint32_t N = 5;        //!< links
    static constexpr uint32_t K = 3;        //!< that are needed
    static constexpr double UP = 100.0;     //!< mean up time of a link, s
    static constexpr double REPAIR = 20.0;  //!< mean repair time of a link, s
    static constexpr double CABLE = 1000.0; //!< mean up time of the cable, s

    /// Run with or without a common cable.
    static IntervalEstimate Measure(bool cable)
    {
        FallibleFibres fibres;
        std::vector<Ptr<FibreSpan>> links;
        for (uint32_t i = 0; i < N; ++i)
        {
            links.push_back(
                fibres.Add("l" + std::to_string(i), Exponential(UP), Exponential(REPAIR)));
        }
        const Ptr<FibreSpan> shared =
            cable ? fibres.Add("cable", Exponential(CABLE), Exponential(REPAIR)) : nullptr;
        return fibres
            .Run(3e6,
                 [&]() {
                     const auto whole =
                         std::count_if(links.begin(), links.end(), [](const auto& link) {
                             return !link->IsCut();
                         });
                     return whole >= K && !(shared && shared->IsCut());
                 })
            .GetUnavailability();
    }

    void DoRun() override
    {
        const double independent = KOfNUnavailability(K, N, ElementUnavailability(REPAIR / UP));
        const double cable = ElementUnavailability(REPAIR / CABLE);
        const double shared = cable + (1 - cable) * independent;
        const IntervalEstimate alone = Measure(false);
        Check(alone, independent, 0.05, "independent");
        Check(Measure(true), shared, 0.05, "one cable");
        NS_TEST_EXPECT_MSG_LT(alone.mean + alone.half, shared, "the cable matters");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The backbone Beijing-Shanghai: 31 spans one after the other, 135 links.
 *
 * An hour of the tables is a second here. Cables are cut 10 times, links fail 100 times more
 * often than the documented rates say.
 */
class BackboneAvailabilityTest : public AvailabilityTest
{
  public:
    BackboneAvailabilityTest()
        : AvailabilityTest("A backbone with k of n links in the cable of each span")
    {
    }

  private:
    /// A span.
    struct Span
    {
        Ptr<FibreSpan> cable;              //!< what all links share
        std::vector<Ptr<FibreSpan>> links; //!< what each has of its own
    };

    /// Whether a span serves.
    static bool Serves(const Span& span)
    {
        constexpr int K = 3;
        return !span.cable->IsCut() &&
               std::count_if(span.links.begin(), span.links.end(), [](const auto& link) {
                   return !link->IsCut();
               }) >= K;
    }

    void DoRun() override
    {
        const Topology topology = ReadTopologyFile(std::string(QKDN_SOURCE_DIR) +
                                                   "/examples/topologies/beijing-shanghai.csv");
        NS_TEST_ASSERT_MSG_EQ(topology.nodes.size(), 32, "trusted nodes");
        NS_TEST_ASSERT_MSG_EQ(topology.links.size(), 135, "QKD links");
        const double fit = FitPerKmFromCutsPerYear(4.39) / KM_PER_MILE;
        const TimeDistribution cableRepair = Exponential(12);
        const TimeDistribution linkUp = Exponential(25000.0 / 100); // two modules of 5e4 h
        const TimeDistribution linkRepair = Exponential(24);
        FallibleFibres fibres;
        std::map<std::pair<std::string, std::string>, Span> spans;
        double availability = 1.0;
        double lengthKm = 0.0;
        for (const TopologyLink& row : topology.links)
        {
            Span& span = spans[{row.a, row.b}];
            const std::string name = row.a + "-" + row.b;
            if (!span.cable)
            {
                const double upH = MeanUpTimeHoursFromFit(fit, row.lengthKm) / 10;
                span.cable = fibres.Add(name, Exponential(upH), cableRepair);
                availability *= 1 - ElementUnavailability(cableRepair.meanS / upH);
                lengthKm += row.lengthKm;
            }
            span.links.push_back(
                fibres.Add(name + "/" + std::to_string(span.links.size()), linkUp, linkRepair));
        }
        NS_TEST_ASSERT_MSG_EQ(spans.size(), 31, "spans");
        NS_TEST_ASSERT_MSG_EQ_TOL(lengthKm, 2032, 0.1, "the published length");
        for (const auto& [ends, span] : spans)
        {
            availability *=
                1 - KOfNUnavailability(3,
                                       static_cast<uint32_t>(span.links.size()),
                                       ElementUnavailability(linkRepair.meanS / linkUp.meanS));
        }
        const ServiceRecord record = fibres.Run(4e5, [&spans]() {
            return std::all_of(spans.begin(), spans.end(), [](const auto& entry) {
                return Serves(entry.second);
            });
        });
        Check(record.GetUnavailability(), 1.0 - availability, 0.05, "end to end");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of availabilities.
 */
class QkdnAvailabilityTestSuite : public TestSuite
{
  public:
    QkdnAvailabilityTestSuite()
        : TestSuite("qkdn-availability", Type::SYSTEM)
    {
        AddTestCase(new SeriesAvailabilityTest);
        AddTestCase(new ParallelAvailabilityTest);
        AddTestCase(new CrewAvailabilityTest);
        AddTestCase(new CoverageAvailabilityTest);
        AddTestCase(new ParallelLinksAvailabilityTest);
        AddTestCase(new BackboneAvailabilityTest);
    }
};

static QkdnAvailabilityTestSuite g_qkdnAvailabilityTestSuite; //!< registers the suite
