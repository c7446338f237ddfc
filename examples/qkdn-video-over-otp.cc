/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// A video flow through a secured tunnel, whose keys come over a QKDN with three ways between the
// sites A and B. A fibre of the way in use is cut. For each resilience class: throughput, delay and
// loss of the video, and the level of the lowest pool of key.
//
// qkdn-video-over-otp --class=unprotected,route-1:1 --cut-s=40 --repair-s=80
//
// Exit code: 0 it ran, 1 a file cannot be written, 2 the command line is wrong.

#include "qkdn-video-plot.h"
#include "qkdn-video-run.h"

#include "ns3/command-line.h"
#include "ns3/qkdn-argument-checker.h"
#include "ns3/qkdn-output-file.h"
#include "ns3/qkdn-report-format.h"
#include "ns3/qkdn-scenario-error.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::qkdn;

namespace
{

const std::string NAME = "video-over-otp"; //!< of the files

/// A number of the command line.
struct NumberOption
{
    std::string name; //!< its option
    std::string help; //!< what it is
    double low;       //!< lowest value
    double high;      //!< highest value
    double* value;    //!< where it goes, and its default
};

/// Split a text at commas.
std::vector<std::string>
Split(const std::string& text)
{
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, ',');)
    {
        parts.push_back(part);
    }
    return parts;
}

/// Read a number. @param option the option @param text its text
void
ReadNumber(const NumberOption& option, const std::string& text)
{
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !(value >= option.low && value <= option.high))
    {
        throw ScenarioError("--" + option.name,
                            "",
                            Excerpt(text) + " is none that it accepts",
                            "give a number from " + FormatNumber(option.low) + " to " +
                                FormatNumber(option.high));
    }
    *option.value = value;
}

/// What CommandLine does not check of the options that are no numbers.
void
CheckTexts(const VideoOptions& options)
{
    if (options.mode != "otp" && options.mode != "aes-256")
    {
        throw ScenarioError("--mode",
                            "",
                            Excerpt(options.mode) + " is no mode",
                            "give otp or aes-256");
    }
    if (!options.trace.empty() && !std::ifstream(options.trace))
    {
        throw ScenarioError("--trace",
                            "",
                            Excerpt(options.trace) + " cannot be read",
                            "give a file with number, type, time (ms) and octets of each frame");
    }
    if (options.cutS >= options.repairS || options.repairS >= options.durationS)
    {
        throw ScenarioError("--cut-s",
                            "",
                            "cut, repair and end do not follow on one another",
                            "give --cut-s below --repair-s below --duration-s");
    }
}

/// Read the command line. @return the classes to run
std::vector<std::string>
ParseOptions(int argc, char* argv[], VideoOptions& options, std::string& output)
{
    const std::vector<NumberOption> numbers = {
        {"length-km", "length of each fibre, km", 1, 200, &options.lengthKm},
        {"key-rate-bps", "key rate of each QKD link, bit/s", 1000, 1e7, &options.keyRateBps},
        {"pool-bit", "size of each pool, full at the start, bit", 20000, 1e9, &options.poolBit},
        {"queue", "packets that may wait for key at the gateway", 1, 1e6, &options.queue},
        {"cut-s", "when a fibre is cut, s", 1, 1e5, &options.cutS},
        {"repair-s", "when it is repaired, s", 1, 1e5, &options.repairS},
        {"duration-s", "end of the run, s", 2, 1e5, &options.durationS},
        {"seed", "seed of the random streams", 1, 1e9, &options.seed}};
    std::string classes = "unprotected,restoration,route-1:1,multi-path,route-1+1,secret-sharing";
    std::vector<std::string> names = {"class", "mode", "trace", "output"};
    CommandLine cmd(__FILE__);
    cmd.Usage("A video flow in a secured tunnel through the cut of a fibre, for each class.");
    cmd.AddValue("class", "resilience classes to run, separated by commas", classes);
    cmd.AddValue("mode", "encryption of the tunnel: otp or aes-256", options.mode);
    cmd.AddValue("trace",
                 "frame sizes of the video, as ns3::UdpTraceClient reads them (default: its own)",
                 options.trace);
    cmd.AddValue("output", "folder of the results", output);
    std::vector<std::string> texts;
    for (const NumberOption& number : numbers)
    {
        names.push_back(number.name);
        texts.push_back(FormatNumber(*number.value));
    }
    for (std::size_t i = 0; i < numbers.size(); ++i)
    {
        cmd.AddValue(numbers[i].name, numbers[i].help, texts[i]);
    }
    const ArgumentChecker checker(names, {});
    for (int i = 1; i < argc; ++i)
    {
        checker.Check(argv[i]);
    }
    cmd.Parse(argc, argv);
    for (std::size_t i = 0; i < numbers.size(); ++i)
    {
        ReadNumber(numbers[i], texts[i]);
    }
    CheckTexts(options);
    return Split(classes);
}

/// Write the samples of all runs.
void
WriteCsv(const std::vector<VideoResult>& results, std::ostream& os)
{
    os << "class,time_s,sent_packets,received_packets,goodput_bps,delay_s,loss,lowest_pool_bit\r\n";
    for (const VideoResult& result : results)
    {
        for (const VideoSample& sample : result.samples)
        {
            os << result.name << ',' << FormatNumber(sample.timeS) << ',' << sample.sent << ','
               << sample.received << ',' << FormatNumber(sample.goodputBps) << ','
               << (sample.received > 0 ? FormatNumber(sample.delayS) : "") << ','
               << (sample.sent > 0 ? FormatNumber(sample.GetLoss()) : "") << ','
               << sample.lowestPoolBit << "\r\n";
        }
    }
}

/// Print a line for each run.
void
PrintTable(const std::vector<VideoResult>& results)
{
    std::cout << "class             sent  received  loss %  goodput kbit/s  mean delay ms"
                 "  longest silence s  lowest pool kbit\n"
              << std::fixed;
    for (const VideoResult& result : results)
    {
        const double loss = 1.0 - static_cast<double>(result.received) / result.sent;
        std::cout << std::left << std::setw(15) << result.name << std::right << std::setw(7)
                  << result.sent << std::setw(10) << result.received << std::setprecision(2)
                  << std::setw(8) << 100 * loss << std::setprecision(1) << std::setw(16)
                  << result.goodputBps / 1e3 << std::setprecision(2) << std::setw(15)
                  << result.meanDelayS * 1e3 << std::setw(19) << result.longestSilenceS
                  << std::setprecision(1) << std::setw(18) << result.lowestPoolBit / 1e3 << "\n";
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    try
    {
        VideoOptions options;
        std::string output = "results/" + NAME;
        const std::vector<std::string> classes = ParseOptions(argc, argv, options, output);
        std::vector<VideoResult> results;
        results.reserve(classes.size());
        for (const std::string& name : classes)
        {
            results.push_back(VideoRun(options, name).Run());
        }
        std::error_code error;
        std::filesystem::create_directories(output, error);
        const std::filesystem::path folder(output);
        WriteOutputFile((folder / (NAME + ".csv")).string(),
                        [&results](std::ostream& os) { WriteCsv(results, os); });
        WriteVideoPlot(results, options, folder.string(), NAME);
        PrintTable(results);
        return 0;
    }
    catch (const ScenarioError& error)
    {
        std::cerr << error.what() << std::endl;
        return 2;
    }
    catch (const ReportError& error)
    {
        std::cerr << "qkdn-video-over-otp: " << error.what() << std::endl;
        return 1;
    }
}
