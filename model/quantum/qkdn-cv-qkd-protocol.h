/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_CV_QKD_PROTOCOL_H
#define QKDN_CV_QKD_PROTOCOL_H

#include "qkdn-qkd-protocol.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief What a CV-QKD receiver measures of a symbol.
 */
enum CvDetection
{
    CV_HOMODYNE,  //!< one of the two quadratures
    CV_HETERODYNE //!< both quadratures, each with the noise of splitting the light
};

/**
 * @ingroup qkdn-resilience
 * @brief What CV-QKD gives on a link. Variances in shot-noise units, referred to the input of the
 * channel unless said otherwise.
 */
struct CvQkdEstimate
{
    double transmittance{0.0}; //!< T of the channel
    double excessNoise{0.0};   //!< xi with the noise and the error of the link budget
    double chiLine{0.0};       //!< noise of the channel, 1/T - 1 + xi
    double chiDetector{0.0};   //!< noise of the detector, referred to its input
    double chiTotal{0.0};      //!< chi_line + chi_detector / T
    double iAb{0.0};           //!< mutual information of both ends, bits per symbol
    double chiBe{0.0};         //!< Holevo bound of the eavesdropper's information, bits per symbol
    double lambda1{1.0};       //!< symplectic eigenvalue
    double lambda2{1.0};       //!< symplectic eigenvalue
    double lambda3{1.0};       //!< symplectic eigenvalue, conditioned on the measurement
    double lambda4{1.0};       //!< symplectic eigenvalue, conditioned on the measurement
    double k{0.0};             //!< K = beta I_AB - chi_BE, bits per symbol; negative without key
};

/**
 * @ingroup qkdn-resilience
 * @brief Continuous-variable QKD with Gaussian modulation of coherent states (GG02), reverse
 * reconciliation, for long keys against collective attacks, with a trusted detector.
 *
 * J. Lodewyck et al., Physical Review A 76, 042305 (2007) for homodyne detection and S. Fossier et
 * al., Journal of Physics B 42, 114014 (2009) for heterodyne detection:
 *
 *     K = beta I_AB - chi_BE
 *
 * Noise of other light: a coherent receiver takes only what is in the mode of its local oscillator,
 * one polarisation and the bandwidth of a symbol, whatever filter stands before it. With r noise
 * photons per second and nm in both polarisations this mode holds n = r / (2 c / lambda^2 x 1 nm)
 * thermal photons, which add 2 n to the variance at the receiver and 2 n / T to the excess noise.
 * The noise clicks per gate of the budget count as such photons.
 *
 * CV-QKD has no bit errors on the channel. To compare links, and for thresholds, intercepting and
 * resending all symbols, which adds 2 to the excess noise (J. Lodewyck et al., Physical Review
 * Letters 98, 030503 (2007)), counts as the 25 % of QBER that it causes in BB84: qber = xi / 8,
 * and added error of the budget adds eight times as much to xi.
 *
 * Below a transmittance of 1e-10 (100 dB) there is no key: K is then smaller than the rounding
 * errors of its two terms.
 */
class CvQkdProtocol : public QkdProtocol
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    CvQkdProtocol();
    ~CvQkdProtocol() override;

    std::vector<std::string> GetPresetNames() const override;

    /**
     * @brief Set the attributes to a published set of parameters.
     *
     * "gg02": values that experiments with the protocol of Grosshans and Grangier (2002) typically
     * have, not those of one of them: homodyne detection, V_A 4, xi 0.01, eta 0.6, v_el 0.01, beta
     * 0.95, 1,000,000 symbols per second.
     *
     * @param name name of the set
     * @return empty if it is set, otherwise what is wrong; then nothing has changed
     */
    [[nodiscard]] std::string SetPreset(const std::string& name) override;

    std::string Validate() const override;
    QkdRatePoint GetRate(const QuantumLinkBudget& budget) const override;
    QkdBlockPlan PlanBlock(const QuantumLinkBudget& budget) const override;

    /**
     * @brief The next block as it is observed. Every symbol is measured; what fluctuates is the
     * estimate of the excess noise.
     *
     * It comes from the variance of the noise in the disclosed symbols, or in all of them if none
     * are disclosed. That of m samples is drawn as 2/m times a Poisson number of mean m/2, which
     * has the mean and the variance of the chi-squared distribution that it follows. The
     * transmittance counts as known. The key length is that of the estimate.
     *
     * @param budget the link
     * @param statistics what draws
     * @return the block; errors is 0, as there are no bits to be wrong
     */
    QkdBlockPlan DrawBlock(const QuantumLinkBudget& budget,
                           BlockStatistics& statistics) const override;

    /**
     * @brief The intermediate values behind GetRate().
     * @param budget the link
     * @return the values
     */
    CvQkdEstimate GetEstimate(const QuantumLinkBudget& budget) const;

  private:
    /**
     * @brief What a channel gives.
     * @param transmittance T
     * @param excessNoise xi, 0 or more
     * @return the values
     */
    CvQkdEstimate Evaluate(double transmittance, double excessNoise) const;

    /**
     * @brief A block of a channel.
     * @param estimate the channel
     * @return the block
     */
    QkdBlockPlan PlanFor(const CvQkdEstimate& estimate) const;

    /**
     * @brief The Holevo bound of a link.
     * @param [in,out] estimate where noises are read and eigenvalues go
     * @return chi_BE, bits per symbol
     */
    double BoundHolevo(CvQkdEstimate& estimate) const;

    CvDetection m_detection;           //!< attribute Detection
    double m_modulationVariance;       //!< V_A, shot-noise units
    double m_excessNoise;              //!< xi without that of the link, shot-noise units
    double m_detectorEfficiency;       //!< eta
    double m_electronicNoise;          //!< v_el, shot-noise units
    double m_reconciliationEfficiency; //!< beta
    double m_estimationFraction;       //!< share of the symbols that is disclosed
    double m_wavelengthNm;             //!< wavelength of the signal, nm
    double m_symbolRateHz;             //!< symbols per second
    uint32_t m_blockSymbols;           //!< symbols of a block
};

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_CV_QKD_PROTOCOL_H */
