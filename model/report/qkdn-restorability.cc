/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-restorability.h"

#include "qkdn-campaign-table.h"
#include "qkdn-report-format.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

namespace ns3
{
namespace qkdn
{

namespace
{

using MatrixJson = nlohmann::ordered_json;

constexpr std::size_t WORST_SHOWN = 10; //!< failures shown on the terminal

/**
 * @brief The worst that befell a session: later outcomes of the list are worse.
 */
enum SessionFate
{
    FATE_RECOVERED,    //!< recovered in time
    FATE_LATE,         //!< recovered late
    FATE_NOT_RECOVERED //!< not recovered
};

/**
 * @brief What an episode came to.
 * @param episode the episode
 * @return recovered, late or not
 */
SessionFate
FateOf(const RunEpisode& episode)
{
    return episode.outcome == "recovered"             ? FATE_RECOVERED
           : episode.outcome == "toleration-exceeded" ? FATE_LATE
                                                      : FATE_NOT_RECOVERED;
}

/**
 * @brief The figures of a cell.
 * @param cell the cell
 * @return the object
 */
MatrixJson
CellToJson(const RestorabilityCell& cell)
{
    MatrixJson json{{"sessions_hit", cell.hit},
                    {"recovered", cell.recovered},
                    {"late", cell.late},
                    {"not_recovered", cell.notRecovered},
                    {"interrupted_s", cell.interruptedS},
                    {"longest_s", cell.longestS}};
    json["restorability"] =
        cell.hit > 0
            ? MatrixJson(static_cast<double>(cell.recovered) / static_cast<double>(cell.hit))
            : MatrixJson(nullptr);
    return json;
}

/**
 * @brief Texts joined.
 * @param texts the texts
 * @return joined by ";"
 */
std::string
JoinTexts(const std::vector<std::string>& texts)
{
    std::string all;
    for (const std::string& text : texts)
    {
        all += (all.empty() ? "" : ";") + text;
    }
    return all;
}

/**
 * @brief Recovered of hit, for people.
 * @param cell the cell
 * @return for example "3/4"
 */
std::string
RecoveredText(const RestorabilityCell& cell)
{
    return std::to_string(cell.recovered) + "/" + std::to_string(cell.hit);
}

/**
 * @brief The failures by the interrupted time of all variants, the worst first.
 * @param matrix the matrix
 * @return their rows
 */
std::vector<std::size_t>
WorstFailures(const RestorabilityMatrix& matrix)
{
    std::vector<double> sums(matrix.failures.size(), 0.0);
    for (std::size_t i = 0; i < sums.size(); ++i)
    {
        for (std::size_t k = 0; k < matrix.series.size(); ++k)
        {
            sums[i] += matrix.GetCell(i, k).interruptedS;
        }
    }
    std::vector<std::size_t> order(sums.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&sums](std::size_t a, std::size_t b) {
        return sums[a] > sums[b];
    });
    return order;
}

} // namespace

RestorabilityCell
RestorabilityMatrix::GetCell(std::size_t failure, std::size_t variant) const
{
    const RunFigures& run = series.at(variant).runs.at(failure);
    const std::vector<std::string>& ended = failures.at(failure).endsThere;
    const auto counts = [&ended](const std::string& session) {
        return std::find(ended.begin(), ended.end(), session) == ended.end();
    };
    std::map<std::string, SessionFate> fates;
    for (const RunEpisode& episode : run.episodes)
    {
        if (counts(episode.session))
        {
            SessionFate& fate = fates.emplace(episode.session, FATE_RECOVERED).first->second;
            fate = std::max(fate, FateOf(episode));
        }
    }
    RestorabilityCell cell;
    cell.hit = fates.size();
    for (const auto& [session, fate] : fates)
    {
        cell.recovered += fate == FATE_RECOVERED ? 1 : 0;
        cell.late += fate == FATE_LATE ? 1 : 0;
        cell.notRecovered += fate == FATE_NOT_RECOVERED ? 1 : 0;
    }
    for (const RunSession& session : run.sessions)
    {
        if (counts(session.id))
        {
            cell.interruptedS += session.GetOutageS(faultAtS);
            for (const RunInterruption& interruption : session.interruptions)
            {
                cell.longestS =
                    std::max(cell.longestS,
                             interruption.endS - std::max(faultAtS, interruption.startS));
            }
        }
    }
    return cell;
}

RestorabilityCell
RestorabilityMatrix::GetTotal(std::size_t variant) const
{
    RestorabilityCell total;
    for (std::size_t i = 0; i < failures.size(); ++i)
    {
        const RestorabilityCell cell = GetCell(i, variant);
        total.hit += cell.hit;
        total.recovered += cell.recovered;
        total.late += cell.late;
        total.notRecovered += cell.notRecovered;
        total.interruptedS += cell.interruptedS;
        total.longestS = std::max(total.longestS, cell.longestS);
    }
    return total;
}

void
RestorabilityWriter::WriteJson(const RestorabilityMatrix& matrix, std::ostream& os) const
{
    const RunFigures& first = matrix.series.front().runs.front();
    MatrixJson json;
    json["kind"] = "enumeration";
    json["enumerated"] = matrix.kind;
    json["scenarios"] = MatrixJson::array({matrix.scenario});
    json["description"] = first.description;
    json["ns3_version"] = first.ns3Version;
    json["seed"] = first.seed;
    json["run"] = first.run;
    json["fault_at_s"] = matrix.faultAtS;
    json["horizon_s"] = matrix.horizonS;
    json["repair_after_s"] =
        matrix.repairAfterS ? MatrixJson(*matrix.repairAfterS) : MatrixJson(nullptr);
    json["failures"] = MatrixJson::array();
    for (const EnumeratedFailure& failure : matrix.failures)
    {
        json["failures"].push_back(MatrixJson{{"name", failure.name},
                                              {"type", failure.type},
                                              {"targets", failure.targets},
                                              {"sessions_ended", failure.endsThere}});
    }
    json["classes"] = MatrixJson::array();
    for (std::size_t k = 0; k < matrix.series.size(); ++k)
    {
        const CampaignVariant& variant = matrix.series[k].variant;
        MatrixJson entry{{"name", variant.name}};
        entry["class"] = variant.resilienceClass.empty() ? MatrixJson(nullptr)
                                                         : MatrixJson(variant.resilienceClass);
        entry["set"] = variant.sets;
        entry["total"] = CellToJson(matrix.GetTotal(k));
        entry["cells"] = MatrixJson::array();
        for (std::size_t i = 0; i < matrix.failures.size(); ++i)
        {
            entry["cells"].push_back(CellToJson(matrix.GetCell(i, k)));
        }
        json["classes"].push_back(entry);
    }
    os << json.dump(1, ' ', false, MatrixJson::error_handler_t::replace) << "\n";
}

void
RestorabilityWriter::WriteCsv(const RestorabilityMatrix& matrix, std::ostream& os) const
{
    os << "scenario,failure,type,targets,class,sessions_ended,sessions_hit,recovered,late,"
          "not_recovered,interrupted_s,longest_s\n";
    for (std::size_t i = 0; i < matrix.failures.size(); ++i)
    {
        const EnumeratedFailure& failure = matrix.failures[i];
        for (std::size_t k = 0; k < matrix.series.size(); ++k)
        {
            const RestorabilityCell cell = matrix.GetCell(i, k);
            os << EscapeCsv(matrix.scenario) << "," << EscapeCsv(failure.name) << ","
               << failure.type << "," << EscapeCsv(JoinTexts(failure.targets)) << ","
               << EscapeCsv(matrix.series[k].variant.name) << "," << failure.endsThere.size() << ","
               << cell.hit << "," << cell.recovered << "," << cell.late << "," << cell.notRecovered
               << "," << FormatNumber(cell.interruptedS) << "," << FormatNumber(cell.longestS)
               << "\n";
        }
    }
}

void
RestorabilityWriter::WriteText(const RestorabilityMatrix& matrix,
                               const std::string& directory,
                               std::ostream& os) const
{
    os << matrix.scenario << ": " << matrix.failures.size() << " failures (" << matrix.kind
       << ") at " << FormatNumber(matrix.faultAtS) << " s, watched for "
       << FormatNumber(matrix.horizonS) << " s\n\n";
    std::vector<std::vector<std::string>> rows(1,
                                               {"class",
                                                "sessions hit",
                                                "recovered",
                                                "late",
                                                "not recovered",
                                                "interrupted s",
                                                "longest s"});
    for (std::size_t k = 0; k < matrix.series.size(); ++k)
    {
        const RestorabilityCell total = matrix.GetTotal(k);
        rows.push_back({matrix.series[k].variant.name,
                        std::to_string(total.hit),
                        std::to_string(total.recovered),
                        std::to_string(total.late),
                        std::to_string(total.notRecovered),
                        FormatNumber(total.interruptedS, 6),
                        FormatNumber(total.longestS, 6)});
    }
    WriteTextTable(rows, os);
    os << "\nSessions recovered of those hit, and interrupted time; the failures that interrupt "
          "most\n";
    rows.assign(1, {"failure"});
    for (const CampaignSeries& series : matrix.series)
    {
        rows.front().push_back(series.variant.name);
    }
    std::vector<std::size_t> order = WorstFailures(matrix);
    order.resize(std::min(order.size(), WORST_SHOWN));
    for (const std::size_t i : order)
    {
        std::vector<std::string> row(1, Shorten(matrix.failures[i].name, 40));
        for (std::size_t k = 0; k < matrix.series.size(); ++k)
        {
            const RestorabilityCell cell = matrix.GetCell(i, k);
            row.push_back(RecoveredText(cell) + " " + FormatNumber(cell.interruptedS, 4) + " s");
        }
        rows.push_back(row);
    }
    WriteTextTable(rows, os);
    os << "\nFiles: " << directory << "\n";
}

} // namespace qkdn
} // namespace ns3
