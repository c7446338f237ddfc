/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-report-tables.h"

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
    table.SetFilter(4);
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

/**
 * @brief What the manager took for causes of alarms.
 * @param results the results
 * @param os where to
 */
void
WriteCauseTable(const ExperimentResults& results, std::ostream& os)
{
    HtmlTable table("Causes that the manager named",
                    {"cause",
                     "kind",
                     "component",
                     "alarms",
                     "named at (s)",
                     "over at (s)",
                     "state",
                     "faults that had broken it"});
    for (const CauseResult& cause : results.causes)
    {
        std::string faults;
        for (const std::string& fault : cause.faults)
        {
            faults += (faults.empty() ? "" : ", ") + fault;
        }
        table.AddRow({std::to_string(cause.number),
                      cause.kind,
                      cause.component,
                      FormatCount(cause.alarms),
                      FormatSeconds(cause.opened),
                      OrDash(cause.closed),
                      cause.state,
                      faults.empty() ? "none: it was not the cause" : faults});
    }
    table.Write("It named none.", os);
}

} // namespace

void
ReportTables::WriteAll(const ExperimentResults& results, std::ostream& os) const
{
    WriteSessions(results, os);
    WriteRecoveries(results, os);
    WriteRequirementTable(results, os);
    WriteFaults(results, os);
    WriteCauseTable(results, os);
    RepairTables().Write(results, os);
    ChargeTable().Write(results, os);
    WriteExposure(results, os);
    WriteKmaBooks(results.conservation, os);
    WriteKsaBooks(results.conservation, os);
}

} // namespace qkdn
} // namespace ns3
