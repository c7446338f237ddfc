/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-chaos-network.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Draws the network of a random scenario.
 */
class ChaosNetworkDrawer
{
  public:
    /**
     * @brief Constructor
     * @param draw the draws
     * @param network where the network goes
     * @param json the scenario
     */
    ChaosNetworkDrawer(ChaosDraw& draw, ChaosNetwork& network, nlohmann::json& json)
        : m_draw(draw),
          m_network(network),
          m_json(json)
    {
    }

    /// Draw nodes, and a random connected graph of neighbours.
    void Run();

  private:
    /**
     * @brief A node.
     * @param id its id
     * @param isRouter whether no QKD link ends there
     */
    void AddNode(const std::string& id, bool isRouter);

    /**
     * @brief Join two nodes by QKD links, perhaps in a protection group.
     * @param a one node
     * @param b the other node
     * @param classical whether a classical link has to join them
     */
    void Join(const std::string& a, const std::string& b, bool classical);

    /**
     * @brief A fibre.
     * @param a one node
     * @param b the other node
     * @param classical whether it has to carry a classical link
     * @return its id
     */
    std::string AddFibre(const std::string& a, const std::string& b, bool classical);

    /**
     * @brief A way of one fibre, or of two over a router.
     * @param from one node
     * @param to the other node
     * @param classical whether it has to carry classical links
     * @return the fibres in order
     */
    std::vector<std::string> AddPath(const std::string& from,
                                     const std::string& to,
                                     bool classical);

    /**
     * @brief A QKD link with fibres of its own.
     * @param protocol its protocol
     * @param tx node of the transmitter
     * @param rx node of the receiver
     * @param classical whether its fibres have to carry a classical link
     * @return its id
     */
    std::string AddLink(const nlohmann::json& protocol,
                        const std::string& tx,
                        const std::string& rx,
                        bool classical);

    /**
     * @brief A protocol.
     * @return for "protocol" of a QKD link
     */
    nlohmann::json DrawProtocol();

    /**
     * @brief A protection group.
     * @param groupClass its class
     * @param protocol of all its QKD links
     * @param tx node of the transmitters
     * @param rx node of the receivers
     * @param classical whether a classical link has to join them
     */
    void AddGroup(const std::string& groupClass,
                  const nlohmann::json& protocol,
                  const std::string& tx,
                  const std::string& rx,
                  bool classical);

    /**
     * @brief Optical switches and a spare way for the modules of a QKD link.
     * @param link the QKD link
     * @param tx node of the transmitter
     * @param rx node of the receiver
     * @return the protection entity
     */
    nlohmann::json AddSpareWay(const std::string& link,
                               const std::string& tx,
                               const std::string& rx);

    /**
     * @brief An optical switch.
     * @param node where it is
     * @return its id
     */
    std::string AddSwitch(const std::string& node);

    ChaosDraw& m_draw;       //!< the draws
    ChaosNetwork& m_network; //!< the network
    nlohmann::json& m_json;  //!< the scenario
};

void
ChaosNetworkDrawer::Run()
{
    const uint32_t nodes = m_draw.Integer(3, 6);
    for (uint32_t i = 0; i < nodes; ++i)
    {
        AddNode("n" + std::to_string(i), false);
    }
    for (uint32_t i = 1; i < nodes; ++i)
    {
        Join(m_network.nodes[m_draw.Integer(0, i - 1)], m_network.nodes[i], true);
    }
    for (uint32_t i = 0; i < nodes; ++i)
    {
        for (uint32_t j = i + 1; j < nodes; ++j)
        {
            if (m_draw.Chance(0.25))
            {
                Join(m_network.nodes[i], m_network.nodes[j], false);
            }
        }
    }
}

void
ChaosNetworkDrawer::AddNode(const std::string& id, bool isRouter)
{
    // the first two are no nearer than 10 km: a disaster needs nodes at several places
    const double nearest = m_network.nodes.size() == 1 ? 10 : 0;
    nlohmann::json node = {{"id", id},
                           {"x_km", m_network.nodes.empty() ? 0.0 : m_draw.Real(nearest, 100)},
                           {"y_km", m_draw.Real(0, 100)}};
    if (m_draw.ChanceCounted(0.15, "split site"))
    {
        node["site"] = "split";
        m_network.split.insert(id);
    }
    m_json["nodes"].push_back(node);
    (isRouter ? m_network.routers : m_network.nodes).push_back(id);
}

void
ChaosNetworkDrawer::Join(const std::string& a, const std::string& b, bool classical)
{
    const bool turned = m_draw.Chance(0.5);
    const std::string& tx = turned ? b : a;
    const std::string& rx = turned ? a : b;
    const nlohmann::json protocol = DrawProtocol();
    const auto pair = std::minmax(a, b);
    m_network.pairs.emplace(pair.first, pair.second);
    const bool single = m_network.split.count(a) + m_network.split.count(b) == 0;
    if (single && m_draw.Chance(0.35))
    {
        const std::string groupClass =
            m_draw.Pick({"link-1+1", "link-1:1", "link-1:n", "link-m:n", "link-restoration"});
        const bool fits = groupClass != "link-restoration" || m_network.controlled;
        AddGroup(fits ? groupClass : "link-m:n", protocol, tx, rx, classical);
        return;
    }
    AddLink(protocol, tx, rx, classical);
    if (m_draw.ChanceCounted(0.1, "parallel QKD links without a group"))
    {
        AddLink(DrawProtocol(), rx, tx, false);
    }
}

std::string
ChaosNetworkDrawer::AddFibre(const std::string& a, const std::string& b, bool classical)
{
    const std::string id = "f" + std::to_string(m_network.fibres.size()) + "-" + a + "-" + b;
    nlohmann::json fibre = {{"id", id}, {"a", a}, {"b", b}, {"length_km", m_draw.Real(0.1, 90)}};
    if (m_draw.Chance(0.4))
    {
        const std::string group = "duct-" + std::to_string(m_draw.Integer(0, 3));
        fibre["risk_groups"] = {group};
        m_network.riskGroups.push_back(group);
    }
    if (!classical && m_draw.ChanceCounted(0.15, "fibre without a classical link"))
    {
        fibre["classical"] = false;
    }
    else if (m_network.classical != "out-of-band")
    {
        m_network.classicalFibres.push_back(m_network.classical == "own-fibres" ? id + "-classical"
                                                                                : id);
    }
    if (m_draw.ChanceCounted(0.05, "fibre with classical light"))
    {
        fibre["classical_power_dbm"] = m_draw.Real(-40, -30);
    }
    m_network.fibres.push_back(id);
    m_json["fibres"].push_back(fibre);
    return id;
}

std::vector<std::string>
ChaosNetworkDrawer::AddPath(const std::string& from, const std::string& to, bool classical)
{
    if (!m_draw.ChanceCounted(0.1, "path over a router"))
    {
        return {AddFibre(from, to, classical)};
    }
    const std::string router = "r" + std::to_string(m_network.routers.size());
    AddNode(router, true);
    // both, or the router would be out of reach
    return {AddFibre(from, router, true), AddFibre(router, to, true)};
}

nlohmann::json
ChaosNetworkDrawer::DrawProtocol()
{
    if (m_network.stations && m_draw.ChanceCounted(0.5, "central station"))
    {
        // slow, for the sake of the number of blocks
        return {{"type", m_draw.PickCounted("protocol", {"bbm92", "twin-field"})},
                {"set", {{"PulseRate", 2e7}, {"BlockSiftedBits", 50000}}}};
    }
    const bool starved = m_network.starved;
    nlohmann::json protocol = {
        {"type", "measured"},
        {"rate_bps", starved ? m_draw.Real(1000, 4000) : m_draw.Real(20000, 40000)},
        {"block_key_bit", m_draw.Integer(starved ? 1000 : 10000, starved ? 4000 : 40000)}};
    m_draw.Count("protocol measured");
    return protocol;
}

std::string
ChaosNetworkDrawer::AddLink(const nlohmann::json& protocol,
                            const std::string& tx,
                            const std::string& rx,
                            bool classical)
{
    ChaosLink link;
    link.id = "q" + std::to_string(m_network.links.size()) + "-" + tx + "-" + rx;
    link.tx = tx;
    link.rx = rx;
    link.fibres = AddPath(tx, rx, classical);
    link.hasStation = protocol["type"] != "measured";
    nlohmann::json json = {{"id", link.id},
                           {"tx", tx},
                           {"rx", rx},
                           {"fibres", link.fibres},
                           {"protocol", protocol},
                           {"initial_pool_bit", m_draw.Integer(0, 9000)},
                           {"initial_state", m_draw.Chance(0.2) ? "off" : "running"},
                           {"start_up_s", m_draw.Real(0.1, 2)},
                           {"resync_s", m_draw.Real(0.01, 2)}};
    if (!m_network.ideal && !m_network.flow && m_draw.ChanceCounted(0.1, "distillation of a link"))
    {
        json["distillation"] = "per-block";
    }
    if (m_draw.ChanceCounted(0.1, "link without supervisory light"))
    {
        json["supervisory_light"] = false;
    }
    const bool split = m_network.split.count(tx) + m_network.split.count(rx) == 2;
    if (split && m_draw.ChanceCounted(0.5, "classical channel of its own"))
    {
        json["classical_channel"] = "own";
    }
    m_json["qkd_links"].push_back(json);
    m_network.links.push_back(link);
    return link.id;
}

std::string
ChaosNetworkDrawer::AddSwitch(const std::string& node)
{
    const std::string id = "s" + std::to_string(m_network.switches.size()) + "-" + node;
    m_network.switches.push_back(id);
    m_json["optical_switches"].push_back({{"id", id},
                                          {"node", node},
                                          {"switching_s", m_draw.Real(0.001, 0.2)},
                                          {"coverage", m_draw.Chance(0.2) ? 0.7 : 1.0},
                                          {"fail_dark", m_draw.Chance(0.5)}});
    m_draw.Count("optical switch");
    return id;
}

nlohmann::json
ChaosNetworkDrawer::AddSpareWay(const std::string& link,
                                const std::string& tx,
                                const std::string& rx)
{
    const std::string first = AddSwitch(tx);
    return {{"modules_of", link},
            {"fibres", AddPath(tx, rx, false)},
            {"switches", {first, AddSwitch(rx)}}};
}

void
ChaosNetworkDrawer::AddGroup(const std::string& groupClass,
                             const nlohmann::json& protocol,
                             const std::string& tx,
                             const std::string& rx,
                             bool classical)
{
    m_draw.Count("group " + groupClass);
    const bool isOne = groupClass == "link-1+1" || groupClass == "link-1:1";
    const bool mayShare = groupClass == "link-1:1" || groupClass == "link-restoration";
    const uint32_t working = isOne ? 1 : m_draw.Integer(1, 2);
    const bool oneSpare = isOne || groupClass == "link-1:n";
    const uint32_t spare = oneSpare ? 1 : m_draw.Integer(1, 2);
    ChaosGroup group{"g" + std::to_string(m_network.groups.size()), groupClass, {}, tx, rx};
    for (uint32_t i = 0; i < working; ++i)
    {
        group.working.push_back(AddLink(protocol, tx, rx, classical && i == 0));
    }
    nlohmann::json protection = nlohmann::json::array();
    for (uint32_t i = 0; i < spare; ++i)
    {
        if (mayShare && i < working && m_draw.ChanceCounted(0.5, "spare fibre through switches"))
        {
            protection.push_back(AddSpareWay(group.working[i], tx, rx));
        }
        else
        {
            protection.push_back(AddLink(protocol, tx, rx, false));
        }
    }
    nlohmann::json json = {{"id", group.id},
                           {"class", groupClass},
                           {"working", group.working},
                           {"protection", protection},
                           {"hold_off_s", m_draw.Chance(0.5) ? 0.0 : m_draw.Real(0, 1)},
                           {"wtr_s", m_draw.Real(0, 3)},
                           {"revertive", m_draw.Chance(0.7)}};
    if (groupClass == "link-restoration")
    {
        json["start_timeout_s"] = m_draw.Real(3, 6);
    }
    else if (m_draw.Chance(0.3))
    {
        json["signal_degrade"] = true;
    }
    m_json["protection_groups"].push_back(json);
    m_network.groups.push_back(group);
}

} // namespace

void
DrawChaosNetwork(ChaosDraw& draw, ChaosNetwork& network, nlohmann::json& json)
{
    ChaosNetworkDrawer(draw, network, json).Run();
}

} // namespace qkdn
} // namespace ns3
