/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_APS_TRANSMITTER_H
#define QKDN_APS_TRANSMITTER_H

#include "qkdn-aps-message.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Says again and again what an end of a protection group has to say: some messages in quick
 * succession after a change, then one each long interval (RFC 7347, 5.4).
 */
class ApsTransmitter
{
  public:
    /// Sends a message to the other end.
    using SendCallback = Callback<void, const ApsMessage&>;

    ApsTransmitter() = default;
    ~ApsTransmitter();
    ApsTransmitter(const ApsTransmitter&) = delete;
    ApsTransmitter& operator=(const ApsTransmitter&) = delete;

    /**
     * @brief Set how messages leave.
     * @param send sends a message
     */
    void SetSend(SendCallback send);

    /**
     * @brief Set the schedule.
     * @param fastMessages number of messages in quick succession, at least 1
     * @param fastInterval time between them
     * @param slowInterval time between messages afterwards
     */
    void SetSchedule(uint32_t fastMessages, Time fastInterval, Time slowInterval);

    /**
     * @brief Say something else from now on. The first message leaves before this returns.
     * @param message the message
     */
    void Say(const ApsMessage& message);

    /// Fall silent.
    void Stop();

  private:
    /// Send once and plan the next time.
    void Send();

    SendCallback m_send;        //!< sends a message
    ApsMessage m_message;       //!< what is said
    uint32_t m_fastMessages{3}; //!< messages in quick succession
    Time m_fastInterval;        //!< time between them
    Time m_slowInterval;        //!< time between messages afterwards
    uint32_t m_sent{0};         //!< messages since the last change
    EventId m_next;             //!< next message
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_APS_TRANSMITTER_H */
