/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-command-sender.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnCommandSender");

CommandSender::~CommandSender()
{
    Clear();
}

void
CommandSender::SetSendFunction(SendFunction send)
{
    m_send = std::move(send);
}

void
CommandSender::SetTimeout(Time timeout)
{
    m_timeout = timeout;
}

uint32_t
CommandSender::Send(KmId km,
                    uint16_t type,
                    IncidentId incident,
                    const BodyFunction& body,
                    DoneFunction done)
{
    const uint32_t number = ++m_last;
    m_commands[number] = Command{km, type, incident, body(number), std::move(done), EventId()};
    Transmit(number);
    return number;
}

void
CommandSender::Cancel(uint32_t number)
{
    const auto found = m_commands.find(number);
    if (found != m_commands.end())
    {
        found->second.timeout.Cancel();
        m_commands.erase(found);
    }
}

bool
CommandSender::Acknowledge(KmId km, const CkAcknowledgement& answer)
{
    const auto found = m_commands.find(answer.command);
    if (found == m_commands.end())
    {
        // a repeated command is acknowledged more than once
        return answer.command > 0 && answer.command <= m_last;
    }
    if (found->second.km != km)
    {
        return false;
    }
    const DoneFunction done = std::move(found->second.done);
    Cancel(answer.command);
    if (done)
    {
        done(answer.done, answer.reason);
    }
    return true;
}

void
CommandSender::SetReady(KmId km, bool ready)
{
    if (!ready)
    {
        m_ready.erase(km);
        for (auto& command : m_commands)
        {
            if (command.second.km == km)
            {
                command.second.timeout.Cancel();
            }
        }
        return;
    }
    m_ready.insert(km);
    for (const bool installs : {true, false})
    {
        for (auto& [number, command] : m_commands)
        {
            if (command.km == km && (command.type == CK_ROUTE_INSTALL) == installs)
            {
                Transmit(number);
            }
        }
    }
}

bool
CommandSender::IsPending(uint32_t number) const
{
    return m_commands.find(number) != m_commands.end();
}

void
CommandSender::CancelAll()
{
    for (auto& command : m_commands)
    {
        command.second.timeout.Cancel();
    }
    m_commands.clear();
}

void
CommandSender::Clear()
{
    CancelAll();
    m_ready.clear();
}

void
CommandSender::Transmit(uint32_t number)
{
    Command& command = m_commands.at(number);
    command.timeout.Cancel();
    if (m_ready.find(command.km) == m_ready.end())
    {
        return;
    }
    if (!m_send(command.km, command.type, command.body, command.incident))
    {
        NS_LOG_INFO("command " << number << " to KM " << command.km << " could not be sent");
    }
    command.timeout = Simulator::Schedule(m_timeout, &CommandSender::Transmit, this, number);
}

} // namespace qkdn
} // namespace ns3
