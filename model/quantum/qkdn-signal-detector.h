/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SIGNAL_DETECTOR_H
#define QKDN_SIGNAL_DETECTOR_H

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Declares a signal lost, or back, after it was so for a while without a break.
 */
class SignalDetector
{
  public:
    /// Called with true when the signal is declared good, with false when it is declared lost.
    using StateCallback = Callback<void, bool>;

    ~SignalDetector();

    /**
     * @brief Say who is told.
     * @param callback called at each change of what is declared
     */
    void SetCallback(StateCallback callback);

    /**
     * @brief Set the persistence.
     * @param loss time without signal before it is declared lost
     * @param back time with signal before it is declared good
     */
    void SetPersistence(Time loss, Time back);

    /**
     * @brief Begin with something declared.
     * @param declaredGood what is taken for granted at first
     * @param present whether the signal is seen now
     * @param grace time added to the persistence of a loss that is there from the beginning
     */
    void Start(bool declaredGood, bool present, Time grace);

    /// Stop; nothing is declared any more.
    void Stop();

    /**
     * @brief Tell what is seen.
     * @param present whether the signal is seen from now on
     */
    void SetPresent(bool present);

    /**
     * @brief What is declared.
     * @return true for a good signal
     */
    bool IsGood() const;

  private:
    /// Declare the opposite of what was declared.
    void Declare();

    StateCallback m_callback; //!< who is told
    Time m_loss;              //!< persistence of a loss
    Time m_back;              //!< persistence of a return
    EventId m_pending;        //!< declaration to come
    bool m_running{false};    //!< between Start() and Stop()
    bool m_good{false};       //!< what is declared
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SIGNAL_DETECTOR_H */
