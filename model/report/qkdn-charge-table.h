/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHARGE_TABLE_H
#define QKDN_CHARGE_TABLE_H

#include "ns3/qkdn-results.h"

#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The table of the HTML report that says what sessions cost, in units with six decimals.
 */
class ChargeTable
{
  public:
    /**
     * @brief Write the table.
     * @param results the results
     * @param os where to
     */
    void Write(const ExperimentResults& results, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHARGE_TABLE_H */
