/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-distillation.h"

#include "ns3/log.h"
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

} // namespace qkdn
} // namespace ns3
