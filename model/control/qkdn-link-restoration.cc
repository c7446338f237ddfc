/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-restoration.h"

#include "ns3/log.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnLinkRestoration");
NS_OBJECT_ENSURE_REGISTERED(LinkRestoration);

namespace
{

/// The lower half of the number of a command; the upper half is the controller's term.
constexpr uint32_t TERM_SHIFT = 32;

} // namespace

const char*
RestorationStepName(RestorationStep step)
{
    static const char* const names[] = {"acknowledged",
                                        "started",
                                        "refused",
                                        "unanswered",
                                        "not-started"};
    return names[step];
}

TypeId
LinkRestoration::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::LinkRestoration")
            .SetParent<Object>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<LinkRestoration>()
            .AddAttribute("OperationTimeout",
                          "Time after which commands that are not answered are given up. It should "
                          "exceed the time of a reconnection.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&LinkRestoration::m_operationTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("RetryDelay",
                          "Time after which what was tried in vain may be tried again.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&LinkRestoration::m_retryDelay),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddTraceSource("Informed",
                            "The controller learns that a working entity has no keys.",
                            MakeTraceSourceAccessor(&LinkRestoration::m_informedTrace),
                            "ns3::qkdn::LinkRestoration::InformedCallback")
            .AddTraceSource("Decided",
                            "The controller decides where keys come from.",
                            MakeTraceSourceAccessor(&LinkRestoration::m_decidedTrace),
                            "ns3::qkdn::LinkRestoration::DecidedCallback")
            .AddTraceSource("Step",
                            "What becomes of a decision.",
                            MakeTraceSourceAccessor(&LinkRestoration::m_stepTrace),
                            "ns3::qkdn::LinkRestoration::StepCallback")
            .AddTraceSource("Rejected",
                            "A message is not understood or out of place; it changes nothing.",
                            MakeTraceSourceAccessor(&LinkRestoration::m_rejectedTrace),
                            "ns3::qkdn::LinkRestoration::RejectedCallback");
    return tid;
}

LinkRestoration::LinkRestoration()
    : m_endpoint(CreateObject<SupervisedEndpoint>())
{
    NS_LOG_FUNCTION(this);
}

LinkRestoration::~LinkRestoration()
{
    NS_LOG_FUNCTION(this);
}

void
LinkRestoration::DoDispose()
{
    NS_LOG_FUNCTION(this);
    Stop();
    m_term = nullptr;
    m_endpoint->Dispose();
    Object::DoDispose();
}

void
LinkRestoration::AddAgent(const Address& local, const Address& agent)
{
    NS_ABORT_MSG_IF(m_running, "an agent comes after the start of a controller");
    m_local = local;
    if (std::find(m_agents.begin(), m_agents.end(), agent) == m_agents.end())
    {
        m_agents.push_back(agent);
    }
}

void
LinkRestoration::SetTermFunction(TermFunction term)
{
    m_term = std::move(term);
}

void
LinkRestoration::SetMayRestore(bool mayRestore)
{
    NS_LOG_FUNCTION(this << mayRestore);
    m_mayRestore = mayRestore;
    for (const auto& group : m_groups)
    {
        Review(group.first);
    }
}

void
LinkRestoration::Start(Ptr<Node> node, Time decisionTime, Time commandTimeout)
{
    NS_LOG_FUNCTION(this);
    if (m_agents.empty())
    {
        return;
    }
    m_decisionTime = decisionTime;
    m_commandTimeout = commandTimeout;
    if (!m_peered)
    {
        m_peered = true;
        m_endpoint->SetNode(node);
        GetEndpoint()->SetReceiveCallback(MakeCallback(&LinkRestoration::Receive, this));
        GetEndpoint()->SetPeerCallback(MakeCallback(&LinkRestoration::PeerConnected, this));
        for (const Address& agent : m_agents)
        {
            m_endpoint->AddPeer(agent);
        }
    }
    m_running = true;
    m_endpoint->Listen(m_local);
}

void
LinkRestoration::Stop()
{
    NS_LOG_FUNCTION(this);
    if (!m_running)
    {
        return;
    }
    m_running = false;
    m_endpoint->Stop();
    for (auto& [id, group] : m_groups)
    {
        Abandon(group);
    }
    m_groups.clear();
}

void
LinkRestoration::Abandon(Group& group)
{
    group.phase = PHASE_IDLE;
    group.timer.Cancel();
    group.repeat.Cancel();
    for (Working& working : group.working)
    {
        working.retry.Cancel();
        working.restore.Cancel();
        working = Working();
    }
}

void
LinkRestoration::RoleChanged()
{
    for (auto& [id, group] : m_groups)
    {
        Abandon(group);
        Review(id);
    }
}

Ptr<MessageEndpoint>
LinkRestoration::GetEndpoint() const
{
    return m_endpoint->GetEndpoint();
}

Ptr<HelloAgent>
LinkRestoration::GetHelloAgent() const
{
    return m_endpoint->GetHelloAgent();
}

bool
LinkRestoration::MayCommand(const Group& group) const
{
    const std::optional<uint32_t> term = m_term ? m_term() : std::optional<uint32_t>(0);
    return m_running && term && group.pool.IsKnown() &&
           (group.pool.GetLastCommand() >> TERM_SHIFT) <= *term;
}

bool
LinkRestoration::NeedsHelp(const Group& group, uint32_t index)
{
    const auto selected = group.pool.GetSelected(index);
    return !selected || group.pool.HasFailed(*selected) ||
           (selected->protection && group.working[index].tried.count(selected->index) > 0);
}

std::optional<ProtectionEntity>
LinkRestoration::FindTarget(const Group& group, uint32_t index) const
{
    const ProtectionEntity home{false, index};
    const Working& working = group.working[index];
    const bool away = group.pool.GetSelected(index) != home;
    if (away && !group.pool.HasFailed(home) && !working.homeTried)
    {
        return home;
    }
    if (!m_mayRestore)
    {
        return std::nullopt;
    }
    const auto spare = group.pool.Choose(index, working.tried);
    if (spare)
    {
        return ProtectionEntity{true, *spare};
    }
    // where it generates again as soon as it is repaired
    return away && !working.homeTried ? std::optional<ProtectionEntity>(home) : std::nullopt;
}

void
LinkRestoration::Review(GroupId id)
{
    Group& group = m_groups.at(id);
    if (!MayCommand(group))
    {
        return;
    }
    for (uint32_t i = 0; i < group.working.size(); ++i)
    {
        if (group.phase == PHASE_COMMANDING && group.index == i)
        {
            // the two ends do not change at the same moment
            continue;
        }
        Working& working = group.working[i];
        const bool help = NeedsHelp(group, i);
        if (help && !working.informed)
        {
            m_informedTrace(group.name, i, working.incident);
        }
        working.informed = help;
        ReviewRestore(id, i);
    }
    SuperviseStart(id);
    for (uint32_t i = 0; i < group.working.size() && group.phase == PHASE_IDLE; ++i)
    {
        if (NeedsHelp(group, i) && FindTarget(group, i))
        {
            group.phase = PHASE_DECIDING;
            group.index = i;
            group.timer = Simulator::Schedule(m_decisionTime, &LinkRestoration::Decide, this, id);
        }
    }
    for (uint32_t i = 0; i < group.working.size() && group.phase == PHASE_IDLE; ++i)
    {
        if (group.working[i].restoreDue)
        {
            group.working[i].restoreDue = false;
            m_decidedTrace(group.name, i, ProtectionEntity{false, i}, IncidentId());
            Command(id, i, ProtectionEntity{false, i});
        }
    }
}

void
LinkRestoration::SuperviseStart(GroupId id)
{
    Group& group = m_groups.at(id);
    for (uint32_t i = 0; i < group.working.size() && group.phase == PHASE_IDLE; ++i)
    {
        const auto selected = group.pool.GetSelected(i);
        if (selected && selected->protection && !NeedsHelp(group, i) &&
            !group.pool.IsUp(i, *selected))
        {
            group.phase = PHASE_STARTING;
            group.index = i;
            group.target = *selected;
        }
    }
    if (group.phase == PHASE_STARTING && group.timer.IsExpired())
    {
        group.timer = Simulator::Schedule(group.pool.GetDescription().startTimeout,
                                          &LinkRestoration::TimedOut,
                                          this,
                                          id);
    }
}

void
LinkRestoration::ReviewRestore(GroupId id, uint32_t index)
{
    Group& group = m_groups.at(id);
    Working& working = group.working[index];
    const auto selected = group.pool.GetSelected(index);
    const CqRegistration& description = group.pool.GetDescription();
    if (!description.revertive || !selected || !selected->protection || working.homeTried ||
        group.pool.HasFailed({false, index}) || NeedsHelp(group, index))
    {
        working.restore.Cancel();
        working.restoreDue = false;
    }
    else if (working.restore.IsExpired() && !working.restoreDue)
    {
        working.restore = Simulator::Schedule(description.waitToRestore,
                                              &LinkRestoration::Restore,
                                              this,
                                              id,
                                              index);
    }
}

void
LinkRestoration::Restore(GroupId id, uint32_t index)
{
    m_groups.at(id).working[index].restoreDue = true;
    Review(id);
}

void
LinkRestoration::Decide(GroupId id)
{
    Group& group = m_groups.at(id);
    const uint32_t index = group.index;
    group.phase = PHASE_IDLE;
    if (!MayCommand(group))
    {
        return;
    }
    const auto target = NeedsHelp(group, index) ? FindTarget(group, index) : std::nullopt;
    if (target)
    {
        m_decidedTrace(group.name, index, *target, group.working[index].incident);
        Command(id, index, *target);
    }
    Review(id);
}

void
LinkRestoration::Command(GroupId id, uint32_t index, ProtectionEntity target)
{
    Group& group = m_groups.at(id);
    const uint64_t term = m_term ? m_term().value_or(0) : 0;
    const uint64_t last = std::max(group.number, group.pool.GetLastCommand());
    group.number = std::max(last, term << TERM_SHIFT) + 1;
    NS_LOG_INFO("group " << group.name << ": W" << index << " to " << target << ", command "
                         << group.number);
    group.phase = PHASE_COMMANDING;
    group.index = index;
    group.target = target;
    group.done = {};
    group.timer.Cancel();
    group.timer = Simulator::Schedule(m_operationTimeout, &LinkRestoration::TimedOut, this, id);
    SendCommands(id);
}

void
LinkRestoration::SendCommands(GroupId id)
{
    Group& group = m_groups.at(id);
    const CqSelect command{id, group.number, static_cast<uint8_t>(group.index), group.target};
    for (std::size_t end = 0; end < group.peers.size(); ++end)
    {
        if (!group.done[end] && GetEndpoint()->IsUp(group.peers[end]))
        {
            GetEndpoint()->Send(group.peers[end],
                                CQ_SELECT,
                                command.ToPacket(),
                                group.working[group.index].incident);
        }
    }
    group.repeat.Cancel();
    group.repeat = Simulator::Schedule(m_commandTimeout, &LinkRestoration::SendCommands, this, id);
}

void
LinkRestoration::CheckStarted(GroupId id)
{
    Group& group = m_groups.at(id);
    if (group.phase != PHASE_STARTING || !group.pool.IsKnown())
    {
        return;
    }
    if (group.pool.HasFailed(group.target))
    {
        Fail(id, RESTORATION_NOT_STARTED, "it has failed");
    }
    else if (group.pool.IsUp(group.index, group.target))
    {
        group.phase = PHASE_IDLE;
        group.timer.Cancel();
        m_stepTrace(group.name,
                    group.index,
                    group.target,
                    RESTORATION_STARTED,
                    "",
                    group.working[group.index].incident);
    }
}

void
LinkRestoration::Fail(GroupId id, RestorationStep step, const std::string& reason)
{
    Group& group = m_groups.at(id);
    Working& working = group.working[group.index];
    group.phase = PHASE_IDLE;
    group.timer.Cancel();
    group.repeat.Cancel();
    m_stepTrace(group.name, group.index, group.target, step, reason, working.incident);
    if (!group.pool.IsKnown())
    {
        // the way to an end is cut, which says nothing of the entity
        return;
    }
    if (group.target.protection)
    {
        working.tried.insert(group.target.index);
    }
    else
    {
        working.homeTried = true;
    }
    if (working.retry.IsExpired())
    {
        working.retry =
            Simulator::Schedule(m_retryDelay, &LinkRestoration::Retry, this, id, group.index);
    }
    Review(id);
}

void
LinkRestoration::TimedOut(GroupId id)
{
    const Group& group = m_groups.at(id);
    if (group.phase == PHASE_STARTING)
    {
        Fail(id, RESTORATION_NOT_STARTED, "it does not generate");
        return;
    }
    Fail(id,
         RESTORATION_UNANSWERED,
         std::string("no answer of end ") + (group.done[0] ? "1" : "0"));
}

void
LinkRestoration::Retry(GroupId id, uint32_t index)
{
    Working& working = m_groups.at(id).working[index];
    working.tried.clear();
    working.homeTried = false;
    Review(id);
}

} // namespace qkdn
} // namespace ns3
