/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CQ_MESSAGES_H
#define QKDN_CQ_MESSAGES_H

#include "qkdn-protection-group.h"

#include "ns3/packet.h"

#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Message types of reference point Cq (controller to quantum layer). What moves modules and
 * what moves optical switches (Cops) comes in one command, which the agent at the node carries out.
 * Layouts are our own.
 */
enum CqMessageType : uint16_t
{
    CQ_REGISTRATION = 0x0901,   //!< agent: an end of a group, after each connection
    CQ_STATUS = 0x0902,         //!< agent: how its entities are; replaces what it said before
    CQ_SELECT = 0x0903,         //!< controller: where keys for a working entity come from
    CQ_ACKNOWLEDGEMENT = 0x0904 //!< agent: what became of a command
};

/// Cq: an entity as one end describes it.
struct CqEntity
{
    LinkId link;                   //!< QKD link whose modules it uses
    bool sameModules{false};       //!< modules of a working entity on other fibre
    EntityDescription description; //!< name, fibres, risk groups, length
};

/// Cq: one end of a group, its entities and its policy.
struct CqRegistration
{
    GroupId group;                    //!< the group
    std::string name;                 //!< its name
    uint8_t end{0};                   //!< end that says so, 0 or 1
    bool revertive{true};             //!< keys return to the working entity
    Time waitToRestore;               //!< from the end of the defect to reversion
    Time startTimeout;                //!< longest start of a spare entity
    uint64_t lastCommand{0};          //!< number of the newest command, 0 for none
    std::vector<CqEntity> working;    //!< by place
    std::vector<CqEntity> protection; //!< by place

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CqRegistration> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Cq: how the entities of a group are at one end.
struct CqStatus
{
    GroupId group;      //!< the group
    GroupReport report; //!< how they are

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CqStatus> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Cq: a command. One with a number not above that of another is not obeyed.
struct CqSelect
{
    GroupId group;             //!< the group
    uint64_t number{0};        //!< number, from 1; the upper half is the controller's term
    uint8_t working{0};        //!< place of the working entity
    ProtectionEntity selected; //!< where its keys come from

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CqSelect> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

/// Cq: what became of a command.
struct CqAcknowledgement
{
    GroupId group;      //!< the group
    uint64_t number{0}; //!< number of the command
    bool done{false};   //!< it is carried out
    std::string reason; //!< why not

    /// @cond
    Ptr<Packet> ToPacket() const;
    static std::optional<CqAcknowledgement> FromPacket(Ptr<const Packet> packet);
    /// @endcond
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CQ_MESSAGES_H */
