/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_VIDEO_RUN_H
#define QKDN_VIDEO_RUN_H

#include "ns3/address.h"
#include "ns3/application-container.h"
#include "ns3/flow-monitor-helper.h"
#include "ns3/packet.h"
#include "ns3/qkdn-scenario-builder.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// What all runs have in common.
struct VideoOptions
{
    std::string mode{"otp"};  //!< encryption of the tunnel
    std::string trace;        //!< file of frame sizes, empty for that of ns3::UdpTraceClient
    double lengthKm{25};      //!< length of each fibre
    double keyRateBps{200e3}; //!< key rate of each QKD link
    double poolBit{1e6};      //!< size of each pool
    double queue{100};        //!< packets that may wait for key
    double cutS{40};          //!< when a fibre is cut
    double repairS{80};       //!< when it is repaired
    double durationS{120};    //!< end of the run
    double seed{1};           //!< seed of the random streams
};

/// One second of a run.
struct VideoSample
{
    double timeS{0};           //!< end of the second
    uint32_t sent{0};          //!< packets sent in it
    uint32_t received{0};      //!< those of them that arrived, at any time
    double goodputBps{0};      //!< UDP payload that arrived in it
    double delayS{0};          //!< mean delay of those that were sent in it and arrived
    uint64_t lowestPoolBit{0}; //!< level of the lowest pool at its end

    /// Share of the packets sent in it that never arrived; some have to be sent.
    double GetLoss() const
    {
        return 1.0 - static_cast<double>(received) / sent;
    }
};

/// What a run gave.
struct VideoResult
{
    std::string name;                 //!< the class
    uint32_t sent{0};                 //!< packets
    uint32_t received{0};             //!< packets
    double goodputBps{0};             //!< UDP payload over the whole run
    double meanDelayS{0};             //!< of packets that arrived, as FlowMonitor says
    double longestSilenceS{0};        //!< longest time without a packet
    uint64_t lowestPoolBit{0};        //!< lowest level of a pool at the end of a second
    std::vector<VideoSample> samples; //!< second by second
};

/**
 * One run: a QKDN with three ways from A to B, a secured tunnel between A and B, and a video flow
 * in it.
 */
class VideoRun
{
  public:
    /**
     * Build it; throws ScenarioError if the class is unknown.
     * @param options what all runs have in common
     * @param name resilience class of the session that gives the keys
     */
    VideoRun(const VideoOptions& options, const std::string& name);

    ~VideoRun();
    VideoRun(const VideoRun&) = delete;
    VideoRun& operator=(const VideoRun&) = delete;

    /// Run it once. @return what it gave
    VideoResult Run();

  private:
    /// The scenario. @return text as in a scenario file
    std::string MakeScenario() const;

    /// Install the tunnel between the key managers of A and B.
    void InstallTunnel();

    /// Install source and sink of the video.
    void InstallVideo();

    /// The second of an instant. @param time the instant @return its sample
    VideoSample& At(ns3::Time time);

    /// A packet goes into the tunnel.
    void Sent(ns3::Ptr<const ns3::Packet> packet);

    /// A packet arrived. @param packet its UDP payload
    void Received(ns3::Ptr<const ns3::Packet> packet, const ns3::Address&);

    /// Note the lowest pool at the end of a second, each second.
    void SamplePools();

    /// Add up the run.
    void Collect();

    VideoOptions m_options;                                //!< what all runs have in common
    VideoResult m_result;                                  //!< what it gave so far
    std::unique_ptr<ns3::qkdn::ScenarioBuilder> m_builder; //!< the QKDN
    ns3::ApplicationContainer m_tunnel;                    //!< both ends
    ns3::FlowMonitorHelper m_flows;                        //!< FlowMonitor at both sites
    ns3::Time m_last;                                      //!< last arrival
    uint64_t m_receivedBytes{0};                           //!< UDP payload that arrived
};

#endif /* QKDN_VIDEO_RUN_H */
