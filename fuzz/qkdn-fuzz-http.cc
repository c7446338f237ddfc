/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Reference point Ak: HTTP requests and responses in pieces, and the JSON in them. The first byte
// of the input says what it is, its end which pieces it comes in.

#include "ns3/core-module.h"
#include "ns3/qkdn-http-reader.h"
#include "ns3/qkdn-key-delivery-call.h"
#include "ns3/qkdn-key-delivery-json.h"

#include <fuzzer/FuzzedDataProvider.h>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

constexpr uint32_t NO_LIMIT = 1U << 20;        //!< above all inputs
constexpr uint32_t SMALL_HEADER_BYTES = 128;   //!< below most inputs
constexpr uint32_t SMALL_CONTENT_BYTES = 64;   //!< the same
const std::vector<std::size_t> IN_ONE_PIECE{}; //!< no cuts

/// Whether the end of a message could be found.
bool
HasEnd(const HttpRequest&)
{
    return true;
}

bool
HasEnd(const HttpResponse& response)
{
    return response.lengthKnown;
}

/// All messages of a stream up to an error or one without end, as they would be written. An error
/// in a part of a header is seen at once or with the rest of it, as the pieces are.
template <typename Message>
std::vector<std::string>
ReadStream(const std::string& stream,
           const std::vector<std::size_t>& cuts,
           uint32_t header,
           uint32_t content)
{
    HttpReader<Message> reader(header, content);
    std::vector<std::string> found;
    std::size_t next = 0;
    for (std::size_t i = 0; next < stream.size(); ++i)
    {
        const std::size_t count = i < cuts.size() ? cuts[i] : std::string::npos;
        reader.Append(stream.substr(next, count));
        next += std::min(count, stream.size() - next);
        Message message;
        HttpReading reading = reader.Next(message);
        while (reading == HTTP_MESSAGE)
        {
            if (!HasEnd(message))
            {
                return found; // its content is what has come so far
            }
            found.push_back(message.ToBytes());
            message = Message();
            reading = reader.Next(message);
        }
        if (reading == HTTP_REFUSED)
        {
            NS_ABORT_MSG_IF(reader.GetErrorStatus() == 0 || reader.GetError().empty(),
                            "refused without reason");
            return found;
        }
    }
    return found;
}

template <typename Message>
void
TryStream(const std::string& stream, const std::vector<std::size_t>& cuts)
{
    const auto whole = ReadStream<Message>(stream, IN_ONE_PIECE, NO_LIMIT, NO_LIMIT);
    NS_ABORT_MSG_IF(ReadStream<Message>(stream, cuts, NO_LIMIT, NO_LIMIT) != whole,
                    "the messages depend on the pieces");
    ReadStream<Message>(stream, cuts, SMALL_HEADER_BYTES, SMALL_CONTENT_BYTES);
}

/// What is a call is written as a request that is the same call.
void
TryCall(const std::string& stream)
{
    HttpReader<HttpRequest> reader(NO_LIMIT, NO_LIMIT);
    reader.Append(stream);
    HttpRequest request;
    KeyDeliveryCall call;
    if (reader.Next(request) != HTTP_MESSAGE ||
        KeyDeliveryCall::FromHttp(request, call).status != 200)
    {
        return;
    }
    KeyDeliveryCall again;
    NS_ABORT_MSG_IF(KeyDeliveryCall::FromHttp(call.ToHttp(), again).status != 200,
                    "a call is refused as written");
    NS_ABORT_MSG_IF(again.ToHttp().ToBytes() != call.ToHttp().ToBytes(),
                    "a call is not read as it was written");
}

/// What is read of JSON is written as JSON that is read as the same.
template <typename T, typename ReadFunction, typename WriteFunction>
void
TryJson(const std::string& text, ReadFunction read, WriteFunction write)
{
    T value{};
    if (!read(text, value).empty())
    {
        return;
    }
    const std::string written = write(value);
    T again{};
    NS_ABORT_MSG_IF(!read(written, again).empty(), "refused as written: " << written);
    NS_ABORT_MSG_IF(write(again) != written, "not read as it was written: " << written);
}

std::string
WriteContainer(const std::vector<SuppliedKey>& keys)
{
    KeyContainer container;
    container.keys = keys;
    return KeyDeliveryJson::Write(container);
}

std::string
WriteError(const KeySupplyError& error)
{
    KeyContainer container;
    container.status = KEY_SUPPLY_BAD_REQUEST;
    container.error = error;
    return KeyDeliveryJson::Write(container);
}

std::string
WriteState(const KeySupplyState& state)
{
    return KeyDeliveryJson::Write(state);
}

std::string
WriteRequest(const KeySupplyRequest& request)
{
    return KeyDeliveryJson::Write(request);
}

} // namespace

/// A function of libFuzzer's interface.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size == 0)
    {
        return -1; // not for the corpus
    }
    FuzzedDataProvider input(data + 1, size - 1);
    std::vector<std::size_t> cuts;
    const auto pieces = data[0] < 2 ? input.ConsumeIntegralInRange<uint8_t>(1, 8) : uint8_t{1};
    for (uint8_t i = 1; i < pieces; ++i)
    {
        cuts.push_back(input.ConsumeIntegral<uint8_t>());
    }
    const std::string text = input.ConsumeRemainingBytesAsString();
    switch (data[0])
    {
    case 0:
        TryStream<HttpRequest>(text, cuts);
        TryCall(text);
        return 0;
    case 1:
        TryStream<HttpResponse>(text, cuts);
        return 0;
    case 2:
        TryJson<KeySupplyRequest>(text, &KeyDeliveryJson::ReadRequest, &WriteRequest);
        return 0;
    case 3:
        TryJson<std::vector<std::string>>(text,
                                          &KeyDeliveryJson::ReadKeyIds,
                                          &KeyDeliveryJson::WriteKeyIds);
        return 0;
    case 4:
        TryJson<std::vector<SuppliedKey>>(text, &KeyDeliveryJson::ReadKeys, &WriteContainer);
        return 0;
    case 5:
        TryJson<KeySupplyError>(text, &KeyDeliveryJson::ReadError, &WriteError);
        return 0;
    case 6:
        TryJson<KeySupplyState>(text, &KeyDeliveryJson::ReadState, &WriteState);
        return 0;
    default:
        return -1;
    }
}
