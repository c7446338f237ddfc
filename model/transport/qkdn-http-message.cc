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

/**
 * @brief Fill in what requests and responses share, and give the bytes.
 * @param message of Boost.Beast, with its start line
 * @param source the fields, the content and whether the connection stays
 * @return the bytes
 */
template <typename Message, typename Source>
std::string
Complete(Message& message, const Source& source)
{
    message.version(VERSION_1_1);
    for (const auto& [name, value] : source.fields)
    {
        message.set(name, value);
    }
    message.body() = source.body;
    message.keep_alive(source.keepAlive);
    message.prepare_payload();
    return Serialize(message);
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
    message.method_string(method);
    message.target(target);
    return Complete(message, *this);
}

std::string
HttpResponse::ToBytes() const
{
    http::response<http::string_body> message;
    message.result(status);
    return Complete(message, *this);
}

} // namespace qkdn
} // namespace ns3
