/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-hello-watch.h"

namespace ns3
{
namespace qkdn
{

NS_OBJECT_ENSURE_REGISTERED(HelloWatch);

TypeId
HelloWatch::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::HelloWatch").SetParent<Object>().SetGroupName("QkdnResilience");
    return tid;
}

HelloWatch::~HelloWatch() = default;

} // namespace qkdn
} // namespace ns3
