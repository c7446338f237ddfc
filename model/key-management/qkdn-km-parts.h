/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KM_PARTS_H
#define QKDN_KM_PARTS_H

#include "qkdn-extra-traffic-gate.h"
#include "qkdn-key-relay-agent.h"
#include "qkdn-key-supply-notifier.h"
#include "qkdn-km-neighbour.h"
#include "qkdn-ksa-master-agent.h"
#include "qkdn-kx-channel.h"
#include "qkdn-kx-exchange.h"
#include "qkdn-relay-key-maker.h"
#include "qkdn-route-table.h"
#include "qkdn-share-key-maker.h"

namespace ns3
{
namespace qkdn
{

/// The parts of a key manager that routes concern.
struct KmParts
{
    KmId self;                               //!< the KM
    KxChannel* channel{nullptr};             //!< sends messages on Kx
    RouteTable* routes{nullptr};             //!< installed routes
    ExtraTrafficGate* gate{nullptr};         //!< stops extra traffic
    const KmNeighbours* neighbours{nullptr}; //!< neighbouring KMs
    Ptr<KxExchange> exchange;                //!< requests along routes
    Ptr<KeyRelayAgent> relayAgent;           //!< relays
    Ptr<RelayKeyMaker> relayMaker;           //!< makes keys over more hops
    Ptr<ShareKeyMaker> shareMaker;           //!< makes keys over several routes
    Ptr<KsaMasterAgent> masterAgent;         //!< sessions whose master is here
    Ptr<KeySupplyNotifier> notifier;         //!< notifications of supply

    /**
     * @brief Make a session whose master application is here use a route, also to void what was to
     * be voided over routes that are gone.
     * @param session the session
     * @param used the route, without KMs if there is none
     */
    void UseRoute(SessionId session, const KeyRoute& used) const
    {
        notifier->UseRoute(session, used);
        masterAgent->UseRoute(session, used);
        if (!used.kms.empty())
        {
            masterAgent->VoidOverNextRoute(session, relayAgent->TakeUninstalledVoids(session));
        }
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KM_PARTS_H */
