/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINE_MONITOR_H
#define QKDN_LINE_MONITOR_H

#include "qkdn-quantum-net-device.h"
#include "qkdn-signal-detector.h"

#include "ns3/callback.h"
#include "ns3/nstime.h"
#include "ns3/object.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Watches a fibre between two optical switches by supervision light of its own, so that an
 * end knows its state also while the switches stand elsewhere.
 *
 * The monitors at both ends emit light past the switches and watch for that of the other.
 */
class LineMonitor : public Object
{
  public:
    /// Told that the fibre is declared good or lost.
    using StateCallback = Callback<void, bool>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set the optical port.
     * @param device a device on a channel over the fibre alone
     */
    void SetDevice(Ptr<QuantumNetDevice> device);

    /**
     * @brief Set who is told.
     * @param callback told each change of what is declared
     */
    void SetStateCallback(StateCallback callback);

    /**
     * @brief Emit light and watch.
     * @param wasGood what the fibre is taken for at first; whoever is told hears of what differs
     */
    void Start(bool wasGood);

    /// End, as if without power.
    void Stop();

    /**
     * @brief What is declared.
     * @return true for a good fibre
     */
    bool IsGood() const;

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief The light changes.
     * @param light what is seen from now on
     */
    void LightChanged(const ReceivedLight& light);

    /**
     * @brief The light is declared good or lost.
     * @param good true for good
     */
    void Declared(bool good);

    Time m_lossOfLight;             //!< LossOfLightTime
    Ptr<QuantumNetDevice> m_device; //!< optical port
    StateCallback m_callback;       //!< who is told
    SignalDetector m_detector;      //!< light
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINE_MONITOR_H */
