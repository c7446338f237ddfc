/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_TEST_SCHEDULE_H
#define QKDN_TEST_SCHEDULE_H

#include "ns3/nstime.h"
#include "ns3/simulator.h"

#include <functional>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Do something at a time.
 * @param seconds when
 * @param what what
 */
inline void
At(double seconds, std::function<void()> what)
{
    Simulator::Schedule(Seconds(seconds) - Simulator::Now(), [what] { what(); });
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Run.
 * @param seconds until when
 */
inline void
RunUntil(double seconds)
{
    Simulator::Stop(Seconds(seconds) - Simulator::Now());
    Simulator::Run();
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_TEST_SCHEDULE_H */
