/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fibre-span.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/qkdn-units.h"
#include "ns3/string.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFibreSpan");

NS_OBJECT_ENSURE_REGISTERED(FibreSpan);

TypeId
FibreSpan::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::FibreSpan")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<FibreSpan>()
            .AddAttribute("Name",
                          "Name of the span, unique in a scenario.",
                          StringValue(""),
                          MakeStringAccessor(&FibreSpan::m_name),
                          MakeStringChecker())
            .AddAttribute("LengthKm",
                          "Length of the fibre, km. Not to be changed once a link uses it.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&FibreSpan::m_lengthKm),
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("AttenuationDbPerKm",
                          "Attenuation of the fibre, dB/km.",
                          DoubleValue(0.2),
                          MakeDoubleAccessor(&FibreSpan::m_attenuationDbPerKm),
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("ExtraLossDb",
                          "Loss of splices, connectors and filters, dB.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&FibreSpan::m_extraLossDb),
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("ClassicalPowerAToB",
                          "Power of the classical light launched at end A, all channels together, "
                          "W. It makes noise in quantum signals (Raman scattering).",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&FibreSpan::m_powerAToBW),
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("ClassicalPowerBToA",
                          "Power of the classical light launched at end B, W.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&FibreSpan::m_powerBToAW),
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("RamanCoefficient",
                          "Share of classical light that is scattered to the wavelength of quantum "
                          "signals, 1/(km nm). About 2e-9 to 3e-9 for both in the C band.",
                          DoubleValue(2e-9),
                          MakeDoubleAccessor(&FibreSpan::m_ramanCoefficient),
                          MakeDoubleChecker<double>(0.0, 1.0))
            .AddTraceSource("Disturbance",
                            "Something begins, changes or ceases to disturb quantum signals.",
                            MakeTraceSourceAccessor(&FibreSpan::m_disturbance),
                            "ns3::qkdn::FibreSpan::DisturbanceCallback")
            .AddTraceSource("StateChange",
                            "The fibre was cut, or is whole again.",
                            MakeTraceSourceAccessor(&FibreSpan::m_stateChange),
                            "ns3::qkdn::FibreSpan::StateChangeCallback");
    return tid;
}

std::string
FibreSpan::GetName() const
{
    return m_name;
}

double
FibreSpan::GetLengthKm() const
{
    return m_lengthKm;
}

double
FibreSpan::GetLossDb() const
{
    return m_lengthKm * m_attenuationDbPerKm + m_extraLossDb;
}

double
FibreSpan::GetAttenuationDbPerKm() const
{
    return m_attenuationDbPerKm;
}

double
FibreSpan::GetClassicalPowerW(bool atEndA) const
{
    return atEndA ? m_powerAToBW : m_powerBToAW;
}

double
FibreSpan::GetRamanCoefficient() const
{
    return m_ramanCoefficient;
}

void
FibreSpan::Disturb(const std::string& source, double addedError, double positionFraction)
{
    NS_LOG_FUNCTION(this << m_name << source << addedError << positionFraction);
    NS_ABORT_MSG_UNLESS(addedError >= 0.0 && addedError <= 0.5,
                        "fibre span " << m_name << ": added error probability " << addedError
                                      << ", must be from 0 to 0.5");
    NS_ABORT_MSG_UNLESS(positionFraction >= 0.0 && positionFraction <= 1.0,
                        "fibre span " << m_name << ": disturbed at " << positionFraction
                                      << " of its length, must be from 0 to 1");
    if (addedError > 0.0)
    {
        m_disturbances[source] = Disturbance{addedError, positionFraction};
    }
    else
    {
        m_disturbances.erase(source);
    }
    m_disturbance(this, source, addedError, positionFraction);
}

const std::map<std::string, FibreSpan::Disturbance>&
FibreSpan::GetDisturbances() const
{
    return m_disturbances;
}

Time
FibreSpan::GetDelay() const
{
    return FibreDelay(m_lengthKm);
}

void
FibreSpan::SetRiskGroups(std::vector<std::string> groups)
{
    m_riskGroups = std::move(groups);
}

const std::vector<std::string>&
FibreSpan::GetRiskGroups() const
{
    return m_riskGroups;
}

void
FibreSpan::Cut(double positionFraction)
{
    NS_LOG_FUNCTION(this << m_name << positionFraction);
    NS_ABORT_MSG_UNLESS(positionFraction >= 0.0 && positionFraction <= 1.0,
                        "fibre span " << m_name << ": cut at " << positionFraction
                                      << " of its length, must be from 0 to 1");
    m_cutPositions.push_back(positionFraction);
    if (m_cuts.Begin())
    {
        m_stateChange(this, true);
    }
}

void
FibreSpan::Repair()
{
    NS_LOG_FUNCTION(this << m_name);
    NS_ABORT_MSG_IF(m_cutPositions.empty(), "fibre span " << m_name << ": repair without a cut");
    m_cutPositions.erase(m_cutPositions.begin());
    if (m_cuts.End())
    {
        m_stateChange(this, false);
    }
}

bool
FibreSpan::IsCut() const
{
    return m_cuts.IsDown();
}

double
FibreSpan::GetCutPosition(bool nearestToEndB) const
{
    NS_ABORT_MSG_IF(m_cutPositions.empty(), "fibre span " << m_name << " is not cut");
    const auto ends = std::minmax_element(m_cutPositions.begin(), m_cutPositions.end());
    return nearestToEndB ? *ends.second : *ends.first;
}

bool
FibreSpan::WasCutDuring(Time from, Time to) const
{
    return m_cuts.WasDownDuring(from, to);
}

} // namespace qkdn
} // namespace ns3
