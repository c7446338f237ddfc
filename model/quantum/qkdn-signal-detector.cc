/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-signal-detector.h"

#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

SignalDetector::~SignalDetector()
{
    m_pending.Cancel();
}

void
SignalDetector::SetCallback(StateCallback callback)
{
    m_callback = callback;
}

void
SignalDetector::SetPersistence(Time loss, Time back)
{
    m_loss = loss;
    m_back = back;
}

void
SignalDetector::Start(bool declaredGood, bool present, Time grace)
{
    m_running = true;
    m_good = declaredGood;
    m_pending.Cancel();
    if (present != m_good)
    {
        m_pending =
            Simulator::Schedule(m_good ? m_loss + grace : m_back, &SignalDetector::Declare, this);
    }
}

void
SignalDetector::Stop()
{
    m_running = false;
    m_pending.Cancel();
}

void
SignalDetector::SetPresent(bool present)
{
    if (!m_running)
    {
        return;
    }
    if (present == m_good)
    {
        m_pending.Cancel();
    }
    else if (m_pending.IsExpired())
    {
        m_pending = Simulator::Schedule(m_good ? m_loss : m_back, &SignalDetector::Declare, this);
    }
}

bool
SignalDetector::IsGood() const
{
    return m_good;
}

void
SignalDetector::Declare()
{
    m_good = !m_good;
    m_callback(m_good);
}

} // namespace qkdn
} // namespace ns3
