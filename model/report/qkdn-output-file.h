/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_OUTPUT_FILE_H
#define QKDN_OUTPUT_FILE_H

#include "qkdn-report-error.h"

#include <functional>
#include <ostream>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Write a file from its beginning; throws ReportError if any byte could not be written.
 * @param path the file
 * @param write writes the content
 */
void WriteOutputFile(const std::string& path, const std::function<void(std::ostream&)>& write);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_OUTPUT_FILE_H */
