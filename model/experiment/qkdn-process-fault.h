/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROCESS_FAULT_H
#define QKDN_PROCESS_FAULT_H

#include "qkdn-fault.h"

#include <functional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A process that faults can stop. Several faults can stop it at the same time: it has to
 * count them and to run again when each of them has let go.
 */
struct FaultableProcess
{
    std::function<void()> crash;   //!< a fault stops it
    std::function<void()> restart; //!< a fault lets go of it
};

/**
 * @ingroup qkdn-resilience
 * @brief A process from an object with Crash() and Restart().
 * @tparam T its class
 * @param object the object
 * @return the process
 */
template <typename T>
FaultableProcess
MakeFaultableProcess(Ptr<T> object)
{
    return {[object]() { object->Crash(); }, [object]() { object->Restart(); }};
}

/**
 * @ingroup qkdn-resilience
 * @brief A crash of the process of a controller.
 */
class ControllerCrashFault : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Say which.
     * @param process the process of the controller
     */
    void SetProcess(FaultableProcess process);

    // from Fault
    std::string GetKind() const override;
    void Strike() override;
    void Repair() override;

  private:
    FaultableProcess m_process; //!< the process of the controller
};

/**
 * @ingroup qkdn-resilience
 * @brief A crash of the process of the manager.
 */
class ManagerCrashFault : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Say which.
     * @param process the process of the manager
     */
    void SetProcess(FaultableProcess process);

    // from Fault
    std::string GetKind() const override;
    void Strike() override;
    void Repair() override;

  private:
    FaultableProcess m_process; //!< the process of the manager
};

/**
 * @ingroup qkdn-resilience
 * @brief A loss of power at a QKD node: everything there stops at once.
 *
 * Its point-to-point links fall silent in both directions before its processes end, so that no
 * peer is told by a closing connection. What goes on inside the node without power (connections
 * that no process owns) can therefore reach nobody.
 */
class NodePowerFault : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Add a classical link that ends at the node, or lies inside it.
     * @param link the link
     */
    void AddLink(Ptr<ClassicalLink> link);

    /**
     * @brief Add a QKD module of the node.
     * @param module the module
     */
    void AddModule(Ptr<QkdModule> module);

    /**
     * @brief Add a process of the node: key manager, controller, manager.
     * @param process the process
     */
    void AddProcess(FaultableProcess process);

    // from Fault
    std::string GetKind() const override;
    void Strike() override;
    void Repair() override;

  protected:
    void DoDispose() override;

  private:
    std::vector<Ptr<ClassicalLink>> m_links;   //!< links that end at the node
    std::vector<Ptr<QkdModule>> m_modules;     //!< its modules
    std::vector<FaultableProcess> m_processes; //!< its processes
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROCESS_FAULT_H */
