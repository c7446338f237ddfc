/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"
#include "qkdn-quantum-eye.h"

#include "ns3/qkdn-quantum-channel.h"
#include "ns3/qkdn-quantum-net-device.h"
#include "ns3/qkdn-signal-detector.h"
#include "ns3/random-variable-stream.h"
#include "ns3/test.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A channel over 20 km and 30 km, the second span reversed, with an eye at each end.
class Channel50Km : public WatchedChannel
{
  public:
    Channel50Km()
    {
        m_spans = {MakeSpan(20.0), MakeSpan(30.0)};
        FibrePath path;
        path.AddSpan(m_spans[0]);
        path.AddSpan(m_spans[1], true);
        m_channel->SetPath(path);
        Attach();
    }

    /**
     * @brief Cut a span for a while.
     * @param at when
     * @param span which
     * @param position where on the span
     * @param duration for how long
     */
    void CutAt(Time at, uint32_t span, double position, Time duration)
    {
        Simulator::Schedule(at, [this, span, position] { m_spans[span]->Cut(position); });
        Simulator::Schedule(at + duration, [this, span] { m_spans[span]->Repair(); });
    }

    std::vector<Ptr<FibreSpan>> m_spans; //!< the fibre
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief When light and darkness arrive, worked out by hand at 4.9 us/km.
 */
class QuantumChannelTimingTest : public TestCase
{
  public:
    QuantumChannelTimingTest()
        : TestCase("Light and darkness arrive when the fibre says")
    {
    }

  private:
    /**
     * @brief Compare what an end saw.
     * @param seen the edges
     * @param expected microseconds after a second, as text to keep it readable, and emission
     * @param what the case
     */
    void Check(const std::vector<Edge>& seen,
               const std::vector<std::pair<double, uint32_t>>& expected,
               const std::string& what)
    {
        NS_TEST_ASSERT_MSG_EQ(seen.size(), expected.size(), what << ": number of edges");
        for (std::size_t i = 0; i < seen.size(); ++i)
        {
            const auto at = NanoSeconds(static_cast<int64_t>(expected[i].first * 1000.0 + 0.5));
            NS_TEST_ASSERT_MSG_EQ(seen[i].at, at, what << ": edge " << i);
            NS_TEST_ASSERT_MSG_EQ(seen[i].epoch, expected[i].second, what << ": light " << i);
        }
    }

    void TestCut()
    {
        Channel50Km f;
        NS_TEST_ASSERT_MSG_EQ(f.m_channel->GetDelay(), NanoSeconds(245000), "50 km");
        TimeValue delay;
        f.m_channel->GetAttribute("Delay", delay);
        NS_TEST_ASSERT_MSG_EQ(delay.Get(), NanoSeconds(245000), "the attribute");
        f.EmitAt(MicroSeconds(1000), 0, 1);
        f.EmitAt(MicroSeconds(1000), 1, 9);
        // 5 km from end 0, 45 km from end 1
        f.CutAt(MicroSeconds(2000), 0, 0.25, MicroSeconds(1000));
        // 30 km - 6 km from the far end of the reversed span: 44 km from end 0, 6 km from end 1
        f.CutAt(MicroSeconds(5000), 1, 0.2, MicroSeconds(1000));
        Simulator::Run();
        Check(f.m_eyes[1].m_edges,
              {{1245, 1}, {2220.5, 0}, {3220.5, 1}, {5029.4, 0}, {6029.4, 1}},
              "end 1");
        Check(f.m_eyes[0].m_edges,
              {{1245, 9}, {2024.5, 0}, {3024.5, 9}, {5215.6, 0}, {6215.6, 9}},
              "end 0");
        NS_TEST_ASSERT_MSG_EQ_TOL(f.m_eyes[1].m_lossDb, 10.0, 1e-12, "50 km of 0.2 dB/km");
    }

    void TestEmissionChanges()
    {
        {
            Channel50Km f;
            f.EmitAt(MicroSeconds(1000), 0, 1);
            f.EmitAt(MicroSeconds(2500), 0, 2);
            f.CutAt(MicroSeconds(2000), 0, 0.25, MicroSeconds(1000));
            Simulator::Run();
            Check(f.m_eyes[1].m_edges, {{1245, 1}, {2220.5, 0}, {3220.5, 2}}, "during the cut");
        }
        {
            // 5 km from the emitter is passed 24.5 us after the emission
            Channel50Km f;
            f.EmitAt(MicroSeconds(1000), 0, 1);
            f.EmitAt(MicroSeconds(1970), 0, 2);
            f.EmitAt(MicroSeconds(1990), 0, 3);
            f.CutAt(MicroSeconds(2000), 0, 0.25, MicroSeconds(1000));
            Simulator::Run();
            Check(f.m_eyes[1].m_edges,
                  {{1245, 1}, {2215, 2}, {2220.5, 0}, {3220.5, 3}},
                  "in flight at the cut");
        }
        {
            Channel50Km f;
            f.EmitAt(MicroSeconds(1000), 0, 1);
            f.EmitAt(MicroSeconds(2985), 0, 2);
            f.CutAt(MicroSeconds(2000), 0, 0.25, MicroSeconds(1000));
            Simulator::Run();
            Check(f.m_eyes[1].m_edges,
                  {{1245, 1}, {2220.5, 0}, {3220.5, 1}, {3230, 2}},
                  "in flight at the repair");
        }
        {
            Channel50Km f;
            f.EmitAt(MicroSeconds(1000), 0, 1);
            f.EmitAt(MicroSeconds(2500), 0, 0);
            f.CutAt(MicroSeconds(2000), 0, 0.25, MicroSeconds(1000));
            Simulator::Run();
            Check(f.m_eyes[1].m_edges, {{1245, 1}, {2220.5, 0}}, "dark at the repair");
        }
        {
            // shorter than the fibre: the gap travels behind the light that has passed
            Channel50Km f;
            f.EmitAt(MicroSeconds(1000), 0, 1);
            f.CutAt(MicroSeconds(2000), 0, 0.25, MicroSeconds(10));
            Simulator::Run();
            Check(f.m_eyes[1].m_edges, {{1245, 1}, {2220.5, 0}, {2230.5, 1}}, "a short cut");
        }
    }

    void TestOverlap()
    {
        {
            // the first cut is the last one that is mended
            Channel50Km f;
            f.EmitAt(MicroSeconds(1000), 0, 1);
            f.CutAt(MicroSeconds(2000), 0, 0.25, MicroSeconds(5000));
            f.CutAt(MicroSeconds(3000), 1, 0.2, MicroSeconds(1000));
            Simulator::Run();
            Check(f.m_eyes[1].m_edges, {{1245, 1}, {2220.5, 0}, {7220.5, 1}}, "nested");
        }
        {
            // light waits at the second cut when the first is mended
            Channel50Km f;
            f.EmitAt(MicroSeconds(1000), 0, 1);
            f.CutAt(MicroSeconds(2000), 0, 0.25, MicroSeconds(2000));
            f.CutAt(MicroSeconds(3000), 1, 0.2, MicroSeconds(2000));
            Simulator::Run();
            Check(f.m_eyes[1].m_edges, {{1245, 1}, {2220.5, 0}, {5029.4, 1}}, "staggered");
        }
        {
            // the second cut is nearer and stops light that had passed the first
            Channel50Km f;
            f.EmitAt(MicroSeconds(1000), 0, 1);
            f.CutAt(MicroSeconds(2000), 0, 0.25, MicroSeconds(2000));
            f.CutAt(MicroSeconds(2050), 1, 0.2, MicroSeconds(1000));
            Simulator::Run();
            Check(f.m_eyes[1].m_edges, {{1245, 1}, {2079.4, 0}, {4220.5, 1}}, "nearer");
        }
        {
            // two cuts of one span need two repairs
            Channel50Km f;
            f.EmitAt(MicroSeconds(1000), 0, 1);
            f.CutAt(MicroSeconds(2000), 0, 0.25, MicroSeconds(2000));
            f.CutAt(MicroSeconds(3000), 0, 0.25, MicroSeconds(2000));
            Simulator::Run();
            Check(f.m_eyes[1].m_edges, {{1245, 1}, {2220.5, 0}, {5220.5, 1}}, "one span twice");
        }
    }

    void DoRun() override
    {
        TestCut();
        TestEmissionChanges();
        TestOverlap();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The channel against its definition: what an end sees at T was emitted a delay before, and
 * is dark if a cut stopped it on its way.
 */
class QuantumChannelRandomTest : public TestCase
{
  public:
    QuantumChannelRandomTest()
        : TestCase("Random emissions and cuts look as the definition of the channel says")
    {
    }

  private:
    /// A cut of a span.
    struct Cut
    {
        Time from;                  //!< begin
        Time to;                    //!< end
        std::array<Time, 2> toward; //!< way from the cut to each end
    };

    /// All that happens in one run.
    struct Script
    {
        std::array<std::vector<std::pair<Time, uint32_t>>, 2> emissions; //!< by emitting end
        std::vector<Cut> cuts;                                           //!< cuts
    };

    /**
     * @brief The edges at one end by definition.
     * @param script what happens
     * @param end the end
     * @param delay delay of the channel
     * @return the edges
     */
    static std::vector<Edge> Expect(const Script& script, uint32_t end, Time delay)
    {
        std::set<Time> instants;
        for (const auto& emission : script.emissions[1 - end])
        {
            instants.insert(emission.first + delay);
        }
        for (const Cut& cut : script.cuts)
        {
            instants.insert(cut.from + cut.toward[end]);
            instants.insert(cut.to + cut.toward[end]);
        }
        std::vector<Edge> edges;
        for (const Time& at : instants)
        {
            uint32_t epoch = 0;
            for (const auto& emission : script.emissions[1 - end])
            {
                epoch = emission.first + delay <= at ? emission.second : epoch;
            }
            for (const Cut& cut : script.cuts)
            {
                const Time passed = at - cut.toward[end];
                epoch = cut.from <= passed && passed < cut.to ? 0 : epoch;
            }
            if (epoch != (edges.empty() ? 0 : edges.back().epoch))
            {
                edges.push_back(Edge{at, epoch});
            }
        }
        return edges;
    }

    /**
     * @brief Draw a script and give it to a channel.
     * @param f the channel
     * @param random the draws
     * @return the script
     */
    static Script Draw(Channel50Km& f, Ptr<UniformRandomVariable> random)
    {
        Script script;
        for (uint32_t end = 0; end < 2; ++end)
        {
            Time at = NanoSeconds(random->GetInteger(1, 300000));
            for (uint32_t i = 1; i <= 12; ++i)
            {
                const uint32_t epoch = random->GetInteger(0, 3) == 0 ? 0 : i;
                script.emissions[end].emplace_back(at, epoch);
                f.EmitAt(at, end, epoch);
                at += NanoSeconds(random->GetInteger(1, 300000));
            }
        }
        for (uint32_t span = 0; span < 2; ++span)
        {
            Time at = NanoSeconds(random->GetInteger(1, 300000));
            for (uint32_t i = 0; i < 6; ++i)
            {
                const Time duration = NanoSeconds(random->GetInteger(1, 300000));
                const double position = random->GetInteger(0, 10) / 10.0;
                Cut cut;
                cut.from = at;
                cut.to = at + duration;
                const double fromStart = span == 0 ? 20.0 * position : 30.0 * (1.0 - position);
                const double toStop = (span == 0 ? 20.0 : 30.0) - fromStart;
                cut.toward = {NanoSeconds(std::llround(4900.0 * fromStart) + (span == 1) * 98000),
                              NanoSeconds(std::llround(4900.0 * toStop) + (span == 0) * 147000)};
                script.cuts.push_back(cut);
                f.CutAt(at, span, position, duration);
                at = cut.to + NanoSeconds(random->GetInteger(1, 300000));
            }
        }
        return script;
    }

    void DoRun() override
    {
        Ptr<UniformRandomVariable> random = CreateObject<UniformRandomVariable>();
        random->SetStream(2001);
        for (int round = 0; round < 200; ++round)
        {
            Channel50Km f;
            const Script script = Draw(f, random);
            Simulator::Run();
            for (uint32_t end = 0; end < 2; ++end)
            {
                const auto expected = Expect(script, end, f.m_channel->GetDelay());
                NS_TEST_ASSERT_MSG_EQ((f.m_eyes[end].m_edges == expected),
                                      true,
                                      "round " << round << ", end " << end);
            }
            NS_TEST_ASSERT_MSG_EQ(f.m_channel->IsComplete(), true, "all is mended");
        }
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The optical port as a net device.
 */
class QuantumNetDeviceTest : public TestCase
{
  public:
    QuantumNetDeviceTest()
        : TestCase("The optical port carries no packets")
    {
    }

  private:
    void DoRun() override
    {
        Channel50Km f;
        Ptr<Node> node = CreateObject<Node>();
        node->AddDevice(f.m_devices[0]);
        NS_TEST_ASSERT_MSG_EQ(f.m_devices[0]->Send(Create<Packet>(10), Address(), 0x800),
                              false,
                              "no packets");
        NS_TEST_ASSERT_MSG_EQ(f.m_devices[0]->IsPointToPoint(), true, "two ends");
        NS_TEST_ASSERT_MSG_EQ(f.m_devices[0]->GetNode(), node, "the node");
        NS_TEST_ASSERT_MSG_EQ(f.m_channel->GetNDevices(), 2, "two ends");
        NS_TEST_ASSERT_MSG_EQ(f.m_channel->GetDevice(1), f.m_devices[1], "the second end");
        NS_TEST_ASSERT_MSG_EQ(f.m_devices[1]->GetReceivedLight().light.quantum, false, "dark");
        f.EmitAt(Seconds(1), 0, 4);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_devices[1]->GetReceivedLight().light.seed, 1004, "the light");
        // what is under way when the channel is disposed of arrives nowhere
        f.EmitAt(Seconds(1), 0, 5);
        Simulator::Schedule(Seconds(1) + MicroSeconds(1), [&f] { f.m_channel->Dispose(); });
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(f.m_devices[1]->GetReceivedLight().light.epoch, 4, "nothing new");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Declarations to the nanosecond.
 */
class SignalDetectorTest : public TestCase
{
  public:
    SignalDetectorTest()
        : TestCase("A signal is declared lost or back after its persistence")
    {
    }

  private:
    /**
     * @brief A declaration.
     * @param good what is declared
     */
    void Declared(bool good)
    {
        m_declared.emplace_back(Simulator::Now(), good);
    }

    /**
     * @brief Start a detector and tell it what is seen.
     * @param good declared at first
     * @param present seen at first
     * @param changes when what is seen changes, ns
     */
    void Play(bool good, bool present, const std::vector<int64_t>& changes)
    {
        m_declared.clear();
        SignalDetector detector;
        detector.SetCallback(MakeCallback(&SignalDetectorTest::Declared, this));
        detector.SetPersistence(NanoSeconds(100), NanoSeconds(200));
        detector.Start(good, present, NanoSeconds(7));
        for (int64_t at : changes)
        {
            present = !present;
            Simulator::Schedule(NanoSeconds(at),
                                [&detector, present] { detector.SetPresent(present); });
        }
        Simulator::Run();
        Simulator::Destroy();
    }

    std::vector<std::pair<Time, bool>> m_declared; //!< what was declared

    void DoRun() override
    {
        Play(true, true, {1000, 1099, 2000, 3000, 3199, 3300});
        NS_TEST_ASSERT_MSG_EQ(m_declared.size(), 2, "a flash of 99 ns is none, nor one of 199 ns");
        NS_TEST_ASSERT_MSG_EQ(m_declared[0].first, NanoSeconds(2100), "lost");
        NS_TEST_ASSERT_MSG_EQ(m_declared[0].second, false, "lost");
        NS_TEST_ASSERT_MSG_EQ(m_declared[1].first, NanoSeconds(3500), "back");
        Play(true, false, {});
        NS_TEST_ASSERT_MSG_EQ(m_declared.at(0).first, NanoSeconds(107), "with grace");
        Play(true, false, {106});
        NS_TEST_ASSERT_MSG_EQ(m_declared.size(), 0, "in time");
        Play(false, true, {});
        NS_TEST_ASSERT_MSG_EQ(m_declared.at(0).first, NanoSeconds(200), "there is light");
        Play(false, false, {});
        NS_TEST_ASSERT_MSG_EQ(m_declared.size(), 0, "nothing new");
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of the quantum channel.
 */
class QkdnQuantumChannelTestSuite : public TestSuite
{
  public:
    QkdnQuantumChannelTestSuite()
        : TestSuite("qkdn-quantum-channel", Type::UNIT)
    {
        AddTestCase(new QuantumChannelTimingTest);
        AddTestCase(new QuantumChannelRandomTest);
        AddTestCase(new QuantumNetDeviceTest);
        AddTestCase(new SignalDetectorTest);
    }
};

static QkdnQuantumChannelTestSuite g_qkdnQuantumChannelTestSuite; //!< registers the suite
