/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-key-rate-math.h"

#include "ns3/abort.h"

#include <cmath>
#include <gsl/gsl_errno.h>
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

} // namespace qkdn
} // namespace ns3
