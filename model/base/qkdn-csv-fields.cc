/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-csv-fields.h"

#include <cerrno>
#include <cmath>
#include <cstdlib>

namespace ns3
{
namespace qkdn
{

std::vector<std::string>
ReadCsvFields(const CsvReader& reader)
{
    std::vector<std::string> fields(reader.ColumnCount());
    for (std::size_t i = 0; i < fields.size(); ++i)
    {
        reader.GetValue(i, fields[i]);
        const auto from = fields[i].find_first_not_of(" \t\r");
        const auto to = fields[i].find_last_not_of(" \t\r");
        fields[i] = from == std::string::npos ? "" : fields[i].substr(from, to - from + 1);
    }
    return fields;
}

bool
ReadCsvNumber(const std::string& field, double& value)
{
    char* end = nullptr;
    errno = 0;
    value = std::strtod(field.c_str(), &end);
    return !field.empty() && *end == '\0' && errno == 0 && std::isfinite(value);
}

} // namespace qkdn
} // namespace ns3
