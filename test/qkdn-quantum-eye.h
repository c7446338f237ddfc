/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QUANTUM_EYE_H
#define QKDN_QUANTUM_EYE_H

#include "ns3/qkdn-quantum-channel.h"
#include "ns3/qkdn-quantum-net-device.h"
#include "ns3/simulator.h"

#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Light of an emission.
 * @param epoch its number
 * @return the light
 */
inline Light
LightOf(uint32_t epoch)
{
    Light light;
    light.sync = true;
    light.quantum = true;
    light.epoch = epoch;
    light.seed = 1000 + epoch;
    return light;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Light that arrived at one end.
 */
struct Edge
{
    Time at;        //!< when
    uint32_t epoch; //!< its emission, 0 for darkness

    /// @cond
    bool operator==(const Edge& o) const
    {
        return at == o.at && epoch == o.epoch;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Writes down the light at one end.
 */
class Eye
{
  public:
    /**
     * @brief See light.
     * @param light the light
     */
    void See(const ReceivedLight& light)
    {
        const uint32_t epoch = light.light.epoch;
        if (!m_edges.empty() && m_edges.back().at == Simulator::Now())
        {
            m_edges.pop_back();
        }
        if (epoch != (m_edges.empty() ? 0 : m_edges.back().epoch))
        {
            m_edges.push_back(Edge{Simulator::Now(), epoch});
        }
        m_lossDb = light.budget.lossDb;
    }

    /**
     * @brief Compare what was seen.
     * @param expected microseconds, and emission
     * @return what differs first, or nothing
     */
    std::string Compare(const std::vector<std::pair<double, uint32_t>>& expected) const
    {
        for (std::size_t i = 0; i < m_edges.size() && i < expected.size(); ++i)
        {
            const Edge edge{NanoSeconds(std::llround(expected[i].first * 1000.0)),
                            expected[i].second};
            if (!(edge == m_edges[i]))
            {
                return "edge " + std::to_string(i) + ": light " + std::to_string(m_edges[i].epoch) +
                       " at " + std::to_string(m_edges[i].at.GetNanoSeconds()) + " ns";
            }
        }
        return m_edges.size() == expected.size() ? "" : std::to_string(m_edges.size()) + " edges";
    }

    std::vector<Edge> m_edges; //!< what was seen, without edges that lasted no time
    double m_lossDb{0.0};      //!< loss it was told last
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A channel with an eye at each end.
 */
class WatchedChannel
{
  public:
    WatchedChannel()
        : m_channel(CreateObject<QuantumChannel>())
    {
    }

    ~WatchedChannel()
    {
        m_channel->Dispose();
        Simulator::Destroy();
    }

    WatchedChannel(const WatchedChannel&) = delete;
    WatchedChannel& operator=(const WatchedChannel&) = delete;

    /// Look at both ends; the paths are there.
    void Attach()
    {
        for (uint32_t end = 0; end < 2; ++end)
        {
            m_devices[end] = CreateObject<QuantumNetDevice>();
            m_devices[end]->SetLightCallback(MakeCallback(&Eye::See, &m_eyes[end]));
            m_channel->Attach(m_devices[end]);
        }
    }

    /**
     * @brief Emit from one end.
     * @param at when
     * @param end the end
     * @param epoch the emission, 0 for darkness
     */
    void EmitAt(Time at, uint32_t end, uint32_t epoch)
    {
        Simulator::Schedule(at, [this, end, epoch] {
            m_devices[end]->Emit(epoch == 0 ? Light() : LightOf(epoch));
        });
    }

    Ptr<QuantumChannel> m_channel;                  //!< the channel
    std::array<Ptr<QuantumNetDevice>, 2> m_devices; //!< the ends
    std::array<Eye, 2> m_eyes;                      //!< what the ends see
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QUANTUM_EYE_H */
