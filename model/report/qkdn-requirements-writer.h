/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REQUIREMENTS_WRITER_H
#define QKDN_REQUIREMENTS_WRITER_H

#include "ns3/qkdn-results.h"

#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes requirements.json: what a run says of each requirement of the draft
 * Recommendation Y.QKDN-rsrq (July 2023 output).
 *
 * Keys are stable and in a fixed order. Bytes that are not UTF-8 are written as U+FFFD.
 *
 * - draft: which text
 * - verdict: null if nothing was checked, otherwise without_old_wording and with_old_wording (the
 *   second counts G-M0a and G-M0b too, whose text stands beside its replacement), each with
 *   conformant (no "required" was violated), required{satisfied, violated, not_exercised},
 *   recommended{satisfied, not_followed, not_exercised}, optional{used, not_used, not_exercised}
 * - requirements[]: id, clause, level (required, recommended, optional), old_wording, text, status
 *   (satisfied, violated, not-followed, used, not-used, not-exercised), reason, evidence[] (ids of
 *   entries of events.jsonl)
 */
class RequirementsWriter
{
  public:
    /**
     * @brief Write the requirements.
     * @param results the results
     * @param os where to
     */
    void Write(const ExperimentResults& results, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REQUIREMENTS_WRITER_H */
