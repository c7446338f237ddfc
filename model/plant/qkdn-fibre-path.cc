/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fibre-path.h"

#include "ns3/abort.h"
#include "ns3/qkdn-units.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

void
FibrePath::AddSpan(Ptr<FibreSpan> span, bool reversed)
{
    NS_ABORT_MSG_UNLESS(span, "a fibre path needs spans");
    m_sections.push_back(Section{span, reversed});
}

std::size_t
FibrePath::GetNSpans() const
{
    return m_sections.size();
}

Ptr<FibreSpan>
FibrePath::GetSpan(std::size_t i) const
{
    return m_sections.at(i).span;
}

bool
FibrePath::IsReversed(std::size_t i) const
{
    return m_sections.at(i).reversed;
}

double
FibrePath::GetLengthKm() const
{
    double lengthKm = 0.0;
    for (const Section& section : m_sections)
    {
        lengthKm += section.span->GetLengthKm();
    }
    return lengthKm;
}

double
FibrePath::GetLossDb() const
{
    double lossDb = 0.0;
    for (const Section& section : m_sections)
    {
        lossDb += section.span->GetLossDb();
    }
    return lossDb;
}

Time
FibrePath::GetDelay() const
{
    Time delay;
    for (const Section& section : m_sections)
    {
        delay += section.span->GetDelay();
    }
    return delay;
}

bool
FibrePath::IsIntact() const
{
    return std::none_of(m_sections.begin(), m_sections.end(), [](const Section& section) {
        return section.span->IsCut();
    });
}

bool
FibrePath::WasCutDuring(Time from, Time to) const
{
    return std::any_of(m_sections.begin(), m_sections.end(), [from, to](const Section& section) {
        return section.span->WasCutDuring(from, to);
    });
}

Time
FibrePath::DelayFromCut(bool toEndB) const
{
    NS_ABORT_MSG_IF(IsIntact(), "an intact fibre path has no cut");
    Time delay;
    const std::size_t n = m_sections.size();
    for (std::size_t i = 0; i < n; ++i)
    {
        const Section& section = m_sections[toEndB ? n - 1 - i : i];
        if (section.span->IsCut())
        {
            const bool toSpanEndB = toEndB != section.reversed;
            const double position = section.span->GetCutPosition(toSpanEndB);
            const double fraction = toSpanEndB ? 1.0 - position : position;
            return delay + FibreDelay(fraction * section.span->GetLengthKm());
        }
        delay += section.span->GetDelay();
    }
    return delay;
}

} // namespace qkdn
} // namespace ns3
