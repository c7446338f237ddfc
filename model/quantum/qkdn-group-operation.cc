/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-group-operation.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

GroupOperation::GroupOperation(std::vector<SwitchPort> ports, PortCallback port, DoneCallback done)
    : m_ports(std::move(ports)),
      m_port(port),
      m_done(done)
{
}

void
GroupOperation::Start(IncidentId incident)
{
    m_pending = m_ports.size();
    if (m_ports.empty())
    {
        m_done(true);
        return;
    }
    for (uint32_t i = 0; i < m_ports.size(); ++i)
    {
        m_ports[i].sw->Select(
            m_ports[i].port,
            MakeBoundCallback(&GroupOperation::PortDone, Ptr<GroupOperation>(this), i),
            incident);
    }
}

void
GroupOperation::Cancel()
{
    m_port = PortCallback();
    m_done = DoneCallback();
}

void
GroupOperation::PortDone(Ptr<GroupOperation> operation, uint32_t index, bool reached)
{
    if (operation->m_done.IsNull())
    {
        return;
    }
    --operation->m_pending;
    operation->m_reached = operation->m_reached && reached;
    operation->m_port(operation->m_ports[index], reached);
    if (operation->m_pending == 0 && !operation->m_done.IsNull())
    {
        operation->m_done(operation->m_reached);
    }
}

void
SwitchBook::Reached(const SwitchPort& port)
{
    Known& known = m_switches[port.name];
    known.port = port.port;
    known.refused.erase(port.port);
}

void
SwitchBook::NotReached(const SwitchPort& port)
{
    m_switches[port.name].refused.insert(port.port);
}

void
SwitchBook::Alarm(const std::string& name, bool failed)
{
    Known& known = m_switches[name];
    known.failed = failed;
    if (!failed)
    {
        known.refused.clear();
    }
}

void
SwitchBook::Forget(const std::string& name)
{
    m_switches[name].refused.clear();
}

bool
SwitchBook::IsReachable(const SwitchPort& port) const
{
    const auto found = m_switches.find(port.name);
    if (found == m_switches.end())
    {
        return true;
    }
    const Known& known = found->second;
    return known.refused.count(port.port) == 0 && (!known.failed || known.port == port.port);
}

std::string
SwitchBook::FindObstacle(const std::vector<SwitchPort>& ports) const
{
    for (const SwitchPort& port : ports)
    {
        if (!IsReachable(port))
        {
            return port.name;
        }
    }
    return "";
}

} // namespace qkdn
} // namespace ns3
