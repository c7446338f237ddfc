/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-route-installer.h"

#include "ns3/log.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRouteInstaller");

RouteInstaller::RouteInstaller(CommandSender& sender)
    : m_sender(sender)
{
}

void
RouteInstaller::Install(const KeyRoute& route, IncidentId incident, DoneFunction done)
{
    m_installed[route.id] = Installation{route, {}, std::move(done), false};
    for (const KmId km : route.kms)
    {
        Command(route.id, km, incident);
    }
}

void
RouteInstaller::Release(RouteId id, IncidentId incident)
{
    const auto found = m_installed.find(id);
    if (found == m_installed.end())
    {
        return;
    }
    const Installation installation = std::move(found->second);
    m_installed.erase(found);
    for (const auto& command : installation.pending)
    {
        m_sender.Cancel(command.second);
    }
    for (const KmId km : installation.route.kms)
    {
        SendRelease(km, id, incident);
    }
}

void
RouteInstaller::SendRelease(KmId km, RouteId id, IncidentId incident)
{
    m_sender.Send(
        km,
        CK_ROUTE_RELEASE,
        incident,
        [id](uint32_t number) {
            return CkRouteRelease{number, id}.ToPacket();
        },
        nullptr);
}

void
RouteInstaller::Adopt(const KeyRoute& route, bool installed)
{
    m_installed[route.id] = Installation{route, {}, nullptr, installed};
}

void
RouteInstaller::ReleaseAt(KmId km, RouteId id)
{
    SendRelease(km, id, IncidentId());
}

void
RouteInstaller::Clear()
{
    for (const auto& installation : m_installed)
    {
        for (const auto& command : installation.second.pending)
        {
            m_sender.Cancel(command.second);
        }
    }
    m_installed.clear();
}

void
RouteInstaller::Reinstall(KmId km, const std::set<RouteId>& has)
{
    for (auto& [id, installation] : m_installed)
    {
        if (has.count(id) > 0)
        {
            continue;
        }
        for (const KmId member : installation.route.kms)
        {
            if (member == km && installation.pending.find(km) == installation.pending.end())
            {
                Command(id, km, IncidentId());
            }
        }
    }
}

bool
RouteInstaller::IsInstalled(RouteId id) const
{
    const auto found = m_installed.find(id);
    return found != m_installed.end() && found->second.installed;
}

void
RouteInstaller::ForgetCommands()
{
    for (auto& installation : m_installed)
    {
        installation.second.pending.clear();
        installation.second.done = nullptr;
    }
}

void
RouteInstaller::Command(RouteId id, KmId km, IncidentId incident)
{
    Installation& installation = m_installed.at(id);
    installation.pending[km] = m_sender.Send(
        km,
        CK_ROUTE_INSTALL,
        incident,
        [&installation](uint32_t number) {
            return CkRouteInstall{number, installation.route}.ToPacket();
        },
        [this, id, km](bool done, const std::string& reason) { Answered(id, km, done, reason); });
}

void
RouteInstaller::Answered(RouteId id, KmId km, bool done, const std::string& reason)
{
    Installation& installation = m_installed.at(id);
    installation.pending.erase(km);
    if (!done)
    {
        NS_LOG_WARN("KM " << km << " does not install route " << id << ": " << reason);
    }
    if (done && !installation.pending.empty())
    {
        return;
    }
    installation.installed = installation.installed || done;
    // a route that was installed already stays so; its traffic tells whether it works
    if (const DoneFunction tell = std::exchange(installation.done, nullptr))
    {
        tell(done ? KmId() : km, reason);
    }
}

} // namespace qkdn
} // namespace ns3
