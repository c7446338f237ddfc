/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-fault-checker.h"

#include "qkdn-scenario-distillation.h"
#include "qkdn-scenario-error.h"
#include "qkdn-scenario-fault-target.h"
#include "qkdn-scenario-find.h"
#include "qkdn-scenario-protocol.h"

#include <algorithm>
#include <set>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Whether a list has an element of an id.
 * @tparam T type of the elements
 * @param list the list
 * @param id the id
 * @return true if so
 */
template <typename T>
bool
Has(const std::vector<T>& list, const std::string& id)
{
    return std::any_of(list.begin(), list.end(), [&id](const T& element) {
        return element.id == id;
    });
}

/// Place of the target below a fault.
const char* const TARGET = "/target";

/**
 * @ingroup qkdn-resilience
 * @brief Checks one fault of a scenario.
 */
class FaultChecker
{
  public:
    /**
     * @brief Constructor
     * @param scenario the scenario
     * @param fault the fault
     * @param source name of the file
     * @param place where the fault is
     * @param targetPlace where its target is
     */
    FaultChecker(const Scenario& scenario,
                 const ScenarioFault& fault,
                 const std::string& source,
                 const std::string& place,
                 const std::string& targetPlace)
        : m_scenario(scenario),
          m_fault(fault),
          m_source(source),
          m_place(place),
          m_targetPlace(targetPlace)
    {
    }

    /// Check that it strikes within the run.
    void CheckTime() const;

    /// Check that there are crews if it waits for one.
    void CheckRepair() const;

    /**
     * @brief Check that there is what it breaks.
     * @param qkdParts the parts that QKD links join
     */
    void CheckTarget(const ScenarioParts& qkdParts) const;

  private:
    /**
     * @brief Report an error.
     * @param key place below the fault
     * @param problem what is wrong
     * @param mend what to do
     */
    [[noreturn]] void Fail(const std::string& key,
                           const std::string& problem,
                           const std::string& mend) const
    {
        // a fault of a trace is a line
        const std::string at = m_fault.origin.empty() ? m_place + key : m_place;
        throw ScenarioError(m_source, key == TARGET ? m_targetPlace : at, problem, mend);
    }

    /**
     * @brief Find the target.
     * @tparam T type of the elements
     * @param list where it has to be
     * @param what what an element is called
     * @return the target
     */
    template <typename T>
    const T& Find(const std::vector<T>& list, const std::string& what) const
    {
        return FindScenarioElement(list, m_fault.target, what, m_source, m_targetPlace);
    }

    /// Check a failure of a classical link.
    void CheckClassicalLink() const;

    /**
     * @brief Check a crash or compromise of a key manager.
     * @param qkdParts the parts that QKD links join
     */
    void CheckKeyManager(const ScenarioParts& qkdParts) const;

    /// Check a partition of a controller.
    void CheckControllerPartition() const;

    /// Check a failure of an optical switch.
    void CheckOpticalSwitch() const;

    /// Check a failure of a central station.
    void CheckStation() const;

    /// Check a fault that disturbs quantum signals.
    void CheckDisturbance() const;

    /**
     * @brief Whether a QKD link can run through a fibre.
     * @param link the link
     * @param fibre id of the fibre
     * @return true if it is one of its fibres, or of those that a spare path has
     */
    bool RunsThrough(const ScenarioQkdLink& link, const std::string& fibre) const;

    const Scenario& m_scenario;       //!< the scenario
    const ScenarioFault& m_fault;     //!< the fault
    const std::string& m_source;      //!< name of the file
    const std::string& m_place;       //!< where the fault is
    const std::string& m_targetPlace; //!< where its target is
};

void
FaultChecker::CheckTime() const
{
    const Time end = m_scenario.simulation.duration;
    if (m_fault.at >= end)
    {
        Fail("/at_s",
             TimeText(m_fault.at) + " is not before the end of the run at " + TimeText(end),
             "give an earlier time, or raise /simulation/duration_s");
    }
}

void
FaultChecker::CheckRepair() const
{
    if (m_fault.repairWork && !m_scenario.repair)
    {
        Fail("/repair_work_s",
             "the fault waits for a repair crew, and there is none",
             "add /repair, or give repair_after_s instead");
    }
}

void
FaultChecker::CheckTarget(const ScenarioParts& qkdParts) const
{
    switch (m_fault.type)
    {
    case ScenarioFaultType::FIBRE_CUT:
        Find(m_scenario.fibres, "fibre");
        break;
    case ScenarioFaultType::RISK_GROUP_CUT:
        if (FindRiskGroup(m_scenario, m_fault.target).empty())
        {
            Fail(TARGET,
                 "no fibre is in risk group " + QuoteId(m_fault.target),
                 "give a name of \"risk_groups\" of fibres");
        }
        break;
    case ScenarioFaultType::CLASSICAL_LINK_FAILURE:
    case ScenarioFaultType::CLASSICAL_CONGESTION:
        CheckClassicalLink();
        break;
    case ScenarioFaultType::MODULE_FAILURE:
        Find(m_scenario.qkdLinks, "QKD link");
        break;
    case ScenarioFaultType::KM_CRASH:
    case ScenarioFaultType::NODE_COMPROMISE:
        CheckKeyManager(qkdParts);
        break;
    case ScenarioFaultType::NODE_POWER:
        Find(m_scenario.nodes, "node");
        break;
    case ScenarioFaultType::CONTROLLER_CRASH:
        Find(m_scenario.controllers, "controller");
        break;
    case ScenarioFaultType::CONTROLLER_PARTITION:
        CheckControllerPartition();
        break;
    case ScenarioFaultType::MANAGER_CRASH:
        if (!m_scenario.manager)
        {
            Fail("/type", "there is no manager to crash", "add /manager, or remove the fault");
        }
        break;
    case ScenarioFaultType::OPTICAL_SWITCH_FAILURE:
        CheckOpticalSwitch();
        break;
    case ScenarioFaultType::STATION_FAILURE:
        CheckStation();
        break;
    case ScenarioFaultType::EAVESDROPPING:
    case ScenarioFaultType::QBER_DRIFT:
        CheckDisturbance();
        break;
    }
}

void
FaultChecker::CheckClassicalLink() const
{
    if (!Find(m_scenario.fibres, "fibre").classical)
    {
        Fail(TARGET,
             "no classical link runs in fibre " + QuoteId(m_fault.target),
             "set \"classical\" of the fibre to true, or give another fibre");
    }
}

void
FaultChecker::CheckKeyManager(const ScenarioParts& qkdParts) const
{
    Find(m_scenario.nodes, "node");
    if (!qkdParts.Has(m_fault.target))
    {
        Fail(TARGET,
             "node " + QuoteId(m_fault.target) + " has no QKD link, hence no key manager",
             "give a node at a QKD link");
    }
}

void
FaultChecker::CheckControllerPartition() const
{
    const std::string& node = Find(m_scenario.controllers, "controller").node;
    const auto place =
        std::find_if(m_scenario.nodes.begin(),
                     m_scenario.nodes.end(),
                     [&node](const ScenarioNode& element) { return element.id == node; });
    if (place->site != ScenarioSite::SPLIT)
    {
        Fail(TARGET,
             "controller " + QuoteId(m_fault.target) + " shares its links with all of node " +
                 QuoteId(node),
             "set \"site\" of the node to \"split\", or use controller-crash");
    }
}

void
FaultChecker::CheckOpticalSwitch() const
{
    Find(m_scenario.opticalSwitches, "optical switch");
    const bool used = std::any_of(
        m_scenario.protectionGroups.begin(),
        m_scenario.protectionGroups.end(),
        [this](const ScenarioProtectionGroup& group) {
            return std::any_of(group.protection.begin(),
                               group.protection.end(),
                               [this](const ScenarioProtectionEntity& entity) {
                                   return std::find(entity.switches.begin(),
                                                    entity.switches.end(),
                                                    m_fault.target) != entity.switches.end();
                               });
        });
    if (!used)
    {
        Fail(TARGET,
             "no light passes optical switch " + QuoteId(m_fault.target),
             "name it in \"switches\" of a protection group, or give another one");
    }
}

void
FaultChecker::CheckStation() const
{
    const ScenarioProtocol& protocol = Find(m_scenario.qkdLinks, "QKD link").protocol;
    if (!NeedsStation(protocol))
    {
        Fail(TARGET,
             "QKD link " + QuoteId(m_fault.target) + " has no central station: protocol " +
                 GetScenarioProtocolName(protocol) + " needs none",
             "give a QKD link whose protocol has one");
    }
}

void
FaultChecker::CheckDisturbance() const
{
    const bool isFibre = Has(m_scenario.fibres, m_fault.target);
    if (isFibre && Has(m_scenario.qkdLinks, m_fault.target))
    {
        Fail(TARGET,
             "both a fibre and a QKD link are called " + QuoteId(m_fault.target),
             "rename one of them");
    }
    if (!isFibre)
    {
        Find(m_scenario.qkdLinks, "QKD link or fibre");
    }
    for (const ScenarioQkdLink& link : m_scenario.qkdLinks)
    {
        if (GetScenarioFidelity(m_scenario, link) == ScenarioFidelity::IDEAL &&
            (link.id == m_fault.target || RunsThrough(link, m_fault.target)))
        {
            const bool own = link.distillation.fidelity.has_value();
            Fail("/type",
                 "with distillation \"ideal\" the modules of QKD link " + QuoteId(link.id) +
                     " exchange no messages, and so cannot find errors",
                 "set " + std::string(own ? "its " : "/simulation/") +
                     "distillation to \"per-block\"");
        }
    }
}

bool
FaultChecker::RunsThrough(const ScenarioQkdLink& link, const std::string& fibre) const
{
    const auto has = [&fibre](const std::vector<std::string>& fibres) {
        return std::find(fibres.begin(), fibres.end(), fibre) != fibres.end();
    };
    for (const ScenarioProtectionGroup& group : m_scenario.protectionGroups)
    {
        for (const ScenarioProtectionEntity& entity : group.protection)
        {
            if (entity.sameModules && entity.link == link.id && has(entity.fibres))
            {
                return true;
            }
        }
    }
    return has(link.fibres);
}

} // namespace

void
CheckScenarioFaultTarget(const Scenario& scenario,
                         const ScenarioFault& fault,
                         const ScenarioParts& qkdParts,
                         const std::string& source,
                         const std::string& place,
                         const std::string& targetPlace)
{
    FaultChecker(scenario, fault, source, place, targetPlace).CheckTarget(qkdParts);
}

void
CheckScenarioFaults(const Scenario& scenario, const std::string& source)
{
    const ScenarioParts qkdParts = ScenarioParts::OfQkdLinks(scenario);
    std::set<std::string> ids;
    for (std::size_t i = 0; i < scenario.faults.size(); ++i)
    {
        const ScenarioFault& fault = scenario.faults[i];
        const std::string place = GetScenarioElementPlace(fault, "faults", i);
        const bool isLine = !fault.origin.empty();
        if (!ids.insert(fault.id).second)
        {
            throw ScenarioError(source,
                                isLine ? place : place + "/id",
                                QuoteId(fault.id) + " is the id of an earlier one, too",
                                "give each its own id");
        }
        const std::string target = isLine ? place : place + TARGET;
        const FaultChecker checker(scenario, fault, source, place, target);
        checker.CheckTime();
        checker.CheckRepair();
        checker.CheckTarget(qkdParts);
    }
}

} // namespace qkdn
} // namespace ns3
