/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KQ_MESSAGES_H
#define QKDN_KQ_MESSAGES_H

#include "qkdn-qkd-key.h"

#include "ns3/packet.h"
#include "ns3/qkdn-byte-codec.h"

#include <optional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Kq (QKD module to key manager).
 */
enum KqMessageType : uint16_t
{
    KQ_KEY = 0x0201,        //!< Kq-1: a QKD-key
    KQ_KEY_ACK = 0x0202,    //!< Kq-1: the key was taken
    KQ_LINK_STATUS = 0x0203 //!< Kq-2: status of the link
};

/**
 * @ingroup qkdn-resilience
 * @brief Kq-1: a QKD-key with its metadata.
 *
 * The payload has the size of the key. Key bits that come from the generator are carried as
 * the place in the generator, filled up to that size, so that they stay uncomputed.
 */
struct KqKey
{
    QkdKey key; //!< the key

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KqKey> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Kq-1: a key was taken.
struct KqKeyAck
{
    KeyId key; //!< the key

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KqKeyAck> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief Write what is wrong with a link: cause, whether there is an estimate, the estimate.
 * @param writer where to
 * @param alarm what is wrong
 */
void WriteLinkAlarm(ByteWriter& writer, const LinkAlarm& alarm);

/**
 * @ingroup qkdn-resilience
 * @brief Read what WriteLinkAlarm() wrote.
 * @param reader where from
 * @param [in,out] good false if it is impossible, otherwise as before
 * @return what is wrong
 */
LinkAlarm ReadLinkAlarm(ByteReader& reader, bool& good);

/// Kq-2: the status of a link at this end.
struct KqLinkStatus
{
    LinkId link;                     //!< the QKD link
    LinkStatus status{LINK_PENDING}; //!< its status
    LinkAlarm alarm{};               //!< what is wrong

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KqLinkStatus> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KQ_MESSAGES_H */
