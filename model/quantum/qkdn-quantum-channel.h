/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_QUANTUM_CHANNEL_H
#define QKDN_QUANTUM_CHANNEL_H

#include "qkdn-light.h"
#include "qkdn-quantum-path.h"

#include "ns3/channel.h"
#include "ns3/traced-callback.h"

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace qkdn
{

class QuantumNetDevice;

/**
 * @ingroup qkdn-resilience
 * @brief The quantum channel between two QKD modules: fibre spans one behind the other, or several
 * such paths between which optical switches choose.
 *
 * There is one channel for each pair of modules that may ever be connected. It is dark unless one
 * of its paths is complete: all spans intact, all switches at its ports, its central station well.
 * A change of the emitted light arrives after the propagation delay; a cut lets the light that has
 * passed it arrive and nothing else; after a repair the light that was waiting at the cut needs
 * only the rest of the way. Switches and stations stop light in the same way at their places. So an
 * end sees at time T what was emitted the delay of a path before, unless something on that path was
 * in its way when it came there. Cuts of one span that overlap in time count as one at the place of
 * the first. Where light of two paths arrives at once, the path that was added first is seen.
 *
 * The selected path is the one at whose ports all its switches stand, or did last. What the channel
 * says of length, loss and delay is that of the selected path.
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
     * @brief Lay the channel over fibre alone. Call once, before Attach().
     * @param path the spans from the first to the second device
     */
    void SetPath(const FibrePath& path);

    /**
     * @brief Add an alternative. Call before Attach(). Aborts if it can be complete together with
     * one that was added before: the two have to need different ports of one switch.
     * @param path from the first to the second device
     * @return its number, from 0
     */
    uint32_t AddPath(const QuantumPath& path);

    /**
     * @brief Add an alternative without a central station.
     * @param fibre the spans from the first to the second device
     * @param switches the switches that have to stand at their ports
     * @return its number, from 0
     */
    uint32_t AddPath(const FibrePath& fibre, std::vector<SwitchPosition> switches);

    /**
     * @brief Number of alternatives.
     * @return the number
     */
    uint32_t GetNPaths() const;

    /**
     * @brief One alternative.
     * @param path its number
     * @return the path
     */
    const QuantumPath& GetPath(uint32_t path) const;

    /**
     * @brief The path at whose ports all its switches stand, or did last.
     * @return its number
     */
    uint32_t GetSelectedPath() const;

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
     * @brief Disturb the quantum signal from now on where it leaves the first module: an
     * eavesdropper at this link alone, or drift of its source.
     *
     * The change travels to the ends as an edge of light does. A further call with the same source
     * replaces what it did.
     *
     * @param source who disturbs
     * @param addedError what is added to the error probability of bits, 0 to 0.5; 0 to stop
     */
    void Disturb(const std::string& source, double addedError);

    /**
     * @brief What the channel does to light on the selected path, from the first device to the
     * second one.
     * @return length, loss, noise, and what disturbs the signal now
     */
    QuantumLinkBudget GetBudget() const;

    /**
     * @brief What the channel does to light on one of its paths.
     * @param path number of the path
     * @return length, loss, noise, and what disturbs the signal now; half of ExtraLossDb counts as
     * before the central station
     */
    QuantumLinkBudget GetPathBudget(uint32_t path) const;

    /**
     * @brief Whether light can pass now.
     * @return true if one of the paths is complete
     */
    bool IsComplete() const;

    /**
     * @brief Propagation delay from end to end on the selected path.
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

    /**
     * @brief TracedCallback signature of a change of the selected path.
     * @param channel the channel
     * @param from number of the path before
     * @param to number of the path from now on
     */
    using PathCallback = void (*)(Ptr<const QuantumChannel> channel, uint32_t from, uint32_t to);

  protected:
    void DoDispose() override;

  private:
    /// What one path does to one direction of propagation.
    struct Direction
    {
        Light emitted;        //!< what the far end would see now if nothing were in the way
        uint32_t blockers{0}; //!< what is in the way and whose darkness has reached the far end
        /// added error probabilities of what disturbs and has reached the far end, by place (number
        /// of the span, or of spans for the first module) and source
        std::map<std::pair<std::size_t, std::string>, double> disturbances;
    };

    /// A path and what is in the way of light on it.
    struct Alternative
    {
        QuantumPath path;                            //!< the plant
        std::vector<std::array<Time, 2>> restDelays; //!< from the last cut to each end, by section
        std::vector<bool> passing;                   //!< by switch: it stands at its port
        std::array<Direction, 2> directions;         //!< by emitting end
    };

    /// What an end sees.
    struct View
    {
        Light light;            //!< the light
        uint32_t path{0};       //!< where it came
        double addedError{0.0}; //!< what was added to its error probability
    };

    /**
     * @brief Note what is in the way of a new path from the beginning.
     * @param alternative the path
     */
    void Begin(Alternative& alternative) const;

    /// Hear of all that is on a new path and was on none before.
    void ListenToPlant(const QuantumPath& path);

    /// Hear of nothing any more.
    void StopListening();

    /**
     * @brief React to a cut or repair of one of the spans.
     * @param span the span
     * @param cut true for a cut
     */
    void SpanChanged(Ptr<const FibreSpan> span, bool cut);

    /**
     * @brief React to a switch that passes light at another port.
     * @param sw the switch
     * @param port the port, 0 for none
     */
    void SwitchChanged(Ptr<const OpticalSwitch> sw, uint32_t port);

    /**
     * @brief React to a central station that breaks or works again.
     * @param station the station
     * @param failed true if it is broken
     */
    void StationChanged(Ptr<const CentralStation> station, bool failed);

    /**
     * @brief Note what disturbs a new path from the beginning.
     * @param alternative the path
     */
    void BeginDisturbances(Alternative& alternative) const;

    /**
     * @brief React to a disturbance in one of the spans.
     * @param span the span
     * @param source who disturbs
     * @param addedError what it adds to the error probability
     * @param position where in the span
     */
    void SpanDisturbed(Ptr<const FibreSpan> span,
                       const std::string& source,
                       double addedError,
                       double position);

    /**
     * @brief A change of a disturbance has come the rest of the way.
     * @param path number of the path
     * @param from emitting end
     * @param place number of the span, or of spans for the first module
     * @param source who disturbs
     * @param addedError what it adds to the error probability
     */
    void DisturbanceArrives(uint32_t path,
                            uint32_t from,
                            std::size_t place,
                            const std::string& source,
                            double addedError);

    /**
     * @brief What a path does to light in one direction, disturbances apart.
     * @param path number of the path
     * @param toEnd the end at which it arrives
     * @return length, loss and noise
     */
    QuantumLinkBudget GetQuietBudget(uint32_t path, uint32_t toEnd) const;

    /// Find out which path is selected now.
    void UpdateSelectedPath();

    /**
     * @brief Send an edge of darkness or light from a place on a path to an end.
     * @param path number of the path
     * @param end the end
     * @param delay way from the place to the end
     * @param dark true for darkness
     */
    void SendEdge(uint32_t path, uint32_t end, Time delay, bool dark);

    /**
     * @brief Emitted light has come all the way.
     * @param path number of the path
     * @param from emitting end
     * @param light the light
     */
    void EmissionArrives(uint32_t path, uint32_t from, Light light);

    /**
     * @brief An edge that something on a path made has come the rest of the way.
     * @param path number of the path
     * @param from emitting end
     * @param dark true for darkness, false for light
     */
    void EdgeArrives(uint32_t path, uint32_t from, bool dark);

    /**
     * @brief Tell the far end what it sees if that has changed.
     * @param from emitting end
     */
    void Update(uint32_t from);

    std::vector<Alternative> m_paths;               //!< the paths
    uint32_t m_selected{0};                         //!< number of the selected path
    std::array<View, 2> m_views;                    //!< by emitting end: what the far end sees
    std::array<Ptr<QuantumNetDevice>, 2> m_devices; //!< the ends
    std::size_t m_attached{0};                      //!< devices attached
    double m_extraLossDb{0.0};                      //!< attribute ExtraLossDb
    double m_wavelengthNm{0.0};                     //!< attribute WavelengthNm
    std::map<std::string, double> m_disturbances;   //!< at the first module, by source
    std::vector<Ptr<FibreSpan>> m_spans;            //!< spans that are listened to
    std::vector<Ptr<OpticalSwitch>> m_switches;     //!< switches that are listened to
    std::vector<Ptr<CentralStation>> m_stations;    //!< stations that are listened to
    TracedCallback<Ptr<const QuantumChannel>, uint32_t, const Light&> m_lightTrace; //!< Light
    TracedCallback<Ptr<const QuantumChannel>, uint32_t, uint32_t> m_pathTrace; //!< SelectedPath
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_QUANTUM_CHANNEL_H */
