/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FIBRE_LOSS_MODEL_H
#define QKDN_FIBRE_LOSS_MODEL_H

#include "qkdn-classical-link.h"

#include "ns3/error-model.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Loses the packets that were on a link when it went down: the receive error model of
 * both devices of a ClassicalLink.
 *
 * A packet is on the link from the start of its transmission to the end of its reception. It
 * is lost if the link was down at any moment of that time: the transmissions of a
 * PointToPointNetDevice cannot be cancelled.
 */
class FibreLossModel : public ErrorModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set the link.
     * @param link the link
     */
    void SetLink(Ptr<ClassicalLink> link);

  protected:
    void DoDispose() override;

  private:
    bool DoCorrupt(Ptr<Packet> packet) override;
    void DoReset() override;

    Ptr<ClassicalLink> m_link; //!< the link
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FIBRE_LOSS_MODEL_H */
