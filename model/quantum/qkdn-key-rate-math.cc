/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-rate-math.h"

#include "ns3/abort.h"

#include <algorithm>
#include <cmath>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_roots.h>
#include <memory>

namespace ns3
{
namespace qkdn
{

double
BinaryEntropy(double x)
{
    if (x <= 0.0 || x >= 1.0)
    {
        return 0.0;
    }
    return -x * std::log2(x) - (1.0 - x) * std::log2(1.0 - x);
}

double
RepeaterlessBound(double transmittance)
{
    // log1p keeps the digits of a small transmittance
    return -std::log1p(-transmittance) / std::log(2.0);
}

double
FindRoot(const std::function<double(double)>& function, double low, double high)
{
    const double atLow = function(low);
    const double atHigh = function(high);
    NS_ABORT_MSG_IF((atLow > 0.0 && atHigh > 0.0) || (atLow < 0.0 && atHigh < 0.0),
                    "no root between " << low << " and " << high << ": the function is " << atLow
                                       << " and " << atHigh);
    gsl_function wrapped;
    wrapped.function = [](double x, void* params) {
        return (*static_cast<const std::function<double(double)>*>(params))(x);
    };
    wrapped.params = const_cast<std::function<double(double)>*>(&function);

    const std::unique_ptr<gsl_root_fsolver, decltype(&gsl_root_fsolver_free)> solver(
        gsl_root_fsolver_alloc(gsl_root_fsolver_brent),
        &gsl_root_fsolver_free);
    gsl_root_fsolver_set(solver.get(), &wrapped, low, high);
    const int maxSteps = 200; // bisection alone needs about 60 for any interval of doubles
    int status = GSL_CONTINUE;
    for (int step = 0; step < maxSteps && status == GSL_CONTINUE; ++step)
    {
        gsl_root_fsolver_iterate(solver.get());
        status = gsl_root_test_interval(gsl_root_fsolver_x_lower(solver.get()),
                                        gsl_root_fsolver_x_upper(solver.get()),
                                        1e-10,
                                        1e-12);
    }
    NS_ABORT_MSG_UNLESS(status == GSL_SUCCESS,
                        "no convergence to a root between " << low << " and " << high);
    return gsl_root_fsolver_root(solver.get());
}

double
FindMaximum(const std::function<double(double)>& function, double low, double high)
{
    const int points = 48;
    const double step = (high - low) / points;
    int best = 0;
    double highest = function(low);
    for (int i = 1; i <= points; ++i)
    {
        const double value = function(low + i * step);
        if (value > highest)
        {
            highest = value;
            best = i;
        }
    }
    double left = low + std::max(best - 1, 0) * step;
    double right = low + std::min(best + 1, points) * step;
    if (best == 0 || best == points)
    {
        return low + best * step;
    }
    gsl_function wrapped;
    wrapped.function = [](double x, void* params) {
        return -(*static_cast<const std::function<double(double)>*>(params))(x);
    };
    wrapped.params = const_cast<std::function<double(double)>*>(&function);
    const std::unique_ptr<gsl_min_fminimizer, decltype(&gsl_min_fminimizer_free)> solver(
        gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent),
        &gsl_min_fminimizer_free);
    const double middle = low + best * step;
    if (!(function(left) < highest && function(right) < highest))
    {
        return middle; // a plateau brackets no maximum
    }
    gsl_min_fminimizer_set(solver.get(), &wrapped, middle, left, right);
    for (int i = 0; i < 100 && right - left > 1e-9 * (high - low); ++i)
    {
        gsl_min_fminimizer_iterate(solver.get());
        left = gsl_min_fminimizer_x_lower(solver.get());
        right = gsl_min_fminimizer_x_upper(solver.get());
    }
    return gsl_min_fminimizer_x_minimum(solver.get());
}

namespace
{

/**
 * @brief Copy a vector of GSL.
 * @param from the vector
 * @return its elements
 */
std::vector<double>
FromGsl(const gsl_vector* from)
{
    std::vector<double> to(from->size);
    for (std::size_t i = 0; i < to.size(); ++i)
    {
        to[i] = gsl_vector_get(from, i);
    }
    return to;
}

} // namespace

std::vector<double>
ClimbSimplex(const std::function<double(const std::vector<double>&)>& function,
             const std::vector<double>& start,
             double step,
             double tolerance)
{
    using Function = std::function<double(const std::vector<double>&)>;
    gsl_multimin_function wrapped;
    wrapped.n = start.size();
    wrapped.f = [](const gsl_vector* x, void* params) {
        const double value = (*static_cast<const Function*>(params))(FromGsl(x));
        return std::isfinite(value) ? -value : 1e300; // GSL stops at a value that is not finite
    };
    wrapped.params = const_cast<Function*>(&function);
    const std::unique_ptr<gsl_vector, decltype(&gsl_vector_free)> corner(
        gsl_vector_alloc(start.size()),
        &gsl_vector_free);
    const std::unique_ptr<gsl_vector, decltype(&gsl_vector_free)> steps(
        gsl_vector_alloc(start.size()),
        &gsl_vector_free);
    for (std::size_t i = 0; i < start.size(); ++i)
    {
        gsl_vector_set(corner.get(), i, start[i]);
        gsl_vector_set(steps.get(), i, step);
    }
    const std::unique_ptr<gsl_multimin_fminimizer, decltype(&gsl_multimin_fminimizer_free)> solver(
        gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, start.size()),
        &gsl_multimin_fminimizer_free);
    gsl_multimin_fminimizer_set(solver.get(), &wrapped, corner.get(), steps.get());
    for (int i = 0; i < 2000; ++i)
    {
        if (gsl_multimin_fminimizer_iterate(solver.get()) != GSL_SUCCESS ||
            gsl_multimin_fminimizer_size(solver.get()) < tolerance)
        {
            break;
        }
    }
    return FromGsl(gsl_multimin_fminimizer_x(solver.get()));
}

} // namespace qkdn
} // namespace ns3
