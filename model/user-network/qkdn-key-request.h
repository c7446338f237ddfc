/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_REQUEST_H
#define QKDN_KEY_REQUEST_H

#include "ns3/nstime.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Which of a pair of cryptographic applications, in the words of ETSI GS QKD 014.
 */
enum ApplicationRole
{
    APPLICATION_MASTER, //!< asks for keys and names them to the slave
    APPLICATION_SLAVE   //!< fetches the keys that the master names
};

/**
 * @ingroup qkdn-resilience
 * @brief Who speaks in a trace.
 */
struct ApplicationIdentity
{
    std::string session;                      //!< name of the session
    std::string sae;                          //!< SAE id of the application
    std::string peerSae;                      //!< SAE id of the other application of the pair
    ApplicationRole role{APPLICATION_MASTER}; //!< role of the application
};

/**
 * @ingroup qkdn-resilience
 * @brief How a key request ended.
 */
enum RequestOutcome
{
    REQUEST_ON_TIME, //!< the key was handed over within the deadline
    REQUEST_LATE,    //!< the key was handed over after the deadline, within the lifetime
    REQUEST_LOST,    //!< refused, or not served within the lifetime
    REQUEST_OPEN     //!< none of these when the application stopped
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of an outcome as it appears in results.
 * @param outcome the outcome
 * @return "on-time", "late", "lost" or "open"
 */
std::string RequestOutcomeName(RequestOutcome outcome);

/**
 * @ingroup qkdn-resilience
 * @brief The end of a key request.
 */
struct RequestEnd
{
    uint64_t sequence{0};                 //!< number of the request, from 1
    RequestOutcome outcome{REQUEST_OPEN}; //!< how it ended
    Time issued;                          //!< when it was issued
    Time delay;           //!< from issue to this end (to hand-over if it was served)
    uint32_t attempts{0}; //!< calls of GetKey()
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_REQUEST_H */
