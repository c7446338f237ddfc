/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_DELIVERY_CALL_H
#define QKDN_KEY_DELIVERY_CALL_H

#include "qkdn-key-supply-service.h"

#include "ns3/qkdn-http-message.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The methods of ETSI GS QKD 014, clause 5.
 */
enum KeyDeliveryMethod
{
    KEY_DELIVERY_STATUS,          //!< Get status
    KEY_DELIVERY_GET_KEY,         //!< Get key
    KEY_DELIVERY_GET_KEY_WITH_IDS //!< Get key with key IDs
};

/**
 * @ingroup qkdn-resilience
 * @brief A call on Ak, as an HTTP request carries it.
 *
 * Two fields of the request are not of ETSI GS QKD 014. Client-SAE-ID stands for the subject of the
 * certificate with which the application would open its TLS connection. Idempotency-Key names a
 * call, so that the server answers a repetition as it has answered the first
 * (draft-ietf-httpapi-idempotency-key-header); a client that does not send it gets new keys.
 */
struct KeyDeliveryCall
{
    KeyDeliveryMethod method{KEY_DELIVERY_STATUS}; //!< what is called
    std::string peerSae;                           //!< SAE id in the path
    KeySupplyRequest request;                      //!< of Get key
    std::vector<std::string> keyIds;               //!< of Get key with key IDs

    /// Name of the field with the identity of the caller.
    static constexpr const char* IDENTITY_FIELD = "client-sae-id";

    /// Name of the field with the name of the call.
    static constexpr const char* CALL_FIELD = "idempotency-key";

    /**
     * @brief Write the request: GET where the standard has it, else POST.
     * @return the request without the two fields
     */
    HttpRequest ToHttp() const;

    /**
     * @brief Read a request.
     * @param request the request
     * @param [out] call the call, if there is one
     * @return the response to a request that is none, with status 200 for a call
     */
    static HttpResponse FromHttp(const HttpRequest& request, KeyDeliveryCall& call);

    /**
     * @brief A response with an Error.
     * @param status status code
     * @param message what is wrong
     * @return the response
     */
    static HttpResponse MakeError(uint32_t status, const std::string& message);

    /**
     * @brief A response.
     * @param status status code
     * @param json content
     * @return the response
     */
    static HttpResponse MakeResponse(uint32_t status, const std::string& json);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_DELIVERY_CALL_H */
