/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_OPTICAL_SWITCH_H
#define QKDN_OPTICAL_SWITCH_H

#include "qkdn-switch-control.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief An optical switch: one common port that is joined to one of several ports.
 *
 * While it moves all its ports are dark. Quantum channels whose paths name it see light pass
 * at the port where it stands. A switching works with probability Coverage; one that does not
 * leaves the switch where it was, dark meanwhile. A broken switch does not move: it is stuck at its
 * port, or dark if FailDark is set or if it broke while it moved, until it is repaired.
 */
class OpticalSwitch : public Object, public SwitchControl
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    OpticalSwitch();
    ~OpticalSwitch() override;

    /**
     * @brief Move to a port.
     *
     * A port where the switch stands already is reported at once. A switch that moves to another
     * port turns round: whoever asked for that one is told of failure now, and the new
     * movement takes the whole SwitchingTime. A broken switch reports failure after
     * SwitchingTime, a port that it does not have is refused at once.
     *
     * @param port the port, from 1
     * @param done told the outcome
     * @param incident the failure behind it, or none
     */
    void Select(uint32_t port, DoneCallback done, IncidentId incident) override;

    void SetAlarmCallback(AlarmCallback alarm) override;

    /// The switch breaks. Failures nest: two need two repairs.
    void Fail();

    /// One failure is repaired. After the last one the switch stands where it stood last.
    void Repair();

    /**
     * @brief Whether the switch is broken.
     * @return true if so
     */
    bool IsFailed() const;

    /**
     * @brief The port that light passes now.
     * @return the port, 0 if all are dark
     */
    uint32_t GetLitPort() const;

    /**
     * @brief The port where the switch stands, or stood before the movement that goes on.
     * @return the port
     */
    uint32_t GetPort() const;

    /**
     * @brief Number of ports besides the common one.
     * @return the number
     */
    uint32_t GetNPorts() const;

    /**
     * @brief Insertion loss.
     * @return dB
     */
    double GetLossDb() const;

    /**
     * @brief Time of a switching.
     * @return the time
     */
    Time GetSwitchingTime() const;

    /**
     * @brief The name, unique in a scenario.
     * @return the name
     */
    std::string GetName() const;

    /**
     * @brief Use a random stream instead of the one that follows from the name.
     * @param stream the stream
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /**
     * @brief TracedCallback signature of a switch that passes light at another port.
     * @param sw the switch
     * @param port the port that is lit, 0 if all are dark
     */
    using LitPortCallback = void (*)(Ptr<const OpticalSwitch> sw, uint32_t port);

    /**
     * @brief TracedCallback signature of a request to switch.
     * @param sw the switch
     * @param port the port that is asked for
     * @param incident the failure behind it, or none
     */
    using RequestCallback = void (*)(Ptr<const OpticalSwitch> sw,
                                     uint32_t port,
                                     IncidentId incident);

    /**
     * @brief TracedCallback signature of the outcome of a request.
     * @param sw the switch
     * @param port the port that was asked for
     * @param success whether the switch stands there
     * @param incident the failure behind the request, or none
     */
    using OutcomeCallback = void (*)(Ptr<const OpticalSwitch> sw,
                                     uint32_t port,
                                     bool success,
                                     IncidentId incident);

    /**
     * @brief TracedCallback signature of a switch that breaks or is repaired.
     * @param sw the switch
     * @param failed true if it breaks
     */
    using FailureCallback = void (*)(Ptr<const OpticalSwitch> sw, bool failed);

  protected:
    void DoDispose() override;
    void NotifyConstructionCompleted() override;

  private:
    /// A request that waits for its outcome.
    struct Request
    {
        uint32_t port{0};    //!< port that is asked for
        DoneCallback done;   //!< told the outcome
        IncidentId incident; //!< the failure behind it
    };

    /**
     * @brief Tell the outcome of a request.
     * @param request the request
     * @param success whether the switch stands at the port
     */
    void Answer(Request request, bool success);

    /**
     * @brief Begin to move.
     * @param request who asks
     */
    void Move(const Request& request);

    /// The movement is over.
    void Moved();

    /// Tell if another port is lit now.
    void UpdateLight();

    /**
     * @brief Tell of an alarm.
     * @param failed true if the switch is broken
     */
    void Alarm(bool failed);

    // attributes
    std::string m_name;      //!< Name
    uint32_t m_nPorts{2};    //!< Ports
    uint32_t m_port{1};      //!< InitialPort, then where it stands
    Time m_switchingTime;    //!< SwitchingTime
    double m_lossDb{1.0};    //!< LossDb
    double m_coverage{1.0};  //!< Coverage
    bool m_failDark{false};  //!< FailDark
    bool m_supervised{true}; //!< Supervised

    Ptr<UniformRandomVariable> m_draw; //!< whether a switching works
    AlarmCallback m_alarm;             //!< told of alarms
    uint32_t m_failures{0};            //!< failures that are not repaired
    bool m_stranded{false};            //!< broke while it moved
    bool m_works{true};                //!< the movement that goes on will reach its port
    uint32_t m_lit{0};                 //!< port that is lit
    EventId m_moved;                   //!< end of the movement that goes on
    std::vector<Request> m_waiting;    //!< who waits for it; all for the same port

    TracedCallback<Ptr<const OpticalSwitch>, uint32_t> m_litTrace;                 //!< LitPort
    TracedCallback<Ptr<const OpticalSwitch>, uint32_t, IncidentId> m_requestTrace; //!< Request
    TracedCallback<Ptr<const OpticalSwitch>, uint32_t, bool, IncidentId>
        m_outcomeTrace;                                            //!< Outcome
    TracedCallback<Ptr<const OpticalSwitch>, bool> m_failureTrace; //!< Failure
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_OPTICAL_SWITCH_H */
