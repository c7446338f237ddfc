/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CLASSICAL_FAULT_H
#define QKDN_CLASSICAL_FAULT_H

#include "qkdn-fault.h"

#include "ns3/event-id.h"
#include "ns3/ipv4-address.h"

#include <array>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A classical link that the packets of others load, in both directions.
 *
 * The load is IP packets at a constant rate, sent on the devices of the link: traffic that comes
 * from somewhere and goes somewhere else, and reacts to nothing. It waits in the queues with the
 * packets of the network. Each packet is simulated.
 */
class ClassicalCongestion : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Say which link.
     * @param link the link
     */
    void SetLink(Ptr<ClassicalLink> link);

    // from Fault
    std::string GetKind() const override;
    FaultParameters GetParameters() const override;
    void Strike() override;
    void Repair() override;

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief Send a packet, and go on.
     * @param end 0 at end A, 1 at end B
     */
    void Send(uint32_t end);

    /**
     * @brief The address of a device.
     * @param endB true for end B, false for end A
     * @return its address
     */
    Ipv4Address GetAddress(bool endB) const;

    double m_loadBps{0.0};          //!< attribute LoadBps
    uint32_t m_packetSize{0};       //!< attribute PacketSize
    Ptr<ClassicalLink> m_link;      //!< the link
    std::array<EventId, 2> m_sends; //!< next packet at each end
};

/**
 * @ingroup qkdn-resilience
 * @brief A controller whose process works on, and that nobody can reach: the links of its ns-3 node
 * are down.
 */
class ControllerPartition : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Add a link that goes down.
     * @param link the link
     */
    void AddLink(Ptr<ClassicalLink> link);

    // from Fault
    std::string GetKind() const override;
    void Strike() override;
    void Repair() override;

  protected:
    void DoDispose() override;

  private:
    std::vector<Ptr<ClassicalLink>> m_links; //!< links of its ns-3 node
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CLASSICAL_FAULT_H */
