/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESILIENCE_MONITOR_HELPER_H
#define QKDN_RESILIENCE_MONITOR_HELPER_H

#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/qkdn-qkd-link.h"
#include "ns3/qkdn-resilience-monitor.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Lets a ResilienceMonitor watch what other helpers made, as FlowMonitorHelper does for
 * flows.
 */
class ResilienceMonitorHelper
{
  public:
    ResilienceMonitorHelper();

    /**
     * @brief Set an attribute of monitors made from now on.
     * @param name name of the attribute of ResilienceMonitor
     * @param value its value
     */
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @brief Make a monitor. Call it when all parts are installed, before initial keys are added
     * (KeyManagerHelper::AddInitialKeys()). Faults are added to the monitor itself.
     * @param nodes nodes whose key managers, controllers, managers and point-to-point devices are
     * watched; key managers and controllers get the names of their nodes
     * @param links QKD links between them, after KeyManagerHelper::AddLink()
     * @param sessions sessions, CryptographicApplicationHelper::GetSessions()
     * @return the monitor; dispose it before Simulator::Destroy()
     */
    Ptr<ResilienceMonitor> Install(const NodeContainer& nodes,
                                   const std::vector<QkdLink>& links,
                                   const std::vector<MonitoredSession>& sessions) const;

    /**
     * @brief Make a monitor of all nodes, see Install().
     * @param links QKD links
     * @param sessions sessions
     * @return the monitor
     */
    Ptr<ResilienceMonitor> InstallAll(const std::vector<QkdLink>& links,
                                      const std::vector<MonitoredSession>& sessions) const;

  private:
    ObjectFactory m_factory; //!< monitors
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESILIENCE_MONITOR_HELPER_H */
