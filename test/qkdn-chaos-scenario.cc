/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-chaos-scenario.h"

#include "qkdn-chaos-control.h"
#include "qkdn-chaos-faults.h"
#include "qkdn-chaos-sessions.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace ns3
{
namespace qkdn
{

namespace
{

/// Name of the file with the curve of a drift.
const char* const CURVE = "drift.csv";

} // namespace

ChaosScenario::ChaosScenario(uint32_t number, const std::string& folder)
    : m_number(number),
      m_draw(number)
{
    m_network.starved = m_draw.ChanceCounted(0.2, "starved");
    m_network.flow = m_draw.ChanceCounted(0.1, "flow mode");
    m_network.linkState = !m_network.flow && m_draw.Chance(0.15);
    m_network.controlled = !m_network.linkState && m_draw.Chance(0.95);
    std::string fidelity = m_draw.Pick({"per-block", "per-block", "per-block", "packets", "ideal"});
    m_network.ideal = fidelity == "ideal";
    m_network.stations = fidelity == "per-block" && !m_network.flow && m_draw.Chance(0.15);
    m_draw.Count("distillation " + fidelity);
    m_json["name"] = "chaos-" + std::to_string(number);
    m_json["simulation"] = {{"duration_s", END},
                            {"warm_up_s", m_draw.Chance(0.3) ? m_draw.Real(0, 5) : 0.0},
                            {"seed", m_draw.Integer(1, 1000000)},
                            {"run", number + 1},
                            {"distillation", fidelity},
                            {"supply", m_network.flow ? "flow" : "keys"}};
    m_network.classical = m_draw.PickCounted(
        "classical network",
        {"same-fibres", "same-fibres", "same-fibres", "own-fibres", "out-of-band"});
    DrawChaosNetwork(m_draw, m_network, m_json);
    DrawChaosControl(m_draw, m_network, m_json);
    DrawChaosSessions(m_draw, m_network, STOP, m_json);
    const std::string curve = (std::filesystem::absolute(std::filesystem::path(folder)) / CURVE)
                                  .lexically_normal()
                                  .string();
    DrawChaosFaults(m_draw, m_network, {FIRST_FAULT, CALM, curve}, m_json);
}

void
ChaosScenario::WriteCurve(const std::string& folder)
{
    const std::filesystem::path path = std::filesystem::path(folder) / CURVE;
    std::ofstream os(path);
    os << "time_s,added_qber\n0,0\n2,0.05\n4,0.12\n6,0.02\n10,0\n";
    if (!os.flush())
    {
        throw std::runtime_error(path.string() + " cannot be written");
    }
}

uint32_t
ChaosScenario::GetNumber() const
{
    return m_number;
}

std::string
ChaosScenario::GetText() const
{
    return m_json.dump(2) + "\n";
}

const ChaosNetwork&
ChaosScenario::GetNetwork() const
{
    return m_network;
}

const ChaosCounts&
ChaosScenario::GetCounts() const
{
    return m_draw.GetCounts();
}

bool
ChaosScenario::Has(const std::string& what) const
{
    return m_draw.GetCounts().count(what) > 0;
}

} // namespace qkdn
} // namespace ns3
