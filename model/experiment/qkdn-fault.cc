/*
 * Copyright (c) 2026 The qkdn-resilience authors
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "qkdn-fault.h"

#include "ns3/abort.h"
#include "ns3/log.h"

namespace ns3
{
namespace qkdn
{

NS_LOG_COMPONENT_DEFINE("QkdnFault");
NS_OBJECT_ENSURE_REGISTERED(Fault);
NS_OBJECT_ENSURE_REGISTERED(FibreCut);
NS_OBJECT_ENSURE_REGISTERED(ClassicalLinkFailure);
NS_OBJECT_ENSURE_REGISTERED(ModuleFailure);
NS_OBJECT_ENSURE_REGISTERED(KeyManagerCrash);

TypeId
Fault::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::qkdn::Fault").SetParent<Object>().SetGroupName("QkdnResilience");
    return tid;
}

void
Fault::SetNames(const std::string& id, const std::string& target)
{
    m_id = id;
    m_target = target;
}

const std::string&
Fault::GetId() const
{
    return m_id;
}

const std::string&
Fault::GetTarget() const
{
    return m_target;
}

void
Fault::SetPlaces(const std::set<std::string>& places)
{
    m_places = places;
}

bool
Fault::IsFoundAt(const std::string& component) const
{
    return component == m_target || m_places.count(component) > 0;
}

FaultParameters
Fault::GetParameters() const
{
    return {};
}

TypeId
FibreCut::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::FibreCut")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<FibreCut>();
    return tid;
}

void
FibreCut::SetSpan(Ptr<FibreSpan> span, double position)
{
    m_span = span;
    m_position = position;
}

std::string
FibreCut::GetKind() const
{
    return "fibre-cut";
}

FaultParameters
FibreCut::GetParameters() const
{
    FaultParameters parameters;
    parameters.position = m_position;
    return parameters;
}

void
FibreCut::Strike()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_UNLESS(m_span, "fault " << GetId() << " has no span; call SetSpan()");
    m_span->Cut(m_position);
}

void
FibreCut::Repair()
{
    NS_LOG_FUNCTION(this);
    m_span->Repair();
}

TypeId
ClassicalLinkFailure::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::ClassicalLinkFailure")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<ClassicalLinkFailure>();
    return tid;
}

void
ClassicalLinkFailure::SetLink(Ptr<ClassicalLink> link)
{
    m_link = link;
}

std::string
ClassicalLinkFailure::GetKind() const
{
    return "classical-link-failure";
}

void
ClassicalLinkFailure::Strike()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_UNLESS(m_link, "fault " << GetId() << " has no link; call SetLink()");
    m_link->Fail();
}

void
ClassicalLinkFailure::Repair()
{
    NS_LOG_FUNCTION(this);
    m_link->Recover();
}

TypeId
ModuleFailure::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::ModuleFailure")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<ModuleFailure>();
    return tid;
}

void
ModuleFailure::SetModule(Ptr<QkdModule> module)
{
    m_module = module;
}

std::string
ModuleFailure::GetKind() const
{
    return "module-failure";
}

void
ModuleFailure::Strike()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_UNLESS(m_module, "fault " << GetId() << " has no module; call SetModule()");
    m_module->Fail();
}

void
ModuleFailure::Repair()
{
    NS_LOG_FUNCTION(this);
    m_module->Repair();
}

TypeId
KeyManagerCrash::GetTypeId()
{
    static TypeId tid = TypeId("ns3::qkdn::KeyManagerCrash")
                            .SetParent<Fault>()
                            .SetGroupName("QkdnResilience")
                            .AddConstructor<KeyManagerCrash>();
    return tid;
}

void
KeyManagerCrash::SetKeyManager(Ptr<KeyManager> km)
{
    m_km = km;
}

std::string
KeyManagerCrash::GetKind() const
{
    return "km-crash";
}

void
KeyManagerCrash::Strike()
{
    NS_LOG_FUNCTION(this);
    NS_ABORT_MSG_UNLESS(m_km, "fault " << GetId() << " has no key manager; call SetKeyManager()");
    m_km->Crash();
}

void
KeyManagerCrash::Repair()
{
    NS_LOG_FUNCTION(this);
    m_km->Restart();
}

} // namespace qkdn
} // namespace ns3
