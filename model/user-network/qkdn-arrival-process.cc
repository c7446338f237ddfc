/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-arrival-process.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/integer.h"
#include "ns3/object-factory.h"

#include <cmath>

namespace ns3
{
namespace qkdn
{

ArrivalProcess::ArrivalProcess(ArrivalModel model, double ratePerS, Time start, int64_t stream)
    : m_ratePerS(ratePerS),
      m_start(start),
      m_last(start)
{
    NS_ABORT_MSG_IF(!(ratePerS > 0), "a rate of " << ratePerS << " requests/s is not above 0");
    if (model == ARRIVAL_POISSON)
    {
        // the stream is set while the variable is made: a number set later would first take
        // an automatic one and so shift the automatic streams of everybody else
        ObjectFactory factory;
        factory.SetTypeId(ExponentialRandomVariable::GetTypeId());
        factory.Set("Stream", IntegerValue(stream));
        factory.Set("Mean", DoubleValue(1 / ratePerS));
        m_interval = factory.Create<ExponentialRandomVariable>();
    }
}

Time
ArrivalProcess::Next()
{
    if (m_interval)
    {
        m_last += Seconds(m_interval->GetValue());
        return m_last;
    }
    return m_start + NanoSeconds(std::llround(static_cast<double>(m_count++) * 1e9 / m_ratePerS));
}

} // namespace qkdn
} // namespace ns3
