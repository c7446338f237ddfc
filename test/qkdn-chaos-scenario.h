/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHAOS_SCENARIO_H
#define QKDN_CHAOS_SCENARIO_H

#include "qkdn-chaos-draw.h"
#include "qkdn-chaos-network.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Draws scenarios with everything that a scenario file can have: all resilience classes,
 * protection groups, ways of control, kinds of faults, and commands.
 *
 * Sessions ask for keys until STOP; the run ends at END. Unless something random takes longer, all
 * is repaired at CALM.
 */
class ChaosScenario
{
  public:
    static constexpr double FIRST_FAULT = 3.0; //!< no fault before, s
    static constexpr double CALM = 12.0;       //!< most is repaired, s
    static constexpr double STOP = 32.0;       //!< no request any more, s
    static constexpr double END = 42.0;        //!< end of the run, s

    /**
     * @brief Constructor
     * @param number number of the scenario, the same scenario for the same number
     * @param folder an existing folder, where the file is that a drift of the error ratio needs
     */
    ChaosScenario(uint32_t number, const std::string& folder);

    /**
     * @brief Write the curve that a drift of the error ratio follows, if the scenario has one.
     * @param folder the folder; it has to exist
     */
    static void WriteCurve(const std::string& folder);

    /**
     * @brief Its number.
     * @return the number
     */
    uint32_t GetNumber() const;

    /**
     * @brief The scenario.
     * @return text of a scenario file
     */
    std::string GetText() const;

    /**
     * @brief What it consists of.
     * @return the network
     */
    const ChaosNetwork& GetNetwork() const;

    /**
     * @brief What was drawn.
     * @return how often, by what it is
     */
    const ChaosCounts& GetCounts() const;

    /**
     * @brief Whether the scenario has something.
     * @param what what it is, as counted
     * @return true if it was drawn
     */
    bool Has(const std::string& what) const;

  private:
    uint32_t m_number;      //!< its number
    ChaosDraw m_draw;       //!< all draws
    ChaosNetwork m_network; //!< what sessions and faults refer to
    nlohmann::json m_json;  //!< the scenario
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHAOS_SCENARIO_H */
