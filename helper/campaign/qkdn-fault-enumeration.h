/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAULT_ENUMERATION_H
#define QKDN_FAULT_ENUMERATION_H

#include "ns3/nstime.h"
#include "ns3/qkdn-restorability.h"
#include "ns3/qkdn-scenario.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What failures an enumeration consists of.
 */
enum FailureKind
{
    FAILURES_NONE,        //!< there is no enumeration
    FAILURES_SINGLE_LINK, //!< a cut of each fibre that a QKD link runs over
    FAILURES_DOUBLE_LINK, //!< a cut of each two of these fibres at once
    FAILURES_SINGLE_NODE, //!< a loss of power at each node
    FAILURES_RISK_GROUP   //!< a cut of all fibres of each risk group at once
};

/**
 * @ingroup qkdn-resilience
 * @brief The kinds of failures by name.
 * @return names and kinds
 */
std::vector<std::pair<const char*, FailureKind>> FailureKindNames();

/**
 * @ingroup qkdn-resilience
 * @brief The name of a kind of failures.
 * @param kind the kind
 * @return for example "single-link"
 */
std::string FailureKindName(FailureKind kind);

/**
 * @ingroup qkdn-resilience
 * @brief When the failures of an enumeration strike.
 */
struct FailureTimes
{
    std::optional<Time> faultAt;     //!< none: 10 s after the warm-up and the start of all sessions
    Time horizon{Seconds(60)};       //!< from the failure to the end of the run
    std::optional<Time> repairAfter; //!< from the failure to its repair, if it is repaired

    /**
     * @brief When the failures strike.
     * @param scenario the scenario
     * @return the instant
     */
    Time GetFaultAt(const Scenario& scenario) const;
};

/**
 * @ingroup qkdn-resilience
 * @brief All failures of a kind.
 * @param scenario the scenario
 * @param kind the kind
 * @param source what error messages call the scenario
 * @return the failures, at least one; in the order of the scenario, risk groups by name
 * @throw ScenarioError if there is nothing that can fail so
 */
std::vector<EnumeratedFailure> EnumerateFailures(const Scenario& scenario,
                                                 FailureKind kind,
                                                 const std::string& source);

/**
 * @ingroup qkdn-resilience
 * @brief The changes of a scenario that let one failure strike, and no other fault.
 * @param failure the failure
 * @param scenario the scenario
 * @param times when it strikes
 * @return values of options --set
 */
std::vector<std::string> FailureSets(const EnumeratedFailure& failure,
                                     const Scenario& scenario,
                                     const FailureTimes& times);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAULT_ENUMERATION_H */
