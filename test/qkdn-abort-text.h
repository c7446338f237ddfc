/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ABORT_TEXT_H
#define QKDN_ABORT_TEXT_H

#include <array>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief What a program says on standard error when it aborts.
 * @param body the program
 * @return the first line, or "no abort"
 */
inline std::string
TextOfAbort(const std::function<void()>& body)
{
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0)
    {
        return "no pipe";
    }
    const pid_t child = fork();
    if (child == 0)
    {
        dup2(ends[1], STDERR_FILENO);
        body();
        _exit(0);
    }
    close(ends[1]);
    std::string text;
    std::array<char, 512> buffer{};
    for (ssize_t bytes = 0; (bytes = read(ends[0], buffer.data(), buffer.size())) > 0;)
    {
        text.append(buffer.data(), bytes);
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? text.substr(0, text.find('\n')) : "no abort";
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ABORT_TEXT_H */
