/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_RELAY_AGENT_H
#define QKDN_KEY_RELAY_AGENT_H

#include "qkdn-destination-scheme.h"
#include "qkdn-extra-traffic-gate.h"
#include "qkdn-hop-by-hop-scheme.h"
#include "qkdn-key-session.h"
#include "qkdn-key-sighting.h"
#include "qkdn-key-usage-meter.h"
#include "qkdn-km-neighbour.h"
#include "qkdn-kx-channel.h"
#include "qkdn-kx-exchange.h"
#include "qkdn-kx-relay-messages.h"
#include "qkdn-relay-void-store.h"
#include "qkdn-route-table.h"

#include "ns3/event-id.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <map>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// A KSA-key, or a share of one, that is to be relayed.
struct KeyToRelay
{
    KsaKeyId id;          //!< the key
    uint8_t share{0};     //!< number of the share, from 1; 0 for the key itself
    KeyMaterial material; //!< its bits, a multiple of 8
};

/**
 * @ingroup qkdn-resilience
 * @brief What the ends of key relay routes make of relayed keys.
 */
class KeyRelayUser
{
  public:
    virtual ~KeyRelayUser() = default;

    /**
     * @brief A relay that began here has ended.
     * @param route its route
     * @param keys its keys
     * @param answer how it ended
     * @param incident the failure behind it, or none
     */
    virtual void RelayEnded(const KeyRoute& route,
                            const std::vector<KeyToRelay>& keys,
                            const KxReturn& answer,
                            IncidentId incident) = 0;

    /**
     * @brief Keys have come to the end of their route.
     * @param route the route
     * @param keys the keys
     * @return whether they are held now, all or none
     */
    virtual bool HoldRelayed(const KeyRoute& route, const std::vector<KeyToRelay>& keys) = 0;

    /**
     * @brief Relayed keys must not be supplied.
     * @param keys the keys, also such as are not held
     * @param incident the failure behind it, or none
     */
    virtual void VoidRelayed(const std::vector<KsaKeyId>& keys, IncidentId incident) = 0;

    /**
     * @brief This KM, which is on the way of a route, has refused a relay over it, and would hand
     * it on now.
     * @param route the route
     */
    virtual void RelayPossible(const KeyRoute& route) = 0;
};

/**
 * @ingroup qkdn-resilience
 * @brief Key relay hop by hop (ITU-T Y.3803, Q.4163 clause 7.1): KSA-keys under the one-time pad of
 * each hop's KMA-key, from the source of a route over all KMs on it to its end.
 *
 * A relay that fails is void everywhere: its pads are booked as wasted at every KM that has a
 * part in it, and the end forgets its keys. Who cannot be told at once is told when the route can
 * be used again: the source keeps what is not yet known to be void and repeats it. Pads of a
 * complete relay stay rebookable until the source says, in a later relay, that it is final.
 */
class KeyRelayAgent : public Object, public KxExchangeUser
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
     * @param routes installed routes
     * @param neighbours neighbouring KMs
     * @param exchange carries relays
     * @param gate stops extra traffic
     * @param user what the ends make of keys
     */
    void Configure(KmId self,
                   KxChannel* channel,
                   const RouteTable* routes,
                   const KmNeighbours* neighbours,
                   Ptr<KxExchange> exchange,
                   const ExtraTrafficGate* gate,
                   KeyRelayUser* user);

    /**
     * @brief Set what the destination relay scheme needs.
     * @param direct the connection to the other ends of routes
     * @param authenticator tags
     */
    void ConfigureDestination(Ptr<KxDirectChannel> direct, Ptr<KxAuthenticator> authenticator);

    /**
     * @brief Set what counts the key bits of complete relays.
     * @param meter the meter; without this call none
     */
    void SetMeter(Ptr<KeyUsageMeter> meter);

    /**
     * @brief Whether a relay of some bits could begin.
     * @param route its route, whose source is here
     * @param bits bits of its keys
     * @return none, or why not
     */
    KxFailure Check(const KeyRoute& route, uint64_t bits);

    /**
     * @brief Note the demand for a relay, and ask the next KM for key of its share if this KM's
     * does not suffice.
     * @param route its route
     * @param bits bits of its keys
     * @param promised bits of keys that wait for a relay over the route
     * @return as Check() of all these bits
     */
    KxFailure Prepare(const KeyRoute& route, uint64_t bits, uint64_t promised);

    /**
     * @brief Begin a relay.
     * @param route its route, whose source is here
     * @param keys the keys
     * @return none, or why not; nothing has happened then
     */
    KxFailure Relay(const KeyRoute& route, const std::vector<KeyToRelay>& keys);

    /// Relays without an answer.
    struct Open
    {
        std::size_t relays{0}; //!< their number
        std::size_t keys{0};   //!< keys of all
    };

    /**
     * @brief Relays over a route without an answer.
     * @param route the route, whose source is here
     * @return their numbers
     */
    Open CountOpen(RouteId route) const;

    /**
     * @brief Void keys of complete relays at the end of a route.
     * @param route a route to it, whose source is here
     * @param keys the keys
     */
    void VoidKeys(const KeyRoute& route, const std::vector<KsaKeyId>& keys);

    /**
     * @brief A void, or the answer to one.
     * @param peer the neighbour
     * @param type message type
     * @param packet message
     * @param incident the failure behind it, or none
     * @return false if it is malformed or out of place
     */
    bool HandleVoid(KmId peer, uint16_t type, Ptr<Packet> packet, IncidentId incident);

    /**
     * @brief Keys that come directly from the source of a route that ends here.
     * @param peer the source
     * @param packet message
     * @return false if it is malformed or out of place
     */
    bool HandleMasked(KmId peer, Ptr<Packet> packet);

    /**
     * @brief A route is over: what is complete is final, the rest is wasted.
     * @param route the route
     * @return keys of relays that began here, of which the end may not know that they are void
     */
    std::vector<KsaKeyId> ReleaseRoute(RouteId route);

    /**
     * @brief The process ends: as ReleaseRoute(), but what is void is told when the route is
     * installed again, unless TakeUninstalledVoids() comes first.
     * @param route the route
     */
    void LeaveRoute(RouteId route);

    /**
     * @brief A session uses a route: what is void of routes that it has no more goes over that one.
     * @param session the session
     * @return keys of relays that began here, of which the end may not know that they are void
     */
    std::vector<KsaKeyId> TakeUninstalledVoids(SessionId session);

    /// Tell the ends of routes what they do not yet know to be void.
    void RepeatVoids();

    /**
     * @brief More of the pool with a neighbour may be used, or the neighbour can be reached again:
     * see whether relays can go on that were refused.
     * @param neighbour the neighbour
     */
    void ReviewRefused(KmId neighbour);

    // from KxExchangeUser
    KxFailure TakeForward(const KeyRoute& route,
                          uint64_t number,
                          std::vector<uint8_t>& body,
                          IncidentId incident) override;
    void RefuseForward(KmId peer, const std::vector<uint8_t>& body, IncidentId incident) override;
    void TakeReturn(const KeyRoute& route,
                    uint64_t number,
                    const KxReturn& answer,
                    IncidentId incident) override;

    /**
     * @brief TracedCallback signature of keys that are relayed through this KM: at the source when
     * they are sent, at a KM on the way when it hands them on, at the end when it holds them.
     * @param sighting what this KM has in clear then
     */
    using SightingCallback = void (*)(const KeySighting& sighting);

  protected:
    void DoDispose() override;

  private:
    /// Key bits that a relay spent with one neighbour.
    struct Pad
    {
        KmId neighbour;               //!< the neighbour
        std::vector<KeyRange> ranges; //!< the bits
    };

    /// The part that this KM has in a relay.
    struct Part
    {
        KeyUse use{KEY_RELAY_WORKING}; //!< what its pads are booked as
        std::vector<Pad> pads;         //!< towards the source, then towards the end
        bool complete{false};          //!< the end has the keys
        std::vector<KeyToRelay> keys;  //!< the keys, at the source and at the end only
        SessionId session;             //!< session of the route, once bits are counted
        RouteRole role{ROUTE_WORKING}; //!< its role, once bits are counted
        uint64_t countedBits{0};       //!< key bits counted for charging
    };

    using PartKey = std::pair<RouteId, uint64_t>; //!< route, number

    /**
     * @brief A relay scheme.
     * @param scheme its number
     * @return the scheme
     */
    RelayScheme& SchemeOf(KxRelayScheme scheme);

    /**
     * @brief Whether the next hop has a pad of some bits.
     * @param route the route
     * @param bits how many
     * @return none, or why not
     */
    KxFailure CheckPad(const KeyRoute& route, uint64_t bits) const;

    /**
     * @brief Note the demand for pads of the next hop, and ask the next KM for bits of its share if
     * this KM's do not suffice.
     * @param route the route
     * @param bits bits of the pad
     * @param promised bits of pads that will be wanted, too
     * @return as CheckPad() of all these bits
     */
    KxFailure PreparePad(const KeyRoute& route, uint64_t bits, uint64_t promised);

    /**
     * @brief Take key bits for the pad of the next hop.
     * @param route the route
     * @param bits how many; Check() has said that they are there
     * @param incident the failure behind it, or none
     * @return the bits
     */
    KmaKey TakePad(const KeyRoute& route, uint32_t bits, IncidentId incident);

    /**
     * @brief Trace what this KM has in clear of a relay.
     * @param route its route
     * @param number its number
     * @param relay the relay as it goes on from here
     * @param clear whether the keys are in clear here, or only their pads
     */
    void TraceSighting(const KeyRoute& route,
                       uint64_t number,
                       const KxKeyRelay& relay,
                       bool clear) const;

    /**
     * @brief A relay has come to a KM on the way.
     * @param route its route
     * @param number its number
     * @param relay the relay, its cipher without the pad of the hop before
     * @param part this KM's part
     * @param [out] body what goes on
     * @param incident the failure behind it, or none
     * @return none, or why it does not go on
     */
    KxFailure HandOn(const KeyRoute& route,
                     uint64_t number,
                     KxKeyRelay& relay,
                     Part& part,
                     std::vector<uint8_t>& body,
                     IncidentId incident);

    /**
     * @brief A relay has come to the end of its route.
     * @param route its route
     * @param number its number
     * @param relay the relay, its cipher without the pad of the last hop
     * @param part this KM's part
     * @param [out] body what goes back, empty if that follows
     * @return none, or why the keys are not held
     */
    KxFailure Arrive(const KeyRoute& route,
                     uint64_t number,
                     const KxKeyRelay& relay,
                     Part& part,
                     std::vector<uint8_t>& body);

    /**
     * @brief This end does not wait for the rest of a relay any more.
     * @param key the relay
     */
    void StopWaiting(const PartKey& key);

    /**
     * @brief Hold the keys of a relay that ends here.
     * @param route the route
     * @param number number of the relay
     * @param relay the relay
     * @param clear its keys, one after the other
     * @param [in,out] part this KM's part
     * @param [out] body what goes back
     * @return none, or why they are not held
     */
    KxFailure Hold(const KeyRoute& route,
                   uint64_t number,
                   const KxKeyRelay& relay,
                   const std::vector<uint8_t>& clear,
                   Part& part,
                   std::vector<uint8_t>& body);

    /**
     * @brief Throw away key bits that a neighbour has spent and that cannot be used here.
     * @param peer the neighbour
     * @param ranges the bits
     * @param incident the failure behind it, or none
     */
    void DestroyNamed(KmId peer, const std::vector<KeyRange>& ranges, IncidentId incident);

    /**
     * @brief Book the pads of a relay as wasted, for good.
     * @param part this KM's part in it
     * @param incident the failure behind it, or none
     */
    void Waste(const Part& part, IncidentId incident);

    /**
     * @brief A relay is complete: count the bits of its pad towards the end.
     * @param route its route
     * @param [in,out] part this KM's part in it
     */
    void Count(const KeyRoute& route, Part& part);

    /**
     * @brief The pads of a relay will not be booked otherwise any more.
     * @param part this KM's part in it
     */
    void Settle(const Part& part);

    /**
     * @brief Relays of a route are final.
     * @param route the route
     * @param oldestOpen those with lower numbers
     */
    void SettleBefore(RouteId route, uint64_t oldestOpen);

    /**
     * @brief The lowest number of a relay that is not final at its source.
     * @param route the route
     * @return the number
     */
    uint64_t GetOldestOpen(RouteId route) const;

    /**
     * @brief Void relays here.
     * @param message which
     * @param incident the failure behind it, or none
     */
    void VoidParts(const KxRelayVoid& message, IncidentId incident);

    /**
     * @brief The keys that are void if a relay is, which are not those of shares.
     * @param part this KM's part in it
     * @return their ids, none if this KM does not know them
     */
    static std::vector<KsaKeyId> KeysOf(const Part& part);

    /// Tell of routes that were refused, in turn, as far as there is key.
    void TellPossible();

    /**
     * @brief Set attribute VoidInterval.
     * @param interval time until what is void is told again
     */
    void SetVoidInterval(Time interval);

    /**
     * @brief Get attribute VoidInterval.
     * @return time until what is void is told again
     */
    Time GetVoidInterval() const;

    KmId m_self;                                  //!< this KM
    KxChannel* m_channel{nullptr};                //!< sends messages
    const RouteTable* m_routes{nullptr};          //!< installed routes
    const KmNeighbours* m_neighbours{nullptr};    //!< neighbouring KMs
    Ptr<KxExchange> m_exchange;                   //!< carries relays
    const ExtraTrafficGate* m_gate{nullptr};      //!< stops extra traffic
    KeyRelayUser* m_user{nullptr};                //!< what the ends make of keys
    KxRelayScheme m_scheme{KX_SCHEME_HOP_BY_HOP}; //!< attribute RelayScheme
    HopByHopScheme m_hopByHop;                    //!< one scheme
    DestinationScheme m_destination;              //!< the other
    std::map<PartKey, Part> m_parts;              //!< relays that are not final
    std::map<PartKey, KxKeyRelay> m_waiting; //!< of these, relays whose keys have not come here
    RelayVoidStore m_voids;                  //!< what ends may not know to be void
    std::map<RouteId, uint64_t> m_refused;   //!< of routes refused here, bits of the last pad
    std::map<KmId, RouteId> m_lastPossible;  //!< by next KM, the last of them that was told of
    EventId m_review;                        //!< looks at them
    TracedCallback<const KeySighting&> m_sightingTrace; //!< KeySighting
    Ptr<KeyUsageMeter> m_meter;                         //!< counts key bits, null without
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_RELAY_AGENT_H */
