/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// A kind of fault that the module does not have: a loose connector, through which light passes and
// does not pass in turns until it is repaired. In example 1.2 of the draft it takes the place of
// the cut, with and without a wait to restore: how often session A switches. Fails if the
// wait does not keep the session from following the connector.

#include "ns3/core-module.h"
#include "ns3/qkdn-resilience-module.h"

#include <algorithm>
#include <iostream>

using namespace ns3;
using namespace ns3::qkdn;

// [fault begins]
/// A connector that is loose: gamma-distributed times without light, and with it.
class LooseConnector : public Fault
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::LooseConnector")
                                .SetParent<Fault>()
                                .AddConstructor<LooseConnector>()
                                .AddAttribute("Mean",
                                              "Mean time in either state.",
                                              TimeValue(Seconds(10)),
                                              MakeTimeAccessor(&LooseConnector::m_mean),
                                              MakeTimeChecker(MilliSeconds(1)));
        return tid;
    }

    void SetSpan(Ptr<FibreSpan> span)
    {
        m_span = span;
    }

    std::string GetKind() const override
    {
        return "loose-connector";
    }

    FaultParameters GetParameters() const override
    {
        FaultParameters parameters;
        parameters.others = {{"mean_s", std::to_string(m_mean.GetSeconds())}};
        return parameters;
    }

    void Strike() override
    {
        constexpr double SHAPE = 4.0;
        m_draw = CreateObject<GammaRandomVariable>();
        m_draw->SetAttribute("Alpha", DoubleValue(SHAPE));
        m_draw->SetAttribute("Beta", DoubleValue(m_mean.GetSeconds() / SHAPE));
        // the same whatever else is in the run
        m_draw->SetStream(RandomStreamNumber("fault/" + GetId(), "connector"));
        Change();
    }

    void Repair() override
    {
        m_next.Cancel();
        if (m_span->IsCut())
        {
            m_span->Repair();
        }
    }

  protected:
    void DoDispose() override
    {
        m_next.Cancel();
        m_span = nullptr;
        Fault::DoDispose();
    }

  private:
    /// Light passes no more, or again.
    void Change()
    {
        if (m_span->IsCut())
        {
            m_span->Repair();
        }
        else
        {
            m_span->Cut(0.0);
        }
        m_next =
            Simulator::Schedule(TimeFromDraw(m_draw->GetValue()), &LooseConnector::Change, this);
    }

    Time m_mean;
    Ptr<FibreSpan> m_span;
    Ptr<RandomVariableStream> m_draw;
    EventId m_next;
};

NS_OBJECT_ENSURE_REGISTERED(LooseConnector);

// [fault ends]

/// Runs example 1.2 with a loose connector in place of the cut.
ExperimentResults
Run(const std::string& file, const std::string& wtrS)
{
    const Scenario scenario =
        ScenarioReader::ReadFile(file, {{"/sessions/0/resilience/wtr_s", wtrS}, {"/faults", "[]"}});
    ExperimentResults results;
    {
        ScenarioBuilder builder(scenario, file);
        // [fault in a run begins]
        Ptr<LooseConnector> connector = CreateObject<LooseConnector>();
        connector->SetSpan(builder.GetFibre("f12"));
        ScenarioFault like; // it concerns what a cut of the fibre concerns
        like.id = "loose-12";
        like.type = ScenarioFaultType::FIBRE_CUT;
        like.target = "f12";
        like.at = Seconds(60);
        like.repairAfter = Seconds(100);
        builder.InjectFault(connector, like);
        // [fault in a run ends]
        Simulator::Stop(scenario.simulation.duration);
        Simulator::Run();
        results = builder.GetMonitor()->Collect(Time(0));
    }
    Simulator::Destroy();
    return results;
}

int
main(int argc, char* argv[])
{
    std::string file = "examples/scenarios/itu-example-1-2.json";
    CommandLine cmd(__FILE__);
    cmd.Usage("A kind of fault that is defined outside of the module.");
    cmd.AddValue("scenario", "The file of example 1.2", file);
    cmd.Parse(argc, argv);
    bool good = true;
    std::vector<std::ptrdiff_t> switches;
    for (const std::string wtrS : {"0", "20"})
    {
        const ExperimentResults results = Run(file, wtrS);
        const FaultResult& fault = results.faults.at(0);
        good = good && results.faults.size() == 1 && fault.type == "loose-connector" &&
               fault.end == Seconds(160);
        switches.push_back(std::count_if(results.eventLog.begin(),
                                         results.eventLog.end(),
                                         [](const EventResult& event) {
                                             return event.kind == "route-event" &&
                                                    event.entity == "session/A" &&
                                                    event.detail.at(2).second == "switched";
                                         }));
        std::cout << fault.type << " at " << fault.target << ", wait to restore " << wtrS
                  << " s: A switches " << switches.back() << " times, availability of A "
                  << results.sessions.at(0).availability.value_or(0.0) << ", of B "
                  << results.sessions.at(1).availability.value_or(0.0) << "\n";
    }
    return good && switches[1] == 2 && switches[0] > 2 ? 0 : 1;
}
