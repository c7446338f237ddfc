/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_HTTP_MESSAGE_H
#define QKDN_HTTP_MESSAGE_H

#include <cstdint>
#include <map>
#include <string>

namespace ns3
{
namespace qkdn
{

/// Fields of an HTTP header: values by name in lower case; those of one name joined by ", ".
using HttpFields = std::map<std::string, std::string>;

/**
 * @ingroup qkdn-resilience
 * @brief An HTTP/1.1 request (RFC 9110, RFC 9112).
 */
struct HttpRequest
{
    std::string method;   //!< for example "GET"
    std::string target;   //!< request target as it stands in the request line
    HttpFields fields;    //!< header, without Content-Length
    std::string body;     //!< content
    bool keepAlive{true}; //!< whether the connection is to persist
    bool http11{true};    //!< version 1.1; else 1.0

    /**
     * @brief The bytes of the message.
     * @return header and content
     */
    std::string ToBytes() const;

    /**
     * @brief A field.
     * @param name its name in lower case
     * @return its value, empty if it is not there
     */
    std::string GetField(const std::string& name) const;
};

/**
 * @ingroup qkdn-resilience
 * @brief An HTTP/1.1 response (RFC 9110, RFC 9112).
 */
struct HttpResponse
{
    uint32_t status{200};   //!< status code
    HttpFields fields;      //!< header, without Content-Length
    std::string body;       //!< content
    bool keepAlive{true};   //!< whether the connection is to persist
    bool lengthKnown{true}; //!< false if only the end of the connection ends the content

    /**
     * @brief The bytes of the message.
     * @return header and content
     */
    std::string ToBytes() const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_HTTP_MESSAGE_H */
