/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SHARE_KEY_MAKER_H
#define QKDN_SHARE_KEY_MAKER_H

#include "qkdn-key-session.h"
#include "qkdn-ksa-key-maker.h"
#include "qkdn-relay-key-maker.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/object.h"

#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// One of the routes over which the KSA-keys of a session go.
struct NumberedRoute
{
    uint8_t number{0};  //!< number of the shares that go over it, from 1
    KeyRoute route;     //!< the route
    uint64_t weight{1}; //!< whole keys: its part of them, in proportion to the weights of all
};

/**
 * @ingroup qkdn-resilience
 * @brief Makes KSA-keys that go over several key relay routes at once.
 *
 * With class secret-sharing a key is split into shares by SecretSharing, one over each route that
 * can take it now; class route-1+1 is the same with two shares, each of which is the whole key.
 * Fewer routes than the session asks for do, as long as they are as many as make the key. A key is
 * confirmed when that many of its shares have arrived. It is void as soon as too few can still
 * arrive, and the slave's KM is told.
 *
 * With class multi-path each key goes whole over one of the routes, in turn over those that can
 * take it now. The same holds for a session that is restored over several routes, where each has
 * its part of the keys.
 */
class ShareKeyMaker : public Object, public KsaKeyMaker, public KsaKeyMakerUser
{
  public:
    /// Told of keys that are void, which the slave's KM may not know.
    using VoidCallback = Callback<void, SessionId, const std::vector<KsaKeyId>&>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set where it works.
     * @param relay relays keys and shares
     * @param user who orders keys
     * @param tellVoid has the slave's KM told of void keys
     */
    void Configure(Ptr<RelayKeyMaker> relay, KsaKeyMakerUser* user, VoidCallback tellVoid);

    /**
     * @brief Add a session whose keys go over several routes and whose master is here.
     * @param session the session
     */
    void AddSession(const KeySession& session);

    /**
     * @brief Set the routes over which keys of a session are made from now on.
     * @param session the session
     * @param routes the routes
     */
    void UseRoutes(SessionId session, const std::vector<NumberedRoute>& routes);

    /**
     * @brief The routes over which keys of a session are made.
     * @param session the session
     * @return the routes
     */
    const std::vector<NumberedRoute>& GetRoutes(SessionId session) const;

    // from KsaKeyMaker
    KxFailure Make(const KeyRoute& route, const std::vector<KsaKeyOrder>& orders) override;
    void Flush() override;
    uint64_t CountPossible(const KeyRoute& route, uint32_t sizeBit) const override;
    void Settle(const MadeKsaKey& key) override;
    void Void(const KeyRoute& route,
              const std::vector<MadeKsaKey>& keys,
              IncidentId incident) override;

    // from KsaKeyMakerUser, of what it has relayed
    void KeyCreated(const MadeKsaKey& key) override;
    void KeyConfirmed(const MadeKsaKey& key) override;
    void KeyFailed(const MadeKsaKey& key, KxFailure failure, IncidentId incident) override;

  protected:
    void DoDispose() override;

  private:
    /// Whose turn it is among the routes of a session.
    struct Turns
    {
        std::size_t next{0};         //!< place of the route that is the first among equals
        std::vector<double> credits; //!< what each route is owed, by weight
    };

    /// A session.
    struct Session
    {
        SessionPolicy policy;              //!< class, routes and threshold
        std::vector<NumberedRoute> routes; //!< routes over which its keys go now
        Turns turns;                       //!< whole keys: which route is next
    };

    /// A key with shares that are under way.
    struct Open
    {
        MadeKsaKey made;      //!< the key
        uint32_t underWay{0}; //!< shares that are neither there nor lost
        uint32_t arrived{0};  //!< shares that are there
        bool decided{false};  //!< it is confirmed or void
    };

    /**
     * @brief Split keys and relay the shares.
     * @param session their session
     * @param orders the keys
     * @return none, or why not
     */
    KxFailure MakeShared(const Session& session, const std::vector<KsaKeyOrder>& orders);

    /**
     * @brief Split one key.
     * @param policy threshold and number of shares
     * @param order the key
     * @param routes routes of its shares
     * @param [in,out] shares the shares that go over each of them
     */
    void MakeOne(const SessionPolicy& policy,
                 const KsaKeyOrder& order,
                 const std::vector<NumberedRoute>& routes,
                 std::vector<std::vector<KeyToRelay>>& shares);

    /**
     * @brief Relay keys whole, each over one route.
     * @param session their session
     * @param orders the keys
     * @return none, or why not
     */
    KxFailure MakeWhole(Session& session, const std::vector<KsaKeyOrder>& orders);

    /**
     * @brief The route whose turn it is among those that can take a key.
     * @param routes the routes
     * @param able whether each of them can take the key
     * @param [in,out] turns the turn passes on
     * @return its place, none if there is none
     */
    static std::optional<std::size_t> TakeTurn(const std::vector<NumberedRoute>& routes,
                                               const std::vector<bool>& able,
                                               Turns& turns);

    /// Tell who has to know which keys are void.
    void TellVoid();

    Ptr<RelayKeyMaker> m_relay;                            //!< relays keys and shares
    KsaKeyMakerUser* m_user{nullptr};                      //!< who orders keys
    VoidCallback m_tellVoid;                               //!< told of void keys
    std::map<SessionId, Session> m_sessions;               //!< sessions
    std::map<KsaKeyId, Open> m_open;                       //!< keys with shares under way
    std::map<SessionId, std::vector<KsaKeyId>> m_unvoided; //!< void keys to be told
    EventId m_voidEvent;                                   //!< tells them
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SHARE_KEY_MAKER_H */
