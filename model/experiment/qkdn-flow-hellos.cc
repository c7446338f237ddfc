/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-flow-hellos.h"

#include "ns3/log.h"
#include "ns3/qkdn-random-stream.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFlowHellos");
NS_OBJECT_ENSURE_REGISTERED(FlowHellos);

namespace
{

/// Ways that hellos go from one end to the other until both know that both hear.
constexpr int64_t HELLO_WAYS = 3;

/**
 * @brief The hello watch of one node: passes all to FlowHellos.
 */
class NodeHelloWatch : public HelloWatch
{
  public:
    /**
     * @brief Constructor
     * @param hellos the hellos of all nodes
     */
    explicit NodeHelloWatch(Ptr<FlowHellos> hellos)
        : m_hellos(hellos)
    {
    }

    void AgentStarted(HelloAgent* agent) override
    {
        m_hellos->AgentStarted(agent);
    }

    void PeerAdded(HelloAgent* agent, HelloPeerId peer) override
    {
        m_hellos->PeerAdded(agent, peer);
    }

    void AgentStopped(HelloAgent* agent) override
    {
        if (m_hellos)
        {
            m_hellos->AgentStopped(agent);
        }
    }

    bool IsDown(EndpointName local, EndpointName remote) const override
    {
        return m_hellos->IsDown(local, remote);
    }

  protected:
    void DoDispose() override
    {
        m_hellos = nullptr;
        HelloWatch::DoDispose();
    }

  private:
    Ptr<FlowHellos> m_hellos; //!< hellos of all nodes
};

} // namespace

TypeId
FlowHellos::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::FlowHellos")
                            .SetParent<Object>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<FlowHellos>();
    return tid;
}

FlowHellos::FlowHellos()
    : m_reachability(CreateObject<Reachability>()),
      m_random(CreateObject<UniformRandomVariable>())
{
    NS_LOG_FUNCTION(this);
    m_reachability->SetCallback(MakeCallback(&FlowHellos::ReachabilityChanged, this));
}

FlowHellos::~FlowHellos() = default;

void
FlowHellos::DoDispose()
{
    NS_LOG_FUNCTION(this);
    for (auto& peer : m_peers)
    {
        peer.second.declaration.Cancel();
        peer.second.patience.Cancel();
    }
    m_peers.clear();
    m_running.clear();
    m_reachability->Dispose();
    m_topology = nullptr;
    m_changed = ChangeCallback();
    Object::DoDispose();
}

void
FlowHellos::SetTopology(Ptr<ClassicalTopology> topology)
{
    m_topology = topology;
    m_reachability->SetTopology(topology);
}

void
FlowHellos::Install(Ptr<Node> node, const std::string& name)
{
    m_names[node->GetId()] = name;
    node->AggregateObject(CreateObject<NodeHelloWatch>(Ptr<FlowHellos>(this)));
}

void
FlowHellos::SetChangeCallback(ChangeCallback callback)
{
    m_changed = callback;
}

uint32_t
FlowHellos::WatchNodes(uint32_t a, uint32_t b)
{
    const uint32_t pair = m_reachability->Watch(a, b);
    m_watched.insert(pair);
    return pair;
}

bool
FlowHellos::IsReachable(uint32_t pair) const
{
    return m_reachability->IsReachable(pair);
}

double
FlowHellos::GetPhase(const Direction& direction)
{
    const auto known = m_phases.find(direction);
    if (known != m_phases.end())
    {
        return known->second;
    }
    const auto nameOf = [this](const EndpointName& end) {
        const auto node = m_topology->GetOwner(Ipv4Address(end.first));
        return m_names.at(*node) + ":" + std::to_string(end.second);
    };
    m_random->SetStream(
        RandomStreamNumber("hello/" + nameOf(direction.second) + "/" + nameOf(direction.first),
                           "phase"));
    const double phase = m_random->GetValue(0.0, 1.0);
    m_phases[direction] = phase;
    return phase;
}

Time
FlowHellos::GetAge(const Direction& direction, Time interval)
{
    const auto steps = static_cast<double>(interval.GetTimeStep());
    const auto first = static_cast<int64_t>(GetPhase(direction) * steps);
    const int64_t since = Simulator::Now().GetTimeStep() - first + interval.GetTimeStep();
    return TimeStep(static_cast<uint64_t>(since % interval.GetTimeStep()));
}

Time
FlowHellos::GetNextHello(const Direction& direction)
{
    const Time interval = m_running.at(direction.second)->GetInterval();
    const Time age = GetAge(direction, interval);
    return Simulator::Now() + (age.IsZero() ? Time(0) : interval - age);
}

bool
FlowHellos::IsConnected(const Direction& direction, const Peer& peer) const
{
    return m_running.count(direction.first) > 0 && m_running.count(direction.second) > 0 &&
           m_reachability->IsReachable(peer.pair);
}

bool
FlowHellos::IsDown(EndpointName local, EndpointName remote) const
{
    const Direction direction(local, remote);
    const auto peer = m_peers.find(direction);
    return peer != m_peers.end() && !IsConnected(direction, peer->second);
}

void
FlowHellos::AgentStarted(HelloAgent* agent)
{
    const EndpointName local = agent->GetLocalName();
    NS_LOG_FUNCTION(this << local.first << local.second);
    m_running[local] = agent;
    for (const EndpointName& listener : m_listeners[local])
    {
        const Direction direction(listener, local);
        const auto peer = m_peers.find(direction);
        if (peer != m_peers.end())
        {
            peer->second.restarted = peer->second.alive;
            Review(direction, true);
        }
    }
}

void
FlowHellos::PeerAdded(HelloAgent* agent, HelloPeerId id)
{
    const Direction direction(agent->GetLocalName(), agent->GetPeerName(id));
    const auto here = m_topology->GetOwner(Ipv4Address(direction.first.first));
    const auto there = m_topology->GetOwner(Ipv4Address(direction.second.first));
    NS_ABORT_MSG_UNLESS(here && there, "a hello agent has a peer outside the classical network");
    Peer peer;
    peer.id = id;
    peer.pair = m_reachability->Watch(*here, *there);
    peer.patience = Simulator::Schedule(agent->GetInterval() * int64_t{agent->GetMultiplier()},
                                        &FlowHellos::PatienceOver,
                                        this,
                                        direction);
    m_peers[direction] = peer;
    m_ofPair[peer.pair].insert(direction);
    m_listeners[direction.second].insert(direction.first);
    Review(direction, true);
}

void
FlowHellos::AgentStopped(HelloAgent* agent)
{
    const EndpointName local = agent->GetLocalName();
    NS_LOG_FUNCTION(this << local.first << local.second);
    m_running.erase(local);
    for (auto peer = m_peers.lower_bound(Direction(local, EndpointName(0, 0)));
         peer != m_peers.end() && peer->first.first == local;)
    {
        peer->second.declaration.Cancel();
        peer->second.patience.Cancel();
        peer = m_peers.erase(peer);
    }
    for (const EndpointName& listener : m_listeners[local])
    {
        if (m_peers.count(Direction(listener, local)) > 0)
        {
            Review(Direction(listener, local), false);
        }
    }
}

void
FlowHellos::Review(const Direction& direction, bool atOnce)
{
    Peer& peer = m_peers.at(direction);
    if (IsConnected(direction, peer))
    {
        peer.declaration.Cancel();
        if (peer.alive && !peer.restarted)
        {
            return;
        }
        const Direction back(direction.second, direction.first);
        const Time first =
            atOnce ? Simulator::Now() : std::min(GetNextHello(direction), GetNextHello(back));
        peer.declaration = Simulator::Schedule(first - Simulator::Now() +
                                                   m_reachability->GetDelay(peer.pair) * HELLO_WAYS,
                                               &FlowHellos::Declare,
                                               this,
                                               direction,
                                               true);
        return;
    }
    if (!peer.alive)
    {
        peer.declaration.Cancel();
        return;
    }
    if (peer.declaration.IsExpired() || peer.restarted)
    {
        peer.declaration.Cancel();
        const HelloAgent* agent = m_running.at(direction.first);
        const Time interval = agent->GetInterval();
        const Time patience =
            interval * int64_t{agent->GetMultiplier()} - GetAge(direction, interval);
        peer.declaration =
            Simulator::Schedule(patience, &FlowHellos::Declare, this, direction, false);
    }
}

void
FlowHellos::Declare(Direction direction, bool alive)
{
    Peer& peer = m_peers.at(direction);
    const HelloPeerId id = peer.id;
    HelloAgent* agent = m_running.at(direction.first);
    const bool restarted = peer.restarted;
    peer.patience.Cancel();
    peer.alive = alive;
    peer.restarted = false;
    if (alive && restarted)
    {
        agent->Declare(id, false);
    }
    agent->Declare(id, alive);
}

void
FlowHellos::PatienceOver(Direction direction)
{
    const Peer& peer = m_peers.at(direction);
    m_running.at(direction.first)->Declare(peer.id, false);
}

void
FlowHellos::ReachabilityChanged(uint32_t pair, bool reachable)
{
    NS_LOG_FUNCTION(this << pair << reachable);
    for (const Direction& direction : m_ofPair[pair])
    {
        if (m_peers.count(direction) > 0)
        {
            Review(direction, false);
        }
    }
    if (m_watched.count(pair) > 0 && !m_changed.IsNull())
    {
        m_changed(pair);
    }
}

} // namespace qkdn
} // namespace ns3
