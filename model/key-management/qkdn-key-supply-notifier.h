/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_SUPPLY_NOTIFIER_H
#define QKDN_KEY_SUPPLY_NOTIFIER_H

#include "qkdn-ksa-master-agent.h"
#include "qkdn-ksa-slave-agent.h"
#include "qkdn-kx-exchange.h"

#include "ns3/event-id.h"
#include "ns3/object.h"

#include <map>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Key supply notifications (ITU-T Q.4163 8.3, 8.4) for keys that both KMs had before they
 * were supplied: relayed keys and those of pools.
 *
 * Supply does not wait for them. They tell the slave's KM which keys its application may come
 * for, several in one message. While there is no way to the slave's KM they wait.
 */
class KeySupplyNotifier : public Object, public KxExchangeUser
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set where it works.
     * @param exchange carries notifications
     * @param master told of keys that the slave's KM does not have
     * @param slave told of supplied keys
     */
    void Configure(Ptr<KxExchange> exchange, Ptr<KsaMasterAgent> master, Ptr<KsaSlaveAgent> slave);

    /**
     * @brief Set the route of a session.
     * @param session the session
     * @param route the route, without KMs for none
     */
    void UseRoute(SessionId session, const KeyRoute& route);

    /**
     * @brief Keys were supplied.
     * @param keys the keys, of one session
     */
    void Notify(const std::vector<KsaKeyId>& keys);

    // from KxExchangeUser
    KxFailure TakeForward(const KeyRoute& route,
                          uint64_t number,
                          std::vector<uint8_t>& body,
                          IncidentId incident) override;
    void RefuseForward(KmId peer, const std::vector<uint8_t>& body, IncidentId incident) override;
    void TakeReturn(const KeyRoute& route,
                    uint64_t number,
                    const KxReturn& answer,
                    IncidentId incident) override;

  protected:
    void DoDispose() override;

  private:
    /// A session with keys that its slave's KM has not been told of.
    struct Session
    {
        KeyRoute route;             //!< its route, without KMs for none
        std::set<KsaKeyId> waiting; //!< the keys
        std::set<KsaKeyId> retold;  //!< those of them that its slave's KM may have been told of
        EventId sendEvent;          //!< next notification
    };

    using SentKey = std::pair<RouteId, uint64_t>; //!< route, number

    /**
     * @brief Send what waits.
     * @param session the session
     */
    void Send(SessionId session);

    uint32_t m_maxKeys{0};                           //!< attribute MaxKeys
    Time m_delay;                                    //!< attribute Delay
    Time m_retryInterval;                            //!< attribute RetryInterval
    Ptr<KxExchange> m_exchange;                      //!< carries notifications
    Ptr<KsaMasterAgent> m_master;                    //!< told of missing keys
    Ptr<KsaSlaveAgent> m_slave;                      //!< told of supplied keys
    std::map<SessionId, Session> m_sessions;         //!< sessions
    std::map<SentKey, std::vector<KsaKeyId>> m_sent; //!< notifications without response
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_SUPPLY_NOTIFIER_H */
