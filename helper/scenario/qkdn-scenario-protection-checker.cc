/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-protection-checker.h"

#include "qkdn-scenario-error.h"
#include "qkdn-scenario-find.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @ingroup qkdn-resilience
 * @brief Checks what a scenario says of protection in the quantum layer.
 */
class ProtectionChecker
{
  public:
    /**
     * @brief Constructor
     * @param scenario the scenario
     * @param source name of the file
     */
    ProtectionChecker(const Scenario& scenario, const std::string& source)
        : m_scenario(scenario),
          m_source(source)
    {
    }

    /// Check everything.
    void Check();

  private:
    /**
     * @brief Find an element of a list by its id.
     * @tparam T type of the elements
     * @param list the list
     * @param id the id
     * @param what what an element is called
     * @param place JSON pointer to the reference
     * @return the element
     */
    template <typename T>
    const T& Find(const std::vector<T>& list,
                  const std::string& id,
                  const std::string& what,
                  const std::string& place) const
    {
        return FindScenarioElement(list, id, what, m_source, place);
    }

    /// @cond
    [[noreturn]] void Fail(const std::string& place,
                           const std::string& problem,
                           const std::string& mend) const
    {
        throw ScenarioError(m_source, place, problem, mend);
    }

    void CheckSwitches() const;
    void CheckNumbers(const ScenarioProtectionGroup& group, const std::string& place) const;
    void CheckNodes(const ScenarioProtectionGroup& group, const std::string& place) const;
    void CheckLink(const ScenarioProtectionGroup& group,
                   const std::string& link,
                   const std::string& place);
    void CheckRestoration(const ScenarioProtectionGroup& group, const std::string& place) const;
    void CheckModules(const ScenarioProtectionGroup& group,
                      const ScenarioProtectionEntity& entity,
                      const std::string& place);
    void CheckGroup(const ScenarioProtectionGroup& group, const std::string& place);
    void CheckCommand(const ScenarioCommand& command, const std::string& place) const;
    void CheckGroupCommand(const ScenarioCommand& command, const std::string& place) const;
    void CheckPolicyCommand(const ScenarioCommand& command, const std::string& place) const;
    void CheckSessionCommand(const ScenarioCommand& command, const std::string& place) const;
    /// @endcond

    const Scenario& m_scenario;                //!< the scenario
    const std::string& m_source;               //!< name of the file
    std::map<std::string, std::string> m_used; //!< groups by QKD link or "switch " and its id
};

void
ProtectionChecker::Check()
{
    CheckSwitches();
    std::set<std::string> ids;
    for (std::size_t i = 0; i < m_scenario.protectionGroups.size(); ++i)
    {
        const std::string place = "/protection_groups/" + std::to_string(i);
        const ScenarioProtectionGroup& group = m_scenario.protectionGroups[i];
        if (!ids.insert(group.id).second)
        {
            Fail(place + "/id",
                 QuoteId(group.id) + " is the id of an earlier one, too",
                 "give each its own id");
        }
        CheckGroup(group, place);
    }
    for (std::size_t i = 0; i < m_scenario.commands.size(); ++i)
    {
        CheckCommand(m_scenario.commands[i], "/commands/" + std::to_string(i));
    }
}

void
ProtectionChecker::CheckSwitches() const
{
    std::set<std::string> ids;
    for (std::size_t i = 0; i < m_scenario.opticalSwitches.size(); ++i)
    {
        const std::string place = "/optical_switches/" + std::to_string(i);
        const ScenarioOpticalSwitch& element = m_scenario.opticalSwitches[i];
        if (!ids.insert(element.id).second)
        {
            Fail(place + "/id",
                 QuoteId(element.id) + " is the id of an earlier one, too",
                 "give each its own id");
        }
        Find(m_scenario.nodes, element.node, "node", place + "/node");
    }
}

void
ProtectionChecker::CheckNumbers(const ScenarioProtectionGroup& group,
                                const std::string& place) const
{
    constexpr std::size_t MOST = 32; // bits in an APS datagram
    const std::size_t n = group.working.size();
    const std::size_t m = group.protection.size();
    const std::string name = GroupClassName(group.groupClass);
    const bool single =
        group.groupClass == GROUP_LINK_1_PLUS_1 || group.groupClass == GROUP_LINK_1_1;
    const bool oneProtection = single || group.groupClass == GROUP_LINK_1_N;
    if (n == 0 || n > MOST || (single && n != 1))
    {
        Fail(place + "/working",
             std::to_string(n) + " working QKD links do not fit class " + name,
             single ? "give one" : "give 1 to 32");
    }
    if (m == 0 || m > MOST || (oneProtection && m != 1))
    {
        Fail(place + "/protection",
             std::to_string(m) + " protection entities do not fit class " + name,
             oneProtection ? "give one" : "give 1 to 32");
    }
}

void
ProtectionChecker::CheckNodes(const ScenarioProtectionGroup& group, const std::string& place) const
{
    const ScenarioQkdLink& first =
        Find(m_scenario.qkdLinks, group.working.front(), "QKD link", place + "/working/0");
    for (const std::string& end : {first.tx, first.rx})
    {
        if (Find(m_scenario.nodes, end, "node", place).site == ScenarioSite::SPLIT)
        {
            Fail(place + "/working/0",
                 "it ends at node " + QuoteId(end) +
                     ", which is split; this version moves modules and switches on one ns-3 node",
                 "set \"site\" of the node to \"single\"");
        }
    }
}

void
ProtectionChecker::CheckLink(const ScenarioProtectionGroup& group,
                             const std::string& id,
                             const std::string& place)
{
    const ScenarioQkdLink& link = Find(m_scenario.qkdLinks, id, "QKD link", place);
    const ScenarioQkdLink& first =
        Find(m_scenario.qkdLinks, group.working.front(), "QKD link", place);
    if (std::minmax(link.tx, link.rx) != std::minmax(first.tx, first.rx))
    {
        Fail(place,
             "QKD link " + QuoteId(id) + " has not the same nodes as " + QuoteId(first.id),
             "give QKD links between the same two nodes");
    }
    const auto used = m_used.emplace(id, group.id);
    if (!used.second)
    {
        Fail(place,
             "QKD link " + QuoteId(id) + " is in group " + QuoteId(used.first->second) + " already",
             "name each QKD link once");
    }
}

void
ProtectionChecker::CheckModules(const ScenarioProtectionGroup& group,
                                const ScenarioProtectionEntity& entity,
                                const std::string& place)
{
    const bool restored = group.groupClass == GROUP_LINK_RESTORATION;
    if (group.groupClass != GROUP_LINK_1_1 && !restored)
    {
        Fail(place,
             "the same modules cannot serve class " + std::string(GroupClassName(group.groupClass)),
             "set \"class\" to \"link-1:1\" or \"link-restoration\", or give a QKD link with "
             "modules of its own");
    }
    const auto& working = group.working;
    if (std::find(working.begin(), working.end(), entity.link) == working.end())
    {
        Fail(place + "/modules_of",
             QuoteId(entity.link) + " is no working QKD link of the group",
             "give " + QuoteId(group.working.front()));
    }
    const ScenarioQkdLink& link =
        Find(m_scenario.qkdLinks, entity.link, "QKD link", place + "/modules_of");
    if (!m_used.emplace("modules of " + entity.link, group.id).second)
    {
        Fail(place + "/modules_of",
             "the modules of " + QuoteId(entity.link) + " have other fibres already",
             "give them once for each QKD link");
    }
    if (entity.switches.size() != 2)
    {
        Fail(place + "/switches",
             std::to_string(entity.switches.size()) + " switches do not make two ends",
             "give one at " + QuoteId(link.tx) + " and one at " + QuoteId(link.rx));
    }
    for (std::size_t i = 0; i < 2; ++i)
    {
        const std::string here = place + "/switches/" + std::to_string(i);
        const std::string& node = i == 0 ? link.tx : link.rx;
        const ScenarioOpticalSwitch& element =
            Find(m_scenario.opticalSwitches, entity.switches[i], "optical switch", here);
        if (element.node != node)
        {
            Fail(here,
                 "optical switch " + QuoteId(element.id) + " is at " + QuoteId(element.node) +
                     " and not at " + QuoteId(node),
                 "give one at " + QuoteId(node));
        }
        if (!m_used.emplace("switch " + element.id, group.id).second)
        {
            Fail(here,
                 "optical switch " + QuoteId(element.id) + " is in use by another group",
                 "give each group its own");
        }
    }
}

void
ProtectionChecker::CheckRestoration(const ScenarioProtectionGroup& group,
                                    const std::string& place) const
{
    const bool restored = group.groupClass == GROUP_LINK_RESTORATION;
    if (restored && m_scenario.controllers.empty())
    {
        Fail(place + "/class",
             "link-restoration needs a controller, which decides",
             "add one to /controllers, or set \"class\" to \"link-m:n\"");
    }
    if (restored && group.signalDegrade)
    {
        Fail(place + "/signal_degrade",
             "a controller acts on failures only",
             "remove it, or set \"class\" to \"link-m:n\"");
    }
}

void
ProtectionChecker::CheckGroup(const ScenarioProtectionGroup& group, const std::string& place)
{
    CheckNumbers(group, place);
    CheckRestoration(group, place);
    CheckNodes(group, place);
    for (std::size_t i = 0; i < group.working.size(); ++i)
    {
        CheckLink(group, group.working[i], place + "/working/" + std::to_string(i));
    }
    for (std::size_t i = 0; i < group.protection.size(); ++i)
    {
        const std::string here = place + "/protection/" + std::to_string(i);
        const ScenarioProtectionEntity& entity = group.protection[i];
        if (entity.sameModules)
        {
            CheckModules(group, entity, here);
        }
        else
        {
            CheckLink(group, entity.link, here);
        }
    }
}

void
ProtectionChecker::CheckCommand(const ScenarioCommand& command, const std::string& place) const
{
    const Time end = m_scenario.simulation.duration;
    if (command.at >= end)
    {
        Fail(place + "/at_s",
             TimeText(command.at) + " is not before the end of the run at " + TimeText(end),
             "give an earlier time, or raise /simulation/duration_s");
    }
    if (command.kmPolicy)
    {
        CheckPolicyCommand(command, place);
        return;
    }
    if (!command.isGiven)
    {
        Fail(place,
             "has neither a \"command\" nor a \"km_policy\"",
             "give a \"command\" to a group or session, or a \"km_policy\"");
    }
    if (command.group.empty() == command.session.empty())
    {
        Fail(place,
             command.group.empty() ? "names neither a \"group\" nor a \"session\""
                                   : "names a \"group\" and a \"session\"",
             "give one of them");
    }
    if (command.session.empty())
    {
        CheckGroupCommand(command, place);
    }
    else
    {
        CheckSessionCommand(command, place);
    }
}

void
ProtectionChecker::CheckPolicyCommand(const ScenarioCommand& command,
                                      const std::string& place) const
{
    if (!m_scenario.manager)
    {
        Fail(place + "/km_policy",
             "the manager gives key managers their policy, and there is none",
             "add /manager, or remove it");
    }
    if (command.isGiven || !command.group.empty() || !command.session.empty() ||
        !command.working.empty() || !command.node.empty())
    {
        Fail(place,
             "a \"km_policy\" is for all key managers",
             "give nothing else but \"at_s\", or make two commands of it");
    }
}

void
ProtectionChecker::CheckSessionCommand(const ScenarioCommand& command,
                                       const std::string& place) const
{
    const ScenarioSession& session =
        Find(m_scenario.sessions, command.session, "session", place + "/session");
    if (!HasProtectionRoute(session.resilience.resilienceClass))
    {
        Fail(place + "/session",
             QuoteId(session.id) + " has no routes that a key manager chooses between",
             "name a session of class \"route-1:1\"");
    }
    if (!command.working.empty() || !command.node.empty())
    {
        Fail(place + (command.working.empty() ? "/node" : "/working"),
             "is for protection groups only: a session is commanded at its master's key manager",
             "remove it");
    }
    if (command.command == GROUP_COMMAND_EXERCISE || command.command == GROUP_COMMAND_FREEZE ||
        command.command == GROUP_COMMAND_CLEAR_FREEZE)
    {
        Fail(place + "/command",
             std::string("\"") + GroupCommandName(command.command) +
                 "\" is for protection groups only",
             "use \"lockout\", \"forced-switch\", \"manual-switch\", "
             "\"manual-switch-to-working\" or \"clear\"");
    }
}

void
ProtectionChecker::CheckGroupCommand(const ScenarioCommand& command, const std::string& place) const
{
    const ScenarioProtectionGroup& group =
        Find(m_scenario.protectionGroups, command.group, "protection group", place + "/group");
    if (group.groupClass == GROUP_LINK_RESTORATION)
    {
        Fail(place + "/group",
             "group " + QuoteId(group.id) + " of class link-restoration obeys its controller only",
             "remove the command, or name a group of another class");
    }
    const auto& working = group.working;
    if (!command.working.empty() &&
        std::find(working.begin(), working.end(), command.working) == working.end())
    {
        Fail(place + "/working",
             QuoteId(command.working) + " is no working QKD link of group " + QuoteId(group.id),
             "give one of \"working\" of the group, or remove it to mean all");
    }
    const ScenarioQkdLink& link =
        Find(m_scenario.qkdLinks, working.front(), "QKD link", place + "/group");
    if (!command.node.empty() && command.node != link.tx && command.node != link.rx)
    {
        Fail(place + "/node",
             QuoteId(command.node) + " is at no end of group " + QuoteId(group.id),
             "give " + QuoteId(link.tx) + " or " + QuoteId(link.rx));
    }
}

} // namespace

void
CheckScenarioProtection(const Scenario& scenario, const std::string& source)
{
    ProtectionChecker(scenario, source).Check();
}

} // namespace qkdn
} // namespace ns3
