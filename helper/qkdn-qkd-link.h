/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QKD_LINK_H
#define QKDN_QKD_LINK_H

#include "ns3/application-container.h"
#include "ns3/ipv4-address.h"
#include "ns3/net-device-container.h"
#include "ns3/node.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-qkd-module.h"
#include "ns3/qkdn-qkd-protocol.h"
#include "ns3/qkdn-quantum-channel.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief One end of a QKD link as a user describes it.
 */
struct QkdLinkEnd
{
    Ptr<Node> node;                    //!< ns-3 node of the module, with an IP stack
    Ipv4Address address;               //!< address of the classical channel at this end
    QkdKeyConsumer* consumer{nullptr}; //!< Kq: key manager or KqSender, on the same node
};

/**
 * @ingroup qkdn-resilience
 * @brief What belongs to a QKD link.
 */
struct QkdLink
{
    Ptr<QuantumChannel> channel; //!< quantum channel
    Ptr<QkdModule> transmitter;  //!< module at the first end
    Ptr<QkdModule> receiver;     //!< module at the second end
    LinkId id;                   //!< its id
    std::string name;            //!< its name
    Ptr<QkdProtocol> protocol;   //!< its QKD protocol

    /**
     * @brief The quantum devices.
     * @return that of the transmitter and that of the receiver
     */
    NetDeviceContainer GetDevices() const;

    /**
     * @brief The modules.
     * @return transmitter and receiver
     */
    ApplicationContainer GetModules() const;

    /**
     * @brief Key rate over the first path, less what authentication takes.
     * @return bit/s, 0 if no key is made
     */
    uint64_t GetKeyRateBps() const;

    /**
     * @brief Tell a key manager what a controller wants to know: name, length, fibres and risk
     * groups of the first path, and the key rate over it.
     * @param km the key manager at one end, which has the link
     */
    void DescribeTo(Ptr<KeyManager> km) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QKD_LINK_H */
