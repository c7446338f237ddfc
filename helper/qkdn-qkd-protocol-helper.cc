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
#include "ns3/qkdn-object-text.h"
#include "ns3/qkdn-twin-field-protocol.h"

#include <algorithm>
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
    if (IsTypeName(name))
    {
        const ObjectOfText<QkdProtocol> made = MakeObjectOfText<QkdProtocol>(name);
        NS_ABORT_MSG_UNLESS(made.object,
                            "QKD protocol " << name << ": " << made.problem << "; " << made.mend);
        return made.object;
    }
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

} // namespace qkdn
} // namespace ns3
