/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-line-monitor.h"

#include "qkdn-quantum-channel.h"

#include "ns3/log.h"
#include "ns3/node.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnLineMonitor");
NS_OBJECT_ENSURE_REGISTERED(LineMonitor);

TypeId
LineMonitor::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::LineMonitor")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<LineMonitor>()
            .AddAttribute("LossOfLightTime",
                          "Time without supervision light before the fibre counts as lost, and "
                          "with light before it counts as good.",
                          TimeValue(MilliSeconds(5)),
                          MakeTimeAccessor(&LineMonitor::m_lossOfLight),
                          MakeTimeChecker(MicroSeconds(1)));
    return tid;
}

void
LineMonitor::DoDispose()
{
    m_detector.Stop();
    m_device = nullptr;
    m_callback = StateCallback();
    Object::DoDispose();
}

void
LineMonitor::SetDevice(Ptr<QuantumNetDevice> device)
{
    m_device = device;
}

void
LineMonitor::SetStateCallback(StateCallback callback)
{
    m_callback = callback;
}

void
LineMonitor::Start(bool wasGood)
{
    NS_LOG_FUNCTION(this << wasGood);
    NS_ABORT_MSG_IF(!m_device || !m_device->GetChannel(),
                    "a line monitor was started without a device on a channel");
    m_device->SetLightCallback(MakeCallback(&LineMonitor::LightChanged, this));
    m_detector.SetCallback(MakeCallback(&LineMonitor::Declared, this));
    m_detector.SetPersistence(m_lossOfLight, m_lossOfLight);
    m_detector.Start(wasGood,
                     m_device->GetReceivedLight().light.sync,
                     DynamicCast<QuantumChannel>(m_device->GetChannel())->GetDelay());
    Light light;
    light.sync = true;
    m_device->Emit(light);
}

void
LineMonitor::Stop()
{
    NS_LOG_FUNCTION(this);
    m_detector.Stop();
    // when the simulation is destroyed the device goes first
    if (m_device && m_device->GetChannel())
    {
        m_device->Emit(Light());
    }
}

bool
LineMonitor::IsGood() const
{
    return m_detector.IsGood();
}

void
LineMonitor::LightChanged(const ReceivedLight& light)
{
    m_detector.SetPresent(light.light.sync);
}

void
LineMonitor::Declared(bool good)
{
    NS_LOG_INFO("line monitor on node " << m_device->GetNode()->GetId() << ": "
                                        << (good ? "good" : "lost"));
    if (!m_callback.IsNull())
    {
        m_callback(good);
    }
}

} // namespace qkdn
} // namespace ns3
