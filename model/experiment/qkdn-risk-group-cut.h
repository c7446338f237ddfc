/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RISK_GROUP_CUT_H
#define QKDN_RISK_GROUP_CUT_H

#include "qkdn-fault.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A cut of all that shares a risk, for example of all fibres in a duct: one event, which is
 * repaired as a whole.
 */
class RiskGroupCut : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Add a fibre that is cut.
     * @param span the fibre
     */
    void AddSpan(Ptr<FibreSpan> span);

    /**
     * @brief Say where.
     * @param position of each fibre, from 0 at end A to 1 at end B
     */
    void SetPosition(double position);

    // from Fault
    std::string GetKind() const override;
    FaultParameters GetParameters() const override;
    void Strike() override;
    void Repair() override;

  protected:
    void DoDispose() override;

  private:
    std::vector<Ptr<FibreSpan>> m_spans; //!< what is cut
    double m_position{0.5};              //!< where
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RISK_GROUP_CUT_H */
