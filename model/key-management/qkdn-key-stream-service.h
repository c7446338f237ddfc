/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_STREAM_SERVICE_H
#define QKDN_KEY_STREAM_SERVICE_H

#include "ns3/callback.h"
#include "ns3/qkdn-key-material.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Status codes of ETSI GS QKD 004 V2.1.1.
 */
enum KeyStreamStatus : uint8_t
{
    KEY_STREAM_OK = 0,                 //!< success
    KEY_STREAM_PEER_MISSING = 1,       //!< OPEN_CONNECT: success, the peer is not connected
    KEY_STREAM_INSUFFICIENT_KEY = 2,   //!< GET_KEY: there is no such chunk, or no longer
    KEY_STREAM_PEER_NOT_YET = 3,       //!< GET_KEY: the peer is not connected yet, or any more
    KEY_STREAM_NO_CONNECTION = 4,      //!< no QKD connection, or no such stream is open here
    KEY_STREAM_ID_IN_USE = 5,          //!< OPEN_CONNECT: the Key_stream_ID is in use
    KEY_STREAM_TIMEOUT = 6,            //!< nothing came within the Timeout of the QoS
    KEY_STREAM_QOS_NOT_MET = 7,        //!< OPEN_CONNECT: see the QoS of the answer
    KEY_STREAM_METADATA_TOO_SMALL = 8, //!< GET_KEY: the metadata are longer than the caller allows
    KEY_STREAM_STATUS_COUNT            //!< number of the values above
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a status as it appears in logs.
 * @param status the status
 * @return for example "insufficient key"
 */
const char* KeyStreamStatusName(KeyStreamStatus status);

/**
 * @ingroup qkdn-resilience
 * @brief Whether a text is a Key_stream_ID: a UUID of 36 characters in lower case.
 * @param text the text
 * @return true if so, also for the nil UUID
 */
bool IsKeyStreamId(const std::string& text);

/**
 * @ingroup qkdn-resilience
 * @brief A Key_stream_ID from a name, so that it takes no random draw.
 * @param name a name that no other stream has
 * @return UUID of version 5 of RFC 4122
 */
std::string MakeKeyStreamId(const std::string& name);

/**
 * @ingroup qkdn-resilience
 * @brief QoS of ETSI GS QKD 004.
 */
struct KeyStreamQos
{
    uint32_t keyChunkSize{32}; //!< Key_chunk_size, byte
    uint32_t maxBps{0};        //!< Max_bps, bit/s: chunks are not made faster; 0: no limit
    uint32_t minBps{0};        //!< Min_bps, bit/s: what admission asks for
    uint32_t jitter{0};        //!< Jitter: carried from end to end, and promised nothing about
    uint32_t priority{0};      //!< Priority: of streams that wait, a higher number goes first
    uint32_t timeoutMs{0};     //!< Timeout, ms: how long GET_KEY waits; 0: not at all
    uint32_t ttlS{0};          //!< TTL, s: age at which a chunk expires; 0: as any unclaimed key
    std::string metadataMimetype{"application/json"}; //!< Metadata_mimetype

    /// @cond
    bool operator==(const KeyStreamQos& o) const
    {
        return keyChunkSize == o.keyChunkSize && maxBps == o.maxBps && minBps == o.minBps &&
               jitter == o.jitter && priority == o.priority && timeoutMs == o.timeoutMs &&
               ttlS == o.ttlS && metadataMimetype == o.metadataMimetype;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief Answer to OPEN_CONNECT.
 */
struct KeyStreamConnection
{
    KeyStreamStatus status{KEY_STREAM_OK}; //!< outcome
    KeyStreamQos qos;                      //!< QoS of the stream, or a counter-proposal
    std::string streamId;                  //!< Key_stream_ID
};

/**
 * @ingroup qkdn-resilience
 * @brief Answer to GET_KEY.
 */
struct KeyStreamChunk
{
    KeyStreamStatus status{KEY_STREAM_OK}; //!< outcome
    uint32_t index{0};                     //!< index of the chunk
    KeyMaterial key;                       //!< the chunk, empty unless status is 0
    std::string metadata;                  //!< for example {"age":12,"hops":2}: age in ms
    uint32_t metadataSize{0};              //!< byte that the metadata need
};

/**
 * @ingroup qkdn-resilience
 * @brief Reference point Ak as key streams: the application interface of ETSI GS QKD 004 V2.1.1.
 *
 * A key manager offers it to applications on its ns-3 node. The first of two applications opens a
 * stream and carries its Key_stream_ID to the other one, or both know it beforehand. Chunk i is
 * the same at both ends, and is handed over at most once at each end. Answers come from an event,
 * never from inside the call.
 */
class KeyStreamService
{
  public:
    /// Takes the answer to OpenConnect().
    using OpenCallback = Callback<void, const KeyStreamConnection&>;

    /// Takes the answer to GetKey().
    using ChunkCallback = Callback<void, const KeyStreamChunk&>;

    /// Takes the answer to Close().
    using CloseCallback = Callback<void, KeyStreamStatus>;

    /// Index that asks for the first chunk that this end can have (not in the standard).
    static constexpr uint32_t NEXT_INDEX = UINT32_MAX;

    /// Key_stream_ID that leaves the choice to the key manager.
    static constexpr const char* NIL_ID = "00000000-0000-0000-0000-000000000000";

    virtual ~KeyStreamService() = default;

    /**
     * @brief OPEN_CONNECT.
     * @param source the application on one side (SAE id)
     * @param destination the application on the other side; the two belong to a session, and which
     * of them is called source does not matter
     * @param qos what is asked for
     * @param streamId Key_stream_ID; NIL_ID or empty: the key manager chooses
     * @param answer called once; status 0, 1, 4, 5, 6 or 7
     */
    virtual void OpenConnect(const std::string& source,
                             const std::string& destination,
                             const KeyStreamQos& qos,
                             const std::string& streamId,
                             OpenCallback answer) = 0;

    /**
     * @brief GET_KEY.
     * @param streamId Key_stream_ID
     * @param index index of the chunk, from 0, or NEXT_INDEX
     * @param metadataSize byte that the caller has for metadata; 0: it wants none
     * @param answer called once; status 0, 2, 3, 4, 6 or 8
     */
    virtual void GetKey(const std::string& streamId,
                        uint32_t index,
                        uint32_t metadataSize,
                        ChunkCallback answer) = 0;

    /**
     * @brief CLOSE: this end gets no more chunks.
     * @param streamId Key_stream_ID
     * @param answer called once; status 0 or 4
     */
    virtual void Close(const std::string& streamId, CloseCallback answer) = 0;

    /**
     * @brief Answer OPEN_CONNECT from an event of its own, at the present time.
     * @param answer whom to answer
     * @param connection the answer
     */
    static void AnswerLater(OpenCallback answer, const KeyStreamConnection& connection);

    /**
     * @brief Answer GET_KEY from an event of its own, at the present time.
     * @param answer whom to answer
     * @param chunk the answer
     */
    static void AnswerLater(ChunkCallback answer, const KeyStreamChunk& chunk);

    /**
     * @brief Answer CLOSE from an event of its own, at the present time.
     * @param answer whom to answer
     * @param status the answer
     */
    static void AnswerLater(CloseCallback answer, KeyStreamStatus status);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_STREAM_SERVICE_H */
