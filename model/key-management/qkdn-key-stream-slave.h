/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_STREAM_SLAVE_H
#define QKDN_KEY_STREAM_SLAVE_H

#include "qkdn-key-session.h"
#include "qkdn-key-stream-end.h"
#include "qkdn-key-stream-service.h"
#include "qkdn-km-neighbour.h"
#include "qkdn-ksa-slave-agent.h"
#include "qkdn-kx-channel.h"
#include "qkdn-kx-stream-messages.h"
#include "qkdn-route-table.h"

#include "ns3/event-id.h"
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
 * @brief The key streams of the sessions whose slave's KM this is: it holds what the master's KM
 * gives an index to.
 *
 * The master's KM asks; when there is something to say that it cannot know, this KM asks to be
 * asked. That message goes towards the source of the session's routes, as route status does, and
 * is repeated each AskInterval until the master's KM has asked.
 */
class KeyStreamSlave : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set where it works.
     * @param channel sends messages
     * @param routes installed routes
     * @param agent holds KSA-keys
     */
    void Configure(KxChannel* channel, const RouteTable* routes, Ptr<KsaSlaveAgent> agent);

    /**
     * @brief Add a session whose slave application is here.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief OPEN_CONNECT of a slave application: answered by the master's KM.
     * @param session its session
     * @param asked QoS
     * @param id Key_stream_ID
     * @param answer called once
     */
    void Open(SessionId session,
              const KeyStreamQos& asked,
              const std::string& id,
              KeyStreamService::OpenCallback answer);

    /**
     * @brief Whether a stream is open to the slave application, or about to be.
     * @param id Key_stream_ID
     * @return true if so
     */
    bool IsKnown(const std::string& id) const;

    /**
     * @brief GET_KEY of a slave application.
     * @param id Key_stream_ID of a known stream
     * @param index index or NEXT_INDEX
     * @param metadataSize byte for metadata
     * @param answer called once
     */
    void Get(const std::string& id,
             uint32_t index,
             uint32_t metadataSize,
             KeyStreamService::ChunkCallback answer);

    /**
     * @brief CLOSE of a slave application.
     * @param id Key_stream_ID of a known stream
     */
    void Close(const std::string& id);

    /**
     * @brief The master's KM says how the streams of a session are.
     * @param route route that it came over
     * @param sync what it says
     * @return how they are here
     */
    KxStreamStates Take(const KeyRoute& route, const KxStreamSync& sync);

    /**
     * @brief The KM process ends: applications are no longer connected.
     * @param kind what becomes of chunks: voided or destroyed
     */
    void Crash(KsaKeyEventKind kind);

  protected:
    void DoDispose() override;

  private:
    /// A stream that the slave application has opened.
    struct Stream
    {
        SessionId session;                      //!< its session
        uint64_t connection{0};                 //!< number of the connection
        KeyStreamQos asked;                     //!< QoS asked for
        Ptr<KeyStreamEnd> end;                  //!< the slave's end
        bool opened{false};                     //!< OPEN_CONNECT has succeeded
        bool masterConnected{false};            //!< the master application is connected
        std::map<uint32_t, bool> known;         //!< indices not final: whether taken
        KeyStreamService::OpenCallback pending; //!< whom to answer OPEN_CONNECT
        EventId timeout;                        //!< end of its time
    };

    using Streams = std::map<std::string, Stream>; //!< by Key_stream_ID

    /// What the master's KM has to ask for.
    struct Session
    {
        KeySession description; //!< the session
        bool told{true};        //!< the master's KM knows
        RouteId route;          //!< route that it asked over last
        EventId ask;            //!< asks to be asked
    };

    /**
     * @brief There is something that the master's KM does not know.
     * @param id the session
     */
    void Ask(SessionId id);

    /**
     * @brief Ask to be asked, over all routes of the session or the one that served last.
     * @param id the session
     * @param again whether it is a repetition
     */
    void SendAsk(SessionId id, bool again);

    /**
     * @brief Whether a route to this KM serves a session.
     * @param session the session
     * @return true if one is installed
     */
    bool HasRoute(SessionId session) const;

    /**
     * @brief The master's KM says how a stream is.
     * @param session its session
     * @param said what it says
     * @return what becomes of its chunks
     */
    std::vector<KxStreamResult> TakeStream(Session& session, const KxStream& said);

    /**
     * @brief The master's KM has decided on a connection.
     * @param stream the stream
     * @param said what it says
     * @return whether the stream is open now; if not it is gone
     */
    bool TakeDecision(Streams::iterator stream, const KxStream& said);

    /**
     * @brief Take a chunk.
     * @param session the session
     * @param stream the stream
     * @param chunk the chunk
     * @return whether it is here
     */
    bool TakeChunk(const KeySession& session, Stream& stream, const KxStreamChunk& chunk);

    /**
     * @brief End a connection.
     * @param stream the stream
     * @param connection answer to OPEN_CONNECT if it has none
     * @param kind what becomes of chunks
     */
    void End(Streams::iterator stream, const KeyStreamConnection& connection, KsaKeyEventKind kind);

    /**
     * @brief The master's KM did not decide in time.
     * @param id Key_stream_ID
     */
    void Timeout(std::string id);

    Time m_askInterval;                      //!< attribute AskInterval
    Time m_openTimeout;                      //!< attribute OpenTimeout
    KxChannel* m_channel{nullptr};           //!< sends messages
    const RouteTable* m_routes{nullptr};     //!< installed routes
    Ptr<KsaSlaveAgent> m_agent;              //!< holds KSA-keys
    uint64_t m_lastConnection{0};            //!< connections so far, also before a crash
    std::map<SessionId, Session> m_sessions; //!< sessions
    Streams m_streams;                       //!< streams
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_STREAM_SLAVE_H */
