/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_GROUP_RECOVERY_TRACKER_H
#define QKDN_GROUP_RECOVERY_TRACKER_H

#include "qkdn-new-blocks.h"
#include "qkdn-recovery-result.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-protection-group.h"

#include <array>
#include <map>
#include <memory>
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
 * @brief A protection group as the tracker sees it.
 */
struct TrackedGroup
{
    std::string name;                    //!< its name
    std::string mechanism;               //!< its class, for example "link-1:1"
    std::string trigger;                 //!< what makes it switch
    bool permanentBridge{false};         //!< 1+1: all entities generate all the time
    bool commanded{false};               //!< a controller decides, not the ends
    std::vector<LinkId> working;         //!< QKD links of the working entities
    std::vector<std::string> workingIds; //!< their names
    std::vector<LinkId> protection;      //!< QKD links of the protection entities
};

/**
 * @ingroup qkdn-resilience
 * @brief A failure episode of a working entity of a group, as followed so far.
 */
struct TrackedGroupRecovery
{
    RecoveryResult result;          //!< without names of nodes and traffic
    std::set<IncidentId> incidents; //!< of the detectors
};

/**
 * @ingroup qkdn-resilience
 * @brief Follows each failure episode of each working entity of protection groups in the quantum
 * layer, from the fault to the first new block that is confirmed in both KMA pools.
 *
 * It is omniscient and changes nothing: it is told what happens, at the time at which it happens.
 * An episode begins with a fault that breaks the entity from which keys are taken and ends with
 * the first new block of the entity that is in use then. Faults that strike meanwhile belong to
 * the same episode.
 *
 * Markers: t1 the first module that sees the failure; t2 hold-off over and t4 decision at the
 * later end of the group; t3 both ends know; t5 the switching is done at both ends; t6 both
 * modules generate; t7 the block is confirmed at both ends. If nothing switches, or only to an
 * entity that is broken itself, t4' and t5 are the repair.
 *
 * In a group that a controller commands, t2 is the end of the hold-off at the first end, t3 the
 * moment when the controller knows, t4 its decision, and t5 the last acknowledgement; if the
 * controller does not live to see that, the end of the switching.
 */
class GroupRecoveryTracker
{
  public:
    /**
     * @brief Follow a group.
     * @param group the group
     */
    void AddGroup(const TrackedGroup& group);

    /**
     * @brief A fault strikes.
     * @param now the time
     * @param fault its id
     * @param broken the entities that it breaks, by name of the group
     */
    void FaultStruck(Time now,
                     const std::string& fault,
                     const std::map<std::string, std::vector<ProtectionEntity>>& broken);

    /**
     * @brief A fault is repaired.
     * @param now the time
     * @param fault its id
     */
    void FaultRepaired(Time now, const std::string& fault);

    /**
     * @brief A QKD module detects a failure.
     * @param now the time
     * @param link its link
     * @param incident the id it gives
     */
    void LinkIncident(Time now, LinkId link, IncidentId incident);

    /**
     * @brief An end of a group has waited for the hold-off of a failure.
     * @param now the time
     * @param group the group
     * @param working the working entity
     */
    void HoldOffOver(Time now, const std::string& group, uint32_t working);

    /**
     * @brief An end of a group learns of a failure, by its own modules or from the other end.
     * @param now the time
     * @param group the group
     * @param working the working entity
     * @param end 0 at the first end of the group, 1 at the other
     */
    void Informed(Time now, const std::string& group, uint32_t working, uint32_t end);

    /**
     * @brief An end of a group decides which entity to take keys from.
     * @param now the time
     * @param group the group
     * @param working the working entity that keys are for
     * @param end 0 at the first end of the group, 1 at the other
     * @param selected the entity
     */
    void Decided(Time now,
                 const std::string& group,
                 uint32_t working,
                 uint32_t end,
                 ProtectionEntity selected);

    /**
     * @brief All that an end had to switch for its decision is done.
     * @param now the time
     * @param group the group
     * @param working the working entity
     * @param end 0 at the first end of the group, 1 at the other
     * @param done false if the switching has failed
     * @return true if this completes the switching of an episode, at the second end; a return to
     * a broken entity is none
     */
    bool Operated(Time now, const std::string& group, uint32_t working, uint32_t end, bool done);

    /**
     * @brief The controller of a group learns of a failure.
     * @param now the time
     * @param group the group
     * @param working the working entity
     */
    void ControllerInformed(Time now, const std::string& group, uint32_t working);

    /**
     * @brief The controller of a group decides.
     * @param now the time
     * @param group the group
     * @param working the working entity
     */
    void ControllerDecided(Time now, const std::string& group, uint32_t working);

    /**
     * @brief Both ends have acknowledged what the controller of a group has decided.
     * @param now the time
     * @param group the group
     * @param working the working entity
     * @param selected where keys come from
     * @return true if this completes the switching of an episode to a spare entity
     */
    bool Acknowledged(Time now,
                      const std::string& group,
                      uint32_t working,
                      ProtectionEntity selected);

    /**
     * @brief A module begins or ends to generate.
     * @param now the time
     * @param link its link
     * @param end 0 for the transmitter, 1 for the receiver
     * @param generating true if it generates
     */
    void ModuleChanged(Time now, LinkId link, uint32_t end, bool generating);

    /**
     * @brief A block is full.
     * @param now the time
     * @param key the block
     */
    void BlockFilled(Time now, const KeyId& key);

    /**
     * @brief A module delivers a key.
     * @param now the time
     * @param key the key
     */
    void KeyDelivered(Time now, const KeyId& key);

    /**
     * @brief A key is confirmed at one end.
     * @param now the time
     * @param key the key
     */
    void KeyConfirmed(Time now, const KeyId& key);

    /**
     * @brief All episodes so far, those that go on included.
     * @return in order of group, working entity, time
     */
    std::vector<TrackedGroupRecovery> GetResults() const;

  private:
    /// What an end of a group does about a failure.
    struct End
    {
        bool informed{false}; //!< it knows
        bool decided{false};  //!< it has decided to switch
        bool operated{false}; //!< and has switched
    };

    /// A failure episode.
    struct Episode
    {
        std::string fault;              //!< the fault that began it
        std::vector<std::string> also;  //!< later ones
        RecoveryMarkers markers;        //!< what has happened
        std::set<IncidentId> incidents; //!< of the detectors
        std::array<End, 2> ends;        //!< what the ends do
        bool switched{false};           //!< t5 is that of a switching, not of a repair
        NewBlocks blocks;               //!< blocks since the modules run again
        std::optional<Time> reverted;   //!< when both ends were back
    };

    /// A working entity and its episodes.
    struct Working
    {
        std::array<ProtectionEntity, 2> selected; //!< where the two ends take keys from
        std::vector<Episode> finished;            //!< episodes that are over
        std::unique_ptr<Episode> current;         //!< the one that goes on, or null
    };

    /// A group.
    struct Group
    {
        TrackedGroup description;     //!< the group
        std::vector<Working> working; //!< by place
        std::map<std::string, std::vector<ProtectionEntity>>
            broken; //!< entities that faults break, by fault that is not repaired
    };

    /**
     * @brief Whether keys for a working entity are taken from an entity.
     * @param group the group
     * @param working place of the working entity
     * @param entity the entity
     * @return true if so at one end at least, and always with a permanent bridge
     */
    static bool Takes(const Group& group, uint32_t working, ProtectionEntity entity);

    /**
     * @brief Whether the entities from which keys for a working entity are taken are whole.
     * @param group the group
     * @param working place of the working entity
     * @return true if no fault breaks what either end has selected, with a permanent bridge if one
     * entity is left
     */
    static bool IsServed(const Group& group, uint32_t working);

    /**
     * @brief The QKD link of an entity.
     * @param group the group
     * @param entity the entity
     * @return its link
     */
    static LinkId LinkOf(const Group& group, ProtectionEntity entity);

    /**
     * @brief The QKD links whose keys count for a working entity now.
     * @param group the group
     * @param working place of the working entity
     * @return the links
     */
    static std::set<LinkId> LinksInUse(const Group& group, uint32_t working);

    /**
     * @brief Begin an episode, or add a fault to the one that goes on.
     * @param now the time
     * @param fault id of the fault
     * @param working the working entity
     */
    static void Strike(Time now, const std::string& fault, Working& working);

    /**
     * @brief An end has done what the controller of the group commanded.
     * @param now the time
     * @param group the group
     * @param index place of the working entity
     * @param end the end
     */
    void CommandDone(Time now, Group& group, uint32_t index, uint32_t end);

    /**
     * @brief Note t5: both ends have switched.
     * @param now the time
     * @param group the group
     * @param index place of the working entity, of which an episode goes on
     */
    void NoteSwitched(Time now, Group& group, uint32_t index);

    /**
     * @brief Note t6 if it has come.
     * @param now the time
     * @param group the group
     * @param index place of the working entity
     */
    void CheckRunning(Time now, Group& group, uint32_t index);

    /**
     * @brief The working entity that is named, if an episode of it goes on.
     * @param group name of the group
     * @param working place of the working entity
     * @return its episode, null if there is none
     */
    Episode* FindEpisode(const std::string& group, uint32_t working);

    std::map<std::string, Group> m_groups;              //!< by name
    std::map<LinkId, std::array<bool, 2>> m_generating; //!< modules by link and end
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_GROUP_RECOVERY_TRACKER_H */
