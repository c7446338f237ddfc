/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-stream-service.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

#include <array>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace ns3
{
namespace qkdn
{

namespace
{

void
AnswerOpen(KeyStreamService::OpenCallback answer, const KeyStreamConnection& connection)
{
    answer(connection);
}

void
AnswerChunk(KeyStreamService::ChunkCallback answer, const KeyStreamChunk& chunk)
{
    answer(chunk);
}

void
AnswerClose(KeyStreamService::CloseCallback answer, KeyStreamStatus status)
{
    answer(status);
}

} // namespace

const char*
KeyStreamStatusName(KeyStreamStatus status)
{
    static const std::array<const char*, KEY_STREAM_STATUS_COUNT> names = {
        "success",
        "success, peer not connected",
        "insufficient key",
        "peer not yet connected",
        "no QKD connection available",
        "key stream ID in use",
        "time-out",
        "QoS could not be met",
        "metadata field too small",
    };
    NS_ABORT_MSG_IF(status >= KEY_STREAM_STATUS_COUNT,
                    "no status of a key stream has the number " << int{status});
    return names[status];
}

bool
IsKeyStreamId(const std::string& text)
{
    constexpr std::size_t LENGTH = 36;
    if (text.size() != LENGTH)
    {
        return false;
    }
    for (std::size_t i = 0; i < LENGTH; ++i)
    {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
        {
            return false;
        }
    }
    return true;
}

std::string
MakeKeyStreamId(const std::string& name)
{
    const boost::uuids::name_generator_sha1 generator(boost::uuids::ns::oid());
    return boost::uuids::to_string(generator("qkdn-resilience/key-stream/" + name));
}

void
KeyStreamService::AnswerLater(OpenCallback answer, const KeyStreamConnection& connection)
{
    Simulator::ScheduleNow(&AnswerOpen, answer, connection);
}

void
KeyStreamService::AnswerLater(ChunkCallback answer, const KeyStreamChunk& chunk)
{
    Simulator::ScheduleNow(&AnswerChunk, answer, chunk);
}

void
KeyStreamService::AnswerLater(CloseCallback answer, KeyStreamStatus status)
{
    Simulator::ScheduleNow(&AnswerClose, answer, status);
}

} // namespace qkdn
} // namespace ns3
