/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-protection-group-checker.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief What two paths have in common.
 * @param a one path
 * @param b another one
 * @return names of spans and risk groups in both
 */
std::set<std::string>
FindShared(const FibrePath& a, const FibrePath& b)
{
    std::set<std::string> shared;
    for (std::size_t i = 0; i < a.GetNSpans(); ++i)
    {
        for (std::size_t j = 0; j < b.GetNSpans(); ++j)
        {
            const Ptr<FibreSpan> one = a.GetSpan(i);
            const Ptr<FibreSpan> other = b.GetSpan(j);
            if (one == other)
            {
                shared.insert("fibre " + one->GetName());
            }
            for (const std::string& risk : one->GetRiskGroups())
            {
                const auto& risks = other->GetRiskGroups();
                if (std::find(risks.begin(), risks.end(), risk) != risks.end())
                {
                    shared.insert("risk group " + risk);
                }
            }
        }
    }
    return shared;
}

/**
 * @brief G-Q2: the modules of an entity are in the boundaries of all working ones.
 * @param working the working entities
 * @param entity the protection entity
 * @param [out] figures what was compared
 * @return true if so
 */
bool
IsInBoundary(const std::vector<ProtectionCandidate>& working,
             const ProtectionCandidate& entity,
             std::string& figures)
{
    figures = "boundaries " + entity.boundaries[0] + " and " + entity.boundaries[1];
    for (const ProtectionCandidate& protectedOne : working)
    {
        if (protectedOne.boundaries != entity.boundaries)
        {
            figures += "; " + protectedOne.name + " has " + protectedOne.boundaries[0] + " and " +
                       protectedOne.boundaries[1];
            return false;
        }
    }
    return true;
}

/**
 * @brief G-Q3: an entity runs the protocol of all working ones.
 * @param working the working entities
 * @param entity the protection entity
 * @param [out] figures what was compared
 * @return true if so
 */
bool
HasProtocol(const std::vector<ProtectionCandidate>& working,
            const ProtectionCandidate& entity,
            std::string& figures)
{
    const TypeId type = entity.protocol->GetInstanceTypeId();
    figures = "protocol " + type.GetName();
    for (const ProtectionCandidate& protectedOne : working)
    {
        const TypeId other = protectedOne.protocol->GetInstanceTypeId();
        if (other != type)
        {
            figures += "; " + protectedOne.name + " has " + other.GetName();
            return false;
        }
    }
    return true;
}

/**
 * @brief G-Q4: an entity runs in other fibres and risks than all working ones.
 * @param working the working entities
 * @param entity the protection entity
 * @param [out] figures what was compared
 * @return true if so
 */
bool
IsSeparate(const std::vector<ProtectionCandidate>& working,
           const ProtectionCandidate& entity,
           std::string& figures)
{
    std::set<std::string> shared;
    for (const ProtectionCandidate& protectedOne : working)
    {
        const auto more = FindShared(protectedOne.path, entity.path);
        shared.insert(more.begin(), more.end());
    }
    figures = shared.empty() ? "nothing in common" : "in common:";
    for (const std::string& name : shared)
    {
        figures += " " + name;
    }
    return shared.empty();
}

/**
 * @brief P-Q3: the key rate of an entity against that of the best working one.
 * @param working the working entities
 * @param entity the protection entity
 * @param minRatio least ratio
 * @param [out] figures what was compared
 * @return true if it is high enough
 */
bool
IsEquivalent(const std::vector<ProtectionCandidate>& working,
             const ProtectionCandidate& entity,
             double minRatio,
             std::string& figures)
{
    double best = 0.0;
    for (const ProtectionCandidate& protectedOne : working)
    {
        best = std::max(best, protectedOne.keyRateBps);
    }
    const double ratio = best > 0.0 ? entity.keyRateBps / best : 1.0;
    std::ostringstream text;
    text << entity.keyRateBps << " bit/s, " << ratio << " of " << best << " bit/s, at least "
         << minRatio;
    figures = text.str();
    return ratio >= minRatio;
}

} // namespace

std::vector<ProtectionGroupReport>
CheckProtectionGroup(const std::string& group,
                     const std::vector<ProtectionCandidate>& working,
                     const std::vector<ProtectionCandidate>& protection,
                     double minRateRatio)
{
    std::vector<ProtectionGroupReport> reports;
    for (const ProtectionCandidate& entity : protection)
    {
        std::string figures;
        bool satisfied = IsInBoundary(working, entity, figures);
        reports.push_back({group, entity.name, "G-Q2", satisfied, figures});
        satisfied = HasProtocol(working, entity, figures);
        reports.push_back({group, entity.name, "G-Q3", satisfied, figures});
        satisfied = IsSeparate(working, entity, figures);
        reports.push_back({group, entity.name, "G-Q4", satisfied, figures});
        satisfied = IsEquivalent(working, entity, minRateRatio, figures);
        reports.push_back({group, entity.name, "P-Q3", satisfied, figures});
    }
    return reports;
}

} // namespace qkdn
} // namespace ns3
