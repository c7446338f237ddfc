/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_OUTAGE_HISTORY_H
#define QKDN_OUTAGE_HISTORY_H

#include "ns3/nstime.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief When something was down. Faults nest: it is up again when each fault has ended.
 *
 * An outage lasts from the instant of its first fault (included) to the instant at which the
 * last one ended (excluded), so that answers do not depend on the order of events of one
 * instant.
 */
class OutageHistory
{
  public:
    /**
     * @brief A fault begins now.
     * @return true if the state changed from up to down
     */
    bool Begin();

    /**
     * @brief A fault ends now. Aborts if there is none.
     * @return true if the state changed from down to up
     */
    bool End();

    /**
     * @brief Whether a fault lasts now.
     * @return true if down
     */
    bool IsDown() const;

    /**
     * @brief Whether there was an outage in a time that is not later than now.
     * @param from begin of the time, included
     * @param to end of the time, excluded
     * @return true if it was down at any moment of it
     */
    bool WasDownDuring(Time from, Time to) const;

  private:
    /// One outage.
    struct Interval
    {
        Time begin; //!< first instant
        Time end;   //!< first instant after it, Time::Max() while it lasts
    };

    uint32_t m_faults{0};              //!< faults that last now
    std::vector<Interval> m_intervals; //!< outages in order of time
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_OUTAGE_HISTORY_H */
