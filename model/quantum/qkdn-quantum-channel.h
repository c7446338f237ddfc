/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QUANTUM_CHANNEL_H
#define QKDN_QUANTUM_CHANNEL_H

#include "qkdn-light.h"

#include "ns3/channel.h"
#include "ns3/qkdn-fibre-path.h"
#include "ns3/traced-callback.h"

#include <array>
#include <vector>

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
 * that was waiting at the cut needs only the rest of the way. So an end sees at time T what was
 * emitted a delay before, unless a cut was in its way when it came there. Cuts of one span that
 * overlap in time count as one at the place of the first.
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
    /// What concerns one direction of propagation.
    struct Direction
    {
        Light emitted;    //!< what the far end would see now without cuts
        uint32_t cuts{0}; //!< cuts whose darkness has reached the far end
        Light received;   //!< what the far end sees now
    };

    /**
     * @brief React to a cut or repair of one of the spans.
     * @param span the span
     * @param cut true for a cut
     */
    void SpanChanged(Ptr<const FibreSpan> span, bool cut);

    /**
     * @brief How long light needs from a cut to an end.
     * @param section place of the cut span on the path
     * @param end the end, 0 or 1
     * @return the delay
     */
    Time GetRestDelay(std::size_t section, uint32_t end) const;

    /**
     * @brief Emitted light has come all the way.
     * @param from emitting end
     * @param light the light
     */
    void EmissionArrives(uint32_t from, Light light);

    /**
     * @brief The edge of light that a cut or a repair made has come the rest of the way.
     * @param from emitting end
     * @param cut true for darkness, false for light
     */
    void CutArrives(uint32_t from, bool cut);

    /**
     * @brief Tell the far end what it sees if that has changed.
     * @param from emitting end
     */
    void Update(uint32_t from);

    FibrePath m_path;                               //!< the spans
    Time m_delay;                                   //!< end to end
    std::vector<std::array<Time, 2>> m_restDelays;  //!< from the last cut to each end, by section
    std::array<Direction, 2> m_directions;          //!< by emitting end
    std::array<Ptr<QuantumNetDevice>, 2> m_devices; //!< the ends
    std::size_t m_attached{0};                      //!< devices attached
    double m_extraLossDb{0.0};                      //!< attribute ExtraLossDb
    TracedCallback<Ptr<const QuantumChannel>, uint32_t, const Light&> m_lightTrace; //!< Light
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QUANTUM_CHANNEL_H */
