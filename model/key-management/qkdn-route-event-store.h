/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ROUTE_EVENT_STORE_H
#define QKDN_ROUTE_EVENT_STORE_H

#include "qkdn-ck-messages.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-resend-list.h"

#include <cstddef>
#include <functional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Keeps events of routes that a controller has not heard of, or perhaps not.
 *
 * An event drops those of the same session that it makes out of date, so what is kept is the
 * newest state of each session and its size is bounded by sessions and routes:
 *  - signal fail, hold-off over, clear: newest of each route; clear and a new signal fail drop
 *    hold-off over as well;
 *  - switch, switched, revert: the newest of the session, which also drops wait-to-restore;
 *  - pre-empted, resumed: the newest; supply interrupted, supply resumed: the newest.
 *
 * An event that was sent is kept for a while: the connection may have been dead already. One that
 * says what lasts (signal fail, hold-off over, pre-empted, supply interrupted) is kept until
 * another one says that it is over: a controller that has crashed has forgotten it.
 */
class RouteEventStore
{
  public:
    /// Sends an event; false if that was not possible.
    using Sender = ResendList<CkRouteEvent>::Sender;

    /**
     * @brief Keep an event that is to be sent.
     * @param event the event
     * @param incident the failure behind it
     */
    void Add(const CkRouteEvent& event, IncidentId incident);

    /**
     * @brief Send what was not sent, oldest first, until something cannot be sent.
     * @param now the time
     * @param send sends
     */
    void Flush(Time now, const Sender& send);

    /// Says whether a KM has a route.
    using RouteTest = std::function<bool(RouteId)>;

    /**
     * @brief Forget what was sent before a time and does not last.
     * @param time the time
     * @param isInstalled signal fail of a route lasts while this says that the KM has it
     */
    void Confirm(Time time, const RouteTest& isInstalled);

    /// What was sent and is still kept may be lost: send it again.
    void MarkUnsent();

    /**
     * @brief Whether there is something to be sent.
     * @return true if there is
     */
    bool HasUnsent() const;

    /**
     * @brief Number of events kept.
     * @return the number
     */
    std::size_t GetSize() const;

    /// Forget all.
    void Clear();

  private:
    ResendList<CkRouteEvent> m_events; //!< events
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ROUTE_EVENT_STORE_H */
