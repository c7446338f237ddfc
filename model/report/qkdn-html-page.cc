/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-html-page.h"

#include "qkdn-page-files.h"

#include "ns3/abort.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

const std::string FIELD_BEGIN = "{{";    //!< begins a field of a template
const std::string FIELD_END = "}}";      //!< ends it
const std::string FILE_PREFIX = "file:"; //!< of fields that are files

/**
 * @brief The hashes of the scripts of a page.
 * @param page text of its template
 * @return sources of Content-Security-Policy, with spaces between them
 */
std::string
ScriptSources(const std::string& page)
{
    std::string sources;
    for (const PageFile& file : GetPageFiles())
    {
        const std::string name = file.name;
        if (name.size() > 3 && name.compare(name.size() - 3, 3, ".js") == 0 &&
            page.find(FIELD_BEGIN + FILE_PREFIX + name + FIELD_END) != std::string::npos)
        {
            sources +=
                (sources.empty() ? "'sha256-" : " 'sha256-") + std::string(file.sha256) + "'";
        }
    }
    return sources;
}

} // namespace

const PageFile&
GetPageFile(const std::string& name)
{
    const std::vector<PageFile>& files = GetPageFiles();
    const auto found = std::find_if(files.begin(), files.end(), [&name](const PageFile& file) {
        return name == file.name;
    });
    NS_ABORT_MSG_IF(found == files.end(), "there is no page file " << name);
    return *found;
}

HtmlPage::HtmlPage(const std::string& name)
    : m_name(name)
{
}

void
HtmlPage::SetPart(const std::string& field, std::function<void(std::ostream&)> write)
{
    m_parts[field] = std::move(write);
}

void
HtmlPage::WriteField(const std::string& field, std::ostream& os) const
{
    if (field.compare(0, FILE_PREFIX.size(), FILE_PREFIX) == 0)
    {
        os << GetPageFile(field.substr(FILE_PREFIX.size())).text;
    }
    else if (field == "scripts")
    {
        os << ScriptSources(GetPageFile(m_name).text);
    }
    else
    {
        const auto part = m_parts.find(field);
        NS_ABORT_MSG_IF(part == m_parts.end(),
                        m_name << " has field " << field << ", set by nobody");
        part->second(os);
    }
}

void
HtmlPage::Write(std::ostream& os) const
{
    const std::string text = GetPageFile(m_name).text;
    std::size_t at = 0;
    for (std::size_t begin = text.find(FIELD_BEGIN); begin != std::string::npos;
         begin = text.find(FIELD_BEGIN, at))
    {
        const std::size_t end = text.find(FIELD_END, begin);
        NS_ABORT_MSG_IF(end == std::string::npos, m_name << " has a field without end");
        os << text.substr(at, begin - at);
        WriteField(text.substr(begin + FIELD_BEGIN.size(), end - begin - FIELD_BEGIN.size()), os);
        at = end + FIELD_END.size();
    }
    os << text.substr(at);
}

std::string
HtmlPage::EscapeJson(const std::string& json)
{
    std::string escaped;
    for (const char c : json)
    {
        // such characters occur in strings only
        switch (c)
        {
        case '<':
            escaped += "\\u003c";
            break;
        case '>':
            escaped += "\\u003e";
            break;
        case '&':
            escaped += "\\u0026";
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

} // namespace qkdn
} // namespace ns3
