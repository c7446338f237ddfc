/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-distillation.h"

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-find.h"

#include "ns3/enum.h"
#include "ns3/object-factory.h"
#include "ns3/qkdn-attribute-text.h"
#include "ns3/qkdn-ideal-distillation.h"
#include "ns3/qkdn-packets-distillation.h"
#include "ns3/qkdn-per-block-distillation.h"
#include "ns3/uinteger.h"

#include <map>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Attributes that have a key of their own.
const std::map<std::string, std::string> KEYS{
    {"AuthenticationReserve", "authentication_reserve_bit of the QKD link"},
    {"Statistics", "/simulation/block_statistics"}};

/**
 * @brief The class for a fidelity.
 * @param fidelity the fidelity
 * @return its name
 */
std::string
GetClassName(ScenarioFidelity fidelity)
{
    switch (fidelity)
    {
    case ScenarioFidelity::PACKETS:
        return PacketsDistillation::GetTypeId().GetName();
    case ScenarioFidelity::IDEAL:
        return IdealDistillation::GetTypeId().GetName();
    case ScenarioFidelity::PER_BLOCK:
        break;
    }
    return PerBlockDistillation::GetTypeId().GetName();
}

/**
 * @brief Set attributes.
 * @param attributes names and values
 * @param place where the scenario has them
 * @param source name of the scenario file
 * @param trial an object of the class, which shows whether a value is good
 * @param helper what makes the link
 */
void
SetAttributes(const std::map<std::string, std::string>& attributes,
              const std::string& place,
              const std::string& source,
              Ptr<Distillation> trial,
              QkdLinkHelper& helper)
{
    for (const auto& [name, value] : attributes)
    {
        const auto key = KEYS.find(name);
        const std::string mend = key == KEYS.end() ? SetAttributeText(*trial, name, value)
                                                   : "remove it and give " + key->second;
        if (!mend.empty())
        {
            throw ScenarioError(source,
                                place + "/set/" + name,
                                "cannot be set to " + Excerpt(value),
                                mend);
        }
        TypeId::AttributeInformation information;
        trial->GetInstanceTypeId().LookupAttributeByName(name, &information);
        const Ptr<AttributeValue> read = information.checker->Create();
        trial->GetAttribute(name, *read);
        helper.SetDistillationAttribute(name, *read);
    }
}

} // namespace

ScenarioFidelity
GetScenarioFidelity(const Scenario& scenario, const ScenarioQkdLink& link)
{
    return link.distillation.fidelity.value_or(
        scenario.simulation.distillation.fidelity.value_or(ScenarioFidelity::PER_BLOCK));
}

void
SetScenarioDistillation(const Scenario& scenario,
                        uint32_t index,
                        const std::string& source,
                        QkdLinkHelper& helper)
{
    const ScenarioQkdLink& link = scenario.qkdLinks.at(index);
    const ScenarioFidelity fidelity = GetScenarioFidelity(scenario, link);
    const std::string name = GetClassName(fidelity);
    helper.SetDistillation(name);
    const std::map<ScenarioBlockStatistics, DistillationStatistics> statistics{
        {ScenarioBlockStatistics::AUTO, STATISTICS_AUTO},
        {ScenarioBlockStatistics::EXPECTED, STATISTICS_EXPECTED},
        {ScenarioBlockStatistics::DRAWN, STATISTICS_DRAWN}};
    helper.SetDistillationAttribute("Statistics",
                                    EnumValue(statistics.at(scenario.simulation.blockStatistics)));
    helper.SetDistillationAttribute("AuthenticationReserve",
                                    UintegerValue(link.authenticationReserveBit));
    const ScenarioDistillation& common = scenario.simulation.distillation;
    const Ptr<Distillation> trial = ObjectFactory(name).Create<Distillation>();
    if (fidelity == common.fidelity.value_or(ScenarioFidelity::PER_BLOCK))
    {
        SetAttributes(common.attributes, "/simulation/distillation", source, trial, helper);
    }
    SetAttributes(link.distillation.attributes,
                  GetScenarioElementPlace(link, "qkd_links", index) + "/distillation",
                  source,
                  trial,
                  helper);
}

} // namespace qkdn
} // namespace ns3
