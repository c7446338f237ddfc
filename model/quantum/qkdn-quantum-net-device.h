/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QUANTUM_NET_DEVICE_H
#define QKDN_QUANTUM_NET_DEVICE_H

#include "qkdn-light.h"

#include "ns3/callback.h"
#include "ns3/mac48-address.h"
#include "ns3/net-device.h"
#include "ns3/traced-callback.h"

namespace ns3
{
namespace qkdn
{

class QuantumChannel;

/**
 * @ingroup qkdn-resilience
 * @brief The optical port of a QKD module: one end of a quantum channel.
 *
 * It is on the device list of its node, has no IP interface and carries no packets: Send()
 * always fails. Light goes out by Emit() and comes in by a callback.
 */
class QuantumNetDevice : public NetDevice
{
  public:
    /// Called when the light that is seen changes.
    using LightCallback = Callback<void, const ReceivedLight&>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    QuantumNetDevice();
    ~QuantumNetDevice() override;

    /**
     * @brief Called by the channel.
     * @param channel the channel
     * @param end which end of it this is, 0 or 1
     */
    void SetChannel(Ptr<QuantumChannel> channel, uint32_t end);

    /**
     * @brief Say who looks at the light.
     * @param callback called at each change
     */
    void SetLightCallback(LightCallback callback);

    /**
     * @brief Emit light from now on.
     * @param light the light
     */
    void Emit(const Light& light);

    /**
     * @brief The light that is seen now.
     * @return the light
     */
    const ReceivedLight& GetReceivedLight() const;

    /**
     * @brief Called by the channel when the light that arrives changes.
     * @param light what arrives from now on
     */
    void ReceiveLight(const ReceivedLight& light);

    // from NetDevice
    void SetIfIndex(const uint32_t index) override;
    uint32_t GetIfIndex() const override;
    Ptr<Channel> GetChannel() const override;
    void SetAddress(Address address) override;
    Address GetAddress() const override;
    bool SetMtu(const uint16_t mtu) override;
    uint16_t GetMtu() const override;
    bool IsLinkUp() const override;
    void AddLinkChangeCallback(Callback<void> callback) override;
    bool IsBroadcast() const override;
    Address GetBroadcast() const override;
    bool IsMulticast() const override;
    Address GetMulticast(Ipv4Address multicastGroup) const override;
    Address GetMulticast(Ipv6Address addr) const override;
    bool IsBridge() const override;
    bool IsPointToPoint() const override;
    bool Send(Ptr<Packet> packet, const Address& dest, uint16_t protocolNumber) override;
    bool SendFrom(Ptr<Packet> packet,
                  const Address& source,
                  const Address& dest,
                  uint16_t protocolNumber) override;
    Ptr<Node> GetNode() const override;
    void SetNode(Ptr<Node> node) override;
    bool NeedsArp() const override;
    void SetReceiveCallback(NetDevice::ReceiveCallback cb) override;
    void SetPromiscReceiveCallback(NetDevice::PromiscReceiveCallback cb) override;
    bool SupportsSendFrom() const override;

  protected:
    void DoDispose() override;

  private:
    Ptr<Node> m_node;              //!< the node
    Ptr<QuantumChannel> m_channel; //!< the channel
    uint32_t m_end{0};             //!< end of the channel
    uint32_t m_ifIndex{0};         //!< index on the node
    Mac48Address m_address;        //!< only for display
    LightCallback m_lightCallback; //!< the module
    ReceivedLight m_received;      //!< what is seen now
    TracedCallback<> m_linkChange; //!< link change callbacks
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QUANTUM_NET_DEVICE_H */
