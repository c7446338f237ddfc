/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-charge-table.h"

#include "qkdn-html-table.h"
#include "qkdn-report-format.h"

namespace ns3
{
namespace qkdn
{

void
ChargeTable::Write(const ExperimentResults& results, std::ostream& os) const
{
    HtmlTable table("Charges",
                    {"session",
                     "class",
                     "from (s)",
                     "to (s)",
                     "base fee",
                     "KSA-key supplied (bits)",
                     "KMA-key, working (bits)",
                     "protection (bits)",
                     "extra (bits)",
                     "for key",
                     "toleration violations",
                     "credit",
                     "total"});
    for (const auto& charge : results.charges)
    {
        const ChargedService& service = charge.service;
        const ChargedAmounts& amounts = charge.amounts;
        const auto base = static_cast<int64_t>(amounts.base);
        const auto credit = static_cast<int64_t>(amounts.credit);
        table.AddRow({charge.session,
                      charge.resilienceClass,
                      FormatSeconds(service.opened),
                      FormatSeconds(service.until),
                      FormatAmount(base),
                      FormatCount(service.bits[CHARGED_SUPPLY]),
                      FormatCount(service.bits[CHARGED_WORKING]),
                      FormatCount(service.bits[CHARGED_PROTECTION]),
                      FormatCount(service.bits[CHARGED_EXTRA]),
                      FormatAmount(amounts.GetTotal() + credit - base),
                      FormatCount(service.violations),
                      FormatAmount(credit),
                      FormatAmount(amounts.GetTotal())});
    }
    table.Write("Nothing was charged.", os);
}

} // namespace qkdn
} // namespace ns3
