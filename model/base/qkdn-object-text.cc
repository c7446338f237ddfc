/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-object-text.h"

#include "qkdn-attribute-text.h"

#include "ns3/object-factory.h"

#include <set>
#include <sstream>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief What to give instead of a type that cannot be used.
 * @param instead what else would do
 * @param parent what types have to be derived from
 * @return that, and the names of the types that there are
 */
std::string
OrAnother(const std::string& instead, TypeId parent)
{
    std::set<std::string> names;
    for (uint16_t i = 0; i < TypeId::GetRegisteredN(); ++i)
    {
        const TypeId type = TypeId::GetRegistered(i);
        if (type.IsChildOf(parent) && type.HasConstructor())
        {
            names.insert(type.GetName());
        }
    }
    std::string mend = instead;
    for (const std::string& name : names)
    {
        mend += (name == *names.begin() ? ", or give " : ", ") + name;
    }
    return mend;
}

/**
 * @brief Set the attributes of an object.
 * @param text "Attribute=value|Attribute=value]"
 * @param [in,out] made the object; without it, what is wrong
 */
void
SetAttributes(const std::string& text, ObjectOfText<Object>& made)
{
    const std::string form = "give attributes as [Name=value|Name=value]";
    if (text.empty() || text.back() != ']')
    {
        made = {nullptr, "\"]\" is missing at the end", form};
        return;
    }
    std::istringstream parts(text.substr(0, text.size() - 1));
    for (std::string part; std::getline(parts, part, '|');)
    {
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos)
        {
            made = {nullptr, "\"" + part + "\" has no \"=\"", form};
            return;
        }
        const std::string name = part.substr(0, equals);
        const std::string mend = SetAttributeText(*made.object, name, part.substr(equals + 1));
        if (!mend.empty())
        {
            made = {nullptr, "\"" + part + "\" cannot be set", mend};
            return;
        }
    }
}

} // namespace

bool
IsTypeName(const std::string& name)
{
    return name.find("::") != std::string::npos;
}

std::string
TypeNameOf(const std::string& text)
{
    return text.substr(0, text.find('['));
}

ObjectOfText<Object>
MakeObjectOfText(const std::string& text, TypeId parent)
{
    const std::string name = TypeNameOf(text);
    const std::string what = "\"" + name + "\"";
    TypeId type;
    if (!TypeId::LookupByNameFailSafe(name, &type))
    {
        return {nullptr,
                "no type is called " + what,
                OrAnother("register it in the program (NS_OBJECT_ENSURE_REGISTERED)", parent)};
    }
    if (type == parent || !type.IsChildOf(parent))
    {
        return {nullptr,
                what + " is not derived from " + parent.GetName(),
                OrAnother("derive it", parent)};
    }
    if (!type.HasConstructor())
    {
        return {nullptr,
                what + " has no constructor",
                OrAnother("add it to its TypeId (AddConstructor)", parent)};
    }
    ObjectFactory factory;
    factory.SetTypeId(type);
    ObjectOfText<Object> made{factory.Create<Object>(), "", ""};
    if (name.size() < text.size())
    {
        SetAttributes(text.substr(name.size() + 1), made);
    }
    return made;
}

} // namespace qkdn
} // namespace ns3
