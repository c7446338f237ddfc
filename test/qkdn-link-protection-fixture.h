/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_PROTECTION_FIXTURE_H
#define QKDN_LINK_PROTECTION_FIXTURE_H

#include "qkdn-qkd-link-fixture.h"

#include "ns3/qkdn-link-protection-helper.h"
#include "ns3/qkdn-optical-switch.h"

#include <array>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief What the traces of the two agents of a group told.
 */
class GroupRecorder
{
  public:
    /// Something that happened at one end.
    struct Entry
    {
        Time at;             //!< when
        uint32_t end;        //!< where
        std::string what;    //!< trace and what it says
        IncidentId incident; //!< the failure behind it
    };

    /**
     * @brief Listen to an agent.
     * @param agent the agent
     */
    void Connect(Ptr<LinkProtectionAgent> agent)
    {
        agent->TraceConnectWithoutContext("Signal", MakeCallback(&GroupRecorder::Signal, this));
        agent->TraceConnectWithoutContext("HoldOffOver", MakeCallback(&GroupRecorder::Hold, this));
        agent->TraceConnectWithoutContext("Informed", MakeCallback(&GroupRecorder::Inform, this));
        agent->TraceConnectWithoutContext("Decided", MakeCallback(&GroupRecorder::Decide, this));
        agent->TraceConnectWithoutContext("Operated", MakeCallback(&GroupRecorder::Operate, this));
        agent->TraceConnectWithoutContext("GroupStatus", MakeCallback(&GroupRecorder::State, this));
        agent->TraceConnectWithoutContext("Command", MakeCallback(&GroupRecorder::Command, this));
        agent->TraceConnectWithoutContext("Protocol", MakeCallback(&GroupRecorder::Protocol, this));
        agent->TraceConnectWithoutContext("Dropped", MakeCallback(&GroupRecorder::Drop, this));
        agent->TraceConnectWithoutContext("ApsSent", MakeCallback(&GroupRecorder::Sent, this));
    }

    /**
     * @brief When something happened first at an end, not before a time.
     * @param end the end
     * @param what what
     * @param from the time
     * @return when, Time::Max() for never
     */
    Time When(uint32_t end, const std::string& what, Time from = Time()) const
    {
        for (const Entry& entry : m_entries)
        {
            if (entry.end == end && entry.what == what && entry.at >= from)
            {
                return entry.at;
            }
        }
        return Time::Max();
    }

    /**
     * @brief How often something happened at an end.
     * @param end the end
     * @param what what
     * @return number of times
     */
    uint32_t Count(uint32_t end, const std::string& what) const
    {
        uint32_t count = 0;
        for (const Entry& entry : m_entries)
        {
            count += entry.end == end && entry.what == what ? 1 : 0;
        }
        return count;
    }

    std::vector<Entry> m_entries; //!< everything but datagrams, in order
    uint32_t m_sent{0};           //!< datagrams

  private:
    /// @cond
    void Add(uint32_t end, const std::string& what, IncidentId incident = IncidentId())
    {
        m_entries.push_back(Entry{Simulator::Now(), end, what, incident});
    }

    void Signal(const std::string&,
                uint32_t end,
                ProtectionEntity entity,
                EntityCondition condition,
                const std::string&,
                IncidentId incident)
    {
        Add(end, entity.ToString() + " " + EntityConditionName(condition), incident);
    }

    void Hold(const std::string&, uint32_t end, ProtectionEntity entity, IncidentId incident)
    {
        Add(end, "hold-off " + entity.ToString(), incident);
    }

    void Inform(const std::string&, uint32_t end, uint32_t working, IncidentId incident)
    {
        Add(end, "informed W" + std::to_string(working), incident);
    }

    void Decide(const std::string&,
                uint32_t end,
                uint32_t working,
                ProtectionEntity selected,
                IncidentId incident)
    {
        Add(end, "W" + std::to_string(working) + " on " + selected.ToString(), incident);
    }

    void Operate(const std::string&,
                 uint32_t end,
                 uint32_t working,
                 ProtectionEntity selected,
                 bool done,
                 IncidentId incident)
    {
        Add(end,
            "W" + std::to_string(working) + (done ? " at " : " not at ") + selected.ToString(),
            incident);
    }

    void State(const GroupStatus& status, IncidentId incident)
    {
        Add(status.end, GroupStateName(status.state), incident);
        if (!status.reason.empty())
        {
            Add(status.end, status.reason, incident);
        }
    }

    void Command(const std::string&,
                 uint32_t end,
                 uint32_t,
                 const std::string& command,
                 const std::string& result,
                 IncidentId incident)
    {
        Add(end, command + " " + result, incident);
    }

    void Protocol(const std::string&, uint32_t end, uint32_t, bool failed, const std::string& why)
    {
        Add(end, why + (failed ? " begins" : " ends"));
    }

    void Drop(const std::string& reason, uint32_t)
    {
        Add(0, "dropped " + reason);
    }

    void Sent(const std::string&, uint32_t, const ApsDatagram&)
    {
        ++m_sent;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience-tests
 * @brief A protection group between two nodes, each entity over a fibre of 50 km of its own, with
 * a classical link that shares none.
 *
 * Working modules run from the beginning, spare ones stand by; a block of 1,024 bit takes 0.1 s,
 * resynchronisation 1 s.
 */
class GroupFixture
{
  public:
    /**
     * @brief Constructor
     * @param groupClass class of the group
     * @param working number of working entities
     * @param protection number of protection entities
     */
    GroupFixture(GroupClass groupClass, uint32_t working, uint32_t protection)
        : m_n(working),
          m_m(protection),
          m_protocol(CreateObjectWithAttributes<MeasuredRateProtocol>("Rate", DoubleValue(10240.0)))
    {
        m_nodes.Create(2);
        m_plant.InstallStack(m_nodes);
        m_cable.AddSpan(MakeSpan(100.0));
        m_classical = m_plant.Connect("classical",
                                      m_nodes.Get(0),
                                      m_nodes.Get(1),
                                      m_cable,
                                      DataRate("100Mbps"));
        m_group.id = GroupId(1);
        m_group.name = "g";
        m_group.groupClass = groupClass;
        m_group.waitToRestore = Seconds(5);
        m_helper.SetModuleAttribute("ResyncTime", TimeValue(RESYNC));
        m_helper.SetModuleAttribute("SignalMessages", BooleanValue(true));
        for (uint32_t i = 0; i < m_n + m_m; ++i)
        {
            m_spans.push_back(MakeSpan(50.0));
        }
    }

    ~GroupFixture()
    {
        Simulator::Destroy();
    }

    GroupFixture(const GroupFixture&) = delete;
    GroupFixture& operator=(const GroupFixture&) = delete;

    /// Make a group of module pairs.
    void BuildPairs()
    {
        std::vector<ProtectionMember> members;
        for (uint32_t i = 0; i < m_n + m_m; ++i)
        {
            const bool spare = i >= m_n && m_group.groupClass != GROUP_LINK_1_PLUS_1;
            FibrePath path;
            path.AddSpan(m_spans[i]);
            ProtectionMember member;
            member.link = LinkId(i + 1);
            member.modules = MakeLink(i, {QuantumPath(path)}, spare);
            members.push_back(member);
        }
        Connect({members.begin(), members.begin() + m_n}, {members.begin() + m_n, members.end()});
    }

    /// Make a group of one module pair and two fibres between optical switches.
    void BuildSwitches()
    {
        std::array<FibrePath, 2> lines;
        std::vector<QuantumPath> paths;
        for (uint32_t end = 0; end < 2; ++end)
        {
            m_switches[end] =
                CreateObjectWithAttributes<OpticalSwitch>("Name",
                                                          StringValue("s" + std::to_string(end)),
                                                          "SwitchingTime",
                                                          TimeValue(SWITCHING));
        }
        for (uint32_t i = 0; i < 2; ++i)
        {
            lines[i].AddSpan(m_spans[i]);
            paths.emplace_back(
                lines[i],
                std::vector<SwitchPosition>{{m_switches[0], i + 1, SwitchPosition::FIRST_END},
                                            {m_switches[1], i + 1, SwitchPosition::SECOND_END}});
        }
        std::array<ProtectionMember, 2> members;
        const QkdLink link = MakeLink(0, paths, false);
        for (uint32_t i = 0; i < 2; ++i)
        {
            members[i].link = LinkId(1);
            members[i].modules = link;
            members[i].line = QuantumPath(lines[i]);
            for (uint32_t end = 0; end < 2; ++end)
            {
                members[i].switches[end] = {
                    {"s" + std::to_string(end), PeekPointer(m_switches[end]), i + 1}};
            }
        }
        Connect({members[0]}, {members[1]});
    }

    /**
     * @brief Cut the fibre of an entity in the middle.
     * @param at when
     * @param entity its number: working entities first
     */
    void CutAt(Time at, uint32_t entity)
    {
        Simulator::Schedule(at, &FibreSpan::Cut, m_spans[entity], 0.5);
    }

    /**
     * @brief Repair the fibre of an entity.
     * @param at when
     * @param entity its number: working entities first
     */
    void RepairAt(Time at, uint32_t entity)
    {
        Simulator::Schedule(at, &FibreSpan::Repair, m_spans[entity]);
    }

    /**
     * @brief Give a command.
     * @param at when
     * @param end at which end
     * @param command the command
     * @param working for which working entity
     */
    void CommandAt(Time at, uint32_t end, GroupCommand command, uint32_t working = 0)
    {
        Simulator::Schedule(at,
                            &LinkProtectionAgent::Command,
                            m_places[end].agent,
                            "g",
                            working,
                            command);
    }

    /**
     * @brief Run up to a time.
     * @param end the time
     */
    static void RunUntil(Time end)
    {
        Simulator::Stop(end - Simulator::Now());
        Simulator::Run();
    }

    /**
     * @brief When an end took the first key of a QKD link after a time.
     * @param end the end
     * @param entity number of the entity
     * @param after the time
     * @return when, Time::Max() for never
     */
    Time FirstKey(uint32_t end, uint32_t entity, Time after) const
    {
        for (const KeyRecorder::KeyEntry& entry : m_keys[end].m_keys)
        {
            if (entry.key.id.link == LinkId(entity + 1) && entry.at > after)
            {
                return entry.at;
            }
        }
        return Time::Max();
    }

    /**
     * @brief The longest time without a key at an end.
     * @param end the end
     * @param from begin of the time looked at
     * @param to end of the time looked at
     * @return the longest distance of two keys
     */
    Time LongestGap(uint32_t end, Time from, Time to) const
    {
        Time last = from;
        Time gap;
        for (const KeyRecorder::KeyEntry& entry : m_keys[end].m_keys)
        {
            if (entry.at >= from && entry.at <= to)
            {
                gap = std::max(gap, entry.at - last);
                last = entry.at;
            }
        }
        return std::max(gap, to - last);
    }

    /**
     * @brief What an end selects for a working entity.
     * @param end the end
     * @param working the working entity
     * @return the entity, for example "P0"
     */
    std::string Selected(uint32_t end, uint32_t working = 0) const
    {
        return m_places[end].agent->GetGroup("g")->GetSelected(working).ToString();
    }

    /**
     * @brief The state of the group at an end.
     * @param end the end
     * @return the name of the state
     */
    std::string State(uint32_t end) const
    {
        return GroupStateName(m_places[end].agent->GetGroup("g")->GetStatus().state);
    }

    static const Time RESYNC;    //!< ResyncTime
    static const Time SWITCHING; //!< SwitchingTime

    GroupEnd m_group;                                    //!< set before the group is built
    QkdLinkHelper m_helper;                              //!< attributes go here before
    std::vector<Ptr<FibreSpan>> m_spans;                 //!< fibres: working entities first
    FibrePath m_cable;                                   //!< fibre of the classical link
    Ptr<ClassicalLink> m_classical;                      //!< classical link
    std::array<Ptr<OpticalSwitch>, 2> m_switches;        //!< by end, if any
    std::vector<QkdLink> m_links;                        //!< module pairs
    std::array<LinkProtectionHelper::Place, 2> m_places; //!< agents by end
    std::array<KeyRecorder, 2> m_keys;                   //!< Kq by end
    GroupRecorder m_told;                                //!< traces of the agents

  private:
    /**
     * @brief Make a module pair.
     * @param number number of the link, from 0
     * @param paths what it can run over
     * @param spare it stands by
     * @return the link
     */
    QkdLink MakeLink(uint32_t number, const std::vector<QuantumPath>& paths, bool spare)
    {
        m_helper.SetModuleAttribute(
            "InitialState",
            EnumValue(spare ? QkdModule::START_STANDBY : QkdModule::START_RUNNING));
        m_links.push_back(m_helper.Install(LinkId(number + 1),
                                           "l" + std::to_string(number),
                                           paths,
                                           m_protocol,
                                           MakeEnd(0),
                                           MakeEnd(1),
                                           static_cast<uint16_t>(5000 + number)));
        return m_links.back();
    }

    /**
     * @brief One end of a link.
     * @param end 0 or 1
     * @return the end
     */
    QkdLinkEnd MakeEnd(uint32_t end)
    {
        return QkdLinkEnd{m_nodes.Get(end),
                          PlantHelper::GetServiceAddress(m_nodes.Get(end)),
                          &m_keys[end]};
    }

    /**
     * @brief Make agents and group.
     * @param working working entities
     * @param protection protection entities
     */
    void Connect(const std::vector<ProtectionMember>& working,
                 const std::vector<ProtectionMember>& protection)
    {
        const LinkProtectionHelper helper;
        for (uint32_t end = 0; end < 2; ++end)
        {
            m_places[end] =
                helper.Install(m_nodes.Get(end), PlantHelper::GetServiceAddress(m_nodes.Get(end)));
            m_told.Connect(m_places[end].agent);
        }
        helper.Connect(m_group, working, protection, m_places[0], m_places[1], MilliSeconds(5));
    }

    uint32_t m_n;                         //!< working entities
    uint32_t m_m;                         //!< protection entities
    NodeContainer m_nodes;                //!< the two nodes
    PlantHelper m_plant;                  //!< classical network
    Ptr<MeasuredRateProtocol> m_protocol; //!< protocol
};

inline const Time GroupFixture::RESYNC = Seconds(1);
inline const Time GroupFixture::SWITCHING = MilliSeconds(20);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_PROTECTION_FIXTURE_H */
