/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CONTROLLER_GROUP_H
#define QKDN_CONTROLLER_GROUP_H

#include "qkdn-ck-role-messages.h"
#include "qkdn-controller-client.h"
#include "qkdn-route-provider.h"

#include "ns3/traced-callback.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A KM's connections to several controllers, one of which it obeys.
 *
 * At first that is the first one. It is another one as soon as that says by CK_ROLE that it is
 * active in a higher term (ControllerTerm). All controllers are told of QKD links, the one to
 * obey of sessions and events of routes too. A command of another one is refused, and the
 * controller is told that it is superseded.
 */
class ControllerGroup : public RouteProvider
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ControllerGroup();
    ~ControllerGroup() override;

    /**
     * @brief Add a connection. Call it before Attach().
     * @param client the KM's end, with its addresses
     */
    void AddClient(Ptr<ControllerClient> client);

    /**
     * @brief The connections.
     * @return them, in the order of AddClient()
     */
    const std::vector<Ptr<ControllerClient>>& GetClients() const;

    /**
     * @brief The connection to the controller that is obeyed.
     * @return the connection
     */
    Ptr<ControllerClient> GetObeyed() const;

    /**
     * @brief The controller that is obeyed.
     * @return its term, 0 before the first CK_ROLE
     */
    const ControllerTerm& GetTerm() const;

    // from RouteProvider
    void Attach(const RouteProviderPlace& place) override;
    void Start(Ptr<Node> node) override;
    void Stop() override;
    void AddSession(const KeySession& session) override;
    void ReportLink(const CkLinkState& state, IncidentId incident) override;
    void ReportRouteEvent(const CkRouteEvent& event, IncidentId incident) override;
    bool GivesSeveralRoutes() const override;

    /**
     * @brief TracedCallback signature of a change of the controller that is obeyed.
     * @param km the KM
     * @param term the controller and its term
     */
    using ControllerCallback = void (*)(KmId km, const ControllerTerm& term);

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief A controller says that it is active.
     * @param index its connection
     * @param term its term
     */
    void RoleSaid(std::size_t index, const ControllerTerm& term);

    /**
     * @brief Whether a controller is obeyed; it is told if not.
     * @param index its connection
     * @param [out] reason why not
     * @return true if so
     */
    bool IsObeyed(std::size_t index, std::string& reason);

    /**
     * @brief Obey a controller.
     * @param index its connection
     */
    void Follow(std::size_t index);

    std::vector<Ptr<ControllerClient>> m_clients; //!< connections
    RouteProviderPlace m_place;                   //!< the KM
    std::size_t m_obeyed{0};                      //!< which is obeyed
    ControllerTerm m_term;                        //!< its term

    TracedCallback<KmId, const ControllerTerm&> m_controllerTrace; //!< Controller
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CONTROLLER_GROUP_H */
