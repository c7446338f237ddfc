/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-aps-message.h"

namespace ns3
{
namespace qkdn
{

namespace
{

/**
 * @brief Name of a request as it is printed in RFC 7271.
 * @param request the request
 * @return the name, nullptr for a number that is none
 */
const char*
RequestName(ApsRequest request)
{
    switch (request)
    {
    case APS_NO_REQUEST:
        return "NR";
    case APS_DO_NOT_REVERT:
        return "DNR";
    case APS_REVERSE_REQUEST:
        return "RR";
    case APS_EXERCISE:
        return "EXER";
    case APS_WAIT_TO_RESTORE:
        return "WTR";
    case APS_MANUAL_SWITCH:
        return "MS";
    case APS_SIGNAL_DEGRADE:
        return "SD";
    case APS_SIGNAL_FAIL:
        return "SF";
    case APS_FORCED_SWITCH:
        return "FS";
    case APS_LOCKOUT:
        return "LO";
    }
    return nullptr;
}

} // namespace

const char*
EntityName(Entity entity)
{
    return entity == ENTITY_WORKING ? "working" : "protection";
}

Entity
OtherEntity(Entity entity)
{
    return entity == ENTITY_WORKING ? ENTITY_PROTECTION : ENTITY_WORKING;
}

bool
ApsMessage::IsValid() const
{
    return RequestName(request) && faultPath <= 1 && dataPath <= 1 &&
           (request != APS_MANUAL_SWITCH || faultPath == dataPath);
}

bool
ApsMessage::SaysTheSame(const ApsMessage& other) const
{
    return request == other.request && faultPath == other.faultPath && dataPath == other.dataPath;
}

std::string
ApsMessage::ToString() const
{
    const char* name = RequestName(request);
    return (name ? name : std::to_string(request)) + "(" + std::to_string(faultPath) + "," +
           std::to_string(dataPath) + ")";
}

} // namespace qkdn
} // namespace ns3
