/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_HTTP_READER_H
#define QKDN_HTTP_READER_H

#include "qkdn-http-message.h"

#include <memory>
#include <string>

namespace ns3
{
namespace qkdn
{

/// What HttpReader::Next() found.
enum HttpReading
{
    HTTP_INCOMPLETE, //!< more bytes are needed
    HTTP_MESSAGE,    //!< a message
    HTTP_REFUSED     //!< no HTTP, or beyond the limits: nothing more can be read
};

/**
 * @ingroup qkdn-resilience
 * @brief Reads HTTP/1.1 messages out of a stream of bytes, however it is cut into pieces.
 *
 * The parser is that of Boost.Beast. Content comes with Content-Length or in chunks.
 *
 * @tparam Message HttpRequest or HttpResponse
 */
template <typename Message>
class HttpReader
{
  public:
    /**
     * @brief Constructor
     * @param maxHeaderBytes longest header, bytes
     * @param maxBodyBytes longest content, bytes
     */
    HttpReader(uint32_t maxHeaderBytes, uint64_t maxBodyBytes);
    ~HttpReader();

    /**
     * @brief Take the next bytes of the stream.
     * @param bytes the bytes
     */
    void Append(const std::string& bytes);

    /**
     * @brief Read the next message.
     * @param [out] message the message, if there is one
     * @return what was found
     */
    HttpReading Next(Message& message);

    /**
     * @brief Why HTTP_REFUSED was returned.
     * @return status code for the answer: 400, 413 (content too large) or 431 (header too large)
     */
    uint32_t GetErrorStatus() const;

    /**
     * @brief Why HTTP_REFUSED was returned.
     * @return text
     */
    const std::string& GetError() const;

  private:
    struct Parser; //!< the parser of Boost.Beast, which is not for public headers

    uint32_t m_maxHeaderBytes;        //!< longest header
    uint64_t m_maxBodyBytes;          //!< longest content
    std::unique_ptr<Parser> m_parser; //!< of the message that is being read
    std::string m_bytes;              //!< bytes that were not yet parsed
    uint32_t m_errorStatus{0};        //!< status code of the error, 0 for none
    std::string m_error;              //!< text of the error
};

extern template class HttpReader<HttpRequest>;
extern template class HttpReader<HttpResponse>;

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_HTTP_READER_H */
