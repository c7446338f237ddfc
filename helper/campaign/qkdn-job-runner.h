/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_JOB_RUNNER_H
#define QKDN_JOB_RUNNER_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Runs commands of a POSIX shell: one after the other, or several at a time by GNU
 * parallel. After the first command that fails, no other is started.
 */
class JobRunner
{
  public:
    /**
     * @brief Constructor
     * @param jobs commands at a time (on each machine); above 1 needs GNU parallel
     * @param sshLogin machines, as option --sshlogin of GNU parallel has them; empty: this one
     */
    JobRunner(uint32_t jobs, std::string sshLogin);

    /**
     * @brief Whether GNU parallel is there.
     * @return true if the program "parallel" says that it is that of GNU
     */
    static bool HasGnuParallel();

    /**
     * @brief Run commands until all are done, or one has failed.
     * @param commands the commands
     * @param watch called now and then meanwhile
     * @return empty if all went well, otherwise the last that GNU parallel had to say, or that a
     * command failed
     */
    std::string Run(const std::vector<std::string>& commands,
                    const std::function<void()>& watch) const;

  private:
    /**
     * @brief Run commands by GNU parallel.
     * @param commands the commands
     * @param watch called now and then meanwhile
     * @return as Run()
     */
    std::string RunParallel(const std::vector<std::string>& commands,
                            const std::function<void()>& watch) const;

    uint32_t m_jobs;        //!< commands at a time
    std::string m_sshLogin; //!< machines
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_JOB_RUNNER_H */
