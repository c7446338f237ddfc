/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FRAME_ASSEMBLER_H
#define QKDN_FRAME_ASSEMBLER_H

#include "qkdn-frame-header.h"

#include "ns3/packet.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Cuts the byte stream of a TCP connection into frames.
 *
 * The stream may come in pieces of any size. A long stretch of zero bytes in a body (ns-3's
 * virtual payload) costs no memory, however the segments were cut.
 */
class FrameAssembler
{
  public:
    /// What Next() found.
    enum Result
    {
        FRAME,     //!< a whole frame
        NEED_MORE, //!< nothing whole yet
        MALFORMED, //!< not a frame of this protocol; the stream cannot be read on
        OVERSIZED  //!< a frame above the bound; the stream cannot be read on
    };

    /**
     * @brief Constructor
     * @param maxFrameBytes longest frame, bytes with header
     */
    explicit FrameAssembler(uint32_t maxFrameBytes);

    /**
     * @brief Take the next piece of the stream. Call Next() until it needs more first.
     * @param piece the bytes
     */
    void Append(Ptr<Packet> piece);

    /**
     * @brief The next frame.
     * @param [out] header header of the frame, or of the offending frame
     * @param [out] body body of the frame
     * @return what was found
     */
    Result Next(FrameHeader& header, Ptr<Packet>& body);

  private:
    /// Bytes that are looked at in one go.
    static constexpr uint32_t CHUNK = 16384;

    /// Shortest stretch of zeros that is kept virtual when other bytes follow it.
    static constexpr uint32_t ZEROS_WORTH_KEEPING = 1024;

    /**
     * @brief Move bytes from the piece to the header.
     * @return FRAME if the header is whole and good
     */
    Result ReadHeader();

    /// Move bytes from the piece to the body.
    void ReadBody();

    /**
     * @brief Put bytes behind the body read so far.
     * @param bytes the bytes
     * @param count number of bytes
     */
    void AddToBody(const uint8_t* bytes, uint32_t count);

    /**
     * @brief Make the body and get ready for the next frame.
     * @return the body
     */
    Ptr<Packet> TakeBody();

    uint32_t m_maxFrameBytes;                           //!< longest frame
    Ptr<Packet> m_piece;                                //!< bytes not yet read
    std::array<uint8_t, FrameHeader::SIZE> m_rawHeader; //!< header read so far
    uint32_t m_headerBytes{0};                          //!< bytes of the header read so far
    FrameHeader m_header;                               //!< header of the frame being read
    uint32_t m_missing{0};                              //!< bytes of the body not yet read
    std::vector<uint8_t> m_head;                        //!< bytes of the body before the zeros
    uint32_t m_zeros{0};                                //!< zeros in the middle of the body
    std::vector<uint8_t> m_tail;                        //!< bytes of the body after the zeros
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FRAME_ASSEMBLER_H */
