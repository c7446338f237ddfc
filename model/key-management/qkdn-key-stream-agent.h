/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_STREAM_AGENT_H
#define QKDN_KEY_STREAM_AGENT_H

#include "qkdn-key-stream-master.h"
#include "qkdn-key-stream-service.h"
#include "qkdn-key-stream-slave.h"
#include "qkdn-kx-channel.h"
#include "qkdn-kx-exchange.h"
#include "qkdn-route-table.h"

#include "ns3/object.h"

#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What key streams need of a key manager.
 */
struct KeyStreamParts
{
    KmId self;                         //!< this KM
    KxChannel* channel{nullptr};       //!< sends messages
    const RouteTable* routes{nullptr}; //!< installed routes
    Ptr<KxExchange> exchange;          //!< carries messages along routes
    Ptr<KsaMasterAgent> masterAgent;   //!< supplies KSA-keys
    Ptr<KsaSlaveAgent> slaveAgent;     //!< holds KSA-keys
    KeyStreamMaster::LinkSource links; //!< gives the rates of QKD links
};

/**
 * @ingroup qkdn-resilience
 * @brief Key streams (ETSI GS QKD 004) of a key manager, for applications on its ns-3 node.
 *
 * A stream belongs to the session of its two applications. KeyStreamMaster works where the
 * session's master is, KeyStreamSlave where its slave is, and they talk to each other over the
 * session's key relay routes.
 */
class KeyStreamAgent : public Object, public KeyStreamService, public KxExchangeUser
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    KeyStreamAgent();
    ~KeyStreamAgent() override;

    /**
     * @brief Set where it works.
     * @param parts what it needs
     */
    void Configure(const KeyStreamParts& parts);

    /**
     * @brief Add a session of which this is the master's or the slave's KM.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief A KX_STREAM_ASK.
     * @param peer the sender
     * @param packet message
     * @param incident the failure behind it, or none
     * @return false if it is malformed or out of place
     */
    bool HandleAsk(KmId peer, Ptr<const Packet> packet, IncidentId incident);

    /// A neighbour can be reached again.
    void PeerUp();

    /**
     * @brief The KM process ends.
     * @param forget whether keys are lost
     */
    void Crash(bool forget);

    /// The KM process runs, for the first time or again.
    void Start();

    // from KeyStreamService
    void OpenConnect(const std::string& source,
                     const std::string& destination,
                     const KeyStreamQos& qos,
                     const std::string& streamId,
                     OpenCallback answer) override;
    void GetKey(const std::string& streamId,
                uint32_t index,
                uint32_t metadataSize,
                ChunkCallback answer) override;
    void Close(const std::string& streamId, CloseCallback answer) override;

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
    /**
     * @brief The session of two applications.
     * @param a one
     * @param b the other one
     * @return the session, null if there is none
     */
    const KeySession* FindSession(const std::string& a, const std::string& b) const;

    KeyStreamParts m_parts;                     //!< what it needs
    Ptr<KeyStreamMaster> m_master;              //!< where the master application is
    Ptr<KeyStreamSlave> m_slave;                //!< where the slave application is
    std::map<SessionId, KeySession> m_sessions; //!< sessions
    bool m_running{false};                      //!< whether the process runs
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_STREAM_AGENT_H */
