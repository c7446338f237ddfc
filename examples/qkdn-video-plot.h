/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef QKDN_VIDEO_PLOT_H
#define QKDN_VIDEO_PLOT_H

#include "qkdn-video-run.h"

#include <string>
#include <vector>

/**
 * Draw goodput, delay, loss and the lowest pool of all runs over time; throws ReportError if the
 * data cannot be written, and warns if gnuplot cannot draw them.
 * @param results the runs
 * @param options what they have in common
 * @param folder where to
 * @param name of the files, NAME.plt and NAME.svg
 */
void WriteVideoPlot(const std::vector<VideoResult>& results,
                    const VideoOptions& options,
                    const std::string& folder,
                    const std::string& name);

#endif /* QKDN_VIDEO_PLOT_H */
