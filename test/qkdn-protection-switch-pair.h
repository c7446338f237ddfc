/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_PROTECTION_SWITCH_PAIR_H
#define QKDN_PROTECTION_SWITCH_PAIR_H

#include "ns3/qkdn-protection-switch.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/test.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{
namespace switch_test
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Two protection switches whose messages take a while and may be lost.
 */
class SwitchPair
{
  public:
    /// What an end has done, by its traces.
    struct Log
    {
        std::vector<std::pair<Time, SwitchState>> states;             //!< states entered
        std::vector<std::pair<Time, Entity>> selections;              //!< selections
        std::vector<std::pair<Time, std::string>> sent;               //!< messages, repetitions too
        std::vector<std::pair<SwitchRequest, CommandResult>> results; //!< of commands
        std::vector<std::pair<Time, bool>> wtr;                       //!< WTR timer
        std::vector<std::pair<ProtocolFailure, bool>> failures;       //!< failures of protocol
        std::vector<std::pair<Time, bool>> holdOffs;                  //!< ends of hold-off
        std::vector<IncidentId> incidents;                            //!< behind the states
        uint32_t invalid{0};                                          //!< messages dropped
    };

    /**
     * @brief Constructor
     * @param delay how long messages take
     */
    explicit SwitchPair(Time delay = MilliSeconds(2))
        : m_delays{delay, delay}
    {
        for (std::size_t i = 0; i < 2; ++i)
        {
            m_ends[i].pair = this;
            m_ends[i].index = i;
            m_ends[i].Connect();
        }
    }

    ~SwitchPair()
    {
        for (End& end : m_ends)
        {
            end.machine->Dispose();
        }
    }

    SwitchPair(const SwitchPair&) = delete;
    SwitchPair& operator=(const SwitchPair&) = delete;

    /**
     * @brief An end.
     * @param index 0 or 1
     * @return its switch
     */
    Ptr<ProtectionSwitch> At(std::size_t index) const
    {
        return m_ends.at(index).machine;
    }

    /**
     * @brief What an end has done.
     * @param index 0 or 1
     * @return its log
     */
    const Log& LogOf(std::size_t index) const
    {
        return m_ends.at(index).log;
    }

    /**
     * @brief Set an attribute of both switches.
     * @param name the attribute
     * @param value its value
     */
    void Set(const std::string& name, const AttributeValue& value)
    {
        At(0)->SetAttribute(name, value);
        At(1)->SetAttribute(name, value);
    }

    /// Start both switches.
    void Start()
    {
        At(0)->Start();
        At(1)->Start();
    }

    /**
     * @brief Set how messages fare.
     * @param loss probability that one is lost
     * @param random where the chance comes from
     */
    void SetLoss(double loss, Ptr<UniformRandomVariable> random = nullptr)
    {
        m_loss = loss;
        m_random = random;
    }

    /**
     * @brief Set how long messages of an end take.
     * @param index the end that sends
     * @param delay how long
     */
    void SetDelay(std::size_t index, Time delay)
    {
        m_delays.at(index) = delay;
    }

    /**
     * @brief Tell an end something at some time.
     * @param when the time
     * @param index the end
     * @param request what
     * @param entity which entity it is about
     * @param incident the failure behind it
     */
    void Schedule(Time when,
                  std::size_t index,
                  SwitchRequest request,
                  Entity entity = ENTITY_WORKING,
                  IncidentId incident = IncidentId())
    {
        Simulator::Schedule(when - Simulator::Now(),
                            &ProtectionSwitch::Local,
                            At(index),
                            request,
                            entity,
                            incident);
    }

    /**
     * @brief Go on.
     * @param until until when
     */
    static void RunUntil(Time until)
    {
        Simulator::Stop(until - Simulator::Now());
        Simulator::Run();
    }

  private:
    /// One end.
    struct End
    {
        /// Listen to the traces.
        void Connect()
        {
            machine->SetSendCallback(MakeCallback(&End::Send, this));
            machine->SetSelectCallback(MakeCallback(&End::Select, this));
            machine->TraceConnectWithoutContext("StateChange", MakeCallback(&End::Enter, this));
            machine->TraceConnectWithoutContext("CommandResult", MakeCallback(&End::Result, this));
            machine->TraceConnectWithoutContext("WaitToRestoreTimer",
                                                MakeCallback(&End::Wait, this));
            machine->TraceConnectWithoutContext("ProtocolFailure", MakeCallback(&End::Fail, this));
            machine->TraceConnectWithoutContext("HoldOffOver", MakeCallback(&End::HoldOff, this));
            machine->TraceConnectWithoutContext("Invalid", MakeCallback(&End::Invalid, this));
        }

        /// @cond
        void Send(const ApsMessage& message)
        {
            log.sent.emplace_back(Simulator::Now(), message.ToString());
            pair->Carry(index, message);
        }

        void Select(Entity entity, IncidentId /* incident */)
        {
            log.selections.emplace_back(Simulator::Now(), entity);
        }

        void Enter(SwitchState /* from */, SwitchState to, IncidentId incident)
        {
            log.states.emplace_back(Simulator::Now(), to);
            log.incidents.push_back(incident);
        }

        void Result(SwitchRequest request, Entity, CommandResult result, IncidentId)
        {
            log.results.emplace_back(request, result);
        }

        void Wait(bool running, IncidentId)
        {
            log.wtr.emplace_back(Simulator::Now(), running);
        }

        void Fail(ProtocolFailure failure, bool present, IncidentId)
        {
            log.failures.emplace_back(failure, present);
        }

        void HoldOff(Entity, bool defective, IncidentId)
        {
            log.holdOffs.emplace_back(Simulator::Now(), defective);
        }

        void Invalid(const ApsMessage&)
        {
            ++log.invalid;
        }

        /// @endcond

        SwitchPair* pair{nullptr};                                        //!< where it belongs
        std::size_t index{0};                                             //!< which end
        Ptr<ProtectionSwitch> machine = CreateObject<ProtectionSwitch>(); //!< the switch
        Log log;                                                          //!< what it has done
    };

    /**
     * @brief Carry a message to the other end.
     * @param from the end that sends
     * @param message the message
     */
    void Carry(std::size_t from, const ApsMessage& message)
    {
        if (m_loss > 0.0 && (!m_random || m_random->GetValue() < m_loss))
        {
            return;
        }
        Simulator::Schedule(m_delays[from], &ProtectionSwitch::Remote, At(1 - from), message);
    }

    std::array<End, 2> m_ends;           //!< the ends
    std::array<Time, 2> m_delays;        //!< how long messages take, by sender
    double m_loss{0.0};                  //!< probability of loss; without m_random all are lost
    Ptr<UniformRandomVariable> m_random; //!< decides on loss
};

constexpr Entity W = ENTITY_WORKING;    //!< short for it
constexpr Entity P = ENTITY_PROTECTION; //!< short for it
const IncidentId FIRST{7, 1};           //!< a failure that end 0 detects
const IncidentId SECOND{8, 1};          //!< a failure that end 1 detects

/**
 * @brief An instant.
 * @param milliseconds milliseconds
 * @return the instant
 */
inline Time
Ms(int64_t milliseconds)
{
    return MilliSeconds(milliseconds);
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Base of tests of two switches, 2 ms apart.
 */
class SwitchPairTest : public TestCase
{
  protected:
    using TestCase::TestCase;

    void DoTeardown() override
    {
        Simulator::Destroy();
    }

    /**
     * @brief Expect the states of both ends.
     * @param pair the ends
     * @param first state of end 0
     * @param second state of end 1
     * @param selected what both select
     */
    void ExpectStates(const SwitchPair& pair,
                      SwitchState first,
                      SwitchState second,
                      Entity selected)
    {
        const std::string when =
            " at " + std::to_string(Simulator::Now().GetMilliSeconds()) + " ms";
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(pair.At(0)->GetState()),
                              std::string(SwitchStateName(first)),
                              "end 0" << when);
        NS_TEST_EXPECT_MSG_EQ(SwitchStateName(pair.At(1)->GetState()),
                              std::string(SwitchStateName(second)),
                              "end 1" << when);
        NS_TEST_EXPECT_MSG_EQ(EntityName(pair.At(0)->GetSelected()),
                              std::string(EntityName(selected)),
                              "selection of end 0" << when);
        NS_TEST_EXPECT_MSG_EQ(EntityName(pair.At(1)->GetSelected()),
                              std::string(EntityName(selected)),
                              "selection of end 1" << when);
    }

    /**
     * @brief Expect the selections of an end.
     * @param pair the ends
     * @param end the end
     * @param expected when which entity
     */
    void ExpectSelections(const SwitchPair& pair,
                          std::size_t end,
                          const std::vector<std::pair<Time, Entity>>& expected)
    {
        const auto& selections = pair.LogOf(end).selections;
        NS_TEST_ASSERT_MSG_EQ(selections.size(), expected.size(), "selections of end " << end);
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(selections[i].first,
                                  expected[i].first,
                                  "time of selection " << i << " of end " << end);
            NS_TEST_EXPECT_MSG_EQ(+selections[i].second,
                                  +expected[i].second,
                                  "selection " << i << " of end " << end);
        }
    }

    /**
     * @brief Expect the newest result of a command.
     * @param pair the ends
     * @param end the end
     * @param request the command
     * @param result what became of it
     */
    void ExpectResult(const SwitchPair& pair,
                      std::size_t end,
                      SwitchRequest request,
                      CommandResult result)
    {
        const auto& results = pair.LogOf(end).results;
        NS_TEST_ASSERT_MSG_EQ(results.empty(), false, "no result");
        NS_TEST_EXPECT_MSG_EQ(SwitchRequestName(results.back().first),
                              std::string(SwitchRequestName(request)),
                              "command");
        NS_TEST_EXPECT_MSG_EQ(CommandResultName(results.back().second),
                              std::string(CommandResultName(result)),
                              "result");
    }

    /**
     * @brief Tell an end something now, and let messages settle for 20 ms.
     * @param pair the ends
     * @param end the end
     * @param request what
     * @param entity which entity it is about
     */
    static void Tell(SwitchPair& pair, std::size_t end, SwitchRequest request, Entity entity = W)
    {
        pair.At(end)->Local(request, entity, end == 0 ? FIRST : SECOND);
        SwitchPair::RunUntil(Simulator::Now() + Ms(20));
    }
};

} // namespace switch_test
} // namespace qkdn
} // namespace ns3

#endif /* QKDN_PROTECTION_SWITCH_PAIR_H */
