/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FIBRE_SPAN_H
#define QKDN_FIBRE_SPAN_H

#include "qkdn-outage-history.h"

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A length of fibre between two sites, from end A to end B.
 *
 * Quantum channels and classical links that run over the same span share its fate. Cuts nest:
 * two cuts need two repairs.
 */
class FibreSpan : public Object
{
  public:
    /**
     * @brief TracedCallback signature for a change between intact and cut.
     * @param [in] span the span
     * @param [in] cut true if it was cut, false if it is whole again
     */
    typedef void (*StateChangeCallback)(Ptr<const FibreSpan> span, bool cut);

    /**
     * @brief TracedCallback signature for a disturbance of quantum signals in the fibre.
     * @param [in] span the span
     * @param [in] source who disturbs
     * @param [in] addedError what it adds to the error probability of bits, 0 if it has stopped
     * @param [in] position where, from 0 (end A) to 1 (end B)
     */
    typedef void (*DisturbanceCallback)(Ptr<const FibreSpan> span,
                                        const std::string& source,
                                        double addedError,
                                        double position);

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief The name, unique in a scenario.
     * @return the name
     */
    std::string GetName() const;

    /**
     * @brief Length of the fibre.
     * @return km
     */
    double GetLengthKm() const;

    /**
     * @brief Loss of the fibre and what is spliced into it.
     * @return dB
     */
    double GetLossDb() const;

    /**
     * @brief Attenuation of the fibre alone.
     * @return dB/km
     */
    double GetAttenuationDbPerKm() const;

    /**
     * @brief Power of classical light launched into the fibre.
     * @param atEndA true for light from end A to end B, false for the other direction
     * @return W
     */
    double GetClassicalPowerW(bool atEndA) const;

    /**
     * @brief Share of classical light that is scattered (spontaneous Raman scattering) to the
     * wavelength of quantum signals, by length of fibre and optical bandwidth.
     * @return 1/(km nm)
     */
    double GetRamanCoefficient() const;

    /**
     * @brief Disturb quantum signals in the fibre from now on: an eavesdropper, or drift.
     *
     * A further call with the same source replaces what it did.
     *
     * @param source who disturbs
     * @param addedError what is added to the error probability of bits, 0 to 0.5; 0 to stop
     * @param positionFraction where, from 0 (end A) to 1 (end B); aborts outside of it
     */
    void Disturb(const std::string& source, double addedError, double positionFraction = 0.5);

    /// Something that disturbs quantum signals.
    struct Disturbance
    {
        double addedError; //!< what it adds to the error probability of bits
        double position;   //!< where, from 0 (end A) to 1 (end B)
    };

    /**
     * @brief What disturbs quantum signals now.
     * @return disturbances by source
     */
    const std::map<std::string, Disturbance>& GetDisturbances() const;

    /**
     * @brief Propagation delay from end to end.
     * @return the delay
     */
    Time GetDelay() const;

    /**
     * @brief Say what the span shares with others (duct, cable, bridge...).
     * @param groups names of the risk groups
     */
    void SetRiskGroups(std::vector<std::string> groups);

    /**
     * @brief What the span shares with others.
     * @return names of the risk groups
     */
    const std::vector<std::string>& GetRiskGroups() const;

    /**
     * @brief Cut the fibre now.
     * @param positionFraction where, from 0 (end A) to 1 (end B); aborts outside of it
     */
    void Cut(double positionFraction = 0.5);

    /// Mend the oldest cut now. Aborts if there is none.
    void Repair();

    /**
     * @brief Whether the fibre is cut.
     * @return true if at least one cut is not mended
     */
    bool IsCut() const;

    /**
     * @brief Where the fibre is cut. Aborts if it is not.
     * @param nearestToEndB of several cuts, take the one nearest to end B instead of end A
     * @return position from 0 (end A) to 1 (end B)
     */
    double GetCutPosition(bool nearestToEndB = false) const;

    /**
     * @brief Whether the fibre was cut at any moment of a time not later than now.
     * @param from begin of the time, included
     * @param to end of the time, excluded
     * @return true if so
     */
    bool WasCutDuring(Time from, Time to) const;

  private:
    std::string m_name;                                //!< name
    double m_lengthKm{0.0};                            //!< length, km
    double m_attenuationDbPerKm{0.0};                  //!< attenuation, dB/km
    double m_extraLossDb{0.0};                         //!< loss of splices and connectors, dB
    double m_powerAToBW{0.0};                          //!< classical light from end A, W
    double m_powerBToAW{0.0};                          //!< classical light from end B, W
    double m_ramanCoefficient{0.0};                    //!< Raman coefficient, 1/(km nm)
    std::vector<std::string> m_riskGroups;             //!< risk groups
    std::vector<double> m_cutPositions;                //!< positions of the cuts, oldest first
    OutageHistory m_cuts;                              //!< when the fibre was cut
    std::map<std::string, Disturbance> m_disturbances; //!< disturbances by source
    TracedCallback<Ptr<const FibreSpan>, bool> m_stateChange; //!< intact or cut
    TracedCallback<Ptr<const FibreSpan>, const std::string&, double, double>
        m_disturbance; //!< Disturbance
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FIBRE_SPAN_H */
