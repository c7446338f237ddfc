/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_PROTECTION_HELPER_H
#define QKDN_LINK_PROTECTION_HELPER_H

#include "qkdn-qkd-link-helper.h"

#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/qkdn-line-monitor.h"
#include "ns3/qkdn-link-protection-agent.h"
#include "ns3/qkdn-quantum-path.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief An entity of a protection group with both its ends.
 */
struct ProtectionMember
{
    std::string name;   //!< its name, for a controller that chooses
    LinkId link;        //!< QKD link whose modules it uses
    QkdLink modules;    //!< what belongs to that link
    bool turned{false}; //!< its transmitter is at the second end of the group

    /// Ports of optical switches that it needs, by end of the group; none for spare modules.
    std::array<std::vector<SwitchPort>, 2> switches;

    QuantumPath line; //!< way between the switches, from the first end of the group
};

/**
 * @ingroup qkdn-resilience
 * @brief Makes agents for protection in the quantum layer, and protection groups between them.
 */
class LinkProtectionHelper
{
  public:
    static constexpr uint16_t APS_PORT = 7030;        //!< APS at agents (UDP)
    static constexpr uint16_t MQ_PORT = 7031;         //!< Mq at agents (TCP), hellos (UDP)
    static constexpr uint16_t MANAGER_MQ_PORT = 7032; //!< Mq at managers (TCP), hellos (UDP)
    static constexpr uint16_t CQ_PORT = 7033;         //!< Cq at agents (TCP), hellos (UDP)

    /// An agent and its address.
    struct Place
    {
        Ptr<LinkProtectionAgent> agent; //!< the agent
        Ipv4Address address;            //!< its address
    };

    /**
     * @brief Make an agent.
     * @param node ns-3 node of the modules and switches that it moves, with an IP stack
     * @param address its address
     * @return the agent
     */
    Place Install(Ptr<Node> node, Ipv4Address address) const;

    /**
     * @brief Make a protection group.
     * @param group what both ends have in common: id, name, class, times; entities and end are
     * filled in
     * @param working working entities
     * @param protection protection entities
     * @param first agent at the first end
     * @param second agent at the other end
     * @param lossOfLight time without light after which a monitor of a line declares it lost
     */
    void Connect(const GroupEnd& group,
                 const std::vector<ProtectionMember>& working,
                 const std::vector<ProtectionMember>& protection,
                 const Place& first,
                 const Place& second,
                 Time lossOfLight) const;

  private:
    /**
     * @brief Describe an entity for a controller.
     * @param member the entity
     * @return its name, fibres, risk groups and length
     */
    static EntityDescription Describe(const ProtectionMember& member);

    /**
     * @brief Make both ends of an entity.
     * @param member the entity
     * @param nodes nodes of the two ends
     * @param lossOfLight persistence of its line monitors
     * @return the two ends
     */
    static std::array<EntityEnd, 2> MakeEnds(const ProtectionMember& member,
                                             const std::array<Ptr<Node>, 2>& nodes,
                                             Time lossOfLight);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_PROTECTION_HELPER_H */
