/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-html-table.h"

#include "qkdn-report-format.h"

#include "ns3/abort.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Whether a cell is a figure, which is set flush right.
 * @param cell the cell
 * @return true if it has no character but digits and what stands among them
 */
bool
IsFigure(const std::string& cell)
{
    return std::any_of(cell.begin(),
                       cell.end(),
                       [](unsigned char c) { return std::isdigit(c) != 0; }) &&
           cell.find_first_not_of("0123456789.- e+") == std::string::npos;
}

/**
 * @brief The anchor of a heading.
 * @param heading the heading
 * @return its letters and digits, with dashes between the words
 */
std::string
AnchorOf(const std::string& heading)
{
    std::string anchor;
    for (const unsigned char c : heading)
    {
        if (std::isalnum(c) != 0)
        {
            anchor += static_cast<char>(std::tolower(c));
        }
        else if (!anchor.empty() && anchor.back() != '-')
        {
            anchor += '-';
        }
    }
    return anchor;
}

} // namespace

HtmlTable::HtmlTable(std::string heading, std::vector<std::string> columns)
    : m_heading(std::move(heading)),
      m_columns(std::move(columns))
{
}

void
HtmlTable::AddRow(std::vector<std::string> cells)
{
    NS_ABORT_MSG_IF(cells.size() != m_columns.size(),
                    "table \"" << m_heading << "\": " << cells.size() << " cells for "
                               << m_columns.size() << " columns");
    if (m_rowCount < MAX_ROWS)
    {
        m_rows.push_back(std::move(cells));
    }
    ++m_rowCount;
}

void
HtmlTable::SetFilter(std::size_t column)
{
    NS_ABORT_MSG_IF(column >= m_columns.size(),
                    "table \"" << m_heading << "\" has no column " << column);
    m_filter = column;
}

void
HtmlTable::SetSource(const std::string& file)
{
    m_source = file;
}

bool
HtmlTable::HasFigures(std::size_t column) const
{
    const auto isFigure = [column](const auto& row) { return IsFigure(row[column]); };
    return std::any_of(m_rows.begin(), m_rows.end(), isFigure);
}

void
HtmlTable::Write(const std::string& whenEmpty, std::ostream& os) const
{
    const std::string id = AnchorOf(m_heading);
    os << "<section><h2 id=\"" << id << "\">" << EscapeHtml(m_heading) << "</h2>\n";
    if (m_rows.empty())
    {
        os << "<p>" << EscapeHtml(whenEmpty) << "</p></section>\n";
        return;
    }
    // wide tables scroll by themselves: then they need the focus, for keyboards
    os << "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-labelledby=\"" << id
       << "\"><table";
    if (m_filter)
    {
        os << " data-filter=\"" << EscapeHtml(m_columns[*m_filter]) << "\"";
    }
    os << ">\n<thead><tr>";
    for (std::size_t i = 0; i < m_columns.size(); ++i)
    {
        std::string column = m_columns[i];
        std::replace(column.begin(), column.end(), '_', ' ');
        os << "<th scope=\"col\"" << (HasFigures(i) ? " class=\"figure\"" : "") << ">"
           << EscapeHtml(column) << "</th>";
    }
    os << "</tr></thead>\n<tbody>\n";
    for (const auto& row : m_rows)
    {
        os << "<tr";
        if (m_filter)
        {
            os << " data-key=\"" << EscapeHtml(row[*m_filter]) << "\"";
        }
        os << ">";
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            os << "<td"
               << (IsFigure(row[i]) ? " class=\"figure\""
                   : m_filter == i  ? " class=\"key\""
                                    : "")
               << ">" << EscapeHtml(row[i]) << "</td>";
        }
        os << "</tr>\n";
    }
    os << "</tbody></table></div>\n";
    if (m_rowCount > m_rows.size())
    {
        os << "<p>The first " << m_rows.size() << " of " << FormatCount(m_rowCount) << " rows; "
           << EscapeHtml(m_source) << " has all.</p>\n";
    }
    os << "</section>\n";
}

} // namespace qkdn
} // namespace ns3
