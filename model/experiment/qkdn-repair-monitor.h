/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPAIR_MONITOR_H
#define QKDN_REPAIR_MONITOR_H

#include "qkdn-event-log.h"
#include "qkdn-fault-process.h"
#include "qkdn-repair-crews.h"
#include "qkdn-results.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The part of ResilienceMonitor that watches components that fail at random, and crews
 * that repair.
 */
class RepairMonitor
{
  public:
    /**
     * @brief Constructor
     * @param log the event log
     */
    explicit RepairMonitor(EventLog& log);

    RepairMonitor(const RepairMonitor&) = delete;
    RepairMonitor& operator=(const RepairMonitor&) = delete;

    /**
     * @brief Watch a component that fails at random.
     * @param process its process
     */
    void AddProcess(Ptr<const FaultProcess> process);

    /**
     * @brief Watch repair crews.
     * @param crews the crews
     */
    void AddCrews(Ptr<RepairCrews> crews);

    /**
     * @brief What was seen.
     * @param [in,out] results where it goes
     */
    void Collect(ExperimentResults& results) const;

  private:
    /// @cond
    void RepairStepDone(const RepairRecord& record, RepairStep step);
    /// @endcond

    EventLog& m_log;                                  //!< event log
    std::vector<Ptr<const FaultProcess>> m_processes; //!< components that fail at random
    std::vector<Ptr<const RepairCrews>> m_crews;      //!< crews
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPAIR_MONITOR_H */
