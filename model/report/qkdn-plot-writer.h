/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PLOT_WRITER_H
#define QKDN_PLOT_WRITER_H

#include "qkdn-gnuplot-runner.h"

#include "ns3/gnuplot.h"
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
 * @brief Writes the plots key-supply.svg, pools.svg and recovery-stages.svg.
 *
 * Each comes from a file of the same name with .plt, which holds its data and stays: the figure
 * can be adapted for a paper and drawn again ("gnuplot pools.plt" in the directory). A plot that
 * would be empty is not written. Where the program gnuplot is missing or fails, a warning says
 * so and only the .plt files are written.
 */
class PlotWriter
{
  public:
    /**
     * @brief Constructor
     * @param gnuplot name or path of the program gnuplot
     */
    explicit PlotWriter(const std::string& gnuplot = "gnuplot");

    /**
     * @brief Write the plots; throws ReportError if a .plt file cannot be written.
     *
     * Plots that an earlier run left in the directory are removed.
     *
     * @param results the results
     * @param directory where to
     * @param warnings where warnings go
     * @return names of the files written, .plt and .svg, without the directory
     */
    std::vector<std::string> Write(const ExperimentResults& results,
                                   const std::string& directory,
                                   std::ostream& warnings) const;

    /**
     * @brief Write one plot; throws ReportError if its .plt file cannot be written.
     * @param plot the plot
     * @param directory where to
     * @param name name of the plot
     * @param warnings where the warning goes if it cannot be drawn
     * @return names of the files written, name.plt and name.svg, without the directory
     */
    std::vector<std::string> WritePlot(const Gnuplot& plot,
                                       const std::string& directory,
                                       const std::string& name,
                                       std::ostream& warnings) const;

  private:
    GnuplotRunner m_gnuplot; //!< runs gnuplot
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PLOT_WRITER_H */
