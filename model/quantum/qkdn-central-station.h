/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CENTRAL_STATION_H
#define QKDN_CENTRAL_STATION_H

#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The central station of a QKD link: the source of entangled pairs, or the measuring node
 * of twin-field QKD, between the two modules. It holds no key.
 *
 * While it is broken no light passes it in either direction. What a working station does to the
 * rate is part of the QKD protocol.
 */
class CentralStation : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// The station breaks. Failures nest: two need two repairs.
    void Fail();

    /// One failure is repaired. Aborts if there is none.
    void Repair();

    /**
     * @brief Whether the station is broken.
     * @return true if so
     */
    bool IsFailed() const;

    /**
     * @brief The name, unique in a scenario.
     * @return the name
     */
    std::string GetName() const;

    /**
     * @brief TracedCallback signature of a station that breaks or works again.
     * @param station the station
     * @param failed true if it is broken
     */
    using FailureCallback = void (*)(Ptr<const CentralStation> station, bool failed);

  private:
    std::string m_name;                                             //!< Name
    uint32_t m_failures{0};                                         //!< not repaired
    TracedCallback<Ptr<const CentralStation>, bool> m_failureTrace; //!< Failure
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CENTRAL_STATION_H */
