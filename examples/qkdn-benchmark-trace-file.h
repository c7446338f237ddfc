/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BENCHMARK_TRACE_FILE_H
#define QKDN_BENCHMARK_TRACE_FILE_H

#include <filesystem>
#include <string>
#include <system_error>
#include <unistd.h>

namespace benchmark
{

/// A file for the messages of a run, removed at the end.
class TraceFile
{
  public:
    TraceFile()
        : m_path(std::filesystem::temp_directory_path() /
                 ("qkdn-benchmark-" + std::to_string(getpid())))
    {
    }

    ~TraceFile()
    {
        std::error_code ignored;
        std::filesystem::remove(m_path, ignored);
    }

    TraceFile(const TraceFile&) = delete;
    TraceFile& operator=(const TraceFile&) = delete;

    /// Its name.
    std::string GetName() const
    {
        return m_path.string();
    }

  private:
    std::filesystem::path m_path; //!< its name
};

} // namespace benchmark

#endif /* QKDN_BENCHMARK_TRACE_FILE_H */
