/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TUNNEL_OPENER_H
#define QKDN_TUNNEL_OPENER_H

#include "qkdn-key-collector.h"
#include "qkdn-secure-tunnel-header.h"

#include "ns3/callback.h"
#include "ns3/packet.h"
#include "ns3/qkdn-key-material.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The receiving end of a secured tunnel: fetches the keys that packets name, and opens
 * them.
 *
 * A packet whose keys are not there yet waits for them. A packet that was seen before, is older
 * than the last 64 (RFC 4303, clause 3.4.3), or whose tag is wrong is dropped, and only an
 * authentic packet moves that window.
 */
class TunnelOpener : public SimpleRefCount<TunnelOpener>
{
  public:
    /// What the opener works with.
    struct Settings
    {
        TunnelMode mode{TUNNEL_OTP};      //!< how packets have to be sealed
        uint32_t tagBits{0};              //!< their one-time tag (OTP)
        uint32_t keyLimit{0};             //!< keys kept for packets that are late
        uint32_t waitLimit{0};            //!< packets that may wait for their keys
        KeyCollector::Settings collector; //!< how to fetch keys
    };

    /// Takes a packet in clear, and how many octets carried it in UDP.
    using PacketCallback = Callback<void, Ptr<Packet>, uint32_t>;
    /// Takes a packet that was dropped, as it came, and why.
    using DropCallback = Callback<void, Ptr<const Packet>, TunnelDropReason>;
    /// Takes the UUID of a key that cannot be had, and why.
    using RefusalCallback = Callback<void, const std::string&, KeySupplyStatus>;
    /// Takes a key that came after nobody waited for it any more.
    using KeyCallback = Callback<void, const SuppliedKey&>;

    /// Whom the opener tells.
    struct Listener
    {
        PacketCallback opened;   //!< a packet was opened
        DropCallback dropped;    //!< a packet was dropped
        RefusalCallback refused; //!< a key cannot be had
        KeyCallback unclaimed;   //!< a key came too late
    };

    /**
     * @brief Constructor
     * @param settings what to work with
     * @param listener whom to tell
     */
    TunnelOpener(Settings settings, Listener listener);

    /**
     * @brief Open a packet, now or when its keys are there.
     * @param outer what was in UDP
     */
    void Accept(Ptr<Packet> outer);

    /// Drop what waits, and forget the keys.
    void Stop();

  private:
    /// A packet that waits for keys.
    struct Waiting
    {
        Ptr<Packet> outer;         //!< as it came
        SecureTunnelHeader header; //!< its header
    };

    /**
     * @brief Whether the header is one that this tunnel uses.
     * @param header the header
     * @param bytes octets behind it
     * @return false if the packet is to be dropped
     */
    bool IsWellFormed(const SecureTunnelHeader& header, uint32_t bytes) const;

    /**
     * @brief Ask for the keys of a packet that are not there.
     * @param header its header
     * @return whether all are there
     */
    bool HaveKeys(const SecureTunnelHeader& header);

    /**
     * @brief Open a packet whose keys are there, or drop it.
     * @param waiting the packet
     */
    void Open(const Waiting& waiting);

    /**
     * @brief The key bits of a packet.
     * @param header its header
     * @param bits how many it needs
     * @param [out] material the bits
     * @return false if the keys that it names do not have just these bits
     */
    bool FindBits(const SecureTunnelHeader& header, uint32_t bits, KeyMaterial& material) const;

    /**
     * @brief Open a packet sealed with OTP.
     * @param header its header
     * @param body what is behind
     * @param [out] inner the packet
     * @return nothing if it is authentic, else why it is not passed on
     */
    std::optional<TunnelDropReason> OpenOneTime(const SecureTunnelHeader& header,
                                                Ptr<const Packet> body,
                                                Ptr<Packet>& inner) const;

    /**
     * @brief Open a packet sealed with AES.
     * @param header its header
     * @param body what is behind
     * @param [out] inner the packet
     * @return nothing if it is authentic, else why it is not passed on
     */
    std::optional<TunnelDropReason> OpenSession(const SecureTunnelHeader& header,
                                                Ptr<const Packet> body,
                                                Ptr<Packet>& inner) const;

    /**
     * @brief Whether a packet has been opened before, or is too old to tell.
     * @param sequence its number
     * @return whether it is to be dropped
     */
    bool IsReplayed(uint64_t sequence) const;

    /**
     * @brief Remember that a packet was opened.
     * @param sequence its number
     */
    void Remember(uint64_t sequence);

    /// Open the packets that have all of their keys, in the order in which they came.
    void OpenWaiting();

    /// @cond
    void TakeKey(uint64_t fetch, const SuppliedKey& key);
    void TakeUnclaimed(uint64_t fetch, const SuppliedKey& key);
    void TakeError(uint64_t fetch, const std::string& keyId, KeySupplyStatus status);
    void TakeEnd(uint64_t fetch, KeySupplyStatus status);
    /// @endcond

    Settings m_settings;                    //!< what to work with
    Listener m_listener;                    //!< whom to tell
    Ptr<KeyCollector> m_collector;          //!< fetches keys
    uint64_t m_lastFetch{0};                //!< fetches so far
    std::map<KeyUuid, uint64_t> m_fetching; //!< keys that were asked for
    std::map<KeyUuid, KeyMaterial> m_keys;  //!< keys that are there
    std::deque<KeyUuid> m_keyOrder;         //!< the same in the order in which they came
    std::list<Waiting> m_waiting;           //!< packets that wait for keys
    uint64_t m_highest{0};                  //!< highest number of a packet opened
    uint64_t m_window{0};                   //!< the last 64 numbers: bit i for highest - i
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TUNNEL_OPENER_H */
