/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-object.h"

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-json.h"

#include "ns3/abort.h"
#include "ns3/qkdn-object-text.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace qkdn
{

using nlohmann::json;

ScenarioObject::ScenarioObject(const json& value,
                               std::string place,
                               const ScenarioKeyTable& keys,
                               std::string source)
    : m_value(&value),
      m_place(std::move(place)),
      m_keys(&keys),
      m_source(std::move(source))
{
    if (!value.is_object())
    {
        const bool top = m_place.empty();
        throw ScenarioError(m_source,
                            top ? "the top level" : m_place,
                            Describe(value) + " stands where an object should",
                            top ? "give one object with \"name\", \"simulation\" and \"nodes\""
                                : "give an object, { ... }");
    }
    CheckUnknownKeys();
    CheckMissingKeys();
}

void
ScenarioObject::CheckUnknownKeys() const
{
    std::vector<std::string> known;
    std::string list;
    for (const auto& key : m_keys->keys)
    {
        known.push_back(key.name);
        list += (list.empty() ? "" : ", ") + key.name;
    }
    for (const auto& item : m_value->items())
    {
        if (std::find(known.begin(), known.end(), item.key()) == known.end())
        {
            const std::string meant = DidYouMean(item.key(), known);
            throw ScenarioError(m_source,
                                ScenarioPlace(m_place, Excerpt(item.key())),
                                "unknown key" + meant,
                                (meant.empty() ? "remove it" : "rename or remove it") +
                                    std::string("; known here: ") + list);
        }
    }
}

void
ScenarioObject::CheckMissingKeys() const
{
    for (const auto& key : m_keys->keys)
    {
        if (key.required && !Has(key.name))
        {
            Fail(key.name, "missing");
        }
    }
}

bool
ScenarioObject::Has(const std::string& key) const
{
    GetKey(key);
    return m_value->contains(key);
}

const ScenarioKey&
ScenarioObject::GetKey(const std::string& key) const
{
    const auto it = std::find_if(m_keys->keys.begin(),
                                 m_keys->keys.end(),
                                 [&key](const auto& entry) { return entry.name == key; });
    NS_ABORT_MSG_IF(it == m_keys->keys.end(), m_keys->kind << " has no key " << key);
    return *it;
}

const std::string&
ScenarioObject::GetSource() const
{
    return m_source;
}

void
ScenarioObject::Fail(const std::string& key, const std::string& problem) const
{
    Fail(key, problem, "give " + GetKey(key).value);
}

void
ScenarioObject::Fail(const std::string& key,
                     const std::string& problem,
                     const std::string& mend) const
{
    throw ScenarioError(m_source, ScenarioPlace(m_place, key), problem, mend);
}

std::string
ScenarioObject::Describe(const json& value)
{
    if (value.is_object() || value.is_array())
    {
        return std::string("an ") + value.type_name();
    }
    // the value of an override may be no UTF-8
    return Excerpt(value.dump(-1, ' ', false, json::error_handler_t::replace));
}

void
ScenarioObject::FailType(const std::string& key, const json& value) const
{
    const bool scalar = value.is_string() || value.is_number() || value.is_boolean();
    Fail(key,
         Describe(value) + (scalar ? std::string(" is a ") + value.type_name()
                                   : std::string(" has the wrong type")));
}

double
ScenarioObject::GetNumber(const std::string& key) const
{
    const json& value = m_value->at(key);
    if (!value.is_number())
    {
        FailType(key, value);
    }
    const ScenarioKey& range = GetKey(key);
    const auto number = value.get<double>();
    if (number >= range.minimum && number <= range.maximum &&
        !(range.exclusiveMinimum && number == range.minimum))
    {
        return number;
    }
    if (number > range.maximum)
    {
        Fail(key, Describe(value) + " is too large");
    }
    if (number < 0 && range.minimum >= 0)
    {
        Fail(key, Describe(value) + " is negative");
    }
    Fail(key, Describe(value) + (number == 0 ? " is zero" : " is too small"));
}

void
ScenarioObject::Read(const std::string& key, double& result) const
{
    if (Has(key))
    {
        result = GetNumber(key);
    }
}

void
ScenarioObject::Read(const std::string& key, std::optional<double>& result) const
{
    if (Has(key))
    {
        result = GetNumber(key);
    }
}

void
ScenarioObject::Read(const std::string& key, uint64_t& result) const
{
    if (!Has(key))
    {
        return;
    }
    // all ranges end below 2^53, so that a double holds every whole number in them
    const double number = GetNumber(key);
    if (number != std::floor(number))
    {
        Fail(key, Describe(m_value->at(key)) + " is no whole number");
    }
    result = static_cast<uint64_t>(number);
}

void
ScenarioObject::Read(const std::string& key, uint32_t& result) const
{
    uint64_t number = result;
    Read(key, number);
    result = static_cast<uint32_t>(number);
}

void
ScenarioObject::Read(const std::string& key, Time& result) const
{
    if (Has(key))
    {
        result = Seconds(GetNumber(key));
    }
}

void
ScenarioObject::Read(const std::string& key, std::optional<Time>& result) const
{
    if (Has(key))
    {
        Time time;
        Read(key, time);
        result = time;
    }
}

void
ScenarioObject::ReadTimeOrWord(const std::string& key,
                               const std::string& word,
                               Time& result,
                               bool& isWord) const
{
    if (Has(key) && m_value->at(key).is_string())
    {
        FindName(key, {word});
        isWord = true;
        return;
    }
    Read(key, result);
}

void
ScenarioObject::Read(const std::string& key, bool& result) const
{
    if (!Has(key))
    {
        return;
    }
    const json& value = m_value->at(key);
    if (!value.is_boolean())
    {
        FailType(key, value);
    }
    result = value.get<bool>();
}

void
ScenarioObject::Read(const std::string& key, std::string& result) const
{
    if (!Has(key))
    {
        return;
    }
    const json& value = m_value->at(key);
    if (!value.is_string())
    {
        FailType(key, value);
    }
    result = value.get<std::string>();
}

void
ScenarioObject::ReadId(const std::string& key, std::string& result) const
{
    if (!Has(key))
    {
        return;
    }
    Read(key, result);
    const auto characters = std::count_if(result.begin(), result.end(), [](unsigned char c) {
        return (c & 0xc0) != 0x80; // not a continuation byte of UTF-8
    });
    constexpr std::size_t MOST_BYTES = 255; // of a text in a message
    if (characters < 1 || characters > 64 || result.size() > MOST_BYTES)
    {
        Fail(key,
             Describe(result) + " has " + std::to_string(characters) + " characters in " +
                 std::to_string(result.size()) + " bytes");
    }
    if (std::any_of(result.begin(), result.end(), [](unsigned char c) {
            return c < 0x20 || c == 0x7f || c == '/';
        }))
    {
        Fail(key, Describe(result) + " contains \"/\" or a control character");
    }
}

void
ScenarioObject::Read(const std::string& key, std::vector<std::string>& result) const
{
    if (!Has(key))
    {
        return;
    }
    const json& value = m_value->at(key);
    if (!value.is_array())
    {
        FailType(key, value);
    }
    for (std::size_t i = 0; i < value.size(); ++i)
    {
        if (!value[i].is_string())
        {
            throw ScenarioError(m_source,
                                ScenarioPlace(ScenarioPlace(m_place, key), std::to_string(i)),
                                Describe(value[i]) + " is no string",
                                "give " + GetKey(key).value);
        }
        result.push_back(value[i].get<std::string>());
    }
}

void
ScenarioObject::ReadTextsOrWord(const std::string& key,
                                const std::string& word,
                                std::vector<std::string>& result) const
{
    if (Has(key) && m_value->at(key).is_string())
    {
        FindName(key, {word});
        return;
    }
    Read(key, result);
    if (Has(key) && result.empty())
    {
        Fail(key, "the array is empty");
    }
}

void
ScenarioObject::Read(const std::string& key, std::map<std::string, std::string>& result) const
{
    if (!Has(key))
    {
        return;
    }
    const json& value = m_value->at(key);
    if (!value.is_object())
    {
        FailType(key, value);
    }
    constexpr double WHOLE = 9007199254740992; // 2^53: larger doubles may stand for other numbers
    for (const auto& item : value.items())
    {
        const json& attribute = item.value();
        if (attribute.is_string())
        {
            result[item.key()] = attribute.get<std::string>();
            continue;
        }
        if (attribute.is_boolean())
        {
            result[item.key()] = attribute.dump();
            continue;
        }
        if (!attribute.is_number())
        {
            throw ScenarioError(m_source,
                                ScenarioPlace(ScenarioPlace(m_place, key), item.key()),
                                Describe(attribute) + " is neither a number nor a string",
                                "give one, such as 2e6 or \"infinite-decoy\", or true or false");
        }
        const auto number = attribute.get<double>();
        // an integer attribute refuses "10000.0", which 1e4 would become
        const bool whole =
            attribute.is_number_float() && std::abs(number) < WHOLE && number == std::floor(number);
        result[item.key()] = whole ? std::to_string(std::llround(number)) : attribute.dump();
    }
}

std::size_t
ScenarioObject::FindName(const std::string& key, const std::vector<std::string>& known) const
{
    std::string name;
    Read(key, name);
    const auto it = std::find(known.begin(), known.end(), name);
    if (it == known.end())
    {
        Fail(key, Describe(name) + " is not known" + DidYouMean(name, known));
    }
    return static_cast<std::size_t>(it - known.begin());
}

ScenarioObject
ScenarioObject::GetObject(const std::string& key, const std::string& kind) const
{
    return {m_value->at(key), ScenarioPlace(m_place, key), GetScenarioKeys(kind), m_source};
}

std::optional<ScenarioObject>
ScenarioObject::GetObjectOrText(const std::string& key, const std::string& kind) const
{
    const json& value = m_value->at(key);
    if (!value.is_object() && !value.is_string())
    {
        throw ScenarioError(m_source,
                            ScenarioPlace(m_place, key),
                            Describe(value) + " is neither a string nor an object",
                            "give " + GetKey(key).value);
    }
    return value.is_object() ? std::optional<ScenarioObject>(GetObject(key, kind)) : std::nullopt;
}

ScenarioObject
ScenarioObject::GetVariant(const std::string& key,
                           const std::string& selector,
                           const std::vector<std::string>& kinds,
                           const std::string& otherKind) const
{
    const json& value = m_value->at(key);
    if (!value.is_object())
    {
        return GetObject(key, kinds.front());
    }
    if (value.contains(selector) && value[selector].is_string() &&
        IsTypeName(value[selector].get<std::string>()))
    {
        return GetObject(key, otherKind);
    }
    // the selector comes first: with a wrong one, other keys would be called unknown
    ScenarioKeyTable selectorOnly = GetScenarioKeys(kinds.front());
    selectorOnly.keys.erase(
        std::remove_if(selectorOnly.keys.begin(),
                       selectorOnly.keys.end(),
                       [&selector](const auto& entry) { return entry.name != selector; }),
        selectorOnly.keys.end());
    json selection = json::object();
    if (value.contains(selector))
    {
        selection[selector] = value[selector];
    }
    const ScenarioObject object(selection, ScenarioPlace(m_place, key), selectorOnly, m_source);
    return GetObject(key, kinds[object.FindName(selector, kinds)]);
}

std::vector<ScenarioObject>
ScenarioObject::GetObjects(const std::string& key, const std::string& kind) const
{
    std::vector<ScenarioObject> objects;
    if (!Has(key))
    {
        return objects;
    }
    const json& value = m_value->at(key);
    if (!value.is_array())
    {
        FailType(key, value);
    }
    for (std::size_t i = 0; i < value.size(); ++i)
    {
        objects.emplace_back(value[i],
                             ScenarioPlace(ScenarioPlace(m_place, key), std::to_string(i)),
                             GetScenarioKeys(kind),
                             m_source);
    }
    return objects;
}

std::vector<std::variant<std::string, ScenarioObject>>
ScenarioObject::GetTextsOrObjects(const std::string& key, const std::string& kind) const
{
    std::vector<std::variant<std::string, ScenarioObject>> elements;
    const json& value = m_value->at(key);
    if (!value.is_array())
    {
        FailType(key, value);
    }
    for (std::size_t i = 0; i < value.size(); ++i)
    {
        const std::string place = ScenarioPlace(ScenarioPlace(m_place, key), std::to_string(i));
        if (value[i].is_string())
        {
            elements.emplace_back(value[i].get<std::string>());
        }
        else if (value[i].is_object())
        {
            elements.emplace_back(ScenarioObject(value[i], place, GetScenarioKeys(kind), m_source));
        }
        else
        {
            throw ScenarioError(m_source,
                                place,
                                Describe(value[i]) + " is neither a string nor an object",
                                "give " + GetKey(key).value);
        }
    }
    return elements;
}

} // namespace qkdn
} // namespace ns3
