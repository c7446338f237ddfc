/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_DELIVERY_JSON_H
#define QKDN_KEY_DELIVERY_JSON_H

#include "qkdn-key-supply-service.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The JSON data of ETSI GS QKD 014 (clause 6) on reference point Ak.
 *
 * Text is UTF-8 (RFC 8259); keys are in base64 (RFC 4648, clause 4); key IDs are UUIDs (RFC 4122).
 * The functions that read return an empty text, or what is wrong; the result is unchanged then.
 */
namespace KeyDeliveryJson
{

/// @cond
std::string Write(const KeySupplyState& state);
std::string Write(const KeyContainer& container);
std::string Write(const KeySupplyRequest& request);
std::string WriteKeyIds(const std::vector<std::string>& keyIds);
/// @endcond

/**
 * @brief Read a Status (6.1).
 * @param text JSON
 * @param [in,out] state the fields but for status and error
 * @return empty, or what is wrong
 */
std::string ReadState(const std::string& text, KeySupplyState& state);

/**
 * @brief Read a Key container (6.3). Extensions are passed over.
 * @param text JSON
 * @param [out] keys the keys
 * @return empty, or what is wrong
 */
std::string ReadKeys(const std::string& text, std::vector<SuppliedKey>& keys);

/**
 * @brief Read an Error (6.5).
 * @param text JSON
 * @param [out] error the error
 * @return empty, or what is wrong
 */
std::string ReadError(const std::string& text, KeySupplyError& error);

/**
 * @brief Read a Key request (6.2). extension_optional is passed over.
 * @param text JSON
 * @param [out] request the request
 * @return empty, or what is wrong
 */
std::string ReadRequest(const std::string& text, KeySupplyRequest& request);

/**
 * @brief Read Key IDs (6.4). Extensions are passed over.
 * @param text JSON
 * @param [out] keyIds UUIDs in lower case
 * @return empty, or what is wrong
 */
std::string ReadKeyIds(const std::string& text, std::vector<std::string>& keyIds);

/**
 * @brief Read a key ID.
 * @param text a UUID in upper or lower case
 * @param [out] keyId the same in lower case
 * @return false if it is none
 */
bool ReadKeyId(const std::string& text, std::string& keyId);

/**
 * @brief Base64 with padding.
 * @param bytes bytes
 * @return text
 */
std::string ToBase64(const std::vector<uint8_t>& bytes);

/**
 * @brief Read base64 with padding, without line breaks, with unused bits 0.
 * @param text text
 * @param [out] bytes bytes
 * @return false if it is none
 */
bool FromBase64(const std::string& text, std::vector<uint8_t>& bytes);

} // namespace KeyDeliveryJson

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_DELIVERY_JSON_H */
