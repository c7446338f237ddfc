/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-output-file.h"

#include <cerrno>
#include <fstream>
#include <locale>
#include <system_error>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Why the last operation on a file failed.
 * @return the text of errno, if it is set
 */
std::string
LastReason()
{
    return errno != 0 ? std::generic_category().message(errno) : "could not be written";
}

} // namespace

void
WriteOutputFile(const std::string& path, const std::function<void(std::ostream&)>& write)
{
    errno = 0;
    std::ofstream os;
    os.imbue(std::locale::classic());
    os.open(path, std::ios::binary | std::ios::trunc);
    if (!os)
    {
        throw ReportError(path, LastReason());
    }
    write(os);
    // A full disk may show only when the last buffer is written.
    os.close();
    if (!os)
    {
        throw ReportError(path, LastReason());
    }
}

} // namespace qkdn
} // namespace ns3
