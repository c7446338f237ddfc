/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-distillation.h"

#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnDistillation");
NS_OBJECT_ENSURE_REGISTERED(Distillation);

TypeId
Distillation::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::Distillation")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddAttribute("AuthenticationReserve",
                          "Pre-shared key bits for authenticating the classical channel; the "
                          "reserve is filled up to it from the link's own output.",
                          UintegerValue(1920),
                          MakeUintegerAccessor(&Distillation::m_initialReserveBits),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("Statistics",
                          "Whether blocks are as planned (expected), or their detections, sifted "
                          "bits and errors are drawn; auto: drawn where every message is "
                          "simulated.",
                          EnumValue(STATISTICS_AUTO),
                          MakeEnumAccessor<DistillationStatistics>(&Distillation::m_statistics),
                          MakeEnumChecker(STATISTICS_AUTO,
                                          "auto",
                                          STATISTICS_EXPECTED,
                                          "expected",
                                          STATISTICS_DRAWN,
                                          "drawn"))
            .AddTraceSource("BlockFilled",
                            "A block has all its detections.",
                            MakeTraceSourceAccessor(&Distillation::m_blockFilledTrace),
                            "ns3::qkdn::Distillation::BlockFilledCallback")
            .AddTraceSource("BlockDropped",
                            "A full block gives no key.",
                            MakeTraceSourceAccessor(&Distillation::m_blockDroppedTrace),
                            "ns3::qkdn::Distillation::BlockDroppedCallback");
    return tid;
}

Distillation::Distillation()
    : m_draws(CreateObject<UniformRandomVariable>())
{
}

Distillation::~Distillation() = default;

void
Distillation::NotifyConstructionCompleted()
{
    Object::NotifyConstructionCompleted();
    m_reserve.SetInitial(m_initialReserveBits);
}

void
Distillation::DoDispose()
{
    m_keyCallback = KeyCallback();
    m_estimateCallback = EstimateCallback();
    m_send = SendCallback();
    m_protocol = nullptr;
    Object::DoDispose();
}

void
Distillation::SetLink(LinkId link, Ptr<QkdProtocol> protocol)
{
    m_link = link;
    m_protocol = protocol;
}

void
Distillation::SetKeyCallback(KeyCallback callback)
{
    m_keyCallback = callback;
}

void
Distillation::SetSendCallback(SendCallback callback)
{
    m_send = callback;
}

void
Distillation::SetEstimateCallback(EstimateCallback callback)
{
    m_estimateCallback = callback;
}

void
Distillation::SetProbing(bool probing)
{
    NS_LOG_FUNCTION(this << probing);
    m_probing = probing;
}

int64_t
Distillation::AssignStreams(int64_t stream)
{
    m_draws->SetStream(stream);
    return 1;
}

void
Distillation::ChannelChanged(const ReceivedLight& light)
{
    NS_LOG_FUNCTION(this << light.light.epoch);
    DetectionStopped();
    DetectionStarted(light, Simulator::Now());
}

DetectionMark
Distillation::GetMark() const
{
    return DetectionMark();
}

void
Distillation::PeerDetects(const DetectionMark& mark)
{
    NS_LOG_FUNCTION(this << mark.epoch << mark.firstBlock);
}

const AuthenticationReserve&
Distillation::GetReserve() const
{
    return m_reserve;
}

void
Distillation::Deliver(const QkdKey& key)
{
    NS_LOG_FUNCTION(this << key.id.ToString() << key.material.GetBits());
    m_keyCallback(key);
}

void
Distillation::NotifyEstimate(const KeyId& key, double qber)
{
    NS_LOG_FUNCTION(this << key.ToString() << qber);
    if (!m_estimateCallback.IsNull())
    {
        m_estimateCallback(key, qber);
    }
}

bool
Distillation::IsProbing() const
{
    return m_probing;
}

bool
Distillation::IsDrawn() const
{
    return m_statistics == STATISTICS_DRAWN ||
           (m_statistics == STATISTICS_AUTO && DrawsByDefault());
}

bool
Distillation::DrawsByDefault() const
{
    return false;
}

} // namespace qkdn
} // namespace ns3
