/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KX_EXCHANGE_H
#define QKDN_KX_EXCHANGE_H

#include "qkdn-km-neighbour.h"
#include "qkdn-kx-authenticator.h"
#include "qkdn-kx-channel.h"
#include "qkdn-kx-relay-messages.h"
#include "qkdn-route-table.h"

#include "ns3/event-id.h"
#include "ns3/object.h"

#include <map>
#include <tuple>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What an exchange along a route means to the KMs on it.
 */
class KxExchangeUser
{
  public:
    virtual ~KxExchangeUser() = default;

    /**
     * @brief A request has arrived at a KM after the source.
     * @param route its route
     * @param number its number
     * @param [in,out] body as received; to be changed to what goes on to the next KM, or, at the
     * end of the route, to what goes back; empty there if KxExchange::Answer() follows
     * @param incident the failure behind it, or none
     * @return none, or why it fails here
     */
    virtual KxFailure TakeForward(const KeyRoute& route,
                                  uint64_t number,
                                  std::vector<uint8_t>& body,
                                  IncidentId incident) = 0;

    /**
     * @brief A request has arrived that cannot be taken: it is not authentic or over no route
     * that is known here. Its sender has spent the key bits that it names.
     * @param peer the sender
     * @param body as received
     * @param incident the failure behind it, or none
     */
    virtual void RefuseForward(KmId peer,
                               const std::vector<uint8_t>& body,
                               IncidentId incident) = 0;

    /**
     * @brief The answer has arrived at a KM before the end, or there will be none; or the end,
     * which has not answered yet, has waited too long or has lost the KM before it.
     * @param route its route
     * @param number number of the request
     * @param answer the answer, on its way to the source
     * @param incident the failure behind it, or none
     */
    virtual void TakeReturn(const KeyRoute& route,
                            uint64_t number,
                            const KxReturn& answer,
                            IncidentId incident) = 0;
};

/**
 * @ingroup qkdn-resilience
 * @brief Requests that travel along a key relay route hop by hop, and their answers.
 *
 * Each hop is authenticated for itself by KxAuthenticator. A request without an answer ends by
 * a time-out, or at once when a hop of its way breaks: the KM before the broken hop answers it.
 */
class KxExchange : public Object
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
     * @param authenticator tags
     */
    void Configure(KmId self,
                   KxChannel* channel,
                   const RouteTable* routes,
                   const KmNeighbours* neighbours,
                   Ptr<KxAuthenticator> authenticator);

    /**
     * @brief Say what one kind of request means.
     * @param request message type of the request
     * @param response message type of its answer
     * @param user what it means
     */
    void AddKind(uint16_t request, uint16_t response, KxExchangeUser* user);

    /**
     * @brief Whether a message type is that of a request.
     * @param type the type
     * @return true if so
     */
    bool IsRequest(uint16_t type) const;

    /**
     * @brief Key bits that a request costs on each hop, beside what its body names.
     * @return number of bits
     */
    uint32_t GetTagBits() const;

    /**
     * @brief Whether this KM is the end of a route.
     * @param route an installed route
     * @return true if so
     */
    bool IsEnd(const KeyRoute& route) const;

    /**
     * @brief A number for a request over a route.
     * @param route the route, whose source is here
     * @return a number that was not given before, also before a crash
     */
    uint64_t NextNumber(RouteId route);

    /**
     * @brief Send a request from the source of a route.
     * @param type message type
     * @param route the route
     * @param number from NextNumber()
     * @param body what the next KM gets
     * @param incident the failure behind it, or none
     * @return none, or why it could not be sent; nothing follows then
     */
    KxFailure Start(uint16_t type,
                    const KeyRoute& route,
                    uint64_t number,
                    const std::vector<uint8_t>& body,
                    IncidentId incident);

    /**
     * @brief The end of a route answers a request that it could not answer at once. Half of
     * Timeout after the request it is too late: the request has failed then.
     * @param type message type of the request
     * @param route its route
     * @param number its number
     * @param failure none, or why it fails
     * @param body what goes back, after a success
     * @param incident the failure behind it, or none
     */
    void Answer(uint16_t type,
                RouteId route,
                uint64_t number,
                KxFailure failure,
                const std::vector<uint8_t>& body,
                IncidentId incident);

    /**
     * @brief A request of the KM before.
     * @param peer the sender
     * @param type message type
     * @param packet message
     * @param incident the failure behind it, or none
     * @return false if it is malformed, not authentic or out of place
     */
    bool HandleForward(KmId peer, uint16_t type, Ptr<Packet> packet, IncidentId incident);

    /**
     * @brief An answer of the KM after.
     * @param peer the sender
     * @param type message type
     * @param packet message
     * @param incident the failure behind it, or none
     * @return false if it is malformed, not authentic or out of place
     */
    bool HandleReturn(KmId peer, uint16_t type, Ptr<Packet> packet, IncidentId incident);

    /**
     * @brief A neighbour cannot be reached: end what goes over it.
     * @param peer the neighbour
     * @param incident the failure behind it
     */
    void PeerDown(KmId peer, IncidentId incident);

    /**
     * @brief The source gives up its requests over a route.
     * @param route the route
     * @param incident the failure behind it
     */
    void Abandon(RouteId route, IncidentId incident);

    /**
     * @brief The process ends: all requests are forgotten, sources are told.
     * @param incident the failure behind it
     */
    void Crash(IncidentId incident);

  protected:
    void DoDispose() override;

  private:
    /// What one kind of request means.
    struct Kind
    {
        uint16_t response{0};          //!< type of its answer
        KxExchangeUser* user{nullptr}; //!< what it means
    };

    /// Names a request: type, route, number.
    using RequestKey = std::tuple<uint16_t, RouteId, uint64_t>;

    /// A request that has no answer: it was sent on, or this end waits for what it needs.
    struct Pending
    {
        KmId previous;                    //!< who gets the answer; none at the source
        KmId next;                        //!< who will answer; none at the end
        KeyMaterial expectedTag;          //!< tag of the answer
        std::vector<uint8_t> previousTag; //!< tag of the answer that is passed on
        KeyRoute route;                   //!< its route
        EventId timeout;                  //!< end of patience
    };

    /**
     * @brief Seal a request and send it to the next KM.
     * @param key the request
     * @param body what the next KM gets
     * @param pending how the answer is passed on
     * @param incident the failure behind it, or none
     * @return none, or why it could not be sent
     */
    KxFailure SendOn(const RequestKey& key,
                     const std::vector<uint8_t>& body,
                     Pending pending,
                     IncidentId incident);

    /**
     * @brief Send an answer to the KM before.
     * @param peer the KM before
     * @param type type of the request
     * @param answer the answer, complete but for its tag
     * @param tag its tag
     * @param incident the failure behind it, or none
     */
    void SendBack(KmId peer,
                  uint16_t type,
                  KxReturn answer,
                  const std::vector<uint8_t>& tag,
                  IncidentId incident);

    /**
     * @brief End a request with an answer.
     * @param key the request
     * @param answer the answer
     * @param incident the failure behind it, or none
     */
    void Finish(const RequestKey& key, const KxReturn& answer, IncidentId incident);

    /**
     * @brief End a request that failed.
     * @param key the request
     * @param failure why
     * @param incident the failure behind it, or none
     */
    void Fail(const RequestKey& key, KxFailure failure, IncidentId incident);

    /**
     * @brief No answer came.
     * @param key the request
     */
    void Timeout(RequestKey key);

    Time m_timeout;                            //!< attribute Timeout
    KmId m_self;                               //!< this KM
    KxChannel* m_channel{nullptr};             //!< sends messages
    const RouteTable* m_routes{nullptr};       //!< installed routes
    const KmNeighbours* m_neighbours{nullptr}; //!< neighbouring KMs
    Ptr<KxAuthenticator> m_authenticator;      //!< tags
    std::map<uint16_t, Kind> m_kinds;          //!< by type of the request
    std::map<RouteId, uint64_t> m_lastNumber;  //!< numbers given
    std::map<RequestKey, Pending> m_pending;   //!< requests without answer
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KX_EXCHANGE_H */
