/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QUANTUM_CHANNEL_H
#define QKDN_QUANTUM_CHANNEL_H

#include "qkdn-light.h"

#include "ns3/channel.h"
#include "ns3/event-id.h"
#include "ns3/qkdn-fibre-path.h"
#include "ns3/traced-callback.h"

#include <array>
#include <deque>

namespace ns3
{
namespace qkdn
{

class QuantumNetDevice;

/**
 * @ingroup qkdn-resilience
 * @brief The quantum channel between two QKD modules: an ordered list of fibre spans.
 *
 * There is one channel for each pair of modules that may ever be connected. It is dark unless
 * all its spans are intact. A change of the emitted light arrives after the propagation delay;
 * a cut lets the light that has passed it arrive and nothing else; after a repair the light
 * that was waiting at the cut needs only the rest of the way.
 */
class QuantumChannel : public Channel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    QuantumChannel();
    ~QuantumChannel() override;

    /**
     * @brief Lay the channel over fibre. Call once, before Attach().
     * @param path the spans from the first to the second device
     */
    void SetPath(const FibrePath& path);

    /**
     * @brief Connect a device; the first one is at the beginning of the path.
     * @param device the device
     */
    void Attach(Ptr<QuantumNetDevice> device);

    /**
     * @brief Emit light into one end; it lasts until the next call.
     * @param end 0 or 1
     * @param light the light
     */
    void Emit(uint32_t end, const Light& light);

    /**
     * @brief What the channel does to light.
     * @return length, loss and noise
     */
    QuantumLinkBudget GetBudget() const;

    /**
     * @brief Whether light can pass now.
     * @return true if all spans are intact
     */
    bool IsComplete() const;

    /**
     * @brief Propagation delay from end to end.
     * @return the delay
     */
    Time GetDelay() const;

    // from Channel
    std::size_t GetNDevices() const override;
    Ptr<NetDevice> GetDevice(std::size_t i) const override;

    /**
     * @brief TracedCallback signature of edges of light that arrive.
     * @param channel the channel
     * @param end the end where the light arrives, 0 or 1
     * @param light what is seen there from now on
     */
    using LightCallback = void (*)(Ptr<const QuantumChannel> channel,
                                   uint32_t end,
                                   const Light& light);

  protected:
    void DoDispose() override;

  private:
    /// A change of the emitted light.
    struct Emission
    {
        Time since;  //!< when it left the emitting end
        Light light; //!< the light
    };

    /// Light on its way to one end.
    struct Arrival
    {
        Time at;       //!< when it arrives
        EventId event; //!< the arrival
    };

    /// What concerns one direction of propagation.
    struct Direction
    {
        std::deque<Emission> emissions; //!< changes not older than the delay, and one before
        std::deque<Arrival> arrivals;   //!< on the way
        Light received;                 //!< what the far end sees now
    };

    /**
     * @brief React to a cut or repair of one of the spans.
     * @param span the span
     * @param cut true for a cut
     */
    void SpanChanged(Ptr<const FibreSpan> span, bool cut);

    /**
     * @brief Let the light that had passed the cut arrive, then darkness.
     * @param from emitting end
     */
    void Darken(uint32_t from);

    /**
     * @brief Let the light go on from where the cut was.
     * @param from emitting end
     */
    void Relight(uint32_t from);

    /**
     * @brief Schedule an arrival.
     * @param from emitting end
     * @param at when
     * @param light what arrives
     */
    void ScheduleArrival(uint32_t from, Time at, const Light& light);

    /**
     * @brief Light arrives.
     * @param from emitting end
     * @param light what arrives
     */
    void Arrive(uint32_t from, Light light);

    FibrePath m_path;                               //!< the spans
    bool m_complete{true};                          //!< whether light passes
    Time m_delay;                                   //!< end to end
    std::array<Time, 2> m_restDelay;                //!< from the cut to the end, by emitter
    std::array<Direction, 2> m_directions;          //!< by emitting end
    std::array<Ptr<QuantumNetDevice>, 2> m_devices; //!< the ends
    std::size_t m_attached{0};                      //!< devices attached
    double m_extraLossDb{0.0};                      //!< attribute ExtraLossDb
    TracedCallback<Ptr<const QuantumChannel>, uint32_t, const Light&> m_lightTrace; //!< Light
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QUANTUM_CHANNEL_H */
