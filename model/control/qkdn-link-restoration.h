/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_LINK_RESTORATION_H
#define QKDN_LINK_RESTORATION_H

#include "qkdn-restoration-pool.h"

#include "ns3/address.h"
#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/object.h"
#include "ns3/qkdn-supervised-endpoint.h"
#include "ns3/traced-callback.h"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What becomes of a decision of a controller to restore a QKD link.
 */
enum RestorationStep : uint8_t
{
    RESTORATION_ACKNOWLEDGED, //!< both ends have done what they were told
    RESTORATION_STARTED,      //!< the entity generates at both ends
    RESTORATION_REFUSED,      //!< an end could not do it
    RESTORATION_UNANSWERED,   //!< an end did not answer in time
    RESTORATION_NOT_STARTED   //!< the entity failed, or did not generate in time
};

/**
 * @ingroup qkdn-resilience
 * @brief The name of a step as it appears in results.
 * @param step the step
 * @return for example "acknowledged"
 */
const char* RestorationStepName(RestorationStep step);

/**
 * @ingroup qkdn-resilience
 * @brief The part of a controller that restores QKD links after failures in the quantum layer
 * (reference points Cq and Cops), in groups of class link-restoration.
 *
 * It knows what the agents at the QKD nodes tell it: which working and spare entities there are,
 * what has failed, where keys come from. When a working entity has failed it waits for
 * DecisionTime, chooses a spare one (RestorationPool::Choose()), tells both ends, repeats a command
 * each CommandTimeout until it is answered, and gives it up after OperationTimeout. If an end
 * refuses, or if the entity does not generate at both ends in the time that the group grants, it
 * tries the next one; one that was tried in vain is tried again after RetryDelay, or when an end
 * says that it is well. In a group there is one decision at a time. When several working entities
 * have failed, that of the lowest place goes first: all of a group join the same two nodes, so that
 * the same sessions wait for each of them.
 *
 * After WaitToRestore of the group it goes back to the working entity. It decides nothing while an
 * end cannot be reached, and nothing while its controller stands by. All that it needs to know
 * after a crash, or when it takes over, the agents tell it: where keys come from, and the number of
 * the newest command.
 */
class LinkRestoration : public Object
{
  public:
    /// The term in which the controller is active; nothing if it stands by.
    using TermFunction = std::function<std::optional<uint32_t>()>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    LinkRestoration();
    ~LinkRestoration() override;

    /**
     * @brief Add an agent, before the start.
     * @param local address and port of this end of Cq, the same for all agents
     * @param agent those of the agent
     */
    void AddAgent(const Address& local, const Address& agent);

    /**
     * @brief Set how to find out whether the controller is active, before the start.
     * @param term the function
     */
    void SetTermFunction(TermFunction term);

    /**
     * @brief The process starts. Without agents nothing happens.
     * @param node its node
     * @param decisionTime time that a decision takes
     * @param commandTimeout time after which a command is repeated
     */
    void Start(Ptr<Node> node, Time decisionTime, Time commandTimeout);

    /**
     * @brief Set whether spare entities may be taken, which is so before the first call. What is
     * under way goes on, and keys return to working entities in any case.
     * @param mayRestore whether that is allowed
     */
    void SetMayRestore(bool mayRestore);

    /// The process ends: all that it knows is lost.
    void Stop();

    /// The controller has become active, or stands by.
    void RoleChanged();

    /**
     * @brief What exchanges messages with agents.
     * @return the endpoint
     */
    Ptr<MessageEndpoint> GetEndpoint() const;

    /**
     * @brief What finds out whether agents live.
     * @return the agent
     */
    Ptr<HelloAgent> GetHelloAgent() const;

    /**
     * @brief TracedCallback signature of a failure that the controller comes to know.
     * @param group name of the group
     * @param working place of the working entity without keys
     * @param incident the failure
     */
    using InformedCallback = void (*)(const std::string& group,
                                      uint32_t working,
                                      IncidentId incident);

    /**
     * @brief TracedCallback signature of a decision.
     * @param group name of the group
     * @param working place of the working entity
     * @param selected where its keys shall come from
     * @param incident the failure behind it, or none
     */
    using DecidedCallback = void (*)(const std::string& group,
                                     uint32_t working,
                                     ProtectionEntity selected,
                                     IncidentId incident);

    /**
     * @brief TracedCallback signature of what becomes of a decision.
     * @param group name of the group
     * @param working place of the working entity
     * @param selected the entity
     * @param step what has happened
     * @param reason more about it, or empty
     * @param incident the failure behind it, or none
     */
    using StepCallback = void (*)(const std::string& group,
                                  uint32_t working,
                                  ProtectionEntity selected,
                                  RestorationStep step,
                                  const std::string& reason,
                                  IncidentId incident);

    /**
     * @brief TracedCallback signature of a message that changes nothing.
     * @param type its type
     * @param bytes its size without the frame header
     */
    using RejectedCallback = void (*)(uint16_t type, uint32_t bytes);

  protected:
    void DoDispose() override;

  private:
    /// A working entity.
    struct Working
    {
        bool informed{false};     //!< its failure is known
        IncidentId incident;      //!< the failure
        std::set<uint32_t> tried; //!< spare entities that were tried in vain
        bool homeTried{false};    //!< the return was tried in vain
        EventId retry;            //!< all this is forgotten
        EventId restore;          //!< end of the wait to restore
        bool restoreDue{false};   //!< that is over
    };

    /// What is under way in a group.
    enum Phase : uint8_t
    {
        PHASE_IDLE,       //!< nothing
        PHASE_DECIDING,   //!< a decision
        PHASE_COMMANDING, //!< commands are not answered
        PHASE_STARTING    //!< the entity does not generate
    };

    /// A group.
    struct Group
    {
        std::string name;             //!< its name
        RestorationPool pool;         //!< what the ends said
        std::array<PeerId, 2> peers;  //!< the ends
        std::vector<Working> working; //!< by place
        Phase phase{PHASE_IDLE};      //!< what is under way
        uint32_t index{0};            //!< the working entity that it is for
        ProtectionEntity target;      //!< the entity that is to be selected
        uint64_t number{0};           //!< number of the newest command
        std::array<bool, 2> done{};   //!< ends that have carried it out
        EventId timer;                //!< end of the decision, or of patience
        EventId repeat;               //!< commands are repeated
    };

    /// @cond
    void PeerConnected(PeerId peer, bool up);
    void Receive(PeerId peer, uint16_t type, Ptr<Packet> body, IncidentId incident);
    bool Register(PeerId peer, const CqRegistration& message);
    bool HandleStatus(PeerId peer, const CqStatus& message, IncidentId incident);
    bool HandleAnswer(PeerId peer, const CqAcknowledgement& message);
    std::optional<uint8_t> FindEnd(const Group& group, PeerId peer) const;
    void Abandon(Group& group);
    /// @endcond

    /**
     * @brief Whether this controller may command a group now.
     * @param group the group
     * @return true if so
     */
    bool MayCommand(const Group& group) const;

    /**
     * @brief Whether a working entity gets no keys: what is selected for it has failed, was tried
     * in vain, or differs at its two ends.
     * @param group the group
     * @param index the working entity
     * @return true if so
     */
    static bool NeedsHelp(const Group& group, uint32_t index);

    /**
     * @brief Where keys of a working entity that needs help should come from.
     * @param group the group
     * @param index the working entity
     * @return the entity; nothing if nothing is better than what is selected
     */
    std::optional<ProtectionEntity> FindTarget(const Group& group, uint32_t index) const;

    /**
     * @brief Do what the state of a group asks for.
     * @param id the group
     */
    void Review(GroupId id);

    /**
     * @brief Grant the time to start to a spare entity that is selected and does not generate, also
     * to one that this process, or its controller, was not there to select.
     * @param id the group
     */
    void SuperviseStart(GroupId id);

    /**
     * @brief Follow the wait to restore of a working entity that needs no help.
     * @param id the group
     * @param index the working entity
     */
    void ReviewRestore(GroupId id, uint32_t index);

    /**
     * @brief The time for a decision is over.
     * @param id the group
     */
    void Decide(GroupId id);

    /**
     * @brief Keys return to a working entity.
     * @param id the group
     * @param index the working entity
     */
    void Restore(GroupId id, uint32_t index);

    /**
     * @brief Tell both ends what to select.
     * @param id the group
     * @param index the working entity
     * @param target what to select
     */
    void Command(GroupId id, uint32_t index, ProtectionEntity target);

    /**
     * @brief Send the command to the ends that have not carried it out, and again later.
     * @param id the group
     */
    void SendCommands(GroupId id);

    /**
     * @brief Look whether the entity generates.
     * @param id the group
     */
    void CheckStarted(GroupId id);

    /**
     * @brief What was decided has failed.
     * @param id the group
     * @param step how
     * @param reason why
     */
    void Fail(GroupId id, RestorationStep step, const std::string& reason);

    /**
     * @brief Patience is over.
     * @param id the group
     */
    void TimedOut(GroupId id);

    /**
     * @brief Spare entities that were tried in vain may be tried again.
     * @param id the group
     * @param index the working entity
     */
    void Retry(GroupId id, uint32_t index);

    Time m_operationTimeout;            //!< attribute OperationTimeout
    Time m_retryDelay;                  //!< attribute RetryDelay
    Time m_decisionTime;                //!< time of a decision
    Time m_commandTimeout;              //!< time until a command is repeated
    TermFunction m_term;                //!< role of the controller
    Ptr<SupervisedEndpoint> m_endpoint; //!< connections
    Address m_local;                    //!< this end
    std::vector<Address> m_agents;      //!< the agents
    std::map<GroupId, Group> m_groups;  //!< what is known
    bool m_peered{false};               //!< the endpoint knows the agents
    bool m_running{false};              //!< process runs
    bool m_mayRestore{true};            //!< policy

    TracedCallback<const std::string&, uint32_t, IncidentId> m_informedTrace; //!< Informed
    TracedCallback<const std::string&, uint32_t, ProtectionEntity, IncidentId>
        m_decidedTrace; //!< Decided
    TracedCallback<const std::string&,
                   uint32_t,
                   ProtectionEntity,
                   RestorationStep,
                   const std::string&,
                   IncidentId>
        m_stepTrace;                                    //!< Step
    TracedCallback<uint16_t, uint32_t> m_rejectedTrace; //!< Rejected
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_LINK_RESTORATION_H */
