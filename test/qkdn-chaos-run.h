/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHAOS_RUN_H
#define QKDN_CHAOS_RUN_H

#include "qkdn-chaos-scenario.h"
#include "qkdn-key-lives.h"

#include "ns3/qkdn-key-route.h"
#include "ns3/qkdn-results.h"
#include "ns3/qkdn-scenario-builder.h"
#include "ns3/qkdn-scenario.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief What came of one chaos run.
 */
struct ChaosOutcome
{
    std::vector<std::string> problems; //!< invariants that did not hold, the first few
    ChaosCounts counts;                //!< what happened, for example "faults"
    std::string results;               //!< all results as text: the same for the same number
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Collects what is wrong in a run, with the instant.
 */
class ChaosNotes
{
  public:
    /**
     * @brief Note a problem, unless there are many already.
     * @param what what is wrong; empty for nothing
     */
    void Note(const std::string& what);

    /**
     * @brief What is wrong.
     * @return the problems in order of time
     */
    const std::vector<std::string>& Get() const;

  private:
    std::vector<std::string> m_problems; //!< in order of time
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Checks the books of a run again and again: they balance, and what can only grow does.
 */
class ChaosBooks
{
  public:
    /**
     * @brief Constructor
     * @param notes where problems go, outlives this object
     */
    explicit ChaosBooks(ChaosNotes& notes);

    /**
     * @brief Check the results at one instant.
     * @param results the results up to now
     */
    void Check(const ExperimentResults& results);

  private:
    /**
     * @brief Check the books of a QKD link.
     * @param books the books
     */
    void CheckLink(const KmaLinkBooks& books);

    /**
     * @brief Check the book of a session.
     * @param book the book
     */
    void CheckSession(const KsaFigures& book);

    /**
     * @brief Check that a figure has not become less.
     * @param what what it is
     * @param value its value now
     */
    void CheckGrows(const std::string& what, uint64_t value);

    ChaosNotes& m_notes;                      //!< where problems go
    std::map<std::string, uint64_t> m_values; //!< figures that can only grow, when last checked
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Runs a random scenario and checks what must hold: at random instants, and at the end.
 */
class ChaosRun
{
  public:
    /**
     * @brief Build the simulation.
     * @param drawn the scenario, outlives this object
     * @param checks at how many random instants the books are checked
     * @throw ScenarioError if the scenario is not legal: then what was drawn is wrong
     */
    ChaosRun(const ChaosScenario& drawn, uint32_t checks);

    ~ChaosRun();
    ChaosRun(const ChaosRun&) = delete;
    ChaosRun& operator=(const ChaosRun&) = delete;

    /**
     * @brief Run to the end, check, and clean up.
     * @return what came of it
     */
    ChaosOutcome Run();

  private:
    /// Check what holds at every instant.
    void CheckNow();

    /// Note which pools are alike at both ends now.
    void CheckMirrors();

    /**
     * @brief A route is installed at a KM, or over.
     * @param km the KM
     * @param route the route
     * @param installed whether it is installed
     */
    void RouteChanged(KmId km, const KeyRoute& route, bool installed);

    /**
     * @brief The pool of one node with another.
     * @param holder the node
     * @param peer the other node
     * @return the pool
     */
    Ptr<KmaPool> GetPool(const std::string& holder, const std::string& peer) const;

    const ChaosScenario& m_drawn;                             //!< what was drawn
    Scenario m_scenario;                                      //!< the same as read
    std::unique_ptr<ScenarioBuilder> m_builder;               //!< its simulation
    ChaosNotes m_notes;                                       //!< what is wrong
    ChaosBooks m_books;                                       //!< checks the books
    KeyLives m_lives;                                         //!< its KSA-keys
    std::set<std::pair<std::string, std::string>> m_mirrored; //!< pools that were alike at the end
    std::map<RouteId, std::set<KmId>> m_held;                 //!< where routes are installed
    std::map<RouteId, std::vector<KmId>> m_routes;            //!< KMs of all routes
    uint64_t m_instants{0};                                   //!< how often it was checked
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Run the scenario of a number.
 * @param drawn the scenario
 * @param checks at how many random instants the books are checked
 * @param twice whether to run it a second time, which has to give the same results
 * @return what came of it
 */
ChaosOutcome RunChaos(const ChaosScenario& drawn, uint32_t checks, bool twice);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHAOS_RUN_H */
