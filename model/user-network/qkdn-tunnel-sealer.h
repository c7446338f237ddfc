/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TUNNEL_SEALER_H
#define QKDN_TUNNEL_SEALER_H

#include "qkdn-secure-tunnel-header.h"
#include "qkdn-tunnel-key-source.h"

#include "ns3/callback.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-key-material.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

constexpr uint32_t TUNNEL_AES_KEY_BITS = 256; //!< key of AES-256
constexpr uint32_t TUNNEL_AES_TAG_BYTES = 16; //!< integrity check value of AES-GCM (RFC 4106)

/**
 * @ingroup qkdn-resilience
 * @brief Octets of padding of the ESP trailer (RFC 4303, clause 2.4): pad length and next header
 * end on a multiple of 4.
 * @param bytes octets of the packet
 * @return octets of padding, 0 to 3
 */
uint32_t GetTunnelPadding(uint32_t bytes);

/**
 * @ingroup qkdn-resilience
 * @brief What stands for the integrity check value of AES-GCM: a hash of the session key and the
 * number of the packet, which only ends that hold the same key can agree on.
 * @param key the session key
 * @param sequence number of the packet
 * @return TUNNEL_AES_TAG_BYTES octets
 */
std::vector<uint8_t> MakeTunnelCheckValue(const KeyMaterial& key, uint64_t sequence);

/**
 * @ingroup qkdn-resilience
 * @brief The sending end of a secured tunnel: seals packets as long as there is key.
 *
 * With OTP a packet of n octets spends 8 n bits for the pad, and TagBits for its tag (the pad
 * stands for the tag, as in KxAuthenticator). With AES a session key is to be replaced once it is
 * RekeyInterval old or has sealed RekeyVolume octets, stays in use while no other is there, and is
 * never used at KeyLifetime or beyond KeyVolume.
 */
class TunnelSealer
{
  public:
    /// What the sealer works with.
    struct Settings
    {
        TunnelMode mode{TUNNEL_OTP}; //!< how to seal
        uint32_t tagBits{0};         //!< one-time tag, a multiple of 8 (OTP)
        uint64_t keyBufferBits{0};   //!< key to hold in store (OTP)
        Time rekeyInterval;          //!< age at which to replace a session key (AES)
        uint64_t rekeyVolume{0};     //!< octets after which to replace it (AES)
        Time keyLifetime;            //!< age at which it must not be used (AES)
        uint64_t keyVolume{0};       //!< octets that it may seal at most (AES)
    };

    /// Takes the UUID of a new session key and its number, from 1.
    using RekeyCallback = Callback<void, const std::string&, uint64_t>;

    /**
     * @brief Constructor
     * @param settings what to work with
     * @param source where the keys come from
     * @param rekeyed told when a session key is taken into use
     */
    TunnelSealer(Settings settings, Ptr<TunnelKeySource> source, RekeyCallback rekeyed);

    /// Ask for the first key.
    void Start();

    /**
     * @brief Seal a packet.
     * @param inner the packet
     * @return what goes into UDP, or null if there is no key
     */
    Ptr<Packet> Seal(Ptr<const Packet> inner);

  private:
    /// A session key in use.
    struct SessionKey
    {
        TunnelKeyBits key;  //!< the key
        Time since;         //!< when it was taken into use
        uint64_t sealed{0}; //!< octets that it has sealed
    };

    /// Seal() with OTP. @param inner the packet @return the sealed packet, or null
    Ptr<Packet> SealOneTime(Ptr<const Packet> inner);

    /// Seal() with AES. @param inner the packet @return the sealed packet, or null
    Ptr<Packet> SealSession(Ptr<const Packet> inner);

    /**
     * @brief Replace the session key if it is time, and there is another.
     * @param bytes octets that are to be sealed
     * @return whether there is a key that may seal them
     */
    bool HaveSessionKey(uint32_t bytes);

    /**
     * @brief Put the header before a sealed packet, and remember the byte tags of the inner one.
     * @param outer the sealed packet
     * @param inner the packet
     * @param key its key
     * @param tagBytes octets of the tag
     */
    void Frame(Ptr<Packet> outer,
               Ptr<const Packet> inner,
               const TunnelKeyBits& key,
               uint32_t tagBytes);

    Settings m_settings;                 //!< what to work with
    Ptr<TunnelKeySource> m_source;       //!< where the keys come from
    RekeyCallback m_rekeyed;             //!< told of session keys
    uint64_t m_sequence{0};              //!< packets sealed so far
    uint64_t m_sessionKeys{0};           //!< session keys so far
    std::optional<SessionKey> m_session; //!< the session key in use
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TUNNEL_SEALER_H */
