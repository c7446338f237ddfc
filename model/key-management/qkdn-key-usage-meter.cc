/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-usage-meter.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/simulator.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnKeyUsageMeter");
NS_OBJECT_ENSURE_REGISTERED(KeyUsageMeter);

TypeId
KeyUsageMeter::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::KeyUsageMeter")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<KeyUsageMeter>()
            .AddTraceSource("Use",
                            "Key that a session has used is counted, or taken back.",
                            MakeTraceSourceAccessor(&KeyUsageMeter::m_useTrace),
                            "ns3::qkdn::KeyUsageMeter::UseCallback");
    return tid;
}

KeyUsageMeter::KeyUsageMeter()
{
    NS_LOG_FUNCTION(this);
}

KeyUsageMeter::~KeyUsageMeter()
{
    NS_LOG_FUNCTION(this);
}

void
KeyUsageMeter::Configure(KmId self)
{
    m_self = self;
}

void
KeyUsageMeter::Add(SessionId session, ChargedUse use, uint64_t bits)
{
    NS_LOG_FUNCTION(this << session << ChargedUseName(use) << bits);
    if (bits == 0)
    {
        return;
    }
    m_usage[session][use] += bits;
    m_changed.insert(session);
    m_useTrace(m_self, session, use, static_cast<int64_t>(bits));
}

void
KeyUsageMeter::Remove(SessionId session, ChargedUse use, uint64_t bits)
{
    NS_LOG_FUNCTION(this << session << ChargedUseName(use) << bits);
    const auto found = m_usage.find(session);
    const uint64_t counted = found == m_usage.end() ? 0 : found->second[use];
    NS_ABORT_MSG_IF(counted < bits,
                    "KM " << m_self << " takes back " << bits << " bits of " << counted);
    if (bits == 0)
    {
        return;
    }
    found->second[use] -= bits;
    m_changed.insert(session);
    m_useTrace(m_self, session, use, -static_cast<int64_t>(bits));
}

void
KeyUsageMeter::SlaveKeyChanged(const KsaKeyEvent& event)
{
    if (event.kind == KSA_EVENT_HANDED_OVER || event.kind == KSA_EVENT_GIVEN_OUT)
    {
        Add(event.key.session, CHARGED_SUPPLY, event.material.GetBits());
    }
}

void
KeyUsageMeter::Restart()
{
    NS_LOG_FUNCTION(this << m_self);
    m_usage.clear();
    m_changed.clear();
    m_reports = 0;
    m_epoch = static_cast<uint64_t>(Simulator::Now().GetNanoSeconds());
}

KeyUsage
KeyUsageMeter::GetUsage(SessionId session) const
{
    const auto found = m_usage.find(session);
    return found == m_usage.end() ? KeyUsage{} : found->second;
}

std::vector<CkUsageReport>
KeyUsageMeter::MakeReports(bool all)
{
    std::vector<CkUsageReport> reports;
    for (const auto& [session, usage] : m_usage)
    {
        if (!all && m_changed.count(session) == 0)
        {
            continue;
        }
        if (reports.empty() || reports.back().sessions.size() == CkUsageReport::MAX_SESSIONS)
        {
            reports.emplace_back();
            reports.back().epoch = m_epoch;
            reports.back().number = ++m_reports;
        }
        reports.back().sessions.push_back(CkSessionUsage{session, usage});
    }
    m_changed.clear();
    return reports;
}

} // namespace qkdn
} // namespace ns3
