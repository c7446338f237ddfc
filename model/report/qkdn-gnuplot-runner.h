/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_GNUPLOT_RUNNER_H
#define QKDN_GNUPLOT_RUNNER_H

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Runs the program gnuplot, without a shell and without the user's start-up files.
 */
class GnuplotRunner
{
  public:
    /**
     * @brief Constructor
     * @param program name or path of the program
     */
    explicit GnuplotRunner(std::string program);

    /**
     * @brief Run a plot file and wait until it is done.
     * @param directory where the plot file is, and where what it names is written
     * @param plotFile name of the plot file
     * @return empty if it went well, otherwise what is wrong
     */
    std::string Run(const std::string& directory, const std::string& plotFile) const;

  private:
    std::string m_program; //!< name or path of the program
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_GNUPLOT_RUNNER_H */
