/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-scenario-flow-checker.h"

#include "qkdn-scenario-error.h"

#include <cstddef>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @ingroup qkdn-resilience
 * @brief Finds what flow mode leaves out.
 */
class FlowChecker
{
  public:
    /**
     * @brief Constructor
     * @param scenario the scenario
     * @param source name of the file
     */
    FlowChecker(const Scenario& scenario, const std::string& source)
        : m_scenario(scenario),
          m_source(source)
    {
    }

    /// Check all.
    void Check() const
    {
        CheckSettings();
        CheckControl();
        for (std::size_t i = 0; i < m_scenario.qkdLinks.size(); ++i)
        {
            const ScenarioQkdLink& link = m_scenario.qkdLinks[i];
            if (link.protocol.law == RATE_TRACE)
            {
                Fail("/qkd_links/" + std::to_string(i) + "/protocol/trace_file",
                     "a recorded rate changes with every block",
                     "give rate_bps");
            }
        }
        for (std::size_t i = 0; i < m_scenario.sessions.size(); ++i)
        {
            CheckSession(m_scenario.sessions[i], "/sessions/" + std::to_string(i));
        }
        for (std::size_t i = 0; i < m_scenario.faults.size(); ++i)
        {
            if (m_scenario.faults[i].type == ScenarioFaultType::NODE_COMPROMISE)
            {
                Fail("/faults/" + std::to_string(i) + "/type",
                     "an attacker finds no keys",
                     "remove the fault");
            }
        }
    }

  private:
    /**
     * @brief Report what is left out.
     * @param place JSON pointer
     * @param problem what is left out
     * @param mend what to do
     */
    [[noreturn]] void Fail(const std::string& place,
                           const std::string& problem,
                           const std::string& mend) const
    {
        throw ScenarioError(m_source,
                            place,
                            "in flow mode " + problem,
                            mend + ", or set /simulation/supply to \"keys\"");
    }

    /// Check what concerns the whole run.
    void CheckSettings() const
    {
        if (m_scenario.simulation.blockStatistics == ScenarioBlockStatistics::DRAWN)
        {
            Fail("/simulation/block_statistics",
                 "there are no blocks whose figures could be drawn",
                 "give \"expected\"");
        }
        const ScenarioKeyManagement& management = m_scenario.keyManagement;
        if (management.keyLifetime.IsStrictlyPositive())
        {
            Fail("/key_management/key_lifetime_s", "key has no age", "give 0");
        }
        if (management.relayScheme == ScenarioRelayScheme::DESTINATION)
        {
            Fail("/key_management/relay_scheme",
                 "relays cost what they cost hop by hop",
                 "give \"hop-by-hop\"");
        }
    }

    /// Check who controls.
    void CheckControl() const
    {
        if (m_scenario.routing.provider == ScenarioRouteProvider::LINK_STATE)
        {
            Fail("/routing/provider",
                 "nothing is advertised again and again",
                 "give \"controller\"");
        }
        for (std::size_t i = 0; i < m_scenario.controllers.size(); ++i)
        {
            const ScenarioController& controller = m_scenario.controllers[i];
            const std::string place = "/controllers/" + std::to_string(i);
            if (controller.reportMaxAge.IsStrictlyPositive())
            {
                Fail(place + "/report_max_age_s", "reports come at events only", "give 0");
            }
            if (controller.reportRefresh.IsStrictlyPositive())
            {
                Fail(place + "/report_refresh_s", "reports come at events only", "give 0");
            }
        }
        if (m_scenario.charging)
        {
            Fail("/charging", "key managers do not count what sessions use", "remove it");
        }
    }

    /**
     * @brief Check a session.
     * @param session the session
     * @param place its JSON pointer
     */
    void CheckSession(const ScenarioSession& session, const std::string& place) const
    {
        if (session.ksaPool.highKeys > 0)
        {
            Fail(place + "/ksa_pool/high_keys", "KSA-keys are not made beforehand", "give 0");
        }
        if (session.ak == ScenarioAk::STREAM)
        {
            Fail(place + "/ak", "there are no key streams", "give \"in-process\"");
        }
        if (session.arrival == ScenarioArrival::POISSON)
        {
            Fail(place + "/arrival", "demand is steady", "give \"constant\"");
        }
    }

    const Scenario& m_scenario;  //!< the scenario
    const std::string& m_source; //!< name of the file
};

} // namespace

void
CheckScenarioFlow(const Scenario& scenario, const std::string& source)
{
    if (scenario.simulation.supply == ScenarioSupply::FLOW)
    {
        FlowChecker(scenario, source).Check();
    }
}

} // namespace qkdn
} // namespace ns3
