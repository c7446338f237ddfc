/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-link-sections.h"

#include "qkdn-scenario-protocol.h"

#include "ns3/qkdn-object-text.h"
#include "ns3/qkdn-qkd-module.h"
#include "ns3/qkdn-qkd-protocol-helper.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/// The QKD protocols.
constexpr std::array<ScenarioProtocolType, 6> PROTOCOLS = {ScenarioProtocolType::DECOY_BB84,
                                                           ScenarioProtocolType::DECOY_BB84_FINITE,
                                                           ScenarioProtocolType::CV_QKD,
                                                           ScenarioProtocolType::BBM92,
                                                           ScenarioProtocolType::TWIN_FIELD,
                                                           ScenarioProtocolType::MEASURED};

/**
 * @brief Read what only a measured rate has.
 * @param object the object
 * @param [out] protocol where it goes
 */
void
ReadMeasured(const ScenarioObject& object, ScenarioProtocol& protocol)
{
    object.Read("trace_file", protocol.traceFile);
    object.Read("rate_bps", protocol.rateBps);
    object.Read("qber", protocol.qber);
    object.Read("block_key_bit", protocol.blockKeyBit);
    if (object.Has("trace_file"))
    {
        protocol.law = RATE_TRACE;
    }
    object.Read<MeasuredRateLaw>(
        "law",
        {{"constant", RATE_CONSTANT}, {"loss-law", RATE_LOSS_LAW}, {"trace", RATE_TRACE}},
        protocol.law);
    const bool traced = protocol.law == RATE_TRACE;
    if (traced && !object.Has("trace_file"))
    {
        object.Fail("trace_file", "missing");
    }
    if (!traced && object.Has("trace_file"))
    {
        object.Fail("trace_file", "is not used with this law", "remove it or give law \"trace\"");
    }
    if (!traced && !object.Has("rate_bps"))
    {
        object.Fail("rate_bps", "missing");
    }
    for (const char* key : {"rate_bps", "qber"})
    {
        if (traced && object.Has(key))
        {
            object.Fail(key, "is not used with a trace", "remove it or trace_file");
        }
    }
}

/**
 * @brief Read the protocol of a QKD link.
 * @param link the link
 * @return what it says
 */
ScenarioProtocol
ReadProtocol(const ScenarioObject& link)
{
    std::vector<std::string> names;
    names.reserve(PROTOCOLS.size());
    for (const ScenarioProtocolType type : PROTOCOLS)
    {
        names.push_back(GetScenarioProtocolName(type));
    }
    const ScenarioObject object = link.GetVariant("protocol", "type", names, "other-protocol");
    ScenarioObject::Names<ScenarioProtocolType> types;
    for (std::size_t i = 0; i < names.size(); ++i)
    {
        types.emplace_back(names[i].c_str(), PROTOCOLS[i]);
    }
    ScenarioProtocol protocol;
    object.Read("type", protocol.typeName);
    if (IsTypeName(protocol.typeName))
    {
        const auto made = MakeObjectOfText<QkdProtocol>(protocol.typeName);
        if (!made.object)
        {
            object.Fail("type", made.problem, made.mend);
        }
        protocol.type = ScenarioProtocolType::OTHER;
    }
    else
    {
        protocol.typeName.clear();
        object.Read("type", types, protocol.type);
    }
    object.Read("set", protocol.attributes);
    if (protocol.type == ScenarioProtocolType::MEASURED)
    {
        ReadMeasured(object, protocol);
        return protocol;
    }
    const auto presets = QkdProtocolHelper::GetPresetNames(GetScenarioProtocolName(protocol));
    ScenarioObject::Names<std::string> known;
    for (const std::string& preset : presets)
    {
        known.emplace_back(preset.c_str(), preset);
    }
    object.Read("preset", known, protocol.preset);
    return protocol;
}

} // namespace

ScenarioDistillation
ReadScenarioDistillation(const ScenarioObject& holder)
{
    const ScenarioObject::Names<std::optional<ScenarioFidelity>> names{
        {"per-block", ScenarioFidelity::PER_BLOCK},
        {"packets", ScenarioFidelity::PACKETS},
        {"ideal", ScenarioFidelity::IDEAL}};
    ScenarioDistillation distillation;
    if (!holder.Has("distillation"))
    {
        return distillation;
    }
    if (const auto object = holder.GetObjectOrText("distillation", "distillation"))
    {
        object->Read("fidelity", names, distillation.fidelity);
        object->Read("set", distillation.attributes);
    }
    else
    {
        holder.Read("distillation", names, distillation.fidelity);
    }
    return distillation;
}

void
ReadScenarioQkdLinkSettings(const ScenarioObject& object, ScenarioQkdLink& link)
{
    if (object.Has("protocol"))
    {
        link.protocol = ReadProtocol(object);
    }
    object.Read("initial_pool_bit", link.initialPoolBit);
    object.Read<ScenarioInitialState>(
        "initial_state",
        {{"off", ScenarioInitialState::OFF}, {"running", ScenarioInitialState::RUNNING}},
        link.initialState);
    if (object.Has("timing"))
    {
        std::string timing;
        object.Read<std::string>("timing",
                                 {{"hhi-resync", "hhi-resync"}, {"warm", "warm"}, {"cold", "cold"}},
                                 timing);
        QkdModule::FindTimingPreset(timing, link.startUp, link.resync);
    }
    object.Read("qber_warning", link.qberWarning);
    link.qberWarningClear = link.qberClear = link.qberWarning;
    object.Read("qber_warning_clear", link.qberWarningClear);
    object.Read("qber_abort", link.qberAbort);
    object.Read("qber_clear", link.qberClear);
    object.Read("start_up_s", link.startUp);
    object.Read("resync_s", link.resync);
    object.Read("loss_of_light_s", link.lossOfLight);
    object.Read("supervisory_light", link.supervisoryLight);
    object.Read("authentication_reserve_bit", link.authenticationReserveBit);
    link.distillation = ReadScenarioDistillation(object);
}

ScenarioQkdLink
ReadScenarioQkdLink(const ScenarioObject& object)
{
    ScenarioQkdLink link;
    object.ReadId("id", link.id);
    object.Read("tx", link.tx);
    object.Read("rx", link.rx);
    object.Read("fibres", link.fibres);
    object.Read("station_km", link.stationKm);
    object.Read<ScenarioClassicalChannel>(
        "classical_channel",
        {{"network", ScenarioClassicalChannel::NETWORK}, {"own", ScenarioClassicalChannel::OWN}},
        link.classicalChannel);
    ReadScenarioQkdLinkSettings(object, link);
    link.txBoundary = link.tx;
    object.Read("tx_boundary", link.txBoundary);
    link.rxBoundary = link.rx;
    object.Read("rx_boundary", link.rxBoundary);
    return link;
}

} // namespace qkdn
} // namespace ns3
