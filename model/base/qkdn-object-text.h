/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_OBJECT_TEXT_H
#define QKDN_OBJECT_TEXT_H

#include "ns3/object.h"
#include "ns3/ptr.h"
#include "ns3/type-id.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief An object that was made from text, or why it could not be made.
 * @tparam T its base class
 */
template <typename T>
struct ObjectOfText
{
    Ptr<T> object;       //!< the object, null if it could not be made
    std::string problem; //!< empty, or what is wrong with the text
    std::string mend;    //!< then what to give instead
};

/**
 * @ingroup qkdn-resilience
 * @brief Whether a name is that of an ns-3 type and not one of this module's short names.
 * @param name the name
 * @return true if there is a "::" in it
 */
bool IsTypeName(const std::string& name);

/**
 * @ingroup qkdn-resilience
 * @brief The name of the type in the text of an object.
 * @param text name and attributes
 * @return what is before the first "["
 */
std::string TypeNameOf(const std::string& text);

/**
 * @ingroup qkdn-resilience
 * @brief Make an object that a user wrote as text, in the form in which ns-3 writes object
 * factories: "ns3::Name" or "ns3::Name[Attribute=value|Attribute=value]".
 *
 * The type may be defined anywhere in the program: it has to be registered
 * (NS_OBJECT_ENSURE_REGISTERED) and to have a constructor (AddConstructor).
 *
 * @param text the text
 * @param parent type that its type has to be derived from
 * @return the object, or what is wrong
 */
ObjectOfText<Object> MakeObjectOfText(const std::string& text, TypeId parent);

/**
 * @ingroup qkdn-resilience
 * @brief Make an object of a base class that a user wrote as text.
 * @tparam T the base class
 * @param text the text
 * @return the object, or what is wrong
 */
template <typename T>
ObjectOfText<T>
MakeObjectOfText(const std::string& text)
{
    const ObjectOfText<Object> made = MakeObjectOfText(text, T::GetTypeId());
    return {DynamicCast<T>(made.object), made.problem, made.mend};
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_OBJECT_TEXT_H */
