/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-protocol-helper.h"

#include "ns3/abort.h"
#include "ns3/object-factory.h"
#include "ns3/qkdn-bbm92-protocol.h"
#include "ns3/qkdn-cv-qkd-protocol.h"
#include "ns3/qkdn-decoy-bb84-finite-protocol.h"
#include "ns3/qkdn-decoy-bb84-protocol.h"
#include "ns3/qkdn-measured-rate-protocol.h"
#include "ns3/qkdn-twin-field-protocol.h"
#include "ns3/string.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <utility>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief The protocols and their names.
 * @return in the order in which they are listed
 */
const std::vector<std::pair<std::string, TypeId>>&
Protocols()
{
    static const std::vector<std::pair<std::string, TypeId>> protocols = {
        {"decoy-bb84", DecoyBb84Protocol::GetTypeId()},
        {"decoy-bb84-finite", DecoyBb84FiniteProtocol::GetTypeId()},
        {"cv-qkd", CvQkdProtocol::GetTypeId()},
        {"bbm92", Bbm92Protocol::GetTypeId()},
        {"twin-field", TwinFieldProtocol::GetTypeId()},
        {"measured", MeasuredRateProtocol::GetTypeId()}};
    return protocols;
}

/**
 * @brief Whether a text is one number.
 * @param text the text
 * @return true if so
 */
bool
IsNumber(const std::string& text)
{
    std::istringstream stream(text);
    double value = 0.0;
    stream >> value;
    return !stream.fail() && stream.eof();
}

/**
 * @brief A whole number without exponent and sign.
 * @param text a number, for example 1e6
 * @return its digits; empty if it is no whole number from 0 to 2^53
 */
std::string
ToWhole(const std::string& text)
{
    constexpr double LARGEST = 9007199254740992.0;
    std::istringstream stream(text);
    double value = -1.0;
    stream >> value;
    const bool whole = !stream.fail() && stream.eof() && value >= 0.0 && value <= LARGEST &&
                       value == std::floor(value);
    return whole ? std::to_string(static_cast<uint64_t>(value)) : "";
}

} // namespace

std::vector<std::string>
QkdProtocolHelper::GetNames()
{
    std::vector<std::string> names;
    for (const auto& protocol : Protocols())
    {
        names.push_back(protocol.first);
    }
    return names;
}

Ptr<QkdProtocol>
QkdProtocolHelper::Create(const std::string& name)
{
    const auto& all = Protocols();
    const auto found =
        std::find_if(all.begin(), all.end(), [&name](const auto& p) { return p.first == name; });
    NS_ABORT_MSG_IF(found == all.end(), "no QKD protocol is called \"" << name << "\"");
    ObjectFactory factory;
    factory.SetTypeId(found->second);
    return factory.Create<QkdProtocol>();
}

std::vector<std::string>
QkdProtocolHelper::GetPresetNames(const std::string& name)
{
    return Create(name)->GetPresetNames();
}

std::string
QkdProtocolHelper::SetAttribute(Ptr<QkdProtocol> protocol,
                                const std::string& attribute,
                                const std::string& value)
{
    const std::string type = protocol->GetInstanceTypeId().GetName();
    TypeId::AttributeInformation information;
    if (!protocol->GetInstanceTypeId().LookupAttributeByName(attribute, &information))
    {
        return "give an attribute of " + type;
    }
    // ns-3 ends the program at a text that is no number
    const std::string kind = information.checker->GetValueTypeName();
    std::string text = value;
    bool sound = true;
    if (kind == "ns3::DoubleValue")
    {
        sound = IsNumber(text);
    }
    else if (kind == "ns3::UintegerValue")
    {
        text = ToWhole(value);
        sound = !text.empty();
    }
    if (sound && protocol->SetAttributeFailSafe(attribute, StringValue(text)))
    {
        return "";
    }
    return "give a value that " + type + "::" + attribute + " accepts (" +
           information.checker->GetUnderlyingTypeInformation() + ")";
}

} // namespace qkdn
} // namespace ns3
