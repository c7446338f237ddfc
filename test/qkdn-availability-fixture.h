/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_AVAILABILITY_FIXTURE_H
#define QKDN_AVAILABILITY_FIXTURE_H

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/qkdn-fault-process.h"
#include "ns3/qkdn-repair-crews.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A mean and its interval.
 */
struct IntervalEstimate
{
    double mean{0.0}; //!< mean of the batches
    double half{0.0}; //!< half of the 99.9 % interval (Student's t)
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief What becomes of a service in batches of equal length of a run.
 */
class ServiceRecord
{
  public:
    /// Number of batches.
    static constexpr std::size_t BATCHES = 40;

    /**
     * @brief Constructor; the service works at first.
     * @param duration length of the run
     */
    explicit ServiceRecord(Time duration)
        : m_batch(duration / static_cast<int64_t>(BATCHES))
    {
    }

    /**
     * @brief The service works or does not from now on.
     * @param works whether it does
     */
    void Set(bool works)
    {
        if (works == m_works)
        {
            return;
        }
        const Time now = Simulator::Now();
        if (works)
        {
            AddDown(now);
        }
        else
        {
            m_failures.at(GetBatch(now)) += 1.0;
        }
        m_works = works;
        m_since = now;
    }

    /// The run ends now.
    void Close()
    {
        Set(true);
    }

    /**
     * @brief The part of the time that the service did not work.
     * @return 0 to 1
     */
    IntervalEstimate GetUnavailability() const
    {
        return Estimate(m_downS, m_batch.GetSeconds());
    }

    /**
     * @brief How often the service failed.
     * @return failures in a second
     */
    IntervalEstimate GetFailureRate() const
    {
        return Estimate(m_failures, m_batch.GetSeconds());
    }

  private:
    /// Figures of the batches.
    using Batches = std::array<double, BATCHES>;

    /// The batch that a time is in.
    std::size_t GetBatch(Time time) const
    {
        const auto batch = static_cast<std::size_t>(time.GetTimeStep() / m_batch.GetTimeStep());
        return std::min(batch, BATCHES - 1);
    }

    /// Share the time since the last failure out to batches.
    void AddDown(Time end)
    {
        for (std::size_t i = GetBatch(m_since); i <= GetBatch(end); ++i)
        {
            const Time from = std::max(m_since, m_batch * static_cast<int64_t>(i));
            const Time to =
                i + 1 == BATCHES ? end : std::min(end, m_batch * static_cast<int64_t>(i + 1));
            m_downS.at(i) += (to - from).GetSeconds();
        }
    }

    /// Mean and interval of figures by time.
    static IntervalEstimate Estimate(const Batches& figures, double batchS)
    {
        const double mean = gsl_stats_mean(figures.data(), 1, BATCHES);
        const double deviation = gsl_stats_sd(figures.data(), 1, BATCHES);
        const double t = gsl_cdf_tdist_Pinv(1.0 - 0.0005, BATCHES - 1.0);
        return {mean / batchS, t * deviation / std::sqrt(1.0 * BATCHES) / batchS};
    }

    Time m_batch;         //!< length of a batch
    Batches m_downS{};    //!< time that the service did not work, s
    Batches m_failures{}; //!< how often it failed
    bool m_works{true};   //!< whether it works
    Time m_since;         //!< of the last change
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Fibres that are cut and repaired at random, and a service that needs some of them.
 *
 * Real processes, faults, fibres and crews; nothing is sent. Whether the service works is looked
 * at whenever a fibre changes: detection, switching and resynchronisation take no time.
 */
class FallibleFibres
{
  public:
    /// Tells whether the service works.
    using Service = std::function<bool()>;

    /// Constructor: no fibre, and repairs that wait for no crew.
    FallibleFibres()
    {
        RngSeedManager::SetSeed(1);
        RngSeedManager::SetRun(1);
    }

    ~FallibleFibres()
    {
        for (const Ptr<FaultProcess>& process : m_processes)
        {
            process->Dispose();
        }
        if (m_crews)
        {
            m_crews->Dispose();
        }
        m_injector->Dispose();
        Simulator::Destroy();
    }

    FallibleFibres(const FallibleFibres&) = delete;
    FallibleFibres& operator=(const FallibleFibres&) = delete;

    /**
     * @brief Let crews repair what fails, at once and without travel. Call before Add().
     * @param crews how many there are
     */
    void SetCrews(uint32_t crews)
    {
        m_crews = CreateObject<RepairCrews>();
        m_crews->SetAttribute("Crews", UintegerValue(crews));
        m_crews->SetAttribute("Dispatch", EnumValue(RepairCrews::IMMEDIATE));
        m_crews->SetInjector(m_injector);
    }

    /**
     * @brief Add a fibre.
     * @param name its name
     * @param up times until it is cut
     * @param repair times of repairs
     * @return the fibre
     */
    Ptr<FibreSpan> Add(const std::string& name,
                       const TimeDistribution& up,
                       const TimeDistribution& repair)
    {
        Ptr<FibreSpan> span = CreateObjectWithAttributes<FibreSpan>("Name",
                                                                    StringValue(name),
                                                                    "LengthKm",
                                                                    DoubleValue(1));
        Ptr<FaultProcess> process = CreateObject<FaultProcess>();
        process->SetComponent("fibre-cut", name);
        process->SetTimes(up, repair);
        process->SetInjector(m_injector);
        process->SetCrews(m_crews);
        process->SetSource([name, span](uint32_t number) {
            Ptr<FibreCut> cut = CreateObject<FibreCut>();
            cut->SetSpan(span, 0.5);
            cut->SetNames(name + "/" + std::to_string(number), name);
            return cut;
        });
        m_processes.push_back(process);
        m_spans.push_back(span);
        return span;
    }

    /**
     * @brief Run.
     * @param durationS for how long, s
     * @param service tells whether the service works
     * @return what became of it
     */
    ServiceRecord Run(double durationS, Service service)
    {
        ServiceRecord record(Seconds(durationS));
        m_service = std::move(service);
        m_record = &record;
        for (const Ptr<FibreSpan>& span : m_spans)
        {
            span->TraceConnectWithoutContext("StateChange",
                                             MakeCallback(&FallibleFibres::Changed, this));
        }
        for (const Ptr<FaultProcess>& process : m_processes)
        {
            process->Begin();
        }
        Simulator::Stop(Seconds(durationS));
        Simulator::Run();
        record.Close();
        m_record = nullptr;
        return record;
    }

    /// Look whether the service works.
    void Look()
    {
        m_record->Set(m_service());
    }

    /**
     * @brief Cuts so far.
     * @return of all fibres together
     */
    uint64_t GetCuts() const
    {
        uint64_t cuts = 0;
        for (const Ptr<FaultProcess>& process : m_processes)
        {
            cuts += process->GetResult().faults;
        }
        return cuts;
    }

  private:
    /// A fibre is cut or whole again.
    void Changed(Ptr<const FibreSpan>, bool)
    {
        Look();
    }

    Ptr<FaultInjector> m_injector{CreateObject<FaultInjector>()}; //!< lets faults strike
    Ptr<RepairCrews> m_crews;                                     //!< repair, null if not needed
    std::vector<Ptr<FaultProcess>> m_processes;                   //!< one for each fibre
    std::vector<Ptr<FibreSpan>> m_spans;                          //!< the fibres
    Service m_service;                                            //!< tells whether it works
    ServiceRecord* m_record{nullptr};                             //!< of the run that goes on
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_AVAILABILITY_FIXTURE_H */
