/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QKD_KEY_H
#define QKDN_QKD_KEY_H

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-key-material.h"

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief An end of a QKD link. With the link it names a QKD module.
 */
enum ModuleEnd : uint8_t
{
    MODULE_NONE,        //!< no module: a key that was there from the beginning
    MODULE_TRANSMITTER, //!< prepares and sends quantum signals
    MODULE_RECEIVER     //!< measures them
};

/**
 * @ingroup qkdn-resilience
 * @brief The matching module: the one at the other end of the QKD link.
 * @param end an end
 * @return the other end, MODULE_NONE for MODULE_NONE
 */
inline ModuleEnd
MatchingModule(ModuleEnd end)
{
    switch (end)
    {
    case MODULE_TRANSMITTER:
        return MODULE_RECEIVER;
    case MODULE_RECEIVER:
        return MODULE_TRANSMITTER;
    case MODULE_NONE:
        break;
    }
    return MODULE_NONE;
}

/**
 * @ingroup qkdn-resilience
 * @brief The id of a QKD module in results.
 * @param link its QKD link
 * @param end its end of the link
 * @return for example "7/tx", empty for MODULE_NONE
 */
inline std::string
QkdModuleName(LinkId link, ModuleEnd end)
{
    if (end == MODULE_NONE)
    {
        return "";
    }
    return std::to_string(link.value) + (end == MODULE_TRANSMITTER ? "/tx" : "/rx");
}

/**
 * @ingroup qkdn-resilience
 * @brief A QKD-key: the output of one distilled block, as a QKD module hands it to the KM over
 * Kq-1 (metadata of ITU-T Y.3803).
 */
struct QkdKey
{
    KeyId id;             //!< link and block
    Time generated;       //!< when the block's last pulse was detected
    double qber{0.0};     //!< quantum bit error ratio of the block, 0 to 0.5
    KeyMaterial material; //!< the key bits

    /// the module that delivered it; the matching one has delivered the same to its own KM
    ModuleEnd module{MODULE_NONE};
};

/**
 * @ingroup qkdn-resilience
 * @brief Status of a QKD link (qkdl_status of ETSI GS QKD 015).
 */
enum LinkStatus
{
    LINK_ACTIVE,  //!< generating
    LINK_PASSIVE, //!< not generating, the pool may still have keys
    LINK_PENDING, //!< waiting for activation: modules start or resynchronise
    LINK_OFF      //!< switched off
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a link status as it appears in results.
 * @param status the status
 * @return "ACTIVE", "PASSIVE", "PENDING" or "OFF"
 */
inline const char*
LinkStatusName(LinkStatus status)
{
    static const char* const names[] = {"ACTIVE", "PASSIVE", "PENDING", "OFF"};
    return names[status];
}

/**
 * @ingroup qkdn-resilience
 * @brief Why an end of a QKD link is not fully in service: what its module noticed itself, or was
 * told.
 */
enum LinkCause
{
    CAUSE_NONE,              //!< nothing is wrong
    CAUSE_LOSS_OF_LIGHT,     //!< the module sees no light
    CAUSE_QBER_WARNING,      //!< the estimated error ratio is high; key is still made
    CAUSE_QBER_ABORT,        //!< the estimated error ratio is too high; no key is made
    CAUSE_PEER,              //!< the other module says that it cannot go on
    CAUSE_CLASSICAL_CHANNEL, //!< the other module does not answer
    CAUSE_STANDBY            //!< this module, or the other one, waits to be activated
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a cause as it appears in results.
 * @param cause the cause
 * @return for example "loss-of-light"
 */
inline const char*
LinkCauseName(LinkCause cause)
{
    static const char* const names[] = {"none",
                                        "loss-of-light",
                                        "qber-warning",
                                        "qber-abort",
                                        "peer",
                                        "classical-channel",
                                        "standby"};
    return names[cause];
}

/**
 * @ingroup qkdn-resilience
 * @brief What is wrong with an end of a QKD link.
 */
struct LinkAlarm
{
    LinkCause cause{CAUSE_NONE}; //!< the cause
    std::optional<double> qber;  //!< newest estimate of the error ratio, if there is one

    /// Nothing is wrong.
    LinkAlarm() = default;

    /**
     * @brief Something is wrong.
     * @param reason the cause
     * @param estimate newest estimate of the error ratio, if there is one
     */
    LinkAlarm(LinkCause reason, std::optional<double> estimate = std::nullopt)
        : cause(reason),
          qber(estimate)
    {
    }
};

/**
 * @ingroup qkdn-resilience
 * @brief Receiver of reference points Kq-1 (QKD-keys) and Kq-2 (link status): the key manager,
 * or the sending side of Kq messages if the key manager is on another ns-3 node.
 */
class QkdKeyConsumer
{
  public:
    virtual ~QkdKeyConsumer() = default;

    /**
     * @brief Take a QKD-key.
     * @param key the key
     */
    virtual void AcceptQkdKey(const QkdKey& key) = 0;

    /**
     * @brief Learn that the status of a link, or the cause of it, has changed at this end.
     * @param link the QKD link
     * @param status its new status
     * @param incident the failure behind it, or none
     * @param alarm what is wrong, by default nothing
     */
    virtual void NotifyLinkStatus(LinkId link,
                                  LinkStatus status,
                                  IncidentId incident,
                                  const LinkAlarm& alarm) = 0;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QKD_KEY_H */
