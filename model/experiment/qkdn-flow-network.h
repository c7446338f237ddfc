/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FLOW_NETWORK_H
#define QKDN_FLOW_NETWORK_H

#include "ns3/nstime.h"
#include "ns3/qkdn-key-ledger.h"
#include "ns3/qkdn-wide-integer.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/// A rate in nano-bit per second: a year of it is exact to a bit.
using FlowRate = int64_t;

constexpr FlowRate FLOW_BIT_PER_SECOND = 1000000000; //!< 1 bit/s as a FlowRate

/**
 * @ingroup qkdn-resilience
 * @brief Key bits that come in blocks, as a line: between two changes the amount grows steadily.
 */
struct FlowSource
{
    uint64_t bits{0}; //!< key of a block, bit
    Time block;       //!< time that a block takes; zero while nothing comes

    /**
     * @brief The rate.
     * @return bits / block
     */
    FlowRate GetRate() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief A way over which key of a session flows.
 */
struct FlowPath
{
    std::vector<uint32_t> pools;   //!< pool of each hop
    KeyUse use{KEY_RELAY_WORKING}; //!< what its key bits are booked as
    uint64_t floorBits{0};         //!< what it leaves in each pool at least, beside the reserve
    uint64_t weight{1};            //!< its part if the routes of a session share its demand

    /// bits for tags on each hop are tagBits for every tagKeyBits bits of key
    uint64_t tagBits{0};
    uint64_t tagKeyBits{1}; //!< see tagBits, above 0

    /**
     * @brief Whether two ways are the same in everything.
     * @param other the other one
     * @return true if so
     */
    bool operator==(const FlowPath& other) const;
};

/**
 * @ingroup qkdn-resilience
 * @brief What a session asks of a FlowNetwork.
 */
struct FlowDemand
{
    FlowRate rate{0};      //!< key that it needs
    uint32_t priority{0};  //!< a higher number goes first
    bool extra{false};     //!< extra traffic: after all others
    bool shares{false};    //!< each key goes over all routes at once; else over one of them
    uint32_t threshold{1}; //!< routes that a key with shares needs

    /**
     * @brief Whether two demands are the same in everything.
     * @param other the other one
     * @return true if so
     */
    bool operator==(const FlowDemand& other) const;
};

/**
 * @ingroup qkdn-resilience
 * @brief Key of a network as a fluid: pools that QKD links fill and sessions empty at steady rates.
 *
 * Between two changes every rate is constant, and so every level is a line. Levels are integers:
 * what flows is counted in whole bits, the parts of a bit are carried over, and a bit that leaves a
 * pool is booked once, so that the books balance exactly at every instant.
 *
 * A pool that holds more than its reserve (and than the floor of a route) does not limit anybody.
 * If it does not, it limits them until it has gathered what is missing for some seconds, and what
 * flows in is shared meanwhile: extra traffic after all others, what
 * leaves a higher floor after what leaves a lower one, then by priority, those of one priority
 * equally (max-min fairness over the whole network). Below the reserve, or the
 * floor, what flows in stays, until that is reached. A full pool takes only what leaves it.
 *
 * It knows neither key managers nor messages.
 */
class FlowNetwork
{
  public:
    /**
     * @brief Add a pool.
     * @param capacityBits what it holds at most, bit
     * @param reserveBits what it keeps for authentication, bit
     * @return its number, from 0
     */
    uint32_t AddPool(uint64_t capacityBits, uint64_t reserveBits);

    /**
     * @brief Add a QKD link that fills a pool.
     * @param pool the pool
     * @param initialBits bits that are there from the beginning
     * @return number of the link, from 0
     */
    uint32_t AddLink(uint32_t pool, uint64_t initialBits);

    /**
     * @brief Add a session.
     * @return its number, from 0
     */
    uint32_t AddSession();

    /**
     * @brief Let everything flow.
     * @param now until when, not before the last call
     */
    void Advance(Time now);

    /**
     * @brief Set what a link brings from now on. Call Advance() before.
     * @param link the link
     * @param source its key
     */
    void SetSource(uint32_t link, const FlowSource& source);

    /**
     * @brief Have what a link brings wait, or not any more.
     * @param link the link
     * @param mostBits what waits at most, bit; the pool gets it at once when this is nothing
     * @return false if it was so already
     */
    bool Hold(uint32_t link, std::optional<uint64_t> mostBits);

    /**
     * @brief A link brings bits at once; what the pool cannot hold is dropped.
     * @param link the link
     * @param bits how many
     * @return bits that the pool has taken
     */
    uint64_t Bring(uint32_t link, uint64_t bits);

    /**
     * @brief Set what a session asks for and over what, from now on. Call Advance() before.
     * @param session the session
     * @param demand its demand
     * @param routes its routes that work; none for none
     */
    void SetDemand(uint32_t session, const FlowDemand& demand, const std::vector<FlowPath>& routes);

    /**
     * @brief Whether a session asks for something already.
     * @param session the session
     * @param demand a demand
     * @param routes its routes
     * @return true if SetDemand() would change nothing
     */
    bool HasDemand(uint32_t session,
                   const FlowDemand& demand,
                   const std::vector<FlowPath>& routes) const;

    /**
     * @brief Set a level at which something happens: NextCrossing() does not step over it.
     * @param pool the pool
     * @param bits the levels, bit
     */
    void SetThresholds(uint32_t pool, const std::vector<uint64_t>& bits);

    /// Find the rates of all sessions anew. Call it after anything was set.
    void Allocate();

    /**
     * @brief Take key at once for requests that have waited.
     * @param session the session
     * @param bits how many at most
     * @return bits of key that the session has got
     */
    uint64_t Catch(uint32_t session, uint64_t bits);

    /**
     * @brief Delete what a pool holds.
     * @param pool the pool
     */
    void Destroy(uint32_t pool);

    /**
     * @brief When a rate has to change next, if nothing else happens.
     * @return the time, after that of the last Advance(), or nothing
     */
    std::optional<Time> NextCrossing() const;

    /**
     * @brief Level of a pool at the last Advance().
     * @param pool the pool
     * @return bit
     */
    uint64_t GetLevel(uint32_t pool) const;

    /**
     * @brief What flows into a pool less what flows out.
     * @param pool the pool
     * @return the rate, 0 for a full pool that gets more than it gives
     */
    FlowRate GetNetRate(uint32_t pool) const;

    /**
     * @brief What sessions want of a pool, whether they get it or not, less what flows in.
     * @param pool the pool
     * @return the rate
     */
    FlowRate GetMissingRate(uint32_t pool) const;

    /**
     * @brief Key that a session gets.
     * @param session the session
     * @return the rate
     */
    FlowRate GetRate(uint32_t session) const;

    /**
     * @brief Whether a session gets what it asks for.
     * @param session the session
     * @return true if so; also if it asks for nothing
     */
    bool IsMet(uint32_t session) const;

    /**
     * @brief Key that a session has got.
     * @param session the session
     * @return bit
     */
    uint64_t GetSupplied(uint32_t session) const;

    /**
     * @brief Key that a route of a session has carried since SetDemand().
     * @param session the session
     * @param route its place in the list
     * @return bit
     */
    uint64_t GetCarried(uint32_t session, std::size_t route) const;

    /**
     * @brief Key that a route of a session carries.
     * @param session the session
     * @param route its place in the list
     * @return the rate
     */
    FlowRate GetRouteRate(uint32_t session, std::size_t route) const;

    /**
     * @brief Key of all hops that a session has used up, without tags.
     * @param session the session
     * @return bit
     */
    uint64_t GetSpent(uint32_t session) const;

    /**
     * @brief The book of a link.
     * @param link the link
     * @return the book
     */
    const KeyLedger& GetBook(uint32_t link) const;

  private:
    /// A QKD link.
    struct Link
    {
        uint32_t pool{0};             //!< its pool
        FlowSource source;            //!< what it brings
        Time since;                   //!< since when
        uint64_t brought{0};          //!< bits of this source so far
        std::optional<uint64_t> hold; //!< what waits at most, bit
        uint64_t waiting{0};          //!< what waits, bit
        uint64_t passing{0};          //!< more than the pool can hold, while key flows, bit
        KeyLedger book;               //!< its book
    };

    /// A pool.
    struct Pool
    {
        uint64_t capacity{0};             //!< bit
        uint64_t reserve{0};              //!< bit
        uint64_t level{0};                //!< bit
        uint64_t passing{0};              //!< more than it can hold, while key flows, bit
        std::vector<uint32_t> links;      //!< links that fill it
        std::vector<uint64_t> thresholds; //!< levels at which something happens
        FlowRate in{0};                   //!< inflow
        FlowRate out{0};                  //!< outflow
        FlowRate wanted{0};               //!< outflow that sessions ask for
        uint32_t flows{0};                //!< flows through it
        uint64_t release{0};              //!< while it limits flows: more than this ends that, bit
    };

    /// A flow: one route of a session.
    struct Flow
    {
        FlowPath route;      //!< the route
        FlowRate wanted{0};  //!< what it is asked for
        FlowRate rate{0};    //!< what it carries
        uint64_t carried{0}; //!< since it was set, bit
        Int128 part{0};      //!< 1e-18 bit that it has not carried yet
        uint64_t tagPart{0}; //!< of tagKeyBits, the same for tags
    };

    /// A session.
    struct Session
    {
        FlowDemand demand;       //!< what it asks for
        std::vector<Flow> flows; //!< over these routes
        FlowRate rate{0};        //!< what it gets
        uint64_t supplied{0};    //!< what it has got, bit
        uint64_t spent{0};       //!< key of all hops, bit
    };

    /// @cond
    static FlowRate CostOf(const FlowPath& route, FlowRate rate);
    uint64_t GetFloor(const Pool& pool, const FlowPath& route) const;
    static uint64_t GetSlack(const Pool& pool);
    bool IsTight(const Pool& pool, const FlowPath& route) const;
    FlowRate GetRoom(const Pool& pool, const FlowPath& route) const;
    static uint64_t FindRelease(const Pool& pool, const std::vector<uint64_t>& floors);
    void Fill(std::vector<Flow*>& flows);
    void AllocateGroup(const std::vector<Session*>& sessions);
    static FlowRate GetShareRate(const Session& session);
    static bool TrimShares(Session& session);
    static bool ShiftDemand(Session& session);
    void CountRates();
    void FlowOut(Time passed);
    uint64_t Carry(Flow& flow, uint64_t bits);
    void TakeFrom(Pool& pool, KeyUse use, uint64_t bits);
    static std::optional<uint64_t> FindNext(const Pool& pool,
                                            FlowRate net,
                                            const std::vector<uint64_t>& floors);
    /// @endcond

    Time m_now;                                  //!< last Advance()
    std::vector<Link> m_links;                   //!< links
    std::vector<Pool> m_pools;                   //!< pools
    std::vector<Session> m_sessions;             //!< sessions
    std::vector<std::vector<uint64_t>> m_floors; //!< of the flows through each pool
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FLOW_NETWORK_H */
