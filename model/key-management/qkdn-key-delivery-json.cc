/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-delivery-json.h"

#include <algorithm>
#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/binary_from_base64.hpp>
#include <boost/archive/iterators/dataflow_exception.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ns3
{
namespace qkdn
{
namespace KeyDeliveryJson
{

namespace
{

using Json = nlohmann::json;

/// Nesting that the data of the standard stay well below.
constexpr int MAX_DEPTH = 16;

/// What is wrong with some JSON.
struct JsonProblem : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

/**
 * @brief Read a JSON object.
 * @param text the text
 * @return the object
 */
Json
ReadObject(const std::string& text)
{
    const auto check = [](int depth, Json::parse_event_t, Json&) {
        if (depth > MAX_DEPTH)
        {
            throw JsonProblem("JSON nested too deeply");
        }
        return true;
    };
    Json json;
    try
    {
        json = Json::parse(text, check);
    }
    catch (const Json::exception&)
    {
        throw JsonProblem("no well-formed JSON");
    }
    if (!json.is_object())
    {
        throw JsonProblem("no JSON object");
    }
    return json;
}

/**
 * @brief A member of an object.
 * @param object the object
 * @param name its name
 * @return the member
 */
const Json&
Member(const Json& object, const std::string& name)
{
    const auto found = object.find(name);
    if (found == object.end())
    {
        throw JsonProblem(name + " is missing");
    }
    return *found;
}

/**
 * @brief A text.
 * @param object where it is
 * @param name its name
 * @return the text
 */
std::string
ReadText(const Json& object, const std::string& name)
{
    const Json& value = Member(object, name);
    if (!value.is_string())
    {
        throw JsonProblem(name + " is no string");
    }
    return value.get<std::string>();
}

/**
 * @brief A whole number that is not negative.
 * @tparam T its type
 * @param object where it is
 * @param name its name
 * @param lowest its lowest value
 * @return the number
 */
template <typename T>
T
ReadNumber(const Json& object, const std::string& name, T lowest)
{
    const Json& value = Member(object, name);
    if (!value.is_number_unsigned() || value.get<uint64_t>() < lowest ||
        value.get<uint64_t>() > std::numeric_limits<T>::max())
    {
        throw JsonProblem(name + " must be a whole number from " + std::to_string(lowest) + " to " +
                          std::to_string(std::numeric_limits<T>::max()));
    }
    return value.get<T>();
}

/**
 * @brief An array.
 * @param object where it is
 * @param name its name
 * @return the array
 */
const Json&
ReadArray(const Json& object, const std::string& name)
{
    const Json& value = Member(object, name);
    if (!value.is_array())
    {
        throw JsonProblem(name + " is no array");
    }
    return value;
}

/**
 * @brief The names of extensions, which are objects in an array.
 * @param object where they are
 * @param name name of the array
 * @return their names
 */
std::vector<std::string>
ReadExtensions(const Json& object, const std::string& name)
{
    std::vector<std::string> names;
    if (!object.contains(name))
    {
        return names;
    }
    for (const Json& extension : ReadArray(object, name))
    {
        if (!extension.is_object())
        {
            throw JsonProblem(name + " has an element that is no object");
        }
        for (const auto& member : extension.items())
        {
            names.push_back(member.key());
        }
    }
    return names;
}

/**
 * @brief Refuse members that the standard does not have.
 * @param object the object
 * @param known the members
 */
void
CheckMembers(const Json& object, const std::vector<std::string>& known)
{
    for (const auto& member : object.items())
    {
        if (std::find(known.begin(), known.end(), member.key()) == known.end())
        {
            throw JsonProblem("unknown parameter " + member.key());
        }
    }
}

/**
 * @brief Text of JSON. What is not UTF-8 is replaced.
 * @param json the JSON
 * @return the text
 */
std::string
Dump(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/**
 * @brief Read, and return what is wrong as text.
 * @tparam T what is read
 * @tparam Function reads it
 * @param text JSON
 * @param [out] result what was read
 * @param read reads a JSON object
 * @return empty, or what is wrong
 */
template <typename T, typename Function>
std::string
Read(const std::string& text, T& result, Function read)
{
    try
    {
        T value = result;
        read(ReadObject(text), value);
        result = std::move(value);
    }
    catch (const JsonProblem& problem)
    {
        return problem.what();
    }
    return std::string();
}

} // namespace

std::string
Write(const KeySupplyState& state)
{
    if (state.status != KEY_SUPPLY_OK)
    {
        KeyContainer refusal;
        refusal.status = state.status;
        refusal.error = state.error;
        return Write(refusal);
    }
    return Dump({{"source_KME_ID", state.sourceKme},
                 {"target_KME_ID", state.targetKme},
                 {"master_SAE_ID", state.masterSae},
                 {"slave_SAE_ID", state.slaveSae},
                 {"key_size", state.keySizeBit},
                 {"stored_key_count", state.storedKeyCount},
                 {"max_key_count", state.maxKeyCount},
                 {"max_key_per_request", state.maxKeyPerRequest},
                 {"max_key_size", state.maxKeySizeBit},
                 {"min_key_size", state.minKeySizeBit},
                 {"max_SAE_ID_count", state.maxSaeIdCount}});
}

std::string
Write(const KeyContainer& container)
{
    Json json;
    if (container.status == KEY_SUPPLY_OK)
    {
        json["keys"] = Json::array();
        for (const SuppliedKey& key : container.keys)
        {
            json["keys"].push_back(
                {{"key_ID", key.keyId}, {"key", ToBase64(key.material.ToBytes())}});
        }
        return Dump(json);
    }
    json["message"] = container.error.message;
    for (const auto& [name, value] : container.error.details)
    {
        json["details"].push_back(Json::object({{name, value}}));
    }
    return Dump(json);
}

std::string
Write(const KeySupplyRequest& request)
{
    Json json = {{"number", request.number}};
    if (request.sizeBit != 0)
    {
        json["size"] = request.sizeBit;
    }
    if (!request.additionalSlaveSaes.empty())
    {
        json["additional_slave_SAE_IDs"] = request.additionalSlaveSaes;
    }
    for (const std::string& extension : request.mandatoryExtensions)
    {
        json["extension_mandatory"].push_back(Json::object({{extension, true}}));
    }
    return Dump(json);
}

std::string
WriteKeyIds(const std::vector<std::string>& keyIds)
{
    Json json;
    json["key_IDs"] = Json::array();
    for (const std::string& keyId : keyIds)
    {
        json["key_IDs"].push_back({{"key_ID", keyId}});
    }
    return Dump(json);
}

std::string
ReadState(const std::string& text, KeySupplyState& state)
{
    return Read(text, state, [](const Json& json, KeySupplyState& read) {
        read.sourceKme = ReadText(json, "source_KME_ID");
        read.targetKme = ReadText(json, "target_KME_ID");
        read.masterSae = ReadText(json, "master_SAE_ID");
        read.slaveSae = ReadText(json, "slave_SAE_ID");
        read.keySizeBit = ReadNumber<uint32_t>(json, "key_size", 0);
        read.storedKeyCount = ReadNumber<uint64_t>(json, "stored_key_count", 0);
        read.maxKeyCount = ReadNumber<uint64_t>(json, "max_key_count", 0);
        read.maxKeyPerRequest = ReadNumber<uint32_t>(json, "max_key_per_request", 0);
        read.maxKeySizeBit = ReadNumber<uint32_t>(json, "max_key_size", 0);
        read.minKeySizeBit = ReadNumber<uint32_t>(json, "min_key_size", 0);
        read.maxSaeIdCount = ReadNumber<uint32_t>(json, "max_SAE_ID_count", 0);
    });
}

std::string
ReadKeys(const std::string& text, std::vector<SuppliedKey>& keys)
{
    return Read(text, keys, [](const Json& json, std::vector<SuppliedKey>& read) {
        read.clear();
        for (const Json& element : ReadArray(json, "keys"))
        {
            SuppliedKey key;
            std::vector<uint8_t> bytes;
            if (!element.is_object() || !ReadKeyId(ReadText(element, "key_ID"), key.keyId))
            {
                throw JsonProblem("a key has no key_ID that is a UUID");
            }
            if (!FromBase64(ReadText(element, "key"), bytes) || bytes.empty())
            {
                throw JsonProblem("a key is not in base64");
            }
            key.material = KeyMaterial::FromBytes(std::move(bytes));
            read.push_back(std::move(key));
        }
    });
}

std::string
ReadError(const std::string& text, KeySupplyError& error)
{
    return Read(text, error, [](const Json& json, KeySupplyError& read) {
        read.message = ReadText(json, "message");
        read.details.clear();
        if (!json.contains("details"))
        {
            return;
        }
        for (const Json& detail : ReadArray(json, "details"))
        {
            if (!detail.is_object())
            {
                throw JsonProblem("details has an element that is no object");
            }
            for (const auto& member : detail.items())
            {
                read.details.emplace_back(member.key(),
                                          member.value().is_string()
                                              ? member.value().get<std::string>()
                                              : Dump(member.value()));
            }
        }
    });
}

std::string
ReadRequest(const std::string& text, KeySupplyRequest& request)
{
    return Read(text, request, [](const Json& json, KeySupplyRequest& read) {
        CheckMembers(json,
                     {"number",
                      "size",
                      "additional_slave_SAE_IDs",
                      "extension_mandatory",
                      "extension_optional"});
        read = KeySupplyRequest();
        if (json.contains("number"))
        {
            read.number = ReadNumber<uint32_t>(json, "number", 1);
        }
        if (json.contains("size"))
        {
            read.sizeBit = ReadNumber<uint32_t>(json, "size", 1);
        }
        read.mandatoryExtensions = ReadExtensions(json, "extension_mandatory");
        ReadExtensions(json, "extension_optional");
        if (!json.contains("additional_slave_SAE_IDs"))
        {
            return;
        }
        for (const Json& sae : ReadArray(json, "additional_slave_SAE_IDs"))
        {
            if (!sae.is_string())
            {
                throw JsonProblem("additional_slave_SAE_IDs has an element that is no string");
            }
            read.additionalSlaveSaes.push_back(sae.get<std::string>());
        }
    });
}

std::string
ReadKeyIds(const std::string& text, std::vector<std::string>& keyIds)
{
    return Read(text, keyIds, [](const Json& json, std::vector<std::string>& read) {
        CheckMembers(json, {"key_IDs", "key_IDs_extension"});
        read.clear();
        for (const Json& element : ReadArray(json, "key_IDs"))
        {
            std::string keyId;
            if (!element.is_object() || !ReadKeyId(ReadText(element, "key_ID"), keyId))
            {
                throw JsonProblem("key_IDs has an element without a key_ID that is a UUID");
            }
            read.push_back(keyId);
        }
        if (read.empty())
        {
            throw JsonProblem("no key ID");
        }
    });
}

bool
ReadKeyId(const std::string& text, std::string& keyId)
{
    // Boost reads further forms: in braces, without dashes
    constexpr std::size_t length = 36;
    constexpr std::size_t firstDash = 8;
    if (text.size() != length || text[firstDash] != '-')
    {
        return false;
    }
    try
    {
        keyId = boost::uuids::to_string(boost::uuids::string_generator()(text));
    }
    catch (const std::runtime_error&)
    {
        return false;
    }
    return true;
}

std::string
ToBase64(const std::vector<uint8_t>& bytes)
{
    using namespace boost::archive::iterators;
    using Encoder = base64_from_binary<transform_width<std::vector<uint8_t>::const_iterator, 6, 8>>;
    std::string text(Encoder(bytes.begin()), Encoder(bytes.end()));
    text.append((3 - bytes.size() % 3) % 3, '=');
    return text;
}

bool
FromBase64(const std::string& text, std::vector<uint8_t>& bytes)
{
    using namespace boost::archive::iterators;
    using Decoder = transform_width<binary_from_base64<std::string::const_iterator>, 8, 6>;
    if (text.size() % 4 != 0)
    {
        return false;
    }
    const std::size_t digits = text.find_last_not_of('=') + 1;
    if (text.size() - digits > 2)
    {
        return false;
    }
    std::vector<uint8_t> read;
    try
    {
        Decoder decoder(text.begin());
        for (std::size_t i = 0; i < digits * 3 / 4; ++i, ++decoder)
        {
            read.push_back(static_cast<uint8_t>(*decoder));
        }
    }
    catch (const dataflow_exception&)
    {
        return false;
    }
    // characters that Boost takes for padding inside, and unused bits
    if (ToBase64(read) != text)
    {
        return false;
    }
    bytes = std::move(read);
    return true;
}

} // namespace KeyDeliveryJson
} // namespace qkdn
} // namespace ns3
