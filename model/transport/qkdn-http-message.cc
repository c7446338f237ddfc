/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-http-message.h"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

namespace ns3
{
namespace qkdn
{

namespace
{

namespace http = boost::beast::http;

/// HTTP/1.1 as Boost.Beast writes it.
constexpr unsigned VERSION_1_1 = 11;

/**
 * @brief The bytes of a message.
 * @tparam isRequest whether it is a request
 * @param message the message, ready to be sent
 * @return its bytes
 */
template <bool isRequest>
std::string
Serialize(http::message<isRequest, http::string_body>& message)
{
    http::serializer<isRequest, http::string_body> serializer(message);
    std::string bytes;
    boost::beast::error_code error;
    while (!serializer.is_done() && !error)
    {
        serializer.next(error, [&](boost::beast::error_code&, const auto& buffers) {
            const std::string piece = boost::beast::buffers_to_string(buffers);
            bytes += piece;
            serializer.consume(piece.size());
        });
    }
    return bytes;
}

} // namespace

std::string
HttpRequest::GetField(const std::string& name) const
{
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
}

std::string
HttpRequest::ToBytes() const
{
    http::request<http::string_body> message;
    message.version(VERSION_1_1);
    message.method_string(method);
    message.target(target);
    for (const auto& [name, value] : fields)
    {
        message.set(name, value);
    }
    message.body() = body;
    message.keep_alive(keepAlive);
    message.prepare_payload();
    return Serialize(message);
}

std::string
HttpResponse::ToBytes() const
{
    http::response<http::string_body> message;
    message.version(VERSION_1_1);
    message.result(status);
    for (const auto& [name, value] : fields)
    {
        message.set(name, value);
    }
    message.body() = body;
    message.keep_alive(keepAlive);
    message.prepare_payload();
    return Serialize(message);
}

} // namespace qkdn
} // namespace ns3
