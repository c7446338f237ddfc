/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-chaos-process.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using ns3::qkdn::ChaosCounts;
using ns3::qkdn::ChaosOutcome;

namespace chaos
{

namespace
{

/// Write a text to a pipe.
bool
WriteAll(int pipeEnd, const std::string& text)
{
    std::size_t done = 0;
    while (done < text.size())
    {
        const ssize_t wrote = write(pipeEnd, text.data() + done, text.size() - done);
        if (wrote < 0 && errno != EINTR)
        {
            return false;
        }
        done += wrote > 0 ? static_cast<std::size_t>(wrote) : 0;
    }
    return true;
}

/// Read all that comes out of a pipe.
std::string
ReadAll(int pipeEnd)
{
    std::string text;
    char buffer[4096];
    while (true)
    {
        const ssize_t got = read(pipeEnd, buffer, sizeof(buffer));
        if (got > 0)
        {
            text.append(buffer, static_cast<std::size_t>(got));
        }
        else if (got == 0 || errno != EINTR)
        {
            return text;
        }
    }
}

/// Do a run in the child process and pass on what came of it. The process ends as any other does,
/// so that a sanitizer looks for leaks.
[[noreturn]] void
RunChild(const std::function<ChaosOutcome()>& run, uint32_t cpuSeconds, int pipeEnd)
{
    const rlimit limit{cpuSeconds, cpuSeconds + 1};
    int code = setrlimit(RLIMIT_CPU, &limit) == 0 ? 0 : 1;
    try
    {
        const ChaosOutcome outcome = run();
        const nlohmann::json json = {{"problems", outcome.problems}, {"counts", outcome.counts}};
        code = WriteAll(pipeEnd, json.dump()) ? code : 1;
    }
    catch (const std::exception& error)
    {
        std::cerr << "qkdn-chaos: " << error.what() << std::endl;
        code = 1;
    }
    close(pipeEnd);
    std::exit(code);
}

/// How a process ended, empty if well.
std::string
DescribeEnd(int status, uint32_t cpuSeconds)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    {
        return "it did not end within " + std::to_string(cpuSeconds) + " s of CPU time";
    }
    if (WIFSIGNALED(status))
    {
        return std::string("it crashed: ") + strsignal(WTERMSIG(status));
    }
    return status == 0 ? ""
                       : "its process ended with code " + std::to_string(WEXITSTATUS(status)) +
                             ", see above";
}

} // namespace

ChaosOutcome
RunAlone(const std::function<ChaosOutcome()>& run, uint32_t cpuSeconds)
{
    int ends[2];
    if (pipe(ends) != 0)
    {
        throw std::runtime_error("no pipe to a new process");
    }
    std::cout.flush();
    const pid_t child = fork();
    if (child < 0)
    {
        throw std::runtime_error("no new process");
    }
    if (child == 0)
    {
        close(ends[0]);
        RunChild(run, cpuSeconds, ends[1]);
    }
    close(ends[1]);
    const std::string text = ReadAll(ends[0]);
    close(ends[0]);
    int status = 0;
    if (waitpid(child, &status, 0) != child)
    {
        throw std::runtime_error("a process was lost");
    }
    ChaosOutcome outcome;
    const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_object())
    {
        outcome.problems = json.at("problems").get<std::vector<std::string>>();
        outcome.counts = json.at("counts").get<ChaosCounts>();
    }
    const std::string end = DescribeEnd(status, cpuSeconds);
    if (!end.empty())
    {
        outcome.problems.push_back(end);
    }
    else if (!json.is_object())
    {
        outcome.problems.emplace_back("it said nothing of its results");
    }
    return outcome;
}

} // namespace chaos
