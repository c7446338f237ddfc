/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-requirement-catalogue.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/// One line of the catalogue.
struct Line
{
    const char* id;         //!< id
    const char* clause;     //!< clause of the draft
    RequirementLevel level; //!< level
    bool oldWording;        //!< stands beside what replaced it
    const char* text;       //!< what it asks for
};

const Line LINES[] = {
    {"G-Q1",
     "7.1",
     LEVEL_RECOMMENDED,
     false,
     "Spare QKD modules and links are set up in advance, so that failures do not interrupt key "
     "supply."},
    {"G-Q2",
     "7.1",
     LEVEL_REQUIRED,
     false,
     "A spare QKD module is inside the cryptographic boundary of the working module."},
    {"G-Q3",
     "7.1",
     LEVEL_RECOMMENDED,
     false,
     "A spare QKD module can run the QKD protocol of the working module."},
    {"G-Q4",
     "7.1",
     LEVEL_RECOMMENDED,
     false,
     "A spare QKD link has a fibre apart from that of the working link."},
    {"G-K1",
     "7.2",
     LEVEL_RECOMMENDED,
     false,
     "When the working key relay route fails, KMs switch to the route that control and management "
     "have allocated."},
    {"G-C0",
     "7.3",
     LEVEL_RECOMMENDED,
     false,
     "The controller sets up a further key relay route in advance."},
    {"G-C1",
     "7.3",
     LEVEL_RECOMMENDED,
     false,
     "The controller allocates key relay routes with resilience in mind, several if need be."},
    {"G-C2",
     "7.3",
     LEVEL_RECOMMENDED,
     false,
     "The controller charges according to a policy for resilience."},
    {"G-C3",
     "7.3",
     LEVEL_RECOMMENDED,
     false,
     "The controller controls sessions with resilience in mind."},
    {"G-C4",
     "7.3",
     LEVEL_RECOMMENDED,
     false,
     "The controller tells a QKDN manager about resilience."},
    {"G-M0a",
     "7.4",
     LEVEL_REQUIRED,
     true,
     "The manager records the status of spare QKD modules and links, and keeps it up to date."},
    {"G-M0b",
     "7.4",
     LEVEL_REQUIRED,
     true,
     "The manager watches key supply and responds to failures."},
    {"G-M1",
     "7.4",
     LEVEL_RECOMMENDED,
     false,
     "The manager manages resilience: it collects status, manages policies and triggers actions."},
    {"P-Q1",
     "8.1",
     LEVEL_RECOMMENDED,
     false,
     "Further QKD links are set up in advance for protection."},
    {"P-Q2",
     "8.1",
     LEVEL_RECOMMENDED,
     false,
     "Further QKD modules are set up in advance for protection."},
    {"P-Q3",
     "8.1",
     LEVEL_RECOMMENDED,
     false,
     "A protection QKD link is about as able as the links that it protects."},
    {"P-K1", "8.2", LEVEL_RECOMMENDED, false, "KMs switch to the protection route on failure."},
    {"P-C1",
     "8.3",
     LEVEL_RECOMMENDED,
     false,
     "The controller allocates a protection route, so that failures do not interrupt key supply."},
    {"P-M1",
     "8.4",
     LEVEL_REQUIRED,
     false,
     "The manager records which protection QKD modules belong to which working ones."},
    {"P-M2",
     "8.4",
     LEVEL_REQUIRED,
     false,
     "The manager records which protection QKD links belong to which working ones."},
    {"R-C1",
     "9.3",
     LEVEL_OPTIONAL,
     false,
     "The controller lets several key relay routes take part in recovery."},
    {"R-C2",
     "9.3",
     LEVEL_RECOMMENDED,
     false,
     "The controller finds a recovery route within the toleration time of the application."},
    {"R-M1",
     "9.4",
     LEVEL_REQUIRED,
     false,
     "The manager records recovery operations and keeps the status of key relay routes up to "
     "date."},
};

} // namespace

std::vector<RequirementResult>
GetRequirementCatalogue()
{
    std::vector<RequirementResult> catalogue;
    for (const Line& line : LINES)
    {
        RequirementResult requirement;
        requirement.id = line.id;
        requirement.clause = line.clause;
        requirement.level = line.level;
        requirement.oldWording = line.oldWording;
        requirement.text = line.text;
        catalogue.push_back(requirement);
    }
    return catalogue;
}

} // namespace qkdn
} // namespace ns3
