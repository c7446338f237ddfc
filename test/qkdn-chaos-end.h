/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHAOS_END_H
#define QKDN_CHAOS_END_H

#include "qkdn-chaos-run.h"

#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A run that is over, before it is taken down.
 */
struct ChaosEnd
{
    const ChaosScenario& drawn;                                    //!< what was drawn
    const Scenario& scenario;                                      //!< the same as read
    const ScenarioBuilder& builder;                                //!< the simulation
    const ExperimentResults& results;                              //!< what was measured
    const KeyLives& lives;                                         //!< its KSA-keys
    const std::set<std::pair<std::string, std::string>>& mirrored; //!< pools that were alike
    const std::map<RouteId, std::set<KmId>>& held;                 //!< where routes are installed
    const std::map<RouteId, std::vector<KmId>>& routes;            //!< KMs of all routes
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief When all was repaired and had time to settle.
 * @param end the run
 * @return from when on everything has to work; none if something is broken until the end, or was
 * repaired too late
 */
std::optional<Time> FindSettled(const ChaosEnd& end);

/**
 * @ingroup qkdn-resilience-tests
 * @brief Check what holds at the end of every run: recoveries, requirements, figures of sessions
 * and the summary.
 * @param end the run
 * @param notes where problems go
 */
void CheckChaosResults(const ChaosEnd& end, ChaosNotes& notes);

/**
 * @ingroup qkdn-resilience-tests
 * @brief Check what holds at the end of a run in which all was repaired in time: keys, pools,
 * routes and protection groups are alike wherever they are known, and sessions are served.
 * @param end the run
 * @param settled from when on everything has to work
 * @param notes where problems go
 */
void CheckChaosCalm(const ChaosEnd& end, Time settled, ChaosNotes& notes);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHAOS_END_H */
