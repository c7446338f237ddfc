/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-raman-noise.h"

#include "ns3/qkdn-units.h"

#include <cmath>
#include <gsl/gsl_const_mksa.h>

namespace ns3
{
namespace qkdn
{

namespace
{

/// An attenuation in dB/km as one in 1/km.
double
PerKm(double attenuationDbPerKm)
{
    return attenuationDbPerKm * std::log(10.0) / 10.0;
}

} // namespace

double
RamanNoise::GetForwardWPerNm(double powerW,
                             double attenuationDbPerKm,
                             double lengthKm,
                             double coefficientPerKmNm)
{
    return powerW * std::exp(-PerKm(attenuationDbPerKm) * lengthKm) * lengthKm * coefficientPerKmNm;
}

double
RamanNoise::GetBackwardWPerNm(double powerW,
                              double attenuationDbPerKm,
                              double lengthKm,
                              double coefficientPerKmNm)
{
    const double twice = 2.0 * PerKm(attenuationDbPerKm);
    // the limit of a fibre without attenuation is its length
    const double effectiveKm = twice > 0.0 ? -std::expm1(-twice * lengthKm) / twice : lengthKm;
    return powerW * effectiveKm * coefficientPerKmNm;
}

double
RamanNoise::GetPhotonRateHz(double powerW, double wavelengthNm)
{
    return powerW * wavelengthNm * 1e-9 /
           (GSL_CONST_MKSA_PLANCKS_CONSTANT_H * GSL_CONST_MKSA_SPEED_OF_LIGHT);
}

double
RamanNoise::GetPhotonRatePerNmHz(const FibrePath& path, bool toEndB, double wavelengthNm)
{
    double powerWPerNm = 0.0;
    const std::size_t n = path.GetNSpans();
    for (std::size_t i = 0; i < n; ++i)
    {
        const std::size_t place = toEndB ? i : n - 1 - i;
        const Ptr<const FibreSpan> span = path.GetSpan(place);
        const bool fromA = toEndB != path.IsReversed(place);
        const double attenuation = span->GetAttenuationDbPerKm();
        const double rho = span->GetRamanCoefficient();
        powerWPerNm *= TransmittanceFromDb(span->GetLossDb());
        powerWPerNm += GetForwardWPerNm(span->GetClassicalPowerW(fromA),
                                        attenuation,
                                        span->GetLengthKm(),
                                        rho);
        powerWPerNm += GetBackwardWPerNm(span->GetClassicalPowerW(!fromA),
                                         attenuation,
                                         span->GetLengthKm(),
                                         rho);
    }
    return GetPhotonRateHz(powerWPerNm, wavelengthNm);
}

} // namespace qkdn
} // namespace ns3
