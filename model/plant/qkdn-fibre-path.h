/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FIBRE_PATH_H
#define QKDN_FIBRE_PATH_H

#include "qkdn-fibre-span.h"

#include "ns3/nstime.h"
#include "ns3/ptr.h"

#include <cstddef>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Fibre spans one behind the other, from end A to end B of a link.
 *
 * Cheap to copy; copies refer to the same spans. A path without spans has no length and is
 * always intact.
 */
class FibrePath
{
  public:
    /**
     * @brief Append a span at end B.
     * @param span the span
     * @param reversed true if the span's end B is the one nearer to end A of the path
     */
    void AddSpan(Ptr<FibreSpan> span, bool reversed = false);

    /**
     * @brief Number of spans.
     * @return the number
     */
    std::size_t GetNSpans() const;

    /**
     * @brief One span.
     * @param i its place, from 0 at end A
     * @return the span
     */
    Ptr<FibreSpan> GetSpan(std::size_t i) const;

    /**
     * @brief Whether a span is traversed from its end B to its end A.
     * @param i its place, from 0 at end A
     * @return true if so
     */
    bool IsReversed(std::size_t i) const;

    /**
     * @brief Length of all spans.
     * @return km
     */
    double GetLengthKm() const;

    /**
     * @brief Loss of all spans.
     * @return dB
     */
    double GetLossDb() const;

    /**
     * @brief Propagation delay, the sum of the delays of the spans: the same in both directions.
     * @return the delay
     */
    Time GetDelay() const;

    /**
     * @brief Whether light passes.
     * @return true if no span is cut
     */
    bool IsIntact() const;

    /**
     * @brief Whether any span was cut at any moment of a time not later than now.
     * @param from begin of the time, included
     * @param to end of the time, excluded
     * @return true if so
     */
    bool WasCutDuring(Time from, Time to) const;

    /**
     * @brief How long a receiver sees light after a cut: the propagation delay to one end from
     * the cut nearest to it. Aborts if the path is intact.
     * @param toEndB true for end B, false for end A
     * @return the delay
     */
    Time DelayFromCut(bool toEndB) const;

  private:
    /// A span and its direction.
    struct Section
    {
        Ptr<FibreSpan> span; //!< the span
        bool reversed;       //!< traversed from its end B to its end A
    };

    std::vector<Section> m_sections; //!< from end A to end B
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FIBRE_PATH_H */
