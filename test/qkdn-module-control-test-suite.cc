/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qkd-link-fixture.h"

#include "ns3/qkdn-cops-messages.h"
#include "ns3/qkdn-kq-messages.h"
#include "ns3/qkdn-kq-receiver.h"
#include "ns3/qkdn-kq-sender.h"
#include "ns3/qkdn-switch-client.h"
#include "ns3/qkdn-switch-server.h"
#include "ns3/test.h"

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

/// Two ns-3 nodes of one site with a cable of 500 us.
class SiteFixture
{
  public:
    SiteFixture()
    {
        m_nodes.Create(2);
        m_plant.InstallStack(m_nodes);
        m_cable = m_plant.ConnectLocal("site",
                                       m_nodes.Get(0),
                                       m_nodes.Get(1),
                                       MicroSeconds(500),
                                       DataRate("1Gbps"));
    }

    /**
     * @brief An address.
     * @param node 0 or 1
     * @return address and port of the node
     */
    Address At(uint32_t node) const
    {
        return InetSocketAddress(PlantHelper::GetServiceAddress(m_nodes.Get(node)), 6000);
    }

    NodeContainer m_nodes;      //!< of the optics or modules, and of whoever controls them
    PlantHelper m_plant;        //!< network of the site
    Ptr<ClassicalLink> m_cable; //!< its link
};

/// A switch that is moved by messages.
class CopsFixture : public SiteFixture
{
  public:
    CopsFixture()
        : m_switch(CreateObject<OpticalSwitch>()),
          m_server(CreateObject<SwitchServer>()),
          m_client(CreateObject<SwitchClient>())
    {
        m_server->AddSwitch(4, m_switch);
        m_server->Start(m_nodes.Get(0), At(0), At(1));
        m_client->Start(m_nodes.Get(1), At(1), At(0));
        m_client->GetSwitch(4)->SetAlarmCallback(MakeCallback(&CopsFixture::Alarm, this));
        for (const Ptr<Object>& end : {Ptr<Object>(m_server), Ptr<Object>(m_client)})
        {
            end->TraceConnectWithoutContext("Rejected", MakeCallback(&CopsFixture::Rejected, this));
        }
        m_switch->TraceConnectWithoutContext("Request", MakeCallback(&CopsFixture::Request, this));
    }

    ~CopsFixture()
    {
        m_server->Dispose();
        m_client->Dispose();
        m_switch->Dispose();
        Simulator::Destroy();
    }

    CopsFixture(const CopsFixture&) = delete;
    CopsFixture& operator=(const CopsFixture&) = delete;

    /**
     * @brief Ask for a port.
     * @param at when
     * @param port the port
     * @param sw number of the switch
     */
    void SelectAt(Time at, uint32_t port, uint32_t sw = 4)
    {
        Simulator::Schedule(at, [this, port, sw] {
            m_client->GetSwitch(sw)->Select(port,
                                            MakeCallback(&CopsFixture::Done, this),
                                            IncidentId{5, port});
        });
    }

    Ptr<OpticalSwitch> m_switch;                      //!< the switch
    Ptr<SwitchServer> m_server;                       //!< on its node
    Ptr<SwitchClient> m_client;                       //!< on the other node
    std::vector<std::pair<Time, bool>> m_done;        //!< outcomes
    std::vector<std::pair<Time, bool>> m_alarms;      //!< alarms
    std::vector<std::pair<Time, IncidentId>> m_asked; //!< what reached the switch
    uint32_t m_rejected{0};                           //!< messages not understood

  private:
    /// @cond
    void Done(bool success)
    {
        m_done.emplace_back(Simulator::Now(), success);
    }

    void Alarm(bool failed)
    {
        m_alarms.emplace_back(Simulator::Now(), failed);
    }

    void Request(Ptr<const OpticalSwitch>, uint32_t, IncidentId incident)
    {
        m_asked.emplace_back(Simulator::Now(), incident);
    }

    void Rejected(uint16_t, uint32_t)
    {
        ++m_rejected;
    }

    /// @endcond
};

/// Writes down commands and statuses.
class ControlRecorder : public ModuleControl, public LinkStatusListener
{
  public:
    void Activate(IncidentId incident) override
    {
        Note("activate " + incident.ToString());
    }

    void Standby(IncidentId incident) override
    {
        Note("standby " + incident.ToString());
    }

    void LinkStatusChanged(LinkId link,
                           LinkStatus status,
                           IncidentId,
                           const LinkAlarm& alarm) override
    {
        Note(std::to_string(link.value) + " " + LinkStatusName(status) + " " +
             LinkCauseName(alarm.cause));
    }

    /**
     * @brief Write down.
     * @param what what happens now
     */
    void Note(const std::string& what)
    {
        m_notes.push_back(what);
        m_times.push_back(Simulator::Now());
    }

    std::vector<std::string> m_notes; //!< what happened
    std::vector<Time> m_times;        //!< when
};

} // namespace

/**
 * @ingroup qkdn-resilience-tests
 * @brief Optical switches that are moved by messages.
 */
class CopsTest : public TestCase
{
  public:
    CopsTest()
        : TestCase("Messages move an optical switch and bring outcomes and alarms")
    {
    }

  private:
    void TestSelect()
    {
        CopsFixture f;
        f.SelectAt(Seconds(2), 2);
        f.SelectAt(Seconds(3), 7);
        Simulator::Schedule(Seconds(4), &OpticalSwitch::Fail, f.m_switch);
        Simulator::Schedule(Seconds(5), &OpticalSwitch::Repair, f.m_switch);
        f.SelectAt(Seconds(4.5), 1);
        f.SelectAt(Seconds(6), 1, 9);
        QkdLinkFixture::RunUntil(Seconds(10));
        NS_TEST_ASSERT_MSG_EQ(f.m_asked.size(), 3, "each once");
        const Time way = MicroSeconds(502);
        NS_TEST_ASSERT_MSG_EQ((f.m_asked.at(0).first >= Seconds(2) + MicroSeconds(500)), true, "");
        NS_TEST_ASSERT_MSG_EQ((f.m_asked.at(0).first < Seconds(2) + way), true, "a message");
        NS_TEST_ASSERT_MSG_EQ(f.m_asked.at(0).second.ToString(), "4-2", "the incident");
        NS_TEST_ASSERT_MSG_EQ(f.m_done.size(), 4, "each request");
        const Time outcome = f.m_done.at(0).first - f.m_asked.at(0).first - MilliSeconds(20);
        NS_TEST_ASSERT_MSG_EQ((outcome >= MicroSeconds(500) && outcome < way), true, "a message");
        NS_TEST_ASSERT_MSG_EQ(f.m_done.at(0).second, true, "done");
        NS_TEST_ASSERT_MSG_EQ(f.m_done.at(1).second, false, "no such port");
        NS_TEST_ASSERT_MSG_EQ(f.m_done.at(2).second, false, "broken");
        NS_TEST_ASSERT_MSG_EQ(f.m_done.at(3).second, false, "no such switch");
        NS_TEST_ASSERT_MSG_EQ(f.m_done.at(3).first, Seconds(7), "no answer");
        NS_TEST_ASSERT_MSG_EQ(f.m_rejected, 1, "no such switch");
        NS_TEST_ASSERT_MSG_EQ(f.m_alarms.size(), 2, "told");
        NS_TEST_ASSERT_MSG_EQ((f.m_alarms.at(0).first < Seconds(4) + way), true, "at once");
        NS_TEST_ASSERT_MSG_EQ(f.m_alarms.at(1).second, false, "well again");
        NS_TEST_ASSERT_MSG_EQ(f.m_switch->GetLitPort(), 2, "there it stands");
    }

    void TestOutage()
    {
        CopsFixture f;
        f.m_client->SetAttribute("Timeout", TimeValue(Seconds(30)));
        Simulator::Schedule(Seconds(5), [&f] { f.m_cable->Fail(); });
        // asked while the switch cannot be reached
        f.SelectAt(Seconds(6), 2);
        Simulator::Schedule(Seconds(7), &OpticalSwitch::Fail, f.m_switch);
        Simulator::Schedule(Seconds(8), &OpticalSwitch::Repair, f.m_switch);
        Simulator::Schedule(Seconds(15), [&f] { f.m_cable->Recover(); });
        QkdLinkFixture::RunUntil(Seconds(40));
        NS_TEST_ASSERT_MSG_EQ(f.m_asked.size(), 1, "once");
        NS_TEST_ASSERT_MSG_EQ(f.m_done.size(), 1, "once");
        NS_TEST_ASSERT_MSG_EQ(f.m_done.at(0).second, true, "after the outage");
        NS_TEST_ASSERT_MSG_EQ((f.m_done.at(0).first < Seconds(18)), true, "within 3 s");
        NS_TEST_ASSERT_MSG_EQ(f.m_alarms.empty(), false, "told afterwards");
        NS_TEST_ASSERT_MSG_EQ(f.m_alarms.back().second, false, "well again");
    }

    void TestLostAnswer()
    {
        CopsFixture f;
        f.m_switch->SetAttribute("SwitchingTime", TimeValue(Seconds(1)));
        f.m_client->SetAttribute("Timeout", TimeValue(Seconds(60)));
        f.SelectAt(Seconds(5), 2);
        // the answer finds no way
        Simulator::Schedule(Seconds(5.5), [&f] { f.m_cable->Fail(); });
        Simulator::Schedule(Seconds(15), [&f] { f.m_cable->Recover(); });
        QkdLinkFixture::RunUntil(Seconds(40));
        NS_TEST_ASSERT_MSG_EQ(f.m_asked.size(), 1, "carried out once");
        NS_TEST_ASSERT_MSG_EQ(f.m_done.size(), 1, "told once");
        NS_TEST_ASSERT_MSG_EQ(f.m_done.at(0).second, true, "told");
    }

    void TestMessages()
    {
        const auto select = CopsSelect::FromPacket(CopsSelect{1, 2, 3}.ToPacket());
        NS_TEST_ASSERT_MSG_EQ((select && select->request == 1), true, "request");
        NS_TEST_ASSERT_MSG_EQ((select && select->sw == 2 && select->port == 3), true, "switch");
        const Ptr<Packet> packet = CopsSelect{1, 2, 3}.ToPacket();
        NS_TEST_ASSERT_MSG_EQ(packet->GetSize(), 12, "three numbers");
        packet->RemoveAtEnd(1);
        NS_TEST_ASSERT_MSG_EQ(CopsSelect::FromPacket(packet).has_value(), false, "too short");
        const Ptr<Packet> longer = CopsOutcome{1, true}.ToPacket();
        longer->AddPaddingAtEnd(1);
        NS_TEST_ASSERT_MSG_EQ(CopsOutcome::FromPacket(longer).has_value(), false, "too long");
        NS_TEST_ASSERT_MSG_EQ(CopsAlarm::FromPacket(Create<Packet>()).has_value(), false, "empty");
    }

    void DoRun() override
    {
        TestSelect();
        TestOutage();
        TestLostAnswer();
        TestMessages();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief Modules that are activated by messages.
 */
class ModuleCommandTest : public TestCase
{
  public:
    ModuleCommandTest()
        : TestCase("Kq takes commands to a module and tells listeners of its status")
    {
    }

  private:
    void DoRun() override
    {
        SiteFixture f;
        const Ptr<KqSender> sender = CreateObject<KqSender>();
        const Ptr<KqReceiver> receiver = CreateObject<KqReceiver>();
        KeyRecorder keys;
        ControlRecorder module;
        ControlRecorder listener;
        sender->SetModule(LinkId(7), &module);
        receiver->AddStatusListener(&listener);
        receiver->Start(f.m_nodes.Get(1), f.At(1), &keys);
        sender->Start(f.m_nodes.Get(0), f.At(0), f.At(1));
        // before the module is known: kept
        receiver->GetModule(LinkId(7))->Activate(IncidentId{3, 1});
        Simulator::Schedule(Seconds(2), [sender] {
            sender->NotifyLinkStatus(LinkId(7),
                                     LINK_PENDING,
                                     IncidentId(),
                                     LinkAlarm(CAUSE_STANDBY));
        });
        Simulator::Schedule(Seconds(3), [receiver] {
            receiver->GetModule(LinkId(7))->Standby(IncidentId{3, 2});
            receiver->GetModule(LinkId(8))->Standby(IncidentId{3, 3});
        });
        Simulator::Schedule(Seconds(5), [&f] { f.m_cable->Fail(); });
        Simulator::Schedule(Seconds(8), [receiver] {
            receiver->GetModule(LinkId(7))->Activate(IncidentId{3, 4});
        });
        Simulator::Schedule(Seconds(15), [&f] { f.m_cable->Recover(); });
        QkdLinkFixture::RunUntil(Seconds(30));
        NS_TEST_ASSERT_MSG_EQ((module.m_notes.size() >= 3), true, "commands");
        NS_TEST_ASSERT_MSG_EQ(module.m_notes.at(0), "activate 2-1", "as soon as it is known");
        NS_TEST_ASSERT_MSG_EQ(module.m_notes.at(1), "standby 2-2", "the next");
        NS_TEST_ASSERT_MSG_EQ(module.m_notes.back(), "activate 2-4", "after the outage");
        NS_TEST_ASSERT_MSG_EQ((module.m_times.at(1) < Seconds(3) + MicroSeconds(502)),
                              true,
                              "a message");
        NS_TEST_ASSERT_MSG_EQ((module.m_times.back() < Seconds(18)), true, "within 3 s");
        NS_TEST_ASSERT_MSG_EQ(listener.m_notes.at(0), "7 PENDING standby", "told");
        NS_TEST_ASSERT_MSG_EQ(listener.m_notes.size(), keys.m_statuses.size(), "as the KM is");
        const Ptr<Packet> bad = KqModuleCommand{LinkId(7), true}.ToPacket();
        NS_TEST_ASSERT_MSG_EQ(bad->GetSize(), 5, "link and command");
        bad->RemoveAtEnd(1);
        NS_TEST_ASSERT_MSG_EQ(KqModuleCommand::FromPacket(bad).has_value(), false, "too short");
        sender->Dispose();
        receiver->Dispose();
        Simulator::Destroy();
    }
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief The suite of control by messages inside a site.
 */
class QkdnModuleControlTestSuite : public TestSuite
{
  public:
    QkdnModuleControlTestSuite()
        : TestSuite("qkdn-module-control", Type::UNIT)
    {
        AddTestCase(new CopsTest);
        AddTestCase(new ModuleCommandTest);
    }
};

static QkdnModuleControlTestSuite g_qkdnModuleControlTestSuite; //!< registers the suite
