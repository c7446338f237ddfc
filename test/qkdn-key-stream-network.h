/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_STREAM_NETWORK_H
#define QKDN_KEY_STREAM_NETWORK_H

#include "qkdn-key-manager-test-network.h"
#include "qkdn-key-stream-applications.h"
#include "qkdn-test-schedule.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two key managers and the two applications of the session of key manager 1.
 */
class StreamNetwork : public KeyManagerTestNetwork
{
  public:
    /**
     * @brief Constructor
     * @param helper makes the key managers
     * @param initialBits initial bits of the pool
     */
    explicit StreamNetwork(const KeyManagerHelper& helper = KeyManagerHelper(),
                           uint64_t initialBits = 1000000)
        : KeyManagerTestNetwork(helper, initialBits),
          apps({Km(0), Km(1)}, {Master(0), Slave(0)})
    {
    }

    /**
     * @brief End 0 opens at 1 s and end 1 at 1.1 s.
     * @param qos QoS
     */
    void OpenBoth(const KeyStreamQos& qos)
    {
        At(1, [this, qos] { apps.Open(0, qos); });
        At(1.1, [this, qos] { apps.Open(1, qos); });
    }

    KeyStreamApplications apps; //!< the applications
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A QoS with a Timeout.
 * @param timeoutMs Timeout, ms
 * @return the QoS
 */
inline KeyStreamQos
Patient(uint32_t timeoutMs)
{
    KeyStreamQos qos;
    qos.timeoutMs = timeoutMs;
    return qos;
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_STREAM_NETWORK_H */
