/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_NODE_COMPROMISE_H
#define QKDN_NODE_COMPROMISE_H

#include "qkdn-fault.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A compromise of a QKD node: an attacker reads what its key manager holds and sees.
 *
 * He changes nothing, and nobody in the network notices. What he learns is worked out by
 * KeyExposure, whose description has the attack model and its limits.
 */
class NodeCompromise : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Say which.
     * @param km the key manager of the node
     */
    void SetKeyManager(Ptr<KeyManager> km);

    /**
     * @brief The key manager of the node.
     * @return its number
     */
    KmId GetKmId() const;

    /**
     * @brief Whether the attacker also reads the classical network.
     * @return attribute Wiretap
     */
    bool HasWiretap() const;

    // from Fault
    std::string GetKind() const override;
    FaultParameters GetParameters() const override;
    void Strike() override;
    void Repair() override;

  protected:
    void DoDispose() override;

  private:
    Ptr<KeyManager> m_km; //!< the key manager of the node
    bool m_wiretap{true}; //!< attribute Wiretap
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_NODE_COMPROMISE_H */
