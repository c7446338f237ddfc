/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ATTRIBUTE_TEXT_H
#define QKDN_ATTRIBUTE_TEXT_H

#include "ns3/object-base.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Set an attribute of an object to a value that a user wrote as text.
 *
 * ns-3 ends the program at some texts that it cannot read (numbers, times and, with assertions,
 * names); here they are refused. A whole number may be written with an exponent (1e6).
 *
 * @param object the object
 * @param attribute name of the attribute: a number, a truth value, a name, a time with its unit or
 * a text
 * @param value the value
 * @return empty if it is set, otherwise what to give instead
 */
[[nodiscard]] std::string SetAttributeText(ObjectBase& object,
                                           const std::string& attribute,
                                           const std::string& value);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ATTRIBUTE_TEXT_H */
