/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_APS_MESSAGE_H
#define QKDN_APS_MESSAGE_H

#include "ns3/qkdn-ids.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The two entities of linear protection. The values are those of the fields Path (0: the
 * protection entity carries no normal traffic) and, the other way round, FPath of RFC 7271.
 */
enum Entity : uint8_t
{
    ENTITY_WORKING = 0,    //!< the working entity
    ENTITY_PROTECTION = 1, //!< the protection entity
};

/**
 * @ingroup qkdn-resilience
 * @brief Name of an entity.
 * @param entity the entity
 * @return "working" or "protection"
 */
const char* EntityName(Entity entity);

/**
 * @ingroup qkdn-resilience
 * @brief The other entity.
 * @param entity one entity
 * @return the other one
 */
Entity OtherEntity(Entity entity);

/**
 * @ingroup qkdn-resilience
 * @brief Field Request of a message (RFC 6378 4.2.2, RFC 7271 for EXER and RR).
 */
enum ApsRequest : uint8_t
{
    APS_NO_REQUEST = 0,      //!< NR
    APS_DO_NOT_REVERT = 1,   //!< DNR
    APS_REVERSE_REQUEST = 2, //!< RR
    APS_EXERCISE = 3,        //!< EXER
    APS_WAIT_TO_RESTORE = 4, //!< WTR
    APS_MANUAL_SWITCH = 5,   //!< MS, to the entity in Path
    APS_SIGNAL_DEGRADE = 7,  //!< SD, of the entity in FPath
    APS_SIGNAL_FAIL = 10,    //!< SF, of the entity in FPath
    APS_FORCED_SWITCH = 12,  //!< FS, to protection
    APS_LOCKOUT = 14,        //!< LO, of protection
};

/**
 * @ingroup qkdn-resilience
 * @brief What the two ends of a protection group tell each other: Request(FPath,Path) of RFC 7271.
 */
struct ApsMessage
{
    ApsRequest request{APS_NO_REQUEST}; //!< highest request of the sender, or what its state says
    uint8_t faultPath{0};               //!< FPath: 0 for protection, 1 for working
    uint8_t dataPath{0};                //!< Path: 1 if the sender selects protection, else 0
    IncidentId incident;                //!< the failure behind it, or none

    /**
     * @brief Whether fields are what RFC 7271 allows. Others are to be dropped.
     * @return true if so
     */
    bool IsValid() const;

    /**
     * @brief Whether another message says the same; the incident does not count.
     * @param other the other message
     * @return true if so
     */
    bool SaysTheSame(const ApsMessage& other) const;

    /**
     * @brief Text form of RFC 7271.
     * @return for example "SF(1,1)"
     */
    std::string ToString() const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_APS_MESSAGE_H */
