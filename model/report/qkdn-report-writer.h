/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPORT_WRITER_H
#define QKDN_REPORT_WRITER_H

#include "ns3/qkdn-results.h"

#include <ostream>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes report.html: one page that needs no other file, with the plots, the sessions,
 * their interruptions, the recoveries with their stages, the key books and the faults.
 */
class ReportWriter
{
  public:
    /**
     * @brief Write the page.
     * @param results the results
     * @param plots contents of the SVG files of the plots
     * @param os where to
     */
    void Write(const ExperimentResults& results,
               const std::vector<std::string>& plots,
               std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPORT_WRITER_H */
