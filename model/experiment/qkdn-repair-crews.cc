/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-repair-crews.h"

#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnRepairCrews");
NS_OBJECT_ENSURE_REGISTERED(RepairCrews);

TypeId
RepairCrews::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::RepairCrews")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<RepairCrews>()
            .AddAttribute("Crews",
                          "How many crews there are.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&RepairCrews::m_crews),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Policy",
                          "Which order is served first; of equal ones that with the lower number.",
                          EnumValue(FIFO),
                          qkdn::MakeEnumAccessor<RepairPolicy>(&RepairCrews::m_policy),
                          MakeEnumChecker(FIFO,
                                          "fifo",
                                          MOST_SESSIONS,
                                          "most-sessions",
                                          LARGEST_RATE,
                                          "largest-rate"))
            .AddAttribute("Dispatch",
                          "Who orders repairs: others, or the crews themselves with each fault.",
                          EnumValue(BY_ORDER),
                          qkdn::MakeEnumAccessor<RepairDispatch>(&RepairCrews::m_dispatch),
                          MakeEnumChecker(BY_ORDER, "by-order", IMMEDIATE, "immediate"))
            .AddAttribute("TravelTime",
                          "From setting out to arrival.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&RepairCrews::m_travelTime),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("Repair",
                            "Something happens to a repair order.",
                            MakeTraceSourceAccessor(&RepairCrews::m_trace),
                            "ns3::qkdn::RepairCrews::StepCallback");
    return tid;
}

RepairCrews::RepairCrews()
{
    NS_LOG_FUNCTION(this);
}

RepairCrews::~RepairCrews()
{
    NS_LOG_FUNCTION(this);
}

void
RepairCrews::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& [index, event] : m_jobs)
    {
        event.Cancel();
    }
    for (EventId& event : m_planned)
    {
        event.Cancel();
    }
    m_jobs.clear();
    m_planned.clear();
    m_faults.clear();
    m_injector = nullptr;
    m_loadSource = nullptr;
    Object::DoDispose();
}

void
RepairCrews::SetInjector(Ptr<FaultInjector> injector)
{
    m_injector = injector;
}

void
RepairCrews::SetLoadSource(LoadSource source)
{
    m_loadSource = std::move(source);
}

void
RepairCrews::Plan(Ptr<Fault> fault, Time at, Time work)
{
    NS_LOG_FUNCTION(this << fault->GetId() << at << work);
    m_planned.push_back(Simulator::Schedule(at, &RepairCrews::Strike, this, fault, work));
}

void
RepairCrews::Strike(Ptr<Fault> fault, Time work)
{
    m_injector->Strike(fault);
    Await(fault, work, Callback<void>());
}

void
RepairCrews::Await(Ptr<Fault> fault, Time work, Callback<void> repaired)
{
    NS_LOG_FUNCTION(this << fault->GetId() << work);
    m_faults.push_back(WaitingFault{fault, work, repaired, false});
    // a crew that is to come to the component, or is there, finds the fault as well
    if (m_dispatch != IMMEDIATE || FindOrdered(fault->GetTarget()))
    {
        return;
    }
    RepairOrder order;
    order.number = static_cast<uint32_t>(m_records.size() + 1);
    order.component = fault->GetTarget();
    order.ordered = Simulator::Now();
    const Load load = m_loadSource ? m_loadSource(fault->GetId()) : Load();
    order.sessions = load.sessions;
    order.keyRateBps = load.keyRateBps;
    Request(order);
}

std::optional<std::size_t>
RepairCrews::FindOrdered(const std::string& component) const
{
    const auto isHere = [this, &component](std::size_t index) {
        return m_records[index].order.component == component;
    };
    const auto open = std::find_if(m_open.begin(), m_open.end(), isHere);
    if (open != m_open.end())
    {
        return *open;
    }
    const auto job = std::find_if(m_jobs.begin(), m_jobs.end(), [&isHere](const auto& entry) {
        return isHere(entry.first);
    });
    return job == m_jobs.end() ? std::nullopt : std::optional<std::size_t>(job->first);
}

void
RepairCrews::Request(const RepairOrder& order)
{
    NS_LOG_INFO("order " << order.number << " for " << order.component);
    const auto earlier = FindOrdered(order.component);
    if (earlier)
    {
        Merge(order, *earlier);
        return;
    }
    m_merged[m_records.size()].insert(order.number);
    m_open.push_back(m_records.size());
    RepairRecord record;
    record.order = order;
    m_records.push_back(record);
    m_trace(m_records.back(), REPAIR_STEP_ORDERED);
    Dispatch();
}

void
RepairCrews::Merge(const RepairOrder& order, std::size_t index)
{
    const auto waiting = m_merged.find(index);
    if (waiting != m_merged.end())
    {
        waiting->second.insert(order.number);
        RepairOrder& first = m_records[index].order;
        first.sessions = std::max(first.sessions, order.sessions);
        first.keyRateBps = std::max(first.keyRateBps, order.keyRateBps);
    }
    RepairRecord record;
    record.order = order;
    record.outcome = REPAIR_MERGED;
    record.done = Simulator::Now();
    m_records.push_back(record);
    m_trace(m_records.back(), REPAIR_STEP_MERGED);
}

void
RepairCrews::Withdraw(const RepairOrder& order)
{
    const auto waiting =
        std::find_if(m_merged.begin(), m_merged.end(), [&order](const auto& entry) {
            return entry.second.count(order.number) > 0;
        });
    if (waiting == m_merged.end())
    {
        return;
    }
    waiting->second.erase(order.number);
    if (!waiting->second.empty())
    {
        return;
    }
    RepairRecord& record = m_records[waiting->first];
    NS_LOG_INFO("order " << record.order.number << " for " << record.order.component
                         << " is withdrawn");
    m_open.erase(std::find(m_open.begin(), m_open.end(), waiting->first));
    m_merged.erase(waiting);
    record.outcome = REPAIR_WITHDRAWN;
    record.done = Simulator::Now();
    m_trace(record, REPAIR_STEP_WITHDRAWN);
}

bool
RepairCrews::GoesFirst(const RepairOrder& one, const RepairOrder& other) const
{
    switch (m_policy)
    {
    case FIFO:
        break;
    case MOST_SESSIONS:
        if (one.sessions != other.sessions)
        {
            return one.sessions > other.sessions;
        }
        break;
    case LARGEST_RATE:
        if (one.keyRateBps != other.keyRateBps)
        {
            return one.keyRateBps > other.keyRateBps;
        }
        break;
    }
    return std::tie(one.ordered, one.number) < std::tie(other.ordered, other.number);
}

std::size_t
RepairCrews::FindNext() const
{
    const auto best =
        std::min_element(m_open.begin(), m_open.end(), [this](std::size_t a, std::size_t b) {
            return GoesFirst(m_records[a].order, m_records[b].order);
        });
    return static_cast<std::size_t>(best - m_open.begin());
}

void
RepairCrews::Dispatch()
{
    while (!m_open.empty() && m_busy.size() < m_crews)
    {
        uint32_t crew = 1;
        while (m_busy.count(crew) > 0)
        {
            ++crew;
        }
        m_busy.insert(crew);
        const auto next = m_open.begin() + static_cast<std::ptrdiff_t>(FindNext());
        const std::size_t index = *next;
        m_open.erase(next);
        m_merged.erase(index);
        RepairRecord& record = m_records[index];
        NS_LOG_INFO("crew " << crew << " sets out to " << record.order.component);
        record.crew = crew;
        record.dispatched = Simulator::Now();
        record.outcome = REPAIR_TRAVELLING;
        m_jobs[index] = Simulator::Schedule(m_travelTime, &RepairCrews::Arrive, this, index);
        m_trace(record, REPAIR_STEP_DISPATCHED);
    }
}

void
RepairCrews::Arrive(std::size_t index)
{
    RepairRecord& record = m_records[index];
    record.arrived = Simulator::Now();
    m_trace(record, REPAIR_STEP_ARRIVED);
    Look(index);
}

void
RepairCrews::Look(std::size_t index)
{
    RepairRecord& record = m_records[index];
    const auto found =
        std::find_if(m_faults.begin(), m_faults.end(), [&record](const WaitingFault& waiting) {
            return !waiting.inWork && waiting.fault->IsFoundAt(record.order.component);
        });
    if (found != m_faults.end())
    {
        found->inWork = true;
        record.outcome = REPAIR_AT_WORK;
        if (found->work != Time::Max())
        {
            m_jobs[index] =
                Simulator::Schedule(found->work, &RepairCrews::Finish, this, index, found->fault);
        }
        return;
    }
    record.done = Simulator::Now();
    record.outcome = record.faults.empty() ? REPAIR_NOTHING_FOUND : REPAIR_DONE;
    m_jobs.erase(index);
    m_busy.erase(record.crew);
    if (record.outcome == REPAIR_NOTHING_FOUND)
    {
        NS_LOG_INFO("crew " << record.crew << " finds nothing at " << record.order.component);
        m_trace(record, REPAIR_STEP_NOTHING_FOUND);
    }
    Dispatch();
}

void
RepairCrews::Finish(std::size_t index, Ptr<Fault> fault)
{
    NS_LOG_INFO("fault " << fault->GetId() << " is repaired by a crew");
    const auto waiting =
        std::find_if(m_faults.begin(), m_faults.end(), [&fault](const WaitingFault& candidate) {
            return candidate.fault == fault;
        });
    const Callback<void> repaired = waiting->repaired;
    m_faults.erase(waiting);
    m_records[index].faults.push_back(fault->GetId());
    m_injector->Repair(fault);
    m_trace(m_records[index], REPAIR_STEP_REPAIRED);
    if (!repaired.IsNull())
    {
        repaired();
    }
    Look(index);
}

const std::deque<RepairRecord>&
RepairCrews::GetRecords() const
{
    return m_records;
}

} // namespace qkdn
} // namespace ns3
