/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-repair-monitor.h"

#include <cmath>
#include <string>

namespace ns3
{
namespace qkdn
{

RepairMonitor::RepairMonitor(EventLog& log)
    : m_log(log)
{
}

void
RepairMonitor::AddProcess(Ptr<const FaultProcess> process)
{
    m_processes.push_back(process);
}

void
RepairMonitor::AddCrews(Ptr<RepairCrews> crews)
{
    crews->TraceConnectWithoutContext("Repair", MakeCallback(&RepairMonitor::RepairStepDone, this));
    m_crews.emplace_back(crews);
}

void
RepairMonitor::RepairStepDone(const RepairRecord& record, RepairStep step)
{
    static const char* const kinds[] = {"repair-queued",
                                        "crew-dispatched",
                                        "crew-arrived",
                                        "crew-repaired",
                                        "crew-found-nothing",
                                        "repair-merged",
                                        "repair-withdrawn"};
    EventLog::Detail detail{{"order", std::to_string(record.order.number)},
                            {"component", record.order.component}};
    if (step == REPAIR_STEP_ORDERED)
    {
        detail.emplace_back("sessions", std::to_string(record.order.sessions));
        detail.emplace_back("key_rate_bps", std::to_string(std::llround(record.order.keyRateBps)));
    }
    if (step == REPAIR_STEP_REPAIRED)
    {
        detail.emplace_back("fault", record.faults.back());
    }
    m_log.Add(kinds[step],
              record.crew == 0 ? "repair-order/" + std::to_string(record.order.number)
                               : "crew/" + std::to_string(record.crew),
              record.order.incident,
              detail);
}

void
RepairMonitor::Collect(ExperimentResults& results) const
{
    for (const Ptr<const FaultProcess>& process : m_processes)
    {
        results.faultProcesses.push_back(process->GetResult());
    }
    for (const Ptr<const RepairCrews>& crews : m_crews)
    {
        const std::deque<RepairRecord>& records = crews->GetRecords();
        results.repairs.insert(results.repairs.end(), records.begin(), records.end());
    }
}

} // namespace qkdn
} // namespace ns3
