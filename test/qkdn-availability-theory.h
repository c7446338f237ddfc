/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_AVAILABILITY_THEORY_H
#define QKDN_AVAILABILITY_THEORY_H

#include "ns3/qkdn-time-distribution.h"

#include <cstdint>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_permutation.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_vector.h>
#include <memory>
#include <vector>

namespace ns3
{
namespace qkdn
{

/**
 * @ingroup qkdn-resilience-tests
 * @brief Exponential times.
 * @param meanS their mean, s
 * @return the distribution
 */
inline TimeDistribution
Exponential(double meanS)
{
    return {TIME_EXPONENTIAL, meanS, 1.0};
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Unavailability of an element.
 * @param ratio mean repair time to mean up time
 * @return 0 to 1
 */
inline double
ElementUnavailability(double ratio)
{
    return ratio / (1.0 + ratio);
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief Unavailability of n independent elements of which k are needed.
 * @param k how many are needed
 * @param n how many there are
 * @param unavailability of each
 * @return 0 to 1
 */
inline double
KOfNUnavailability(uint32_t k, uint32_t n, double unavailability)
{
    double sum = 0.0;
    for (uint32_t working = 0; working < k; ++working)
    {
        sum += gsl_ran_binomial_pdf(working, 1.0 - unavailability, n);
    }
    return sum;
}

/**
 * @ingroup qkdn-resilience-tests
 * @brief The states that a Markov chain is in in the long run.
 * @param rates rate from each state (row) to each other one (column); the diagonal does not count
 * @return probability of each state
 */
inline std::vector<double>
StationaryDistribution(const std::vector<std::vector<double>>& rates)
{
    const std::size_t n = rates.size();
    const std::unique_ptr<gsl_matrix, decltype(&gsl_matrix_free)> matrix(gsl_matrix_calloc(n, n),
                                                                         &gsl_matrix_free);
    for (std::size_t from = 0; from < n; ++from)
    {
        for (std::size_t to = 0; to < n; ++to)
        {
            if (to != from)
            {
                *gsl_matrix_ptr(matrix.get(), to, from) += rates[from][to];
                *gsl_matrix_ptr(matrix.get(), from, from) -= rates[from][to];
            }
        }
    }
    // one balance follows from the others; in its place all probabilities add up to 1
    for (std::size_t state = 0; state < n; ++state)
    {
        gsl_matrix_set(matrix.get(), n - 1, state, 1.0);
    }
    std::vector<double> right(n, 0.0);
    right.back() = 1.0;
    std::vector<double> result(n, 0.0);
    const gsl_vector_view b = gsl_vector_view_array(right.data(), n);
    gsl_vector_view x = gsl_vector_view_array(result.data(), n);
    const std::unique_ptr<gsl_permutation, decltype(&gsl_permutation_free)> permutation(
        gsl_permutation_alloc(n),
        &gsl_permutation_free);
    int sign = 0;
    gsl_linalg_LU_decomp(matrix.get(), permutation.get(), &sign);
    gsl_linalg_LU_solve(matrix.get(), permutation.get(), &b.vector, &x.vector);
    return result;
}

} // namespace qkdn
} // namespace ns3

#endif /* QKDN_AVAILABILITY_THEORY_H */
