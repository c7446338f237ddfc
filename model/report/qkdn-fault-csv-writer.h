/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAULT_CSV_WRITER_H
#define QKDN_FAULT_CSV_WRITER_H

#include "ns3/qkdn-results.h"

#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes the tables of faults and repairs, in the form of those of CsvWriter.
 */
class FaultCsvWriter
{
  public:
    /**
     * @brief Write faults.csv: one line per fault, in order of time, with all that "fault_trace" of
     * a scenario needs to let the same faults strike again. Columns id, at_s, type, target,
     * repair_after_s (empty if it was not repaired), position, added_qber, curve_file, curve,
     * wiretap (empty where a fault has none).
     * @param results the results
     * @param os where to
     */
    void WriteFaults(const ExperimentResults& results, std::ostream& os) const;

    /**
     * @brief Write repairs.csv: one line per repair order, in the order in which they came. Columns
     * order, component, ordered_s, dispatched_s, arrived_s, done_s, outcome (waiting, travelling,
     * at-work, repaired, nothing-found, merged, withdrawn), sessions, key_rate_bps, crew, faults
     * (joined by ';').
     * @param results the results
     * @param os where to
     */
    void WriteRepairs(const ExperimentResults& results, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAULT_CSV_WRITER_H */
