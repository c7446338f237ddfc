/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_MODULE_CONTROL_H
#define QKDN_MODULE_CONTROL_H

#include "ns3/qkdn-ids.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Control of a QKD module at this end of a link: the module itself on its own ns-3 node,
 * or the receiver of Kq messages that passes it on.
 *
 * Both calls may be repeated; what the module already does stays as it is.
 */
class ModuleControl
{
  public:
    virtual ~ModuleControl() = default;

    /**
     * @brief Generate keys as soon as the other module is active too.
     * @param incident the failure behind it, or none
     */
    virtual void Activate(IncidentId incident) = 0;

    /**
     * @brief Stop generating and stand by.
     * @param incident the failure behind it, or none
     */
    virtual void Standby(IncidentId incident) = 0;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_MODULE_CONTROL_H */
