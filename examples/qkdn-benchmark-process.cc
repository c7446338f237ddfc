/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-benchmark-process.h"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace benchmark
{

namespace
{

/// Do a run in the child process and pass on what it counts.
[[noreturn]] void
RunChild(const std::function<Counts()>& run, int pipeEnd)
{
    int code = 1;
    try
    {
        const Counts counts = run();
        code = write(pipeEnd, &counts, sizeof(counts)) == sizeof(counts) ? 0 : 1;
    }
    catch (const std::exception& error)
    {
        std::cerr << "qkdn-benchmark: " << error.what() << std::endl;
    }
    std::exit(code);
}

} // namespace

Measured
Measure(const std::function<Counts()>& run)
{
    int ends[2];
    if (pipe(ends) != 0)
    {
        throw std::runtime_error("no pipe to a new process");
    }
    std::cout.flush(); // or the child would print it too
    const pid_t child = fork();
    if (child < 0)
    {
        throw std::runtime_error("no new process");
    }
    if (child == 0)
    {
        close(ends[0]);
        RunChild(run, ends[1]);
    }
    close(ends[1]);
    Measured measured;
    const ssize_t got = read(ends[0], &measured.counts, sizeof(measured.counts));
    close(ends[0]);
    int status = 0;
    rusage usage{};
    if (wait4(child, &status, 0, &usage) != child || status != 0 || got != sizeof(measured.counts))
    {
        throw std::runtime_error("a run failed");
    }
    measured.cpuSeconds =
        static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
        1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    measured.memoryMebibyte = static_cast<double>(usage.ru_maxrss) / 1024;
    return measured;
}

} // namespace benchmark
