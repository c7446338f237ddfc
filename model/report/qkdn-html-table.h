/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_HTML_TABLE_H
#define QKDN_HTML_TABLE_H

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A table of an HTML page. All texts are escaped.
 */
class HtmlTable
{
  public:
    static constexpr std::size_t MAX_ROWS = 200; //!< rows shown; the page says if there are more

    /**
     * @brief Constructor
     * @param heading heading above the table
     * @param columns headings of the columns
     */
    HtmlTable(std::string heading, std::vector<std::string> columns);

    /**
     * @brief Add a row.
     * @param cells the cells, one a column
     */
    void AddRow(std::vector<std::string> cells);

    /**
     * @brief Let readers choose rows by the text of a column.
     * @param column number of the column
     */
    void SetFilter(std::size_t column);

    /**
     * @brief Name the file that has all rows.
     * @param file its name; by default summary.json
     */
    void SetSource(const std::string& file);

    /**
     * @brief Write the heading and the table.
     * @param whenEmpty sentence to write if there is no row
     * @param os where to
     */
    void Write(const std::string& whenEmpty, std::ostream& os) const;

  private:
    /**
     * @brief Whether a column has figures.
     * @param column number of the column
     * @return true if a cell of it is one
     */
    bool HasFigures(std::size_t column) const;

    std::string m_heading;                        //!< heading above the table
    std::vector<std::string> m_columns;           //!< headings of the columns
    std::vector<std::vector<std::string>> m_rows; //!< the first MAX_ROWS rows
    std::size_t m_rowCount{0};                    //!< rows added
    std::optional<std::size_t> m_filter;          //!< column to choose rows by, if any
    std::string m_source{"summary.json"};         //!< file that has all rows
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_HTML_TABLE_H */
