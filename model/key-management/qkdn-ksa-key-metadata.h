/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KSA_KEY_METADATA_H
#define QKDN_KSA_KEY_METADATA_H

#include "qkdn-key-session.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Metadata of a KSA-key (ITU-T Y.3803).
 */
struct KsaKeyMetadata
{
    KsaKeyId key;          //!< id inside the QKDN
    std::string uuid;      //!< id on Ak
    KmId source;           //!< KM of the master application
    KmId destination;      //!< KM of the slave application
    std::string masterSae; //!< the master application
    std::string slaveSae;  //!< the slave application
    uint32_t bits{0};      //!< length
    Time created;          //!< time stamp: when it was made
};

/**
 * @ingroup qkdn-resilience
 * @brief The metadata of a KSA-key that is made.
 * @param session its session
 * @param event trace of its creation (KSA_EVENT_CREATED), whose instant is now
 * @param now the time
 * @return the metadata
 */
inline KsaKeyMetadata
MakeKsaKeyMetadata(const KeySession& session, const KsaKeyEvent& event, Time now)
{
    KsaKeyMetadata metadata;
    metadata.key = event.key;
    metadata.uuid = KsaKeyUuid(session.name, event.key.sequence);
    metadata.source = session.masterKm;
    metadata.destination = session.slaveKm;
    metadata.masterSae = session.masterSae;
    metadata.slaveSae = session.slaveSae;
    metadata.bits = event.material.GetBits();
    metadata.created = now;
    return metadata;
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KSA_KEY_METADATA_H */
