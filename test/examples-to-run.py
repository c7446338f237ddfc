#! /usr/bin/env python3
#
# SPDX-License-Identifier: GPL-2.0-only

# C++ examples that test.py of ns-3 runs: (example and arguments, condition, condition for valgrind).
# It runs them two folders below that of ns-3. Under valgrind test.py takes any block of memory that is
# left for a leak: processes of qkdn-benchmark and qkdn-chaos end in the midst of the call that began them.
cpp_examples = [
    ("qkdn-animation", "True", "True"),
    ("qkdn-benchmark --keys=640 --quiet", "True", "False"),
    ("qkdn-benchmark --workload=routes --nodes=100 --links=300 --pairs=10", "True", "True"),
    ("qkdn-benchmark --workload=pools --keys=10000", "True", "False"),
    ("qkdn-benchmark --workload=tcp --keys=1000 --hops=3 --format=json", "True", "False"),
    ("qkdn-benchmark --workload=network --n=4 --duration=7 --quiet", "True", "False"),
    ("qkdn-campaign --scenario=../../contrib/qkdn-resilience/examples/scenarios/campaign-ring.json "
     "--classes=unprotected,route-1:1 --runs=2 --set=/simulation/duration_s=60 --quiet --output=campaign",
     "True", "False"),
    ("qkdn-chaos --runs=2 --quiet --folder=chaos", "True", "False"),
    ("qkdn-first", "True", "True"),
    ("qkdn-first --initial-pool=5000 --output=first-5000", "True", "False"),
    ("qkdn-key-rate --protocol=decoy-bb84 --preset=gys --length-km=0:150:50", "True", "True"),
    ("qkdn-message-samples --output=samples.pcap", "True", "True"),
    ("qkdn-new-fault --scenario=../../contrib/qkdn-resilience/examples/scenarios/itu-example-1-2.json",
     "True", "False"),
    ("qkdn-new-protocol", "True", "False"),
    ("qkdn-new-resilience-class", "True", "False"),
    ("qkdn-routes --topology=../../contrib/qkdn-resilience/examples/topologies/nsfnet.csv --from=1 "
     "--to=14 --disjoint=node --k=2 --cost=hops", "True", "True"),
    ("qkdn-scenario --scenario=../../contrib/qkdn-resilience/examples/scenarios/one-link.json --quiet "
     "--output=one-link", "True", "False"),
    ("qkdn-second", "True", "False"),
    ("qkdn-second --protect=0 --output=second-unprotected", "True", "False"),
    ("qkdn-third --RngRun=2", "True", "False"),
    ("qkdn-third --ns3::qkdn::QkdModule::ResyncTime=1s", "True", "False"),
    ("qkdn-video-over-otp --class=route-1:1 --cut-s=8 --repair-s=9 --duration-s=12 --output=video",
     "True", "False"),
]

python_examples = []
