/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPORT_ERROR_H
#define QKDN_REPORT_ERROR_H

#include <stdexcept>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A file of results could not be written.
 */
class ReportError : public std::runtime_error
{
  public:
    /**
     * @brief Constructor
     * @param file the file or directory
     * @param reason what is wrong with it
     */
    ReportError(const std::string& file, const std::string& reason)
        : std::runtime_error(file + ": " + reason),
          m_file(file)
    {
    }

    /**
     * @brief The file or directory.
     * @return its path
     */
    const std::string& GetFile() const
    {
        return m_file;
    }

  private:
    std::string m_file; //!< the file or directory
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPORT_ERROR_H */
