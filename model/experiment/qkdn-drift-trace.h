/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_DRIFT_TRACE_H
#define QKDN_DRIFT_TRACE_H

#include "qkdn-qber-curve.h"

#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <string>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Makes synthetic error ratio curves of a link whose polarisation drifts and is realigned.
 *
 * An alternating renewal process: for a random up-time the error ratio rises from where a
 * realignment has left it to where the next one begins, with a dip to its best value soon after the
 * realignment; then, for a random realignment time, it is above, and comes down. By default the
 * times are those published of a field trial over 248 km: realignments of 8 min 10 s to 1 h 22 min,
 * 57 min on average (here: a triangular distribution), and a mean up-time such that key is there
 * for 82 h of 110 h (here: an exponential distribution). The curves are not measured ones.
 */
class DriftTrace : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    DriftTrace();
    ~DriftTrace() override;

    /**
     * @brief Use random streams that follow from a name.
     * @param name name of what drifts, for example "link/12"
     */
    void SetName(const std::string& name);

    /**
     * @brief Use random streams from a number on.
     * @param stream first stream
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /**
     * @brief Make a curve. It begins at the end of a realignment.
     * @param length how long it has to be at least
     * @return the curve
     */
    QberCurve Make(Time length);

  private:
    /// A stretch with its times and values.
    void AddUpTime(QberCurve& curve, Time& at);

    /// A realignment.
    void AddRealignment(QberCurve& curve, Time& at);

    double m_realignQber{0.0};               //!< RealignQber
    double m_alignedQber{0.0};               //!< AlignedQber
    double m_bestQber{0.0};                  //!< BestQber
    double m_worstQber{0.0};                 //!< WorstQber
    Ptr<RandomVariableStream> m_upTime;      //!< UpTime
    Ptr<RandomVariableStream> m_realignment; //!< RealignTime
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_DRIFT_TRACE_H */
