/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TEXT_REPORT_H
#define QKDN_TEXT_REPORT_H

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
 * @brief Writes the short report of a run for the terminal: which key supply was interrupted,
 * how long and why; the stages of the recoveries; whether the key books balance; what the run says
 * of the requirements.
 */
class TextReport
{
  public:
    /**
     * @brief Write the report.
     * @param results the results
     * @param directory where the files of the run are, empty if there are none
     * @param os where to
     */
    void Write(const ExperimentResults& results,
               const std::string& directory,
               std::ostream& os) const;

    /**
     * @brief The result in one sentence.
     * @param results the results
     * @return for example "The key supply of 1 of 1 sessions was interrupted, at most for 24 s."
     */
    static std::string Verdict(const ExperimentResults& results);

    /**
     * @brief The requirements of level "required" that were violated.
     * @param results the results
     * @return a line for each, for example "Requirement R-M1 (clause 9.4) violated: ..."
     */
    static std::vector<std::string> GetOffences(const ExperimentResults& results);

    /**
     * @brief What the run says of the requirements, in one sentence.
     * @param results the results
     * @return the sentence, empty if nothing was checked
     */
    static std::string RequirementsVerdict(const ExperimentResults& results);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TEXT_REPORT_H */
