/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-protocol.h"

#include "qkdn-scenario-error.h"

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/qkdn-attribute-text.h"
#include "ns3/qkdn-qkd-protocol-helper.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <filesystem>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Set what only a measured rate has.
 * @param measured what the scenario says
 * @param source name of the scenario file
 * @param protocol the protocol
 */
void
SetMeasured(const ScenarioProtocol& measured, const std::string& source, Ptr<QkdProtocol> protocol)
{
    protocol->SetAttribute("Law", EnumValue(measured.law));
    protocol->SetAttribute("BlockKeyBits", UintegerValue(measured.blockKeyBit));
    if (measured.law != RATE_TRACE)
    {
        protocol->SetAttribute("Rate", DoubleValue(measured.rateBps));
        protocol->SetAttribute("Qber", DoubleValue(measured.qber));
        return;
    }
    // an absolute path stays as it is
    const std::filesystem::path folder = std::filesystem::path(source).parent_path();
    protocol->SetAttribute("TraceFile", StringValue((folder / measured.traceFile).string()));
}

} // namespace

std::string
GetScenarioProtocolName(ScenarioProtocolType type)
{
    switch (type)
    {
    case ScenarioProtocolType::DECOY_BB84:
        return "decoy-bb84";
    case ScenarioProtocolType::DECOY_BB84_FINITE:
        return "decoy-bb84-finite";
    case ScenarioProtocolType::CV_QKD:
        return "cv-qkd";
    case ScenarioProtocolType::BBM92:
        return "bbm92";
    case ScenarioProtocolType::TWIN_FIELD:
        return "twin-field";
    case ScenarioProtocolType::MEASURED:
        return "measured";
    case ScenarioProtocolType::OTHER:
        break;
    }
    return "";
}

std::string
GetScenarioProtocolName(const ScenarioProtocol& protocol)
{
    return protocol.type == ScenarioProtocolType::OTHER ? protocol.typeName
                                                        : GetScenarioProtocolName(protocol.type);
}

bool
NeedsStation(const ScenarioProtocol& protocol)
{
    return QkdProtocolHelper::Create(GetScenarioProtocolName(protocol))->NeedsStation();
}

Ptr<QkdProtocol>
MakeScenarioProtocol(const ScenarioProtocol& protocol,
                     const std::string& source,
                     const std::string& place)
{
    Ptr<QkdProtocol> made = QkdProtocolHelper::Create(GetScenarioProtocolName(protocol));
    if (protocol.type == ScenarioProtocolType::MEASURED)
    {
        SetMeasured(protocol, source, made);
    }
    if (!protocol.preset.empty())
    {
        const std::string problem = made->SetPreset(protocol.preset);
        if (!problem.empty())
        {
            throw ScenarioError(source,
                                place + "/preset",
                                problem,
                                "give one of the presets or leave it out");
        }
    }
    for (const auto& [name, value] : protocol.attributes)
    {
        const std::string mend = SetAttributeText(*made, name, value);
        if (!mend.empty())
        {
            throw ScenarioError(source,
                                place + "/set/" + name,
                                "cannot be set to " + Excerpt(value),
                                mend);
        }
    }
    const std::string problem = made->Validate();
    if (!problem.empty())
    {
        throw ScenarioError(source, place, problem, "correct the value");
    }
    return made;
}

} // namespace qkdn
} // namespace ns3
