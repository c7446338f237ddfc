/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FAULT_SUSPECTS_H
#define QKDN_FAULT_SUSPECTS_H

#include "qkdn-inventory.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-ids.h"
#include "ns3/qkdn-km-hop.h"
#include "ns3/qkdn-qkd-key.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Kinds of components that a manager suspects, in the order in which it prefers one if
 * nothing else decides.
 */
enum ComponentKind : uint8_t
{
    COMPONENT_LINK,       //!< the pair of modules of a QKD link
    COMPONENT_FIBRE,      //!< a fibre
    COMPONENT_RISK_GROUP, //!< what breaks several fibres together
    COMPONENT_NODE,       //!< a QKD node as a whole
    COMPONENT_KM          //!< the key manager of a QKD node
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a kind as it appears in results.
 * @param kind the kind
 * @return "module-pair", "fibre", "risk-group", "node" or "key-manager"
 */
const char* ComponentKindName(ComponentKind kind);

/**
 * @ingroup qkdn-resilience
 * @brief A component that may have failed.
 */
struct Component
{
    ComponentKind kind{COMPONENT_LINK}; //!< what it is
    std::string name;                   //!< its name: of the QKD link, fibre, risk group or node

    /// @cond
    bool operator<(const Component& o) const
    {
        return std::tie(kind, name) < std::tie(o.kind, o.name);
    }

    bool operator==(const Component& o) const
    {
        return kind == o.kind && name == o.name;
    }

    /// @endcond
};

/**
 * @ingroup qkdn-resilience
 * @brief Kinds of alarms.
 */
enum AlarmKind : uint8_t
{
    ALARM_LINK_END,  //!< an end of a QKD link makes no key, and says why
    ALARM_NEIGHBOUR, //!< a KM misses a neighbour
    ALARM_KM,        //!< the controller cannot reach a KM
    ALARM_ROUTE      //!< a key relay route has failed
};

/**
 * @ingroup qkdn-resilience
 * @brief What an alarm is about.
 */
struct AlarmKey
{
    AlarmKind kind{ALARM_LINK_END}; //!< its kind
    uint32_t about{0};              //!< number of the link, missed neighbour, KM or route
    KmId by;                        //!< KM that noticed it: at the end, or the one that misses

    /// @cond
    bool operator<(const AlarmKey& o) const
    {
        return std::tie(kind, about, by) < std::tie(o.kind, o.about, o.by);
    }

    /// @endcond

    /**
     * @brief Whether it is a symptom by itself. Others follow from such a one, or may have
     * another reason: a route fails for want of key, too.
     * @return true if so
     */
    bool IsPrimary() const
    {
        return kind == ALARM_LINK_END || kind == ALARM_NEIGHBOUR;
    }
};

/**
 * @ingroup qkdn-resilience
 * @brief An alarm that stands.
 */
struct StandingAlarm
{
    Time raised;                 //!< since when
    IncidentId incident;         //!< failure behind it, or none
    LinkCause cause{CAUSE_NONE}; //!< what an end of a link says
    uint32_t explainedBy{0};     //!< number of the cause that explains it, 0 for none
};

/// Alarms that stand, by what they are about.
using StandingAlarms = std::map<AlarmKey, StandingAlarm>;

/**
 * @ingroup qkdn-resilience
 * @brief Which components may be behind alarms, by what a manager's inventory says of them.
 *
 * A component explains an alarm if its failure makes such an alarm:
 *
 * - a fibre or a risk group: alarms at both ends of each QKD link that runs through it, KMs at
 *   the ends of such a link that miss each other, and a KM that the controller cannot reach if all
 *   QKD links of it run through it;
 * - a node: alarms at the ends of its QKD links, neighbours that miss its KM, and the KM out of
 *   reach. Its KM: the same without the ends of links. Both are suspected only while the
 *   controller cannot reach the KM;
 * - the modules of a QKD link: errors at both ends, but a loss of light at one end only, as a
 *   module that has failed is silent. Of a link whose fibres are not known they stand for the link.
 *
 * All explain failed routes that use what they break.
 */
class FaultSuspects
{
  public:
    /**
     * @brief Constructor
     * @param inventory what is known; it must outlive this object
     * @param alarms the alarms that stand; they must outlive it as well
     */
    FaultSuspects(const Inventory& inventory, const StandingAlarms& alarms);

    /// Look at the inventory again: constant data of links, or names of nodes, have changed.
    void Refresh();

    /**
     * @brief Whether the failure of a component makes an alarm.
     * @param component the component
     * @param alarm an alarm that stands
     * @return true if so
     */
    bool Explains(const Component& component, const AlarmKey& alarm) const;

    /**
     * @brief The components that explain at least one of some alarms, the most likely one first.
     *
     * Those most of whose QKD links are good come last. Then those come first that leave the
     * fewest of the alarms unexplained (routes do not count), then those with the fewest links
     * that are still good, then by kind and name.
     *
     * @param alarms the alarms
     * @return the components
     */
    std::vector<Component> Rank(const std::set<AlarmKey>& alarms) const;

    /**
     * @brief The hops that alarms say to be broken: of links in alarm, between KMs that miss each
     * other, and of KMs that cannot be reached.
     * @param alarms the alarms
     * @return the hops
     */
    std::set<KmHop> GetHops(const std::set<AlarmKey>& alarms) const;

    /**
     * @brief Whether a route uses one of some hops.
     * @param route the route
     * @param hops the hops
     * @return true if so
     */
    static bool Uses(const KeyRoute& route, const std::set<KmHop>& hops);

  private:
    /// What a component takes down.
    struct Footprint
    {
        std::set<LinkId> links; //!< QKD links
        KmId km;                //!< the KM of a node, or none
    };

    /**
     * @brief The components that an alarm may be due to, whether they explain it or not.
     * @param alarm the alarm
     * @param [in,out] candidates they are added
     */
    void AddCandidates(const AlarmKey& alarm, std::set<Component>& candidates) const;

    /**
     * @brief The components that an alarm of a link may be due to.
     * @param link the link
     * @param [in,out] candidates they are added
     */
    void AddCandidatesOf(LinkId link, std::set<Component>& candidates) const;

    /**
     * @brief Whether a fibre or risk group explains an alarm.
     * @param footprint what it takes down
     * @param alarm the alarm
     * @return true if so
     */
    bool LineExplains(const Footprint& footprint, const AlarmKey& alarm) const;

    /**
     * @brief Whether a node or KM explains an alarm.
     * @param footprint what it takes down
     * @param wholeNode whether modules fail with it
     * @param alarm the alarm
     * @return true if so
     */
    bool NodeExplains(const Footprint& footprint, bool wholeNode, const AlarmKey& alarm) const;

    /**
     * @brief Whether the modules of a QKD link explain an alarm.
     * @param footprint the link
     * @param alarm the alarm
     * @return true if so
     */
    bool ModulesExplain(const Footprint& footprint, const AlarmKey& alarm) const;

    /**
     * @brief How many of the links that a component takes down are good all the same.
     * @param component a component with a footprint
     * @return the number
     */
    uint32_t CountGood(const Component& component) const;

    /**
     * @brief Whether a link is good, for a component that would take it down.
     * @param kind kind of the component
     * @param footprint what it takes down
     * @param link one of its links
     * @return true if nothing is wrong with it
     */
    bool IsGood(ComponentKind kind, const Footprint& footprint, LinkId link) const;

    /**
     * @brief The hop of a link.
     * @param link a link of the inventory
     * @return its KMs
     */
    KmHop GetHop(LinkId link) const;

    const Inventory& m_inventory;                //!< what is known
    const StandingAlarms& m_alarms;              //!< alarms
    std::map<Component, Footprint> m_footprints; //!< what each component takes down
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FAULT_SUSPECTS_H */
