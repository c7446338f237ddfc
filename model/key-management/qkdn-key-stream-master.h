/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_STREAM_MASTER_H
#define QKDN_KEY_STREAM_MASTER_H

#include "qkdn-ck-messages.h"
#include "qkdn-key-session.h"
#include "qkdn-key-stream-end.h"
#include "qkdn-key-stream-service.h"
#include "qkdn-ksa-master-agent.h"
#include "qkdn-kx-exchange.h"
#include "qkdn-kx-stream-messages.h"

#include "ns3/event-id.h"
#include "ns3/object.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The key streams of the sessions whose master's KM this is. It decides on QoS, has the
 * chunks made, and gives them their indices.
 *
 * A chunk gets the next index when its KSA-key is there, and the application when the slave's KM
 * has confirmed that it holds the same key under this index. What it refuses is void at both
 * ends, and the index names no chunk. Indices are counted on over closes and crashes, so that
 * none ever names two keys. Chunks are made when an application at either end asks for them, and
 * ChunksAhead more; not while one of the ends is not connected.
 *
 * Admission: Key_chunk_size has to lie within the key sizes of the KM; Min_bps, with that of the
 * session's other streams, within the demand that the session was admitted with and within what
 * the QKD links of its first hop generate, as far as the two are known; Max_bps is 0 or not below
 * Min_bps; metadata are JSON or none. The counter-proposal is the nearest QoS that is met.
 */
class KeyStreamMaster : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// Gives the QKD links of this KM.
    using LinkSource = Callback<std::vector<CkLinkState>>;

    /**
     * @brief Set where it works.
     * @param self this KM
     * @param exchange carries messages
     * @param agent supplies KSA-keys
     * @param links gives the rates of QKD links
     */
    void Configure(KmId self,
                   Ptr<KxExchange> exchange,
                   Ptr<KsaMasterAgent> agent,
                   LinkSource links);

    /**
     * @brief Add a session whose master application is here.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief OPEN_CONNECT of a master application.
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
     * @brief Whether a stream is open to the master application.
     * @param id Key_stream_ID
     * @return true if so
     */
    bool IsOpen(const std::string& id) const;

    /**
     * @brief Whether an ID was ever that of a stream.
     * @param id Key_stream_ID
     * @return true if so
     */
    bool IsKnown(const std::string& id) const;

    /**
     * @brief GET_KEY of a master application.
     * @param id Key_stream_ID of an open stream
     * @param index index or NEXT_INDEX
     * @param metadataSize byte for metadata
     * @param answer called once
     */
    void Get(const std::string& id,
             uint32_t index,
             uint32_t metadataSize,
             KeyStreamService::ChunkCallback answer);

    /**
     * @brief CLOSE of a master application.
     * @param id Key_stream_ID of an open stream
     */
    void Close(const std::string& id);

    /**
     * @brief Have the slave's KM told how the streams of a session are.
     * @param session the session; nothing happens if its master is not here
     */
    void Tell(SessionId session);

    /// A neighbour can be reached again: tell of all streams.
    void TellAll();

    /**
     * @brief The answer to a message has come, or will not.
     * @param route its route
     * @param number its number
     * @param answer the answer
     */
    void TakeReturn(const KeyRoute& route, uint64_t number, const KxReturn& answer);

    /**
     * @brief The KM process ends: applications are no longer connected.
     * @param kind what becomes of chunks: voided or destroyed
     */
    void Crash(KsaKeyEventKind kind);

    /// The KM process runs again.
    void Restart();

  protected:
    void DoDispose() override;

  private:
    static constexpr std::size_t MAX_OPEN = 64; //!< chunks of a stream under way at most

    /// A chunk that the slave's KM may not have.
    struct Unconfirmed
    {
        HeldChunk chunk;      //!< the chunk
        uint64_t sequence{0}; //!< number of its KSA-key in the session
    };

    /// A stream; its record stays for the sake of its indices.
    struct Stream
    {
        SessionId session;                           //!< its session
        KeyStreamQos qos;                            //!< its QoS
        Ptr<KeyStreamEnd> end;                       //!< the master's end, null if not connected
        uint64_t slave{0};                           //!< the slave's connection, 0 if there is none
        uint32_t slaveWanted{0};                     //!< chunks that the slave asked for
        bool told{true};                             //!< the slave's KM knows how it is
        uint32_t nextIndex{0};                       //!< index of the next chunk
        uint32_t making{0};                          //!< keys on order
        uint64_t epoch{0};                           //!< orders of earlier epochs are void
        Time notBefore;                              //!< next order at the earliest (Max_bps)
        std::map<uint32_t, Unconfirmed> unconfirmed; //!< chunks with an index, not confirmed
    };

    using Streams = std::map<std::string, Stream>; //!< by Key_stream_ID

    /// What is said to the KM of a slave.
    struct Session
    {
        KeySession description;         //!< the session
        bool asking{false};             //!< a message has no answer yet
        bool dirty{false};              //!< there is something to say
        EventId event;                  //!< says it
        std::vector<KxStream> refusals; //!< connections of the slave that are refused
    };

    using Order = std::pair<std::string, uint64_t>; //!< Key_stream_ID, epoch

    /**
     * @brief Look at a QoS.
     * @param session the session
     * @param id Key_stream_ID
     * @param asked the QoS
     * @return a counter-proposal, nothing if it is met
     */
    std::optional<KeyStreamQos> Admit(const KeySession& session,
                                      const std::string& id,
                                      const KeyStreamQos& asked) const;

    /**
     * @brief The rate that the other streams of a session leave.
     * @param session the session
     * @param id Key_stream_ID
     * @return bit/s, the largest value if nothing is known
     */
    uint32_t GetFreeBps(const KeySession& session, const std::string& id) const;

    /**
     * @brief A new Key_stream_ID.
     * @param session the session
     * @return the ID
     */
    std::string ChooseId(const KeySession& session);

    /**
     * @brief Connect the master application.
     * @param id Key_stream_ID
     * @param session its session
     * @param qos its QoS
     */
    void Connect(const std::string& id, SessionId session, const KeyStreamQos& qos);

    /**
     * @brief Send what there is to say of a session, unless a message has no answer yet.
     * @param id the session
     */
    void Send(SessionId id);

    /**
     * @brief What is said of a stream.
     * @param id Key_stream_ID
     * @param stream the stream
     * @return what is said
     */
    static KxStream Describe(const std::string& id, const Stream& stream);

    /**
     * @brief A message did not arrive, or its answer did not.
     * @param session the session
     */
    void Repeat(Session& session);

    /**
     * @brief The slave's KM says how a stream is there.
     * @param session the session
     * @param state the stream
     */
    void TakeState(Session& session, const KxStreamState& state);

    /**
     * @brief The slave application has connected to a stream that nobody is connected to.
     * @param session the session
     * @param state the stream
     */
    void TakeConnection(Session& session, const KxStreamState& state);

    /**
     * @brief The slave's connection is another one than before.
     * @param stream the stream
     * @param connection its number, 0 for none
     */
    void SlaveChanged(Stream& stream, uint64_t connection);

    /**
     * @brief The slave's KM has taken chunks or not.
     * @param stream the stream
     * @param results what it says
     */
    void TakeResults(Stream& stream, const std::vector<KxStreamResult>& results);

    /**
     * @brief The master application is no longer connected.
     * @param stream the stream
     * @param kind what becomes of its chunks
     */
    void Disconnect(Stream& stream, KsaKeyEventKind kind);

    /// Have chunks made that are wanted, by priority.
    void Make();

    /**
     * @brief Have chunks of a stream made.
     * @param id Key_stream_ID
     * @param stream the stream
     */
    void Make(const std::string& id, Stream& stream);

    /**
     * @brief Have Make() called.
     * @param delay after this time at the latest
     */
    void MakeAfter(Time delay);

    /**
     * @brief Takes the answer to an order.
     * @param self the master, kept until then
     * @param order the order
     * @param container the answer
     */
    static void TakeKey(Ptr<KeyStreamMaster> self, Order order, const KeyContainer& container);

    /**
     * @brief A key was made for a stream.
     * @param order the order
     * @param key the key
     */
    void AddKey(const Order& order, const SuppliedKey& key);

    Time m_retryInterval;                    //!< attribute RetryInterval
    uint32_t m_chunksAhead{0};               //!< attribute ChunksAhead
    KmId m_self;                             //!< this KM
    Ptr<KxExchange> m_exchange;              //!< carries messages
    Ptr<KsaMasterAgent> m_agent;             //!< supplies KSA-keys
    LinkSource m_links;                      //!< gives rates
    bool m_running{true};                    //!< false after a crash
    uint64_t m_lastId{0};                    //!< IDs chosen
    std::map<SessionId, Session> m_sessions; //!< sessions
    Streams m_streams;                       //!< streams
    EventId m_makeEvent;                     //!< next Make()

    /// Messages without answer: route, number.
    std::map<std::pair<RouteId, uint64_t>, SessionId> m_sent;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_STREAM_MASTER_H */
