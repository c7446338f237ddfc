/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_GROUP_ACTIONS_H
#define QKDN_GROUP_ACTIONS_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-mc-messages.h"
#include "ns3/qkdn-protection-group.h"

#include <array>
#include <cstdint>
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
 * @brief An action of a protection group in the quantum layer in the log of a manager.
 */
struct LoggedGroupAction
{
    Time entered;        //!< when the manager learned of it
    IncidentId incident; //!< the failure behind it as the end says, or none
    McOperationKind kind{MC_OPERATION_PROTECTION_SWITCH}; //!< protection switch, restoration (of a
                                                          //!< group that a controller commands), or
                                                          //!< reversion
    GroupId group;                                        //!< the group
    std::string name;                                     //!< its name
    uint8_t end{0};                                       //!< end that said so first
    LinkId link;                                          //!< working QKD link that keys are for
    uint32_t working{0};                                  //!< its place in the group
    ProtectionEntity from;                                //!< where keys came from before
    ProtectionEntity to;                                  //!< where they come from
};

/**
 * @ingroup qkdn-resilience
 * @brief Finds out, from what the ends of protection groups report, which actions there were.
 *
 * An action is a change of the entity from which keys for a working entity come. The end that says
 * so first counts; the other one saying the same is no further action, even if the first one has
 * gone on meanwhile.
 */
class GroupActions
{
  public:
    /**
     * @brief An end of a group reports.
     * @param now the time
     * @param status the report
     * @param incident the failure behind it, or none
     * @return the actions of which this is the first word, by working entity
     */
    std::vector<LoggedGroupAction> Report(Time now, const GroupStatus& status, IncidentId incident);

  private:
    /// Where keys for a working entity come from, and how each end got there.
    struct Selection
    {
        std::vector<LoggedGroupAction> actions; //!< so far
        std::array<ProtectionEntity, 2> said;   //!< what each end said last
        std::array<std::size_t, 2> followed{};  //!< actions that each end has gone through
    };

    /**
     * @brief Whether an end only says what the other one has said before.
     * @param now the time
     * @param selection the working entity
     * @param end the end
     * @param to the entity that it has changed to
     * @return true if this is no further action; it is noted that the end has come so far
     */
    static bool Follow(Time now, Selection& selection, uint8_t end, ProtectionEntity to);

    std::map<std::pair<GroupId, uint32_t>, Selection> m_selections; //!< by group and place
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_GROUP_ACTIONS_H */
