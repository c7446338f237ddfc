/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// An animation for NetAnim: a triangle of QKD links, a session from a to b that is restored over c
// when the fibre between a and b is cut at 60 s (repaired at 120 s), and a crash of the key manager
// of c at 90 s (restarted at 100 s), which interrupts it.
//
// Colours of nodes: green, the key supply of a session here is not interrupted; red, it is; grey,
// the key manager has crashed; white, no session ends here. Links show the state of the
// transmitter and what the pool of its key manager holds.

#include "ns3/core-module.h"
#include "ns3/netanim-module.h"
#include "ns3/network-module.h"
#include "ns3/qkdn-resilience-module.h"

#include <array>
#include <iostream>
#include <map>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Writes what trace sources tell into an animation.
class Annotator
{
  public:
    /**
     * @brief Constructor
     * @param animation the animation
     */
    explicit Annotator(AnimationInterface& animation)
        : m_animation(animation)
    {
    }

    /**
     * @brief Show a node and the process of its key manager.
     * @param node the node, which has a name
     */
    void AddNode(Ptr<Node> node)
    {
        const auto km = KeyManagerHelper::GetKeyManager(node);
        m_nodes[km->GetKmId()].node = node;
        km->TraceConnectWithoutContext("Process", MakeCallback(&Annotator::ProcessChanged, this));
        Show(m_nodes[km->GetKmId()]);
    }

    /**
     * @brief Show a QKD link.
     * @param link the link, between nodes that are shown
     */
    void AddLink(const QkdLink& link)
    {
        m_links[link.id] = link;
        link.transmitter->TraceConnectWithoutContext("StateChange",
                                                     MakeCallback(&Annotator::StateChanged, this));
        ShowLink(link.id);
    }

    /**
     * @brief Show whether the key supply of a session is interrupted.
     * @param session the session, between nodes that are shown
     */
    void AddSession(const MonitoredSession& session)
    {
        m_ends = {session.session.masterKm, session.session.slaveKm};
        session.master->TraceConnectWithoutContext("RequestEnded",
                                                   MakeCallback(&Annotator::RequestEnded, this));
    }

    /**
     * @brief Show the levels of pools and how requests ended again and again; states are shown when
     * they change.
     * @param interval time between updates
     */
    void Poll(Time interval)
    {
        for (const auto& [id, link] : m_links)
        {
            ShowLink(id);
        }
        const bool ended = m_onTime + m_failed > 0;
        const bool supplied = m_failed == 0;
        for (const KmId km : m_ends)
        {
            NodeView& view = m_nodes.at(km);
            if (ended && (!view.hasSession || view.supplied != supplied))
            {
                view.hasSession = true;
                view.supplied = supplied;
                Show(view);
            }
        }
        m_onTime = 0;
        m_failed = 0;
        Simulator::Schedule(interval, &Annotator::Poll, this, interval);
    }

  private:
    /// What is shown of a node.
    struct NodeView
    {
        Ptr<Node> node;         //!< the node
        bool running{true};     //!< its key manager
        bool hasSession{false}; //!< whether a session that has ended requests is here
        bool supplied{false};   //!< and the last ones got their keys in time
    };

    /**
     * @brief Show a node.
     * @param view what is known of it
     */
    void Show(const NodeView& view)
    {
        const std::string name = Names::FindName(view.node);
        if (!view.running)
        {
            m_animation.UpdateNodeDescription(view.node, name + ": key manager crashed");
            m_animation.UpdateNodeColor(view.node, 128, 128, 128);
        }
        else if (!view.hasSession)
        {
            m_animation.UpdateNodeDescription(view.node, name);
            m_animation.UpdateNodeColor(view.node, 255, 255, 255);
        }
        else if (view.supplied)
        {
            m_animation.UpdateNodeDescription(view.node, name + ": keys supplied");
            m_animation.UpdateNodeColor(view.node, 0, 160, 0);
        }
        else
        {
            m_animation.UpdateNodeDescription(view.node, name + ": key supply interrupted");
            m_animation.UpdateNodeColor(view.node, 220, 0, 0);
        }
    }

    /**
     * @brief Show a QKD link.
     * @param id the link
     */
    void ShowLink(LinkId id)
    {
        const QkdLink& link = m_links.at(id);
        const Ptr<Node> tx = link.transmitter->GetNode();
        const Ptr<Node> rx = link.receiver->GetNode();
        const auto pool = KeyManagerHelper::GetKeyManager(tx)->GetPool(
            KeyManagerHelper::GetKeyManager(rx)->GetKmId());
        m_animation.UpdateLinkDescription(
            tx,
            rx,
            link.name + " " + QkdModule::StateName(link.transmitter->GetState()) + ", " +
                std::to_string(pool->GetStoredBits()) + " bit");
    }

    /// Sink for Process of KeyManager.
    void ProcessChanged(KmId km, bool running)
    {
        m_nodes.at(km).running = running;
        Show(m_nodes.at(km));
    }

    /// Sink for StateChange of QkdModule.
    void StateChanged(LinkId link, QkdModule::Role, QkdModule::State, QkdModule::State, IncidentId)
    {
        // the module is in the new state when its trace source has returned
        Simulator::ScheduleNow(&Annotator::ShowLink, this, link);
    }

    /// Sink for RequestEnded of CryptographicApplication.
    void RequestEnded(const ApplicationIdentity&, const RequestEnd& end)
    {
        ++(end.outcome == REQUEST_ON_TIME ? m_onTime : m_failed);
    }

    AnimationInterface& m_animation;   //!< the animation
    std::map<KmId, NodeView> m_nodes;  //!< nodes by key manager
    std::map<LinkId, QkdLink> m_links; //!< QKD links
    uint32_t m_onTime{0};              //!< requests with a key in time since the last poll
    uint32_t m_failed{0};              //!< and those without
    std::array<KmId, 2> m_ends;        //!< ends of the session
};

} // namespace

int
main(int argc, char* argv[])
{
    std::string output = "qkdn-animation.xml";
    bool packets = false;
    CommandLine cmd(__FILE__);
    cmd.Usage("Writes an animation for NetAnim: a cut of a fibre and a crash of a key manager.");
    cmd.AddValue("output", "File of the animation", output);
    cmd.AddValue("packets", "Whether packets are in it, too", packets);
    cmd.Parse(argc, argv);

    NodeContainer nodes;
    nodes.Create(3);
    const std::vector<std::string> names = {"a", "b", "c"};
    for (uint32_t i = 0; i < 3; ++i)
    {
        Names::Add(names[i], nodes.Get(i));
    }
    AnimationInterface::SetConstantPosition(nodes.Get(0), 10, 40);
    AnimationInterface::SetConstantPosition(nodes.Get(1), 70, 40);
    AnimationInterface::SetConstantPosition(nodes.Get(2), 40, 10);
    PlantHelper plant;
    plant.InstallStack(nodes);
    KeyManagerHelper managers;
    managers.SetPoolAttribute("Capacity", UintegerValue(8000));
    const ApplicationContainer keyManagers = managers.Install(nodes);
    QkdLinkHelper linkHelper;
    linkHelper.SetProtocol("ns3::qkdn::MeasuredRateProtocol");
    linkHelper.SetProtocolAttribute("Rate", DoubleValue(4000));
    linkHelper.SetModuleAttribute("InitialState", StringValue("running"));
    std::vector<QkdLink> links;
    std::vector<Ptr<FibreSpan>> fibres;
    for (const std::string name : {"ab", "bc", "ac"})
    {
        fibres.push_back(CreateObjectWithAttributes<FibreSpan>("LengthKm", DoubleValue(30)));
        FibrePath path;
        path.AddSpan(fibres.back());
        const std::string from(1, name[0]);
        const std::string to(1, name[1]);
        plant.Connect(name, from, to, path, DataRate("1Gbps"));
        links.push_back(linkHelper.Install(name, path, from, to));
        managers.AddLink(links.back());
        KeyManagerHelper::AddInitialKeys(links.back(), 5000);
    }
    const QkdnControllerHelper controllers;
    controllers.Connect(controllers.Install("b"), keyManagers);
    SessionPolicy policy;
    policy.resilienceClass = CLASS_RESTORATION;
    policy.wtr = Seconds(20);
    CryptographicApplicationHelper applications;
    applications.SetPolicy(policy);
    applications.SetAttribute("Rate", DoubleValue(4));
    applications.SetAttribute("RequestLifetime", TimeValue(Seconds(2)));
    ApplicationContainer pair = applications.Install("A", "a", "b");
    pair.Start(Seconds(5));

    auto injector = CreateObject<FaultInjector>();
    auto cut = CreateObject<FibreCut>();
    cut->SetNames("cut-ab", "ab");
    cut->SetSpan(fibres[0], 0.5);
    injector->Plan(cut, Seconds(60), Seconds(60));
    auto crash = CreateObject<KeyManagerCrash>();
    crash->SetNames("crash-c", "c");
    crash->SetKeyManager(KeyManagerHelper::GetKeyManager(nodes.Get(2)));
    injector->Plan(crash, Seconds(90), Seconds(10));

    AnimationInterface animation(output);
    if (!packets)
    {
        animation.SkipPacketTracing();
    }
    Annotator annotator(animation);
    for (uint32_t i = 0; i < 3; ++i)
    {
        annotator.AddNode(nodes.Get(i));
    }
    for (const QkdLink& link : links)
    {
        annotator.AddLink(link);
    }
    annotator.AddSession(applications.GetSessions()[0]);
    annotator.Poll(Seconds(1));
    Simulator::Stop(Seconds(150));
    Simulator::Run();
    Simulator::Destroy();
    std::cout << "Wrote " << output << ", to be opened with NetAnim.\n";
    return 0;
}
