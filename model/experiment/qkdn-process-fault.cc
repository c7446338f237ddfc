/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-process-fault.h"

#include "ns3/log.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnProcessFault");
NS_OBJECT_ENSURE_REGISTERED(ControllerCrashFault);
NS_OBJECT_ENSURE_REGISTERED(ManagerCrashFault);
NS_OBJECT_ENSURE_REGISTERED(NodePowerFault);

TypeId
ControllerCrashFault::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::ControllerCrashFault")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<ControllerCrashFault>();
    return tid;
}

void
ControllerCrashFault::SetProcess(FaultableProcess process)
{
    m_process = std::move(process);
}

std::string
ControllerCrashFault::GetKind() const
{
    return "controller-crash";
}

void
ControllerCrashFault::Strike()
{
    NS_LOG_FUNCTION(this);
    m_process.crash();
}

void
ControllerCrashFault::Repair()
{
    NS_LOG_FUNCTION(this);
    m_process.restart();
}

TypeId
ManagerCrashFault::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::ManagerCrashFault")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<ManagerCrashFault>();
    return tid;
}

void
ManagerCrashFault::SetProcess(FaultableProcess process)
{
    m_process = std::move(process);
}

std::string
ManagerCrashFault::GetKind() const
{
    return "manager-crash";
}

void
ManagerCrashFault::Strike()
{
    NS_LOG_FUNCTION(this);
    m_process.crash();
}

void
ManagerCrashFault::Repair()
{
    NS_LOG_FUNCTION(this);
    m_process.restart();
}

TypeId
NodePowerFault::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::NodePowerFault")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<NodePowerFault>();
    return tid;
}

void
NodePowerFault::DoDispose()
{
    m_links.clear();
    m_modules.clear();
    m_processes.clear();
    Fault::DoDispose();
}

void
NodePowerFault::AddLink(Ptr<ClassicalLink> link)
{
    m_links.push_back(link);
}

void
NodePowerFault::AddModule(Ptr<QkdModule> module)
{
    m_modules.push_back(module);
}

void
NodePowerFault::AddProcess(FaultableProcess process)
{
    m_processes.push_back(std::move(process));
}

std::string
NodePowerFault::GetKind() const
{
    return "node-power";
}

void
NodePowerFault::Strike()
{
    NS_LOG_FUNCTION(this);
    for (const auto& link : m_links)
    {
        link->Fail();
    }
    for (const auto& module : m_modules)
    {
        module->Fail();
    }
    for (const auto& process : m_processes)
    {
        process.crash();
    }
}

void
NodePowerFault::Repair()
{
    NS_LOG_FUNCTION(this);
    for (const auto& link : m_links)
    {
        link->Recover();
    }
    for (const auto& module : m_modules)
    {
        module->Repair();
    }
    for (const auto& process : m_processes)
    {
        process.restart();
    }
}

} // namespace qkdn
} // namespace ns3
