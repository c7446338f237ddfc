/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CSV_WRITER_H
#define QKDN_CSV_WRITER_H

#include "ns3/qkdn-results.h"

#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes the tables: RFC 4180 with one header line, times in seconds with nine decimals,
 * a cell that has no value left empty. ns3::CsvReader reads them.
 */
class CsvWriter
{
  public:
    /**
     * @brief Write recoveries.csv: one line per failure episode and session or group, columns
     * named as in summary.json; lists are joined by ';'.
     * @param results the results
     * @param os where to
     */
    void WriteRecoveries(const ExperimentResults& results, std::ostream& os) const;

    /**
     * @brief Write key-supply.csv: one line per request. Columns session, sequence, issued_s,
     * handed_over_s, delay_s, outcome (on-time, late, lost, open), attempts, key_bits,
     * erroneous (0 or 1).
     * @param results the results
     * @param os where to
     */
    void WriteKeySupply(const ExperimentResults& results, std::ostream& os) const;

    /**
     * @brief Write pools.csv: one line per change of a level. Columns time_s, link, km,
     * stored_bits, own_bits, peer_bits, unconfirmed_bits.
     * @param results the results
     * @param os where to
     */
    void WritePools(const ExperimentResults& results, std::ostream& os) const;

    /**
     * @brief Write route-use.csv: one line for each time in which keys of a session came over one
     * route. Columns session, from_s (first key at the slave's KM), to_s (last key), role, route
     * (KMs joined by ';'), keys (shares count like keys).
     * @param results the results
     * @param os where to
     */
    void WriteRouteUses(const ExperimentResults& results, std::ostream& os) const;

    /**
     * @brief Write charging.csv: one line per session that has a charging record. Columns session,
     * class, opened_s, until_s, base, for each use (supply, working, protection, extra) its bits
     * and its charge, violations, excess_s, credit, total; amounts in micro-units.
     * @param results the results
     * @param os where to
     */
    void WriteCharging(const ExperimentResults& results, std::ostream& os) const;

    /**
     * @brief Write what the manager took for causes of alarms, a row each.
     * @param results the results
     * @param os the stream
     */
    void WriteCauses(const ExperimentResults& results, std::ostream& os) const;

    /**
     * @brief Write what controllers promise of the key rate of each hop, a row for each change.
     * @param results the results
     * @param os the stream
     */
    void WriteKeyFlow(const ExperimentResults& results, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CSV_WRITER_H */
