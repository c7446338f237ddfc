/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_SCENARIO_H
#define QKDN_SCENARIO_H

#include "qkdn-scenario-protection.h"
#include "qkdn-scenario-random-faults.h"

#include "ns3/nstime.h"
#include "ns3/qkdn-charging-tariff.h"
#include "ns3/qkdn-measured-rate-protocol.h"
#include "ns3/qkdn-route-computation.h"
#include "ns3/qkdn-route-planner.h"
#include "ns3/qkdn-session-policy.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief How the modules of a QKD link exchange the messages of distillation.
 */
enum class ScenarioFidelity
{
    PER_BLOCK, //!< one exchange of real size per block over the classical network
    PACKETS,   //!< every message over the classical network
    IDEAL      //!< no packets: both ends have a block when it is full
};

/**
 * @ingroup qkdn-resilience
 * @brief Whether the figures of blocks fluctuate.
 */
enum class ScenarioBlockStatistics
{
    AUTO,     //!< drawn where every message is simulated
    EXPECTED, //!< every block is as planned
    DRAWN     //!< detections, sifted bits and errors are drawn
};

/**
 * @ingroup qkdn-resilience
 * @brief How the functions of a QKD node are spread over ns-3 nodes.
 */
enum class ScenarioSite
{
    SINGLE, //!< one ns-3 node for the router, the key manager and all modules
    SPLIT   //!< ns-3 nodes of their own for router, key manager, modules, controller, manager
};

/**
 * @ingroup qkdn-resilience
 * @brief The QKD protocol of a link.
 */
enum class ScenarioProtocolType
{
    DECOY_BB84,        //!< decoy-state BB84 by its formulas
    DECOY_BB84_FINITE, //!< decoy-state BB84 with blocks of finite size
    CV_QKD,            //!< continuous-variable QKD with Gaussian modulation
    BBM92,             //!< entanglement-based QKD, source at a central station
    TWIN_FIELD,        //!< twin-field QKD, detectors at a central station
    MEASURED,          //!< a key rate that was measured
    OTHER              //!< one of a user's own, by its ns-3 type
};

/**
 * @ingroup qkdn-resilience
 * @brief What the modules of a QKD link do at the start of the simulation.
 */
enum class ScenarioInitialState
{
    OFF,    //!< they are switched on and start up
    RUNNING //!< they generate from the start
};

/**
 * @ingroup qkdn-resilience
 * @brief Where the classical channel of a QKD link is.
 */
enum class ScenarioClassicalChannel
{
    NETWORK, //!< in the classical network
    OWN      //!< a classical link of its own between the modules, in the fibres of the QKD link
};

/**
 * @ingroup qkdn-resilience
 * @brief How messages on Kx, between key managers, are authenticated.
 */
enum class ScenarioKxAuthentication
{
    ITS_PER_BATCH,   //!< information-theoretically secure, one tag per direction and batch of keys
    ITS_PER_MESSAGE, //!< information-theoretically secure, one tag per message
    COMPUTATIONAL,   //!< computational: costs no key bits
    NONE             //!< none
};

/**
 * @ingroup qkdn-resilience
 * @brief How the requests of a session follow each other.
 */
enum class ScenarioArrival
{
    CONSTANT, //!< at equal distances
    POISSON   //!< as a Poisson process
};

/**
 * @ingroup qkdn-resilience
 * @brief What fails.
 */
enum class ScenarioFaultType
{
    FIBRE_CUT,              //!< a fibre, with all that runs in it
    RISK_GROUP_CUT,         //!< all fibres of a risk group at once
    CLASSICAL_LINK_FAILURE, //!< the classical link in a fibre; the fibre stays whole
    CLASSICAL_CONGESTION,   //!< packets of others load the classical link in a fibre
    MODULE_FAILURE,         //!< one QKD module
    KM_CRASH,               //!< the process of a key manager
    NODE_POWER,             //!< the power of a node, with all that is there
    CONTROLLER_CRASH,       //!< the process of a controller
    CONTROLLER_PARTITION,   //!< nobody can reach a controller, which works on
    MANAGER_CRASH,          //!< the process of the manager
    OPTICAL_SWITCH_FAILURE, //!< an optical switch, stuck or dark
    STATION_FAILURE,        //!< the central station of a QKD link
    EAVESDROPPING,          //!< an eavesdropper makes errors in quantum signals
    QBER_DRIFT,             //!< errors in quantum signals follow a curve
    NODE_COMPROMISE         //!< an attacker reads what the key manager of a node holds and sees
};

/**
 * @ingroup qkdn-resilience
 * @brief What is between two points of the curve of a qber-drift.
 */
enum class ScenarioCurve
{
    LINEAR, //!< a straight line
    STEP    //!< the value of the point before
};

/**
 * @ingroup qkdn-resilience
 * @brief The end of a QKD link at which a module is.
 */
enum class ScenarioModuleEnd
{
    TX, //!< transmitter
    RX  //!< receiver
};

/**
 * @ingroup qkdn-resilience
 * @brief How key is simulated.
 */
enum class ScenarioSupply
{
    KEYS, //!< every key
    FLOW  //!< as amounts that flow steadily between events
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "distillation"; a string in its place is its "fidelity".
 */
struct ScenarioDistillation
{
    /// "fidelity"; of a QKD link without it that of the simulation, of that per block
    std::optional<ScenarioFidelity> fidelity;
    std::map<std::string, std::string> attributes; //!< "set": attributes of distillation
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "simulation".
 */
struct ScenarioSimulation
{
    Time duration;    //!< "duration_s": length of the run, above 0
    Time warmUp;      //!< "warm_up_s": excluded from measures, shorter than the run
    uint32_t seed{1}; //!< "seed" for RngSeedManager
    uint64_t run{1};  //!< "run" for RngSeedManager
    ScenarioDistillation distillation; //!< "distillation": of QKD links that say nothing else
    /// "block_statistics"
    ScenarioBlockStatistics blockStatistics{ScenarioBlockStatistics::AUTO};
    ScenarioSupply supply{ScenarioSupply::KEYS}; //!< "supply"
    /// "max_requests": most requests of all sessions in the run; each takes half a kilobyte
    uint64_t maxRequests{10000000};
    /// "max_load_packets": most packets of all classical congestion in the run
    uint64_t maxLoadPackets{10000000};
};

/**
 * @ingroup qkdn-resilience
 * @brief An element of "nodes": a QKD node if a QKD link ends there; otherwise a node of the
 * classical network, without a key manager.
 */
struct ScenarioNode
{
    std::string id;                          //!< "id", unique among the nodes
    double xKm{0.0};                         //!< "x_km": position, km
    double yKm{0.0};                         //!< "y_km": position, km
    ScenarioSite site{ScenarioSite::SINGLE}; //!< "site"
    uint32_t rank{0}; //!< "rank" that simulates it, in a run by several processes
};

/**
 * @ingroup qkdn-resilience
 * @brief An element of "fibres": a fibre between two different nodes.
 */
struct ScenarioFibre
{
    std::string id;                      //!< "id", unique among the fibres
    std::string a;                       //!< "a": node at one end
    std::string b;                       //!< "b": node at the other end
    double lengthKm{0.0};                //!< "length_km", km, 0 or more
    double attenuationDbPerKm{0.2};      //!< "attenuation_db_per_km", dB/km, 0 or more
    double extraLossDb{0.0};             //!< "extra_loss_db": splices, connectors; dB, 0 or more
    std::vector<std::string> riskGroups; //!< "risk_groups": names of shared risks
    bool classical{true};                //!< "classical": a classical link runs in the fibre
    /// "classical_power_a_to_b_dbm", or "classical_power_dbm": classical light launched at end a,
    /// dBm, if any
    std::optional<double> powerAToBDbm;
    /// "classical_power_b_to_a_dbm", or "classical_power_dbm": classical light launched at end b,
    /// dBm, if any
    std::optional<double> powerBToADbm;
    double ramanPerKmNm{2e-9}; //!< "raman_per_km_nm": share scattered to quantum signals, 1/(km nm)
    std::string origin; //!< topology file and line that it is from; empty if the scenario has it
};

/**
 * @ingroup qkdn-resilience
 * @brief Where the links of the classical network run.
 */
enum class ScenarioClassicalNetwork
{
    SAME_FIBRES, //!< in the fibres that say so
    OWN_FIBRES,  //!< each in a fibre of its own beside such a fibre
    OUT_OF_BAND  //!< in a network of its own, which no cut concerns
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "classical": the classical network.
 */
struct ScenarioClassical
{
    uint64_t rateBps{1000000000};          //!< "rate_bps" of a link in a fibre, bit/s
    Time reconvergence{MilliSeconds(200)}; //!< "reconvergence_s" of IP routing
    uint64_t siteRateBps{1000000000};      //!< "site_rate_bps" inside a split node, bit/s
    Time siteDelay{MicroSeconds(1)};       //!< "site_delay_s" inside a split node
    ScenarioClassicalNetwork network{ScenarioClassicalNetwork::SAME_FIBRES}; //!< "network"
    Time outOfBandDelay{MilliSeconds(5)}; //!< "out_of_band_delay_s" from node to node
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "protocol" of a QKD link.
 */
struct ScenarioProtocol
{
    ScenarioProtocolType type{ScenarioProtocolType::DECOY_BB84}; //!< "type"
    std::string typeName; //!< "type" of other: the ns-3 type of the protocol
    std::string preset;   //!< "preset", not of measured: name of a published set, empty for none

    /// "set": attributes of the ns-3 object and their text form, applied after the preset. Whether
    /// the object has them is for it to say.
    std::map<std::string, std::string> attributes;

    MeasuredRateLaw law{RATE_CONSTANT}; //!< "law" of measured
    std::string traceFile;              //!< "trace_file" of measured, relative to the scenario file
    double rateBps{
        0.0}; //!< "rate_bps" of measured: secret key rate, bit/s; at 0 dB with the loss law
    double qber{0.02};          //!< "qber" of measured, 0 to 0.5
    uint32_t blockKeyBit{1024}; //!< "block_key_bit" of measured: secret bits of a block
};

/**
 * @ingroup qkdn-resilience
 * @brief An element of "qkd_links": a pair of modules and the fibres between them.
 */
struct ScenarioQkdLink
{
    std::string id;                  //!< "id", unique among the links, without "/"
    std::string tx;                  //!< "tx": node of the transmitter
    std::string rx;                  //!< "rx": node of the receiver, another one
    std::vector<std::string> fibres; //!< "fibres": a path from tx to rx, in this order
    /// "station_km": fibre from tx to the central station, km; in the middle if absent
    std::optional<double> stationKm;
    ScenarioProtocol protocol;  //!< "protocol"
    uint64_t initialPoolBit{0}; //!< "initial_pool_bit": bits both key managers hold at the start
    ScenarioInitialState initialState{ScenarioInitialState::OFF}; //!< "initial_state"
    Time startUp{Seconds(60)};         //!< "start_up_s", or by "timing": switching on to running
    Time resync{Seconds(10)};          //!< "resync_s", or by "timing": from light back to running
    double qberWarning{0.08};          //!< "qber_warning": from here on degraded
    double qberWarningClear{0.08};     //!< "qber_warning_clear", filled in if absent (qber_warning)
    double qberAbort{0.11};            //!< "qber_abort": from here on no key
    double qberClear{0.08};            //!< "qber_clear", filled in if absent (qber_warning)
    Time lossOfLight{MilliSeconds(5)}; //!< "loss_of_light_s": detection of lost light
    bool supervisoryLight{true};       //!< "supervisory_light": light beside the signal
    /// "classical_channel"
    ScenarioClassicalChannel classicalChannel{ScenarioClassicalChannel::NETWORK};
    uint64_t authenticationReserveBit{1920}; //!< "authentication_reserve_bit" of the modules
    ScenarioDistillation distillation;       //!< "distillation": overrides that of the simulation
    std::string txBoundary; //!< "tx_boundary": cryptographic boundary, filled in if absent (tx)
    std::string rxBoundary; //!< "rx_boundary": cryptographic boundary, filled in if absent (rx)
    std::string origin; //!< topology file and line that it is from; empty if the scenario has it
};

/**
 * @ingroup qkdn-resilience
 * @brief How KSA-keys are hidden on key relay routes (ITU-T Y.3803).
 */
enum class ScenarioRelayScheme
{
    HOP_BY_HOP, //!< each key manager on the way has the keys
    DESTINATION //!< key managers on the way have pads only
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "key_management": the same for all key managers.
 */
struct ScenarioKeyManagement
{
    Time helloInterval{Seconds(1)};  //!< "hello_interval_s"
    uint32_t helloMultiplier{3};     //!< "hello_multiplier": missed hellos that mean "dead"
    uint64_t reserveBit{1920};       //!< "reserve_bit" of a pool, kept for authentication
    uint64_t capacityBit{100000000}; //!< "capacity_bit" of a pool, above the reserve
    uint64_t poolLowBit{0};          //!< "pool_low_bit": below it a pool is in state warning
    uint64_t poolHighBit{0};         //!< "pool_high_bit": from it on it is ready again
    Time keyLifetime{Seconds(0)};    //!< "key_lifetime_s": older key expires; 0 for never
    Time poolLowMargin{Seconds(5)};  //!< "pool_low_margin_s": sooner than this a low pool runs out
    uint64_t poolRecoverBit{0}; //!< "pool_recover_bit": bits a low pool needs, above the reserve
    ScenarioKxAuthentication kxAuthentication{
        ScenarioKxAuthentication::ITS_PER_BATCH}; //!< "kx_authentication"
    bool poolsSurviveCrash{true};                 //!< "pools_survive_crash"
    Time requestTimeout{Seconds(3)};              //!< "request_timeout_s" of requests on Kx
    Time ksaKeyTtl{Seconds(60)};                  //!< "ksa_key_ttl_s": unclaimed keys expire
    uint32_t relayBatch{64};                      //!< "relay_batch": keys in a relay at most
    uint32_t relayWindow{8};                      //!< "relay_window": relays under way on a route
    ScenarioRelayScheme relayScheme{ScenarioRelayScheme::HOP_BY_HOP}; //!< "relay_scheme"
};

/**
 * @ingroup qkdn-resilience
 * @brief An element of "controllers": a QKDN controller.
 */
struct ScenarioController
{
    std::string id;                  //!< "id", unique among the controllers
    std::string node;                //!< "node" where it is
    Time decision{MilliSeconds(10)}; //!< "decision_s": time to compute routes after a failure
    Time settle{Seconds(1)};         //!< "settle_s": from the newest key manager to admission
    Time takeover{MilliSeconds(10)}; //!< "takeover_s": from the loss of the other one
    RouteCost cost{ROUTE_COST_HOPS}; //!< "cost" by which routes are compared
    RouteDisjointness disjoint{ROUTE_DISJOINT_NODE}; //!< "disjoint": not in common, if it can be
    AdmissionMode admission{ADMISSION_BEST_EFFORT};  //!< "admission" of sessions
    Time bridging{Seconds(3600)}; //!< "bridging_s": time over which pools may be used up
    Time reportMaxAge;            //!< "report_max_age_s": then a report is too old; 0 for never
    Time reportRefresh;           //!< "report_refresh_s" of key managers; 0 for never
};

/**
 * @ingroup qkdn-resilience
 * @brief Who finds key relay routes.
 */
enum class ScenarioRouteProvider
{
    CONTROLLER, //!< the controller; without one there are sessions of neighbours only
    LINK_STATE  //!< the key managers among themselves
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "routing". All but "provider" concerns link-state routing only.
 */
struct ScenarioRouting
{
    ScenarioRouteProvider provider{ScenarioRouteProvider::CONTROLLER}; //!< "provider"
    Time refresh{Seconds(60)}; //!< "refresh_s": age at which advertisements are issued again
    Time maxAge{Seconds(200)}; //!< "max_age_s": age at which they are dropped
    Time minInterval{MilliSeconds(100)}; //!< "min_interval_s" between advertisements of a KM
    Time settle{MilliSeconds(1500)};     //!< "settle_s": from the newest key manager to routes
    Time decision{MilliSeconds(10)};     //!< "decision_s": time to compute routes after a failure
    Time routeLifetime{Seconds(30)};     //!< "route_lifetime_s" of a route that is not told again
    RouteCost cost{ROUTE_COST_HOPS};     //!< "cost" by which routes are compared
    uint32_t maxHops{16};                //!< "max_hops": longest route, hops
    bool abandonOnToleration{false};     //!< "abandon_on_toleration": then end a search
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "policy" of the manager: what controllers may do.
 */
struct ScenarioPolicy
{
    bool mayRestore{true};           //!< "may_restore": search routes and spares after failures
    bool mayPreempt{true};           //!< "may_preempt": stop sessions of lower priority
    bool abandonOnToleration{false}; //!< "abandon_on_toleration": then end a search
    uint32_t maxHops{16};            //!< "max_hops": longest route, hops
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "manager": the QKDN manager.
 */
struct ScenarioManager
{
    std::string node;                         //!< "node" where it is
    ScenarioPolicy policy;                    //!< "policy"
    std::optional<ScenarioKmPolicy> kmPolicy; //!< "km_policy", if any
    Time correlationWindow{Seconds(1)};       //!< "correlation_window_s" before a cause is named
    Time repairDelay;                         //!< "repair_delay_s" before a repair is ordered
    Time reorderAfter;                        //!< "reorder_after_s"; 0 for never
    uint64_t poolWarningBit{0};               //!< "pool_warning_bit"; 0 for never
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "charging": what controllers charge for.
 */
struct ScenarioCharging
{
    Time reportInterval{Seconds(10)}; //!< "report_interval_s" of key managers and of records
    ChargingTariff tariff;            //!< "tariffs" by class
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "resilience" of a session.
 */
struct ScenarioResilience
{
    ResilienceClass resilienceClass{CLASS_UNPROTECTED}; //!< "class"; the mechanism of a scheme
    std::string scheme;       //!< "class" if it is the text of a ResilienceScheme, otherwise empty
    bool extraTraffic{false}; //!< "extra_traffic": can be pre-empted
    ResilienceTrigger trigger{TRIGGER_LINK_DOWN}; //!< "trigger" of switching
    Time holdOff;                                 //!< "hold_off_s" from signal fail to switching
    bool holdOffAuto{false};                      //!< "hold_off_s" is "auto"
    Time wtr{Seconds(300)};                       //!< "wtr_s": wait to restore
    bool revertive{true};                         //!< "revertive": returns to its working route
    uint64_t protectionReserveBit{0};             //!< "protection_reserve_bit" of its protection
    PreemptionMode preemption{PREEMPTION_STRICT}; //!< "preemption" of extra traffic on it
    uint32_t shares{0};    //!< "shares": routes that its keys go over at once; 0: by its class
    uint32_t threshold{0}; //!< "threshold": shares that make a key; 0: by its class
    RestorationMode restoration{RESTORATION_ONE_PATH}; //!< "restoration": over what
    Time timeWindow;                                   //!< "time_window_s"; zero: not given
    RouteEscalation escalation{ESCALATION_NONE};       //!< "escalation" of class route-1:1

    /**
     * @brief Routes that the session's keys go over at once.
     * @return "shares"; without it 3 for secret-sharing, 2 for the other classes with several, 1
     */
    uint32_t GetShares() const
    {
        if (resilienceClass == CLASS_SECRET_SHARING)
        {
            return shares > 0 ? shares : 3;
        }
        if (resilienceClass == CLASS_MULTI_PATH)
        {
            return shares > 0 ? shares : 2;
        }
        return resilienceClass == CLASS_ROUTE_1_PLUS_1 ? 2 : 1;
    }

    /**
     * @brief Shares that make a key of the session.
     * @return "threshold"; without it 2 for secret-sharing, 1 for the other classes
     */
    uint32_t GetThreshold() const
    {
        const bool isShared = resilienceClass == CLASS_SECRET_SHARING;
        return !isShared ? 1 : threshold > 0 ? threshold : 2;
    }
};

/**
 * @ingroup qkdn-resilience
 * @brief Object "ksa_pool" of a session: KSA-keys that are made before they are asked for.
 */
struct ScenarioKsaPool
{
    uint32_t lowKeys{0};  //!< "low_keys": below this, more are made
    uint32_t highKeys{0}; //!< "high_keys": up to this; 0: keys are made on demand only
};

/**
 * @ingroup qkdn-resilience
 * @brief How applications call their key managers.
 */
enum class ScenarioAk
{
    IN_PROCESS, //!< "in-process": by calls on one ns-3 node
    HTTP,       //!< "http": ETSI GS QKD 014 over HTTP
    STREAM      //!< "stream": key streams of ETSI GS QKD 004, by calls on one ns-3 node
};

/**
 * @ingroup qkdn-resilience
 * @brief An element of "sessions": a pair of applications that ask for keys.
 */
struct ScenarioSession
{
    std::string id;              //!< "id", unique among the sessions
    std::string master;          //!< "master": node of the asking application
    std::string slave;           //!< "slave": node of the other one
    uint32_t keySizeBit{256};    //!< "key_size_bit", a multiple of 8
    double rateKeysPerS{0.0};    //!< "rate_keys_per_s", above 0
    double minRateKeysPerS{0.0}; //!< "min_rate_keys_per_s" accepted instead; 0: no lower one
    ScenarioArrival arrival{ScenarioArrival::CONSTANT}; //!< "arrival"
    Time start;                                         //!< "start_s": first instant of requests
    Time stop;                     //!< "stop_s", filled in by the reader if absent (end of the run)
    Time deadline{Seconds(1)};     //!< "deadline_s": later keys are late
    Time requestLifetime;          //!< "request_lifetime_s", filled in if absent (twice deadline)
    Time retry{MilliSeconds(100)}; //!< "retry_s": from a refusal to the next try
    std::optional<Time> toleration; //!< "toleration_s": longest tolerated interruption, if any
    uint32_t priority{0};           //!< "priority": a higher number goes first
    ScenarioResilience resilience;  //!< "resilience"
    ScenarioKsaPool ksaPool;        //!< "ksa_pool"
    ScenarioAk ak{ScenarioAk::IN_PROCESS}; //!< "ak"
    std::string masterApplication; //!< "master_application": its node; empty: that of its KM
    std::string slaveApplication;  //!< "slave_application": its node; empty: that of its KM

    /**
     * @brief Where an application is.
     * @param isMaster whether it is the master
     * @return id of its node
     */
    std::string GetApplicationNode(bool isMaster) const
    {
        const std::string& own = isMaster ? masterApplication : slaveApplication;
        return !own.empty() ? own : isMaster ? master : slave;
    }
};

/**
 * @ingroup qkdn-resilience
 * @brief An element of "faults".
 */
struct ScenarioFault
{
    std::string id; //!< "id", filled in if absent ("fault-" and the place in the list, from 1)
    Time at;        //!< "at_s": before the end of the run
    ScenarioFaultType type{ScenarioFaultType::FIBRE_CUT}; //!< "type"

    /// "target": id of the fibre (cut, or classical link in it), the risk group, of the QKD link
    /// whose module fails (what the file has after "/" is in moduleEnd), of the node (power, its
    /// key manager, or compromise), of the controller, of the optical switch, of the QKD link whose
    /// central station fails, of the fibre or QKD link that is disturbed; empty for the manager
    std::string target;

    ScenarioModuleEnd moduleEnd{ScenarioModuleEnd::TX}; //!< which module, for module failures
    double position{0.5};            //!< "position" of a cut: 0 at end a of the fibre, 1 at b
    std::optional<Time> repairAfter; //!< "repair_after_s" of the fault, if ever
    std::optional<Time> repairWork;  //!< "repair_work_s" of a crew that it waits for, if any
    /// "mttr_s" or "mttr_h", "repair_distribution" and its shape: drawn in place of
    /// "repair_after_s"
    std::optional<TimeDistribution> repairTime;
    double loadBps{0.0};   //!< "load_bps" of classical-congestion, bit/s, above 0
    double addedQber{0.0}; //!< "added_qber" of eavesdropping, above 0
    std::string curveFile; //!< "curve_file" of qber-drift: CSV, relative to the scenario's folder
    ScenarioCurve curve{ScenarioCurve::LINEAR}; //!< "curve" of qber-drift
    bool wiretap{true}; //!< "wiretap" of node-compromise: he reads the classical network too
    /// of a fault from "fault_trace": file and line; its place in "faults" if that is not the one
    /// in the list; empty for others
    std::string origin;
    bool traced{false}; //!< from "fault_trace"
};

/**
 * @ingroup qkdn-resilience
 * @brief A scenario: what a scenario file says, complete and consistent.
 *
 * All defaults are those of the file. ScenarioReader fills it in; CheckScenario() checks one
 * that was made by hand. The order of the lists is that of the file; what "topology_file" adds
 * comes after.
 */
struct Scenario
{
    std::string name;                                      //!< "name"
    std::string description;                               //!< "description", may be empty
    ScenarioSimulation simulation;                         //!< "simulation"
    std::vector<ScenarioNode> nodes;                       //!< "nodes"
    std::vector<ScenarioFibre> fibres;                     //!< "fibres"
    ScenarioClassical classical;                           //!< "classical"
    std::vector<ScenarioQkdLink> qkdLinks;                 //!< "qkd_links"
    std::vector<ScenarioOpticalSwitch> opticalSwitches;    //!< "optical_switches"
    std::vector<ScenarioProtectionGroup> protectionGroups; //!< "protection_groups"
    ScenarioKeyManagement keyManagement;                   //!< "key_management"
    std::vector<ScenarioController> controllers;           //!< "controllers", two at most
    ScenarioRouting routing;                               //!< "routing"
    std::optional<ScenarioManager> manager;                //!< "manager", if any
    std::optional<ScenarioCharging> charging;              //!< "charging", if any
    std::vector<ScenarioSession> sessions;                 //!< "sessions"
    std::vector<ScenarioFault> faults;                     //!< "faults", then "fault_trace"
    std::vector<ScenarioFaultProcess> faultProcesses;      //!< "fault_processes"
    std::optional<ScenarioRepair> repair;                  //!< "repair", if any
    std::vector<ScenarioCommand> commands;                 //!< "commands"
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_SCENARIO_H */
