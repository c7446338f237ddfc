/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REPORT_FIXTURE_H
#define QKDN_REPORT_FIXTURE_H

#include "ns3/qkdn-results.h"
#include "ns3/qkdn-session-metrics.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Results of a run in which a fibre is cut at 20 s and repaired at 40 s.
 * @return the results
 */
inline ExperimentResults
MakeResults()
{
    ExperimentResults results;
    results.scenario = "cut-and-repair";
    results.description = "One link, unprotected";
    results.ns3Version = "3.37";
    results.seed = 7;
    results.run = 2;
    results.simulated = Seconds(60);
    results.wallSeconds = 0.25;
    results.events = 123456;
    results.packets = 7890;
    results.faults = {{"F1", "fibre-cut", "f12", Seconds(20), Seconds(40)}};
    results.pools = {{"12", 20000}};
    uint64_t level = 100000;
    for (int64_t ms = 0; ms < 60000; ms += 50)
    {
        const Time now = MilliSeconds(ms) + NanoSeconds(1);
        RequestResult request;
        request.session = "A";
        request.sequence = ms / 50 + 1;
        request.issued = now;
        request.attempts = 1;
        request.keyBits = 256;
        const bool generating = ms < 20000 || ms > 44000;
        if (generating && ms % 1000 == 0)
        {
            level += 6000;
        }
        if (level >= 20256)
        {
            level -= 256;
            request.handedOver = now + MicroSeconds(1500 + ms % 7);
        }
        results.requests.push_back(request);
        for (const char* km : {"1", "2"})
        {
            results.poolSamples.push_back({now, "12", km, level, level / 2, level / 2, 0});
        }
    }
    results.sessions.push_back(ComputeSessionMetrics(
        {"A", "unprotected", Seconds(0), Seconds(60), MilliSeconds(500), Seconds(1)},
        results.requests,
        CauseFromFaults(results.faults, {{"F1", Seconds(10)}})));
    ChargeResult charge;
    charge.session = "A";
    charge.resilienceClass = "unprotected";
    charge.service = {MilliSeconds(1500), Seconds(55), {1024, 2048, 0, 16}, 1, Seconds(23)};
    charge.amounts.base = 54;
    charge.amounts.uses = {20480, 10240, 0, 32};
    charge.amounts.credit = 1500000;
    results.charges.push_back(charge);
    results.sessions[0].charge = charge.amounts.GetTotal();
    RecoveryResult recovery;
    recovery.fault = "F1";
    recovery.alsoFaults = {"F2", "F3"};
    recovery.sessionOrGroup = "A";
    recovery.mechanism = "unprotected";
    recovery.trigger = "link-down";
    recovery.incidents = {"0-1", "1-1"};
    recovery.markers.fault = Seconds(20);
    recovery.markers.detected = NanoSeconds(20005000001);
    recovery.markers.repaired = Seconds(40);
    recovery.markers.running = Seconds(42);
    recovery.markers.blockFilled = NanoSeconds(43900000000);
    recovery.markers.distilled = NanoSeconds(43950000000);
    recovery.markers.confirmed = NanoSeconds(43960000003);
    recovery.markers.firstKeyUsable = NanoSeconds(44000000007);
    recovery.outage = results.sessions[0].longestOutage;
    recovery.controlMessages = 4;
    recovery.controlBytes = 400;
    recovery.wastedBits = 12;
    recovery.outcome = RECOVERY_REPAIRED;
    results.recoveries.push_back(recovery);
    KeyBook book;
    book.initial = 100000;
    book.generated = 216000;
    book.bits[KEY_STORED] = 16000;
    book.bits[KEY_DIRECT_SUPPLY] = 300000;
    results.conservation.kma = {{"12", book, {{"1", book}, {"2", book}}, {{"12/tx", 10, 5, 8, 7}}}};
    results.conservation.ksa = {{"A", 300000, 299744, 0, 256, 0, 0, 0}};
    results.network = {40, 4000};
    results.eventLog = {
        {1, Seconds(20), "fault", "f12", "", {{"type", "fibre-cut"}}},
        {2, NanoSeconds(20005000001), "link-status", "link/12", "0-1", {{"status", "PASSIVE"}}}};
    return results;
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REPORT_FIXTURE_H */
