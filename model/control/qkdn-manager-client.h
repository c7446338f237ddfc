/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MANAGER_CLIENT_H
#define QKDN_MANAGER_CLIENT_H

#include "qkdn-mc-messages.h"

#include "ns3/qkdn-partner-link.h"

#include <deque>
#include <utility>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A controller's end of reference point Mc.
 *
 * Operations happen once, so those that could not be sent are kept and sent when the manager is
 * there; what was under way when a connection broke is lost.
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

    /// Stop as a process that crashes; operations that were not sent are forgotten.
    void Stop() override;

    /**
     * @brief Send an operation, now or when the manager is there.
     * @param operation the operation
     * @param incident the failure behind it, or none
     */
    void SendOperation(const McOperation& operation, IncidentId incident);

  private:
    /// Send the operations that were kept.
    void SendKept();

    std::deque<std::pair<McOperation, IncidentId>> m_kept; //!< operations to be sent
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MANAGER_CLIENT_H */
