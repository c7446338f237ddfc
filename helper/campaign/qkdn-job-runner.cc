/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-job-runner.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <signal.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace ns3
{
namespace qkdn
{

namespace
{

/// From one look at a process to the next.
constexpr std::chrono::milliseconds LOOK_INTERVAL{100};

/// Closes a file.
struct FileCloser
{
    /**
     * @brief Close a file.
     * @param file the file
     */
    void operator()(std::FILE* file) const
    {
        std::fclose(file);
    }
};

/// A file that is closed at the end, and removed if it is temporary.
using OwnedFile = std::unique_ptr<std::FILE, FileCloser>;

/**
 * @brief A temporary file.
 * @return the file
 */
OwnedFile
MakeTemporaryFile()
{
    OwnedFile file(std::tmpfile());
    if (!file)
    {
        throw std::system_error(errno, std::generic_category(), "temporary file");
    }
    return file;
}

/**
 * @brief The child's side of a fork: run a program. Does not return.
 * @param arguments program and arguments
 * @param in standard input, or -1 for none
 * @param out standard output and error, or -1 for none
 * @param endsWithParent no further jobs are started if the parent dies
 */
[[noreturn]] void
Execute(std::vector<std::string> arguments, int in, int out, bool endsWithParent)
{
#ifdef __linux__
    if (endsWithParent)
    {
        // GNU parallel starts no other job after this signal, and waits for those under way
        prctl(PR_SET_PDEATHSIG, SIGHUP);
    }
#endif
    const int nothing = open("/dev/null", O_RDWR);
    dup2(in >= 0 ? in : nothing, STDIN_FILENO);
    dup2(out >= 0 ? out : nothing, STDOUT_FILENO);
    dup2(out >= 0 ? out : nothing, STDERR_FILENO);
    std::vector<char*> pointers;
    pointers.reserve(arguments.size() + 1);
    for (std::string& argument : arguments)
    {
        pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    execvp(pointers.front(), pointers.data());
    _exit(127);
}

/**
 * @brief Run a program and wait for it.
 * @param arguments program and arguments
 * @param in standard input, or -1 for none
 * @param out standard output and error, or -1 for none
 * @param watch called now and then meanwhile
 * @return its status as of waitpid()
 */
int
RunProgram(const std::vector<std::string>& arguments,
           int in,
           int out,
           const std::function<void()>& watch)
{
    const pid_t child = fork();
    if (child < 0)
    {
        throw std::system_error(errno, std::generic_category(), arguments.front());
    }
    if (child == 0)
    {
        Execute(arguments, in, out, arguments.front() == "parallel");
    }
    int status = 0;
    for (;;)
    {
        const pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child)
        {
            return status;
        }
        if (ended < 0 && errno != EINTR)
        {
            throw std::system_error(errno, std::generic_category(), arguments.front());
        }
        std::this_thread::sleep_for(LOOK_INTERVAL);
        watch();
    }
}

/**
 * @brief The lines of a file.
 * @param file the file
 * @return the first and the last line that is not empty
 */
std::pair<std::string, std::string>
FirstAndLastLine(std::FILE* file)
{
    std::rewind(file);
    std::pair<std::string, std::string> found;
    std::array<char, 1024> line{};
    while (std::fgets(line.data(), line.size(), file))
    {
        std::string text = line.data();
        text.erase(text.find_last_not_of("\r\n") + 1);
        if (!text.empty())
        {
            found.first = found.first.empty() ? text : found.first;
            found.second = text;
        }
    }
    return found;
}

} // namespace

JobRunner::JobRunner(uint32_t jobs, std::string sshLogin)
    : m_jobs(jobs),
      m_sshLogin(std::move(sshLogin))
{
}

bool
JobRunner::HasGnuParallel()
{
    // another program of this name is in moreutils
    const OwnedFile said = MakeTemporaryFile();
    const int status =
        RunProgram({"parallel", "--plain", "--version"}, -1, fileno(said.get()), [] {});
    return status == 0 && FirstAndLastLine(said.get()).first.rfind("GNU parallel", 0) == 0;
}

std::string
JobRunner::Run(const std::vector<std::string>& commands, const std::function<void()>& watch) const
{
    if (m_jobs > 1 || !m_sshLogin.empty())
    {
        return RunParallel(commands, watch);
    }
    for (const std::string& command : commands)
    {
        if (RunProgram({"/bin/sh", "-c", command}, -1, -1, watch) != 0)
        {
            return "a run failed";
        }
    }
    return "";
}

std::string
JobRunner::RunParallel(const std::vector<std::string>& commands,
                       const std::function<void()>& watch) const
{
    const OwnedFile list = MakeTemporaryFile();
    for (const std::string& command : commands)
    {
        std::fwrite(command.c_str(), 1, command.size() + 1, list.get());
    }
    std::rewind(list.get());
    const OwnedFile said = MakeTemporaryFile();
    std::vector<std::string> arguments = {"parallel",
                                          "--plain",
                                          "--will-cite",
                                          "--null",
                                          "--no-run-if-empty",
                                          "--jobs",
                                          std::to_string(m_jobs),
                                          "--halt",
                                          "soon,fail=1"};
    if (!m_sshLogin.empty())
    {
        arguments.insert(arguments.end(), {"--sshlogin", m_sshLogin});
    }
    setenv("PARALLEL_SHELL", "/bin/sh", 1);
    const int status = RunProgram(arguments, fileno(list.get()), fileno(said.get()), watch);
    if (status == 0)
    {
        return "";
    }
    const std::string last = FirstAndLastLine(said.get()).second;
    return last.empty() ? "GNU parallel failed" : last;
}

} // namespace qkdn
} // namespace ns3
