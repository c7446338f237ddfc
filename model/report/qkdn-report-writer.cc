/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-report-writer.h"

#include "qkdn-charge-table.h"
#include "qkdn-html-table.h"
#include "qkdn-repair-tables.h"
#include "qkdn-report-format.h"
#include "qkdn-text-report.h"

namespace ns3
{
namespace qkdn
{

namespace
{

constexpr int RATIO_DIGITS = 6;          //!< digits of ratios and delays
constexpr std::size_t MAX_EVIDENCE = 20; //!< log entries shown for a requirement

/// The style of the page.
const char* const STYLE = R"(
:root { color-scheme: light; }
body { font: 15px/1.45 Helvetica, Arial, sans-serif; color: #222; background: #fff;
       max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0.2rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid #ccc; }
p.verdict { font-size: 1.1rem; }
p.bad { color: #a00; font-weight: bold; }
div.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.87rem; }
th, td { border: 1px solid #ccc; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
th { background: #f2f2f2; }
td.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; }
figure svg { max-width: 100%; height: auto; }
@media print { body { margin: 0; max-width: none; font-size: 11px; }
               h2 { break-after: avoid; } tr, figure { break-inside: avoid; } }
)";

/**
 * @brief A figure that may be missing.
 * @param value the figure
 * @return the text, a dash if there is none
 */
std::string
OrDash(const std::optional<double>& value)
{
    return value ? FormatNumber(*value, RATIO_DIGITS) : "-";
}

/**
 * @brief A time that may be missing.
 * @param time the time
 * @return seconds, a dash if there is none
 */
std::string
OrDash(const std::optional<Time>& time)
{
    return time ? FormatSeconds(*time) : "-";
}

/**
 * @brief The beginning of the page: what was run, and the result.
 * @param results the results
 * @param os where to
 */
void
WriteHead(const ExperimentResults& results, std::ostream& os)
{
    os << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
       << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
       << EscapeHtml(results.scenario) << "</title>\n<style>" << STYLE
       << "</style>\n</head>\n<body>\n<h1>" << EscapeHtml(results.scenario) << "</h1>\n";
    if (!results.description.empty())
    {
        os << "<p>" << EscapeHtml(results.description) << "</p>\n";
    }
    os << "<p class=\"verdict\">" << EscapeHtml(TextReport::Verdict(results)) << "</p>\n"
       << (results.conservation.Balances()
               ? "<p>The key books balance.</p>\n"
               : "<p class=\"bad\">The key books do not balance.</p>\n");
    for (const auto& violation : results.conservation.violations)
    {
        os << "<p class=\"bad\">Key rule broken: " << EscapeHtml(violation) << "</p>\n";
    }
    for (const std::string& offence : TextReport::GetOffences(results))
    {
        os << "<p class=\"bad\">" << EscapeHtml(offence) << "</p>\n";
    }
    os << "<p>" << EscapeHtml(FormatSecondsForPeople(results.simulated))
       << " simulated, of which the first " << EscapeHtml(FormatSecondsForPeople(results.warmUp))
       << " are not measured; seed " << std::to_string(results.seed) << ", run "
       << std::to_string(results.run) << "; ns-3 " << EscapeHtml(results.ns3Version) << "; "
       << FormatCount(results.events) << " events, " << FormatCount(results.packets) << " packets, "
       << FormatCount(results.network.controlMessages) << " control messages with "
       << FormatCount(results.network.controlBytes) << " bytes.</p>\n";
}

/**
 * @brief Make the ids of a figure different from those of the other figures of the page.
 *
 * All files of gnuplot name their canvas, point symbols and filters alike.
 *
 * @param svg the figure
 * @param number number of the figure
 * @return the figure with the number in those ids and in what refers to them
 */
std::string
MakeIdsUnique(std::string svg, std::size_t number)
{
    const std::string mark = "fig" + std::to_string(number) + "_";
    for (const std::string attribute :
         {"id=\"gnuplot_canvas", "id='gp", "href='#gp", "id='textbox", "id='greybox"})
    {
        const std::size_t name = attribute.find_last_of("\"'#") + 1;
        for (std::size_t at = svg.find(attribute); at != std::string::npos;
             at = svg.find(attribute, at + attribute.size()))
        {
            svg.insert(at + name, mark);
        }
    }
    return svg;
}

/**
 * @brief The plots.
 * @param plots contents of the SVG files
 * @param os where to
 */
void
WritePlots(const std::vector<std::string>& plots, std::ostream& os)
{
    for (std::size_t i = 0; i < plots.size(); ++i)
    {
        // inside HTML there is no XML declaration and no document type
        const std::size_t start = plots[i].find("<svg");
        if (start != std::string::npos)
        {
            os << "<figure>\n" << MakeIdsUnique(plots[i].substr(start), i + 1) << "</figure>\n";
        }
    }
}

/**
 * @brief Sessions and interruptions.
 * @param results the results
 * @param os where to
 */
void
WriteSessions(const ExperimentResults& results, std::ostream& os)
{
    HtmlTable sessions("Sessions",
                       {"session",
                        "class",
                        "requested",
                        "supplied",
                        "late",
                        "lost",
                        "open",
                        "availability",
                        "longest outage (s)",
                        "toleration violations",
                        "KKRD mean (s)",
                        "p50 (s)",
                        "p99 (s)",
                        "max (s)",
                        "KKRDV (s)",
                        "KKDER",
                        "KKDLR",
                        "throughput (bit/s)",
                        "key overhead"});
    HtmlTable interruptions("Interruptions of key supply",
                            {"session", "start (s)", "end (s)", "length (s)", "cause"});
    for (const auto& s : results.sessions)
    {
        const auto delay = [&s](double DelayStatistics::*member) {
            return s.kkrd ? FormatNumber((*s.kkrd).*member, RATIO_DIGITS) : std::string("-");
        };
        sessions.AddRow({s.id,
                         s.resilienceClass,
                         FormatCount(s.requested),
                         FormatCount(s.supplied),
                         FormatCount(s.late),
                         FormatCount(s.lost),
                         FormatCount(s.open),
                         s.availability ? FormatNumber(*s.availability, 9) : "-",
                         FormatSeconds(s.longestOutage),
                         FormatCount(s.tolerationViolations),
                         delay(&DelayStatistics::meanS),
                         delay(&DelayStatistics::p50S),
                         delay(&DelayStatistics::p99S),
                         delay(&DelayStatistics::maxS),
                         OrDash(s.kkrdvS),
                         OrDash(s.kkder),
                         OrDash(s.kkdlr),
                         OrDash(s.throughputBps),
                         OrDash(s.keyOverhead)});
        for (const auto& interruption : s.interruptions)
        {
            interruptions.AddRow({s.id,
                                  FormatSeconds(interruption.start),
                                  FormatSeconds(interruption.end),
                                  FormatSeconds(interruption.GetDuration()),
                                  interruption.cause});
        }
    }
    sessions.Write("There was no session.", os);
    interruptions.Write("There was none.", os);
}

/**
 * @brief Who could read keys.
 * @param results the results
 * @param os where to
 */
void
WriteExposure(const ExperimentResults& results, std::ostream& os)
{
    HtmlTable table("Exposure of keys",
                    {"session",
                     "supplied keys that attackers know",
                     "their bits",
                     "keys in stock that they know",
                     "trusted relays",
                     "of a key"});
    for (const auto& s : results.sessions)
    {
        std::string relays;
        for (const std::string& km : s.exposure.trustedRelays)
        {
            relays += (relays.empty() ? "" : ", ") + km;
        }
        table.AddRow({s.id,
                      FormatCount(s.exposure.exposedKeys),
                      FormatCount(s.exposure.exposedBits),
                      FormatCount(s.exposure.exposedStoredKeys),
                      relays.empty() ? "-" : relays,
                      OrDash(s.exposure.relaysPerKey)});
    }
    table.Write("There was no session.", os);
}

/**
 * @brief Recoveries with their stages.
 * @param results the results
 * @param os where to
 */
void
WriteRecoveries(const ExperimentResults& results, std::ostream& os)
{
    std::vector<std::string> columns =
        {"session or group", "fault", "mechanism", "trigger", "detected", "fault at (s)"};
    for (int i = 0; i < STAGE_COUNT; ++i)
    {
        columns.push_back(std::string(RecoveryStageName(static_cast<RecoveryStage>(i))) + " (s)");
    }
    for (const char* column : {"total (s)",
                               "outage (s)",
                               "route before",
                               "route after",
                               "extra key bits",
                               "control messages",
                               "wasted bits",
                               "outcome",
                               "reverted at (s)"})
    {
        columns.emplace_back(column);
    }
    HtmlTable table("Recoveries and their stages", columns);
    for (const auto& r : results.recoveries)
    {
        const RecoveryStages stages = r.markers.ComputeStages();
        std::vector<std::string> row = {r.sessionOrGroup,
                                        r.fault,
                                        r.mechanism,
                                        r.trigger,
                                        r.IsDetected() ? "yes" : "no",
                                        FormatSeconds(r.markers.fault)};
        for (const auto& length : stages.stage)
        {
            row.push_back(FormatSeconds(length));
        }
        row.insert(row.end(),
                   {OrDash(stages.total),
                    FormatSeconds(r.outage),
                    FormatRoute(r.routeBefore),
                    FormatRoute(r.routeAfter),
                    FormatCount(r.extraKeyBits),
                    FormatCount(r.controlMessages),
                    FormatCount(r.wastedBits),
                    RecoveryOutcomeName(r.outcome),
                    OrDash(r.revertedAt)});
        table.AddRow(row);
    }
    table.Write("There was none.", os);
}

/**
 * @brief A row of the table of KMA-key books.
 * @param link id of the QKD link
 * @param holder whose book it is
 * @param book the book
 * @return the cells
 */
std::vector<std::string>
KmaRow(const std::string& link, const std::string& holder, const KeyBook& book)
{
    std::vector<std::string> row = {link,
                                    holder,
                                    FormatCount(book.initial),
                                    FormatCount(book.generated)};
    for (const uint64_t bits : book.bits)
    {
        row.push_back(FormatCount(bits));
    }
    row.emplace_back(book.Balances() ? "yes" : "NO");
    return row;
}

/**
 * @brief The KMA-key books and the reserves of the modules.
 * @param conservation the books
 * @param os where to
 */
void
WriteKmaBooks(const ConservationResult& conservation, std::ostream& os)
{
    std::vector<std::string> columns = {"QKD link", "book of", "initial", "generated"};
    for (int use = 0; use < KEY_USE_COUNT; ++use)
    {
        columns.push_back(KeyUseName(static_cast<KeyUse>(use)));
    }
    columns.emplace_back("balanced");
    HtmlTable books("KMA-key books (bits): initial + generated = sum of the uses", columns);
    HtmlTable reserves(
        "Authentication reserves (bits): initial + withheld = spent + stored",
        {"QKD link", "module", "initial", "withheld", "spent", "stored", "balanced"});
    if (!conservation.kma.empty())
    {
        books.AddRow(KmaRow("total", "both ends", conservation.GetKmaTotal()));
    }
    for (const auto& link : conservation.kma)
    {
        books.AddRow(KmaRow(link.link, "both ends", link.common));
        for (const auto& end : link.ends)
        {
            books.AddRow(KmaRow(link.link, end.km, end.book));
        }
        for (const auto& reserve : link.reserves)
        {
            reserves.AddRow({link.link,
                             reserve.module,
                             FormatCount(reserve.initial),
                             FormatCount(reserve.withheld),
                             FormatCount(reserve.spent),
                             FormatCount(reserve.stored),
                             reserve.Balances() ? "yes" : "NO"});
        }
    }
    books.Write("There was no QKD link.", os);
    reserves.Write("There was none.", os);
}

/**
 * @brief A row of the table of KSA-key books.
 * @param session id of the session
 * @param book the book
 * @return the cells
 */
std::vector<std::string>
KsaRow(const std::string& session, const KsaFigures& book)
{
    return {session,
            FormatCount(book.created),
            FormatCount(book.supplied),
            FormatCount(book.stored),
            FormatCount(book.inFlight),
            FormatCount(book.voided),
            FormatCount(book.expired),
            FormatCount(book.destroyed),
            book.Balances() ? "yes" : "NO"};
}

/**
 * @brief The KSA-key books.
 * @param conservation the books
 * @param os where to
 */
void
WriteKsaBooks(const ConservationResult& conservation, std::ostream& os)
{
    HtmlTable books("KSA-key books (bits): created = sum of the rest",
                    {"session",
                     "created",
                     "supplied",
                     "stored",
                     "in_flight",
                     "voided",
                     "expired",
                     "destroyed",
                     "balanced"});
    if (!conservation.ksa.empty())
    {
        books.AddRow(KsaRow("total", conservation.GetKsaTotal()));
    }
    for (const auto& book : conservation.ksa)
    {
        books.AddRow(KsaRow(book.session, book));
    }
    books.Write("There was no session.", os);
}

/**
 * @brief The faults.
 * @param results the results
 * @param os where to
 */
void
WriteFaults(const ExperimentResults& results, std::ostream& os)
{
    HtmlTable table("Faults", {"fault", "type", "target", "start (s)", "repaired (s)"});
    for (const auto& fault : results.faults)
    {
        table.AddRow(
            {fault.id, fault.type, fault.target, FormatSeconds(fault.start), OrDash(fault.end)});
    }
    table.Write("There was none.", os);
}

/**
 * @brief Numbers of log entries.
 * @param evidence the numbers
 * @return the first of them
 */
std::string
FormatEvidence(const std::vector<uint64_t>& evidence)
{
    std::string text;
    for (std::size_t i = 0; i < evidence.size(); ++i)
    {
        if (i == MAX_EVIDENCE)
        {
            return text + " ...";
        }
        text += (i == 0 ? "" : ", ") + std::to_string(evidence[i]);
    }
    return text.empty() ? "-" : text;
}

/**
 * @brief The requirements.
 * @param results the results
 * @param os where to
 */
void
WriteRequirementTable(const ExperimentResults& results, std::ostream& os)
{
    HtmlTable table(
        "Requirements of draft Y.QKDN-rsrq",
        {"id", "clause", "level", "text", "status", "reason", "evidence (ids in events.jsonl)"});
    for (const auto& requirement : results.requirements)
    {
        table.AddRow({requirement.id,
                      requirement.clause,
                      std::string(RequirementLevelName(requirement.level)) +
                          (requirement.oldWording ? " (old wording)" : ""),
                      requirement.text,
                      RequirementStatusName(requirement.status),
                      requirement.reason,
                      FormatEvidence(requirement.evidence)});
    }
    table.Write("They were not checked.", os);
    const std::string verdict = TextReport::RequirementsVerdict(results);
    if (!verdict.empty())
    {
        os << "<p>" << EscapeHtml(verdict) << "</p>\n";
    }
}

} // namespace

void
ReportWriter::Write(const ExperimentResults& results,
                    const std::vector<std::string>& plots,
                    std::ostream& os) const
{
    WriteHead(results, os);
    WritePlots(plots, os);
    WriteSessions(results, os);
    ChargeTable().Write(results, os);
    WriteExposure(results, os);
    WriteRecoveries(results, os);
    WriteKmaBooks(results.conservation, os);
    WriteKsaBooks(results.conservation, os);
    WriteFaults(results, os);
    RepairTables().Write(results, os);
    WriteRequirementTable(results, os);
    os << "</body>\n</html>\n";
}

} // namespace qkdn
} // namespace ns3
