/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_RAMAN_NOISE_H
#define QKDN_RAMAN_NOISE_H

#include "ns3/qkdn-fibre-path.h"

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief Spontaneous Raman scattering of classical light that shares a fibre with quantum signals
 * (P. Eraerds et al., New J. Phys. 12, 063027 (2010)).
 *
 * With the attenuation a in 1/km (dB/km times ln(10)/10), a length L in km, a power P launched into
 * it, the Raman coefficient rho per km and nm, and the optical bandwidth D in nm, what reaches the
 * receiver of the quantum signal is
 *
 * - forward, from light that travels with the quantum signal: P exp(-a L) L rho D,
 * - backward, from light that is launched at the receiver's end: P (1 - exp(-2 a L)) / (2 a) rho D.
 *
 * Everything here is for D = 1 nm.
 */
class RamanNoise
{
  public:
    /**
     * @brief Noise of light that travels with the quantum signal.
     * @param powerW launched power, W
     * @param attenuationDbPerKm attenuation of the fibre, dB/km
     * @param lengthKm length of the fibre, km
     * @param coefficientPerKmNm Raman coefficient, 1/(km nm)
     * @return power at the far end, W per nm of bandwidth
     */
    static double GetForwardWPerNm(double powerW,
                                   double attenuationDbPerKm,
                                   double lengthKm,
                                   double coefficientPerKmNm);

    /**
     * @brief Noise of light that travels against the quantum signal.
     * @param powerW power launched at the quantum receiver's end, W
     * @param attenuationDbPerKm attenuation of the fibre, dB/km
     * @param lengthKm length of the fibre, km
     * @param coefficientPerKmNm Raman coefficient, 1/(km nm)
     * @return power at the receiver's end, W per nm of bandwidth
     */
    static double GetBackwardWPerNm(double powerW,
                                    double attenuationDbPerKm,
                                    double lengthKm,
                                    double coefficientPerKmNm);

    /**
     * @brief How many photons a power is.
     * @param powerW power, W
     * @param wavelengthNm wavelength, nm
     * @return photons per second
     */
    static double GetPhotonRateHz(double powerW, double wavelengthNm);

    /**
     * @brief Noise photons of all spans of a path at one of its ends.
     *
     * What a span makes is attenuated by the spans after it. Losses of the span itself other than
     * its attenuation (splices, connectors) attenuate neither the classical light nor the noise:
     * their place is not known, and this is the worst case.
     *
     * @param path the path
     * @param toEndB true for end B, where light from end A arrives, false for end A
     * @param wavelengthNm wavelength of the quantum signal, nm
     * @return photons per second and nm of bandwidth
     */
    static double GetPhotonRatePerNmHz(const FibrePath& path, bool toEndB, double wavelengthNm);
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_RAMAN_NOISE_H */
