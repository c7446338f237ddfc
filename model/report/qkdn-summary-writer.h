/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SUMMARY_WRITER_H
#define QKDN_SUMMARY_WRITER_H

#include "ns3/qkdn-results.h"

#include <ostream>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Writes summary.json.
 *
 * Keys are stable and in a fixed order, units are in their names: `_s` seconds, `_bps` bit per
 * second; key books are in bits. What has no value (no key was handed over, a recovery never
 * ended) is null. `wall_s` is the only value that may differ between two runs of one seed.
 * Bytes that are not UTF-8 are written as U+FFFD.
 *
 * - scenario, description, ns3_version, seed, run, simulated_s, warm_up_s, wall_s, events, packets
 * - sessions[]: id, class, deadline_s, toleration_s (null: any interruption is borne), requested,
 *   supplied, late, lost, open, availability, interruptions[{start_s, end_s, cause}],
 *   longest_outage_s, toleration_violations, kkrd_s{mean, p50, p99, max}, kkrdv_s, kkder, kkdlr,
 *   throughput_bps
 * - recoveries[]: fault, also_faults[], session_or_group, mechanism, trigger, incidents[],
 *   detected, t_fault_s, detection_s, hold_off_s, notification_s, decision_s, repair_wait_s,
 *   operation_s, resync_s, key_resumption_s, block_fill_s, distillation_s, confirmation_s,
 *   delivery_s (these four add up to key_resumption_s), total_s, outage_s, control_messages,
 *   control_bytes, wasted_bits, outcome
 * - conservation: balanced; kma{total, links[]}, ksa{total, sessions[]}
 * - network: control_messages, control_bytes, exposed_bits, recovery_ratio,
 *   secret_key_recovery_ratio, secret_key_consumption_ratio, spare_links, spare_modules,
 *   spare_key_rate_bps
 * - faults[]: id, type, target, start_s, end_s
 */
class SummaryWriter
{
  public:
    /**
     * @brief Write the summary.
     * @param results the results
     * @param os where to
     */
    void Write(const ExperimentResults& results, std::ostream& os) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SUMMARY_WRITER_H */
