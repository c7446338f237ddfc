-- SPDX-License-Identifier: GPL-2.0-only
--
-- The body of each message, in the order of the wire, as its ToPacket() writes it:
--   name:N           unsigned number of N bytes
--   name:N=Enum      the same, a value of the enumeration
--   name:N/a,b       the same, flags: a is the lowest bit
--   name:bool        1 byte            name:time   8 bytes, nanoseconds
--   name:ratio       4 bytes, a fraction of 2^32 - 1
--   name:text        1 byte of length, and so many characters
--   name:octetsN     N bytes of length, and so many bytes
--   name:uuid        16 bytes          name:ip     4 bytes, an IPv4 address
--   name:entity      1 byte: the highest bit says that it is a protection entity
--   name:session_state, name:key_source   see below
--   name:rest        all that is left; it has a size but often no content
--   name*N[ ... ]    list, its length (N bytes) first
--   name@N[ ... ]    a part with a length of N bytes
--   name?V[ ... ]    only if the field of this name was V
--   .layout          the fields of another layout
return {
  -- parts of messages
  key_id = "link:4 block:8",
  range = ".key_id first_bit:4 range_bits:4",
  ranges = "ranges*4[.range]",
  tag = "tag_ranges*4[.range] tag:octets1",
  response_tag = "response_tag_ranges*4[.range]",
  ksa_key = "session:4 sequence:8",
  ksa_keys = "ksa_keys*4[.ksa_key]",
  spans = "first_bit:4 range_bits:4",
  results = ".ksa_key accepted:bool",
  link_alarm = "cause:1=LinkCause qber_known:bool qber:ratio",
  link_state = "link:4 neighbour:4 link_flags:1/neighbour_alive,pool_low status:1=LinkStatus "
    .. "key_rate_bps:8 pool_bits:8 .link_alarm",
  link_description = "link:4 length_m:4 risk_groups*1[risk_group:text] name:text fibres*1[fibre:text]",
  policy = "class:1=ResilienceClass trigger:1=ResilienceTrigger preemption:1=PreemptionMode "
    .. "policy_flags:1/extra_traffic,hold_off_auto,revertive,has_scheme priority:4 demand_bps:8 "
    .. "min_demand_bps:8 toleration:time hold_off:time wtr:time protection_reserve_bits:8 "
    .. "share_count:1 share_threshold:1 pool_low_keys:4 pool_high_keys:4 "
    .. "restoration:1=RestorationMode escalation:1=RouteEscalation window:time has_scheme?1[scheme_text:text]",
  route = "route:4 session:4 role:1=RouteRole floor_bits:8 kms*2[km:4]",
  entities = "link:4 same_modules:bool length_m:4 name:text fibres*2[fibre:text] risk_groups*2[risk_group:text]",
  advertisement = "origin:4 advertisement_sequence:8",
  forward = "route:4 number:8 .tag .response_tag",
  answer = "route:4 number:8 .tag failure:1=KxFailure failed_at:4",
  qos = "key_chunk_size:4 max_bps:4 min_bps:4 jitter:4 priority:4 timeout_ms:4 ttl_s:4 metadata_mimetype:text",
  usage = "supply_bits:8 working_bits:8 protection_bits:8 extra_bits:8",
  block = ".key_id generated:time final_key_bits:4 reserve_missing_bits:4 detections:8 sifted_bits:8 "
    .. "leaked_bits:8 estimation_bits:8 pulses:8 qber:ratio payload:rest",
  key_ids = "request_number:8 oldest:8 http_status:2 key_ids*2[key_id:uuid]",

  INTRODUCTION = "address:ip port:2",
  KEY_ID_NOTICE = ".key_ids",
  KEY_ID_ACKNOWLEDGEMENT = ".key_ids",

  DISTILLATION_REQUEST = ".block",
  DISTILLATION_PROBE = ".block",
  DISTILLATION_RESPONSE = ".key_id verdict:1/block_accepted,block_measured withheld_bits:4 payload:rest",
  MODULE_SIGNAL = "signal:1/good,standby,erroneous",
  STEP_REQUEST = ".key_id step_sequence:4 step:1=DistillationStep step_flags:1/authenticated,probe "
    .. "count:8 extra:8 step?2[generated:time final_key_bits:4 sifted_bits:8 leaked_bits:8 "
    .. "estimation_bits:8 qber:ratio] payload:rest",
  STEP_ANSWER = ".key_id step_sequence:4 step:1=DistillationStep step_verdict:1=StepVerdict "
    .. "withheld_bits:4 payload:rest",
  DISTILLATION_PART = ".key_id step_sequence:4 part:4 payload:rest",
  DISTILLATION_ABANDON = ".key_id step_sequence:4 part:4",

  KQ_KEY = ".key_id generated:time qber:ratio key_bits:4 source:key_source "
    .. "has_place?1[seed:8 generator_block:8 generator_bit:4] key:rest",
  KQ_KEY_ACK = ".key_id",
  KQ_LINK_STATUS = "link:4 status:1=LinkStatus .link_alarm",
  KQ_MODULE_COMMAND = "link:4 active:bool",

  KX_KEY_STORED = "decides_split:bool key_demand_bps:4 stored_keys*4[.key_id key_bits:4 low_bits:4]",
  KX_KEY_REFUSED = ".key_id",
  KX_SHARE_REQUEST = "share_request:4 asked_bits:8 key_demand_bps:4",
  KX_SHARE_GRANT = "share_request:4 .ranges",
  KX_AGREEMENT = "holdings*4[.key_id unconfirmed:bool key_bits:4 own*4[.spans] peer*4[.spans]] .ksa_keys",
  KX_LINK_STATUS = "link:4 status:1=LinkStatus",
  KX_SUPPLY_NOTIFICATION = ".tag .response_tag notified_keys*2[.ksa_key pooled:bool .ranges]",
  KX_SUPPLY_RESPONSE = ".tag results*2[.results]",
  KX_KEY_VOID = ".ksa_keys",
  KX_KEY_RELAY = ".forward body@4[oldest_open:8 scheme:1=KxRelayScheme "
    .. "relayed_keys*4[.ksa_key share:1 key_bits:4] pad*4[.range] cipher:octets4]",
  KX_RELAY_COMPLETION = ".answer body@4[results*4[.results]]",
  KX_RELAY_FAILURE = ".answer failure_body:octets4",
  KX_RELAY_VOID = "route:4 numbers*4[number:8] .ksa_keys",
  KX_RELAY_VOIDED = ".KX_RELAY_VOID",
  KX_RELAYED_NOTIFICATION = ".forward body@4[.ksa_keys]",
  KX_RELAYED_RESPONSE = ".answer body@4[results*4[.results]]",
  KX_ROUTE_SWITCH = "route:4 switch_number:4 active:bool preemption:1=PreemptionMode",
  KX_ROUTE_SWITCHED = ".KX_ROUTE_SWITCH",
  KX_ROUTE_STATUS = "route:4 hop:4 condition:1=ResilienceTrigger failed:bool hold_over:time",
  KX_MASKED_KEYS = "route:4 number:8 masked_tag:octets4 cipher:octets4",
  KX_STREAM_SYNC = ".forward body@4[streams*2[stream:uuid stream_status:1=KeyStreamStatus "
    .. "master_connected:bool connection:8 .qos oldest_chunk:4 chunks*2[chunk:4 sequence:8 chunk_hops:1]]]",
  KX_STREAM_STATE = ".answer body@4[streams*2[stream:uuid connection:8 .qos wanted:4 "
    .. "chunk_results*2[chunk:4 accepted:bool]]]",
  KX_STREAM_ASK = "route:4",
  KX_LINK_STATE = "advertisements*4[.advertisement age:time hops*4[neighbour:4 "
    .. "hop_flags:1/usable,low key_rate_bps:8 residual_bps:8]]",
  KX_LINK_STATE_SUMMARY = "advertisements*4[.advertisement]",
  KX_ROUTE_SET_UP = "route:4 set_up_number:4 goes_on:bool session:4 role:1=RouteRole floor_bits:8 "
    .. "demand_bps:8 lifetime:time kms*2[km:4]",
  KX_ROUTE_SET_UP_ANSWER = "route:4 set_up_number:4 failure:1=KxFailure failed_at:4",
  KX_ROUTE_TEAR_DOWN = "route:4 set_up_number:4",

  CK_REGISTRATION = "km:4 links*4[.link_state] descriptions*4[.link_description] name:text",
  CK_LINK_REPORT = ".link_state",
  CK_SESSION_REQUEST = "session:4 master_km:4 slave_km:4 key_size_bits:4 .policy",
  CK_ROUTE_EVENT = "session:4 route:4 event:1=RouteEventKind trigger:1=ResilienceTrigger failed_hop:4",
  CK_ACKNOWLEDGEMENT = "command:4 done:bool reason:text",
  CK_USAGE_REPORT = "epoch:8 report:8 usages*2[session:4 .usage]",
  CK_ROUTE_LIST = "routes*4[route:4]",
  CK_SUPERSEDED = "term:4 controller:4",
  CK_ROUTE_INSTALL = "command:4 .route",
  CK_ROUTE_RELEASE = "command:4 route:4",
  CK_SESSION_ROUTES = "command:4 session:4 working_route:4 protection_route:4 recovery_route:4 "
    .. "further*1[route:4] refusal:text rates*1[rate_bps:8]",
  CK_SESSION_RATE = "command:4 session:4 granted_bps:8",
  CK_ROLE = "term:4 controller:4",

  MC_LINK_STATUS = "link:4 km_a:4 km_b:4 status:1=LinkStatus key_rate_bps:8 pool_bits:8 "
    .. "end_flags:1/a_reports,b_reports,a_sees_b,b_sees_a",
  MC_SESSION_STATUS = "session:4 class:1=ResilienceClass working_route:4 protection_route:4 "
    .. "recovery_route:4 state:session_state further*1[route:4] promised_bps:8",
  MC_ROUTE_STATUS = ".route route_state:1=McRouteState",
  MC_OPERATION = "operation:1=McOperationKind session:4 from_route:4 to_route:4 informed:time "
    .. "decided:time completed:time within_toleration:bool demand_bps:8 recovered_bps:8 route_count:1",
  MC_ALARM = "link:4 km:4 status:1=LinkStatus .link_alarm informed:time",
  MC_CHARGING_RECORD = "session:4 class:1=ResilienceClass opened:time until:time violations:8 "
    .. "excess:time base_amount:8 credit_amount:8 supply_bits:8 supply_amount:8 working_bits:8 "
    .. "working_amount:8 protection_bits:8 protection_amount:8 extra_bits:8 extra_amount:8",
  MC_LINK_DESCRIPTION = "km_a:4 km_b:4 .link_description",
  MC_KM_STATUS = "km:4 reachable:bool name:text",
  MC_ROUTE_LIST = "routes*4[route:4]",
  MC_ROLE = "term:4 controller:4",
  MC_POLICY = "policy:4 may_restore:bool may_preempt:bool abandon_on_toleration:bool max_hops:4",
  MC_POLICY_ACCEPTED = "policy:4",

  MQ_GROUP_STATUS = "group:4 status_number:4 name:text group_class:1=GroupClass group_end:1 group_state:1=GroupState "
    .. "reason:text working*1[link:4 group_state:1=GroupState selected:entity reason:text] "
    .. "protection*1[link:4 same_modules:bool entity_condition:1=EntityCondition used_by:1]",

  CX_ROLE = "term:4 controller:4 active:bool",
  CX_SESSION = "request@4[.CK_SESSION_REQUEST] working_route:4 protection_route:4 recovery_route:4 "
    .. "active_route:4 candidate_route:4 replaced_route:4 further*4[route:4] "
    .. "further_recovery*4[route:4] further_candidates*4[route:4] further_replaced*4[route:4] "
    .. "candidate_bps:8 recovered_bps:8 granted_bps:8 window_end:time "
    .. "session_flags:1/announced,spare_taken,told_spare_taken suspended_by:4 "
    .. "suspends*4[session:4] session_step:1=SessionStep informed:time decided:time "
    .. "routes*4[install@4[.CK_ROUTE_INSTALL] demand_bps:8 route_flags:1/promised,installed]",
  CX_ACCOUNT = "session:4 class:1=ResilienceClass toleration:time opened:time violations:8 "
    .. "excess:time is_interrupted:bool interrupted:time changed:time "
    .. "counters*4[km:4 epoch:8 report:8 .usage]",

  COPS_SELECT = "switch_request:4 switch:4 switch_port:4",
  COPS_OUTCOME = "switch_request:4 success:bool",
  COPS_ALARM = "switch:4 failed:bool",

  CQ_REGISTRATION = "group:4 name:text group_end:1 revertive:bool wtr:time start_timeout:time "
    .. "last_command:8 working*1[.entities] protection*1[.entities]",
  CQ_STATUS = "group:4 working*1[entity_condition:1=EntityCondition selected:entity generating:bool] "
    .. "protection*1[entity_condition:1=EntityCondition]",
  CQ_SELECT = "group:4 group_command:8 working_entity:1 selected:entity",
  CQ_ACKNOWLEDGEMENT = "group:4 group_command:8 done:bool reason:text",

  MK_REGISTER = "km:4 policy:4",
  MK_ACKNOWLEDGE = "policy:4 done:bool",
  MK_POLICY = "policy:4 policy_permissions:1/may_switch,may_carry_extra reserve_bits:8",

  -- datagrams
  HELLO = "version:1 multiplier:1 starts:1 losses:1 interval_us:4 hello_sequence:8 heard:8",
  APS = "version:1 group:4 working_entity:1 aps_request:1=ApsRequest fault_path:1=Entity "
    .. "data_path:1=Entity protection_entity:1 failed_protection:4 .incident",
  FRAME = "version:1 flags:1 type:2 body_length:4 .incident",
  incident = "incident.node:4 incident.counter:4",
}
