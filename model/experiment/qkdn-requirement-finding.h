/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REQUIREMENT_FINDING_H
#define QKDN_REQUIREMENT_FINDING_H

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What was found out about a requirement.
 */
struct RequirementFinding
{
    std::size_t good{0};          //!< cases in which it was met
    std::vector<std::string> bad; //!< cases in which it was not
    std::set<uint64_t> evidence;  //!< log entries
    std::string met;              //!< what a good case is, for people
    std::string idle;             //!< why there was no case

    /**
     * @brief Add a case.
     * @param isGood whether it was met
     * @param what what went wrong otherwise
     * @param events log entries; 0 stands for none
     */
    void Add(bool isGood, const std::string& what, const std::vector<uint64_t>& events)
    {
        if (isGood)
        {
            ++good;
        }
        else
        {
            bad.push_back(what);
        }
        for (const uint64_t event : events)
        {
            if (event != 0)
            {
                evidence.insert(event);
            }
        }
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REQUIREMENT_FINDING_H */
