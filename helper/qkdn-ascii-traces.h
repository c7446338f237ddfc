/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_ASCII_TRACES_H
#define QKDN_ASCII_TRACES_H

#include "ns3/application-container.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/ptr.h"
#include "ns3/qkdn-qkd-module.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Write the traces of key managers as text, see KeyManagerHelper::EnableAscii().
 * @param stream where the lines go
 * @param keyManagers the key managers
 */
void TraceKeyManagers(Ptr<OutputStreamWrapper> stream, const ApplicationContainer& keyManagers);

/**
 * @ingroup qkdn-resilience
 * @brief Write the traces of a QKD module as text, see QkdLinkHelper::EnableAscii().
 * @param stream where the lines go
 * @param module the module
 */
void TraceQkdModule(Ptr<OutputStreamWrapper> stream, Ptr<QkdModule> module);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_ASCII_TRACES_H */
