/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-fingerprint.h"

#include "ns3/qkdn-scenario-error.h"
#include "ns3/qkdn-scenario-reader.h"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief The content of a file.
 * @param path the file
 * @param [out] content its bytes
 * @return whether it could be read
 */
bool
ReadContent(const std::filesystem::path& path, std::string& content)
{
    std::ifstream is(path, std::ios::binary);
    content.assign(std::istreambuf_iterator<char>(is), std::istreambuf_iterator<char>());
    return static_cast<bool>(is);
}

/**
 * @brief Whether the value of a key names a file.
 * @param key the key
 * @return true if so
 */
bool
NamesFile(const std::string& key)
{
    const std::string end = "_file";
    return key == "fault_trace" ||
           (key.size() >= end.size() && key.compare(key.size() - end.size(), end.size(), end) == 0);
}

/**
 * @brief Collect the files that a value names.
 * @param key the key of the value
 * @param value the value
 * @param [in,out] files their names
 */
void
CollectFiles(const std::string& key, const nlohmann::json& value, std::set<std::string>& files)
{
    if (value.is_string() && NamesFile(key))
    {
        files.insert(value.get<std::string>());
    }
    if (value.is_structured())
    {
        for (const auto& item : value.items())
        {
            CollectFiles(value.is_object() ? item.key() : std::string(), item.value(), files);
        }
    }
}

} // namespace

std::string
FingerprintScenario(const std::string& path, const std::vector<std::string>& sets)
{
    std::string text;
    if (!ReadContent(path, text))
    {
        throw ScenarioError(path,
                            "",
                            "the file cannot be read",
                            "give the path of a scenario file");
    }
    std::set<std::string> files;
    CollectFiles("", nlohmann::json::parse(text, nullptr, false), files);
    for (const std::string& set : sets)
    {
        const ScenarioOverride change = ScenarioReader::ParseOverride(set);
        const auto value = nlohmann::json::parse(change.value, nullptr, false);
        CollectFiles(change.pointer.substr(change.pointer.rfind('/') + 1),
                     value.is_discarded() ? nlohmann::json(change.value) : value,
                     files);
    }
    for (const std::string& name : files)
    {
        std::string content; // a file that is missing is none that the run reads
        if (ReadContent(std::filesystem::path(path).parent_path() / name, content))
        {
            text += '\0' + name + '\0' + content;
        }
    }
    const boost::uuids::name_generator_sha1 generator(boost::uuids::ns::oid());
    return boost::uuids::to_string(generator(text));
}

} // namespace qkdn
} // namespace ns3
