/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-campaign-folder.h"

#include "ns3/qkdn-output-file.h"
#include "ns3/qkdn-scenario-error.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <system_error>
#include <unistd.h>

namespace ns3
{
namespace qkdn
{

namespace
{

const char* const PART = ".part-";           //!< marks a run that is not complete
const char* const MESSAGES = "messages.txt"; //!< what a run has said

/**
 * @brief The name of this machine, as its shell has it.
 * @return the name
 */
std::string
MachineName()
{
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/**
 * @brief Read a file.
 * @param file its path
 * @return its content, empty if it is not there
 */
std::string
ContentOf(const std::filesystem::path& file)
{
    std::ifstream is(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(is), std::istreambuf_iterator<char>()};
}

/**
 * @brief Throw unless an operation on a file went well.
 * @param path the file
 * @param error how it went
 */
void
Require(const std::filesystem::path& path, const std::error_code& error)
{
    if (error)
    {
        throw ReportError(path.string(), error.message());
    }
}

/**
 * @brief Whether a folder is of a run on this machine that does not live any more.
 * @param name name of the folder
 * @return true if so
 */
bool
IsRemains(const std::string& name)
{
    const std::size_t part = name.rfind(PART);
    const std::size_t dash = name.rfind('-');
    const std::string machine = MachineName();
    const std::size_t begin = part + std::string(PART).size();
    if (part == std::string::npos || dash < begin || machine.empty() ||
        name.substr(begin, dash - begin) != machine)
    {
        return false;
    }
    const long process = std::strtol(name.c_str() + dash + 1, nullptr, 10);
    return process > 0 && kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH;
}

/**
 * @brief The first part in which two plans differ.
 * @param old a plan
 * @param now another one
 * @return its place, as JSON pointer
 */
std::string
FirstDifference(const std::string& old, const std::string& now)
{
    const auto before = nlohmann::json::parse(old, nullptr, false);
    const auto after = nlohmann::json::parse(now);
    if (!before.is_object())
    {
        return "";
    }
    for (const auto& item : after.items())
    {
        if (!before.contains(item.key()) || before[item.key()] != item.value())
        {
            return "/" + item.key();
        }
    }
    return "";
}

} // namespace

CampaignFolder::CampaignFolder(const std::string& path)
    : m_path(std::filesystem::absolute(path))
{
}

void
CampaignFolder::Open(const std::string& identity) const
{
    std::error_code error;
    std::filesystem::create_directories(m_path / "runs", error);
    Require(m_path / "runs", error);
    const std::filesystem::path plan = m_path / "plan.json";
    if (!std::filesystem::exists(plan, error))
    {
        // others may begin at the same time: all write the same
        const std::filesystem::path part =
            m_path /
            ("plan.json" + std::string(PART) + MachineName() + "-" + std::to_string(getpid()));
        WriteOutputFile(part.string(), [&identity](std::ostream& os) { os << identity; });
        std::filesystem::rename(part, plan, error);
        Require(plan, error);
    }
    const std::string found = ContentOf(plan);
    if (found != identity)
    {
        throw ScenarioError(plan.string(),
                            FirstDifference(found, identity),
                            "is not as it was when the runs in this folder were made",
                            "give another --output, or remove " + m_path.string());
    }
    RemoveRemains();
}

void
CampaignFolder::RemoveRemains() const
{
    std::error_code error;
    for (const auto& variant : std::filesystem::directory_iterator(m_path / "runs", error))
    {
        for (const auto& run : std::filesystem::directory_iterator(variant.path(), error))
        {
            if (IsRemains(run.path().filename().string()))
            {
                std::filesystem::remove_all(run.path(), error);
            }
        }
    }
    Require(m_path / "runs", error);
}

std::filesystem::path
CampaignFolder::GetRunFolder(const CampaignJob& job) const
{
    return m_path / "runs" / job.id;
}

bool
CampaignFolder::IsComplete(const CampaignJob& job) const
{
    std::error_code error; // what cannot be seen is not there
    return std::filesystem::exists(GetRunFolder(job) / "summary.json", error);
}

bool
CampaignFolder::HasFailed(const CampaignJob& job) const
{
    std::error_code error; // what cannot be seen is not there
    return std::filesystem::exists(GetRunFolder(job).string() + ".failed", error);
}

std::string
CampaignFolder::GetLastWords(const CampaignJob& job) const
{
    std::ifstream is(GetRunFolder(job).string() + ".failed/" + MESSAGES);
    std::string last;
    for (std::string line; std::getline(is, line);)
    {
        last = line.empty() ? last : line;
    }
    return last;
}

std::string
CampaignFolder::MakeCommand(const CampaignJob& job,
                            const std::string& program,
                            const std::vector<std::string>& files) const
{
    std::string run = QuoteForShell(program);
    for (const std::string& argument : job.arguments)
    {
        run += " " + QuoteForShell(argument);
    }
    std::string names;
    for (const std::string& file : files)
    {
        names += (names.empty() ? "" : ",") + file;
    }
    const std::string said = std::string("\"$p\"/") + MESSAGES;
    // "mv" fails if another process was faster with the same run: then its results are there
    return "d=" + QuoteForShell(GetRunFolder(job).string()) + "; p=\"$d" + PART +
           "$(uname -n)-$$\"; rm -rf \"$d.failed\"; mkdir -p \"$p\" || exit 1; if " + run +
           " --quiet --files=" + names + " --output=\"$p\" > /dev/null 2> " + said + "; then rm " +
           said +
           " && sync \"$p\"/* && { mv -T \"$p\" \"$d\" 2> /dev/null || { rm -rf \"$p\"; "
           "test -e \"$d/summary.json\"; }; }; else s=$?; mv -T \"$p\" \"$d.failed\"; exit $s; fi";
}

std::string
CampaignFolder::QuoteForShell(const std::string& text)
{
    std::string word = "'";
    for (const char c : text)
    {
        word += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return word + "'";
}

} // namespace qkdn
} // namespace ns3
