/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-delivery-call.h"

#include "qkdn-key-delivery-json.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <limits>
#include <map>
#include <stdexcept>

namespace ns3
{
namespace qkdn
{

namespace
{

/// The path below which all methods are.
const std::string PREFIX = "/api/v1/keys/";

/// Parameters in a query, by name.
using Query = std::map<std::string, std::string>;

/// A request that is no call.
struct CallProblem : std::runtime_error
{
    /**
     * @brief Constructor
     * @param code status code
     * @param message what is wrong
     */
    CallProblem(uint32_t code, const std::string& message)
        : std::runtime_error(message),
          status(code)
    {
    }

    uint32_t status; //!< status code
};

/**
 * @brief Decode percent-encoding (RFC 3986, 2.1).
 * @param text the text
 * @return what it stands for
 */
std::string
DecodePercent(const std::string& text)
{
    const std::string digits = "0123456789abcdef";
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] != '%')
        {
            decoded += text[i];
            continue;
        }
        std::size_t octet = 0;
        for (std::size_t digit = 1; digit <= 2; ++digit)
        {
            const char letter = i + digit < text.size() ? text[i + digit] : '?';
            const auto value =
                digits.find(static_cast<char>(std::tolower(static_cast<unsigned char>(letter))));
            if (value == std::string::npos)
            {
                throw CallProblem(400, "invalid percent-encoding");
            }
            octet = octet * 16 + value;
        }
        decoded += static_cast<char>(octet);
        i += 2;
    }
    return decoded;
}

/**
 * @brief Percent-encode all but the unreserved characters (RFC 3986, 2.3).
 * @param text the text
 * @return the encoded text
 */
std::string
EncodePercent(const std::string& text)
{
    const std::string digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char letter : text)
    {
        const auto octet = static_cast<unsigned char>(letter);
        const bool ascii = octet < 128;
        if (ascii && (std::isalnum(octet) || std::string("-._~").find(letter) != std::string::npos))
        {
            encoded += letter;
            continue;
        }
        encoded += {'%', digits[octet / 16], digits[octet % 16]};
    }
    return encoded;
}

/**
 * @brief Read a query.
 * @param text what follows the question mark
 * @param known names of its parameters
 * @return its parameters
 */
Query
ReadQuery(const std::string& text, const std::vector<std::string>& known)
{
    Query query;
    for (std::size_t begin = 0; begin < text.size();)
    {
        const std::size_t end = std::min(text.find('&', begin), text.size());
        const std::string parameter = text.substr(begin, end - begin);
        const std::size_t equals = std::min(parameter.find('='), parameter.size());
        const std::string name = DecodePercent(parameter.substr(0, equals));
        if (std::find(known.begin(), known.end(), name) == known.end())
        {
            throw CallProblem(400, "unknown parameter " + name);
        }
        const std::string value =
            equals < parameter.size() ? DecodePercent(parameter.substr(equals + 1)) : "";
        if (!query.emplace(name, value).second)
        {
            throw CallProblem(400, "parameter " + name + " is there twice");
        }
        begin = end + 1;
    }
    return query;
}

/**
 * @brief Read a whole number above 0 out of a query.
 * @param query the query
 * @param name name of the parameter
 * @param [in,out] result the number, unchanged if the parameter is not there
 */
void
ReadNumber(const Query& query, const std::string& name, uint32_t& result)
{
    const auto found = query.find(name);
    if (found == query.end())
    {
        return;
    }
    constexpr std::size_t mostDigits = 10;
    const std::string& text = found->second;
    const bool digits = !text.empty() && text.size() <= mostDigits &&
                        text.find_first_not_of("0123456789") == std::string::npos;
    const uint64_t number = digits ? std::stoull(text) : 0;
    if (number == 0 || number > std::numeric_limits<uint32_t>::max())
    {
        throw CallProblem(400,
                          name + " must be a whole number from 1 to " +
                              std::to_string(std::numeric_limits<uint32_t>::max()));
    }
    result = static_cast<uint32_t>(number);
}

/**
 * @brief Take what is wrong from a reader of JSON.
 * @param problem empty, or what is wrong
 */
void
CheckJson(const std::string& problem)
{
    if (!problem.empty())
    {
        throw CallProblem(400, problem);
    }
}

/**
 * @brief Read path and method.
 * @param path the path
 * @param [out] call the call
 */
void
ReadPath(const std::string& path, KeyDeliveryCall& call)
{
    const std::map<std::string, KeyDeliveryMethod> methods{
        {"status", KEY_DELIVERY_STATUS},
        {"enc_keys", KEY_DELIVERY_GET_KEY},
        {"dec_keys", KEY_DELIVERY_GET_KEY_WITH_IDS}};
    const std::size_t slash = path.find('/', PREFIX.size());
    if (path.compare(0, PREFIX.size(), PREFIX) != 0 || slash == std::string::npos)
    {
        throw CallProblem(404, "no such resource");
    }
    const auto method = methods.find(path.substr(slash + 1));
    if (method == methods.end() || slash == PREFIX.size())
    {
        throw CallProblem(404, "no such resource");
    }
    call.method = method->second;
    call.peerSae = DecodePercent(path.substr(PREFIX.size(), slash - PREFIX.size()));
}

/**
 * @brief Read the parameters of a call, whose path was read.
 * @param request the request
 * @param queryText its query
 * @param [in,out] call the call
 */
void
ReadParameters(const HttpRequest& request, const std::string& queryText, KeyDeliveryCall& call)
{
    const bool post = request.method == "POST";
    if (!post && request.method != "GET")
    {
        throw CallProblem(405, "method not allowed");
    }
    if (call.method == KEY_DELIVERY_STATUS)
    {
        if (post)
        {
            throw CallProblem(405, "method not allowed");
        }
        ReadQuery(queryText, {});
    }
    else if (post)
    {
        ReadQuery(queryText, {});
        CheckJson(call.method == KEY_DELIVERY_GET_KEY
                      ? KeyDeliveryJson::ReadRequest(request.body, call.request)
                      : KeyDeliveryJson::ReadKeyIds(request.body, call.keyIds));
    }
    else if (call.method == KEY_DELIVERY_GET_KEY)
    {
        const Query query = ReadQuery(queryText, {"number", "size"});
        ReadNumber(query, "number", call.request.number);
        ReadNumber(query, "size", call.request.sizeBit);
    }
    else
    {
        const Query query = ReadQuery(queryText, {"key_ID"});
        std::string keyId;
        if (query.empty() || !KeyDeliveryJson::ReadKeyId(query.begin()->second, keyId))
        {
            throw CallProblem(400, "key_ID must be a UUID");
        }
        call.keyIds = {keyId};
    }
}

/**
 * @brief The path of a request target, and the query behind it.
 * @param target origin form or absolute form (RFC 9112, 3.2)
 * @return path with query
 */
std::string
ReadTarget(const std::string& target)
{
    for (const std::string scheme : {"http://", "https://"})
    {
        if (target.compare(0, scheme.size(), scheme) == 0)
        {
            const std::size_t path = target.find('/', scheme.size());
            return path == std::string::npos ? "/" : target.substr(path);
        }
    }
    return target;
}

} // namespace

HttpRequest
KeyDeliveryCall::ToHttp() const
{
    HttpRequest http;
    http.method = "GET";
    http.target = PREFIX + EncodePercent(peerSae);
    switch (method)
    {
    case KEY_DELIVERY_STATUS:
        http.target += "/status";
        break;
    case KEY_DELIVERY_GET_KEY:
        http.target += "/enc_keys";
        if (request.additionalSlaveSaes.empty() && request.mandatoryExtensions.empty())
        {
            http.target += "?number=" + std::to_string(request.number);
            http.target +=
                request.sizeBit != 0 ? "&size=" + std::to_string(request.sizeBit) : std::string();
            break;
        }
        http.method = "POST";
        http.body = KeyDeliveryJson::Write(request);
        break;
    case KEY_DELIVERY_GET_KEY_WITH_IDS:
        http.target += "/dec_keys";
        if (keyIds.size() == 1)
        {
            http.target += "?key_ID=" + EncodePercent(keyIds.front());
            break;
        }
        http.method = "POST";
        http.body = KeyDeliveryJson::WriteKeyIds(keyIds);
        break;
    }
    if (http.method == "POST")
    {
        http.fields["content-type"] = "application/json";
    }
    http.fields["accept"] = "application/json";
    return http;
}

HttpResponse
KeyDeliveryCall::FromHttp(const HttpRequest& request, KeyDeliveryCall& call)
{
    try
    {
        const std::string target = ReadTarget(request.target);
        const std::size_t end = std::min(target.find_first_of("?#"), target.size());
        ReadPath(target.substr(0, end), call);
        const bool hasQuery = end < target.size() && target[end] == '?';
        ReadParameters(request, hasQuery ? target.substr(end + 1) : "", call);
    }
    catch (const CallProblem& problem)
    {
        HttpResponse response = MakeError(problem.status, problem.what());
        if (problem.status == 405)
        {
            response.fields["allow"] = call.method == KEY_DELIVERY_STATUS ? "GET" : "GET, POST";
        }
        return response;
    }
    return HttpResponse();
}

HttpResponse
KeyDeliveryCall::MakeError(uint32_t status, const std::string& message)
{
    return MakeResponse(
        status,
        KeyDeliveryJson::Write(KeyContainer::Refusal(KEY_SUPPLY_BAD_REQUEST, message)));
}

HttpResponse
KeyDeliveryCall::MakeResponse(uint32_t status, const std::string& json)
{
    HttpResponse response;
    response.status = status;
    response.fields["content-type"] = "application/json";
    response.fields["cache-control"] = "no-store";
    response.body = json;
    return response;
}

} // namespace qkdn
} // namespace ns3
