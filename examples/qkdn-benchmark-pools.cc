/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-benchmark-pools.h"

#include "qkdn-benchmark-process.h"

#include "ns3/qkdn-kma-pool.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <array>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace benchmark
{

namespace
{

/// How far a run goes.
enum Stage
{
    STAGE_EMPTY, //!< empty pools
    STAGE_IDLE,  //!< keys are stored
    STAGE_BUSY,  //!< and spent one by one, in such a way that they may be booked otherwise yet
    STAGE_DONE,  //!< and settled
    STAGES       //!< how many there are
};

/// Names of the stages in JSON.
constexpr std::array<const char*, STAGES> STAGE_NAMES = {"empty", "idle", "busy", "done"};

/// Seed of the generator of key material.
constexpr uint64_t MATERIAL_SEED = 1;

/// Both ends of a pool and what was spent of it.
class PoolPair
{
  public:
    /// Constructor: empty pools.
    explicit PoolPair(const PoolsOptions& options)
        : m_options(options),
          m_low(MakeEnd(1, 2)),
          m_high(MakeEnd(2, 1)),
          // memory of this program, which each stage has
          m_spent(options.keys)
    {
    }

    /// Blocks that hold the keys.
    uint64_t CountBlocks() const
    {
        const uint64_t inBlock = m_options.blockBits / m_options.keyBits;
        return (m_options.keys + inBlock - 1) / inBlock;
    }

    /// Store the keys, all of which the low end may allocate.
    void Fill()
    {
        for (uint64_t block = 1; block <= CountBlocks(); ++block)
        {
            QkdKey key;
            key.id = KeyId{LinkId(1), block};
            key.module = MODULE_TRANSMITTER;
            key.material = KeyMaterial::FromGenerator(MATERIAL_SEED, block, 0, m_options.blockBits);
            for (const Ptr<KmaPool>& end : {m_low, m_high})
            {
                if (!end->Add(key) || !end->Confirm(key.id, m_options.blockBits))
                {
                    throw std::runtime_error("a pool refused a key");
                }
            }
        }
    }

    /// Spend key by key at both ends; gives how many were equal.
    uint64_t Spend()
    {
        uint64_t equal = 0;
        for (KeyRange& spent : m_spent)
        {
            const auto key = m_low->Take(m_options.keyBits, KEY_RELAY_WORKING);
            if (!key || key->ranges.size() != 1)
            {
                throw std::runtime_error("a pool has no such key");
            }
            const auto other = m_high->TakeNamed(key->ranges, KEY_RELAY_WORKING);
            equal += other && other->ToBytes() == key->material.ToBytes() ? 1 : 0;
            spent = key->ranges.front();
        }
        return equal;
    }

    /// Say that what was spent stays so.
    void Settle()
    {
        for (const KeyRange& spent : m_spent)
        {
            if (!m_low->Settle({spent}) || !m_high->Settle({spent}))
            {
                throw std::runtime_error("a pool does not know what it spent");
            }
        }
    }

    /// Whether the books of both ends say that so many bits are stored and so many were spent.
    bool AreBooksRight(uint64_t stored, uint64_t spent) const
    {
        bool right = true;
        for (const Ptr<KmaPool>& end : {m_low, m_high})
        {
            right = right && end->GetStoredBits() == stored &&
                    end->GetLedger().Get(KEY_RELAY_WORKING) == spent;
        }
        return right;
    }

  private:
    /// An end of the pool.
    static Ptr<KmaPool> MakeEnd(uint32_t self, uint32_t peer)
    {
        const auto pool =
            CreateObjectWithAttributes<KmaPool>("Capacity", UintegerValue(uint64_t{1} << 50));
        pool->Configure(KmId(self), KmId(peer));
        return pool;
    }

    const PoolsOptions m_options;  //!< how much
    const Ptr<KmaPool> m_low;      //!< end that allocates
    const Ptr<KmaPool> m_high;     //!< end that is told
    std::vector<KeyRange> m_spent; //!< what each key was made of
};

/// Go on until a stage.
Counts
RunStages(const PoolsOptions& options, Stage last)
{
    Counts counts;
    counts.equalKeys = options.keys;
    {
        PoolPair pools(options);
        const uint64_t bits = pools.CountBlocks() * options.blockBits;
        uint64_t spent = 0;
        if (last >= STAGE_IDLE)
        {
            pools.Fill();
        }
        if (last >= STAGE_BUSY)
        {
            counts.equalKeys = pools.Spend();
            spent = options.keys * options.keyBits;
        }
        if (last >= STAGE_DONE)
        {
            pools.Settle();
        }
        const uint64_t there = last == STAGE_EMPTY ? 0 : bits - spent;
        counts.differentKeys =
            pools.AreBooksRight(there, spent) ? options.keys - counts.equalKeys : options.keys;
    }
    Simulator::Destroy();
    return counts;
}

/// Print the figures.
void
Print(const PoolsOptions& options, const std::array<Measured, STAGES>& figures)
{
    nlohmann::json values = {{"keys", options.keys},
                             {"key_bits", options.keyBits},
                             {"block_bits", options.blockBits}};
    const auto keys = static_cast<double>(options.keys);
    constexpr double MEBIBYTE = 1024 * 1024;
    constexpr double ENDS = 2;
    constexpr double MICRO = 1e6;
    for (int stage = STAGE_IDLE; stage < STAGES; ++stage)
    {
        const std::string name = STAGE_NAMES[stage];
        const double mebibyte = figures[stage].memoryMebibyte - figures[STAGE_EMPTY].memoryMebibyte;
        values[name + "_bytes_per_key_and_end"] = mebibyte * MEBIBYTE / keys / ENDS;
        values[name + "_cpu_us_per_key_and_end"] =
            MICRO * (figures[stage].cpuSeconds - figures[stage - 1].cpuSeconds) / keys / ENDS;
    }
    if (options.format == "json")
    {
        std::cout << values.dump() << std::endl;
        return;
    }
    std::cout << options.keys << " keys of " << options.keyBits << " bit in blocks of "
              << options.blockBits << " bit, both ends equal\n"
              << std::left << std::setw(12) << "state" << std::right << std::setw(20)
              << "most bytes a key" << std::setw(24) << "CPU us to get there"
              << "\n";
    for (int stage = STAGE_IDLE; stage < STAGES; ++stage)
    {
        const std::string name = STAGE_NAMES[stage];
        std::cout << std::left << std::setw(12) << name << std::right << std::fixed
                  << std::setprecision(1) << std::setw(20)
                  << values[name + "_bytes_per_key_and_end"].get<double>() << std::setprecision(3)
                  << std::setw(24) << values[name + "_cpu_us_per_key_and_end"].get<double>()
                  << "\n";
    }
    std::cout << std::flush;
}

} // namespace

bool
MeasurePools(const PoolsOptions& options)
{
    std::array<Measured, STAGES> figures;
    bool good = true;
    for (int stage = STAGE_EMPTY; stage < STAGES; ++stage)
    {
        if (!options.quiet)
        {
            std::cerr << "pools, " << STAGE_NAMES[stage] << std::endl;
        }
        figures[stage] =
            Measure([&options, stage] { return RunStages(options, static_cast<Stage>(stage)); });
        good = good && figures[stage].counts.differentKeys == 0;
    }
    Print(options, figures);
    return good;
}

} // namespace benchmark
