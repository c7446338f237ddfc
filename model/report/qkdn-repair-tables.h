/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPAIR_TABLES_H
#define QKDN_REPAIR_TABLES_H

#include "ns3/qkdn-results.h"

#include <ostream>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The tables of report.html on components that fail at random and on repair crews.
 */
class RepairTables
{
  public:
    /**
     * @brief Write the tables; one that would be empty is left out.
     * @param results the results
     * @param os where to
     */
    void Write(const ExperimentResults& results, std::ostream& os) const;

    /**
     * @brief What has to be known of random failures to read the results.
     * @param results the results
     * @return one line, which states the acceleration; empty if nothing failed at random
     */
    static std::string Verdict(const ExperimentResults& results);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPAIR_TABLES_H */
