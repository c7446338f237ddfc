/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_STATE_TEST_NETWORK_H
#define QKDN_LINK_STATE_TEST_NETWORK_H

#include "qkdn-key-relay-test-network.h"

#include "ns3/qkdn-link-state-routing-helper.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief A KeyRelayTestNetwork whose key managers find routes among themselves.
 */
class LinkStateTestNetwork : public KeyRelayTestNetwork
{
  public:
    /// Rate of each QKD link, bit/s.
    static constexpr uint64_t RATE_BPS = 10000;

    /// Something that became of an advertisement.
    struct Fate
    {
        Time at;            //!< when
        KmId km;            //!< where
        KmId origin;        //!< whose it is
        uint64_t sequence;  //!< its issue
        LinkStateFate fate; //!< what
    };

    /**
     * @brief Constructor
     * @param count number of key managers
     * @param edges the fibres and QKD links
     * @param routing makes the route providers
     */
    LinkStateTestNetwork(uint32_t count,
                         const std::vector<Edge>& edges,
                         const LinkStateRoutingHelper& routing = LinkStateRoutingHelper())
        : KeyRelayTestNetwork(count, edges, 200000),
          m_edges(edges),
          m_up(edges.size() + 1, true),
          m_providers(count + 1)
    {
        for (uint32_t i = 1; i <= count; ++i)
        {
            m_providers[i] = routing.Install(Km(i));
            m_providers[i]->TraceConnectWithoutContext(
                "Advertisement",
                MakeCallback(&LinkStateTestNetwork::Advertised, this));
            Km(i)->GetControlAgent()->TraceConnectWithoutContext(
                "Route",
                MakeCallback(&LinkStateTestNetwork::RouteChanged, this));
        }
        for (uint32_t link = 1; link <= edges.size(); ++link)
        {
            Km(edges[link - 1].first)->SetLinkRate(LinkId(link), RATE_BPS);
            Km(edges[link - 1].second)->SetLinkRate(LinkId(link), RATE_BPS);
        }
    }

    /**
     * @brief What a key manager knows.
     * @param km its number
     * @return its database
     */
    const LinkStateDatabase& Database(uint32_t km) const
    {
        return m_providers.at(km)->GetDatabase();
    }

    /**
     * @brief The QKD link between two key managers begins or ends to generate.
     * @param link number of the link
     * @param up whether it generates
     */
    void SetUp(uint32_t link, bool up)
    {
        m_up.at(link) = up;
        SetLink(link, up ? LINK_ACTIVE : LINK_PASSIVE);
    }

    /**
     * @brief The number of a link.
     * @param a one end
     * @param b the other end
     * @return its number
     */
    uint32_t Link(uint32_t a, uint32_t b) const
    {
        for (uint32_t i = 0; i < m_edges.size(); ++i)
        {
            if (m_edges[i] == Edge(a, b) || m_edges[i] == Edge(b, a))
            {
                return i + 1;
            }
        }
        return 0;
    }

    /**
     * @brief Compare the databases of some key managers with each other and with what is true.
     * @param kms their numbers
     * @param origins number of advertisements that each has to have
     * @return empty, or what differs
     */
    std::string CheckDatabases(const std::vector<uint32_t>& kms, std::size_t origins) const
    {
        const LinkStateDatabase& first = Database(kms.front());
        if (first.GetHeaders().size() != origins)
        {
            return std::to_string(first.GetHeaders().size()) + " advertisements";
        }
        for (const uint32_t km : kms)
        {
            if (!(Database(km).GetHeaders() == first.GetHeaders()))
            {
                return "KMs " + std::to_string(kms.front()) + " and " + std::to_string(km) +
                       " have other issues";
            }
            for (const LinkStateHeader& header : first.GetHeaders())
            {
                const Time now = Simulator::Now();
                if (Database(km).Find(header.origin, now)->hops !=
                    first.Find(header.origin, now)->hops)
                {
                    return "one issue says two things";
                }
            }
        }
        return "";
    }

    /**
     * @brief Compare the usable hops of a database with the links that are up.
     * @param km number of the key manager
     * @return empty, or what differs
     */
    std::string CheckHops(uint32_t km) const
    {
        for (uint32_t link = 1; link <= m_edges.size(); ++link)
        {
            const Edge& edge = m_edges[link - 1];
            if (Database(km).IsUsable(KmHop(KmId(edge.first), KmId(edge.second))) != m_up[link])
            {
                return "hop " + std::to_string(edge.first) + "-" + std::to_string(edge.second);
            }
        }
        return "";
    }

    /**
     * @brief The fewest hops between two key managers over links that are up, by breadth-first
     * search.
     * @param from number of one
     * @param to number of the other
     * @return hops, 0 if there is no way
     */
    std::size_t CountHops(uint32_t from, uint32_t to) const
    {
        std::map<uint32_t, std::size_t> distance{{from, 0}};
        std::vector<uint32_t> queue{from};
        for (std::size_t next = 0; next < queue.size(); ++next)
        {
            for (uint32_t link = 1; link <= m_edges.size(); ++link)
            {
                const Edge& edge = m_edges[link - 1];
                const uint32_t here = queue[next];
                const bool touches = edge.first == here || edge.second == here;
                const uint32_t other = edge.first == here ? edge.second : edge.first;
                if (m_up[link] && touches && distance.emplace(other, distance[here] + 1).second)
                {
                    queue.push_back(other);
                }
            }
        }
        return distance.count(to) > 0 ? distance[to] : 0;
    }

    /**
     * @brief The route that a session uses.
     * @param master number of its master's KM
     * @param session its number
     * @return numbers of its KMs, none if there is none
     */
    std::vector<uint32_t> RouteOf(uint32_t master, uint32_t session) const
    {
        const RouteId id =
            Km(master)->GetControlAgent()->GetSelector(SessionId(session))->GetSelected();
        std::vector<uint32_t> kms;
        const auto found = m_routes.find(id);
        for (const KmId km : found == m_routes.end() ? std::vector<KmId>() : found->second.kms)
        {
            kms.push_back(km.value);
        }
        return kms;
    }

    /**
     * @brief Routes that some key managers hold.
     * @return their numbers
     */
    std::set<RouteId> HeldRoutes() const
    {
        std::set<RouteId> held;
        for (const auto& [id, holders] : m_holders)
        {
            if (!holders.empty())
            {
                held.insert(id);
            }
        }
        return held;
    }

    /**
     * @brief Look for routes that some of their key managers hold and others do not.
     * @return empty, or the first such route
     */
    std::string CheckHolders() const
    {
        for (const RouteId id : HeldRoutes())
        {
            const std::vector<KmId>& kms = m_routes.at(id).kms;
            if (m_holders.at(id) != std::set<KmId>(kms.begin(), kms.end()))
            {
                return "route " + std::to_string(id.value) + " is not held by all";
            }
        }
        return "";
    }

    /**
     * @brief What became of advertisements.
     * @param fate what
     * @return in order of time
     */
    std::vector<Fate> Fates(LinkStateFate fate) const
    {
        std::vector<Fate> some;
        std::copy_if(m_fates.begin(),
                     m_fates.end(),
                     std::back_inserter(some),
                     [fate](const Fate& one) { return one.fate == fate; });
        return some;
    }

  private:
    /// @cond
    void Advertised(KmId km, KmId origin, uint64_t sequence, LinkStateFate fate)
    {
        m_fates.push_back(Fate{Simulator::Now(), km, origin, sequence, fate});
    }

    void RouteChanged(KmId km, const KeyRoute& route, bool installed)
    {
        m_routes[route.id] = route;
        if (installed)
        {
            m_holders[route.id].insert(km);
        }
        else
        {
            m_holders[route.id].erase(km);
        }
    }

    /// @endcond

    std::vector<Edge> m_edges;                            //!< fibres and QKD links
    std::vector<bool> m_up;                               //!< whether they generate, from 1
    std::vector<Ptr<LinkStateRouteProvider>> m_providers; //!< by number of KM
    std::vector<Fate> m_fates;                            //!< of advertisements
    std::map<RouteId, KeyRoute> m_routes;                 //!< all routes ever
    std::map<RouteId, std::set<KmId>> m_holders;          //!< KMs that hold them
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_STATE_TEST_NETWORK_H */
