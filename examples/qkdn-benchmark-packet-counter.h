/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_BENCHMARK_PACKET_COUNTER_H
#define QKDN_BENCHMARK_PACKET_COUNTER_H

#include "ns3/config.h"
#include "ns3/packet.h"

#include <cstdint>

namespace benchmark
{

/// Counts the packets that devices send.
class PacketCounter
{
  public:
    /// Look at all devices of all nodes.
    PacketCounter()
    {
        ns3::Config::ConnectWithoutContext(
            "/NodeList/*/DeviceList/*/$ns3::PointToPointNetDevice/PhyTxBegin",
            ns3::MakeCallback(&PacketCounter::Sent, this));
    }

    /// Packets sent so far.
    uint64_t Get() const
    {
        return m_packets;
    }

    PacketCounter(const PacketCounter&) = delete;
    PacketCounter& operator=(const PacketCounter&) = delete;

  private:
    /// Sink of PhyTxBegin.
    void Sent(ns3::Ptr<const ns3::Packet> /* packet */)
    {
        ++m_packets;
    }

    uint64_t m_packets{0}; //!< packets sent
};

} // namespace benchmark

#endif /* QKDN_BENCHMARK_PACKET_COUNTER_H */
