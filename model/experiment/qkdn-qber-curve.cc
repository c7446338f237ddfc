/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-qber-curve.h"

#include "ns3/csv-reader.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace ns3
{
namespace qkdn
{

std::string
QberCurve::Add(Time at, double qber)
{
    std::ostringstream problem;
    // written so that "not a number" fails
    if (!(qber >= 0.0 && qber <= 0.5))
    {
        problem << "the error ratio is " << qber << ", it has to be from 0 to 0.5";
    }
    else if (at.IsStrictlyNegative())
    {
        // Time::GetSeconds() shifts negative numbers, which C++17 leaves undefined
        problem << "the time is " << static_cast<double>(at.GetNanoSeconds()) / 1e9
                << " s, it has to be 0 or more";
    }
    else if (!m_points.empty() && at <= m_points.back().at)
    {
        problem << "the time is " << at.GetSeconds() << " s, it has to be after that before, "
                << m_points.back().at.GetSeconds() << " s";
    }
    else
    {
        m_points.push_back(Point{at, qber});
    }
    return problem.str();
}

QberCurve
QberCurve::FromCsv(const std::string& fileName, std::string& problem)
{
    problem.clear();
    std::ifstream file(fileName);
    if (!file)
    {
        problem = "cannot be read";
        return QberCurve();
    }
    QberCurve curve;
    CsvReader csv(file);
    bool first = true;
    while (csv.FetchNextRow())
    {
        std::string text;
        csv.GetValue(0, text);
        const bool isHeader = std::exchange(first, false) && text.find("time_s") == 0;
        if (csv.IsBlankRow() || isHeader || (csv.ColumnCount() <= 1 && text.empty()))
        {
            continue;
        }
        double timeS = 0.0;
        double qber = 0.0;
        const bool good = csv.ColumnCount() == 2 && csv.GetValue(0, timeS) &&
                          csv.GetValue(1, qber) && timeS <= 1e9;
        problem = good ? curve.Add(Seconds(timeS), qber)
                       : "there have to be two numbers, time_s (up to 1e9) and added_qber";
        if (!problem.empty())
        {
            problem = "line " + std::to_string(csv.RowNumber()) + ": " + problem;
            return QberCurve();
        }
    }
    problem = curve.GetPoints().empty() ? "there is no point in it" : "";
    return curve;
}

const std::vector<QberCurve::Point>&
QberCurve::GetPoints() const
{
    return m_points;
}

std::size_t
QberCurve::FindAfter(Time at) const
{
    const auto after =
        std::upper_bound(m_points.begin(), m_points.end(), at, [](Time time, const Point& point) {
            return time < point.at;
        });
    return static_cast<std::size_t>(after - m_points.begin());
}

double
QberCurve::GetStep(Time at) const
{
    const std::size_t after = FindAfter(at);
    return after == 0 ? 0.0 : m_points[after - 1].qber;
}

double
QberCurve::GetLinear(Time at) const
{
    const std::size_t after = FindAfter(at);
    if (after == 0 || after == m_points.size())
    {
        return GetStep(at);
    }
    const Point& left = m_points[after - 1];
    const Point& right = m_points[after];
    const double share = static_cast<double>((at - left.at).GetTimeStep()) /
                         static_cast<double>((right.at - left.at).GetTimeStep());
    return left.qber + share * (right.qber - left.qber);
}

} // namespace qkdn
} // namespace ns3
