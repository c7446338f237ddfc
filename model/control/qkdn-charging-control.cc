/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charging-control.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnChargingControl");

ChargingControl::~ChargingControl()
{
    m_next.Cancel();
}

void
ChargingControl::SetRecordFunction(RecordFunction record)
{
    m_record = std::move(record);
}

void
ChargingControl::SetChangeFunction(ChangeFunction change)
{
    m_change = std::move(change);
}

void
ChargingControl::Changed(SessionId session) const
{
    if (m_change)
    {
        m_change(session);
    }
}

void
ChargingControl::Merge(const ChargingAccount& account)
{
    NS_LOG_FUNCTION(this << account.session);
    m_ledger.Merge(account);
}

void
ChargingControl::SetTariff(const ChargingTariff& tariff)
{
    m_ledger.SetTariff(tariff);
}

void
ChargingControl::Start(Time interval, Time delay)
{
    NS_LOG_FUNCTION(this << interval << delay);
    m_interval = interval;
    m_next.Cancel();
    if (interval.IsStrictlyPositive())
    {
        m_next =
            Simulator::Schedule(interval + delay, &ChargingControl::MakeRecordsPeriodically, this);
    }
}

void
ChargingControl::Stop()
{
    NS_LOG_FUNCTION(this);
    m_next.Cancel();
}

void
ChargingControl::SessionRequested(const CkSessionRequest& request)
{
    m_ledger.Open(request.session,
                  request.policy.resilienceClass,
                  request.policy.toleration,
                  Simulator::Now());
    Changed(request.session);
}

void
ChargingControl::RouteEvent(const CkRouteEvent& event)
{
    if (event.kind == ROUTE_EVENT_SUPPLY_INTERRUPTED || event.kind == ROUTE_EVENT_SUPPLY_RESUMED)
    {
        m_ledger.SetInterrupted(event.session,
                                event.kind == ROUTE_EVENT_SUPPLY_INTERRUPTED,
                                Simulator::Now());
        Changed(event.session);
    }
}

bool
ChargingControl::HandleReport(KmId km, Ptr<const Packet> body)
{
    const auto report = CkUsageReport::FromPacket(body);
    if (!report || !m_ledger.Report(km, *report))
    {
        return false;
    }
    for (const CkSessionUsage& usage : report->sessions)
    {
        Changed(usage.session);
    }
    return true;
}

void
ChargingControl::MakeRecordsPeriodically()
{
    m_next = Simulator::Schedule(m_interval, &ChargingControl::MakeRecordsPeriodically, this);
    MakeRecords();
}

void
ChargingControl::MakeRecords()
{
    for (const ChargingRecord& record : m_ledger.GetRecords(Simulator::Now()))
    {
        m_record(record);
    }
}

const ChargingLedger&
ChargingControl::GetLedger() const
{
    return m_ledger;
}

} // namespace qkdn
} // namespace ns3
