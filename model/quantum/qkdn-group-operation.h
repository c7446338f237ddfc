/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_GROUP_OPERATION_H
#define QKDN_GROUP_OPERATION_H

#include "qkdn-protection-group.h"

#include "ns3/callback.h"
#include "ns3/simple-ref-count.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief One switching action at one end: all optical switches of an entity move to its ports.
 */
class GroupOperation : public SimpleRefCount<GroupOperation>
{
  public:
    /// Told the outcome for a port of a switch.
    using PortCallback = Callback<void, const SwitchPort&, bool>;
    /// Told that all outcomes are there: true if all switches stand at their ports.
    using DoneCallback = Callback<void, bool>;

    /**
     * @brief Constructor
     * @param ports where the switches have to go
     * @param port told each outcome
     * @param done told the end
     */
    GroupOperation(std::vector<SwitchPort> ports, PortCallback port, DoneCallback done);

    /**
     * @brief Begin. With no switches it is done at once.
     * @param incident the failure behind it, or none
     */
    void Start(IncidentId incident);

    /// Nobody is told any more.
    void Cancel();

  private:
    /**
     * @brief A switch has moved or not.
     * @param operation the operation
     * @param index which of its switches
     * @param reached true if it stands at the port
     */
    static void PortDone(Ptr<GroupOperation> operation, uint32_t index, bool reached);

    std::vector<SwitchPort> m_ports; //!< where the switches have to go
    PortCallback m_port;             //!< told each outcome
    DoneCallback m_done;             //!< told the end
    std::size_t m_pending{0};        //!< outcomes to come
    bool m_reached{true};            //!< all outcomes so far were good
};

/**
 * @ingroup qkdn-resilience
 * @brief What one end of a group knows of its optical switches: by alarms and by actions that
 * failed, never by looking into them.
 */
class SwitchBook
{
  public:
    /**
     * @brief A switch stands at a port.
     * @param port the switch and the port
     */
    void Reached(const SwitchPort& port);

    /**
     * @brief A switch did not move to a port.
     * @param port the switch and the port
     */
    void NotReached(const SwitchPort& port);

    /**
     * @brief A switch reports itself broken or well. It is taken to be stuck at its last port.
     * @param name the switch
     * @param failed true for broken
     */
    void Alarm(const std::string& name, bool failed);

    /**
     * @brief Forget that a switch did not move; what it reports itself stays.
     * @param name the switch
     */
    void Forget(const std::string& name);

    /**
     * @brief Whether a switch is thought to be able to stand at a port.
     * @param port the switch and the port
     * @return true if so
     */
    bool IsReachable(const SwitchPort& port) const;

    /**
     * @brief The first switch that keeps an entity from being used.
     * @param ports what the entity needs
     * @return its name, empty if there is none
     */
    std::string FindObstacle(const std::vector<SwitchPort>& ports) const;

  private:
    /// What is known of a switch.
    struct Known
    {
        uint32_t port{1};           //!< where it stands
        bool failed{false};         //!< it reports itself broken
        std::set<uint32_t> refused; //!< ports that it did not move to
    };

    std::map<std::string, Known> m_switches; //!< by name
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_GROUP_OPERATION_H */
