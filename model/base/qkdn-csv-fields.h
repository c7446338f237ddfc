/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CSV_FIELDS_H
#define QKDN_CSV_FIELDS_H

#include "ns3/csv-reader.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The fields of a line of a CSV file without the blanks around them.
 * @param reader at the line
 * @return the fields
 */
std::vector<std::string> ReadCsvFields(const CsvReader& reader);

/**
 * @ingroup qkdn-resilience
 * @brief Read a number.
 * @param field its text
 * @param [out] value the number
 * @return whether the whole text is a finite number
 */
bool ReadCsvNumber(const std::string& field, double& value);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CSV_FIELDS_H */
