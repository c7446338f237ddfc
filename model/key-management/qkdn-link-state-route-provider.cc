/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-link-state-route-provider.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/qkdn-compat.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnLinkStateRouteProvider");
NS_OBJECT_ENSURE_REGISTERED(LinkStateRouteProvider);

namespace
{

/// No hop gives more than this, bit/s, so that sums do not overflow.
constexpr uint64_t MAX_KEY_RATE_BPS = uint64_t{1} << 50;

} // namespace

TypeId
LinkStateRouteProvider::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::LinkStateRouteProvider")
            .SetParent<RouteProvider>()
            .SetGroupName("QkdnResilience")
            .AddConstructor<LinkStateRouteProvider>()
            .AddAttribute("RefreshInterval",
                          "Age of the KM's advertisement at which it is issued again.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&LinkStateRouteProvider::m_refresh),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("MaxAge",
                          "Age at which an advertisement that was not issued again is dropped; "
                          "more than RefreshInterval.",
                          TimeValue(Seconds(200)),
                          MakeTimeAccessor(&LinkStateRouteProvider::m_maxAge),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("MinInterval",
                          "Shortest time between two issues of the KM's advertisement.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&LinkStateRouteProvider::m_minInterval),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("AmountInterval",
                          "Shortest time between two issues of the KM's advertisement of which the "
                          "second one tells no change of status but of key rates.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&LinkStateRouteProvider::m_amountInterval),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("ReportChange",
                          "Change of a key rate that is advertised if it is exceeded, relative to "
                          "what was told last.",
                          DoubleValue(0.1),
                          MakeDoubleAccessor(&LinkStateRouteProvider::m_reportChange),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("SettleTime",
                          "Time from the first advertisement of the newest KM until sessions get "
                          "routes. It should exceed the retry interval of connections.",
                          TimeValue(MilliSeconds(1500)),
                          MakeTimeAccessor(&LinkStateRouteProvider::m_settle),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("DecisionTime",
                          "Time that the search for a route after a failure takes.",
                          TimeValue(MilliSeconds(10)),
                          MakeTimeAccessor(&LinkStateRouteProvider::m_decision),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("RetryTime",
                          "Time for which a hop is avoided at which the set-up of a route failed, "
                          "and after which a set-up without answer is tried again.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&LinkStateRouteProvider::m_retry),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("RouteLifetime",
                          "Time after which a KM releases a route that it is not told of any more; "
                          "the source of a route tells it three times in this time.",
                          TimeValue(Seconds(30)),
                          MakeTimeAccessor(&LinkStateRouteProvider::m_routeLifetime),
                          MakeTimeChecker(MilliSeconds(3)))
            .AddAttribute("SetUpTimeout",
                          "Longest time from the set-up of a route to its answer.",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&LinkStateRouteProvider::m_setUpTimeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("RouteCost",
                          "What routes are compared by: hops, or the time to make a bit of key.",
                          EnumValue(ROUTE_COST_HOPS),
                          qkdn::MakeEnumAccessor<RouteCost>(&LinkStateRouteProvider::m_cost),
                          MakeEnumChecker(ROUTE_COST_HOPS, "hops", ROUTE_COST_RATE, "rate"))
            .AddAttribute("MaxHops",
                          "Longest route, hops.",
                          UintegerValue(16),
                          MakeUintegerAccessor(&LinkStateRouteProvider::m_maxHops),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("AbandonOnToleration",
                          "Whether the search for a recovery route ends when key supply has been "
                          "interrupted for longer than the session tolerates.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&LinkStateRouteProvider::m_abandon),
                          MakeBooleanChecker())
            .AddTraceSource("Informed",
                            "The route of a session of class restoration has failed.",
                            MakeTraceSourceAccessor(&LinkStateRouteProvider::m_informedTrace),
                            "ns3::qkdn::LinkStateRouteProvider::InformedCallback")
            .AddTraceSource("Decision",
                            "It is decided which route such a session shall use.",
                            MakeTraceSourceAccessor(&LinkStateRouteProvider::m_decisionTrace),
                            "ns3::qkdn::LinkStateRouteProvider::DecisionCallback")
            .AddTraceSource("Completed",
                            "A decision is carried out.",
                            MakeTraceSourceAccessor(&LinkStateRouteProvider::m_completedTrace),
                            "ns3::qkdn::LinkStateRouteProvider::CompletedCallback")
            .AddTraceSource("Advertisement",
                            "The KM makes, takes or drops an advertisement.",
                            MakeTraceSourceAccessor(&LinkStateRouteProvider::m_advertisementTrace),
                            "ns3::qkdn::LinkStateRouteProvider::AdvertisementCallback");
    return tid;
}

LinkStateRouteProvider::LinkStateRouteProvider()
{
    NS_LOG_FUNCTION(this);
}

LinkStateRouteProvider::~LinkStateRouteProvider()
{
    NS_LOG_FUNCTION(this);
}

void
LinkStateRouteProvider::DoDispose()
{
    NS_LOG_FUNCTION(this);
    Stop();
    RouteProvider::DoDispose();
}

void
LinkStateRouteProvider::Attach(const RouteProviderPlace& place)
{
    m_place = place;
    m_flooding.Configure(place.self, place.channel, place.neighbours);
    m_flooding.SetCallbacks(MakeCallback(&LinkStateRouteProvider::DatabaseChanged, this),
                            MakeCallback(&LinkStateRouteProvider::AdvertisementSeen, this));
    m_signaller.Configure(place);
    m_signaller.SetCallbacks(MakeCallback(&LinkStateSessionControl::SetUpDone, &m_sessions),
                             MakeCallback(&LinkStateRouteProvider::DemandChanged, this));
    m_sessions.Configure(place, &m_flooding, &m_signaller, this);
}

void
LinkStateRouteProvider::Start(Ptr<Node>)
{
    NS_LOG_FUNCTION(this << m_place.self);
    NS_ABORT_MSG_UNLESS(m_maxAge > m_refresh,
                        "KM " << m_place.self << ": MaxAge must exceed RefreshInterval, or its "
                              << "advertisements get too old");
    m_running = true;
    m_flooding.Start({m_refresh, m_maxAge, m_minInterval, m_amountInterval});
    m_signaller.SetTiming(m_routeLifetime, m_setUpTimeout);
    m_sessions.Start({m_cost, m_maxHops, m_settle, m_decision, m_retry, m_abandon});
    for (const CkLinkState& state : m_place.user->MakeRegistration().links)
    {
        m_links[state.link] = state;
    }
    m_told = MakeHops();
    m_flooding.Advertise(m_told, true, IncidentId());
}

void
LinkStateRouteProvider::Stop()
{
    NS_LOG_FUNCTION(this << m_place.self);
    m_running = false;
    m_sessions.Stop();
    m_signaller.Stop();
    m_flooding.Stop();
    m_links.clear();
    m_told.clear();
}

bool
LinkStateRouteProvider::Serves(ResilienceClass resilienceClass)
{
    return resilienceClass == CLASS_UNPROTECTED || resilienceClass == CLASS_ROUTE_1_1 ||
           resilienceClass == CLASS_RESTORATION;
}

void
LinkStateRouteProvider::AddSession(const KeySession& session)
{
    NS_ABORT_MSG_UNLESS(session.masterKm == m_place.self,
                        "session " << session.id << ": KM " << m_place.self
                                   << " does not serve its master application");
    NS_ABORT_MSG_IF(
        session.policy.extraTraffic || !session.policy.scheme.empty() ||
            !Serves(session.policy.resilienceClass),
        "session " << session.name << ": "
                   << (session.policy.extraTraffic ? "extra traffic" : session.policy.GetName())
                   << " needs a controller");
    m_sessions.AddSession(session);
}

// ---- own hops

void
LinkStateRouteProvider::ReportLink(const CkLinkState& state, IncidentId incident)
{
    if (m_running)
    {
        m_links[state.link] = state;
        Advertise(incident);
    }
}

std::vector<LinkStateHop>
LinkStateRouteProvider::MakeHops() const
{
    std::map<KmId, LinkStateHop> hops;
    for (const auto& [id, state] : m_links)
    {
        LinkStateHop& hop = hops[state.neighbour];
        hop.neighbour = state.neighbour;
        hop.low = hop.low || state.poolLow;
        if (state.status == LINK_ACTIVE && state.neighbourAlive)
        {
            hop.usable = true;
            hop.keyRateBps += std::min(state.keyRateBps, MAX_KEY_RATE_BPS);
        }
    }
    std::vector<LinkStateHop> list;
    list.reserve(hops.size());
    for (auto& [neighbour, hop] : hops)
    {
        const uint64_t demand = m_signaller.GetDemandBps(neighbour);
        hop.residualBps = hop.keyRateBps - std::min(hop.keyRateBps, demand);
        list.push_back(hop);
    }
    return list;
}

bool
LinkStateRouteProvider::HasChanged(uint64_t before, uint64_t after) const
{
    const uint64_t change = before < after ? after - before : before - after;
    return static_cast<double>(change) > m_reportChange * static_cast<double>(before);
}

void
LinkStateRouteProvider::Advertise(IncidentId incident)
{
    const std::vector<LinkStateHop> hops = MakeHops();
    bool status = hops.size() != m_told.size();
    bool amounts = false;
    for (std::size_t i = 0; i < hops.size() && !status; ++i)
    {
        const LinkStateHop& before = m_told[i];
        const LinkStateHop& after = hops[i];
        status = before.neighbour != after.neighbour || before.usable != after.usable ||
                 before.low != after.low;
        amounts = amounts || HasChanged(before.keyRateBps, after.keyRateBps) ||
                  HasChanged(before.residualBps, after.residualBps);
    }
    if (status || amounts)
    {
        m_told = hops;
        m_flooding.Advertise(hops, status, status ? incident : IncidentId());
    }
}

void
LinkStateRouteProvider::DemandChanged()
{
    if (m_running)
    {
        Advertise(IncidentId());
    }
}

void
LinkStateRouteProvider::DatabaseChanged(IncidentId)
{
    m_sessions.NetworkChanged();
}

void
LinkStateRouteProvider::AdvertisementSeen(const LinkStateHeader& header, LinkStateFate fate)
{
    NS_LOG_LOGIC("KM " << m_place.self << ": advertisement " << header.sequence << " of KM "
                       << header.origin << " " << LinkStateFateName(fate));
    m_advertisementTrace(m_place.self, header.origin, header.sequence, fate);
}

const LinkStateDatabase&
LinkStateRouteProvider::GetDatabase() const
{
    return m_flooding.GetDatabase();
}

// ---- what happens

void
LinkStateRouteProvider::ReportRouteEvent(const CkRouteEvent& event, IncidentId incident)
{
    m_sessions.RouteEvent(event, incident);
}

void
LinkStateRouteProvider::HopChanged(KmId neighbour, bool usable, IncidentId incident)
{
    m_signaller.HopChanged(neighbour, usable, incident);
}

void
LinkStateRouteProvider::PeerUp(KmId neighbour)
{
    m_flooding.PeerUp(neighbour);
    m_signaller.PeerUp(neighbour);
}

bool
LinkStateRouteProvider::HandleMessage(KmId peer,
                                      uint16_t type,
                                      Ptr<const Packet> packet,
                                      IncidentId incident)
{
    switch (type)
    {
    case KX_LINK_STATE:
        return m_flooding.HandleLinkState(peer, packet, incident);
    case KX_LINK_STATE_SUMMARY:
        return m_flooding.HandleSummary(peer, packet);
    default:
        return m_signaller.HandleMessage(peer, type, packet, incident);
    }
}

void
LinkStateRouteProvider::SessionInformed(SessionId session, IncidentId incident)
{
    m_informedTrace(session, incident);
}

void
LinkStateRouteProvider::SessionDecision(SessionId session,
                                        RouteId from,
                                        RouteId to,
                                        IncidentId incident)
{
    m_decisionTrace(session, from, to, incident);
}

void
LinkStateRouteProvider::SessionCompleted(SessionId session, RouteId route, IncidentId incident)
{
    m_completedTrace(session, route, incident);
}

} // namespace qkdn
} // namespace ns3
