/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_KEY_RATE_MATH_H
#define QKDN_KEY_RATE_MATH_H

#include <functional>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience
 * @brief The binary entropy function h2(x) = -x log2 x - (1-x) log2(1-x).
 * @param x a probability; outside of 0 to 1 it counts as the nearer end
 * @return 0 to 1, in bits; 0 at both ends
 */
double BinaryEntropy(double x);

/**
 * @ingroup qkdn-resilience
 * @brief The most secret key per pulse that any protocol without repeater can have:
 * -log2(1 - eta).
 *
 * Pirandola, Laurenza, Ottaviani and Banchi, Nature Communications 8, 15043 (2017).
 *
 * @param transmittance transmittance eta of the channel, 0 to 1
 * @return bits per pulse; infinite for a channel without loss
 */
double RepeaterlessBound(double transmittance);

/**
 * @ingroup qkdn-resilience
 * @brief The root of a function in an interval, by Brent's method (GSL), to 1e-10.
 * @param function a finite continuous function with different signs at the two ends; aborts if
 * the signs are the same
 * @param low lower end of the interval
 * @param high upper end of the interval
 * @return the root
 */
double FindRoot(const std::function<double(double)>& function, double low, double high);

/**
 * @ingroup qkdn-resilience
 * @brief Where a function has its highest value in an interval: the best of equally spaced points,
 * then Brent's method (GSL) around it, to 1e-9 of the interval.
 * @param function a finite function
 * @param low lower end of the interval
 * @param high upper end of the interval
 * @return the point
 */
double FindMaximum(const std::function<double(double)>& function, double low, double high);

/**
 * @ingroup qkdn-resilience
 * @brief Where a function of several variables has a local maximum, by the simplex method of Nelder
 * and Mead (GSL, nmsimplex2).
 * @param function the function; a value that is not finite counts as very low
 * @param start the first corner of the simplex
 * @param step length of its edges
 * @param tolerance size of the simplex at which the search ends
 * @return the point
 */
std::vector<double> ClimbSimplex(const std::function<double(const std::vector<double>&)>& function,
                                 const std::vector<double>& start,
                                 double step,
                                 double tolerance);

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_KEY_RATE_MATH_H */
