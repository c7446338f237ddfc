/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KX_STREAM_MESSAGES_H
#define QKDN_KX_STREAM_MESSAGES_H

#include "qkdn-key-stream-service.h"

#include "ns3/packet.h"
#include "ns3/qkdn-ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Kx that keep the two ends of key streams alike. They
 * are our own: ETSI GS QKD 004 leaves this to the key managers.
 */
enum KxStreamMessageType : uint16_t
{
    KX_STREAM_SYNC = 0x0331,  //!< streams of a session as the master's KM has them, to the end
    KX_STREAM_STATE = 0x0332, //!< answer to it: streams at the slave's KM, back to the source
    KX_STREAM_ASK = 0x0333    //!< the slave's KM asks for a KX_STREAM_SYNC, to the source
};

/// A chunk in KX_STREAM_SYNC.
struct KxStreamChunk
{
    uint32_t index{0};    //!< its index
    uint64_t sequence{0}; //!< number of the KSA-key in the session
    uint8_t hops{0};      //!< hops that it was relayed over
};

/// A key stream in KX_STREAM_SYNC.
struct KxStream
{
    std::string id;                        //!< Key_stream_ID
    KeyStreamStatus status{KEY_STREAM_OK}; //!< 0, or why the slave's connection is refused
    bool masterConnected{false};           //!< whether the master application is connected
    uint64_t connection{0};                //!< the slave's connection that status is about
    KeyStreamQos qos;                      //!< its QoS, or a counter-proposal
    uint32_t oldest{0};                    //!< indices below it are final at the master's KM
    std::vector<KxStreamChunk> chunks;     //!< chunks not known to be at the slave's KM
};

/// Body of KX_STREAM_SYNC.
struct KxStreamSync
{
    std::vector<KxStream> streams; //!< streams of the session

    /// @cond
    std::vector<uint8_t> ToBytes() const;
    static std::optional<KxStreamSync> FromBytes(const std::vector<uint8_t>& bytes);
    /// @endcond
};

/// Whether a chunk is at the slave's KM.
struct KxStreamResult
{
    uint32_t index{0};    //!< its index
    bool accepted{false}; //!< false: the index names no chunk
};

/// A key stream in KX_STREAM_STATE.
struct KxStreamState
{
    std::string id;                      //!< Key_stream_ID
    uint64_t connection{0};              //!< number of the slave's connection, 0 for none
    KeyStreamQos qos;                    //!< QoS that the slave application asked for
    uint32_t wanted{0};                  //!< chunks that it has asked for, counted from index 0
    std::vector<KxStreamResult> results; //!< one for each chunk of the request
};

/// Body of KX_STREAM_STATE.
struct KxStreamStates
{
    std::vector<KxStreamState> streams; //!< streams of the session

    /// @cond
    std::vector<uint8_t> ToBytes() const;
    static std::optional<KxStreamStates> FromBytes(const std::vector<uint8_t>& bytes);
    /// @endcond
};

/// KX_STREAM_ASK.
struct KxStreamAsk
{
    RouteId route; //!< route to whose source it goes

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxStreamAsk> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KX_STREAM_MESSAGES_H */
