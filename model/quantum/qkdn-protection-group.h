/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROTECTION_GROUP_H
#define QKDN_PROTECTION_GROUP_H

#include "qkdn-module-control.h"
#include "qkdn-switch-control.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// @cond
struct GroupKind
{
};

/// @endcond

using GroupId = Identifier<GroupKind>; //!< a protection group in the quantum layer

/**
 * @ingroup qkdn-resilience
 * @brief Class of a protection group (RFC 4427, 4.6).
 */
enum GroupClass : uint8_t
{
    GROUP_LINK_1_PLUS_1,   //!< both entities generate all the time
    GROUP_LINK_1_1,        //!< a protection entity for one working entity
    GROUP_LINK_1_N,        //!< one protection entity for several working ones
    GROUP_LINK_M_N,        //!< several protection entities for more working ones
    GROUP_LINK_RESTORATION //!< nothing is set in advance: a controller chooses from a pool of
                           //!< spares
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a class as it appears in scenarios and results.
 * @param groupClass the class
 * @return "link-1+1", "link-1:1", "link-1:n", "link-m:n" or "link-restoration"
 */
const char* GroupClassName(GroupClass groupClass);

/**
 * @ingroup qkdn-resilience
 * @brief A working or protection entity of a protection group.
 */
struct ProtectionEntity
{
    bool protection{false}; //!< a protection entity
    uint32_t index{0};      //!< its place among the working or the protection entities, from 0

    /**
     * @brief Text form.
     * @return "W" or "P" and the index
     */
    std::string ToString() const;

    /// @cond
    bool operator==(const ProtectionEntity& o) const
    {
        return protection == o.protection && index == o.index;
    }

    bool operator!=(const ProtectionEntity& o) const
    {
        return !(*this == o);
    }

    bool operator<(const ProtectionEntity& o) const
    {
        return std::tie(protection, index) < std::tie(o.protection, o.index);
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief Print an entity.
 * @param os the stream
 * @param entity the entity
 * @return the stream
 */
std::ostream& operator<<(std::ostream& os, const ProtectionEntity& entity);

/**
 * @ingroup qkdn-resilience
 * @brief What an end knows of an entity.
 */
enum EntityCondition : uint8_t
{
    ENTITY_GOOD,           //!< nothing is wrong
    ENTITY_SIGNAL_DEGRADE, //!< it generates with a high error ratio
    ENTITY_SIGNAL_FAIL     //!< it cannot generate
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a condition as it appears in results.
 * @param condition the condition
 * @return "good", "signal-degrade" or "signal-fail"
 */
const char* EntityConditionName(EntityCondition condition);

/**
 * @ingroup qkdn-resilience
 * @brief Commands of an operator (RFC 4427, 4.13; RFC 7271).
 */
enum GroupCommand : uint8_t
{
    GROUP_COMMAND_LOCKOUT,       //!< lockout of protection
    GROUP_COMMAND_FORCED_SWITCH, //!< to protection, whatever the state of the working entity
    GROUP_COMMAND_MANUAL_SWITCH, //!< to protection, unless something is wrong
    GROUP_COMMAND_MANUAL_SWITCH_TO_WORKING, //!< to working, unless something is wrong
    GROUP_COMMAND_EXERCISE,                 //!< try the protocol without switching
    GROUP_COMMAND_CLEAR,                    //!< end the command in effect, or the wait to restore
    GROUP_COMMAND_FREEZE,                   //!< this end ignores everything until clear-freeze
    GROUP_COMMAND_CLEAR_FREEZE              //!< end of freeze
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a command as it appears in scenarios and results.
 * @param command the command
 * @return for example "forced-switch"
 */
const char* GroupCommandName(GroupCommand command);

/**
 * @ingroup qkdn-resilience
 * @brief How well a working entity, or a group as a whole, is served. Of a group the worst counts.
 */
enum GroupState : uint8_t
{
    GROUP_PROTECTED,   //!< keys come from the working entity, protection is ready
    GROUP_SWITCHED,    //!< keys come from a protection entity
    GROUP_UNPROTECTED, //!< keys come from the working entity, there is no protection for it
    GROUP_FAILED       //!< unprotected, and the working entity has failed
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a state as it appears in results.
 * @param state the state
 * @return "protected", "switched", "unprotected" or "failed"
 */
const char* GroupStateName(GroupState state);

/**
 * @ingroup qkdn-resilience
 * @brief How a working entity is served, as one end of the group sees it.
 */
struct WorkingStatus
{
    LinkId link;                       //!< its QKD link
    GroupState state{GROUP_PROTECTED}; //!< how it is served
    ProtectionEntity selected;         //!< where its keys come from
    std::string reason;                //!< why it is unprotected; empty otherwise

    /// @cond
    bool operator==(const WorkingStatus& o) const
    {
        return link == o.link && state == o.state && selected == o.selected && reason == o.reason;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief A protection entity, as one end of the group sees it.
 */
struct ProtectionStatus
{
    LinkId link;                            //!< its QKD link
    bool sameModules{false};                //!< modules of a working entity on other fibre
    EntityCondition condition{ENTITY_GOOD}; //!< its condition at this end
    std::optional<uint32_t> usedBy;         //!< working entity that holds it, if any

    /// @cond
    bool operator==(const ProtectionStatus& o) const
    {
        return link == o.link && sameModules == o.sameModules && condition == o.condition &&
               usedBy == o.usedBy;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief A protection group, as one end of it sees it: the match-up of working and protection
 * links and modules, and who uses what.
 */
struct GroupStatus
{
    GroupId group;                            //!< the group
    std::string name;                         //!< its name
    GroupClass groupClass{GROUP_LINK_1_1};    //!< its class
    uint8_t end{0};                           //!< end that says so: 0 transmitters, 1 receivers
    GroupState state{GROUP_PROTECTED};        //!< state of the worst working entity
    std::string reason;                       //!< why it is unprotected; empty otherwise
    std::vector<WorkingStatus> working;       //!< by place
    std::vector<ProtectionStatus> protection; //!< by place

    /// @cond
    bool operator==(const GroupStatus& o) const
    {
        return group == o.group && name == o.name && groupClass == o.groupClass && end == o.end &&
               state == o.state && reason == o.reason && working == o.working &&
               protection == o.protection;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief What one end of a group tells a controller that may command it.
 */
struct GroupReport
{
    std::vector<EntityCondition> working;    //!< conditions after the hold-off, by place
    std::vector<EntityCondition> protection; //!< the same of protection entities
    std::vector<ProtectionEntity> selected;  //!< where keys come from, by working entity
    std::vector<bool> generating;            //!< whether the module there generates, as well

    /// @cond
    bool operator==(const GroupReport& o) const
    {
        return working == o.working && protection == o.protection && selected == o.selected &&
               generating == o.generating;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief What is configured of an entity and does not change; for whom has to choose among several.
 */
struct EntityDescription
{
    std::string name;                    //!< its name
    uint32_t lengthM{0};                 //!< length of its fibres, m
    std::vector<std::string> fibres;     //!< their names
    std::vector<std::string> riskGroups; //!< risk groups that they belong to
};

/**
 * @ingroup qkdn-resilience
 * @brief A port of an optical switch that an entity needs at one end.
 */
struct SwitchPort
{
    std::string name;           //!< name of the switch
    SwitchControl* sw{nullptr}; //!< the switch, which outlives the group
    uint32_t port{1};           //!< the port, from 1
};

class LineMonitor;

/**
 * @ingroup qkdn-resilience
 * @brief What an entity consists of at one end of its group.
 */
struct EntityEnd
{
    LinkId link;                      //!< QKD link whose modules it uses
    ModuleControl* module{nullptr};   //!< the module, which outlives the group
    std::vector<SwitchPort> switches; //!< ports that it needs
    Ptr<LineMonitor> monitor;         //!< watches its fibre; null: the module does
    EntityDescription description;    //!< for a controller
};

/**
 * @ingroup qkdn-resilience
 * @brief One end of a protection group as it is configured.
 */
struct GroupEnd
{
    GroupId id;                            //!< the group
    std::string name;                      //!< its name
    GroupClass groupClass{GROUP_LINK_1_1}; //!< its class
    uint8_t end{0};                        //!< 0 at the first node, 1 at the other
    std::vector<EntityEnd> working;        //!< working entities
    std::vector<EntityEnd> protection;     //!< protection entities, 32 at most
    Time holdOff;                          //!< from the defect to the request
    Time waitToRestore{Seconds(300)};      //!< from the end of the defect to reversion
    bool revertive{true};                  //!< keys return to the working entity
    bool signalDegrade{false};             //!< a warning of the module is a reason to switch
    Time switchRetry{Seconds(10)};         //!< a switch that did not move is tried again then
    Time startTimeout{Seconds(60)};        //!< restoration: longest start of a spare entity
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROTECTION_GROUP_H */
