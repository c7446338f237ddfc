/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The part of ScenarioBuilder that builds flow mode.

#include "qkdn-scenario-builder.h"

#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnScenarioBuilderFlow");

Ptr<FlowSupply>
ScenarioBuilder::GetFlowSupply() const
{
    return m_flowSupply;
}

void
ScenarioBuilder::BuildFlowHellos()
{
    m_flowHellos->SetTopology(m_plant.GetTopology());
    for (const auto& [id, site] : m_sites)
    {
        for (uint32_t i = 0; i < site.nodes.GetN(); ++i)
        {
            m_flowHellos->Install(site.nodes.Get(i), id + "/" + std::to_string(i));
        }
    }
    m_flowSupply->SetHellos(m_flowHellos);
}

void
ScenarioBuilder::BuildFlow()
{
    if (!m_flowSupply)
    {
        return;
    }
    BuildFlowHellos();
    const ScenarioKeyManagement& management = m_scenario.keyManagement;
    m_flowSupply->SetWarmUp(m_scenario.simulation.warmUp);
    if (management.poolLowBit > 0)
    {
        m_flowSupply->SetPoolThresholds({management.poolLowBit, management.poolHighBit});
    }
    for (const auto& [id, site] : m_sites)
    {
        if (site.km)
        {
            m_flowSupply->AddKeyManager(site.km);
        }
    }
    for (const ScenarioQkdLink& link : m_scenario.qkdLinks)
    {
        const QkdLink& made = m_qkdLinks.at(link.id);
        m_flowSupply->AddLink(made.transmitter,
                              made.receiver,
                              m_sites.at(link.tx).km,
                              m_sites.at(link.rx).km,
                              link.initialPoolBit,
                              management.reserveBit);
    }
    for (const auto& [id, place] : m_controllers)
    {
        m_flowSupply->AddController(place.controller);
    }
    m_flowSupply->AddFaultInjector(m_injector);
}

void
ScenarioBuilder::BuildFlowSession(const MonitoredSession& session,
                                  const ScenarioSession& description)
{
    FlowSession flow;
    flow.session = session.session;
    flow.rateKeysPerS = description.rateKeysPerS;
    flow.start = description.start;
    flow.stop = description.stop;
    flow.deadline = description.deadline;
    flow.requestLifetime = description.requestLifetime;
    m_flowSupply->AddSession(flow);
    m_sites.at(description.master).km->AddSession(session.session);
    m_sites.at(description.slave).km->AddSession(session.session);
    m_monitor->AddSession(session);
}

} // namespace qkdn
} // namespace ns3
