/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAULT_TRACE_READER_H
#define QKDN_FAULT_TRACE_READER_H

#include "qkdn-scenario.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Read faults from comma-separated values, as faults.csv of a run has them.
 *
 * The first line names the columns, in any order: at_s, type and target, and if they are needed id
 * ("trace-" and the number of the line if empty), repair_after_s (empty: never), position,
 * added_qber, curve_file, curve and wiretap. Times are decimal numbers with up to nine decimals
 * and are taken exactly. A # begins a comment.
 *
 * @param path the file
 * @return the faults in the order of the file; throws ScenarioError
 */
std::vector<ScenarioFault> ReadFaultTrace(const std::string& path);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAULT_TRACE_READER_H */
