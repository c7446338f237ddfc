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
 * @brief Writes report.html: one page that needs no other file. Its script draws the network at
 * any instant of the run, key supply, pools and recoveries; without script there are the plots.
 * Tables have the figures.
 */
class ReportWriter
{
  public:
    /**
     * @brief Write the page.
     * @param results the results
     * @param plots contents of the SVG files of the plots, for readers without script
     * @param os where to
     */
    void Write(const ExperimentResults& results,
               const std::vector<std::string>& plots,
               std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPORT_WRITER_H */
