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

#include <algorithm>
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

    /// further slave applications at the slave's KM, which get each key of the session, too
    /// (additional_slave_SAE_IDs of ETSI GS QKD 014); a session of its own for each such group
    std::vector<std::string> additionalSlaveSaes;

    /**
     * @brief Whether an application gets its keys by their IDs.
     * @param sae the application
     * @return true for the slave application and the further ones
     */
    bool IsSlave(const std::string& sae) const
    {
        return sae == slaveSae ||
               std::find(additionalSlaveSaes.begin(), additionalSlaveSaes.end(), sae) !=
                   additionalSlaveSaes.end();
    }
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
    KSA_EVENT_GIVEN_OUT,   //!< it is in an answer that this end's KM sends to its application
    KSA_EVENT_GIVEN_UP,    //!< that answer is not sent any more, and may not have arrived
    KSA_EVENT_VOIDED,      //!< must not be supplied
    KSA_EVENT_EXPIRED,     //!< was not asked for in time
    KSA_EVENT_DESTROYED    //!< lost in a crash
};

/**
 * @ingroup qkdn-resilience
 * @brief How an application gets the keys that it asks for.
 */
enum KeyHandOver
{
    HAND_OVER_CALL,    //!< by the answer to a call on the ns-3 node of its KM: it has them at once
    HAND_OVER_MESSAGE, //!< by a message, which may be lost
    HAND_OVER_STREAM   //!< by a key stream, which keeps them until then
};

/**
 * @ingroup qkdn-resilience
 * @brief The KME ID of a key manager on Ak (ETSI GS QKD 014).
 * @param km the key manager
 * @return for example "KME-1"
 */
inline std::string
KmeId(KmId km)
{
    return "KME-" + std::to_string(km.value);
}

/**
 * @ingroup qkdn-resilience
 * @brief An event in the life of a KSA-key, as traces tell it.
 */
struct KsaKeyEvent
{
    KsaKeyId key;                            //!< the key
    std::string uuid;                        //!< its UUID on Ak; if given out or up
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
