/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_PARTS_H
#define QKDN_SCENARIO_PARTS_H

#include "qkdn-scenario.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The connected parts of a network of nodes.
 */
class ScenarioParts
{
  public:
    /**
     * @brief The parts that classical links join.
     * @param scenario the scenario
     * @return the parts
     */
    static ScenarioParts OfClassicalLinks(const Scenario& scenario);

    /**
     * @brief The parts that QKD links join. The nodes in them have a key manager, others do not.
     * @param scenario the scenario
     * @return the parts
     */
    static ScenarioParts OfQkdLinks(const Scenario& scenario);

    /**
     * @brief Whether a link ends at a node.
     * @param node id of the node
     * @return true if one does
     */
    bool Has(const std::string& node) const;

    /**
     * @brief Whether links lead from one node to another.
     * @param a id of a node
     * @param b id of a node
     * @return true if they do, or if both are the same
     */
    bool AreJoined(const std::string& a, const std::string& b) const;

  private:
    /// Links by the ids of the nodes at their ends.
    using Links = std::vector<std::pair<std::string, std::string>>;

    /**
     * @brief Constructor
     * @param links the links
     */
    explicit ScenarioParts(const Links& links);

    /// for each node at a link, the first node, in the order of ids, of the part it belongs to
    std::map<std::string, std::string> m_part;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_PARTS_H */
