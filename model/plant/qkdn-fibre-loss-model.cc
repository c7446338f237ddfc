/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fibre-loss-model.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFibreLossModel");

NS_OBJECT_ENSURE_REGISTERED(FibreLossModel);

TypeId
FibreLossModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::FibreLossModel")
                            .SetParent<ErrorModel>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<FibreLossModel>();
    return tid;
}

void
FibreLossModel::SetLink(Ptr<ClassicalLink> link)
{
    m_link = link;
}

void
FibreLossModel::DoDispose()
{
    m_link = nullptr;
    ErrorModel::DoDispose();
}

bool
FibreLossModel::DoCorrupt(Ptr<Packet> packet)
{
    NS_ABORT_MSG_UNLESS(m_link, "a fibre loss model without a link");
    const Time now = Simulator::Now();
    const Time onLink =
        m_link->GetDataRate().CalculateBytesTxTime(packet->GetSize()) + m_link->GetDelay();
    const bool lost = m_link->WasDownDuring(now - onLink, now);
    NS_LOG_LOGIC("link " << m_link->GetName() << (lost ? " loses " : " carries ") << *packet);
    return lost;
}

void
FibreLossModel::DoReset()
{
    // the state is the link's
}

} // namespace qkdn
} // namespace ns3
