/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROTECTION_REQUIREMENTS_H
#define QKDN_PROTECTION_REQUIREMENTS_H

#include "qkdn-requirement-finding.h"
#include "qkdn-route-observer.h"

#include "ns3/qkdn-group-actions.h"
#include "ns3/qkdn-protection-group.h"

#include <array>
#include <cstdint>
#include <map>
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
 * @brief Whether a protection entity meets a requirement of draft Recommendation ITU-T
 * Y.QKDN-rsrq, as checked when its group was declared.
 */
struct ProtectionGroupReport
{
    std::string group;       //!< name of the group
    std::string entity;      //!< name of the protection entity
    std::string requirement; //!< G-Q2, G-Q3, G-Q4 or P-Q3
    bool satisfied{false};   //!< whether it meets it
    std::string figures;     //!< what was compared
};

/**
 * @ingroup qkdn-resilience
 * @brief What a run says of the requirements about spare QKD links and modules.
 *
 * The predicates, with a case for each group, unless said otherwise:
 *
 * - G-Q1: a protection entity was declared and good at both ends when the first fault struck, or at
 *   the end of the run without faults. P-Q1: all of them were, in each group. P-Q2: the same of
 *   protection entities with modules of their own, in groups that have some.
 * - G-Q2, G-Q3, G-Q4, P-Q3: the constraint held when the group was declared; a case for each
 *   protection entity.
 * - P-M2: the manager's record of a group names the protection entities and their QKD links, was
 *   there before one of them was first used, and follows each change that lasts for the settling
 *   time within it; it never names others than the end did. P-M1: the same of groups with spare
 *   modules.
 * - G-M0a: what the ends of a group say of its protection entities is in the manager's record
 *   within the settling time, unless it has changed again by then; a case for each lasting status.
 */
class ProtectionRequirements
{
  public:
    /**
     * @brief Constructor
     * @param settling longest time that messages take
     */
    explicit ProtectionRequirements(Time settling);

    /// Say that there is a manager.
    void AddManager();

    /**
     * @brief Note the check of a constraint.
     * @param constraint what it gave
     */
    void AddConstraint(const ProtectionGroupReport& constraint);

    /**
     * @brief An end of a group says how things are.
     * @param at when
     * @param status the status; the first one comes when the run begins
     */
    void GroupChanged(const Sighting& at, const GroupStatus& status);

    /**
     * @brief An end of a group uses a protection entity.
     * @param at when
     * @param group name of the group
     */
    void ProtectionUsed(const Sighting& at, const std::string& group);

    /**
     * @brief The manager has entered what an end of a group says.
     * @param at when
     * @param status the status
     */
    void ManagerEntered(const Sighting& at, const GroupStatus& status);

    /**
     * @brief An end of a group has done, because of a failure, all that it had to switch.
     * @param at when
     * @param group name of the group
     * @param end the end, 0 or 1
     * @param working the working entity
     * @param selected the entity from which its keys come
     */
    void GroupOperated(const Sighting& at,
                       const std::string& group,
                       uint32_t end,
                       uint32_t working,
                       ProtectionEntity selected);

    /**
     * @brief The manager has entered an action of a group in its log.
     * @param at when
     * @param action the action
     */
    void ActionLogged(const Sighting& at, const LoggedGroupAction& action);

    /**
     * @brief An end of a group can tell the manager of what it does, or cannot any more.
     * @param at when
     * @param group name of the group
     * @param end the end, 0 or 1
     * @param up whether there is a connection
     */
    void EndConnected(const Sighting& at, const std::string& group, uint32_t end, bool up);

    /**
     * @brief Judge, for R-M1 and G-C4, whether the manager's log has each recovery of groups: both
     * ends switched to one protection entity because of a failure. Call it if there is a manager.
     *
     * An end that leaves a protection entity and comes back to it while the other end is there all
     * the time, or within one moment, is none: the group has not gone over. The entry has to be
     * there from the settling time before the first end has switched, as ends say so when they
     * begin, until the settling time after that of the second one, or after an end that could tell
     * of it only later has a connection to the manager.
     * @param end the end of the run
     * @param restorationOnly only the groups that a controller commands
     * @param [in,out] finding the recoveries are added
     */
    void CheckActions(Time end, bool restorationOnly, RequirementFinding& finding) const;

    /**
     * @brief A fault strikes.
     * @param at when
     */
    void FaultStruck(const Sighting& at);

    /**
     * @brief Whether a requirement is judged here.
     * @param id id of the requirement
     * @return true if so
     */
    static bool Covers(const std::string& id);

    /**
     * @brief Judge a requirement.
     * @param id its id
     * @param end the end of the run
     * @return what was found out
     */
    RequirementFinding Check(const std::string& id, Time end) const;

  private:
    /// A status and when it was said or entered.
    struct Entry
    {
        Sighting at;        //!< when
        GroupStatus status; //!< the status
    };

    /// What is known of one end of a group.
    struct End
    {
        std::vector<Entry> said;    //!< by the end, in order of time
        std::vector<Entry> entered; //!< by the manager
    };

    /// Both ends have gone to a protection entity, or an entry in the manager's log says so.
    struct Switch
    {
        Sighting at;               //!< when
        uint32_t working{0};       //!< working entity
        ProtectionEntity selected; //!< where its keys come from
        Time since{};              //!< when the first of the ends went there
    };

    /// Where keys of a working entity come from, at one end.
    struct Selection
    {
        ProtectionEntity entity; //!< the entity
        Time since;              //!< since when
        bool isNew{false};       //!< the other end has not been there as well since
    };

    /// The same, with what it was before this moment.
    struct SelectionHistory
    {
        Selection now;    //!< now
        Selection before; //!< when it changed last, before the moment of that change
    };

    /// What is known of a group.
    struct Group
    {
        std::map<uint32_t, std::array<SelectionHistory, 2>> selected; //!< by the ends, by working
        std::vector<Switch> recoveries;                               //!< because of failures
        std::array<std::map<Time, bool>, 2> connected; //!< whether the ends could tell, since when
        std::vector<Switch> logged;        //!< to protection entities, in the manager's log
        std::array<End, 2> ends;           //!< of the group
        std::optional<Sighting> firstUsed; //!< a protection entity was used first
    };

    /// @cond
    RequirementFinding CheckSpares(const std::string& id) const;
    RequirementFinding CheckConstraints(const std::string& id) const;
    RequirementFinding CheckMatchUps(bool modules, Time end) const;
    RequirementFinding CheckRecords(Time end) const;
    /// @endcond

    /**
     * @brief Find the entry in the manager's log for a recovery.
     * @param group the group
     * @param recovery the recovery
     * @param used numbers of entries that belong to others
     * @return the entry, null if there is none
     */
    const Switch* FindAction(const Group& group,
                             const Switch& recovery,
                             const std::set<uint64_t>& used) const;

    /**
     * @brief The status of an end when the first fault struck, or the last one without faults.
     * @param end the end
     * @return the entry, null if there is none
     */
    const Entry* FindBeforeFaults(const End& end) const;

    /**
     * @brief Whether a record names the protection entities as the end did, at that time or when
     * what it says may have been under way.
     * @param end the end
     * @param entry the record
     * @return true if so
     */
    bool IsTrueRecord(const End& end, const Entry& entry) const;

    /**
     * @brief Whether the records of an end have followed each change of its protection entities
     * that lasted, within the settling time.
     * @param end the end
     * @param until the end of the run
     * @return true if so
     */
    bool FollowsMatchUps(const End& end, Time until) const;

    /**
     * @brief Whether two statuses match up the same protection entities.
     * @param a one
     * @param b the other
     * @return true if so
     */
    static bool HasSameMatchUp(const GroupStatus& a, const GroupStatus& b);

    Time m_settling;                                  //!< longest time that messages take
    bool m_hasManager{false};                         //!< there is a manager
    std::vector<ProtectionGroupReport> m_constraints; //!< in order of declaration
    std::map<std::string, Group> m_groups;            //!< by name
    std::optional<Sighting> m_firstFault;             //!< the first fault
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROTECTION_REQUIREMENTS_H */
