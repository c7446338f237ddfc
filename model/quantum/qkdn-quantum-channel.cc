/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-quantum-channel.h"

#include "qkdn-quantum-net-device.h"
#include "qkdn-raman-noise.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnQuantumChannel");
NS_OBJECT_ENSURE_REGISTERED(QuantumChannel);

namespace
{

/// Bits that have nothing to do with what was sent are wrong half of the time.
constexpr double MAX_ADDED_ERROR = 0.5;

} // namespace

TypeId
QuantumChannel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::QuantumChannel")
            .SetParent<Channel>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<QuantumChannel>()
            .AddAttribute(
                "Delay",
                "Propagation delay from end to end; follows from the fibre of the selected path.",
                TypeId::ATTR_GET,
                TimeValue(),
                MakeTimeAccessor(&QuantumChannel::GetDelay),
                MakeTimeChecker())
            .AddAttribute("ExtraLossDb",
                          "Loss of filters and connectors outside the fibre spans, dB.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&QuantumChannel::m_extraLossDb),
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("WavelengthNm",
                          "Wavelength of the quantum signal, nm.",
                          DoubleValue(1550.0),
                          MakeDoubleAccessor(&QuantumChannel::m_wavelengthNm),
                          MakeDoubleChecker<double>(100.0, 1e5))
            .AddTraceSource("Light",
                            "The light that an end sees changes.",
                            MakeTraceSourceAccessor(&QuantumChannel::m_lightTrace),
                            "ns3::qkdn::QuantumChannel::LightCallback")
            .AddTraceSource("SelectedPath",
                            "Optical switches have selected another path.",
                            MakeTraceSourceAccessor(&QuantumChannel::m_pathTrace),
                            "ns3::qkdn::QuantumChannel::PathCallback");
    return tid;
}

QuantumChannel::QuantumChannel()
{
    NS_LOG_FUNCTION(this);
}

QuantumChannel::~QuantumChannel()
{
    NS_LOG_FUNCTION(this);
}

void
QuantumChannel::DoDispose()
{
    NS_LOG_FUNCTION(this);
    StopListening();
    m_paths.clear();
    m_devices = {};
    Channel::DoDispose();
}

void
QuantumChannel::SetPath(const FibrePath& path)
{
    AddPath(QuantumPath(path));
}

uint32_t
QuantumChannel::AddPath(const FibrePath& fibre, std::vector<SwitchPosition> switches)
{
    return AddPath(QuantumPath(fibre, std::move(switches)));
}

uint32_t
QuantumChannel::AddPath(const QuantumPath& path)
{
    NS_LOG_FUNCTION(this);
    const auto number = static_cast<uint32_t>(m_paths.size());
    for (uint32_t other = 0; other < number; ++other)
    {
        NS_ABORT_MSG_UNLESS(path.Excludes(m_paths[other].path),
                            "quantum channel: paths "
                                << other << " and " << number
                                << " can be complete at once; let them go through different ports "
                                   "of one optical switch");
    }
    Alternative alternative;
    alternative.path = path;
    Begin(alternative);
    BeginDisturbances(alternative);
    m_paths.push_back(alternative);
    ListenToPlant(path);
    if (path.IsSelected())
    {
        m_selected = number;
    }
    return number;
}

void
QuantumChannel::Begin(Alternative& alternative) const
{
    const QuantumPath& path = alternative.path;
    uint32_t blockers = 0;
    alternative.restDelays.resize(path.GetFibre().GetNSpans());
    for (std::size_t i = 0; i < path.GetFibre().GetNSpans(); ++i)
    {
        if (path.GetFibre().GetSpan(i)->IsCut())
        {
            alternative.restDelays[i] = {path.GetDelayFromCut(i, 0), path.GetDelayFromCut(i, 1)};
            ++blockers;
        }
    }
    for (const SwitchPosition& position : path.GetSwitches())
    {
        alternative.passing.push_back(position.sw->GetLitPort() == position.port);
        blockers += alternative.passing.back() ? 0 : 1;
    }
    blockers += path.GetStation() && path.GetStation()->IsFailed() ? 1 : 0;
    alternative.directions[0].blockers = blockers;
    alternative.directions[1].blockers = blockers;
}

void
QuantumChannel::ListenToPlant(const QuantumPath& path)
{
    for (std::size_t i = 0; i < path.GetFibre().GetNSpans(); ++i)
    {
        const Ptr<FibreSpan> span = path.GetFibre().GetSpan(i);
        if (std::find(m_spans.begin(), m_spans.end(), span) == m_spans.end())
        {
            m_spans.push_back(span);
            span->TraceConnectWithoutContext("StateChange",
                                             MakeCallback(&QuantumChannel::SpanChanged, this));
            span->TraceConnectWithoutContext("Disturbance",
                                             MakeCallback(&QuantumChannel::SpanDisturbed, this));
        }
    }
    for (const SwitchPosition& position : path.GetSwitches())
    {
        if (std::find(m_switches.begin(), m_switches.end(), position.sw) == m_switches.end())
        {
            m_switches.push_back(position.sw);
            position.sw->TraceConnectWithoutContext(
                "LitPort",
                MakeCallback(&QuantumChannel::SwitchChanged, this));
        }
    }
    const Ptr<CentralStation> station = path.GetStation();
    if (station && std::find(m_stations.begin(), m_stations.end(), station) == m_stations.end())
    {
        m_stations.push_back(station);
        station->TraceConnectWithoutContext("Failure",
                                            MakeCallback(&QuantumChannel::StationChanged, this));
    }
}

void
QuantumChannel::StopListening()
{
    for (const Ptr<FibreSpan>& span : m_spans)
    {
        span->TraceDisconnectWithoutContext("StateChange",
                                            MakeCallback(&QuantumChannel::SpanChanged, this));
        span->TraceDisconnectWithoutContext("Disturbance",
                                            MakeCallback(&QuantumChannel::SpanDisturbed, this));
    }
    for (const Ptr<OpticalSwitch>& sw : m_switches)
    {
        sw->TraceDisconnectWithoutContext("LitPort",
                                          MakeCallback(&QuantumChannel::SwitchChanged, this));
    }
    for (const Ptr<CentralStation>& station : m_stations)
    {
        station->TraceDisconnectWithoutContext("Failure",
                                               MakeCallback(&QuantumChannel::StationChanged, this));
    }
    m_spans.clear();
    m_switches.clear();
    m_stations.clear();
}

void
QuantumChannel::Attach(Ptr<QuantumNetDevice> device)
{
    NS_LOG_FUNCTION(this << device);
    NS_ABORT_MSG_IF(m_attached == m_devices.size(), "a quantum channel has two ends");
    m_devices[m_attached] = device;
    device->SetChannel(this, static_cast<uint32_t>(m_attached));
    ++m_attached;
}

uint32_t
QuantumChannel::GetNPaths() const
{
    return static_cast<uint32_t>(m_paths.size());
}

const QuantumPath&
QuantumChannel::GetPath(uint32_t path) const
{
    return m_paths.at(path).path;
}

uint32_t
QuantumChannel::GetSelectedPath() const
{
    return m_selected;
}

QuantumLinkBudget
QuantumChannel::GetBudget() const
{
    return GetPathBudget(m_selected);
}

QuantumLinkBudget
QuantumChannel::GetQuietBudget(uint32_t path, uint32_t toEnd) const
{
    QuantumLinkBudget budget;
    if (path >= m_paths.size())
    {
        budget.lossDb = m_extraLossDb;
        return budget;
    }
    const QuantumPath& way = m_paths[path].path;
    budget.lengthKm = way.GetFibre().GetLengthKm();
    budget.lossDb = way.GetLossDb() + m_extraLossDb;
    budget.noisePhotonRatePerNmHz =
        RamanNoise::GetPhotonRatePerNmHz(way.GetFibre(), toEnd == 1, m_wavelengthNm);
    if (way.GetStation())
    {
        budget.hasStation = true;
        budget.stationLossDb = way.GetStationLossDb() + 0.5 * m_extraLossDb;
    }
    return budget;
}

bool
QuantumChannel::IsComplete() const
{
    return std::any_of(m_paths.begin(), m_paths.end(), [](const Alternative& alternative) {
        return alternative.path.IsComplete();
    });
}

Time
QuantumChannel::GetDelay() const
{
    return m_paths.empty() ? Time() : m_paths[m_selected].path.GetFibre().GetDelay();
}

std::size_t
QuantumChannel::GetNDevices() const
{
    return m_attached;
}

Ptr<NetDevice>
QuantumChannel::GetDevice(std::size_t i) const
{
    return m_devices.at(i);
}

void
QuantumChannel::Emit(uint32_t end, const Light& light)
{
    NS_LOG_FUNCTION(this << end << light.sync << light.quantum << light.epoch);
    for (uint32_t path = 0; path < m_paths.size(); ++path)
    {
        Simulator::Schedule(m_paths[path].path.GetFibre().GetDelay(),
                            &QuantumChannel::EmissionArrives,
                            Ptr<QuantumChannel>(this),
                            path,
                            end,
                            light);
    }
}

void
QuantumChannel::SpanChanged(Ptr<const FibreSpan> span, bool cut)
{
    NS_LOG_FUNCTION(this << span << cut);
    for (uint32_t p = 0; p < m_paths.size(); ++p)
    {
        Alternative& alternative = m_paths[p];
        const FibrePath& fibre = alternative.path.GetFibre();
        for (std::size_t i = 0; i < fibre.GetNSpans(); ++i)
        {
            if (fibre.GetSpan(i) != span)
            {
                continue;
            }
            for (uint32_t end = 0; end < 2; ++end)
            {
                Time& rest = alternative.restDelays[i][end];
                if (cut)
                {
                    rest = alternative.path.GetDelayFromCut(i, end);
                }
                SendEdge(p, end, rest, cut);
            }
        }
    }
}

void
QuantumChannel::SwitchChanged(Ptr<const OpticalSwitch> sw, uint32_t port)
{
    NS_LOG_FUNCTION(this << sw->GetName() << port);
    for (uint32_t p = 0; p < m_paths.size(); ++p)
    {
        Alternative& alternative = m_paths[p];
        const std::vector<SwitchPosition>& switches = alternative.path.GetSwitches();
        for (std::size_t i = 0; i < switches.size(); ++i)
        {
            const bool passing = switches[i].port == port;
            if (switches[i].sw != sw || alternative.passing[i] == passing)
            {
                continue;
            }
            alternative.passing[i] = passing;
            for (uint32_t end = 0; end < 2; ++end)
            {
                SendEdge(p,
                         end,
                         alternative.path.GetDelayFromSwitch(switches[i].place, end),
                         !passing);
            }
        }
    }
    UpdateSelectedPath();
}

void
QuantumChannel::StationChanged(Ptr<const CentralStation> station, bool failed)
{
    NS_LOG_FUNCTION(this << station->GetName() << failed);
    for (uint32_t p = 0; p < m_paths.size(); ++p)
    {
        const QuantumPath& path = m_paths[p].path;
        for (uint32_t end = 0; path.GetStation() == station && end < 2; ++end)
        {
            SendEdge(p, end, path.GetDelayFromStation(end), failed);
        }
    }
}

void
QuantumChannel::UpdateSelectedPath()
{
    for (uint32_t p = 0; p < m_paths.size(); ++p)
    {
        if (p != m_selected && m_paths[p].path.IsSelected())
        {
            const uint32_t from = std::exchange(m_selected, p);
            m_pathTrace(this, from, p);
            return;
        }
    }
}

void
QuantumChannel::SendEdge(uint32_t path, uint32_t end, Time delay, bool dark)
{
    Simulator::Schedule(delay,
                        &QuantumChannel::EdgeArrives,
                        Ptr<QuantumChannel>(this),
                        path,
                        1 - end,
                        dark);
}

void
QuantumChannel::EmissionArrives(uint32_t path, uint32_t from, Light light)
{
    if (path < m_paths.size())
    {
        m_paths[path].directions[from].emitted = light;
        Update(from);
    }
}

void
QuantumChannel::EdgeArrives(uint32_t path, uint32_t from, bool dark)
{
    if (path < m_paths.size())
    {
        uint32_t& blockers = m_paths[path].directions[from].blockers;
        blockers = dark ? blockers + 1 : blockers - 1;
        Update(from);
    }
}

void
QuantumChannel::Update(uint32_t from)
{
    const uint32_t end = 1 - from;
    const auto bright =
        std::find_if(m_paths.begin(), m_paths.end(), [from](const Alternative& alternative) {
            return alternative.directions[from].blockers == 0;
        });
    View view;
    view.path = m_selected;
    if (bright != m_paths.end())
    {
        view.light = bright->directions[from].emitted;
        view.path = static_cast<uint32_t>(bright - m_paths.begin());
        for (const auto& disturbance : bright->directions[from].disturbances)
        {
            view.addedError = std::min(MAX_ADDED_ERROR, view.addedError + disturbance.second);
        }
    }
    View& seen = m_views[from];
    const bool dark = !view.light.sync && !view.light.quantum;
    if (seen.light == view.light &&
        (dark || (seen.path == view.path && seen.addedError == view.addedError)))
    {
        return;
    }
    seen = view;
    m_lightTrace(this, end, view.light);
    if (m_devices[end])
    {
        QuantumLinkBudget budget = GetQuietBudget(view.path, end);
        budget.addedError = view.addedError;
        m_devices[end]->ReceiveLight(ReceivedLight{view.light, budget});
    }
}

} // namespace qkdn
} // namespace ns3
