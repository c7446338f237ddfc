/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KX_MESSAGES_H
#define QKDN_KX_MESSAGES_H

#include "qkdn-kma-pool.h"

#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-byte-codec.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-qkd-key.h"

#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Kx (KM to KM).
 *
 * Key supply notification and its response are those of ITU-T Q.4163 (8.3, 8.4); void is that
 * of ETSI GS QKD 020. The messages that keep the two ends of a KMA pool alike are our own:
 * Q.4163 leaves KMA-KMA synchronisation open.
 */
enum KxMessageType : uint16_t
{
    KX_KEY_STORED = 0x0301,          //!< QKD-keys were stored in the KMA pool
    KX_KEY_REFUSED = 0x0302,         //!< a QKD-key is not held here
    KX_SHARE_REQUEST = 0x0303,       //!< asks for bits of the peer's share
    KX_SHARE_GRANT = 0x0304,         //!< bits that change to the asker's share
    KX_AGREEMENT = 0x0305,           //!< what is held, after a restart or partition
    KX_LINK_STATUS = 0x0306,         //!< status of a QKD link at this end
    KX_SUPPLY_NOTIFICATION = 0x0311, //!< KSA-keys that are to be supplied (Q.4163 8.3)
    KX_SUPPLY_RESPONSE = 0x0312,     //!< answer to it (Q.4163 8.4)
    KX_KEY_VOID = 0x0313             //!< KSA-keys that must not be supplied (ETSI GS QKD 020)
};

/// A QKD-key in the KMA pool of the sender.
struct KxStoredKey
{
    KeyId key;           //!< the QKD-key
    uint32_t bits{0};    //!< its bits
    uint32_t lowBits{0}; //!< bits that the lower KM may allocate, if the sender decides
};

/// QKD-keys were stored in the KMA pool of the sender.
struct KxKeyStored
{
    bool decidesSplit{false};      //!< whether the sender is the end that decides the split
    uint32_t demandBps{0};         //!< demand on the pool by the sender, bit/s
    std::vector<KxStoredKey> keys; //!< the QKD-keys, in the order in which they were stored

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxKeyStored> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// A QKD-key is not held by the sender and will not be.
struct KxKeyRefused
{
    KeyId key; //!< the QKD-key

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxKeyRefused> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// The sender asks for bits of the receiver's share of the pool.
struct KxShareRequest
{
    uint32_t request{0};   //!< number of the request
    uint64_t bits{0};      //!< bits asked for
    uint32_t demandBps{0}; //!< demand on the pool by the sender, bit/s

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxShareRequest> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Bits that go over to the share of the receiver.
struct KxShareGrant
{
    uint32_t request{0};          //!< number of the request
    std::vector<KeyRange> ranges; //!< the bits, maybe none

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxShareGrant> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// What the sender holds: both ends keep what both hold.
struct KxAgreement
{
    std::vector<HoldingEntry> holdings; //!< QKD-keys in the pool
    std::vector<KsaKeyId> ksaKeys;      //!< KSA-keys held for slave applications

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxAgreement> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// The status of a QKD link as the sender's QKD module reports it.
struct KxLinkStatus
{
    LinkId link;                     //!< the QKD link
    LinkStatus status{LINK_PENDING}; //!< its status

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxLinkStatus> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// A one-time authentication tag and the key bits that pay for it.
struct KxTag
{
    std::vector<KeyRange> ranges; //!< key bits of the tag; empty unless ITS
    std::vector<uint8_t> tag;     //!< the tag

    /// @cond
    void Write(ByteWriter& writer) const;
    static KxTag Read(ByteReader& reader);

    bool operator==(const KxTag& o) const
    {
        return ranges == o.ranges && tag == o.tag;
    }

    /// @endcond
};

/// One KSA-key in a key supply notification.
struct KxNotifiedKey
{
    KsaKeyId key;                 //!< the KSA-key
    std::vector<KeyRange> ranges; //!< the KMA-key bits that it is made of
    bool pooled{false};           //!< it is not supplied now but kept for later
};

/// KSA-keys that the sender is about to supply to the master application.
struct KxSupplyNotification
{
    KxTag tag;                               //!< tag of this message
    std::vector<KeyRange> responseTagRanges; //!< key bits for the tag of the response
    std::vector<KxNotifiedKey> keys;         //!< the keys

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxSupplyNotification> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// One KSA-key in the response to a key supply notification.
struct KxNotifiedResult
{
    KsaKeyId key;         //!< the KSA-key
    bool accepted{false}; //!< whether the slave's KM holds it now
};

/// Answer to a key supply notification.
struct KxSupplyResponse
{
    KxTag tag;                             //!< tag of this message
    std::vector<KxNotifiedResult> results; //!< one for each key

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxSupplyResponse> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// KSA-keys that must not be supplied.
struct KxKeyVoid
{
    std::vector<KsaKeyId> keys; //!< the keys

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<KxKeyVoid> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KX_MESSAGES_H */
