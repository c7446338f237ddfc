/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESULTS_WRITER_H
#define QKDN_RESULTS_WRITER_H

#include "qkdn-plot-writer.h"
#include "qkdn-report-error.h"

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
 * @brief Writes all files of a run: summary.json, recoveries.csv, key-supply.csv, pools.csv,
 * charging.csv, faults.csv, repairs.csv, events.jsonl, requirements.json, the plots and
 * report.html. The same results give the same bytes.
 */
class ResultsWriter
{
  public:
    /**
     * @brief Constructor
     * @param gnuplot name or path of the program gnuplot
     */
    explicit ResultsWriter(const std::string& gnuplot = "gnuplot");

    /**
     * @brief Write all files.
     *
     * Throws ReportError if the directory cannot be made or a file cannot be written.
     *
     * @param results the results
     * @param directory where to; it is made if it is not there
     * @param warnings where warnings go: plots that could not be drawn (usually std::cerr)
     * @return names of the files written, without the directory
     */
    std::vector<std::string> WriteAll(const ExperimentResults& results,
                                      const std::string& directory,
                                      std::ostream& warnings) const;

    /**
     * @brief Write some of the tables and JSON files, which is all that a campaign needs of a run.
     *
     * Throws ReportError if the directory cannot be made or a file cannot be written.
     *
     * @param results the results
     * @param names some of GetDataFiles()
     * @param directory where to; it is made if it is not there
     */
    void WriteSome(const ExperimentResults& results,
                   const std::vector<std::string>& names,
                   const std::string& directory) const;

    /**
     * @brief The names of the tables and JSON files.
     * @return the names
     */
    static std::vector<std::string> GetDataFiles();

  private:
    PlotWriter m_plots; //!< writes the plots
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESULTS_WRITER_H */
