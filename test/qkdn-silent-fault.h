/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SILENT_FAULT_H
#define QKDN_SILENT_FAULT_H

#include "ns3/qkdn-fault-injector.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A fault that breaks nothing, for tests of when faults strike.
 */
class SilentFault : public Fault
{
  public:
    /**
     * @brief Make a fault.
     * @param id its id
     * @param target its target
     * @return the fault
     */
    static Ptr<SilentFault> Make(const std::string& id, const std::string& target)
    {
        Ptr<SilentFault> fault = CreateObject<SilentFault>();
        fault->SetNames(id, target);
        return fault;
    }

    std::string GetKind() const override
    {
        return "silent";
    }

    void Strike() override
    {
    }

    void Repair() override
    {
    }
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SILENT_FAULT_H */
