/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROTECTION_GROUP_CHECKER_H
#define QKDN_PROTECTION_GROUP_CHECKER_H

#include "ns3/qkdn-fibre-path.h"
#include "ns3/qkdn-protection-group.h"
#include "ns3/qkdn-protection-requirements.h"
#include "ns3/qkdn-qkd-protocol.h"

#include <array>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What is checked of an entity of a protection group when the group is declared.
 */
struct ProtectionCandidate
{
    std::string name;                      //!< name for reports
    std::array<std::string, 2> boundaries; //!< cryptographic boundaries of its modules, by end
    Ptr<const QkdProtocol> protocol;       //!< its protocol
    FibrePath path;                        //!< its fibre
    double keyRateBps{0.0};                //!< its secret key rate, bit/s
};

/**
 * @ingroup qkdn-resilience
 * @brief Check a protection group: G-Q2 (same cryptographic boundary, required), G-Q3 (same
 * protocol), G-Q4 (separate fibre: no span and no risk group in common), P-Q3 (equivalent key
 * rate).
 * @param group name of the group
 * @param working its working entities
 * @param protection its protection entities
 * @param minRateRatio least key rate of a protection entity, as a part of that of the best working
 * entity
 * @return a report for each protection entity and requirement, in order
 */
std::vector<ProtectionGroupReport> CheckProtectionGroup(
    const std::string& group,
    const std::vector<ProtectionCandidate>& working,
    const std::vector<ProtectionCandidate>& protection,
    double minRateRatio);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROTECTION_GROUP_CHECKER_H */
