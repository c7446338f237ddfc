/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-json.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

using nlohmann::json;

namespace
{

/// Deepest nesting of objects and arrays that is read; a scenario needs 5.
constexpr std::size_t DEEPEST = 32;

/// The text is not JSON at all.
class SyntaxError : public ScenarioError
{
  public:
    using ScenarioError::ScenarioError;
};

/**
 * @ingroup qkdn-resilience
 * @brief Builds a JSON value from the events of nlohmann-json's parser, which by itself keeps
 * the last of two equal keys without a word.
 */
class StrictJsonBuilder : public nlohmann::json_sax<json>
{
  public:
    /**
     * @brief Constructor
     * @param text the text that is parsed
     * @param source name of the file
     * @param place where in the file the text stands, as JSON pointer
     */
    StrictJsonBuilder(const std::string& text, const std::string& source, const std::string& place)
        : m_text(text),
          m_source(source),
          m_place(place)
    {
    }

    /**
     * @brief The value.
     * @return the value, once parsing has ended
     */
    json TakeRoot()
    {
        return std::move(m_root);
    }

    /// @cond
    bool null() override
    {
        Add(nullptr);
        return true;
    }

    bool boolean(bool value) override
    {
        Add(value);
        return true;
    }

    bool number_integer(number_integer_t value) override
    {
        Add(value);
        return true;
    }

    bool number_unsigned(number_unsigned_t value) override
    {
        Add(value);
        return true;
    }

    bool number_float(number_float_t value, const string_t&) override
    {
        Add(value);
        return true;
    }

    bool string(string_t& value) override
    {
        Add(std::move(value));
        return true;
    }

    bool binary(binary_t& value) override
    {
        Add(json::binary(std::move(value)));
        return true;
    }

    bool start_object(std::size_t) override
    {
        Open(json::object());
        return true;
    }

    bool start_array(std::size_t) override
    {
        Open(json::array());
        return true;
    }

    bool end_object() override
    {
        m_open.pop_back();
        return true;
    }

    bool end_array() override
    {
        m_open.pop_back();
        return true;
    }

    bool key(string_t& name) override
    {
        if (m_open.back().value->contains(name))
        {
            throw ScenarioError(m_source,
                                ScenarioPlace(GetPlace(), name),
                                "the key appears twice in its object",
                                "keep one of them");
        }
        m_open.back().key = name;
        return true;
    }

    [[noreturn]] bool parse_error(std::size_t position,
                                  const std::string& token,
                                  const nlohmann::detail::exception& error) override
    {
        constexpr int OUT_OF_RANGE = 406; // of nlohmann-json: number overflow
        if (error.id == OUT_OF_RANGE)
        {
            throw ScenarioError(m_source,
                                GetValuePlace(),
                                Excerpt(token) + " is too large for a number",
                                "give one below 1e308");
        }
        throw SyntaxError(m_source, LineAndColumn(position), Reason(error.what()), "mend the JSON");
    }

    /// @endcond

  private:
    /// An object or array whose end was not yet read.
    struct Container
    {
        json* value;     //!< the object or array
        std::string key; //!< of an object: the key whose value comes next
    };

    /**
     * @brief Put a value where the parser is.
     * @param value the value
     * @return the value in its place
     */
    json* Add(json value)
    {
        if (m_open.empty())
        {
            m_root = std::move(value);
            return &m_root;
        }
        json& parent = *m_open.back().value;
        if (parent.is_array())
        {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        json& place = parent[m_open.back().key];
        place = std::move(value);
        return &place;
    }

    /**
     * @brief Begin an object or array.
     * @param value the empty object or array
     */
    void Open(json value)
    {
        if (m_open.size() == DEEPEST)
        {
            throw ScenarioError(m_source,
                                GetValuePlace(),
                                "objects and arrays are nested more than " +
                                    std::to_string(DEEPEST) + " deep",
                                "a scenario needs 5 levels");
        }
        m_open.push_back({Add(std::move(value)), ""});
    }

    /**
     * @brief The innermost object or array that is open.
     * @return its JSON pointer
     */
    std::string GetPlace() const
    {
        std::string place = m_place;
        for (std::size_t i = 0; i + 1 < m_open.size(); ++i)
        {
            const auto& open = m_open[i];
            place = ScenarioPlace(place,
                                  open.value->is_array() ? std::to_string(open.value->size() - 1)
                                                         : open.key);
        }
        return place;
    }

    /**
     * @brief Where the next value goes.
     * @return its JSON pointer
     */
    std::string GetValuePlace() const
    {
        if (m_open.empty())
        {
            return m_place;
        }
        const auto& open = m_open.back();
        return ScenarioPlace(GetPlace(),
                             open.value->is_array() ? std::to_string(open.value->size())
                                                    : open.key);
    }

    /**
     * @brief A position as people count it.
     * @param position number of bytes read, with the one that is wrong
     * @return line and column, from 1
     */
    std::string LineAndColumn(std::size_t position) const
    {
        const auto wrong =
            m_text.begin() +
            static_cast<std::ptrdiff_t>(std::min(position == 0 ? 0 : position - 1, m_text.size()));
        const auto line = 1 + std::count(m_text.begin(), wrong, '\n');
        auto lineStart = wrong;
        while (lineStart != m_text.begin() && *(lineStart - 1) != '\n')
        {
            --lineStart;
        }
        return "line " + std::to_string(line) + ", column " + std::to_string(wrong - lineStart + 1);
    }

    /**
     * @brief What the parser says, without its error number and position.
     * @param what text of the exception
     * @return the reason
     */
    static std::string Reason(std::string what)
    {
        // "[json.exception.parse_error.101] parse error at line 1, column 2: reason"
        const auto bracket = what.find("] ");
        if (bracket != std::string::npos)
        {
            what = what.substr(bracket + 2);
        }
        const auto colon = what.find(": ");
        if (colon != std::string::npos)
        {
            what = what.substr(colon + 2);
        }
        for (auto& c : what)
        {
            // the token may be cut within a character of UTF-8, or not be UTF-8
            c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
        }
        return what;
    }

    const std::string& m_text;     //!< the text
    const std::string& m_source;   //!< name of the file
    const std::string m_place;     //!< where in the file the text stands
    json m_root;                   //!< the value
    std::vector<Container> m_open; //!< objects and arrays around the parser, outermost first
};

/**
 * @brief Parse a text that stands somewhere in the file.
 * @param text the text
 * @param source name of the file
 * @param place where in the file, as JSON pointer
 * @return the value
 */
json
ParseStrictly(const std::string& text, const std::string& source, const std::string& place)
{
    StrictJsonBuilder builder(text, source, place);
    json::sax_parse(text, &builder); // errors leave as exceptions of the builder
    return builder.TakeRoot();
}

/**
 * @brief Parse the value of an override.
 * @param change the override
 * @param source name of the file
 * @return the JSON value, or a string if it is none
 */
json
ParseOverrideValue(const ScenarioOverride& change, const std::string& source)
{
    try
    {
        return ParseStrictly(change.value, source, change.pointer);
    }
    catch (const SyntaxError&)
    {
        return change.value; // plain words need no quotes on a command line
    }
}

/**
 * @brief Split a JSON pointer.
 * @param pointer the pointer
 * @param source name of the file
 * @return the keys and indices on the way
 */
std::vector<std::string>
SplitPointer(const std::string& pointer, const std::string& source)
{
    if (pointer.empty() || pointer[0] != '/')
    {
        throw ScenarioError(source,
                            "",
                            "\"" + Excerpt(pointer) + "\" is no place in the file",
                            "give a JSON pointer such as /sessions/0/toleration_s");
    }
    std::vector<std::string> steps;
    for (std::size_t i = 0; i < pointer.size(); ++i)
    {
        if (pointer[i] == '/')
        {
            steps.emplace_back();
        }
        else if (pointer[i] != '~')
        {
            steps.back() += pointer[i];
        }
        else if (i + 1 < pointer.size() && (pointer[i + 1] == '0' || pointer[i + 1] == '1'))
        {
            steps.back() += pointer[++i] == '0' ? '~' : '/';
        }
        else
        {
            throw ScenarioError(source,
                                pointer,
                                "\"~\" stands alone in a JSON pointer",
                                "write ~0 for \"~\" and ~1 for \"/\"");
        }
    }
    return steps;
}

/**
 * @brief The element of an array that a step of a pointer names.
 * @param array the array
 * @param step the step
 * @return the element, or nullptr if there is none
 */
json*
FindElement(json& array, const std::string& step)
{
    const bool digits = !step.empty() && step.size() < 10 &&
                        step.find_first_not_of("0123456789") == std::string::npos &&
                        (step.size() == 1 || step[0] != '0');
    if (!digits)
    {
        return nullptr;
    }
    const std::size_t index = std::stoul(step);
    return index < array.size() ? &array[index] : nullptr;
}

/**
 * @brief One step down.
 * @param value where to step from
 * @param step key or index
 * @return what is there, or nullptr
 */
json*
FindChild(json& value, const std::string& step)
{
    if (value.is_array())
    {
        return FindElement(value, step);
    }
    return value.is_object() && value.contains(step) ? &value[step] : nullptr;
}

/**
 * @brief Report a step that leads nowhere.
 * @param value where the step starts
 * @param place its JSON pointer
 * @param change the override
 * @param source name of the file
 */
[[noreturn]] void
FailStep(const json& value,
         const std::string& place,
         const ScenarioOverride& change,
         const std::string& source)
{
    const std::string here = place.empty() ? "the top level" : place;
    if (value.is_array())
    {
        throw ScenarioError(source,
                            change.pointer,
                            here + " has " + std::to_string(value.size()) +
                                " elements and none of this number",
                            "count from 0, or append with \"-\" as the last step");
    }
    if (value.is_object())
    {
        throw ScenarioError(source,
                            change.pointer,
                            "this place and the one above it do not exist",
                            "set a place in " + here + " first");
    }
    throw ScenarioError(source,
                        change.pointer,
                        here + " is a " + value.type_name() + " and holds nothing",
                        "end the pointer there");
}

} // namespace

json
ParseScenarioJson(const std::string& text, const std::string& source)
{
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    {
        throw ScenarioError(source, "", "the file is empty", "give one JSON object");
    }
    return ParseStrictly(text, source, "");
}

void
ApplyScenarioOverride(json& root, const ScenarioOverride& change, const std::string& source)
{
    const std::vector<std::string> steps = SplitPointer(change.pointer, source);
    json* holder = &root;
    std::string place;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i)
    {
        json* const next = FindChild(*holder, steps[i]);
        if (!next)
        {
            FailStep(*holder, place, change, source);
        }
        holder = next;
        place = ScenarioPlace(place, steps[i]);
    }
    json value = ParseOverrideValue(change, source);
    const json* const before = FindChild(*holder, steps.back());
    if (before && before->is_string() && value.is_number())
    {
        // names of nodes and fibres may look like numbers
        value = change.value;
    }
    if (holder->is_object())
    {
        (*holder)[steps.back()] = std::move(value);
        return;
    }
    if (holder->is_array() && steps.back() == "-")
    {
        holder->push_back(std::move(value));
        return;
    }
    json* const element = FindChild(*holder, steps.back());
    if (!element)
    {
        FailStep(*holder, place, change, source);
    }
    *element = std::move(value);
}

std::string
ScenarioPlace(const std::string& place, const std::string& key)
{
    std::string result = place + "/";
    for (const char c : key)
    {
        if (c == '~')
        {
            result += "~0";
        }
        else if (c == '/')
        {
            result += "~1";
        }
        else
        {
            result += c;
        }
    }
    return result;
}

} // namespace qkdn
} // namespace ns3
