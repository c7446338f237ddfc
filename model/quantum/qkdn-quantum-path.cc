/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-quantum-path.h"

#include "ns3/abort.h"
#include "ns3/qkdn-units.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

QuantumPath::QuantumPath(const FibrePath& fibre, std::vector<SwitchPosition> switches)
    : m_fibre(fibre),
      m_switches(std::move(switches))
{
    for (const SwitchPosition& position : m_switches)
    {
        NS_ABORT_MSG_UNLESS(position.sw, "a path through an optical switch needs the switch");
        NS_ABORT_MSG_IF(position.port == 0 || position.port > position.sw->GetNPorts(),
                        "optical switch " << position.sw->GetName() << ": a path needs port "
                                          << position.port << ", must be from 1 to Ports, "
                                          << position.sw->GetNPorts());
    }
}

void
QuantumPath::SetStation(Ptr<CentralStation> station, double km)
{
    NS_ABORT_MSG_UNLESS(station, "a path with a central station needs the station");
    NS_ABORT_MSG_UNLESS(km >= 0.0 && km <= m_fibre.GetLengthKm(),
                        "central station " << station->GetName() << ": at " << km
                                           << " km, must be from 0 to the length of the fibre, "
                                           << m_fibre.GetLengthKm() << " km");
    m_station = station;
    m_stationKm = km;
}

const FibrePath&
QuantumPath::GetFibre() const
{
    return m_fibre;
}

const std::vector<SwitchPosition>&
QuantumPath::GetSwitches() const
{
    return m_switches;
}

Ptr<CentralStation>
QuantumPath::GetStation() const
{
    return m_station;
}

double
QuantumPath::GetStationKm() const
{
    return m_stationKm;
}

double
QuantumPath::GetLossDb() const
{
    double lossDb = m_fibre.GetLossDb();
    for (const SwitchPosition& position : m_switches)
    {
        lossDb += position.sw->GetLossDb();
    }
    return lossDb;
}

double
QuantumPath::GetStationLossDb() const
{
    NS_ABORT_MSG_UNLESS(m_station, "the path has no central station");
    double lossDb = 0.0;
    for (const SwitchPosition& position : m_switches)
    {
        lossDb += position.place == SwitchPosition::FIRST_END ? position.sw->GetLossDb() : 0.0;
    }
    double restKm = m_stationKm;
    for (std::size_t i = 0; i < m_fibre.GetNSpans() && restKm > 0.0; ++i)
    {
        const Ptr<const FibreSpan> span = m_fibre.GetSpan(i);
        const double km = std::min(restKm, span->GetLengthKm());
        lossDb += span->GetLengthKm() > 0.0 ? span->GetLossDb() * km / span->GetLengthKm() : 0.0;
        restKm -= km;
    }
    return lossDb;
}

bool
QuantumPath::IsSelected() const
{
    return std::all_of(m_switches.begin(), m_switches.end(), [](const SwitchPosition& position) {
        return position.sw->GetLitPort() == position.port;
    });
}

bool
QuantumPath::IsComplete() const
{
    return IsSelected() && m_fibre.IsIntact() && (!m_station || !m_station->IsFailed());
}

bool
QuantumPath::Excludes(const QuantumPath& other) const
{
    for (const SwitchPosition& mine : m_switches)
    {
        for (const SwitchPosition& theirs : other.m_switches)
        {
            if (mine.sw == theirs.sw && mine.port != theirs.port)
            {
                return true;
            }
        }
    }
    return false;
}

Time
QuantumPath::GetDelayFromCut(std::size_t section, uint32_t end) const
{
    return GetDelayFromPlace(section, m_fibre.GetSpan(section)->GetCutPosition(), end);
}

Time
QuantumPath::GetDelayFromPlace(std::size_t section, double position, uint32_t end) const
{
    const Ptr<const FibreSpan> span = m_fibre.GetSpan(section);
    const bool toSpanEndB = (end == 1) != m_fibre.IsReversed(section);
    Time delay = FibreDelay((toSpanEndB ? 1.0 - position : position) * span->GetLengthKm());
    const std::size_t first = end == 1 ? section + 1 : 0;
    const std::size_t last = end == 1 ? m_fibre.GetNSpans() : section;
    for (std::size_t i = first; i < last; ++i)
    {
        delay += m_fibre.GetSpan(i)->GetDelay();
    }
    return delay;
}

Time
QuantumPath::GetDelayFromSwitch(SwitchPosition::Place place, uint32_t end) const
{
    const bool besideEnd = (place == SwitchPosition::FIRST_END) == (end == 0);
    return besideEnd ? Time() : m_fibre.GetDelay();
}

Time
QuantumPath::GetDelayFromStation(uint32_t end) const
{
    const Time fromFirst = std::min(FibreDelay(m_stationKm), m_fibre.GetDelay());
    return end == 0 ? fromFirst : m_fibre.GetDelay() - fromFirst;
}

} // namespace qkdn
} // namespace ns3
