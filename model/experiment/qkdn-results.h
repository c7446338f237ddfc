/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RESULTS_H
#define QKDN_RESULTS_H

#include "qkdn-fault-parameters.h"
#include "qkdn-fault-process-result.h"
#include "qkdn-network-map.h"
#include "qkdn-recovery-result.h"
#include "qkdn-repair-record.h"
#include "qkdn-requirement-result.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-charging-record.h"
#include "ns3/qkdn-key-ledger.h"
#include "ns3/qkdn-key-request.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

// ---- key requests and sessions

/**
 * @ingroup qkdn-resilience
 * @brief One request of a cryptographic application for one key.
 */
struct RequestResult
{
    std::string session;                  //!< id of the session
    uint64_t sequence{0};                 //!< number of the request in the session
    Time issued;                          //!< when the application first asked
    std::optional<Time> handedOver;       //!< when it got the key, none if never
    RequestOutcome outcome{REQUEST_OPEN}; //!< set by ComputeSessionMetrics()
    uint32_t attempts{0};                 //!< times it asked, retries included
    uint64_t keyBits{0};                  //!< size of the key in bits
    bool erroneous{false};                //!< handed over, but the slave got other bits or none

    /**
     * @brief The KSA-key response delay of this request.
     * @return from the first attempt to the hand-over, none if never handed over
     */
    std::optional<Time> GetDelay() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief A time without key supply.
 */
struct Interruption
{
    Time start;        //!< issue time of the first request not on time
    Time end;          //!< next instant at which a key was handed over, or the end of the run
    std::string cause; //!< why

    /**
     * @brief How long it lasted.
     * @return end - start
     */
    Time GetDuration() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief Statistics of the KSA-key response delay (KKRD of ITU-T Y.3807 clause 8.2), seconds.
 */
struct DelayStatistics
{
    double meanS{0.0}; //!< mean
    double p50S{0.0};  //!< median
    double p99S{0.0};  //!< 99 % quantile
    double maxS{0.0};  //!< maximum
};

/**
 * @ingroup qkdn-resilience
 * @brief Who could read the keys of a session in the whole run, warm-up included. A key counts as
 * supplied if the application of one end at least has it.
 */
struct ExposureResult
{
    uint64_t exposedKeys{0};                //!< supplied keys that attackers know, each once
    uint64_t exposedBits{0};                //!< their bits
    uint64_t exposedStoredKeys{0};          //!< keys still to be supplied that they know
    std::vector<std::string> trustedRelays; //!< KMs on routes that alone could tell supplied keys
    std::optional<double> relaysPerKey;     //!< how many of them a supplied key had, on average
};

/**
 * @ingroup qkdn-resilience
 * @brief Key supply of one session in the measured time.
 *
 * requested = supplied + lost + open. Ratios and statistics that have no base (no request, no
 * key, no measured time) are not set.
 */
struct SessionResult
{
    std::string id;                          //!< id of the session
    std::string resilienceClass;             //!< for example "unprotected"
    Time deadline;                           //!< a key handed over within it is on time
    Time toleration;                         //!< longest interruption the applications bear
    uint64_t requested{0};                   //!< requests issued
    uint64_t supplied{0};                    //!< keys handed over, late ones included
    uint64_t late{0};                        //!< keys handed over after the deadline
    uint64_t lost{0};                        //!< requests lost
    uint64_t open{0};                        //!< requests undecided at the end of the run
    std::optional<double> availability;      //!< 1 - interrupted time / measured time
    std::vector<Interruption> interruptions; //!< disjoint, in order of time
    Time longestOutage;                      //!< longest interruption, 0 if none
    uint64_t tolerationViolations{0};        //!< interruptions longer than the toleration time
    std::optional<DelayStatistics> kkrd;     //!< KSA-key response delay
    std::optional<double> kkrdvS;            //!< its variation in seconds
    std::optional<double> kkder;             //!< KSA-key delivery error ratio
    std::optional<double> kkdlr;             //!< KSA-key delivery loss ratio
    std::optional<double> throughputBps;     //!< supplied key bits per second

    /// Key bits of all hops that its supplied keys have cost, by bit supplied
    std::optional<double> keyOverhead;
    ExposureResult exposure; //!< who could read its keys

    /// What it costs by its newest charging record, micro-units; the whole run, warm-up included
    std::optional<int64_t> charge;
};

/**
 * @ingroup qkdn-resilience
 * @brief The newest charging record of a session that a controller has made.
 */
struct ChargeResult
{
    std::string session;         //!< id of the session
    std::string resilienceClass; //!< its class
    ChargedService service;      //!< what it is charged for
    ChargedAmounts amounts;      //!< what that comes to
};

/**
 * @ingroup qkdn-resilience
 * @brief A component that the manager took for the cause of alarms, and whether it was.
 */
struct CauseResult
{
    uint32_t number{0};         //!< consecutive, from 1
    std::string kind;           //!< kind of component, for example "fibre"
    std::string component;      //!< its name
    uint32_t alarms{0};         //!< alarms that it explained
    std::string incident;       //!< of the oldest of them that has one; empty for none
    Time opened;                //!< when the manager decided
    std::optional<Time> closed; //!< when it was over; none if it was not
    std::string state;          //!< "open", "cleared" or "absorbed"
    uint32_t absorbedBy{0};     //!< the cause that explains its alarms, too, or 0
    std::vector<std::string>
        faults; //!< faults that had broken it then; empty: it was not the cause
};

// ---- books

/**
 * @ingroup qkdn-resilience
 * @brief A book of KMA-key bits as plain figures.
 *
 * A KeyLedger balances by construction; these figures may come from different places, so that
 * Balances() is a real check.
 */
struct KeyBook
{
    uint64_t initial{0};                        //!< bits that were there from the beginning
    uint64_t generated{0};                      //!< bits generated
    std::array<uint64_t, KEY_USE_COUNT> bits{}; //!< bits by KeyUse

    /**
     * @brief Copy the figures of a ledger.
     * @param ledger the ledger
     * @return the book
     */
    static KeyBook FromLedger(const KeyLedger& ledger);

    /**
     * @brief Add the figures of another book.
     * @param other the other book
     */
    void Add(const KeyBook& other);

    /**
     * @brief Whether initial + generated equals the sum over all uses.
     * @return true if the book balances
     */
    bool Balances() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief The book that one end of a QKD link keeps of its own.
 */
struct EndBook
{
    std::string km; //!< name of the key manager
    KeyBook book;   //!< its book
};

/**
 * @ingroup qkdn-resilience
 * @brief Key bits that a QKD module withholds from its output to authenticate the next blocks.
 *
 * initial + withheld = spent + stored.
 */
struct ReserveBook
{
    std::string module;   //!< name of the module
    uint64_t initial{0};  //!< bits that were there from the beginning
    uint64_t withheld{0}; //!< bits withheld from its own output
    uint64_t spent{0};    //!< bits spent on tags
    uint64_t stored{0};   //!< bits left

    /**
     * @brief Whether the book balances.
     * @return true if it does
     */
    bool Balances() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief The KMA-key books of one QKD link.
 */
struct KmaLinkBooks
{
    std::string link;                  //!< id of the QKD link
    KeyBook common;                    //!< a bit that both ends hold counted once
    std::vector<EndBook> ends;         //!< each end's own book
    std::vector<ReserveBook> reserves; //!< authentication reserves of the modules

    /**
     * @brief Whether all books of the link balance.
     * @return true if they do
     */
    bool Balances() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief The KSA-key book of one session, in bits.
 *
 * created = supplied + stored + in flight + voided + expired + destroyed.
 */
struct KsaFigures
{
    std::string session;   //!< id of the session
    uint64_t created{0};   //!< bits made
    uint64_t supplied{0};  //!< bits that both applications hold
    uint64_t stored{0};    //!< bits in the session's pool
    uint64_t inFlight{0};  //!< bits that only one end has so far
    uint64_t voided{0};    //!< bits voided
    uint64_t expired{0};   //!< bits that grew too old
    uint64_t destroyed{0}; //!< bits deleted unused

    /**
     * @brief Add the figures of another book.
     * @param other the other book
     */
    void Add(const KsaFigures& other);

    /**
     * @brief Whether the book balances.
     * @return true if it does
     */
    bool Balances() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief All books at the end of the run.
 */
struct ConservationResult
{
    std::vector<KmaLinkBooks> kma; //!< by QKD link
    std::vector<KsaFigures> ksa;   //!< by session
    /// Rules that were broken: a bit used twice, unequal keys, a void key handed over ...
    std::vector<std::string> violations;

    /**
     * @brief Sum of the common books of all QKD links.
     * @return the sum
     */
    KeyBook GetKmaTotal() const;

    /**
     * @brief Sum of the books of all sessions.
     * @return the sum, without a session id
     */
    KsaFigures GetKsaTotal() const;

    /**
     * @brief Whether every book balances.
     * @return true if all do
     */
    bool Balances() const;

    /**
     * @brief Whether every book balances and no rule was broken.
     * @return true if the keys of the run can be trusted
     */
    bool IsSound() const;
};

// ---- the rest

/**
 * @ingroup qkdn-resilience
 * @brief Cost over the whole network.
 */
struct NetworkResult
{
    uint64_t controlMessages{0}; //!< control and management messages
    uint64_t controlBytes{0};    //!< their bytes
    uint64_t exposedBits{0};     //!< bits of supplied keys that attackers know
    RecoveryRatios recovery{};   //!< how much was recovered
    uint32_t spareLinks{0};      //!< protection entities of groups
    uint32_t spareModules{0};    //!< their modules that no working entity has

    /// key rate of routes beyond those that keys need before the first fault, sum over hops, bit/s
    double spareKeyRateBps{0.0};
};

/**
 * @ingroup qkdn-resilience
 * @brief One fault that was put into the network.
 */
struct FaultResult
{
    std::string id;               //!< id, unique in the run
    std::string type;             //!< for example "fibre-cut"
    std::string target;           //!< id of what failed
    Time start;                   //!< when it began
    std::optional<Time> end;      //!< when it was repaired, none if it was not
    FaultParameters parameters{}; //!< what it has besides its target

    /**
     * @brief The fault in words.
     * @return for example "fibre-cut f12"
     */
    std::string Describe() const;
};

/**
 * @ingroup qkdn-resilience
 * @brief A KMA pool of a QKD link.
 */
struct PoolDescription
{
    std::string link;       //!< id of the QKD link or name of the pool
    uint64_t reserveBit{0}; //!< level below which only privileged use is allowed, 0 for none
};

/**
 * @ingroup qkdn-resilience
 * @brief The level of one end of a KMA pool from one instant on.
 */
struct PoolSample
{
    Time time;                  //!< from when on
    std::string link;           //!< id of the QKD link or name of the pool
    std::string km;             //!< name of the key manager at this end
    uint64_t storedBit{0};      //!< bits stored at this end
    uint64_t ownBit{0};         //!< of these, bits that this end may pick
    uint64_t peerBit{0};        //!< of these, bits that the peer may pick
    uint64_t unconfirmedBit{0}; //!< of these, bits that the peer has not confirmed yet
};

/**
 * @ingroup qkdn-resilience
 * @brief A time in which keys of a session came over one route again and again.
 */
struct RouteUseResult
{
    std::string session;          //!< id of the session
    std::vector<std::string> kms; //!< KMs of the route, the master's first
    std::string role;             //!< what the route is for, for example "protection"
    Time from;                    //!< when the first key came to the slave's KM
    Time to;                      //!< when the last one came
    uint64_t keys{0};             //!< keys, or shares of keys, that came
};

/**
 * @ingroup qkdn-resilience
 * @brief One entry of the event log.
 */
struct EventResult
{
    uint64_t id{0};       //!< number of the entry, unique in the run
    Time time;            //!< when
    std::string kind;     //!< for example "link-status"
    std::string entity;   //!< who or what, for example "link/12"
    std::string incident; //!< the failure behind it, empty for none
    std::vector<std::pair<std::string, std::string>> detail; //!< further facts, in order
};

/**
 * @ingroup qkdn-resilience
 * @brief All that a run has measured.
 */
struct ExperimentResults
{
    std::string scenario;                //!< name of the scenario
    std::string description;             //!< what it shows
    std::string ns3Version;              //!< release of ns-3
    uint32_t seed{1};                    //!< seed of the random streams
    uint64_t run{1};                     //!< run number of the random streams
    Time simulated;                      //!< end of the run
    Time warmUp;                         //!< start of the measured time
    double wallSeconds{0.0};             //!< real time taken: the one value that is not repeatable
    uint64_t events{0};                  //!< events executed by the simulator
    uint64_t packets{0};                 //!< packets sent by devices
    std::vector<SessionResult> sessions; //!< key supply by session
    std::vector<ChargeResult> charges;   //!< charging records by session
    std::vector<RecoveryResult> recoveries;         //!< failure episodes
    ConservationResult conservation;                //!< key books
    NetworkResult network;                          //!< cost
    std::vector<FaultResult> faults;                //!< faults in order of time
    std::vector<FaultProcessResult> faultProcesses; //!< components that fail at random
    std::vector<RepairRecord> repairs;              //!< what repair crews did, by order
    std::vector<CauseResult> causes;                //!< what the manager took for causes of alarms
    std::vector<PoolDescription> pools;             //!< KMA pools
    std::vector<PoolSample> poolSamples;            //!< levels in order of time
    std::vector<RequestResult> requests;            //!< all requests
    std::vector<EventResult> eventLog;              //!< event log in order of time
    std::vector<RouteUseResult> routeUses;          //!< by session, then in order of time
    NetworkMap map;                                 //!< for drawings
    /// what the run says of each requirement, in the order of the draft; empty if not checked
    std::vector<RequirementResult> requirements;
    std::string supply{"keys"}; //!< how key was simulated: "keys" or "flow"
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RESULTS_H */
