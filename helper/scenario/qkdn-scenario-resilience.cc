/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-resilience.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief The triggers of switching.
 * @return names and triggers
 */
ScenarioObject::Names<ResilienceTrigger>
TriggerNames()
{
    ScenarioObject::Names<ResilienceTrigger> names;
    for (const ResilienceTrigger value :
         {TRIGGER_LINK_DOWN, TRIGGER_POOL_LOW, TRIGGER_SUPPLY_INTERRUPTED})
    {
        names.emplace_back(ResilienceTriggerName(value), value);
    }
    return names;
}

/**
 * @brief Read the class of a session, built-in or of the user's own.
 * @param object the object "resilience"
 * @param [out] resilience where it goes
 */
void
ReadClass(const ScenarioObject& object, ScenarioResilience& resilience)
{
    std::string name;
    object.Read("class", name);
    if (!IsTypeName(name))
    {
        object.Read("class", ScenarioClassNames(), resilience.resilienceClass);
        return;
    }
    const ObjectOfText<ResilienceScheme> scheme = SetScenarioScheme(name, resilience);
    if (!scheme.object)
    {
        object.Fail("class", scheme.problem, scheme.mend);
    }
}

/**
 * @brief Read what only sessions have whose keys go over several routes.
 * @param object the object
 * @param resilience what it says
 */
void
ReadShares(const ScenarioObject& object, ScenarioResilience& resilience)
{
    object.Read("shares", resilience.shares);
    object.Read("threshold", resilience.threshold);
    const bool isShared = resilience.resilienceClass == CLASS_SECRET_SHARING;
    if (object.Has("shares") && !isShared && resilience.resilienceClass != CLASS_MULTI_PATH)
    {
        object.Fail("shares", "only secret-sharing and multi-path have it", "remove it");
    }
    if (object.Has("threshold") && !isShared)
    {
        object.Fail("threshold", "only secret-sharing has it", "remove it");
    }
}

/**
 * @brief Read how a session is restored.
 * @param object the object "resilience"
 * @param [in,out] resilience its class; the rest is added
 */
void
ReadRestoration(const ScenarioObject& object, ScenarioResilience& resilience)
{
    object.Read("restoration", ScenarioRestorationNames(), resilience.restoration);
    object.Read("time_window_s", resilience.timeWindow);
    object.Read<RouteEscalation>(
        "escalation",
        {{"none", ESCALATION_NONE}, {"restoration", ESCALATION_RESTORATION}},
        resilience.escalation);
    if (resilience.escalation != ESCALATION_NONE && resilience.resilienceClass != CLASS_ROUTE_1_1)
    {
        object.Fail("escalation", "only route-1:1 has it", "remove it");
    }
    const bool isRestored = resilience.resilienceClass == CLASS_RESTORATION ||
                            resilience.escalation == ESCALATION_RESTORATION;
    if (resilience.restoration != RESTORATION_ONE_PATH && !isRestored)
    {
        object.Fail("restoration",
                    "only restoration has it, and route-1:1 with escalation",
                    "remove it");
    }
    const bool hasWindow = resilience.restoration == RESTORATION_TIME_WINDOW;
    if (object.Has("time_window_s") && !hasWindow)
    {
        object.Fail("time_window_s", "only restoration \"time-window\" has it", "remove it");
    }
    if (hasWindow && !object.Has("time_window_s"))
    {
        object.Fail("restoration", "\"time-window\" needs a window", "add time_window_s");
    }
}

} // namespace

ScenarioObject::Names<RestorationMode>
ScenarioRestorationNames()
{
    ScenarioObject::Names<RestorationMode> names;
    for (const RestorationMode mode :
         {RESTORATION_ONE_PATH, RESTORATION_MULTI_PATH, RESTORATION_TIME_WINDOW})
    {
        names.emplace_back(RestorationModeName(mode), mode);
    }
    return names;
}

ScenarioObject::Names<ResilienceClass>
ScenarioClassNames()
{
    ScenarioObject::Names<ResilienceClass> names;
    for (const ResilienceClass value : {CLASS_UNPROTECTED,
                                        CLASS_ROUTE_1_1,
                                        CLASS_RESTORATION,
                                        CLASS_MULTI_PATH,
                                        CLASS_ROUTE_1_PLUS_1,
                                        CLASS_SECRET_SHARING,
                                        CLASS_ROUTE_SHARED})
    {
        names.emplace_back(ResilienceClassName(value), value);
    }
    return names;
}

ObjectOfText<ResilienceScheme>
SetScenarioScheme(const std::string& text, ScenarioResilience& resilience)
{
    const ObjectOfText<ResilienceScheme> made = ResilienceScheme::Make(text);
    if (made.object)
    {
        resilience.scheme = text;
        resilience.resilienceClass = made.object->GetMechanism();
    }
    return made;
}

ScenarioResilience
ReadScenarioResilience(const ScenarioObject& object)
{
    ScenarioResilience resilience;
    ReadClass(object, resilience);
    object.Read("extra_traffic", resilience.extraTraffic);
    object.Read("trigger", TriggerNames(), resilience.trigger);
    object.ReadTimeOrWord("hold_off_s", "auto", resilience.holdOff, resilience.holdOffAuto);
    object.Read("wtr_s", resilience.wtr);
    object.Read("revertive", resilience.revertive);
    object.Read("protection_reserve_bit", resilience.protectionReserveBit);
    object.Read<PreemptionMode>("preemption",
                                {{"strict", PREEMPTION_STRICT}, {"residual", PREEMPTION_RESIDUAL}},
                                resilience.preemption);
    ReadShares(object, resilience);
    ReadRestoration(object, resilience);
    return resilience;
}

} // namespace qkdn
} // namespace ns3
