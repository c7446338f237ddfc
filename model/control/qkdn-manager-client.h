/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MANAGER_CLIENT_H
#define QKDN_MANAGER_CLIENT_H

#include "qkdn-mc-messages.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-partner-link.h"
#include "ns3/qkdn-resend-list.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A controller's end of reference point Mc.
 *
 * Operations happen once, so those that could not be sent are kept, also over a crash as in stable
 * storage, and sent when the manager is there. Those that were under way when a connection broke
 * are sent again; the manager enters one that it has in its log no second time. They come before
 * anything else that a new connection brings: the status of routes is newer than they are.
 */
class ManagerClient : public PartnerLink
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    // from PartnerLink
    void SetFunctions(UpFunction up, ReceiveFunction receive) override;

    /**
     * @brief Send an operation, now or when the manager is there.
     * @param operation the operation
     * @param incident the failure behind it, or none
     */
    void SendOperation(const McOperation& operation, IncidentId incident);

  private:
    /// Send the operations that were not sent, oldest first.
    void SendKept();

    Time m_lossWindow;              //!< attribute LossWindow
    ResendList<McOperation> m_kept; //!< operations
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MANAGER_CLIENT_H */
