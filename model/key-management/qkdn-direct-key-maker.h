/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DIRECT_KEY_MAKER_H
#define QKDN_DIRECT_KEY_MAKER_H

#include "qkdn-key-usage-meter.h"
#include "qkdn-km-neighbour.h"
#include "qkdn-ksa-key-maker.h"
#include "qkdn-kx-authenticator.h"
#include "qkdn-kx-channel.h"

#include "ns3/event-id.h"
#include "ns3/object.h"

#include <map>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Makes KSA-keys over one hop: the KMA-key itself becomes the KSA-key.
 *
 * Keys are announced to the slave's KM by a key supply notification (ITU-T Q.4163 8.3) and are
 * confirmed by its response (8.4). If that fails a key is void.
 */
class DirectKeyMaker : public Object, public KsaKeyMaker
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set where it works.
     * @param self this KM
     * @param channel sends messages
     * @param neighbours neighbouring KMs
     * @param authenticator tags
     * @param user who orders keys
     */
    void Configure(KmId self,
                   KxChannel* channel,
                   const KmNeighbours* neighbours,
                   Ptr<KxAuthenticator> authenticator,
                   KsaKeyMakerUser* user);

    // from KsaKeyMaker
    KxFailure Make(const KeyRoute& route, const std::vector<KsaKeyOrder>& orders) override;
    void Flush() override;
    uint64_t CountPossible(const KeyRoute& route, uint32_t sizeBit) const override;
    void Settle(const MadeKsaKey& key) override;
    void Void(const KeyRoute& route,
              const std::vector<MadeKsaKey>& keys,
              IncidentId incident) override;

    /**
     * @brief Set what counts the key bits of confirmed keys.
     * @param meter the meter; without this call none
     */
    void SetMeter(Ptr<KeyUsageMeter> meter);

    /**
     * @brief A neighbour cannot be reached: void what it has not confirmed.
     * @param peer the neighbour
     * @param incident the failure behind it
     */
    void PeerDown(KmId peer, IncidentId incident);

    /**
     * @brief A response to a key supply notification.
     * @param peer the neighbour
     * @param body message
     * @return false if it is malformed or not authentic
     */
    bool HandleResponse(KmId peer, Ptr<Packet> body);

  protected:
    void DoDispose() override;

  private:
    /// A key that is announced and not confirmed.
    struct Announced
    {
        uint64_t batch{0}; //!< the notification it went with
        KmId peer;         //!< to whom
        MadeKsaKey made;   //!< the key
    };

    /// A notification without response.
    struct Batch
    {
        KmId peer;                  //!< to whom
        std::vector<KsaKeyId> keys; //!< its keys
        KeyMaterial responseTag;    //!< tag that the response must carry
        EventId timeout;            //!< end of patience
    };

    /**
     * @brief Keys in one notification at most.
     * @return the number
     */
    uint32_t GetMaxBatch() const;

    /**
     * @brief Send a notification.
     * @param peer the slave's KM
     * @param notification its keys
     */
    void SendBatch(KmId peer, KxSupplyNotification& notification);

    /**
     * @brief A response did not come in time.
     * @param batch the notification
     */
    void BatchTimeout(uint64_t batch);

    /**
     * @brief Void a key that was announced.
     * @param key the key
     * @param failure why
     * @param incident the failure behind it
     */
    void Fail(const KsaKeyId& key, KxFailure failure, IncidentId incident);

    /**
     * @brief Book the bits of a void key as wasted.
     * @param made the key
     * @param incident the failure behind it
     */
    void BookVoid(const MadeKsaKey& made, IncidentId incident);

    uint32_t m_maxBatch{0};                      //!< attribute MaxBatch
    Time m_timeout;                              //!< attribute Timeout
    KmId m_self;                                 //!< this KM
    KxChannel* m_channel{nullptr};               //!< sends messages
    const KmNeighbours* m_neighbours{nullptr};   //!< neighbouring KMs
    Ptr<KxAuthenticator> m_authenticator;        //!< tags
    KsaKeyMakerUser* m_user{nullptr};            //!< who orders keys
    std::map<KmId, KxSupplyNotification> m_open; //!< keys of this instant, by peer
    uint64_t m_lastBatch{0};                     //!< notifications so far
    std::map<KsaKeyId, Announced> m_announced;   //!< keys without confirmation
    std::map<uint64_t, Batch> m_batches;         //!< notifications without response
    Ptr<KeyUsageMeter> m_meter;                  //!< counts key bits, null without
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DIRECT_KEY_MAKER_H */
