/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-http-reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cctype>
#include <type_traits>

namespace ns3
{
namespace qkdn
{

namespace
{

namespace http = boost::beast::http;

/// HTTP/1.1 as Boost.Beast writes it.
constexpr unsigned HTTP_1_1 = 11;

/**
 * @brief The fields of a header.
 * @param header what Boost.Beast has read
 * @return them, without Content-Length
 */
HttpFields
ReadFields(const http::fields& header)
{
    HttpFields fields;
    for (const auto& field : header)
    {
        if (field.name() == http::field::content_length)
        {
            continue;
        }
        std::string name(field.name_string());
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
            return static_cast<char>(std::tolower(letter));
        });
        std::string& value = fields[name];
        value += (value.empty() ? "" : ", ") + std::string(field.value());
    }
    return fields;
}

/// Set what only a request has.
void
ReadStart(const http::request_parser<http::string_body>& parser, HttpRequest& message)
{
    message.method = std::string(parser.get().method_string());
    message.target = std::string(parser.get().target());
    message.http11 = parser.get().version() == HTTP_1_1;
}

/// Set what only a response has.
void
ReadStart(const http::response_parser<http::string_body>& parser, HttpResponse& message)
{
    message.status = parser.get().result_int();
    message.lengthKnown = !parser.need_eof();
}

/**
 * @brief The status code that answers an error.
 * @param error the error
 * @return the status code
 */
uint32_t
StatusOf(const boost::beast::error_code& error)
{
    if (error == http::error::header_limit)
    {
        return 431;
    }
    return error == http::error::body_limit ? 413 : 400;
}

} // namespace

template <typename Message>
struct HttpReader<Message>::Parser
{
    /// The parser of Boost.Beast.
    http::parser<std::is_same<Message, HttpRequest>::value, http::string_body> parser;
};

template <typename Message>
HttpReader<Message>::HttpReader(uint32_t maxHeaderBytes, uint64_t maxBodyBytes)
    : m_maxHeaderBytes(maxHeaderBytes),
      m_maxBodyBytes(maxBodyBytes)
{
}

template <typename Message>
HttpReader<Message>::~HttpReader() = default;

template <typename Message>
void
HttpReader<Message>::Append(const std::string& bytes)
{
    m_bytes += bytes;
}

template <typename Message>
HttpReading
HttpReader<Message>::Next(Message& message)
{
    if (m_errorStatus != 0)
    {
        return HTTP_REFUSED;
    }
    if (!m_parser)
    {
        m_parser = std::make_unique<Parser>();
        m_parser->parser.header_limit(m_maxHeaderBytes);
        m_parser->parser.body_limit(m_maxBodyBytes);
    }
    auto& parser = m_parser->parser;
    boost::beast::error_code error;
    while (!m_bytes.empty() && !parser.is_done() && !error)
    {
        m_bytes.erase(0, parser.put(boost::asio::buffer(m_bytes), error));
        if (!error && parser.is_header_done())
        {
            // of a response, the parser takes memory for what is announced before it looks at
            // its limit
            const bool tooLong = parser.content_length().value_or(0) > m_maxBodyBytes;
            error = tooLong ? http::error::body_limit : error;
            parser.eager(true);
        }
    }
    // a chunk header or trailer has no limit of its own in the parser
    if (error == http::error::need_more && m_bytes.size() > m_maxHeaderBytes)
    {
        error = http::error::header_limit;
    }
    if (error && error != http::error::need_more)
    {
        m_errorStatus = StatusOf(error);
        m_error = error.message();
        m_bytes.clear();
        return HTTP_REFUSED;
    }
    const bool endless = parser.is_header_done() && parser.need_eof();
    if (!parser.is_done() && !endless)
    {
        return HTTP_INCOMPLETE;
    }
    ReadStart(parser, message);
    message.fields = ReadFields(parser.get().base());
    message.body = std::move(parser.get().body());
    message.keepAlive = parser.keep_alive();
    m_parser.reset();
    return HTTP_MESSAGE;
}

template <typename Message>
uint32_t
HttpReader<Message>::GetErrorStatus() const
{
    return m_errorStatus;
}

template <typename Message>
const std::string&
HttpReader<Message>::GetError() const
{
    return m_error;
}

template class HttpReader<HttpRequest>;
template class HttpReader<HttpResponse>;

} // namespace qkdn
} // namespace ns3
