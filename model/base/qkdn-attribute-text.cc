/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-attribute-text.h"

#include "ns3/string.h"
#include "ns3/type-id.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <sstream>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Gives the text that ns-3 is to read; nothing if it would end the program.
using TextCheck =
    std::function<std::optional<std::string>(const std::string& value, const AttributeChecker&)>;

std::optional<double>
ToNumber(const std::string& text)
{
    std::istringstream stream(text);
    double value = 0.0;
    stream >> value;
    return !stream.fail() && stream.eof() ? std::optional<double>(value) : std::nullopt;
}

std::optional<std::string>
CheckNumber(const std::string& value, const AttributeChecker&)
{
    return ToNumber(value) ? std::optional<std::string>(value) : std::nullopt;
}

/// Digits of a whole number from 0 to 2^53, below which all of them are exact.
std::optional<std::string>
CheckWhole(const std::string& value, const AttributeChecker&)
{
    constexpr double LARGEST = 9007199254740992.0;
    const double number = ToNumber(value).value_or(-1.0);
    if (number < 0.0 || number > LARGEST || number != std::floor(number))
    {
        return std::nullopt;
    }
    return std::to_string(static_cast<uint64_t>(number));
}

/// One of the names that the checker lists as "one|another".
std::optional<std::string>
CheckName(const std::string& value, const AttributeChecker& checker)
{
    std::istringstream names(checker.GetUnderlyingTypeInformation());
    for (std::string name; std::getline(names, name, '|');)
    {
        if (name == value)
        {
            return value;
        }
    }
    return std::nullopt;
}

std::optional<std::string>
CheckTime(const std::string& value, const AttributeChecker&)
{
    static const std::regex shape(R"([+-]?[0-9]+(\.[0-9]+)?(s|ms|us|ns|ps|fs|min|h|d|y))");
    return std::regex_match(value, shape) ? std::optional<std::string>(value) : std::nullopt;
}

std::optional<std::string>
CheckAny(const std::string& value, const AttributeChecker&)
{
    return value;
}

/// A kind of value without what some releases of ns-3 write around it: its namespace, and the type
/// that it is a template of.
std::string
ShortKind(const std::string& kind)
{
    const std::string name = kind.substr(0, kind.find('<'));
    return name.substr(name.rfind(':') + 1);
}

/// What can be set from text, by the short name of the kind of value.
const std::map<std::string, TextCheck>&
Checks()
{
    static const std::map<std::string, TextCheck> checks = {{"DoubleValue", CheckNumber},
                                                            {"UintegerValue", CheckWhole},
                                                            {"EnumValue", CheckName},
                                                            {"TimeValue", CheckTime},
                                                            {"BooleanValue", CheckAny},
                                                            {"StringValue", CheckAny}};
    return checks;
}

/// The attributes of a type and its parents that can be given as text, with commas between them.
std::string
ListAttributes(TypeId type)
{
    std::string list;
    for (bool isLast = false; !isLast; type = type.GetParent())
    {
        for (std::size_t i = 0; i < type.GetAttributeN(); ++i)
        {
            const TypeId::AttributeInformation information = type.GetAttribute(i);
            if (Checks().count(ShortKind(information.checker->GetValueTypeName())) > 0)
            {
                list += (list.empty() ? "" : ", ") + information.name;
            }
        }
        isLast = !type.HasParent() || type.GetParent() == type;
    }
    return list;
}

} // namespace

std::string
SetAttributeText(ObjectBase& object, const std::string& attribute, const std::string& value)
{
    const TypeId type = object.GetInstanceTypeId();
    TypeId::AttributeInformation information;
    const bool known = type.LookupAttributeByName(attribute, &information);
    const std::string kind = known ? information.checker->GetValueTypeName() : "";
    const auto check = Checks().find(ShortKind(kind));
    if (check == Checks().end())
    {
        return "give an attribute of " + type.GetName() + ": " + ListAttributes(type);
    }
    const auto text = check->second(value, *information.checker);
    if (text && object.SetAttributeFailSafe(attribute, StringValue(*text)))
    {
        return "";
    }
    return "give a value that " + type.GetName() + "::" + attribute + " accepts (" +
           information.checker->GetUnderlyingTypeInformation() + ")";
}

} // namespace qkdn
} // namespace ns3
