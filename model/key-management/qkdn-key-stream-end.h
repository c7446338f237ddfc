/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_STREAM_END_H
#define QKDN_KEY_STREAM_END_H

#include "qkdn-key-session.h"
#include "qkdn-key-stream-service.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// A chunk of a key stream that is at a key manager.
struct HeldChunk
{
    std::string uuid; //!< UUID of its KSA-key
    KeyMaterial key;  //!< its bits
    uint32_t hops{1}; //!< hops that it was relayed over
};

/**
 * @ingroup qkdn-resilience
 * @brief One end of a key stream: the chunks that its application can have, and the calls that
 * wait for them.
 *
 * Indices become known in ascending order, each with its chunk or as one that names none. A chunk
 * leaves when it is handed over or older than the TTL.
 */
class KeyStreamEnd : public SimpleRefCount<KeyStreamEnd>
{
  public:
    static constexpr uint32_t MAX_AHEAD = 4096; //!< an index may be this far from the known ones

    /// Takes UUIDs of chunks that left this end, and how: handed over, voided, expired, destroyed.
    using LeftCallback = Callback<void, const std::vector<std::string>&, KsaKeyEventKind>;

    /**
     * @brief Constructor
     * @param qos QoS of the stream
     * @param ttl age of a chunk at most unless QoS says
     * @param left told of chunks that leave
     */
    KeyStreamEnd(const KeyStreamQos& qos, Time ttl, LeftCallback left);

    ~KeyStreamEnd();

    /**
     * @brief Set the QoS once the stream has one.
     * @param qos the QoS
     */
    void SetQos(const KeyStreamQos& qos);

    /**
     * @brief The QoS.
     * @return the QoS
     */
    const KeyStreamQos& GetQos() const;

    /**
     * @brief Both KMs have a chunk.
     * @param index its index, above all that are known
     * @param chunk the chunk
     */
    void Add(uint32_t index, const HeldChunk& chunk);

    /**
     * @brief An index names no chunk here.
     * @param index the index, above all that are known
     */
    void Skip(uint32_t index);

    /**
     * @brief GET_KEY.
     * @param index index or NEXT_INDEX
     * @param metadataSize byte for metadata, 0 for none
     * @param answer called once
     * @return whether the call waits
     */
    bool Get(uint32_t index, uint32_t metadataSize, KeyStreamService::ChunkCallback answer);

    /**
     * @brief Whether a chunk is here.
     * @param index index or NEXT_INDEX
     * @return true if it can be handed over
     */
    bool Has(uint32_t index) const;

    /**
     * @brief The lowest index that is not known yet.
     * @return the index
     */
    uint32_t GetNext() const;

    /**
     * @brief Chunks that the application has asked for.
     * @return the highest index that was asked for, plus 1
     */
    uint32_t GetWanted() const;

    /**
     * @brief Answer the calls that wait.
     * @param status outcome
     */
    void Refuse(KeyStreamStatus status);

    /**
     * @brief All chunks leave.
     * @param kind how
     */
    void Drop(KsaKeyEventKind kind);

    /**
     * @brief Chunks that can be handed over.
     * @return their number
     */
    std::size_t GetHeld() const;

  private:
    /// A chunk.
    struct Stored
    {
        HeldChunk chunk; //!< the chunk
        Time since;      //!< when it came
        Time expiry;     //!< when it leaves
    };

    /// A call of GET_KEY that waits.
    struct Call
    {
        uint32_t index{0};                      //!< index or NEXT_INDEX
        uint32_t metadataSize{0};               //!< byte for metadata
        KeyStreamService::ChunkCallback answer; //!< whom to answer
        EventId timeout;                        //!< end of its time
    };

    using Chunks = std::map<uint32_t, Stored>; //!< by index

    /**
     * @brief The chunk that an index names.
     * @param index index or NEXT_INDEX
     * @return the chunk, or the end of the chunks
     */
    Chunks::iterator Find(uint32_t index);

    /**
     * @brief Hand a chunk over, unless its metadata are too long.
     * @param found the chunk
     * @param metadataSize byte for metadata
     * @param answer whom to answer
     */
    void HandOver(Chunks::iterator found,
                  uint32_t metadataSize,
                  KeyStreamService::ChunkCallback answer);

    /**
     * @brief Whether an index will not name a chunk any more.
     * @param index the index
     * @return true if it is known and its chunk is not here
     */
    bool IsGone(uint32_t index) const;

    /// Look at the calls that wait, oldest first.
    void Serve();

    /**
     * @brief A call has waited long enough.
     * @param call the call
     */
    void Timeout(std::list<Call>::iterator call);

    /// Chunks come of age.
    void Expire();

    /**
     * @brief Answer without a chunk.
     * @param answer whom to answer
     * @param index index that was asked for
     * @param status outcome
     */
    static void AnswerWithout(KeyStreamService::ChunkCallback answer,
                              uint32_t index,
                              KeyStreamStatus status);

    KeyStreamQos m_qos;      //!< QoS
    Time m_ttl;              //!< age of a chunk at most unless the QoS says
    LeftCallback m_left;     //!< told of chunks that leave
    Chunks m_chunks;         //!< chunks
    std::list<Call> m_calls; //!< calls that wait, oldest first
    uint32_t m_next{0};      //!< indices below are known
    uint32_t m_asked{0};     //!< highest index that was asked for by number or got, plus 1
    EventId m_expiry;        //!< the oldest chunk comes of age
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_STREAM_END_H */
