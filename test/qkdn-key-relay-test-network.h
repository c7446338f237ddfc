/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_RELAY_TEST_NETWORK_H
#define QKDN_KEY_RELAY_TEST_NETWORK_H

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/node-container.h"
#include "ns3/qkdn-fibre-span.h"
#include "ns3/qkdn-key-manager-helper.h"
#include "ns3/qkdn-key-manager.h"
#include "ns3/qkdn-kma-book.h"
#include "ns3/qkdn-ksa-book.h"
#include "ns3/qkdn-plant-helper.h"
#include "ns3/simulator.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Key managers on a graph of fibres of 25 km, with a QKD link on each, whose modules and
 * controller the test plays. Nodes and key managers are numbered from 1, links in order.
 *
 * The books of all ends are kept and looked at after every event; what is wrong first stays in
 * GetProblem().
 */
class KeyRelayTestNetwork
{
  public:
    using Edge = std::pair<uint32_t, uint32_t>; //!< numbers of two key managers

    /// A request for new keys.
    struct Record
    {
        SessionId session;      //!< its session
        Time asked;             //!< when it was made
        Time answered;          //!< when the answer came
        uint32_t answers{0};    //!< number of answers
        KeyContainer container; //!< the answer
        KeyContainer claimed;   //!< what the slave application got
        bool isClaimed{false};  //!< whether it asked
    };

    /// An event of a route.
    struct RouteRecord
    {
        Time at;             //!< when
        RouteId route;       //!< the route
        RouteEventKind kind; //!< what happened
    };

    /**
     * @brief Constructor
     * @param count number of key managers
     * @param edges the fibres and QKD links
     * @param initialBits initial key of each link, bits
     * @param helper makes the key managers
     */
    KeyRelayTestNetwork(uint32_t count,
                        const std::vector<Edge>& edges,
                        uint64_t initialBits,
                        const KeyManagerHelper& helper = KeyManagerHelper())
    {
        NodeContainer nodes;
        nodes.Create(count);
        PlantHelper plant;
        plant.InstallStack(nodes);
        std::vector<Ipv4Address> addresses(count + 1);
        m_kms.resize(count + 1);
        for (uint32_t i = 1; i <= count; ++i)
        {
            addresses[i] = PlantHelper::GetServiceAddress(nodes.Get(i - 1));
            m_kms[i] = helper.Install(nodes.Get(i - 1), KmId(i), addresses[i], false);
            m_kms[i]->AssignStreams(100 + i);
            m_kms[i]->SetController(InetSocketAddress(addresses[i], 7010),
                                    InetSocketAddress(Ipv4Address("192.0.2.1"), 7011));
        }
        for (const Edge& edge : edges)
        {
            const auto number = static_cast<uint32_t>(m_spans.size() + 1);
            const std::string name = "link" + std::to_string(number);
            const auto span = CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(25.0));
            FibrePath path;
            path.AddSpan(span);
            plant.Connect(name,
                          nodes.Get(edge.first - 1),
                          nodes.Get(edge.second - 1),
                          path,
                          DataRate("1Gbps"));
            const Ptr<KeyManager> a = m_kms[edge.first];
            const Ptr<KeyManager> b = m_kms[edge.second];
            helper.Connect(a, addresses[edge.first], b, addresses[edge.second]);
            for (const auto& end : {edge, Edge(edge.second, edge.first)})
            {
                TracePool(m_kms[end.first]->GetPool(KmId(end.second)));
            }
            helper.AddLink(LinkId(number), name, a, b, initialBits);
            m_spans.push_back(span);
            m_edges.push_back(edge);
        }
        for (uint32_t i = 1; i <= count; ++i)
        {
            TraceKm(m_kms[i]);
        }
        Simulator::Schedule(MilliSeconds(1), [this] { SetAllLinks(LINK_ACTIVE); });
    }

    /**
     * @brief A key manager.
     * @param number from 1
     * @return the key manager
     */
    Ptr<KeyManager> Km(uint32_t number) const
    {
        return m_kms.at(number);
    }

    /**
     * @brief Relay to the destination from now on, before the start.
     * @param ends pairs of key managers that get a connection of their own
     */
    void RelayToDestination(const std::vector<Edge>& ends)
    {
        for (std::size_t i = 1; i < m_kms.size(); ++i)
        {
            m_kms[i]->GetRelayAgent()->SetAttribute("RelayScheme",
                                                    EnumValue(KX_SCHEME_DESTINATION));
        }
        for (const Edge& pair : ends)
        {
            const Ptr<KeyManager> a = m_kms[pair.first];
            const Ptr<KeyManager> b = m_kms[pair.second];
            KeyManagerHelper::ConnectDirectly(a,
                                              PlantHelper::GetServiceAddress(a->GetNode()),
                                              b,
                                              PlantHelper::GetServiceAddress(b->GetNode()));
        }
    }

    /**
     * @brief The fibre of a link.
     * @param link number of the link, from 1
     * @return the fibre
     */
    Ptr<FibreSpan> Span(uint32_t link) const
    {
        return m_spans.at(link - 1);
    }

    /**
     * @brief The modules at both ends of a link report a status.
     * @param link number of the link
     * @param status the status
     */
    void SetLink(uint32_t link, LinkStatus status)
    {
        const Edge& edge = m_edges.at(link - 1);
        const IncidentId incident =
            status == LINK_PASSIVE ? IncidentId{1000 + link, ++m_incidents} : IncidentId();
        m_kms[edge.first]->NotifyLinkStatus(LinkId(link), status, incident, LinkAlarm());
        m_kms[edge.second]->NotifyLinkStatus(LinkId(link), status, incident, LinkAlarm());
    }

    /**
     * @brief All modules report a status.
     * @param status the status
     */
    void SetAllLinks(LinkStatus status)
    {
        for (uint32_t link = 1; link <= m_edges.size(); ++link)
        {
            SetLink(link, status);
        }
    }

    /**
     * @brief A QKD-key is delivered at both ends of a link.
     * @param link number of the link
     * @param bits its bits
     */
    void Deliver(uint32_t link, uint32_t bits)
    {
        QkdKey key;
        key.id = KeyId{LinkId(link), (uint64_t{1} << 32) + ++m_blocks};
        key.generated = Simulator::Now();
        key.material = KeyMaterial::FromGenerator(77 + link, m_blocks, 0, bits);
        const Edge& edge = m_edges.at(link - 1);
        m_kms[edge.first]->AcceptQkdKey(key);
        m_kms[edge.second]->AcceptQkdKey(key);
    }

    /**
     * @brief Add a session.
     * @param id its number
     * @param master number of its master's KM
     * @param slave number of its slave's KM
     * @param policy its policy
     * @return the session
     */
    KeySession AddSession(uint32_t id,
                          uint32_t master,
                          uint32_t slave,
                          const SessionPolicy& policy = SessionPolicy())
    {
        KeySession session;
        session.id = SessionId(id);
        session.name = "session-" + std::to_string(id);
        session.masterSae = session.name + "-master";
        session.slaveSae = session.name + "-slave";
        session.masterKm = KmId(master);
        session.slaveKm = KmId(slave);
        session.policy = policy;
        m_kms[master]->AddSession(session);
        m_kms[slave]->AddSession(session);
        m_sessions[session.id] = session;
        return session;
    }

    /**
     * @brief Install a route at all its KMs, now.
     * @param id its number
     * @param session its session
     * @param kms numbers of its KMs
     * @param role what it is for
     * @param floorBits what extra traffic leaves in pools
     * @return empty, or why a KM refused it
     */
    std::string Install(uint32_t id,
                        uint32_t session,
                        const std::vector<uint32_t>& kms,
                        RouteRole role = ROUTE_WORKING,
                        uint64_t floorBits = 0)
    {
        KeyRoute route;
        route.id = RouteId(id);
        route.session = SessionId(session);
        route.role = role;
        route.floorBits = floorBits;
        for (const uint32_t km : kms)
        {
            route.kms.emplace_back(km);
        }
        std::string all;
        for (const uint32_t km : kms)
        {
            std::string reason;
            m_kms[km]->GetControlAgent()->InstallRoute(route, reason);
            all += reason;
        }
        return all;
    }

    /**
     * @brief Say which routes a session has, now.
     * @param session the session
     * @param working its working route
     * @param protection its protection route, 0 for none
     * @return empty, or why its KM refused it
     */
    std::string UseRoutes(uint32_t session, uint32_t working, uint32_t protection = 0)
    {
        CkSessionRoutes routes;
        routes.session = SessionId(session);
        routes.working = RouteId(working);
        routes.protection = RouteId(protection);
        std::string reason;
        const KmId km = m_sessions.at(routes.session).masterKm;
        m_kms[km.value]->GetControlAgent()->UseRoutes(routes, IncidentId(), reason);
        return reason;
    }

    /**
     * @brief The master application of a session asks for keys, now; the slave application asks
     * for them 1 ms after the answer.
     * @param session the session
     * @param number number of keys
     * @param sizeBit size, 0 for the default
     */
    void Ask(uint32_t session, uint32_t number = 1, uint32_t sizeBit = 0)
    {
        const KeySession& asked = m_sessions.at(SessionId(session));
        Record record;
        record.session = asked.id;
        record.asked = Simulator::Now();
        m_records.push_back(record);
        KeySupplyRequest request;
        request.number = number;
        request.sizeBit = sizeBit;
        m_kms[asked.masterKm.value]->GetKey(
            asked.masterSae,
            asked.slaveSae,
            request,
            MakeBoundCallback(&Answered, this, m_records.size() - 1));
    }

    /**
     * @brief Requests in the order in which they were made.
     * @return the requests
     */
    const std::vector<Record>& Records() const
    {
        return m_records;
    }

    /**
     * @brief Number of requests whose keys both applications have.
     * @return the number
     */
    std::size_t CountServed() const
    {
        std::size_t count = 0;
        for (const Record& record : m_records)
        {
            count += record.answers == 1 && record.container.status == KEY_SUPPLY_OK &&
                             record.isClaimed && record.claimed.status == KEY_SUPPLY_OK
                         ? 1
                         : 0;
        }
        return count;
    }

    /**
     * @brief Events of routes in order of time.
     * @return the events
     */
    const std::vector<RouteRecord>& RouteEvents() const
    {
        return m_routeEvents;
    }

    /**
     * @brief The first thing that was wrong.
     * @return empty if all is well
     */
    std::string GetProblem() const
    {
        if (!m_problem.empty())
        {
            return m_problem;
        }
        const std::vector<std::string>& kma = m_kmaBook.GetViolations();
        const std::vector<std::string>& ksa = m_ksaBook.GetViolations();
        return !kma.empty() ? kma.front() : !ksa.empty() ? ksa.front() : "";
    }

    /**
     * @brief The book of KMA-key.
     * @return the book
     */
    const KmaBook& Kma() const
    {
        return m_kmaBook;
    }

    /**
     * @brief The book of KSA-key.
     * @return the book
     */
    const KsaBook& Ksa() const
    {
        return m_ksaBook;
    }

    /**
     * @brief Messages of one type that were sent on Kx.
     * @param type the type
     * @return their number
     */
    uint64_t CountMessages(uint16_t type) const
    {
        const auto found = m_messages.find(type);
        return found == m_messages.end() ? 0 : found->second;
    }

    /**
     * @brief Messages that changed nothing.
     * @return their number
     */
    uint32_t CountBadMessages() const
    {
        return m_bad;
    }

  private:
    /// Attach to the traces of a pool.
    void TracePool(Ptr<KmaPool> pool)
    {
        using Self = KeyRelayTestNetwork;
        pool->TraceConnectWithoutContext("KeyAdded", MakeCallback(&Self::Added, this));
        pool->TraceConnectWithoutContext("KeyMoved", MakeCallback(&Self::Moved, this));
        pool->TraceConnectWithoutContext("KeySettled", MakeCallback(&Self::Settled, this));
        pool->TraceConnectWithoutContext("KeyRefused", MakeCallback(&Self::Refused, this));
    }

    /// Attach to the traces of a key manager.
    void TraceKm(Ptr<KeyManager> km)
    {
        using Self = KeyRelayTestNetwork;
        const auto sink = MakeCallback(&Self::KsaEvent, this);
        km->GetMasterAgent()->TraceConnectWithoutContext("KeyEvent", sink);
        km->GetSlaveAgent()->TraceConnectWithoutContext("KeyEvent", sink);
        km->GetControlAgent()->TraceConnectWithoutContext("RouteEvent",
                                                          MakeCallback(&Self::RouteEvent, this));
        km->GetEndpoint()->TraceConnectWithoutContext("Sent", MakeCallback(&Self::Sent, this));
        km->TraceConnectWithoutContext("BadMessage", MakeCallback(&Self::Bad, this));
    }

    /// @cond
    static void Answered(KeyRelayTestNetwork* self,
                         std::size_t index,
                         const KeyContainer& container)
    {
        Record& record = self->m_records[index];
        ++record.answers;
        record.answered = Simulator::Now();
        record.container = container;
        if (container.status == KEY_SUPPLY_OK)
        {
            Simulator::Schedule(MilliSeconds(1), [self, index] { self->Claim(index); });
        }
    }

    void Claim(std::size_t index)
    {
        const Record& record = m_records[index];
        const KeySession& session = m_sessions.at(record.session);
        std::vector<std::string> ids;
        for (const SuppliedKey& key : record.container.keys)
        {
            ids.push_back(key.keyId);
        }
        m_kms[session.slaveKm.value]->GetKeyWithKeyIds(session.slaveSae,
                                                       session.masterSae,
                                                       ids,
                                                       MakeBoundCallback(&Claimed, this, index));
    }

    static void Claimed(KeyRelayTestNetwork* self, std::size_t index, const KeyContainer& container)
    {
        Record& record = self->m_records[index];
        record.isClaimed = true;
        record.claimed = container;
        for (std::size_t i = 0; i < container.keys.size(); ++i)
        {
            if (container.keys[i].material.ToBytes() !=
                record.container.keys.at(i).material.ToBytes())
            {
                self->m_problem = "master and slave application have different keys";
            }
        }
    }

    void Added(KmId holder, KmId peer, const QkdKey& key, bool initial)
    {
        m_kmaBook.NotifyKeyAdded(holder, peer, key, initial);
        Look();
    }

    void Moved(KmId holder, KmId peer, KeyRange range, KeyUse from, KeyUse to, IncidentId incident)
    {
        m_kmaBook.NotifyKeyMoved(holder, peer, range, from, to, incident);
        Look();
    }

    void Settled(KmId holder, KmId peer, KeyRange range)
    {
        m_kmaBook.NotifyKeySettled(holder, peer, range);
        Look();
    }

    void Refused(KmId holder, KmId peer, const QkdKey& key)
    {
        m_kmaBook.NotifyKeyRefused(holder, peer, key);
        Look();
    }

    void Bad(KmId, KmId, uint16_t)
    {
        ++m_bad;
    }

    void Sent(const Address&, const Address&, uint16_t type, uint32_t, IncidentId)
    {
        ++m_messages[type];
    }

    void RouteEvent(KmId,
                    SessionId,
                    RouteId route,
                    RouteEventKind kind,
                    ResilienceTrigger,
                    IncidentId)
    {
        m_routeEvents.push_back(RouteRecord{Simulator::Now(), route, kind});
    }

    void KsaEvent(const KsaKeyEvent& event)
    {
        const Time now = Simulator::Now();
        const SessionEnd end = event.master ? SESSION_MASTER : SESSION_SLAVE;
        switch (event.kind)
        {
        case KSA_EVENT_CREATED:
            m_ksaBook.NotifyCreated(event.key, event.material.GetBits(), now);
            break;
        case KSA_EVENT_HELD:
        case KSA_EVENT_CONFIRMED:
            m_ksaBook.NotifyConfirmed(event.key, end, now);
            break;
        case KSA_EVENT_HANDED_OVER:
            m_ksaBook.NotifyHandedOver(event.key, end, event.material, now);
            break;
        case KSA_EVENT_GIVEN_OUT:
        case KSA_EVENT_GIVEN_UP:
            m_problem = "a call gave a key out by message";
            break;
        case KSA_EVENT_VOIDED:
            m_ksaBook.NotifyVoided(event.key, end, now);
            break;
        case KSA_EVENT_EXPIRED:
            m_ksaBook.NotifyExpired(event.key, end, now);
            break;
        case KSA_EVENT_DESTROYED:
            m_ksaBook.NotifyDestroyed(event.key, end, now);
            break;
        }
        Look();
    }

    /// @endcond

    /// Look whether the books balance.
    void Look()
    {
        if (m_problem.empty() && (!m_kmaBook.Balances() || !m_ksaBook.Balances()))
        {
            m_problem = "a book does not balance";
        }
    }

    std::vector<Ptr<KeyManager>> m_kms;         //!< by number; 0 is unused
    std::vector<Ptr<FibreSpan>> m_spans;        //!< fibres by link
    std::vector<Edge> m_edges;                  //!< ends by link
    std::map<SessionId, KeySession> m_sessions; //!< sessions
    std::vector<Record> m_records;              //!< requests
    std::vector<RouteRecord> m_routeEvents;     //!< events of routes
    std::map<uint16_t, uint64_t> m_messages;    //!< messages on Kx by type
    KmaBook m_kmaBook;                          //!< KMA-key
    KsaBook m_ksaBook;                          //!< KSA-key
    std::string m_problem;                      //!< first thing that was wrong
    uint64_t m_blocks{1000};                    //!< blocks delivered
    uint32_t m_incidents{0};                    //!< failures of links
    uint32_t m_bad{0};                          //!< messages without effect
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_RELAY_TEST_NETWORK_H */
