/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TUNNEL_KEY_SOURCE_H
#define QKDN_TUNNEL_KEY_SOURCE_H

#include "qkdn-key-id-header.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/qkdn-key-supply-service.h"
#include "ns3/simple-ref-count.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Key bits that the sending end of a secured tunnel takes for a packet or as a session key.
 */
struct TunnelKeyBits
{
    std::vector<KeyUuid> keyIds; //!< the keys they come from, in order
    uint32_t firstBit{0};        //!< the first of them in the first key
    KeyMaterial material;        //!< the bits
};

/**
 * @ingroup qkdn-resilience
 * @brief Gets the keys of the sending end of a secured tunnel and gives out each bit once, in
 * order.
 *
 * It asks its key manager for keys, one call at a time, as long as it holds fewer bits than its
 * target. After an answer without keys it asks again RetryInterval later. A key that has been held
 * for too long is thrown away when bits are to be taken, not before: while nobody needs keys they
 * cost nothing.
 */
class TunnelKeySource : public SimpleRefCount<TunnelKeySource>
{
  public:
    /// What the source works with.
    struct Settings
    {
        KeySupplyService* service{nullptr}; //!< key supply, not owned
        std::string sae;                    //!< SAE id of the sending end, the master
        std::string slaveSae;               //!< SAE id of the receiving end
        uint32_t batch{1};                  //!< keys per call
        uint32_t keySizeBit{0};             //!< size of a key, 0: default of the session
        Time retryInterval;                 //!< from an answer without keys to the next call
        Time storeTime{Time::Max()};        //!< a key held as long is thrown away
    };

    /// Takes nothing: there are new keys.
    using ArrivalCallback = Callback<void>;
    /// Takes status and reason of a refusal that is not lack of keys.
    using RefusalCallback = Callback<void, KeySupplyStatus, const std::string&>;
    /// Takes the UUID of a key, the first of its bits that were taken, and their number.
    using UseCallback = Callback<void, const std::string&, uint32_t, uint32_t>;
    /// Takes the UUID of a key that was thrown away, and the number of its bits that were left.
    using DiscardCallback = Callback<void, const std::string&, uint32_t>;
    /// Takes a key that came after Stop().
    using KeyCallback = Callback<void, const SuppliedKey&>;

    /// Whom the source tells.
    struct Listener
    {
        ArrivalCallback arrived;   //!< keys came
        RefusalCallback refused;   //!< a call was refused for another reason than lack of keys
        UseCallback used;          //!< bits were taken: UUID, first bit, number of bits
        DiscardCallback discarded; //!< a key was held for too long
        KeyCallback unclaimed;     //!< a key came after the stop
    };

    /**
     * @brief Constructor
     * @param settings what to work with
     * @param listener whom to tell
     */
    TunnelKeySource(Settings settings, Listener listener);

    /**
     * @brief Set how many bits to hold; it asks at once if there are fewer.
     * @param bits the target, 0 to ask for nothing
     */
    void SetTarget(uint64_t bits);

    /// Ask for nothing any more and forget the keys.
    void Stop();

    /**
     * @brief Bits that can be taken.
     * @return their number
     */
    uint64_t GetAvailableBits() const;

    /**
     * @brief Take bits.
     * @param bits how many, above 0
     * @return the bits, or nothing if there are too few; then nothing was taken
     */
    std::optional<TunnelKeyBits> Take(uint32_t bits);

    /**
     * @brief Take the first bits of a key of which no bit was taken; keys before it that are too
     * short, or the rest of a key in use, and what is left of the key itself, are thrown away.
     * @param bits how many, above 0
     * @return the bits of one key, or nothing if no key is long enough
     */
    std::optional<TunnelKeyBits> TakeWhole(uint32_t bits);

  private:
    /// A key with bits left.
    struct Key
    {
        KeyUuid uuid{};       //!< its UUID
        KeyMaterial material; //!< all of its bits
        uint32_t used{0};     //!< bits that were taken
        Time since;           //!< when it came
    };

    /// Throw away what has been held for too long.
    void DiscardOld();

    /// Call GetKey() if there are too few bits and no call is outstanding.
    void Ask();

    /**
     * @brief Takes the answer to GetKey().
     * @param source the source, kept until then
     * @param answer the answer
     */
    static void TakeAnswer(Ptr<TunnelKeySource> source, const KeyContainer& answer);

    /**
     * @brief Handle the answer to GetKey().
     * @param answer the answer
     */
    void HandleAnswer(const KeyContainer& answer);

    /**
     * @brief Keep the keys of an answer.
     * @param answer the answer, with status 200
     * @return whether they were what was asked for
     */
    bool Keep(const KeyContainer& answer);

    Settings m_settings;       //!< what to work with
    Listener m_listener;       //!< whom to tell
    uint64_t m_target{0};      //!< bits to hold
    uint64_t m_available{0};   //!< bits that can be taken
    std::deque<Key> m_keys;    //!< keys with bits left, in the order of use
    bool m_outstanding{false}; //!< GetKey() has no answer
    bool m_stopped{false};     //!< Stop() was called
    EventId m_retry;           //!< next call after a refusal
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TUNNEL_KEY_SOURCE_H */
