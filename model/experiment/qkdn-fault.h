/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAULT_H
#define QKDN_FAULT_H

#include "qkdn-fault-parameters.h"

#include "ns3/object.h"
#include "ns3/qkdn-classical-link.h"
#include "ns3/qkdn-fibre-span.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-qkd-module.h"

#include <set>
#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A fault: something physical that breaks and may be repaired.
 *
 * It changes the fibre, module, link or process and tells nobody: who should notice has to.
 */
class Fault : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Name the fault.
     * @param id unique in the run
     * @param target name of what breaks
     */
    void SetNames(const std::string& id, const std::string& target);

    /**
     * @brief Its id.
     * @return unique in the run
     */
    const std::string& GetId() const;

    /**
     * @brief Name of what breaks.
     * @return the name
     */
    const std::string& GetTarget() const;

    /**
     * @brief The kind of fault as it appears in results.
     * @return for example "fibre-cut"
     */
    virtual std::string GetKind() const = 0;

    /**
     * @brief Say where else a repair crew finds it than at its target: whoever looks for what is
     * wrong there sees it.
     * @param places names of components, for example the node that a module is in
     */
    void SetPlaces(const std::set<std::string>& places);

    /**
     * @brief Whether a repair crew finds it.
     * @param component name of the component where the crew looks
     * @return true at its target and at its places
     */
    bool IsFoundAt(const std::string& component) const;

    /**
     * @brief What it has besides its target.
     * @return nothing, unless a kind of fault has something
     */
    virtual FaultParameters GetParameters() const;

    /// Break it.
    virtual void Strike() = 0;

    /// Repair it.
    virtual void Repair() = 0;

  private:
    std::string m_id;               //!< unique in the run
    std::string m_target;           //!< what breaks
    std::set<std::string> m_places; //!< where else it is found
};

/**
 * @ingroup qkdn-resilience
 * @brief A cut of one fibre, with all that runs in it.
 */
class FibreCut : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Say where.
     * @param span the fibre
     * @param position from 0 at end A to 1 at end B
     */
    void SetSpan(Ptr<FibreSpan> span, double position);

    // from Fault
    std::string GetKind() const override;
    FaultParameters GetParameters() const override;
    void Strike() override;
    void Repair() override;

  private:
    Ptr<FibreSpan> m_span;  //!< the fibre
    double m_position{0.5}; //!< where
};

/**
 * @ingroup qkdn-resilience
 * @brief A failure of the transceivers of a classical link; its fibre stays whole.
 */
class ClassicalLinkFailure : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Say which.
     * @param link the link
     */
    void SetLink(Ptr<ClassicalLink> link);

    // from Fault
    std::string GetKind() const override;
    void Strike() override;
    void Repair() override;

  private:
    Ptr<ClassicalLink> m_link; //!< the link
};

/**
 * @ingroup qkdn-resilience
 * @brief A failure of the hardware of a QKD module.
 */
class ModuleFailure : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Say which.
     * @param module the module
     */
    void SetModule(Ptr<QkdModule> module);

    // from Fault
    std::string GetKind() const override;
    void Strike() override;
    void Repair() override;

  private:
    Ptr<QkdModule> m_module; //!< the module
};

/**
 * @ingroup qkdn-resilience
 * @brief A crash of the process of a key manager.
 */
class KeyManagerCrash : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Say which.
     * @param km the key manager
     */
    void SetKeyManager(Ptr<KeyManager> km);

    // from Fault
    std::string GetKind() const override;
    void Strike() override;
    void Repair() override;

  private:
    Ptr<KeyManager> m_km; //!< the key manager
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAULT_H */
