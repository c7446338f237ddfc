/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SECURE_TUNNEL_FLOWS_H
#define QKDN_SECURE_TUNNEL_FLOWS_H

#include "ns3/flow-monitor-helper.h"
#include "ns3/ipv4-flow-classifier.h"

namespace ns3
{
namespace qkdn
{

constexpr uint32_t UDP_IP_BYTES = 28;          //!< headers of UDP and IPv4
constexpr uint32_t TUNNEL_KEY_BITS = 8192;     //!< default of KeySize
constexpr uint32_t TUNNEL_BUFFER_BITS = 65536; //!< default of KeyBuffer

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key that OTP spends on a packet.
 * @param payloadBytes its UDP payload
 * @param tagBits its tag
 * @return bits
 */
inline double
TunnelSpentBits(uint32_t payloadBytes, uint32_t tagBits = 96)
{
    return 8.0 * (payloadBytes + UDP_IP_BYTES) + tagBits;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief What FlowMonitor saw of one side of a tunnel.
 */
struct SeenTunnelFlow
{
    FlowMonitor::FlowStats stats; //!< the flow
    uint32_t flows{0};            //!< flows of this kind, which should be 1
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Find the flow to an address in what FlowMonitor saw.
 * @param helper its helper
 * @param destination the address
 * @return the flow
 */
inline SeenTunnelFlow
FindTunnelFlow(FlowMonitorHelper& helper, Ipv4Address destination)
{
    SeenTunnelFlow seen;
    const auto classifier = DynamicCast<Ipv4FlowClassifier>(helper.GetClassifier());
    for (const auto& [id, flow] : helper.GetMonitor()->GetFlowStats())
    {
        if (classifier->FindFlow(id).destinationAddress == destination)
        {
            seen.stats = flow;
            ++seen.flows;
        }
    }
    return seen;
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SECURE_TUNNEL_FLOWS_H */
