/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_SESSION_H
#define QKDN_KEY_SESSION_H

#include "qkdn-session-policy.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-material.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A key-supply session: two applications that get the same KSA-keys from two KMs.
 */
struct KeySession
{
    SessionId id;             //!< number in messages
    std::string name;         //!< name; KSA-key UUIDs follow from it
    std::string masterSae;    //!< application that asks for keys
    std::string slaveSae;     //!< application that asks for them by their IDs
    KmId masterKm;            //!< KM of the master application
    KmId slaveKm;             //!< KM of the slave application
    uint32_t keySizeBit{256}; //!< default key size
    SessionPolicy policy;     //!< how it is to survive failures
};

/**
 * @ingroup qkdn-resilience
 * @brief What happens to a KSA-key at one end.
 */
enum KsaKeyEventKind
{
    KSA_EVENT_CREATED,     //!< the master's KM has made it from KMA-key
    KSA_EVENT_HELD,        //!< the slave's KM holds it
    KSA_EVENT_CONFIRMED,   //!< the master's KM knows that the slave's KM holds it
    KSA_EVENT_HANDED_OVER, //!< this end's application has it
    KSA_EVENT_VOIDED,      //!< must not be supplied
    KSA_EVENT_EXPIRED,     //!< was not asked for in time
    KSA_EVENT_DESTROYED    //!< lost in a crash
};

/**
 * @ingroup qkdn-resilience
 * @brief An event in the life of a KSA-key, as traces tell it.
 */
struct KsaKeyEvent
{
    KsaKeyId key;                            //!< the key
    KmId holder;                             //!< the KM where it happens
    bool master{false};                      //!< whether that is the master's KM
    KsaKeyEventKind kind{KSA_EVENT_CREATED}; //!< what happens
    KeyMaterial material;                    //!< the key's bits
    std::vector<KeyRange> ranges;            //!< the KMA-key bits that it is made of, over one hop
    IncidentId incident;                     //!< the failure behind it, or none
    RouteId route;                           //!< route that it was relayed over, or none
    uint32_t hops{1};                        //!< hops between the two KMs; master's end only
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_SESSION_H */
