/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TOPOLOGY_READER_H
#define QKDN_TOPOLOGY_READER_H

#include <cstddef>
#include <istream>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A row of a topology file: a QKD link between two nodes.
 */
struct TopologyLink
{
    std::string a;                    //!< node at one end
    std::string b;                    //!< node at the other end
    double lengthKm{0.0};             //!< length of fibre, km
    std::optional<double> lossDb;     //!< loss, dB
    std::optional<double> keyRateBps; //!< secret key rate, bit/s
    std::set<std::string> riskGroups; //!< what could break it together with others
    std::size_t line{0};              //!< where it is in the file, for messages
};

/**
 * @ingroup qkdn-resilience
 * @brief A topology file.
 */
struct Topology
{
    std::string source;              //!< name of the file, for messages
    std::vector<std::string> nodes;  //!< in the order in which links name them
    std::vector<TopologyLink> links; //!< in the order of the file
};

/**
 * @ingroup qkdn-resilience
 * @brief Read a topology from comma-separated values.
 *
 * The first line names the columns, in any order: a, b and length_km, and if they are known
 * loss_db, skr_bps and risk_groups (names joined by semicolons). Fields of the last three may be
 * empty. Other columns are ignored, unless their name looks like a misspelt one of these. A #
 * begins a comment.
 *
 * @param in the text
 * @param source name of the file, for messages
 * @return the topology; throws ScenarioError
 */
Topology ReadTopology(std::istream& in, const std::string& source);

/**
 * @ingroup qkdn-resilience
 * @brief Read a topology file.
 * @param path the file
 * @return the topology; throws ScenarioError
 */
Topology ReadTopologyFile(const std::string& path);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TOPOLOGY_READER_H */
