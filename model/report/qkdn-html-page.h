/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_HTML_PAGE_H
#define QKDN_HTML_PAGE_H

#include <functional>
#include <map>
#include <ostream>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief An HTML page that needs no other file, made from a template in model/report/page.
 *
 * The template has fields in double braces: {{file:NAME}} is a file of that folder, {{scripts}}
 * are the hashes of its scripts for Content-Security-Policy, so that a browser runs no script but
 * these, and any other name is a part that whoever uses the class sets. What is put in is not
 * searched for fields again.
 */
class HtmlPage
{
  public:
    /**
     * @brief Constructor
     * @param name name of the template
     */
    explicit HtmlPage(const std::string& name);

    /**
     * @brief Say what a field stands for.
     * @param field name of the field
     * @param write writes HTML, with texts from outside escaped
     */
    void SetPart(const std::string& field, std::function<void(std::ostream&)> write);

    /**
     * @brief Write the page. Aborts if a field has no part.
     * @param os where to
     */
    void Write(std::ostream& os) const;

    /**
     * @brief JSON that can stand in a script element of HTML.
     * @param json JSON, UTF-8
     * @return the same value without characters that mean something to HTML
     */
    static std::string EscapeJson(const std::string& json);

  private:
    /**
     * @brief Write what a field stands for.
     * @param field name of the field
     * @param os where to
     */
    void WriteField(const std::string& field, std::ostream& os) const;

    std::string m_name;                                                //!< name of the template
    std::map<std::string, std::function<void(std::ostream&)>> m_parts; //!< by field
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_HTML_PAGE_H */
