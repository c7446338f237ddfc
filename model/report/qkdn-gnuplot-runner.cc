/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-gnuplot-runner.h"

#include "qkdn-report-format.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace ns3
{
namespace qkdn
{

GnuplotRunner::GnuplotRunner(std::string program)
    : m_program(std::move(program))
{
}

std::string
GnuplotRunner::Run(const std::string& directory, const std::string& plotFile) const
{
    std::string program = m_program;
    std::string noStartUpFiles = "-d";
    std::string execute = "-e";
    std::string commands =
        "cd \"" + EscapeGnuplot(directory) + "\"; load \"" + EscapeGnuplot(plotFile) + "\"";
    const std::array<char*, 5> arguments = {program.data(),
                                            noStartUpFiles.data(),
                                            execute.data(),
                                            commands.data(),
                                            nullptr};
    // Results go to stdout, so nothing that gnuplot prints may get there.
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int error =
        posix_spawnp(&child, m_program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
    {
        return m_program + ": " + std::generic_category().message(error);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
    {
        if (errno != EINTR)
        {
            return m_program + ": " + std::generic_category().message(errno);
        }
    }
    if (!WIFEXITED(status))
    {
        return m_program + ": ended by a signal";
    }
    return WEXITSTATUS(status) == 0
               ? std::string()
               : m_program + ": ended with status " + std::to_string(WEXITSTATUS(status));
}

} // namespace qkdn
} // namespace ns3
