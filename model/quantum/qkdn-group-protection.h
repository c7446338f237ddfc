/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_GROUP_PROTECTION_H
#define QKDN_GROUP_PROTECTION_H

#include "qkdn-aps-datagram.h"
#include "qkdn-entity-watch.h"
#include "qkdn-group-operation.h"
#include "qkdn-protection-group.h"
#include "qkdn-qkd-key.h"

#include "ns3/event-id.h"
#include "ns3/qkdn-protection-switch.h"
#include "ns3/simple-ref-count.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Told what one end of a protection group does.
 */
class GroupObserver
{
  public:
    virtual ~GroupObserver() = default;

    /**
     * @brief A datagram has to go to the other end.
     * @param group name of the group
     * @param datagram the datagram
     */
    virtual void SendAps(const std::string& group, const ApsDatagram& datagram) = 0;

    /**
     * @brief The condition of an entity changes.
     * @param group the configuration of the group
     * @param entity the entity
     * @param condition its condition from now on
     * @param cause what was noticed
     * @param incident the failure behind it
     */
    virtual void SignalChanged(const GroupEnd& group,
                               ProtectionEntity entity,
                               EntityCondition condition,
                               const std::string& cause,
                               IncidentId incident) = 0;

    /**
     * @brief A condition has lasted for the hold-off.
     * @param group the configuration of the group
     * @param entity the entity
     * @param incident the failure behind it
     */
    virtual void HoldOffOver(const GroupEnd& group,
                             ProtectionEntity entity,
                             IncidentId incident) = 0;

    /**
     * @brief This end knows of a failure of a working entity, by itself or from the other end.
     * @param group the configuration of the group
     * @param working the working entity
     * @param incident the failure
     */
    virtual void Informed(const GroupEnd& group, uint32_t working, IncidentId incident) = 0;

    /**
     * @brief This end decides where keys for a working entity come from.
     * @param group the configuration of the group
     * @param working the working entity
     * @param selected the entity from now on
     * @param incident the failure behind it, or none
     */
    virtual void Decided(const GroupEnd& group,
                         uint32_t working,
                         ProtectionEntity selected,
                         IncidentId incident) = 0;

    /**
     * @brief All that this end had to switch for a decision is done.
     * @param group the configuration of the group
     * @param working the working entity
     * @param selected the entity
     * @param done false if a switch did not reach its port
     * @param incident the failure behind it, or none
     */
    virtual void Operated(const GroupEnd& group,
                          uint32_t working,
                          ProtectionEntity selected,
                          bool done,
                          IncidentId incident) = 0;

    /**
     * @brief The status of the group changes.
     * @param group the configuration of the group
     * @param status its status
     * @param incident the failure behind it, or none
     */
    virtual void StatusChanged(const GroupEnd& group,
                               const GroupStatus& status,
                               IncidentId incident) = 0;

    /**
     * @brief What a controller should know has changed, in a group that waits for one.
     * @param group the configuration of the group
     * @param report what this end says from now on
     * @param incident the failure behind it, or none
     */
    virtual void ReportChanged(const GroupEnd& group,
                               const GroupReport& report,
                               IncidentId incident) = 0;

    /**
     * @brief What becomes of a command.
     * @param group the configuration of the group
     * @param working the working entity
     * @param command name of the command
     * @param result for example "accepted", "rejected-local", "overridden-remote", "cleared"
     * @param incident what is behind the result, or none
     */
    virtual void CommandChanged(const GroupEnd& group,
                                uint32_t working,
                                const std::string& command,
                                const std::string& result,
                                IncidentId incident) = 0;

    /**
     * @brief The id for a failure that this end is the first to see.
     * @return a new incident
     */
    virtual IncidentId NewIncident() = 0;

    /**
     * @brief The protocol with the other end fails, or works again.
     * @param group the configuration of the group
     * @param working the working entity
     * @param failed true if it fails
     * @param reason what was noticed
     */
    virtual void ProtocolFailed(const GroupEnd& group,
                                uint32_t working,
                                bool failed,
                                const std::string& reason) = 0;
};

/**
 * @ingroup qkdn-resilience
 * @brief One end of a protection group: it has no socket, only knows what this end is told, and
 * moves modules and switches at this end.
 *
 * There is a protection switch (RFC 7271) for each working entity. Which protection entity stands
 * behind it is decided here: the lowest that is good and free, else the lowest good one that is
 * held for a lower request in the order of RFC 7347. For a working entity that could have none the
 * protection is in signal fail, which goes before a forced switch. A holder keeps against equal
 * requests; among entities that wait, the lower index goes first. If both ends choose differently,
 * the choice of end 0 stands, and so does what it says of entities that could have none.
 *
 * A group of class link-restoration has no protection switches and decides nothing: it reports
 * conditions, and does what a controller says through Select().
 */
class GroupProtection : public SimpleRefCount<GroupProtection>
{
  public:
    /**
     * @brief Constructor
     * @param config the group; aborts if it makes no sense
     * @param observer told what happens, outlives this object
     */
    GroupProtection(const GroupEnd& config, GroupObserver* observer);

    ~GroupProtection();

    /// Begin: watch the entities, start the protection switches.
    void Start();

    /// End as a process that stops: nothing is watched, sent or switched any more.
    void Stop();

    /**
     * @brief The configuration.
     * @return the group
     */
    const GroupEnd& GetConfig() const;

    /**
     * @brief The status of a QKD link has changed at this end.
     * @param link a link
     * @param status its status
     * @param cause what is wrong with it
     * @param incident the failure behind it, or none
     */
    void LinkStatusChanged(LinkId link, LinkStatus status, LinkCause cause, IncidentId incident);

    /**
     * @brief A datagram of the other end.
     * @param datagram the datagram
     * @return false if it makes no sense for this group; then it changed nothing
     */
    bool Receive(const ApsDatagram& datagram);

    /**
     * @brief Carry out a command.
     * @param command the command
     * @param working the working entity that it is for
     * @return what became of it, "accepted" if it is in effect
     */
    std::string Command(GroupCommand command, uint32_t working);

    /**
     * @brief A controller says where keys come from. The observer is told of the end of the
     * switching by Operated(), perhaps before this call returns.
     * @param working place of the working entity
     * @param entity the entity to select
     * @param incident the failure behind it, or none
     * @return why this end refuses; empty if it does it
     */
    std::string Select(uint32_t working, ProtectionEntity entity, IncidentId incident);

    /**
     * @brief What a controller should know.
     * @return what this end says of its entities
     */
    GroupReport GetReport() const;

    /**
     * @brief The last failure that concerned the group.
     * @return its incident, or none
     */
    IncidentId GetIncident() const;

    /**
     * @brief What is known of the group at this end.
     * @return its status
     */
    const GroupStatus& GetStatus() const;

    /**
     * @brief The protection switch of a working entity.
     * @param working the working entity
     * @return the switch
     */
    Ptr<ProtectionSwitch> GetSwitch(uint32_t working) const;

    /**
     * @brief Where keys for a working entity come from at this end.
     * @param working the working entity
     * @return the entity
     */
    ProtectionEntity GetSelected(uint32_t working) const;

  private:
    /// A working entity.
    struct Working
    {
        Ptr<ProtectionSwitch> machine;      //!< its protection switch
        std::unique_ptr<EntityWatch> watch; //!< its condition
        EntityCondition told{ENTITY_GOOD};  //!< condition that the protection switch knows
        bool onProtection{false};           //!< what the protection switch selects
        std::optional<uint32_t> held;       //!< protection entity that it has
        std::optional<uint32_t> proposed;   //!< protection entity that the other end has chosen
        bool noProtection{false};           //!< the protection switch was told SF on protection
        bool degradedProtection{false};     //!< the protection switch was told SD on protection
        bool informed{false};               //!< a failure of it is known
        bool remoteFailed{false};           //!< the other end says that it has failed
        bool standby{false};                //!< its module was told to stand by
        std::optional<ApsDatagram> sent;    //!< last datagram to the other end
        IncidentId incident;                //!< last failure that concerned it
        std::string result;                 //!< what became of the last command
        Ptr<GroupOperation> operation;      //!< switching that goes on, or the last one
    };

    /// A protection entity.
    struct Protection
    {
        std::unique_ptr<EntityWatch> watch; //!< its condition
        bool remoteFailed{false};           //!< the other end says that it has failed
        std::optional<uint32_t> bridged;    //!< working entity that it serves until that one runs
        bool active{false};                 //!< its module was told to generate
    };

    /// @cond
    void CheckConfig() const;
    void MakeWorking(uint32_t index);
    void MakeProtection(uint32_t index);
    void WatchSwitches(const EntityEnd& entity);
    EntityWatch& GetWatch(ProtectionEntity entity);
    const EntityEnd& GetEnd(ProtectionEntity entity) const;
    void LineChanged(ProtectionEntity entity, bool good);
    void ConditionChanged(ProtectionEntity entity,
                          EntityCondition condition,
                          const std::string& cause,
                          IncidentId incident);
    void ConditionReported(ProtectionEntity entity, bool begins, IncidentId incident);
    void TellWorking(uint32_t index);
    void Request(GroupCommand command, uint32_t index);
    void Inform(uint32_t index, IncidentId incident);
    void NoteRemote(uint32_t index, const ApsDatagram& datagram);
    void FollowRemote(uint32_t index, const ApsDatagram& datagram);
    ApsDatagram MakeDatagram(uint32_t index, const ApsMessage& message) const;
    void SelectCalled(uint32_t index, Entity entity, IncidentId incident);
    void SendCalled(uint32_t index, const ApsMessage& message);
    void PortDone(uint32_t index, const SwitchPort& port, bool reached);
    void OperationDone(uint32_t index, bool done);
    void SwitchAlarm(const std::string& name, bool failed);
    void ReviewSwitches();
    bool IsCommanded() const;
    bool Fits(uint32_t index, uint32_t protection) const;
    void Release(uint32_t index, bool lockedOut);
    void UpdateReport();
    bool IsStandbyWanted(uint32_t index) const;
    bool Generates(ProtectionEntity entity) const;
    std::vector<ProtectionEntity> GetEntities() const;
    WorkingStatus DescribeWorking(uint32_t index) const;

    // bound to the indices by the callbacks
    static void OnLine(GroupProtection* group, ProtectionEntity entity, bool good);
    static void OnCondition(GroupProtection* group,
                            ProtectionEntity entity,
                            EntityCondition condition,
                            const std::string& cause,
                            IncidentId incident);
    static void OnReport(GroupProtection* group,
                         ProtectionEntity entity,
                         bool begins,
                         IncidentId incident);
    static void OnSelect(GroupProtection* group,
                         uint32_t index,
                         Entity entity,
                         IncidentId incident);
    static void OnSend(GroupProtection* group, uint32_t index, const ApsMessage& message);
    static void OnCommand(GroupProtection* group,
                          uint32_t index,
                          SwitchRequest request,
                          Entity entity,
                          CommandResult result,
                          IncidentId incident);
    static void OnProtocol(GroupProtection* group,
                           uint32_t index,
                           ProtocolFailure failure,
                           bool present,
                           IncidentId incident);
    static void OnPort(GroupProtection* group,
                       uint32_t index,
                       const SwitchPort& port,
                       bool reached);
    static void OnOperation(GroupProtection* group, uint32_t index, bool done);
    static void OnAlarm(GroupProtection* group, std::string name, bool failed);
    void RetrySwitch(std::string name);
    /// @endcond

    /**
     * @brief Whether a protection entity can carry keys, as far as both ends are known.
     * @param protection the protection entity
     * @return true if so
     */
    bool IsUsable(uint32_t protection) const;

    /**
     * @brief Who has a protection entity.
     * @param protection the protection entity
     * @return the working entity, if any
     */
    std::optional<uint32_t> GetHolder(uint32_t protection) const;

    /**
     * @brief Whether the other end says that there is no protection for a working entity only since
     * another one has it there. End 0 takes no notice of that, as its choice stands: if each end
     * told the other so of different entities, they would change places for ever.
     * @param working the working entity
     * @param message what the other end says of it
     * @return true if so, and this is end 0
     */
    bool IsContention(uint32_t working, const ApsMessage& message) const;

    /**
     * @brief Whether keys come, or are to come, over an entity.
     * @param entity the entity
     * @return true if it is a protection entity that is held, or a working one that holds none
     */
    bool IsInUse(ProtectionEntity entity) const;

    /**
     * @brief The request of a state in the order of RFC 7347.
     * @param state state of a protection switch
     * @return its code, 0 for none
     */
    static uint32_t GetPriority(SwitchState state);

    /**
     * @brief A protection entity for a request.
     * @param working who asks
     * @param priority its request
     * @return the protection entity, nothing if it can have none
     */
    std::optional<uint32_t> Choose(uint32_t working, uint32_t priority) const;

    /**
     * @brief Give a protection entity to a working one.
     * @param working who gets it
     * @param protection the protection entity
     */
    void Give(uint32_t working, uint32_t protection);

    /// Tell the protection switches whether there is protection for them, until nothing changes.
    void Rearrange();

    /**
     * @brief One step of Rearrange().
     * @param working the working entity
     * @return true if something changed
     */
    bool RearrangeOne(uint32_t working);

    /**
     * @brief Switch to what is selected for a working entity.
     * @param working the working entity
     */
    void Operate(uint32_t working);

    /// Let the modules generate or stand by as the selection wants it.
    void UpdateModules();

    /// Tell the status if it has changed.
    void UpdateStatus();

    /**
     * @brief Why there is no protection for a working entity.
     * @param working the working entity
     * @return the reason, empty if there is protection
     */
    std::string FindReason(uint32_t working) const;

    /// Send what was sent last again, since what this end says of its protection has changed.
    void SendAgain();

    /**
     * @brief The protection entities that are in signal fail here.
     * @return a bit for each, the lowest for index 0
     */
    uint32_t GetFailedMask() const;

    GroupEnd m_config;                        //!< the group
    GroupObserver* m_observer;                //!< told what happens
    std::vector<Working> m_working;           //!< working entities
    std::vector<Protection> m_protection;     //!< protection entities
    SwitchBook m_switches;                    //!< what is known of optical switches
    std::map<std::string, EventId> m_retries; //!< when refusals of switches are forgotten
    std::map<LinkId, LinkStatus> m_links;     //!< last status of QKD links
    std::map<LinkId, IncidentId> m_causes;    //!< failures behind it
    GroupStatus m_status;                     //!< last status told
    GroupReport m_report;                     //!< last report told
    IncidentId m_incident;                    //!< last failure that concerned the group
    bool m_running{false};                    //!< between Start() and Stop()
    bool m_frozen{false};                     //!< freeze is in effect
    bool m_commanding{false};                 //!< a command is under way
    bool m_arranging{false};                  //!< Rearrange() goes on
    bool m_again{false};                      //!< something changed meanwhile
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_GROUP_PROTECTION_H */
