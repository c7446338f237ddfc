/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DISTURBANCE_FAULT_H
#define QKDN_DISTURBANCE_FAULT_H

#include "qkdn-fault.h"
#include "qkdn-qber-curve.h"

#include "ns3/event-id.h"
#include "ns3/qkdn-quantum-channel.h"

#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Something that adds errors to quantum signals, in a fibre or of one QKD link.
 *
 * It changes what light goes through and nothing else: modules find out by the error ratios that
 * they estimate.
 */
class DisturbanceFault : public Fault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Disturb all quantum signals in a fibre.
     * @param span the fibre
     * @param position from 0 at end A to 1 at end B
     */
    void SetSpan(Ptr<FibreSpan> span, double position);

    /**
     * @brief Disturb the quantum signal of one QKD link, where it leaves the first module.
     * @param channel the quantum channel of the link
     */
    void SetChannel(Ptr<QuantumChannel> channel);

  protected:
    void DoDispose() override;

    /**
     * @brief Add errors from now on.
     * @param addedError what is added to the error probability, 0 to 0.5; 0 to stop
     */
    void Disturb(double addedError);

  private:
    Ptr<FibreSpan> m_span;         //!< the fibre, if it is one
    double m_position{0.5};        //!< where in it
    Ptr<QuantumChannel> m_channel; //!< the quantum channel, if it is one
};

/**
 * @ingroup qkdn-resilience
 * @brief An eavesdropper: measuring and sending on what is measured makes errors. Intercept and
 * resend of all pulses in BB84 adds 25 %.
 */
class EavesdroppingFault : public DisturbanceFault
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    // from Fault
    std::string GetKind() const override;
    FaultParameters GetParameters() const override;
    void Strike() override;
    void Repair() override;

  private:
    double m_addedQber{0.0}; //!< attribute AddedQber
};

/**
 * @ingroup qkdn-resilience
 * @brief Drift, of polarisation for example: errors along a curve that begins when the fault
 * strikes. After its last point it stays as it is until the repair.
 */
class QberDriftFault : public DisturbanceFault
{
  public:
    /// What is between two points of the curve.
    enum Interpolation
    {
        STEP,  //!< the value of the point before
        LINEAR //!< a straight line, in steps of StepTime
    };

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @brief Set the curve.
     * @param curve added error ratio by time since the strike
     * @param file name of the file that it was read from, empty if from none
     */
    void SetCurve(const QberCurve& curve, const std::string& file = "");

    // from Fault
    std::string GetKind() const override;
    FaultParameters GetParameters() const override;
    void Strike() override;
    void Repair() override;

  protected:
    void DoDispose() override;

  private:
    /// Disturb as the curve says now, and go on.
    void Follow();

    /**
     * @brief When the curve changes next.
     * @param now time since the strike
     * @return time since the strike, or Time::Max() if it does not
     */
    Time GetNext(Time now) const;

    Interpolation m_interpolation{LINEAR}; //!< attribute Interpolation
    Time m_stepTime;                       //!< attribute StepTime
    QberCurve m_curve;                     //!< the curve
    std::string m_file;                    //!< its file
    Time m_struck;                         //!< when it struck
    EventId m_next;                        //!< next change
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DISTURBANCE_FAULT_H */
