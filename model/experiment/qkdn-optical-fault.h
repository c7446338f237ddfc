/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_OPTICAL_FAULT_H
#define QKDN_OPTICAL_FAULT_H

#include "qkdn-fault.h"

#include "ns3/qkdn-central-station.h"
#include "ns3/qkdn-optical-switch.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief A failure of an optical switch: it is stuck, or dark, as its attributes say.
 */
class OpticalSwitchFailure : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set what breaks.
     * @param sw the switch
     */
    void SetSwitch(Ptr<OpticalSwitch> sw);

    // from Fault
    std::string GetKind() const override;
    void Strike() override;
    void Repair() override;

  protected:
    void DoDispose() override;

  private:
    Ptr<OpticalSwitch> m_switch; //!< what breaks
};

/**
 * @ingroup qkdn-resilience
 * @brief A failure of the central station of a QKD link.
 */
class StationFailure : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set what breaks.
     * @param station the station
     */
    void SetStation(Ptr<CentralStation> station);

    // from Fault
    std::string GetKind() const override;
    void Strike() override;
    void Repair() override;

  protected:
    void DoDispose() override;

  private:
    Ptr<CentralStation> m_station; //!< what breaks
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_OPTICAL_FAULT_H */
