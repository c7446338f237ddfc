/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_HELLO_WATCH_H
#define QKDN_HELLO_WATCH_H

#include "qkdn-hello-agent.h"

#include "ns3/object.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Says instead of hellos whether peers are alive: for flow mode, where nothing periodic is
 * sent.
 *
 * Where one is aggregated to a node before the hello agents there start, they send nothing and
 * report what it declares (HelloAgent::Declare()), and message endpoints there do not try to
 * connect in vain.
 */
class HelloWatch : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ~HelloWatch() override;

    /**
     * @brief An agent starts. Its peers follow.
     * @param agent the agent, which says when it stops
     */
    virtual void AgentStarted(HelloAgent* agent) = 0;

    /**
     * @brief An agent that has started has one more peer.
     * @param agent the agent
     * @param peer its id
     */
    virtual void PeerAdded(HelloAgent* agent, HelloPeerId peer) = 0;

    /**
     * @brief An agent stops.
     * @param agent the agent
     */
    virtual void AgentStopped(HelloAgent* agent) = 0;

    /**
     * @brief Whether a connection is in vain: a hello agent on this address watches the other end,
     * and neither its hellos nor any other packets would arrive now.
     * @param local address of this end
     * @param remote address of the other end
     * @return false also for ends that nobody watches
     */
    virtual bool IsDown(EndpointName local, EndpointName remote) const = 0;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_HELLO_WATCH_H */
