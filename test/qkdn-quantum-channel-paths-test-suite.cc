/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"
#include "qkdn-quantum-eye.h"

#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <set>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const Time SWITCHING = MicroSeconds(1000); //!< of the switches here

/**
 * @brief A switch.
 * @param name its name
 * @param ports its ports
 * @return the switch
 */
Ptr<OpticalSwitch>
MakeSwitch(const std::string& name, uint32_t ports = 2)
{
    return CreateObjectWithAttributes<OpticalSwitch>("Name",
                                                     StringValue(name),
                                                     "Ports",
                                                     UintegerValue(ports),
                                                     "SwitchingTime",
                                                     TimeValue(SWITCHING));
}

/// 50 km (245 us) through port 1 and 30 km (147 us) through port 2 of a switch at each end.
class TwoPathChannel : public WatchedChannel
{
  public:
    TwoPathChannel()
        : m_spans{MakeSpan(50.0), MakeSpan(30.0)},
          m_switches{MakeSwitch("s1"), MakeSwitch("s2")}
    {
        for (uint32_t path = 0; path < 2; ++path)
        {
            FibrePath fibre;
            fibre.AddSpan(m_spans[path]);
            m_channel->AddPath(fibre,
                               {{m_switches[0], path + 1, SwitchPosition::FIRST_END},
                                {m_switches[1], path + 1, SwitchPosition::SECOND_END}});
        }
        Attach();
        m_channel->TraceConnectWithoutContext("SelectedPath",
                                              MakeCallback(&TwoPathChannel::Selected, this));
    }

    /**
     * @brief Move a switch.
     * @param at when
     * @param sw which, 0 or 1
     * @param port where to
     */
    void SelectAt(Time at, uint32_t sw, uint32_t port)
    {
        Simulator::Schedule(at, [this, sw, port] {
            m_switches[sw]->Select(port, OpticalSwitch::DoneCallback(), IncidentId());
        });
    }

    /**
     * @brief Cut a path for a while.
     * @param at when
     * @param path which
     * @param position where on it
     * @param duration for how long
     */
    void CutAt(Time at, uint32_t path, double position, Time duration)
    {
        Simulator::Schedule(at, [this, path, position] { m_spans[path]->Cut(position); });
        Simulator::Schedule(at + duration, [this, path] { m_spans[path]->Repair(); });
    }

    std::array<Ptr<FibreSpan>, 2> m_spans;             //!< fibre of each path
    std::array<Ptr<OpticalSwitch>, 2> m_switches;      //!< at the first and the second end
    std::vector<std::pair<Time, uint32_t>> m_selected; //!< changes of the selected path

  private:
    /// @cond
    void Selected(Ptr<const QuantumChannel>, uint32_t, uint32_t to)
    {
        m_selected.emplace_back(Simulator::Now(), to);
    }

    /// @endcond
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief When light and darkness arrive through switches, worked out by hand at 4.9 us/km.
 */
class QuantumPathTimingTest : public TestCase
{
  public:
    QuantumPathTimingTest()
        : TestCase("Switches make light and darkness where they are")
    {
    }

  private:
    void TestBothSwitches()
    {
        TwoPathChannel f;
        f.EmitAt(MicroSeconds(1000), 0, 1);
        f.EmitAt(MicroSeconds(1000), 1, 9);
        f.SelectAt(MicroSeconds(2000), 0, 2);
        f.SelectAt(MicroSeconds(2100), 1, 2);
        Simulator::Stop(MicroSeconds(1500));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ_TOL(f.m_eyes[1].m_lossDb, 12.0, 1e-12, "10 dB and two switches");
        NS_TEST_ASSERT_MSG_EQ(f.m_channel->GetDelay(), NanoSeconds(245000), "50 km");
        Simulator::Run();
        // the second switch cuts off what the first one still let pass; settled at 3000 and 3100
        NS_TEST_ASSERT_MSG_EQ(f.m_eyes[1].Compare({{1245, 1}, {2100, 0}, {3147, 1}}), "", "end 1");
        NS_TEST_ASSERT_MSG_EQ(f.m_eyes[0].Compare({{1245, 9}, {2000, 0}, {3247, 9}}), "", "end 0");
        NS_TEST_ASSERT_MSG_EQ_TOL(f.m_eyes[1].m_lossDb, 8.0, 1e-12, "6 dB and two switches");
        NS_TEST_ASSERT_MSG_EQ(f.m_channel->GetDelay(), NanoSeconds(147000), "30 km");
        NS_TEST_ASSERT_MSG_EQ_TOL(f.m_channel->GetBudget().lengthKm, 30.0, 1e-12, "30 km");
        NS_TEST_ASSERT_MSG_EQ(f.m_selected.size(), 1, "one change");
        NS_TEST_ASSERT_MSG_EQ(f.m_selected.at(0).first, MicroSeconds(3100), "when both stand");
        NS_TEST_ASSERT_MSG_EQ(f.m_selected.at(0).second, 1, "the other path");
    }

    void TestOneSwitch()
    {
        TwoPathChannel f;
        f.EmitAt(MicroSeconds(1000), 0, 1);
        f.EmitAt(MicroSeconds(1000), 1, 9);
        f.SelectAt(MicroSeconds(2000), 0, 2);
        f.SelectAt(MicroSeconds(8000), 0, 1);
        Simulator::Stop(MicroSeconds(5000));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_channel->IsComplete(), false, "the ends disagree");
        NS_TEST_ASSERT_MSG_EQ(f.m_channel->GetSelectedPath(), 0, "the last one");
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_eyes[1].Compare({{1245, 1}, {2245, 0}, {9245, 1}}), "", "end 1");
        NS_TEST_ASSERT_MSG_EQ(f.m_eyes[0].Compare({{1245, 9}, {2000, 0}, {9000, 9}}), "", "end 0");
        NS_TEST_ASSERT_MSG_EQ(f.m_selected.size(), 0, "no path was selected meanwhile");
    }

    void TestCuts()
    {
        TwoPathChannel f;
        f.EmitAt(MicroSeconds(1000), 0, 1);
        // a cut where no light goes is not seen before the switches lead to it
        f.CutAt(MicroSeconds(1500), 1, 0.5, MicroSeconds(4000));
        f.SelectAt(MicroSeconds(3000), 0, 2);
        f.SelectAt(MicroSeconds(3000), 1, 2);
        // nor is this one any more
        f.CutAt(MicroSeconds(5000), 0, 0.5, MicroSeconds(4000));
        Simulator::Stop(MicroSeconds(2900));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_channel->IsComplete(), true, "the selected one is well");
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_eyes[1].Compare({{1245, 1}, {3000, 0}, {5573.5, 1}}),
                              "",
                              "light that waited at the cut");
    }

    void TestNoTime()
    {
        TwoPathChannel f;
        f.m_switches[1]->SetAttribute("SwitchingTime", TimeValue(Time()));
        f.m_switches[0]->SetAttribute("SwitchingTime", TimeValue(Time()));
        f.EmitAt(MicroSeconds(1000), 0, 1);
        // the light that is in the second fibre then is none
        f.SelectAt(MicroSeconds(2000), 0, 2);
        f.SelectAt(MicroSeconds(2000), 1, 2);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_eyes[1].Compare({{1245, 1}, {2000, 0}, {2147, 1}}), "", "end 1");
        NS_TEST_ASSERT_MSG_EQ_TOL(f.m_eyes[1].m_lossDb, 8.0, 1e-12, "the new budget");
    }

    void DoRun() override
    {
        TestBothSwitches();
        TestOneSwitch();
        TestCuts();
        TestNoTime();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A switch at the receiving end alone: without a gap the new budget comes with the same
 * light.
 */
class QuantumPathBudgetTest : public TestCase
{
  public:
    QuantumPathBudgetTest()
        : TestCase("Light over another path brings the budget of that path")
    {
    }

  private:
    void DoRun() override
    {
        WatchedChannel f;
        const Ptr<OpticalSwitch> sw = MakeSwitch("s2", 3);
        sw->SetAttribute("SwitchingTime", TimeValue(Time()));
        sw->SetAttribute("LossDb", DoubleValue(0.7));
        std::vector<Ptr<FibreSpan>> spans;
        for (uint32_t i = 0; i < 3; ++i)
        {
            spans.push_back(MakeSpan(20.0 + 10.0 * i));
            FibrePath fibre;
            fibre.AddSpan(spans.back());
            const uint32_t number =
                f.m_channel->AddPath(fibre, {{sw, i + 1, SwitchPosition::SECOND_END}});
            NS_TEST_ASSERT_MSG_EQ(number, i, "numbered in order");
        }
        f.m_channel->SetAttribute("ExtraLossDb", DoubleValue(0.5));
        f.Attach();
        f.EmitAt(MicroSeconds(0), 0, 1);
        for (uint32_t port = 1; port <= 3; ++port)
        {
            Simulator::Schedule(MicroSeconds(1000 * port) - Simulator::Now(),
                                &OpticalSwitch::Select,
                                sw,
                                port,
                                OpticalSwitch::DoneCallback(),
                                IncidentId());
            Simulator::Stop(MicroSeconds(1000 * port + 500) - Simulator::Now());
            Simulator::Run();
            const double lossDb = 0.2 * (10.0 + 10.0 * port) + 0.7 + 0.5;
            NS_TEST_ASSERT_MSG_EQ_TOL(f.m_eyes[1].m_lossDb, lossDb, 1e-12, "port " << port);
            NS_TEST_ASSERT_MSG_EQ_TOL(f.m_channel->GetBudget().lossDb, lossDb, 1e-12, "selected");
            NS_TEST_ASSERT_MSG_EQ_TOL(f.m_channel->GetPathBudget(port - 1).lossDb,
                                      lossDb,
                                      1e-12,
                                      "asked for");
        }
        NS_TEST_ASSERT_MSG_EQ(f.m_eyes[1].m_edges.size(), 1, "the light never went out");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A central station on the fibre.
 */
class CentralStationTest : public TestCase
{
  public:
    CentralStationTest()
        : TestCase("A broken central station is dark at its place")
    {
    }

  private:
    /**
     * @brief Loss up to a station on 20 km, reversed 30 km with 1.5 dB of splices, and 0 km.
     * @param km place of the station
     * @param withSwitch with a switch of 1 dB at the first end
     * @return dB
     */
    static double LossTo(double km, bool withSwitch)
    {
        FibrePath fibre;
        fibre.AddSpan(MakeSpan(20.0));
        const Ptr<FibreSpan> second = MakeSpan(30.0);
        second->SetAttribute("ExtraLossDb", DoubleValue(1.5));
        fibre.AddSpan(second, true);
        fibre.AddSpan(MakeSpan(0.0));
        std::vector<SwitchPosition> switches;
        if (withSwitch)
        {
            switches = {{MakeSwitch("s1"), 1, SwitchPosition::FIRST_END},
                        {MakeSwitch("s2"), 1, SwitchPosition::SECOND_END}};
        }
        QuantumPath path(fibre, switches);
        path.SetStation(CreateObject<CentralStation>(), km);
        const Ptr<QuantumChannel> channel = CreateObject<QuantumChannel>();
        channel->AddPath(path);
        const QuantumLinkBudget budget = channel->GetBudget();
        channel->Dispose();
        return budget.hasStation ? budget.stationLossDb : -1.0;
    }

    void TestBudget()
    {
        NS_TEST_ASSERT_MSG_EQ_TOL(LossTo(0.0, false), 0.0, 1e-12, "beside the first module");
        NS_TEST_ASSERT_MSG_EQ_TOL(LossTo(15.0, false), 3.0, 1e-12, "on the first span");
        // 4 dB, then a third of 6 dB + 1.5 dB
        NS_TEST_ASSERT_MSG_EQ_TOL(LossTo(30.0, false), 6.5, 1e-12, "on the second span");
        NS_TEST_ASSERT_MSG_EQ_TOL(LossTo(30.0, true), 7.5, 1e-12, "behind one switch");
        NS_TEST_ASSERT_MSG_EQ_TOL(LossTo(50.0, false), 11.5, 1e-12, "beside the second module");
    }

    void DoRun() override
    {
        TestBudget();
        WatchedChannel f;
        FibrePath fibre;
        fibre.AddSpan(MakeSpan(20.0));
        fibre.AddSpan(MakeSpan(30.0), true);
        QuantumPath path(fibre);
        const Ptr<CentralStation> station = CreateObject<CentralStation>();
        path.SetStation(station, 15.0);
        f.m_channel->AddPath(path);
        f.Attach();
        f.EmitAt(MicroSeconds(1000), 0, 1);
        f.EmitAt(MicroSeconds(1000), 1, 9);
        // two failures need two repairs
        for (const int64_t at : {2000, 2500})
        {
            Simulator::Schedule(MicroSeconds(at), &CentralStation::Fail, station);
            Simulator::Schedule(MicroSeconds(at + 1000), &CentralStation::Repair, station);
        }
        Simulator::Stop(MicroSeconds(2200));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_channel->IsComplete(), false, "broken");
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_channel->IsComplete(), true, "repaired");
        // 73.5 us to the first end, 171.5 us to the second
        NS_TEST_ASSERT_MSG_EQ(f.m_eyes[0].Compare({{1245, 9}, {2073.5, 0}, {3573.5, 9}}), "", "0");
        NS_TEST_ASSERT_MSG_EQ(f.m_eyes[1].Compare({{1245, 1}, {2171.5, 0}, {3671.5, 1}}), "", "1");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The channel against its definition: what an end sees at T left the other end the delay of
 * a path before, with the switches at the port of that path when the light passed them, and no cut
 * in its way.
 */
class QuantumPathRandomTest : public TestCase
{
  public:
    QuantumPathRandomTest()
        : TestCase("Random switchings and cuts look as the definition of the channel says")
    {
    }

  private:
    /// Something that lasts from one instant on.
    using Steps = std::vector<std::pair<Time, uint32_t>>;

    /// Writes down the lit ports of a switch.
    struct LitPorts
    {
        Steps steps{{Time(), 1}}; //!< since when, port

        /// @cond
        void Lit(Ptr<const OpticalSwitch>, uint32_t port)
        {
            steps.emplace_back(Simulator::Now(), port);
        }

        /// @endcond
    };

    /// A cut of a path.
    struct Cut
    {
        uint32_t path;              //!< the path
        Time from;                  //!< begin
        Time to;                    //!< end
        std::array<Time, 2> toward; //!< way from the cut to each end
    };

    /// All that happens in one run.
    struct Script
    {
        std::array<Steps, 2> emissions;   //!< by emitting end
        std::array<LitPorts, 2> switches; //!< of the first and the second end
        std::vector<Cut> cuts;            //!< cuts
    };

    /**
     * @brief What holds at an instant.
     * @param steps since when, what
     * @param at the instant
     * @return what holds, 0 before all
     */
    static uint32_t ValueAt(const Steps& steps, Time at)
    {
        uint32_t value = 0;
        for (const auto& step : steps)
        {
            value = step.first <= at ? step.second : value;
        }
        return value;
    }

    /**
     * @brief What an end sees by definition.
     * @param script what happens
     * @param end the end
     * @param at when
     * @return the emission, 0 for darkness
     */
    static uint32_t Seen(const Script& script, uint32_t end, Time at)
    {
        const std::array<Time, 2> delays{NanoSeconds(245000), NanoSeconds(147000)};
        for (uint32_t path = 0; path < 2; ++path)
        {
            const Time left = at - delays[path];
            bool passes = ValueAt(script.switches[1 - end].steps, left) == path + 1 &&
                          ValueAt(script.switches[end].steps, at) == path + 1;
            for (const Cut& cut : script.cuts)
            {
                const Time there = at - cut.toward[end];
                passes &= cut.path != path || there < cut.from || there >= cut.to;
            }
            if (passes)
            {
                return ValueAt(script.emissions[1 - end], left);
            }
        }
        return 0;
    }

    /**
     * @brief Draw what happens.
     * @param f the channel
     * @param random the draws
     * @param [out] script what happens; the switches write themselves down
     */
    static void Draw(TwoPathChannel& f, Ptr<UniformRandomVariable> random, Script& script)
    {
        const auto draw = [random] { return NanoSeconds(random->GetInteger(1, 900000)); };
        for (uint32_t end = 0; end < 2; ++end)
        {
            f.m_switches[end]->TraceConnectWithoutContext(
                "LitPort",
                MakeCallback(&LitPorts::Lit, &script.switches[end]));
            // an odd number of nanoseconds, so that no two things coincide
            f.m_switches[end]->SetAttribute("SwitchingTime",
                                            TimeValue(NanoSeconds(100001 + 30002 * end)));
            Time at = draw();
            for (uint32_t i = 1; i <= 12; ++i)
            {
                const uint32_t epoch = random->GetInteger(0, 3) == 0 ? 0 : i;
                script.emissions[end].emplace_back(at, epoch);
                f.EmitAt(at, end, epoch);
                at += draw();
            }
            at = draw();
            const Time other = NanoSeconds(random->GetInteger(0, 100000));
            for (uint32_t i = 0; i < 6; ++i)
            {
                const uint32_t port = 1 + random->GetInteger(0, 1);
                f.SelectAt(at, end, port);
                // mostly both switches go to the same port
                if (random->GetInteger(0, 3) != 0)
                {
                    f.SelectAt(at + other, 1 - end, port);
                }
                at += draw();
            }
        }
        for (uint32_t path = 0; path < 2; ++path)
        {
            const int64_t km = path == 0 ? 50 : 30;
            Time at = draw();
            for (uint32_t i = 0; i < 5; ++i)
            {
                const auto tenths = static_cast<int64_t>(random->GetInteger(0, 10));
                Cut cut{path, at, at + draw(), {}};
                cut.toward = {NanoSeconds(490 * km * tenths),
                              NanoSeconds(490 * km * (10 - tenths))};
                f.CutAt(at, path, 0.1 * static_cast<double>(tenths), cut.to - cut.from);
                script.cuts.push_back(cut);
                at = cut.to + draw();
            }
        }
    }

    void DoRun() override
    {
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(2002);
        uint32_t seen = 0;
        for (int round = 0; round < 200; ++round)
        {
            TwoPathChannel f;
            Script script;
            Draw(f, random, script);
            Simulator::Run();
            for (uint32_t end = 0; end < 2; ++end)
            {
                const std::vector<Edge>& edges = f.m_eyes[end].m_edges;
                Time before;
                uint32_t epoch = 0;
                for (const Edge& edge : edges)
                {
                    NS_TEST_ASSERT_MSG_EQ(edge.epoch, Seen(script, end, edge.at), "an edge");
                    NS_TEST_ASSERT_MSG_EQ(Seen(script, end, edge.at - NanoSeconds(1)),
                                          epoch,
                                          "before the edge");
                    // nothing was missed between the two
                    const Time middle = before + (edge.at - before) / int64_t{2};
                    NS_TEST_ASSERT_MSG_EQ(Seen(script, end, middle), epoch, "between edges");
                    before = edge.at;
                    epoch = edge.epoch;
                    ++seen;
                }
            }
        }
        NS_TEST_ASSERT_MSG_GT(seen, 2000, "enough was seen");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of quantum channels with several paths.
 */
class QkdnQuantumChannelPathsTestSuite : public TestSuite
{
  public:
    QkdnQuantumChannelPathsTestSuite()
        : TestSuite("qkdn-quantum-channel-paths", Type::UNIT)
    {
        AddTestCase(new QuantumPathTimingTest);
        AddTestCase(new QuantumPathBudgetTest);
        AddTestCase(new CentralStationTest);
        AddTestCase(new QuantumPathRandomTest);
    }
};

static QkdnQuantumChannelPathsTestSuite g_qkdnQuantumChannelPathsTestSuite; //!< registers it
