/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CRYPTOGRAPHIC_APPLICATION_H
#define QKDN_CRYPTOGRAPHIC_APPLICATION_H

#include "qkdn-arrival-process.h"
#include "qkdn-key-collector.h"
#include "qkdn-key-delivery-client.h"
#include "qkdn-key-id-header.h"
#include "qkdn-key-request.h"
#include "qkdn-key-requester.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-supply-service.h"
#include "ns3/qkdn-message-endpoint.h"
#include "ns3/traced-callback.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief One of a pair of cryptographic applications of the user network (ITU-T Y.3800) that
 * consume keys over reference point Ak.
 *
 * The master issues key requests. It asks its key manager for the keys of a request; an answer
 * 503 is repeated RetryInterval after it arrived, for as long as the request lives, and never
 * while a call is outstanding; any other refusal ends the request as lost. Keys that come within
 * RequestLifetime are handed over (on time or late), later ones are reported as unclaimed. Keys
 * that were handed over are named to the slave in messages over TCP; what the slave has not
 * acknowledged is sent again after a reconnect. The slave fetches keys that it is told of once,
 * however often it is told.
 *
 * The key manager is called in process (SetKeySupplyService()), or over HTTP on any ns-3 node
 * (attribute KeyManagerAddress).
 *
 * A request costs one map entry until it ends (KeyRequester); what is remembered of its delivery
 * is bounded by OutboxLimit at the master and, at the slave, by the requests that the master may
 * still name (KeyCollector).
 */
class CryptographicApplication : public Application
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    CryptographicApplication();
    ~CryptographicApplication() override;

    /**
     * @brief Set the key supply of the application's node. Required before the start, unless
     * KeyManagerAddress is set.
     * @param service the service, not owned: it has to outlive the simulation
     */
    void SetKeySupplyService(KeySupplyService* service);

    /**
     * @brief Set the random stream of the arrivals. Without this call its number follows from
     * "session/<Session>" and "arrival".
     * @param stream the stream number
     * @return the number of streams used, 1
     */
    int64_t AssignStreams(int64_t stream);

    /**
     * @brief Look for what is wrong in the configuration. The start aborts with this text.
     * @return the first error with the names of application and attribute, empty if there is none
     */
    std::string FindConfigurationError() const;

    /**
     * @brief Who this is, as the traces say it.
     * @return the identity
     */
    ApplicationIdentity GetIdentity() const;

    /**
     * @brief TracedCallback signature: a request was issued.
     * @param [in] who the application
     * @param [in] sequence number of the request, from 1
     */
    typedef void (*RequestIssuedTracedCallback)(const ApplicationIdentity& who, uint64_t sequence);

    /**
     * @brief TracedCallback signature: a request ended.
     * @param [in] who the application
     * @param [in] end number, outcome, issue time, delay and attempts
     */
    typedef void (*RequestEndedTracedCallback)(const ApplicationIdentity& who,
                                               const RequestEnd& end);

    /**
     * @brief TracedCallback signature: a call was refused for another reason than lack of keys.
     * @param [in] who the application
     * @param [in] sequence number of the request
     * @param [in] status status code on Ak
     * @param [in] message what is wrong
     */
    typedef void (*RequestRefusedTracedCallback)(const ApplicationIdentity& who,
                                                 uint64_t sequence,
                                                 KeySupplyStatus status,
                                                 const std::string& message);

    /**
     * @brief TracedCallback signature: a key was handed over, or came too late for that.
     * @param [in] who the application
     * @param [in] sequence number of the request
     * @param [in] key the key and its UUID
     */
    typedef void (*KeyTracedCallback)(const ApplicationIdentity& who,
                                      uint64_t sequence,
                                      const SuppliedKey& key);

    /**
     * @brief TracedCallback signature: the slave did not get a key that the master named.
     * @param [in] who the application
     * @param [in] sequence number of the request
     * @param [in] keyId UUID of the key
     * @param [in] status status code on Ak
     */
    typedef void (*DeliveryErrorTracedCallback)(const ApplicationIdentity& who,
                                                uint64_t sequence,
                                                const std::string& keyId,
                                                KeySupplyStatus status);

    /**
     * @brief TracedCallback signature: the slave told the master how the delivery ended.
     * @param [in] who the application
     * @param [in] sequence number of the request
     * @param [in] status status code on Ak
     */
    typedef void (*KeyIdsAcknowledgedTracedCallback)(const ApplicationIdentity& who,
                                                     uint64_t sequence,
                                                     uint16_t status);

    /**
     * @brief TracedCallback signature: key IDs found the outbox full and are never sent.
     * @param [in] who the application
     * @param [in] sequence number of the request
     */
    typedef void (*KeyIdsDroppedTracedCallback)(const ApplicationIdentity& who, uint64_t sequence);

    /**
     * @brief TracedCallback signature: a message was not understood and changed nothing.
     * @param [in] who the application
     * @param [in] type type of the message
     * @param [in] bytes its size in bytes
     */
    typedef void (*MessageDroppedTracedCallback)(const ApplicationIdentity& who,
                                                 uint16_t type,
                                                 uint32_t bytes);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    /// Stop the work: no request, delivery or event is left.
    void Clear();

    /// Make what issues requests.
    void MakeRequester();

    /// Make what collects keys.
    void MakeCollector();

    /**
     * @brief Name keys to the slave, now or when it can be reached.
     * @param sequence number of the request
     * @param keyIds the keys
     */
    void NameKeys(uint64_t sequence, std::vector<KeyUuid> keyIds);

    /// Send the key IDs that wait in the outbox, as far as the connection takes them.
    void SendNotices();

    /// Give the connection up if the slave has not acknowledged anything for too long.
    void CheckProgress();

    /**
     * @brief Handle an acknowledgement.
     * @param header the message
     */
    void HandleAcknowledgement(const KeyIdHeader& header);

    /**
     * @brief Handle key IDs.
     * @param header the message
     */
    void HandleNotice(const KeyIdHeader& header);

    /**
     * @brief Tell the master how a delivery ended. The master asks again if this is lost.
     * @param sequence number of the request
     * @param status how it ended
     */
    void SendAcknowledgement(uint64_t sequence, KeySupplyStatus status);

    /**
     * @brief Trace a request.
     * @param sequence its number
     */
    void ReportIssue(uint64_t sequence);

    /**
     * @brief Trace a refusal.
     * @param sequence number of the request
     * @param status status code on Ak
     * @param message what is wrong
     */
    void ReportRefusal(uint64_t sequence, KeySupplyStatus status, const std::string& message);

    /**
     * @brief Trace the end of a request.
     * @param end the end
     */
    void ReportEnd(const RequestEnd& end);

    /**
     * @brief Trace a key that was handed over.
     * @param sequence number of the request
     * @param key the key
     */
    void ReportHandOver(uint64_t sequence, const SuppliedKey& key);

    /**
     * @brief Trace a key that nobody waits for any more.
     * @param sequence number of the request
     * @param key the key
     */
    void ReportUnclaimed(uint64_t sequence, const SuppliedKey& key);

    /**
     * @brief Trace a key that the slave cannot have.
     * @param sequence number of the request
     * @param keyId UUID of the key
     * @param status why
     */
    void ReportDeliveryError(uint64_t sequence, const std::string& keyId, KeySupplyStatus status);

    /**
     * @brief Takes a message of the peer.
     * @param from the peer
     * @param type type of the message
     * @param packet the message
     * @param incident ignored: key IDs answer to no incident
     */
    void ReceiveMessage(PeerId from, uint16_t type, Ptr<Packet> packet, IncidentId incident);

    /**
     * @brief Takes the state of the connection.
     * @param peer the peer
     * @param up whether it can be reached
     */
    void PeerChanged(PeerId peer, bool up);

    ApplicationRole m_role{APPLICATION_MASTER};        //!< role in the pair
    std::string m_session;                             //!< name of the session
    std::string m_saeId;                               //!< own SAE id
    std::string m_peerSaeId;                           //!< SAE id of the peer
    uint32_t m_keySizeBit{0};                          //!< key size, 0: default of the session
    uint32_t m_batch{1};                               //!< keys per request
    ArrivalModel m_arrivalModel{ARRIVAL_CONSTANT};     //!< how requests follow each other
    double m_ratePerS{0};                              //!< requests per second
    Time m_deadline;                                   //!< on time until then after the issue
    Time m_retryInterval;                              //!< from an answer 503 to the next call
    Time m_requestLifetime;                            //!< lost if not served until then
    uint32_t m_deliveryRetries{0};                     //!< repeated calls of the slave
    uint32_t m_outboxLimit{0};                         //!< requests whose key IDs are kept
    Time m_acknowledgeTimeout;                         //!< wait for acknowledgements at most
    Time m_progress;                                   //!< last acknowledgement, or first wait
    EventId m_acknowledgeTimer;                        //!< next CheckProgress()
    Address m_localAddress;                            //!< own address and port
    Address m_peerAddress;                             //!< address and port of the peer
    int64_t m_stream{-1};                              //!< random stream, below 0: by name
    KeySupplyService* m_service{nullptr};              //!< key supply, not owned
    Address m_keyManagerAddress;                       //!< of its KM on Ak, or invalid
    Ptr<KeyDeliveryClient> m_client;                   //!< calls it
    Ptr<MessageEndpoint> m_endpoint;                   //!< connection to the peer
    PeerId m_peer{};                                   //!< the peer at the endpoint
    ApplicationIdentity m_identity;                    //!< who this is
    Ptr<KeyRequester> m_requester;                     //!< issues requests (master)
    std::map<uint64_t, std::vector<KeyUuid>> m_outbox; //!< key IDs not acknowledged
    std::set<uint64_t> m_unsent;                       //!< those of them that are not on their way
    Ptr<KeyCollector> m_collector;                     //!< fetches keys (slave)

    /// A request was issued.
    TracedCallback<const ApplicationIdentity&, uint64_t> m_requestIssuedTrace;
    /// A request ended.
    TracedCallback<const ApplicationIdentity&, const RequestEnd&> m_requestEndedTrace;
    /// A call was refused.
    TracedCallback<const ApplicationIdentity&, uint64_t, KeySupplyStatus, const std::string&>
        m_requestRefusedTrace;
    /// A key was handed over.
    TracedCallback<const ApplicationIdentity&, uint64_t, const SuppliedKey&> m_keyHandedOverTrace;
    /// A key came too late.
    TracedCallback<const ApplicationIdentity&, uint64_t, const SuppliedKey&> m_keyUnclaimedTrace;
    /// A key did not reach the slave.
    TracedCallback<const ApplicationIdentity&, uint64_t, const std::string&, KeySupplyStatus>
        m_deliveryErrorTrace;
    /// The slave acknowledged key IDs.
    TracedCallback<const ApplicationIdentity&, uint64_t, uint16_t> m_keyIdsAcknowledgedTrace;
    /// Key IDs were dropped.
    TracedCallback<const ApplicationIdentity&, uint64_t> m_keyIdsDroppedTrace;
    /// A message was dropped.
    TracedCallback<const ApplicationIdentity&, uint16_t, uint32_t> m_messageDroppedTrace;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CRYPTOGRAPHIC_APPLICATION_H */
