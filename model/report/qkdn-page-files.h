/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PAGE_FILES_H
#define QKDN_PAGE_FILES_H

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A file that HTML pages are made of.
 */
struct PageFile
{
    const char* name;   //!< its name in model/report/page
    const char* sha256; //!< SHA-256 of the text in base64, as Content-Security-Policy has it
    const char* text;   //!< the text
};

/**
 * @ingroup qkdn-resilience
 * @brief The files of model/report/page, as tools/embed-pages.py has put them into the library.
 * @return all of them
 */
const std::vector<PageFile>& GetPageFiles();

/**
 * @ingroup qkdn-resilience
 * @brief A file of model/report/page. Aborts if there is none of this name.
 * @param name its name
 * @return the file
 */
const PageFile& GetPageFile(const std::string& name);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PAGE_FILES_H */
