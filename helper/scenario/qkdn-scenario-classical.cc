/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-classical.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Move classical links to fibres of their own.
 * @param [in,out] fibres the fibres, to which others are added
 */
void
AddOwnFibres(std::vector<ScenarioFibre>& fibres)
{
    std::vector<ScenarioFibre> added;
    for (ScenarioFibre& fibre : fibres)
    {
        if (fibre.classical)
        {
            added.push_back(fibre);
            added.back().id += "-classical";
            added.back().powerAToBDbm.reset();
            added.back().powerBToADbm.reset();
            fibre.classical = false;
        }
    }
    fibres.insert(fibres.end(), added.begin(), added.end());
}

} // namespace

void
ReadScenarioClassical(const ScenarioObject& object, Scenario& scenario)
{
    if (!object.Has("classical"))
    {
        return;
    }
    const ScenarioObject section = object.GetObject("classical", "classical");
    ScenarioClassical& classical = scenario.classical;
    section.Read("rate_bps", classical.rateBps);
    section.Read("reconvergence_s", classical.reconvergence);
    section.Read("site_rate_bps", classical.siteRateBps);
    section.Read("site_delay_s", classical.siteDelay);
    section.Read<ScenarioClassicalNetwork>("network",
                                           {{"same-fibres", ScenarioClassicalNetwork::SAME_FIBRES},
                                            {"own-fibres", ScenarioClassicalNetwork::OWN_FIBRES},
                                            {"out-of-band", ScenarioClassicalNetwork::OUT_OF_BAND}},
                                           classical.network);
    section.Read("out_of_band_delay_s", classical.outOfBandDelay);
    switch (classical.network)
    {
    case ScenarioClassicalNetwork::SAME_FIBRES:
        break;
    case ScenarioClassicalNetwork::OWN_FIBRES:
        AddOwnFibres(scenario.fibres);
        break;
    case ScenarioClassicalNetwork::OUT_OF_BAND:
        for (ScenarioFibre& fibre : scenario.fibres)
        {
            fibre.classical = false;
        }
        break;
    }
}

} // namespace qkdn
} // namespace ns3
