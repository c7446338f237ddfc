/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REQUEST_LOG_H
#define QKDN_REQUEST_LOG_H

#include "ns3/nstime.h"
#include "ns3/ptr.h"
#include "ns3/qkdn-cryptographic-application.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A key that the master application got.
 */
struct KeyRecord
{
    KeyUuid keyId{};     //!< its UUID
    bool atSlave{false}; //!< whether the slave application got it too
};

/**
 * @ingroup qkdn-resilience
 * @brief What became of a key request.
 */
struct RequestRecord
{
    uint64_t sequence{0};                 //!< its number, from 1
    Time issued;                          //!< when it was issued
    RequestOutcome outcome{REQUEST_OPEN}; //!< how it ended, open if it did not end
    Time handedOver;                      //!< when its keys were handed over (on time or late)
    uint32_t attempts{0};                 //!< calls on Ak, known at its end
    std::string refusal;                  //!< why it was refused, empty if it was not
    std::vector<KeyRecord> keys;          //!< the keys that were handed over
    bool deliveryFailed{false};           //!< the slave was refused one of them
};

/**
 * @ingroup qkdn-resilience
 * @brief What must never happen to a key.
 */
enum KeyViolationKind
{
    KEY_BYTES_DIFFER,      //!< master and slave got different bits under one UUID
    KEY_UNKNOWN_TO_MASTER, //!< the slave got a key that the master did not get for this request
    KEY_HANDED_OVER_TWICE  //!< one application got a key twice
};

/**
 * @ingroup qkdn-resilience
 * @brief A violation in words.
 * @param kind what is wrong
 * @return for example "master and slave got different bits"
 */
std::string KeyViolationName(KeyViolationKind kind);

/**
 * @ingroup qkdn-resilience
 * @brief A key that was not handed over as it should.
 */
struct KeyViolation
{
    KeyViolationKind kind{KEY_BYTES_DIFFER}; //!< what is wrong
    uint64_t sequence{0};                    //!< number of the request
    std::string keyId;                       //!< UUID of the key
    Time at;                                 //!< when it was noticed
};

/**
 * @ingroup qkdn-resilience
 * @brief Records the key requests of one pair of cryptographic applications, and checks that
 * both get the same keys.
 *
 * It sees both ends at once and is for results only: nothing in the simulation reads it.
 */
class RequestLog
{
  public:
    /**
     * @brief Constructor. Call before the applications start. Aborts if they are not a pair.
     * @param master the master application
     * @param slave the slave application
     */
    RequestLog(Ptr<CryptographicApplication> master, Ptr<CryptographicApplication> slave);

    ~RequestLog();
    RequestLog(const RequestLog&) = delete;
    RequestLog& operator=(const RequestLog&) = delete;

    /**
     * @brief The name of the session.
     * @return the name
     */
    const std::string& GetSession() const;

    /**
     * @brief All requests.
     * @return one record a request, by number
     */
    const std::vector<RequestRecord>& GetRecords() const;

    /**
     * @brief Number of requests that ended in one way.
     * @param outcome how they ended; REQUEST_OPEN: also those that have not ended
     * @return their number
     */
    uint64_t Count(RequestOutcome outcome) const;

    /**
     * @brief What went wrong with keys.
     * @return in the order of time
     */
    const std::vector<KeyViolation>& GetViolations() const;

    /**
     * @brief Look for a UUID that was handed over for more than one request or more than once.
     * @return these UUIDs in ascending order
     */
    std::vector<KeyUuid> FindRepeatedKeyIds() const;

    /**
     * @brief Keys that both applications hold, with equal bits.
     * @return their number
     */
    uint64_t GetKeysAtBoth() const;

    /**
     * @brief Key bits that both applications hold.
     * @return number of bits, each key counted once
     */
    uint64_t GetBitsAtBoth() const;

    /**
     * @brief Keys that the master got and the slave did not (yet).
     * @return their number
     */
    uint64_t GetKeysAtMasterOnly() const;

    /**
     * @brief Keys that came to the master after the end of their request.
     * @return their number
     */
    uint64_t GetUnclaimedAtMaster() const;

    /**
     * @brief Keys that came to the slave after the end of their delivery.
     * @return their number
     */
    uint64_t GetUnclaimedAtSlave() const;

    /**
     * @brief Keys that the slave was refused.
     * @return their number
     */
    uint64_t GetDeliveryErrors() const;

    /**
     * @brief Requests whose key IDs the master dropped because its outbox was full.
     * @return their number
     */
    uint64_t GetKeyIdsDropped() const;

  private:
    /**
     * @brief Connect to or disconnect from the traces of an application.
     * @param application the application
     * @param connect whether to connect
     */
    void Observe(Ptr<CryptographicApplication> application, bool connect);

    /**
     * @brief The record of a request.
     * @param sequence its number
     * @return the record, null if there is none
     */
    RequestRecord* Find(uint64_t sequence);

    /**
     * @brief Add to the violations.
     * @param kind what is wrong
     * @param sequence number of the request
     * @param keyId UUID of the key
     */
    void AddViolation(KeyViolationKind kind, uint64_t sequence, const std::string& keyId);

    /**
     * @brief Trace sink.
     * @param who the application
     * @param sequence number of the request
     */
    void Issued(const ApplicationIdentity& who, uint64_t sequence);

    /**
     * @brief Trace sink.
     * @param who the application
     * @param end how a request ended
     */
    void Ended(const ApplicationIdentity& who, const RequestEnd& end);

    /**
     * @brief Trace sink.
     * @param who the application
     * @param sequence number of the request
     * @param status status code on Ak
     * @param message what is wrong
     */
    void Refused(const ApplicationIdentity& who,
                 uint64_t sequence,
                 KeySupplyStatus status,
                 const std::string& message);

    /**
     * @brief Trace sink.
     * @param who the application
     * @param sequence number of the request
     * @param key the key
     */
    void HandedOver(const ApplicationIdentity& who, uint64_t sequence, const SuppliedKey& key);

    /**
     * @brief A key was handed over to the master.
     * @param sequence number of the request
     * @param uuid UUID of the key
     * @param key the key
     */
    void AddAtMaster(uint64_t sequence, const KeyUuid& uuid, const SuppliedKey& key);

    /**
     * @brief A key was handed over to the slave.
     * @param sequence number of the request
     * @param uuid UUID of the key
     * @param key the key
     */
    void AddAtSlave(uint64_t sequence, const KeyUuid& uuid, const SuppliedKey& key);

    /**
     * @brief Trace sink.
     * @param who the application
     * @param sequence number of the request
     * @param key the key
     */
    void Unclaimed(const ApplicationIdentity& who, uint64_t sequence, const SuppliedKey& key);

    /**
     * @brief Trace sink.
     * @param who the application
     * @param sequence number of the request
     * @param keyId UUID of the key
     * @param status status code on Ak
     */
    void DeliveryFailed(const ApplicationIdentity& who,
                        uint64_t sequence,
                        const std::string& keyId,
                        KeySupplyStatus status);

    /**
     * @brief Trace sink.
     * @param who the application
     * @param sequence number of the request
     */
    void KeyIdsDropped(const ApplicationIdentity& who, uint64_t sequence);

    Ptr<CryptographicApplication> m_master;   //!< the master application
    Ptr<CryptographicApplication> m_slave;    //!< the slave application
    std::string m_session;                    //!< name of the session
    std::vector<RequestRecord> m_records;     //!< record of request n at n - 1
    std::map<KeyUuid, KeyMaterial> m_waiting; //!< keys that the slave has not got yet
    std::vector<KeyViolation> m_violations;   //!< what went wrong
    uint64_t m_keysAtBoth{0};                 //!< keys that both hold
    uint64_t m_bitsAtBoth{0};                 //!< key bits that both hold
    uint64_t m_unclaimedAtMaster{0};          //!< keys too late at the master
    uint64_t m_unclaimedAtSlave{0};           //!< keys too late at the slave
    uint64_t m_deliveryErrors{0};             //!< keys that the slave was refused
    uint64_t m_keyIdsDropped{0};              //!< requests whose key IDs were dropped
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REQUEST_LOG_H */
