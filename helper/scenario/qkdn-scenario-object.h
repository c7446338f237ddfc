/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_OBJECT_H
#define QKDN_SCENARIO_OBJECT_H

// Private to this folder: it includes nlohmann-json and is not among the module's headers.

#include "qkdn-scenario-keys.h"

#include "ns3/nstime.h"

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief One JSON object of a scenario file with its place and the table of its keys.
 *
 * The methods Read...() leave their result as it is, with its default, if the object does not
 * have the key. All throw ScenarioError.
 */
class ScenarioObject
{
  public:
    /// Names of the values of an enumeration.
    template <typename E>
    using Names = std::vector<std::pair<const char*, E>>;

    /**
     * @brief Constructor; checks that it is an object, that no key is unknown and none missing.
     * @param value the JSON value, which must outlive this object
     * @param place its JSON pointer
     * @param keys its keys
     * @param source name of the file
     */
    ScenarioObject(const nlohmann::json& value,
                   std::string place,
                   const ScenarioKeyTable& keys,
                   std::string source);

    /**
     * @brief Whether a key is there.
     * @param key the key
     * @return true if it is
     */
    bool Has(const std::string& key) const;

    /**
     * @brief Read a number in the range of the table.
     * @param key the key
     * @param result the number
     */
    void Read(const std::string& key, double& result) const;

    /**
     * @brief Read a number that has no default.
     * @param key the key
     * @param result the number
     */
    void Read(const std::string& key, std::optional<double>& result) const;

    /**
     * @brief Read a whole number in the range of the table.
     * @param key the key
     * @param result the number
     */
    void Read(const std::string& key, uint64_t& result) const;

    /**
     * @brief Read a whole number in the range of the table, which is within 32 bits.
     * @param key the key
     * @param result the number
     */
    void Read(const std::string& key, uint32_t& result) const;

    /**
     * @brief Read a time in seconds in the range of the table.
     * @param key the key
     * @param result the time
     */
    void Read(const std::string& key, Time& result) const;

    /**
     * @brief Read a time that has no default.
     * @param key the key
     * @param result the time
     */
    void Read(const std::string& key, std::optional<Time>& result) const;

    /**
     * @brief Read a time in seconds in the range of the table, or a word that stands for one.
     * @param key the key
     * @param word the word
     * @param result the time, if it is one
     * @param isWord whether it is the word
     */
    void ReadTimeOrWord(const std::string& key,
                        const std::string& word,
                        Time& result,
                        bool& isWord) const;

    /**
     * @brief Read true or false.
     * @param key the key
     * @param result the value
     */
    void Read(const std::string& key, bool& result) const;

    /**
     * @brief Read any text.
     * @param key the key
     * @param result the text
     */
    void Read(const std::string& key, std::string& result) const;

    /**
     * @brief Read the id of an object: 1 to 64 characters without "/" and control characters.
     * @param key the key
     * @param result the id
     */
    void ReadId(const std::string& key, std::string& result) const;

    /**
     * @brief Read an array of texts.
     * @param key the key
     * @param result the texts
     */
    void Read(const std::string& key, std::vector<std::string>& result) const;

    /**
     * @brief Read an array of texts that is not empty, or a word that stands for one.
     * @param key the key
     * @param word the word
     * @param result the texts; empty if it is the word
     */
    void ReadTextsOrWord(const std::string& key,
                         const std::string& word,
                         std::vector<std::string>& result) const;

    /**
     * @brief Read attribute values of an ns-3 object: numbers, texts, true or false.
     * @param key the key
     * @param result attribute names and values in text form
     */
    void Read(const std::string& key, std::map<std::string, std::string>& result) const;

    /**
     * @brief Read a value of an enumeration.
     * @tparam E the enumeration
     * @param key the key
     * @param names the names of its values
     * @param result the value
     */
    template <typename E>
    void Read(const std::string& key, const Names<E>& names, E& result) const
    {
        std::vector<std::string> known;
        for (const auto& name : names)
        {
            known.emplace_back(name.first);
        }
        if (Has(key))
        {
            result = names[FindName(key, known)].second;
        }
    }

    /**
     * @brief An object in this one.
     * @param key its key, which this object must have
     * @param kind its kind
     * @return the object
     */
    ScenarioObject GetObject(const std::string& key, const std::string& kind) const;

    /**
     * @brief A text or an object in this one.
     * @param key its key, which this object must have
     * @param kind its kind if it is an object
     * @return the object; nothing if it is a text
     */
    std::optional<ScenarioObject> GetObjectOrText(const std::string& key,
                                                  const std::string& kind) const;

    /**
     * @brief An object in this one whose keys depend on the value of one of them.
     * @param key its key, which this object must have
     * @param selector the key that decides
     * @param kinds the values of the selector, which are also the kinds
     * @param otherKind the kind if the value is the name of an ns-3 type
     * @return the object
     */
    ScenarioObject GetVariant(const std::string& key,
                              const std::string& selector,
                              const std::vector<std::string>& kinds,
                              const std::string& otherKind) const;

    /**
     * @brief The objects of an array in this object.
     * @param key key of the array
     * @param kind kind of its elements
     * @return the objects; none if this object does not have the key
     */
    std::vector<ScenarioObject> GetObjects(const std::string& key, const std::string& kind) const;

    /**
     * @brief The elements of an array in this object that are texts or objects.
     * @param key key of the array, which this object must have
     * @param kind kind of the objects
     * @return for each element its text, or the object
     */
    std::vector<std::variant<std::string, ScenarioObject>> GetTextsOrObjects(
        const std::string& key,
        const std::string& kind) const;

    /**
     * @brief The file.
     * @return its name
     */
    const std::string& GetSource() const;

    /**
     * @brief Report that the value of a key is wrong.
     * @param key the key
     * @param problem what is wrong; the table knows the mend
     */
    [[noreturn]] void Fail(const std::string& key, const std::string& problem) const;

    /**
     * @brief Report that the value of a key is wrong.
     * @param key the key
     * @param problem what is wrong
     * @param mend what to do about it
     */
    [[noreturn]] void Fail(const std::string& key,
                           const std::string& problem,
                           const std::string& mend) const;

    /**
     * @brief A value as it appears in an error message.
     * @param value the value
     * @return the start of its JSON text, or "an object" or "an array"
     */
    static std::string Describe(const nlohmann::json& value);

  private:
    /**
     * @brief The table's entry for a key.
     * @param key the key
     * @return the entry
     */
    const ScenarioKey& GetKey(const std::string& key) const;

    /// Check that no key is unknown.
    void CheckUnknownKeys() const;

    /// Check that no required key is missing.
    void CheckMissingKeys() const;

    /**
     * @brief A number in the range of the table.
     * @param key the key, which this object has
     * @return the number
     */
    double GetNumber(const std::string& key) const;

    /**
     * @brief Which of some names a key has.
     * @param key the key, which this object has
     * @param known the names
     * @return index of the name
     */
    std::size_t FindName(const std::string& key, const std::vector<std::string>& known) const;

    /**
     * @brief Report that a value has another type than it should.
     * @param key the key
     * @param value the value
     */
    [[noreturn]] void FailType(const std::string& key, const nlohmann::json& value) const;

    const nlohmann::json* m_value;  //!< the JSON object
    std::string m_place;            //!< its JSON pointer
    const ScenarioKeyTable* m_keys; //!< its keys
    std::string m_source;           //!< name of the file
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_OBJECT_H */
