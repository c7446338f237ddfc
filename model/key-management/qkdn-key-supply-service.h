/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_SUPPLY_SERVICE_H
#define QKDN_KEY_SUPPLY_SERVICE_H

#include "ns3/callback.h"
#include "ns3/qkdn-key-material.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Status codes on Ak, as in ETSI GS QKD 014.
 */
enum KeySupplyStatus
{
    KEY_SUPPLY_OK = 200,           //!< keys follow
    KEY_SUPPLY_BAD_REQUEST = 400,  //!< wrong parameter, or key ID unknown
    KEY_SUPPLY_UNAUTHORIZED = 401, //!< the caller is not an application of the session
    KEY_SUPPLY_UNAVAILABLE = 503   //!< too few keys, or the key manager does not answer
};

/**
 * @ingroup qkdn-resilience
 * @brief What is asked for (Key request of ETSI GS QKD 014, clause 6.2).
 */
struct KeySupplyRequest
{
    uint32_t number{1};  //!< number of keys
    uint32_t sizeBit{0}; //!< size of each key, bit; 0: not given, the default of the session
    std::vector<std::string> additionalSlaveSaes; //!< further slave applications that get the keys
    std::vector<std::string> mandatoryExtensions; //!< names of extensions: none is supported
};

/**
 * @ingroup qkdn-resilience
 * @brief One KSA-key as an application gets it.
 */
struct SuppliedKey
{
    std::string keyId;    //!< UUID
    KeyMaterial material; //!< the key bits
};

/**
 * @ingroup qkdn-resilience
 * @brief What is wrong (Error of ETSI GS QKD 014, clause 6.5).
 */
struct KeySupplyError
{
    std::string message;                                      //!< empty if nothing is wrong
    std::vector<std::pair<std::string, std::string>> details; //!< names and values
};

/**
 * @ingroup qkdn-resilience
 * @brief Answer to a request for keys (Key container or Error of ETSI GS QKD 014).
 */
struct KeyContainer
{
    KeySupplyStatus status{KEY_SUPPLY_OK}; //!< outcome
    std::vector<SuppliedKey> keys;         //!< the keys, empty unless status is 200
    KeySupplyError error;                  //!< what is wrong, unless status is 200

    /**
     * @brief A refusal.
     * @param status outcome, not 200
     * @param message what is wrong
     * @return the answer
     */
    static KeyContainer Refusal(KeySupplyStatus status, const std::string& message)
    {
        KeyContainer container;
        container.status = status;
        container.error.message = message;
        return container;
    }
};

/**
 * @ingroup qkdn-resilience
 * @brief Answer to a status request (Status of ETSI GS QKD 014, clause 6.1).
 */
struct KeySupplyState
{
    KeySupplyStatus status{KEY_SUPPLY_OK}; //!< outcome
    KeySupplyError error;                  //!< what is wrong, unless status is 200
    std::string sourceKme;                 //!< KME ID of the key manager that is asked
    std::string targetKme;                 //!< KME ID of that of the slave application
    std::string masterSae;                 //!< SAE id of the master application
    std::string slaveSae;                  //!< SAE id of the slave application
    uint32_t keySizeBit{0};                //!< default key size
    uint64_t storedKeyCount{0};            //!< keys of the default size that could be supplied
    uint64_t maxKeyCount{0};               //!< largest value of storedKeyCount
    uint32_t maxKeyPerRequest{0};          //!< largest number of keys in a request
    uint32_t maxKeySizeBit{0};             //!< largest key size
    uint32_t minKeySizeBit{0};             //!< smallest key size
    uint32_t maxSaeIdCount{0};             //!< additional slave applications at most
};

/**
 * @ingroup qkdn-resilience
 * @brief Reference point Ak: key delivery as ETSI GS QKD 014.
 *
 * A KeyManager offers it as a call to applications on its ns-3 node, and a KeyDeliveryClient to
 * applications anywhere, whose calls it turns into HTTP requests. Both answer alike.
 *
 * Applications are named by their SAE id. Answers may come later than the call; they come from
 * an event, never from inside the call.
 */
class KeySupplyService
{
  public:
    /// Takes the answer to GetStatus().
    using StatusCallback = Callback<void, const KeySupplyState&>;

    /// Takes the answer to GetKey().
    using KeyCallback = Callback<void, const KeyContainer&>;

    virtual ~KeySupplyService() = default;

    /**
     * @brief Get status.
     * @param callerSae the calling (master) application
     * @param slaveSae the slave application
     * @param answer called once
     */
    virtual void GetStatus(const std::string& callerSae,
                           const std::string& slaveSae,
                           StatusCallback answer) = 0;

    /**
     * @brief Get key: called by the master application.
     * @param callerSae the calling (master) application
     * @param slaveSae the slave application
     * @param request what is asked for
     * @param answer called once
     */
    virtual void GetKey(const std::string& callerSae,
                        const std::string& slaveSae,
                        const KeySupplyRequest& request,
                        KeyCallback answer) = 0;

    /**
     * @brief Get key with key IDs: called by the slave application. Keys are handed over once.
     * @param callerSae the calling (slave) application
     * @param masterSae the master application
     * @param keyIds UUIDs of the keys
     * @param answer called once
     */
    virtual void GetKeyWithKeyIds(const std::string& callerSae,
                                  const std::string& masterSae,
                                  const std::vector<std::string>& keyIds,
                                  KeyCallback answer) = 0;

    /**
     * @brief Answer a request from an event of its own, at the present time.
     * @param answer whom to answer
     * @param container the answer
     */
    static void AnswerLater(KeyCallback answer, const KeyContainer& container);

    /**
     * @brief Answer a status request from an event of its own, at the present time.
     * @param answer whom to answer
     * @param state the answer
     */
    static void AnswerLater(StatusCallback answer, const KeySupplyState& state);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_SUPPLY_SERVICE_H */
