/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SECURE_TUNNEL_H
#define QKDN_SECURE_TUNNEL_H

#include "qkdn-key-delivery-client.h"
#include "qkdn-secure-tunnel-header.h"
#include "qkdn-tunnel-key-source.h"
#include "qkdn-tunnel-opener.h"
#include "qkdn-tunnel-queue.h"
#include "qkdn-tunnel-sealer.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-key-supply-service.h"
#include "ns3/queue-size.h"
#include "ns3/queue.h"
#include "ns3/socket.h"
#include "ns3/traced-callback.h"
#include "ns3/traced-value.h"
#include "ns3/virtual-net-device.h"

#include <cstdint>
#include <memory>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief One gateway of a secured tunnel: carries the IP packets that its node routes to a virtual
 * device to the gateway at the other site, encrypted with keys of the QKDN, in UDP.
 *
 * For its own direction it is the master application on Ak: it asks its key manager for keys and
 * names them in the header of each packet (SecureTunnelHeader). For the other direction it is the
 * slave application and fetches the keys that packets name. So the tunnel needs a session each way,
 * from SaeId to PeerSaeId and from ReceivePeerSaeId to ReceiveSaeId.
 *
 * Without key packets wait in a TunnelQueue, in order, and are dropped if it is full or they
 * waited for MaxQueueDelay. Keys that were held for KeyStoreTime are not used, because the key
 * manager of the other end may have destroyed its copies (KsaSlaveAgent::KeyTtl). A tunnel numbers
 * its packets from 1, so both ends have to be replaced if one is: the other one would take the
 * new packets for old ones. OTP XORs real bytes. AES-256-GCM is modelled: the payload travels in
 * clear, with the initialisation vector, padding and integrity check value of RFC 4106, and the
 * latter is wrong unless both ends hold the same key.
 */
class SecureTunnel : public Application
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SecureTunnel();
    ~SecureTunnel() override;

    /**
     * @brief Set the key supply of the gateway's node. Required before the start, unless
     * KeyManagerAddress is set.
     * @param service the service, not owned: it has to outlive the simulation
     */
    void SetKeySupplyService(KeySupplyService* service);

    /**
     * @brief The device into which the node routes what is to be carried: to be added to the node
     * and given an IP address.
     * @return the device
     */
    Ptr<VirtualNetDevice> GetDevice() const;

    /**
     * @brief Look for what is wrong in the configuration. The start aborts with this text.
     * @return the first error with the names of tunnel and attribute, empty if there is none
     */
    std::string FindConfigurationError() const;

    /**
     * @brief TracedCallback signature: a packet was dropped.
     * @param [in] packet the packet: the inner one if it was to be sent, the outer one if received
     * @param [in] reason why
     */
    typedef void (*DropTracedCallback)(Ptr<const Packet> packet, TunnelDropReason reason);

    /**
     * @brief TracedCallback signature: a packet was sealed and sent, or received and opened.
     * @param [in] inner the packet in clear
     * @param [in] outerBytes octets of the UDP payload that carries it
     */
    typedef void (*PassedTracedCallback)(Ptr<const Packet> inner, uint32_t outerBytes);

    /**
     * @brief TracedCallback signature: key bits were spent on a packet or a session key.
     * @param [in] keyId UUID of the key
     * @param [in] firstBit first bit of it
     * @param [in] bits number of bits
     */
    typedef void (*KeyUsedTracedCallback)(const std::string& keyId,
                                          uint32_t firstBit,
                                          uint32_t bits);

    /**
     * @brief TracedCallback signature: a session key was taken into use.
     * @param [in] keyId UUID of the key
     * @param [in] number number of the session key, from 1
     */
    typedef void (*RekeyTracedCallback)(const std::string& keyId, uint64_t number);

    /**
     * @brief TracedCallback signature: a packet left the queue because there was key again.
     * @param [in] packet the packet
     * @param [in] delay how long it waited
     */
    typedef void (*QueueDelayTracedCallback)(Ptr<const Packet> packet, Time delay);

    /**
     * @brief TracedCallback signature: the key manager refused a key for another reason than lack
     * of keys, or a key that the peer named cannot be had.
     * @param [in] keyId UUID of the key, empty if a new one was asked for
     * @param [in] status status code on Ak
     * @param [in] message what is wrong
     */
    typedef void (*KeyRefusedTracedCallback)(const std::string& keyId,
                                             KeySupplyStatus status,
                                             const std::string& message);

    /**
     * @brief TracedCallback signature: a key was thrown away because it was held for KeyStoreTime.
     * @param [in] keyId UUID of the key
     * @param [in] bits bits of it that were not used
     */
    typedef void (*KeyDiscardedTracedCallback)(const std::string& keyId, uint32_t bits);

    /**
     * @brief TracedCallback signature: a key came when nobody waited for it any more.
     * @param [in] key the key
     */
    typedef void (*KeyUnclaimedTracedCallback)(const SuppliedKey& key);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    /**
     * @brief FindConfigurationError() for the limits of times, keys and octets.
     * @param name how the text begins
     * @return the first error, empty if there is none
     */
    std::string FindLimitError(const std::string& name) const;

    /// Call the key manager over HTTP from now on.
    void ConnectClients();

    /// Make what seals packets.
    void MakeSealer();

    /// Make what opens packets.
    void MakeOpener();

    /**
     * @brief The SAE id of this end as slave.
     * @return attribute ReceiveSaeId, or SaeId
     */
    const std::string& GetSlaveSaeId() const;

    /**
     * @brief The node routed a packet to the device.
     * @param packet the packet
     * @param source ignored: there are two ends only
     * @param destination ignored
     * @param protocol EtherType
     * @return whether it was sent or queued
     */
    bool SendFromDevice(Ptr<Packet> packet,
                        const Address& source,
                        const Address& destination,
                        uint16_t protocol);

    /**
     * @brief SendFromDevice() of a device whose tunnel is disposed of: each packet is lost.
     * @param packet ignored
     * @param source ignored
     * @param destination ignored
     * @param protocol ignored
     * @return false
     */
    static bool RefuseFromDevice(Ptr<Packet> packet,
                                 const Address& source,
                                 const Address& destination,
                                 uint16_t protocol);

    /**
     * @brief Seal and send a packet.
     * @param inner the packet
     * @return false if there is no key
     */
    bool TrySend(Ptr<Packet> inner);

    /// Send what waits, as far as there is key.
    void SendWaiting();

    /**
     * @brief Packets have come.
     * @param socket the socket
     */
    void ReceiveFromSocket(Ptr<Socket> socket);

    /// @cond
    void TakeOpened(Ptr<Packet> inner, uint32_t outerBytes);
    Ptr<Queue<Packet>> GetQueue() const;
    void SetMaxQueueSize(QueueSize size);
    QueueSize GetMaxQueueSize() const;
    void SetMaxQueueDelay(Time delay);
    Time GetMaxQueueDelay() const;
    void ReportDrop(Ptr<const Packet> packet, TunnelDropReason reason);
    void ReportUse(const std::string& keyId, uint32_t firstBit, uint32_t bits);
    void ReportRekey(const std::string& keyId, uint64_t number);
    void ReportRefusal(KeySupplyStatus status, const std::string& message);
    void ReportMissing(const std::string& keyId, KeySupplyStatus status);
    void ReportUnclaimed(const SuppliedKey& key);
    void ReportDiscard(const std::string& keyId, uint32_t bits);
    /// @endcond

    TunnelMode m_mode{TUNNEL_OTP};               //!< attribute Mode
    std::string m_saeId;                         //!< attribute SaeId
    std::string m_peerSaeId;                     //!< attribute PeerSaeId
    std::string m_receiveSaeId;                  //!< attribute ReceiveSaeId
    std::string m_receivePeerSaeId;              //!< attribute ReceivePeerSaeId
    Address m_localAddress;                      //!< attribute LocalAddress
    Address m_peerAddress;                       //!< attribute PeerAddress
    Address m_keyManagerAddress;                 //!< attribute KeyManagerAddress
    uint32_t m_tagBits{0};                       //!< attribute TagBits
    uint32_t m_keySizeBit{0};                    //!< attribute KeySize
    uint32_t m_batch{1};                         //!< attribute Batch
    uint64_t m_keyBufferBits{0};                 //!< attribute KeyBuffer
    Time m_rekeyInterval;                        //!< attribute RekeyInterval
    Time m_keyLifetime;                          //!< attribute KeyLifetime
    uint64_t m_rekeyVolume{0};                   //!< attribute RekeyVolume
    uint64_t m_keyVolume{0};                     //!< attribute KeyVolume
    Time m_keyStoreTime;                         //!< attribute KeyStoreTime
    Time m_retryInterval;                        //!< attribute RetryInterval
    Time m_requestLifetime;                      //!< attribute RequestLifetime
    uint32_t m_deliveryRetries{0};               //!< attribute DeliveryRetries
    uint32_t m_keyLimit{0};                      //!< attribute KeyLimit
    uint32_t m_waitLimit{0};                     //!< attribute WaitLimit
    TunnelQueue m_waiting;                       //!< packets that wait for key
    KeySupplyService* m_service{nullptr};        //!< key supply as master, not owned
    KeySupplyService* m_receiveService{nullptr}; //!< key supply as slave, not owned
    Ptr<KeyDeliveryClient> m_client;             //!< calls it over HTTP as SaeId
    Ptr<KeyDeliveryClient> m_receiveClient;      //!< the same as ReceiveSaeId, if that is another
    Ptr<VirtualNetDevice> m_device;              //!< the end of the tunnel at the node
    Ptr<Socket> m_socket;                        //!< the end of the tunnel at the network
    Ptr<TunnelKeySource> m_source;               //!< gets keys for the own direction
    std::unique_ptr<TunnelSealer> m_sealer;      //!< seals packets
    Ptr<TunnelOpener> m_opener;                  //!< opens packets

    TracedValue<uint32_t> m_queueLength{0};                             //!< QueueLength
    TracedValue<uint64_t> m_keyBits{0};                                 //!< KeyBits
    TracedCallback<Ptr<const Packet>, uint32_t> m_txTrace;              //!< Tx
    TracedCallback<Ptr<const Packet>, uint32_t> m_rxTrace;              //!< Rx
    TracedCallback<Ptr<const Packet>, TunnelDropReason> m_dropTrace;    //!< Drop
    TracedCallback<Ptr<const Packet>, Time> m_queueDelayTrace;          //!< QueueDelay
    TracedCallback<const std::string&, uint32_t, uint32_t> m_usedTrace; //!< KeyUsed
    TracedCallback<const std::string&, uint64_t> m_rekeyTrace;          //!< Rekey
    TracedCallback<const SuppliedKey&> m_unclaimedTrace;                //!< KeyUnclaimed
    TracedCallback<const std::string&, uint32_t> m_discardedTrace;      //!< KeyDiscarded
    /// KeyRefused
    TracedCallback<const std::string&, KeySupplyStatus, const std::string&> m_refusedTrace;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SECURE_TUNNEL_H */
