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
        throw ScenarioSyntaxError(m_source,
                                  LineAndColumn(position),
                                  Reason(error.what()),
                                  "mend the JSON");
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

} // namespace

json
ParseScenarioJson(const std::string& text, const std::string& source, const std::string& place)
{
    StrictJsonBuilder builder(text, source, place);
    json::sax_parse(text, &builder); // errors leave as exceptions of the builder
    return builder.TakeRoot();
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
