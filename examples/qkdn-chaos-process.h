/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHAOS_PROCESS_H
#define QKDN_CHAOS_PROCESS_H

#include "../test/qkdn-chaos-run.h"

#include <cstdint>
#include <functional>

namespace chaos
{

/**
 * @brief Do a run in a process of its own, so that a crash, a leak, the report of a sanitizer or a
 * run without end is the failure of this run, and nothing of it is left.
 * @param run the run
 * @param cpuSeconds CPU time after which the process is killed, s
 * @return what came of it; how the process ended is one of the problems, if it did not end well
 * @throw std::runtime_error if there is no process to be had
 */
ns3::qkdn::ChaosOutcome RunAlone(const std::function<ns3::qkdn::ChaosOutcome()>& run,
                                 uint32_t cpuSeconds);

} // namespace chaos

#endif /* QKDN_CHAOS_PROCESS_H */
