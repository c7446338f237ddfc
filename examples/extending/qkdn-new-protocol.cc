/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// A QKD protocol that the module does not have, BB84 with a source of single photons: in a C++
// script, and in a scenario by the name of its type. Says how much more key and reach it has than
// decoy-state BB84 with the same receiver, and fails if the simulated key is not that of its
// formula.

#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/qkdn-resilience-module.h"

#include <algorithm>
#include <iostream>
#include <tuple>

using namespace ns3;
using namespace ns3::qkdn;

// [protocol begins]
/// BB84 with ideal single photons: no pulse has two, so that no decoy states are needed.
class SinglePhotonBb84 : public PhotonCountingProtocol
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::SinglePhotonBb84")
                                .SetParent<PhotonCountingProtocol>()
                                .AddConstructor<SinglePhotonBb84>()
                                .AddAttribute("PulseRate",
                                              "Photons sent per second, Hz.",
                                              DoubleValue(1e6),
                                              MakeDoubleAccessor(&SinglePhotonBb84::m_pulseRateHz),
                                              MakeDoubleChecker<double>());
        return tid;
    }

    std::string Validate() const override
    {
        const std::string problem = ValidateReceiver();
        return problem.empty() ? ValidateDistillation(GetBlock()) : problem;
    }

    QkdRatePoint GetRate(const QuantumLinkBudget& budget) const override
    {
        CheckUsable(budget);
        const auto [gain, qber, bitPerPulse] = GetSignal(budget);
        return PointOf(GetBlock(), gain, qber, bitPerPulse);
    }

    QkdBlockPlan PlanBlock(const QuantumLinkBudget& budget) const override
    {
        CheckUsable(budget);
        const auto [gain, qber, bitPerPulse] = GetSignal(budget);
        return PlanSifted(GetBlock(), gain, qber, bitPerPulse);
    }

  private:
    /// Sifted bits, sifting factor, disclosed share, f of error correction, pulses per second.
    SiftedBlock GetBlock() const
    {
        return {20000, 0.5, 0.0, 1.22, m_pulseRateHz};
    }

    /// Detections per pulse Q, their error ratio E, and secret bits per pulse by the bound of Shor
    /// and Preskill: q Q (1 - (1 + f) h2(E)).
    std::tuple<double, double, double> GetSignal(const QuantumLinkBudget& budget) const
    {
        constexpr double EFFICIENCY = 0.045; // the receiver of Gobby, Yuan and Shields (2004)
        constexpr double DARK = 8.5e-7;
        constexpr double MISALIGNMENT = 0.033;
        const double dark = AddNoise(DARK, GetNoiseClickProbability(budget, EFFICIENCY), 2);
        const double background = 1.0 - (1.0 - dark) * (1.0 - dark);
        const double signal = TransmittanceFromDb(budget.lossDb) * EFFICIENCY;
        const double gain = signal + background * (1.0 - signal);
        const double errors = MISALIGNMENT * signal + 0.5 * (gain - signal);
        const double qber = std::min(0.5, errors / gain + budget.addedError);
        const SiftedBlock block = GetBlock();
        const double secret = 1.0 - (1.0 + block.correctionFactor) * BinaryEntropy(qber);
        return {gain, qber, block.siftingFactor * gain * secret};
    }

    double m_pulseRateHz{0.0};
};

NS_OBJECT_ENSURE_REGISTERED(SinglePhotonBb84);
// [protocol ends]

constexpr double LENGTH_KM = 25.0;
constexpr double DURATION_S = 120.0;

/// Key bits that a link generates which a script makes with the helpers.
uint64_t
RunScript(Ptr<QkdProtocol> protocol)
{
    NodeContainer nodes;
    nodes.Create(2);
    PlantHelper plant;
    plant.InstallStack(nodes);
    Ptr<FibreSpan> span = CreateObject<FibreSpan>();
    span->SetAttribute("LengthKm", DoubleValue(LENGTH_KM));
    FibrePath path;
    path.AddSpan(span);
    plant.Connect("fibre", nodes.Get(0), nodes.Get(1), path, DataRate("1Gbps"));
    const Ipv4Address alice = PlantHelper::GetServiceAddress(nodes.Get(0));
    const Ipv4Address bob = PlantHelper::GetServiceAddress(nodes.Get(1));
    KeyManagerHelper managers;
    Ptr<KeyManager> kmAlice = managers.Install(nodes.Get(0), KmId(1), alice, false);
    Ptr<KeyManager> kmBob = managers.Install(nodes.Get(1), KmId(2), bob, false);
    managers.Connect(kmAlice, alice, kmBob, bob);
    // [protocol in a script begins]
    QkdLinkHelper links;
    links.SetModuleAttribute("InitialState", StringValue("running"));
    links.Install(LinkId(1),
                  "link",
                  path,
                  protocol,
                  {nodes.Get(0), alice, PeekPointer(kmAlice)},
                  {nodes.Get(1), bob, PeekPointer(kmBob)},
                  7100);
    // [protocol in a script ends]
    managers.AddLink(LinkId(1), "link", kmAlice, kmBob, 0);
    Simulator::Stop(Seconds(DURATION_S));
    Simulator::Run();
    const uint64_t bits = kmAlice->GetPool(KmId(2))->GetStoredBits(); // nobody has used any
    Simulator::Destroy();
    return bits;
}

/// Key bits that the link of a scenario generates.
uint64_t
RunScenario()
{
    // [protocol in a scenario begins]
    const Scenario scenario = ScenarioReader::ReadString(R"({
      "name": "new-protocol", "simulation": {"duration_s": 120},
      "nodes": [{"id": "A"}, {"id": "B"}],
      "fibres": [{"id": "f", "a": "A", "b": "B", "length_km": 25}],
      "qkd_links": [{"id": "AB", "tx": "A", "rx": "B", "fibres": ["f"],
                     "protocol": {"type": "ns3::SinglePhotonBb84", "set": {"PulseRate": 1e6}},
                     "initial_state": "running"}]
    })",
                                                         "new-protocol");
    const ExperimentResults results = ScenarioRunner().Run(scenario, "new-protocol");
    // [protocol in a scenario ends]
    return results.conservation.GetKmaTotal().generated;
}

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Usage("A QKD protocol that is defined outside of the module.");
    cmd.Parse(argc, argv);

    Ptr<QkdProtocol> single = CreateObject<SinglePhotonBb84>();
    Ptr<QkdProtocol> decoy = QkdProtocolHelper::Create("decoy-bb84");
    decoy->SetAttribute("PulseRate", DoubleValue(1e6));
    QuantumLinkBudget budget;
    budget.lengthKm = LENGTH_KM;
    budget.lossDb = LENGTH_KM * 0.2;
    const double rateBps = single->GetRate(budget).rateBps;
    const double decoyBps = decoy->GetRate(budget).rateBps;
    const uint64_t script = RunScript(single);
    const uint64_t scenario = RunScenario();
    std::cout << "Over " << LENGTH_KM << " km: " << rateBps << " bit/s, decoy-state BB84 "
              << decoyBps << " bit/s. The key ends at " << single->GetReachKm(0.2) << " km and "
              << decoy->GetReachKm(0.2) << " km.\nIn " << DURATION_S << " s the formula gives "
              << rateBps * DURATION_S << " bit, the script generated " << script
              << " bit and the scenario " << scenario << " bit.\n";
    // authentication takes its part of each block, and the last block is not full
    const auto isNear = [&](uint64_t bits) {
        return static_cast<double>(bits) <= rateBps * DURATION_S &&
               static_cast<double>(bits) > 0.93 * rateBps * DURATION_S;
    };
    return isNear(script) && isNear(scenario) && rateBps > decoyBps ? 0 : 1;
}
