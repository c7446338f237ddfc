/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-ascii-traces.h"

#include "ns3/object-ptr-container.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-node-names.h"
#include "ns3/simulator.h"

#include <ostream>
#include <string>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief The beginning of a line of an ASCII trace.
 * @param stream where it goes
 * @param event letter of the event
 * @param context path of the trace source
 * @return the stream, to go on with
 */
std::ostream&
BeginAsciiLine(Ptr<OutputStreamWrapper> stream, char event, const std::string& context)
{
    std::ostream& os = *stream->GetStream();
    // times of long runs are not to be rounded to six digits
    const std::streamsize precision = os.precision(12);
    os << event << " " << Simulator::Now().GetSeconds() << " " << context;
    os.precision(precision);
    return os;
}

/**
 * @brief An incident in a line of an ASCII trace.
 * @param incident the failure behind an event, or none
 * @return its id, "-" for none
 */
std::string
IncidentText(IncidentId incident)
{
    return incident.IsValid() ? incident.ToString() : "-";
}

/// Writes LinkStatus of KeyManager.
void
WriteLinkStatus(Ptr<OutputStreamWrapper> stream,
                std::string context,
                KmId /* km */,
                LinkId link,
                LinkStatus status,
                bool local,
                IncidentId incident)
{
    BeginAsciiLine(stream, 'k', context)
        << " link=" << link << " status=" << LinkStatusName(status)
        << " end=" << (local ? "here" : "there") << " incident=" << IncidentText(incident) << "\n";
}

/// Writes Neighbour of KeyManager.
void
WriteNeighbour(Ptr<OutputStreamWrapper> stream,
               std::string context,
               KmId /* km */,
               KmId neighbour,
               const std::string& state,
               IncidentId incident)
{
    BeginAsciiLine(stream, 'n', context) << " neighbour=" << neighbour << " state=" << state
                                         << " incident=" << IncidentText(incident) << "\n";
}

/// Writes Process of KeyManager.
void
WriteProcess(Ptr<OutputStreamWrapper> stream, std::string context, KmId /* km */, bool running)
{
    BeginAsciiLine(stream, 'p', context) << " running=" << running << "\n";
}

/// Writes Level of KmaPool.
void
WriteLevel(Ptr<OutputStreamWrapper> stream,
           std::string context,
           KmId /* holder */,
           KmId peer,
           uint64_t storedBits)
{
    BeginAsciiLine(stream, 'l', context) << " peer=" << peer << " bits=" << storedBits << "\n";
}

/// Writes StateChange of QkdModule.
void
WriteModuleState(Ptr<OutputStreamWrapper> stream,
                 std::string context,
                 LinkId link,
                 QkdModule::Role /* role */,
                 QkdModule::State from,
                 QkdModule::State to,
                 IncidentId incident)
{
    BeginAsciiLine(stream, 's', context)
        << " link=" << link << " from=" << QkdModule::StateName(from)
        << " to=" << QkdModule::StateName(to) << " incident=" << IncidentText(incident) << "\n";
}

/// Writes Incident of QkdModule.
void
WriteModuleIncident(Ptr<OutputStreamWrapper> stream,
                    std::string context,
                    LinkId link,
                    QkdModule::Role /* role */,
                    const std::string& cause,
                    IncidentId incident)
{
    BeginAsciiLine(stream, 'i', context)
        << " link=" << link << " cause=" << cause << " incident=" << IncidentText(incident) << "\n";
}

/// Writes KeyDelivered of QkdModule.
void
WriteModuleKey(Ptr<OutputStreamWrapper> stream,
               std::string context,
               LinkId link,
               QkdModule::Role /* role */,
               const QkdKey& key)
{
    BeginAsciiLine(stream, 'd', context)
        << " link=" << link << " block=" << key.id.block << " bits=" << key.material.GetBits()
        << " qber=" << key.qber << "\n";
}

} // namespace

void
TraceKeyManagers(Ptr<OutputStreamWrapper> stream, const ApplicationContainer& keyManagers)
{
    for (auto application = keyManagers.Begin(); application != keyManagers.End(); ++application)
    {
        const std::string path = GetApplicationPath(*application) + "$ns3::qkdn::KeyManager/";
        (*application)
            ->TraceConnect("LinkStatus",
                           path + "LinkStatus",
                           MakeBoundCallback(&WriteLinkStatus, stream));
        (*application)
            ->TraceConnect("Neighbour",
                           path + "Neighbour",
                           MakeBoundCallback(&WriteNeighbour, stream));
        (*application)
            ->TraceConnect("Process", path + "Process", MakeBoundCallback(&WriteProcess, stream));
        ObjectPtrContainerValue pools;
        (*application)->GetAttribute("PoolList", pools);
        for (auto pool = pools.Begin(); pool != pools.End(); ++pool)
        {
            pool->second->TraceConnect("Level",
                                       path + "PoolList/" + std::to_string(pool->first) + "/Level",
                                       MakeBoundCallback(&WriteLevel, stream));
        }
    }
}

void
TraceQkdModule(Ptr<OutputStreamWrapper> stream, Ptr<QkdModule> module)
{
    const std::string path = GetApplicationPath(module) + "$ns3::qkdn::QkdModule/";
    module->TraceConnect("StateChange",
                         path + "StateChange",
                         MakeBoundCallback(&WriteModuleState, stream));
    module->TraceConnect("Incident",
                         path + "Incident",
                         MakeBoundCallback(&WriteModuleIncident, stream));
    module->TraceConnect("KeyDelivered",
                         path + "KeyDelivered",
                         MakeBoundCallback(&WriteModuleKey, stream));
}

} // namespace qkdn
} // namespace ns3
