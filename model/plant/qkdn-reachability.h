/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_REACHABILITY_H
#define QKDN_REACHABILITY_H

#include "qkdn-classical-topology.h"

#include "ns3/callback.h"
#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Tells whether packets between two nodes arrive, without sending any.
 *
 * It is omniscient and is for flow mode only: it follows the routes that IP routing takes at this
 * instant over the links as they are, so that a cut shows at once, and a detour when routing has
 * found it. Only pairs of nodes whose way a change can concern are looked at.
 */
class Reachability : public Object
{
  public:
    /// Takes a change: number of the pair, whether packets arrive.
    using ChangeCallback = Callback<void, uint32_t, bool>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    Reachability();
    ~Reachability() override;

    /**
     * @brief Set the network. Call it once, when all its links are there.
     * @param topology the network
     */
    void SetTopology(Ptr<ClassicalTopology> topology);

    /**
     * @brief Set who is told of changes.
     * @param callback called when packets of a pair arrive no more, or again
     */
    void SetCallback(ChangeCallback callback);

    /**
     * @brief Watch two nodes.
     * @param a ns-3 id of one
     * @param b ns-3 id of the other, may be the same
     * @return number of the pair, the same for the same nodes
     */
    uint32_t Watch(uint32_t a, uint32_t b);

    /**
     * @brief Whether packets arrive in both directions.
     * @param pair number of the pair
     * @return true if so
     */
    bool IsReachable(uint32_t pair) const;

    /**
     * @brief Propagation delay of the longer direction, when packets arrived last.
     * @param pair number of the pair
     * @return the delay
     */
    Time GetDelay(uint32_t pair) const;

  protected:
    void DoDispose() override;

  private:
    /// Two nodes.
    struct Pair
    {
        uint32_t a{0};         //!< one node
        uint32_t b{0};         //!< the other node
        bool reachable{false}; //!< packets arrive
        bool stale{true};      //!< routing may send packets elsewhere than links says
        Time delay;            //!< of the way
        /// links on the way in both directions, as far as packets come
        std::vector<Ptr<const ClassicalLink>> links;
    };

    /**
     * @brief Follow packets from one node to another.
     * @param from the one
     * @param to the other
     * @param [in,out] links gets the links
     * @param [out] delay of the links
     * @return whether they arrive
     */
    bool Follow(uint32_t from,
                uint32_t to,
                std::vector<Ptr<const ClassicalLink>>& links,
                Time& delay) const;

    /**
     * @brief Look at a pair anew.
     * @param pair the pair
     * @return whether its state is another one now
     */
    bool Review(Pair& pair) const;

    /**
     * @brief A link fails or works again.
     * @param link the link
     * @param up whether it works
     */
    void LinkChanged(Ptr<const ClassicalLink> link, bool up);

    /**
     * @brief Routing begins or ceases to use a link.
     * @param link the link
     * @param used whether it does
     */
    void UseChanged(Ptr<const ClassicalLink> link, bool used);

    /**
     * @brief Look at some pairs anew and tell of changes.
     * @param concerned whether a pair is among them
     */
    template <typename Predicate>
    void ReviewPairs(Predicate concerned);

    Ptr<ClassicalTopology> m_topology; //!< the network
    std::map<Ptr<const NetDevice>, Ptr<const ClassicalLink>>
        m_links;                                                 //!< by device, for look-up only
    std::vector<Pair> m_pairs;                                   //!< by number
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> m_numbers; //!< by nodes
    ChangeCallback m_changed;                                    //!< told of changes
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_REACHABILITY_H */
