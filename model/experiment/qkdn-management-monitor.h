/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MANAGEMENT_MONITOR_H
#define QKDN_MANAGEMENT_MONITOR_H

#include "qkdn-event-log.h"
#include "qkdn-results.h"

#include "ns3/qkdn-fault-correlation.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-mk-messages.h"
#include "ns3/qkdn-repair-order.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

class QkdnManager;
class RequirementChecker;

/**
 * @ingroup qkdn-resilience
 * @brief The part of ResilienceMonitor that watches what the manager finds out and orders: causes
 * of alarms, repairs, and policies of key managers.
 *
 * The manager does not know which faults there are; here its causes are compared with them.
 */
class ManagementMonitor
{
  public:
    /**
     * @brief Constructor
     * @param log the event log
     * @param checker judges requirements
     */
    ManagementMonitor(EventLog& log, RequirementChecker& checker);

    ManagementMonitor(const ManagementMonitor&) = delete;
    ManagementMonitor& operator=(const ManagementMonitor&) = delete;

    /**
     * @brief Watch a key manager.
     * @param km the key manager
     * @param name its name in the event log
     */
    void AddKeyManager(Ptr<KeyManager> km, const std::string& name);

    /**
     * @brief Watch the manager.
     * @param manager the manager
     */
    void AddManager(Ptr<QkdnManager> manager);

    /**
     * @brief Say which risk groups a fibre is in.
     * @param fibre name of the fibre
     * @param groups names of the groups
     */
    void SetRiskGroups(const std::string& fibre, const std::set<std::string>& groups);

    /**
     * @brief A fault has struck, or is repaired.
     * @param fault the fault
     * @param active whether it has struck
     */
    void FaultChanged(const FaultResult& fault, bool active);

    /**
     * @brief What the manager took for causes.
     * @param [in,out] results where they go
     */
    void Collect(ExperimentResults& results) const;

  private:
    /**
     * @brief Whether a component is what a fault has broken.
     * @param component the component
     * @param fault the fault
     * @return true if so
     */
    bool IsBroken(const Component& component, const FaultResult& fault) const;

    /**
     * @brief Whether a fibre is in a risk group.
     * @param fibre name of the fibre
     * @param group name of the group
     * @return true if so
     */
    bool HasRiskGroup(const std::string& fibre, const std::string& group) const;

    /// @cond
    void CauseChanged(const FaultCause& cause);
    void RepairOrdered(const RepairOrder& order);
    void RepairWithdrawn(const RepairOrder& order);
    void SupplyWarned(const McLinkStatus& status, const std::string& name, bool low);
    void PolicySent(KmId km, const MkPolicy& policy, bool accepted);
    void PolicyInForce(KmId km, const MkPolicy& policy);
    std::string KmName(KmId km) const;
    /// @endcond

    EventLog& m_log;                                       //!< event log
    RequirementChecker& m_checker;                         //!< judges requirements
    std::map<KmId, std::string> m_kms;                     //!< names of key managers
    std::map<std::string, std::set<std::string>> m_groups; //!< risk groups by fibre
    std::map<std::string, FaultResult> m_faults;           //!< faults that last, by id
    std::vector<CauseResult> m_causes;                     //!< causes, by number from 1
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MANAGEMENT_MONITOR_H */
