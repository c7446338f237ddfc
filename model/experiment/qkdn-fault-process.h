/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAULT_PROCESS_H
#define QKDN_FAULT_PROCESS_H

#include "qkdn-fault-injector.h"
#include "qkdn-fault-process-result.h"
#include "qkdn-time-distribution.h"

#include "ns3/event-id.h"
#include "ns3/object.h"

#include <functional>
#include <string>

namespace ns3
{
namespace qkdn
{

class RepairCrews;

/**
 * @ingroup qkdn-resilience
 * @brief Lets one component fail at random and be repaired, again and again.
 *
 * Up times and repair work times are drawn alternately, each from a random stream of its own, so
 * that what the repair costs does not change when the component fails next after it. An up time
 * begins at Start or at the end of a repair: a component that is down does not fail again, and
 * the mean time between failures (MTBF) is the mean up time. The repair ends after the work time,
 * or, with crews, when one of them has worked for that time.
 */
class FaultProcess : public Object
{
  public:
    /// Makes the fault with a number, from 1; its id has to be unique in the run.
    using FaultSource = std::function<Ptr<Fault>(uint32_t number)>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    FaultProcess();
    ~FaultProcess() override;

    /**
     * @brief Name the component. Its random streams depend on the two names alone.
     * @param kind kind of its faults, for example "fibre-cut"
     * @param target its name
     */
    void SetComponent(const std::string& kind, const std::string& target);

    /**
     * @brief Set how long it works and how long its repair takes.
     * @param up time from the end of a repair to the next failure, without acceleration
     * @param repair work time of a repair
     */
    void SetTimes(const TimeDistribution& up, const TimeDistribution& repair);

    /**
     * @brief Set what its faults are.
     * @param source makes them, when they strike
     */
    void SetSource(FaultSource source);

    /**
     * @brief Set what lets its faults strike.
     * @param injector the injector
     */
    void SetInjector(Ptr<FaultInjector> injector);

    /**
     * @brief Let crews repair it. Without them each repair begins with the fault.
     * @param crews the crews
     */
    void SetCrews(Ptr<RepairCrews> crews);

    /**
     * @brief Assign fixed random streams, in place of those that follow from the names.
     * @param stream number of the first stream
     * @return how many streams are used: 2
     */
    int64_t AssignStreams(int64_t stream);

    /// Begin. Call once, when everything is set and the simulation does not run yet.
    void Begin();

    /**
     * @brief What became of the component so far.
     * @return its failures and times up to now
     */
    FaultProcessResult GetResult() const;

  protected:
    void DoDispose() override;

  private:
    /**
     * @brief Draw the next failure, unless there have been enough.
     * @param from when the up time begins, from now
     */
    void PlanFailure(Time from);

    /// The component fails.
    void Fail();

    /// The repair that waits for no crew ends.
    void EndRepair();

    /// The component works again.
    void Repaired();

    Time m_start;                           //!< attribute Start
    uint32_t m_maxFaults{0};                //!< attribute MaxFaults
    double m_acceleration{1.0};             //!< attribute Acceleration
    std::string m_kind;                     //!< kind of its faults
    std::string m_target;                   //!< the component
    TimeDistribution m_up;                  //!< up times
    TimeDistribution m_repair;              //!< work times
    Ptr<RandomVariableStream> m_upDraw;     //!< draws up times
    Ptr<RandomVariableStream> m_repairDraw; //!< draws work times
    FaultSource m_source;                   //!< makes faults
    Ptr<FaultInjector> m_injector;          //!< lets faults strike
    Ptr<RepairCrews> m_crews;               //!< repair it, null if it waits for none
    Ptr<Fault> m_fault;                     //!< the fault, null while the component works
    uint32_t m_faults{0};                   //!< failures so far
    Time m_since;                           //!< when it failed last
    Time m_down;                            //!< time under repair, that which goes on excluded
    EventId m_event;                        //!< next failure or end of repair
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAULT_PROCESS_H */
