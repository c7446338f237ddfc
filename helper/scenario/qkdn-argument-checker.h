/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ARGUMENT_CHECKER_H
#define QKDN_ARGUMENT_CHECKER_H

#include <filesystem>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Refuses arguments of a program that ns-3's CommandLine would answer with its help and
 * another exit code. The options of CommandLine itself are left to it.
 */
class ArgumentChecker
{
  public:
    /**
     * @brief Constructor
     * @param valued options with a value, without dashes
     * @param switches options that are true or false, without dashes
     */
    ArgumentChecker(std::vector<std::string> valued, std::vector<std::string> switches);

    /**
     * @brief Check an argument.
     * @param argument as it stands on the command line
     * @throw ScenarioError if it is no option, has no value, or is a switch with another value
     * than true or false
     */
    void Check(const std::string& argument) const;

    /**
     * @brief The name of a plot from the value of option plot.
     * @param file the value
     * @return its name without folder and extension
     * @throw ScenarioError if the file is no NAME.svg of letters, digits, - and _
     */
    static std::string PlotName(const std::filesystem::path& file);

  private:
    std::vector<std::string> m_valued;   //!< options with a value
    std::vector<std::string> m_switches; //!< options that are true or false
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ARGUMENT_CHECKER_H */
