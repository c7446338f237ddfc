/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QUANTUM_PATH_H
#define QKDN_QUANTUM_PATH_H

#include "qkdn-central-station.h"
#include "qkdn-optical-switch.h"

#include "ns3/qkdn-fibre-path.h"

#include <cstddef>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief An optical switch as a part of a path: light passes it only while it stands at a port.
 */
struct SwitchPosition
{
    /// Where on the path the switch is.
    enum Place
    {
        FIRST_END, //!< beside the first module
        SECOND_END //!< beside the second module
    };

    Ptr<OpticalSwitch> sw;  //!< the switch
    uint32_t port{1};       //!< port that this path goes through
    Place place{FIRST_END}; //!< where it is
};

/**
 * @ingroup qkdn-resilience
 * @brief One way for light between two modules: fibre, optical switches at the ends, and perhaps
 * a central station somewhere on the fibre.
 *
 * Cheap to copy; copies refer to the same plant.
 */
class QuantumPath
{
  public:
    QuantumPath() = default;

    /**
     * @brief Constructor
     * @param fibre the spans from the first to the second module
     * @param switches the switches that have to stand at their ports; aborts if one is missing or
     * has no such port
     */
    explicit QuantumPath(const FibrePath& fibre, std::vector<SwitchPosition> switches = {});

    /**
     * @brief Put a central station on the fibre. Aborts if it is not on it.
     * @param station the station
     * @param km fibre from the first module to the station, km
     */
    void SetStation(Ptr<CentralStation> station, double km);

    /**
     * @brief The fibre.
     * @return the spans
     */
    const FibrePath& GetFibre() const;

    /**
     * @brief The switches.
     * @return where they have to stand
     */
    const std::vector<SwitchPosition>& GetSwitches() const;

    /**
     * @brief The central station.
     * @return the station, or null
     */
    Ptr<CentralStation> GetStation() const;

    /**
     * @brief Where the central station is.
     * @return fibre from the first module to the station, km; 0 without a station
     */
    double GetStationKm() const;

    /**
     * @brief Loss of the fibre and the switches.
     * @return dB
     */
    double GetLossDb() const;

    /**
     * @brief Loss from the first module to the station: switches at that end and the fibre up to
     * it, of a span in part its share by length. Aborts without a station.
     * @return dB
     */
    double GetStationLossDb() const;

    /**
     * @brief Whether all switches stand at the ports of this path.
     * @return true if so
     */
    bool IsSelected() const;

    /**
     * @brief Whether light can pass.
     * @return true if it is selected, all spans are intact and the station works
     */
    bool IsComplete() const;

    /**
     * @brief Whether this path and another one can never be complete at once.
     * @param other the other one
     * @return true if they need different ports of one switch
     */
    bool Excludes(const QuantumPath& other) const;

    /**
     * @brief How long light needs from a cut to an end. Aborts if the span is not cut.
     * @param section place of the span on the fibre
     * @param end the end, 0 or 1
     * @return the delay from the cut nearest to the span's end A
     */
    Time GetDelayFromCut(std::size_t section, uint32_t end) const;

    /**
     * @brief How long light needs from a place in a span to an end.
     * @param section place of the span on the fibre
     * @param position from 0 at the span's end A to 1 at its end B
     * @param end the end, 0 or 1
     * @return the delay
     */
    Time GetDelayFromPlace(std::size_t section, double position, uint32_t end) const;

    /**
     * @brief How long light needs from a switch to an end.
     * @param place where the switch is
     * @param end the end, 0 or 1
     * @return the delay
     */
    Time GetDelayFromSwitch(SwitchPosition::Place place, uint32_t end) const;

    /**
     * @brief How long light needs from the station to an end.
     * @param end the end, 0 or 1
     * @return the delay
     */
    Time GetDelayFromStation(uint32_t end) const;

  private:
    FibrePath m_fibre;                      //!< spans
    std::vector<SwitchPosition> m_switches; //!< switches
    Ptr<CentralStation> m_station;          //!< central station, or null
    double m_stationKm{0.0};                //!< its place
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QUANTUM_PATH_H */
