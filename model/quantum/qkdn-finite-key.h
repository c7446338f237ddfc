/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_FINITE_KEY_H
#define QKDN_FINITE_KEY_H

#include <array>

namespace ns3
{
namespace qkdn
{

// Key length of decoy-state BB84 with blocks of finite size: C. C. W. Lim, M. Curty, N. Walenta,
// F. Xu and H. Zbinden, "Concise security bounds for practical decoy-state quantum key
// distribution", Physical Review A 89, 022307 (2014). Numbers in brackets are its equations.

/**
 * @ingroup qkdn-resilience
 * @brief What transmitter and receiver choose (Lim et al. 2014).
 */
struct FiniteKeySetting
{
    double keyBasis{0.0};              //!< q_x, probability of basis X at either end
    std::array<double, 3> probability; //!< p_1, p_2, p_3 of the intensities
    std::array<double, 3> intensity;   //!< mu_1 > mu_2 + mu_3, mu_2 > mu_3 >= 0; photons per pulse
};

/**
 * @ingroup qkdn-resilience
 * @brief What is counted in a block, for each intensity: observed numbers, or expected ones.
 */
struct FiniteKeyCounts
{
    std::array<double, 3> nX; //!< n_X,k: detections that both ends had in basis X
    std::array<double, 3> nZ; //!< n_Z,k: detections that both ends had in basis Z
    std::array<double, 3> mZ; //!< m_Z,k: errors among the latter
    double errorX{0.0};       //!< e_obs: error ratio in basis X, which error correction finds
};

/**
 * @ingroup qkdn-resilience
 * @brief How secret and how correct the key has to be, and what error correction costs.
 */
struct FiniteKeySecurity
{
    double secrecy{0.0};          //!< eps_sec
    double correctness{0.0};      //!< eps_cor
    double correctionFactor{0.0}; //!< f_EC, disclosed bits over the Shannon limit
};

/**
 * @ingroup qkdn-resilience
 * @brief The bounds that the key length is made of, and the length.
 */
struct FiniteKeyBounds
{
    double tau0{0.0};    //!< probability that a pulse has no photon
    double tau1{0.0};    //!< probability that a pulse has one photon
    double sX0{0.0};     //!< lower bound of vacuum events in basis X (2), 0 or more
    double sX1{0.0};     //!< lower bound of single-photon events in basis X (3), 0 or more
    double sZ0{0.0};     //!< as sX0 for basis Z
    double sZ1{0.0};     //!< as sX1 for basis Z
    double vZ1{0.0};     //!< upper bound of errors of single photons in basis Z (4), 0 or more
    double phaseX{0.5};  //!< phi_X, upper bound of their phase error ratio in basis X (5), to 0.5
    double leaked{0.0};  //!< lambda_EC, bits disclosed by error correction
    double keyBits{0.0}; //!< l before it is rounded down (1); below 1: no key
};

/**
 * @ingroup qkdn-resilience
 * @brief The length of the key of a block.
 *
 * Where the printed article is ambiguous: under the root of gamma stands the natural logarithm of
 * 2, and lambda_EC is f_EC n_X h(e_obs).
 *
 * @param setting what the ends chose
 * @param counts what was counted
 * @param security what is asked of the key
 * @return the bounds; finite, whatever the counts
 */
FiniteKeyBounds ComputeFiniteKey(const FiniteKeySetting& setting,
                                 const FiniteKeyCounts& counts,
                                 const FiniteKeySecurity& security);

/**
 * @ingroup qkdn-resilience
 * @brief The length of the key of a block whose eps_sec is proportional to it, as in the article's
 * figures: the largest solution of l = l(eps_sec = kappa l).
 * @param setting what the ends chose
 * @param counts what was counted
 * @param [in,out] security what is asked of the key; eps_sec becomes that of the solution
 * @param kappa eps_sec per key bit
 * @return the bounds
 */
FiniteKeyBounds ComputeFiniteKeyPerBit(const FiniteKeySetting& setting,
                                       const FiniteKeyCounts& counts,
                                       FiniteKeySecurity& security,
                                       double kappa);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_FINITE_KEY_H */
