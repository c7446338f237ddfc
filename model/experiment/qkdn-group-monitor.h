/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_GROUP_MONITOR_H
#define QKDN_GROUP_MONITOR_H

#include "qkdn-control-traffic.h"
#include "qkdn-event-log.h"
#include "qkdn-group-recovery-tracker.h"
#include "qkdn-protection-requirements.h"
#include "qkdn-recovery-tracker.h"
#include "qkdn-route-recovery-tracker.h"

#include "ns3/qkdn-link-protection-agent.h"
#include "ns3/qkdn-link-restoration.h"
#include "ns3/qkdn-manager.h"

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
 * @brief The part of the monitor that watches protection groups in the quantum layer.
 *
 * It writes what the ends of groups do into the event log, follows the recoveries of groups, and
 * tells others what concerns them: the tracker of sessions when a link is replaced, the
 * requirements about spare links and modules.
 */
class GroupMonitor
{
  public:
    /**
     * @brief Constructor. All arguments outlive it.
     * @param log event log
     * @param requirements requirements about spare links and modules
     * @param sessions tracker of sessions without routes
     * @param routes tracker of sessions with routes
     * @param traffic counts control messages
     */
    GroupMonitor(EventLog& log,
                 ProtectionRequirements& requirements,
                 RecoveryTracker& sessions,
                 RouteRecoveryTracker& routes,
                 ControlTraffic& traffic);

    GroupMonitor(const GroupMonitor&) = delete;
    GroupMonitor& operator=(const GroupMonitor&) = delete;

    /**
     * @brief Watch a group. Add its agents too.
     * @param group the group
     */
    void AddGroup(const TrackedGroup& group);

    /**
     * @brief How many fibre paths or QKD links are there for the sake of protection.
     * @return protection entities of all groups
     */
    uint32_t GetSpareLinkCount() const;

    /**
     * @brief How many QKD modules are there for the sake of protection.
     * @return modules of the protection entities that have modules of their own
     */
    uint32_t GetSpareModuleCount() const;

    /**
     * @brief Watch a link protection agent.
     * @param agent the agent
     * @param node name of its QKD node
     */
    void AddAgent(Ptr<LinkProtectionAgent> agent, const std::string& node);

    /**
     * @brief Watch the part of a controller that restores QKD links.
     * @param restoration the part
     * @param controller id of the controller
     */
    void AddRestoration(Ptr<LinkRestoration> restoration, const std::string& controller);

    /**
     * @brief Watch what a manager records of groups.
     * @param manager the manager
     */
    void AddManager(Ptr<QkdnManager> manager);

    /**
     * @brief Say which entities of groups a fault breaks.
     * @param fault id of the fault
     * @param entities the entities, by name of the group
     */
    void SetFaultEntities(const std::string& fault,
                          const std::map<std::string, std::vector<ProtectionEntity>>& entities);

    /**
     * @brief A fault strikes.
     * @param now the time
     * @param fault its id
     */
    void FaultStruck(Time now, const std::string& fault);

    /**
     * @brief A fault is repaired.
     * @param now the time
     * @param fault its id
     */
    void FaultRepaired(Time now, const std::string& fault);

    /**
     * @brief A QKD module detects a failure. Call it after the trackers of sessions know.
     * @param now the time
     * @param link its link
     * @param incident the id it gives
     */
    void LinkIncident(Time now, LinkId link, IncidentId incident);

    /**
     * @brief What follows the recoveries of groups; tell it what modules and pools do.
     * @return the tracker
     */
    GroupRecoveryTracker& GetTracker();

    /**
     * @brief What follows the recoveries of groups.
     * @return the tracker
     */
    const GroupRecoveryTracker& GetTracker() const;

  private:
    /// @cond
    void SignalChanged(const std::string& group,
                       uint32_t end,
                       ProtectionEntity entity,
                       EntityCondition condition,
                       const std::string& cause,
                       IncidentId incident);
    void HoldOffOver(const std::string& group,
                     uint32_t end,
                     ProtectionEntity entity,
                     IncidentId incident);
    void Informed(const std::string& group, uint32_t end, uint32_t working, IncidentId incident);
    void Decided(const std::string& group,
                 uint32_t end,
                 uint32_t working,
                 ProtectionEntity selected,
                 IncidentId incident);
    void Operated(const std::string& group,
                  uint32_t end,
                  uint32_t working,
                  ProtectionEntity selected,
                  bool done,
                  IncidentId incident);
    void StatusChanged(const GroupStatus& status, IncidentId incident);
    void CommandChanged(const std::string& group,
                        uint32_t end,
                        uint32_t working,
                        const std::string& command,
                        const std::string& result,
                        IncidentId incident);
    void ProtocolFailed(const std::string& group,
                        uint32_t end,
                        uint32_t working,
                        bool failed,
                        const std::string& reason);
    void ApsSent(const std::string& group, uint32_t end, const ApsDatagram& datagram);
    void CommandReceived(const std::string& group,
                         uint32_t end,
                         const CqSelect& command,
                         const std::string& result);
    void ControllerInformed(std::string controller,
                            const std::string& group,
                            uint32_t working,
                            IncidentId incident);
    void ControllerDecided(std::string controller,
                           const std::string& group,
                           uint32_t working,
                           ProtectionEntity selected,
                           IncidentId incident);
    void ControllerStep(std::string controller,
                        const std::string& group,
                        uint32_t working,
                        ProtectionEntity selected,
                        RestorationStep step,
                        const std::string& reason,
                        IncidentId incident);

    void ProcessChanged(std::string node, bool running);
    void TransmitterConnected(std::string group, const Address&, const Address&, bool up);
    void ReceiverConnected(std::string group, const Address&, const Address&, bool up);
    void ManagerEntered(const GroupStatus& status, IncidentId incident);
    void ManagerLogged(const LoggedGroupAction& action);
    /// @endcond

    /**
     * @brief Both ends of a group have switched: tell the trackers of sessions.
     * @param now the time
     * @param group the group
     * @param working the working entity
     */
    void Switched(Time now, const std::string& group, uint32_t working);

    /**
     * @brief Tell the trackers of sessions that a link is replaced.
     * @param now the time
     * @param decided when this was decided
     * @param link the link
     * @param mechanism what did it
     */
    void LinkProtected(Time now, Time decided, LinkId link, const std::string& mechanism);

    /**
     * @brief An end of a group in the event log.
     * @param group the group
     * @param end the end
     * @return for example "group/g12/0"
     */
    static std::string EntityOf(const std::string& group, uint32_t end);

    EventLog& m_log;                              //!< event log
    ProtectionRequirements& m_requirements;       //!< requirements about spare links and modules
    RecoveryTracker& m_sessions;                  //!< tracker of sessions without routes
    RouteRecoveryTracker& m_routes;               //!< tracker of sessions with routes
    ControlTraffic& m_traffic;                    //!< counts control messages
    GroupRecoveryTracker m_tracker;               //!< episodes of groups
    std::map<std::string, TrackedGroup> m_groups; //!< by name
    std::map<std::string, std::map<std::string, std::vector<ProtectionEntity>>>
        m_faultEntities; //!< what breaks, by fault and group
    std::map<std::pair<std::string, uint32_t>, Time>
        m_decided; //!< last decision, by group and working entity
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_GROUP_MONITOR_H */
