/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Files of comma-separated values: the first byte of the input says which reader gets the rest. A
// file is read, or one line says why not.

#include "ns3/core-module.h"
#include "ns3/qkdn-fault-trace-reader.h"
#include "ns3/qkdn-qber-curve.h"
#include "ns3/qkdn-rate-trace.h"
#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-topology-graph.h"
#include "ns3/qkdn-topology-reader.h"

#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// A file of this process, for readers that take the name of one.
class InputFile
{
  public:
    InputFile()
        : m_name("/dev/shm/qkdn-fuzz-" + std::to_string(getpid()) + ".csv")
    {
    }

    ~InputFile()
    {
        unlink(m_name.c_str());
    }

    /// Write a text and get the name of the file.
    const std::string& Write(const std::string& text) const
    {
        std::ofstream(m_name, std::ios::binary) << text;
        return m_name;
    }

  private:
    std::string m_name;
};

/// What is wrong has to be one line.
void
CheckMessage(const std::string& message)
{
    NS_ABORT_MSG_IF(message.find('\n') != std::string::npos, "not one line: " << message);
}

void
TryTopology(const std::string& text)
{
    std::istringstream in(text);
    const Topology topology = ReadTopology(in, "input.csv");
    for (const RouteCost cost : {ROUTE_COST_HOPS, ROUTE_COST_LENGTH, ROUTE_COST_RATE})
    {
        const TopologyGraph graph(topology, cost);
        for (const auto& hop : graph.GetGraph().GetHops(RouteFilter()))
        {
            graph.GetKeyRateBps(hop.first);
        }
    }
}

void
TryRateTrace(const std::string& file)
{
    RateTrace trace;
    CheckMessage(trace.Read(file));
    for (const RateTraceRow& row : trace.GetRows())
    {
        NS_ABORT_MSG_IF(!(row.rateBps >= 0.0 && row.qber >= 0.0 && row.qber <= 0.5),
                        "no rate at " << row.place);
        const RateTrace::Yield yield = trace.Generate(row.time, 1000.0);
        NS_ABORT_MSG_IF(!(yield.durationS >= 0.0), "no duration at " << row.place);
    }
}

void
TryQberCurve(const std::string& file)
{
    std::string problem;
    const QberCurve curve = QberCurve::FromCsv(file, problem);
    CheckMessage(problem);
    for (const auto& point : curve.GetPoints())
    {
        const double qber = curve.GetLinear(point.at + NanoSeconds(1));
        NS_ABORT_MSG_IF(!(qber >= 0.0 && qber <= 0.5), qber << " is no error ratio");
    }
}

} // namespace

/// A function of libFuzzer's interface.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static const InputFile file;
    if (size == 0)
    {
        return -1; // not for the corpus
    }
    const std::string text(data + 1, data + size);
    try
    {
        switch (data[0])
        {
        case '0':
            TryTopology(text);
            return 0;
        case '1':
            ReadFaultTrace(file.Write(text));
            return 0;
        case '2':
            TryRateTrace(file.Write(text));
            return 0;
        case '3':
            TryQberCurve(file.Write(text));
            return 0;
        default:
            return -1;
        }
    }
    catch (const ScenarioError& error)
    {
        CheckMessage(error.what());
    }
    return 0;
}
