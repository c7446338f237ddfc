/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPORT_TABLES_H
#define QKDN_REPORT_TABLES_H

#include "ns3/qkdn-results.h"

#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The tables of report.html: sessions, recoveries, requirements, faults, causes, repairs,
 * charges, exposure and key books. They need no script.
 */
class ReportTables
{
  public:
    /**
     * @brief Write all tables.
     * @param results the results
     * @param os where to
     */
    void WriteAll(const ExperimentResults& results, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPORT_TABLES_H */
