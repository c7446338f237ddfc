/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-policy-push.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

PolicyPush::~PolicyPush()
{
    Stop();
}

void
PolicyPush::SetSendFunction(SendFunction send)
{
    m_send = std::move(send);
}

void
PolicyPush::SetRetry(Time retry)
{
    m_retry = retry;
}

void
PolicyPush::SetNewest(uint32_t number)
{
    NS_ABORT_MSG_IF(number <= m_newest, "policy " << number << " is not newer than the one before");
    m_newest = number;
    for (auto& [peer, partner] : m_partners)
    {
        partner.accepted = false;
        Push(peer);
    }
}

void
PolicyPush::SetReady(PeerId peer)
{
    m_partners[peer].accepted = false;
    Push(peer);
}

void
PolicyPush::SetGone(PeerId peer)
{
    const auto found = m_partners.find(peer);
    if (found != m_partners.end())
    {
        found->second.again.Cancel();
        m_partners.erase(found);
    }
}

void
PolicyPush::Stop()
{
    for (auto& entry : m_partners)
    {
        entry.second.again.Cancel();
    }
    m_partners.clear();
}

PolicyPush::Partner*
PolicyPush::FindAnswering(PeerId peer, uint32_t number)
{
    const auto found = m_partners.find(peer);
    return found == m_partners.end() || number == 0 || number > m_newest ? nullptr : &found->second;
}

bool
PolicyPush::Accept(PeerId peer, uint32_t number)
{
    Partner* partner = FindAnswering(peer, number);
    if (partner && number == m_newest)
    {
        partner->accepted = true;
        partner->again.Cancel();
    }
    return partner != nullptr;
}

bool
PolicyPush::Refuse(PeerId peer, uint32_t number)
{
    Partner* partner = FindAnswering(peer, number);
    if (partner && number == m_newest)
    {
        partner->accepted = false;
        partner->again.Cancel();
    }
    return partner != nullptr;
}

bool
PolicyPush::HasAccepted(PeerId peer) const
{
    const auto found = m_partners.find(peer);
    return found != m_partners.end() && found->second.accepted;
}

void
PolicyPush::Push(PeerId peer)
{
    Partner& partner = m_partners.at(peer);
    partner.again.Cancel();
    if (m_newest > 0)
    {
        m_send(peer);
        partner.again = Simulator::Schedule(m_retry, &PolicyPush::Push, this, peer);
    }
}

} // namespace qkdn
} // namespace ns3
