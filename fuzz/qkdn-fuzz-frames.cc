/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The bytes of a TCP connection: which frames are in them does not depend on the pieces that they
// come in, which the end of the input decides.

#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/qkdn-frame-assembler.h"

#include <fuzzer/FuzzedDataProvider.h>
#include <tuple>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

using Bytes = std::vector<uint8_t>;

constexpr uint32_t MAX_FRAME_BYTES = 2048; //!< inputs are longer, so that frames can be, too

/// What was found: result, type, incident and body.
using Frame = std::tuple<FrameAssembler::Result, uint16_t, IncidentId, Bytes>;

/// Takes pieces and keeps the frames.
class Receiver
{
  public:
    /// Take a piece; false if the stream cannot be read on.
    bool Take(const Bytes& piece)
    {
        m_assembler.Append(Create<Packet>(piece.data(), static_cast<uint32_t>(piece.size())));
        FrameAssembler::Result result = FrameAssembler::FRAME;
        while (result == FrameAssembler::FRAME)
        {
            FrameHeader header;
            Ptr<Packet> body;
            result = m_assembler.Next(header, body);
            if (result != FrameAssembler::NEED_MORE)
            {
                Bytes bytes(body ? body->GetSize() : 0);
                if (body)
                {
                    body->CopyData(bytes.data(), body->GetSize());
                }
                NS_ABORT_MSG_IF(body && body->GetSize() != header.GetBodyLength(),
                                "the length of the body is not that of the header");
                frames.emplace_back(result, header.GetType(), header.GetIncident(), bytes);
            }
        }
        return result == FrameAssembler::NEED_MORE;
    }

    std::vector<Frame> frames; //!< in the order of the stream

  private:
    FrameAssembler m_assembler{MAX_FRAME_BYTES};
};

} // namespace

/// A function of libFuzzer's interface.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    FuzzedDataProvider input(data, size);
    std::vector<std::size_t> cuts;
    const auto pieces = input.ConsumeIntegralInRange<uint8_t>(1, 16);
    for (uint8_t i = 1; i < pieces; ++i)
    {
        cuts.push_back(input.ConsumeIntegral<uint8_t>());
    }
    const Bytes stream = input.ConsumeRemainingBytes<uint8_t>();
    Receiver whole;
    whole.Take(stream);
    Receiver inPieces;
    bool good = true;
    auto next = stream.begin();
    for (std::size_t i = 0; good && next != stream.end(); ++i)
    {
        const auto left = static_cast<std::size_t>(stream.end() - next);
        const auto end =
            next + static_cast<std::ptrdiff_t>(i < cuts.size() ? std::min(cuts[i], left) : left);
        good = inPieces.Take(Bytes(next, end));
        next = end;
    }
    NS_ABORT_MSG_IF(whole.frames != inPieces.frames, "the frames depend on the pieces");
    return 0;
}
