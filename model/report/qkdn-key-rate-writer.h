/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_RATE_WRITER_H
#define QKDN_KEY_RATE_WRITER_H

#include "ns3/gnuplot.h"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a QKD protocol gives over one length of fibre.
 */
struct KeyRateRow
{
    double lengthKm{0.0};    //!< length of fibre, km
    double lossDb{0.0};      //!< loss, dB
    double bitPerPulse{0.0}; //!< secret bits per pulse or symbol, 0 where they are not modelled
    double rateBps{0.0};     //!< secret key rate, bit/s
    double qber{0.0};        //!< quantum bit error ratio
    std::optional<double> blockS; //!< time to fill a block, s; none if it cannot be filled
    /// classical power in each direction at which the key ends, dBm; none if it was not asked for,
    /// if there is no key without it, or if it is above the range of the search
    std::optional<double> vanishingPowerDbm;
};

/**
 * @ingroup qkdn-resilience
 * @brief Rate against distance.
 */
struct KeyRateTable
{
    std::string protocol;                    //!< name of the protocol
    std::string preset;                      //!< name of its preset, empty for none
    double attenuationDbPerKm{0.0};          //!< attenuation of the fibre, dB/km
    double extraLossDb{0.0};                 //!< loss besides it, dB
    std::optional<double> reachKm;           //!< length at which the key ends; none if it does not
    std::vector<KeyRateRow> rows;            //!< by length
    std::optional<double> classicalPowerDbm; //!< classical power in each direction, dBm, if any
    bool hasVanishingPower{false};           //!< the rows have it
};

/**
 * @ingroup qkdn-resilience
 * @brief Writes rate against distance.
 */
class KeyRateWriter
{
  public:
    /**
     * @brief Write a JSON object: protocol, preset, attenuation_db_per_km, extra_loss_db,
     * classical_power_dbm (if there is any), reach_km
     * (null if the key never ends) and rows with length_km, loss_db, bit_per_pulse, rate_bps, qber
     * and block_s (null if the block cannot be filled), and vanishing_power_dbm if it was asked
     * for.
     * @param table the table
     * @param os where to
     */
    void WriteJson(const KeyRateTable& table, std::ostream& os) const;

    /**
     * @brief Write comma-separated values with one header line: the rows of WriteJson().
     * @param table the table
     * @param os where to
     */
    void WriteCsv(const KeyRateTable& table, std::ostream& os) const;

    /**
     * @brief A plot of the rates, with a logarithmic axis.
     * @param table the table
     * @param name name of the plot; its files are name.plt and name.svg
     * @return the plot
     */
    Gnuplot MakePlot(const KeyRateTable& table, const std::string& name) const;
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_RATE_WRITER_H */
