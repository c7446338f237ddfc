/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_STATUS_LISTENER_H
#define QKDN_LINK_STATUS_LISTENER_H

#include "qkdn-qkd-key.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Hears the status of QKD links at this end, besides the key consumer: of a module on the
 * same ns-3 node, or of the receiver of Kq messages.
 */
class LinkStatusListener
{
  public:
    virtual ~LinkStatusListener() = default;

    /**
     * @brief The status of a link, or its cause, has changed at this end.
     * @param link the QKD link
     * @param status its new status
     * @param incident the failure behind it, or none
     * @param alarm what is wrong
     */
    virtual void LinkStatusChanged(LinkId link,
                                   LinkStatus status,
                                   IncidentId incident,
                                   const LinkAlarm& alarm) = 0;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_STATUS_LISTENER_H */
