/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CHARGING_TARIFF_H
#define QKDN_CHARGING_TARIFF_H

#include "ns3/qkdn-key-usage.h"
#include "ns3/qkdn-session-policy.h"

#include <array>
#include <cstdint>
#include <map>

namespace ns3
{
namespace qkdn
{

/// Highest price of a bit, micro-units: charges of 9e12 bits are exact.
constexpr uint64_t MAX_PRICE_PER_BIT = 1000000;

/// Highest fee or credit for a second, micro-units: charges of 290 years are exact.
constexpr uint64_t MAX_PRICE_PER_S = 1000000000;

/// Highest credit for one violation, micro-units.
constexpr uint64_t MAX_CREDIT_PER_VIOLATION = 1000000000000;

/**
 * @ingroup qkdn-resilience
 * @brief Prices for sessions of one resilience class, in millionths of a unit of account
 * (micro-units), which are whole numbers so that charges are exact.
 */
struct ClassTariff
{
    uint64_t basePerS{0};                             //!< base fee for each second
    std::array<uint64_t, CHARGED_USE_COUNT> perBit{}; //!< price of a bit by ChargedUse
    uint64_t creditPerViolation{0}; //!< credit for each interruption longer than tolerated
    uint64_t creditPerS{0};         //!< credit for each second beyond the toleration time
};

/// Charging policy: the tariff of each resilience class that is charged.
using ChargingTariff = std::map<ResilienceClass, ClassTariff>;

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CHARGING_TARIFF_H */
