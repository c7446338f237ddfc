/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_COMMAND_SENDER_H
#define QKDN_COMMAND_SENDER_H

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/qkdn-ck-messages.h"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Numbers the commands of a controller and repeats each until its KM acknowledges it.
 *
 * A command to a KM that is not ready waits; when the KM is ready again all that it has not
 * acknowledged goes out in the order of the numbers, but routes to install first: a KM that has
 * restarted must know them before it is told to use them. Numbers are never used again.
 */
class CommandSender
{
  public:
    /// Sends a message: KM, type, body, incident; false if it cannot be sent now.
    using SendFunction = std::function<bool(KmId, uint16_t, Ptr<Packet>, IncidentId)>;
    /// Makes the body of a command of which it is told the number.
    using BodyFunction = std::function<Ptr<Packet>(uint32_t)>;
    /// Told of the acknowledgement: whether the command was carried out, and why not.
    using DoneFunction = std::function<void(bool, const std::string&)>;

    CommandSender() = default;
    ~CommandSender();
    CommandSender(const CommandSender&) = delete;
    CommandSender& operator=(const CommandSender&) = delete;

    /**
     * @brief Set what sends.
     * @param send the function
     */
    void SetSendFunction(SendFunction send);

    /**
     * @brief Set how long to wait for an acknowledgement.
     * @param timeout then a command is repeated
     */
    void SetTimeout(Time timeout);

    /**
     * @brief Give a command.
     * @param km the KM
     * @param type message type
     * @param incident the failure behind it, or none
     * @param body makes the body
     * @param done told of the acknowledgement, may be empty
     * @return its number
     */
    uint32_t Send(KmId km,
                  uint16_t type,
                  IncidentId incident,
                  const BodyFunction& body,
                  DoneFunction done);

    /**
     * @brief Do not repeat a command any more; its acknowledgement tells nobody.
     * @param number the command; nothing happens if it was acknowledged
     */
    void Cancel(uint32_t number);

    /**
     * @brief A KM has answered.
     * @param km the KM
     * @param answer the answer
     * @return false if it was given no such command
     */
    bool Acknowledge(KmId km, const CkAcknowledgement& answer);

    /**
     * @brief A KM can take commands, or cannot.
     * @param km the KM
     * @param ready whether it can
     */
    void SetReady(KmId km, bool ready);

    /// Forget all commands; who can take them is kept.
    void CancelAll();

    /**
     * @brief Whether a command waits for its acknowledgement.
     * @param number the command
     * @return true if so
     */
    bool IsPending(uint32_t number) const;

    /// Forget all commands; no KM is ready.
    void Clear();

  private:
    /// A command that was not acknowledged.
    struct Command
    {
        KmId km;             //!< who is to carry it out
        uint16_t type;       //!< message type
        IncidentId incident; //!< the failure behind it
        Ptr<Packet> body;    //!< the body
        DoneFunction done;   //!< told of the acknowledgement
        EventId timeout;     //!< repeats it
    };

    /**
     * @brief Send a command if its KM is ready.
     * @param number the command
     */
    void Transmit(uint32_t number);

    SendFunction m_send;                    //!< sends
    Time m_timeout;                         //!< time until a command is repeated
    std::map<uint32_t, Command> m_commands; //!< not acknowledged
    std::set<KmId> m_ready;                 //!< KMs that can take commands
    uint32_t m_last{0};                     //!< number of the newest command
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_COMMAND_SENDER_H */
