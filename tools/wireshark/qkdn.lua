-- SPDX-License-Identifier: GPL-2.0-only
--
-- Wireshark dissector of the messages of qkdn-resilience: frames on TCP (Kq, Kx, Ck, Cq, Cx, Mc,
-- Mk, Mq, Cops, distillation, key IDs between applications), hellos and APS on UDP. Ak is HTTP,
-- which Wireshark knows.
--
--   wireshark -X lua_script:tools/wireshark/qkdn.lua -o tcp.reassemble_out_of_order:TRUE FILE.pcap
--
-- Fields of one name are one filter in all messages: qkdn.session == 1, qkdn.incident.node == 3.
--
-- For good, put the three Lua files of this folder into the folder of personal Lua plugins.

-- The other files are next to this one, wherever that is.
local here = debug.getinfo(1, "S").source:match("^@(.*[/\\])") or "./"
local numbers = dofile(here .. "qkdn-numbers.lua")
local layouts = dofile(here .. "qkdn-layouts.lua")
local message_types, enumerations = numbers.message_types, numbers.enumerations

local PORTS = "7000-7002,7010-7014,7020-7021,7030-7033,7040-7041"
local HEADER_BYTES = 16
local HELLO_BYTES = 24
local SUPPLY_STATES = 7
local STEP_AMPLIFICATION = 5

local qkdn = Proto("qkdn", "QKD network (qkdn-resilience)")
local fields = {}
local malformed = ProtoExpert.new("qkdn.malformed", "Not as its type says", expert.group.MALFORMED,
  expert.severity.ERROR)
local unknown = ProtoExpert.new("qkdn.unknown", "Message of an unknown type", expert.group.UNDECODED,
  expert.severity.WARN)
qkdn.experts = { malformed, unknown }

-- Names of the types as they are on the wire: the steps of distillation are added to theirs.
local type_names = { [0] = "INTRODUCTION" }
local type_layouts = { [0] = "INTRODUCTION" }
for number, name in pairs(message_types) do
  if name == "STEP_REQUEST" or name == "STEP_ANSWER" then
    for step = 1, STEP_AMPLIFICATION do
      type_names[number + step] = name .. " " .. enumerations.DistillationStep[step]
      type_layouts[number + step] = name
    end
  else
    type_names[number] = name
    type_layouts[number] = name
  end
end

-- What a field is called, with the unit that its name ends with.
local UNITS = { bps = "bit/s", bits = "bit", m = "m", us = "us", ms = "ms", s = "s" }
local function title(name)
  local text, unit = name:match("^(.*)_(%l+)$")
  if not UNITS[unit] then
    text, unit = name, nil
  end
  text = text:gsub("[_.]", " "):gsub("^%l", string.upper)
  return unit and text .. " (" .. UNITS[unit] .. ")" or text
end

-- Makes a field, once for all layouts that have one of this name.
local made = {}
local function make(name, kind, how)
  if fields[name] then
    assert(made[name] == kind, "qkdn." .. name .. " is of two kinds")
  else
    fields[name] = how("qkdn." .. name, title(name))
    made[name] = kind
  end
  return fields[name]
end

-- Number of N bytes, of an enumeration or with names of flags.
local NUMBERS = { [1] = ProtoField.uint8, [2] = ProtoField.uint16, [4] = ProtoField.uint32, [8] = ProtoField.uint64 }
local function number_field(name, bytes, values)
  return make(name, bytes .. (values or ""), function(filter, text)
    return NUMBERS[bytes](filter, text, base.DEC, values and enumerations[values])
  end)
end

local function plain_field(name, kind)
  return make(name, kind, function(filter, text)
    return ProtoField[kind](filter, text)
  end)
end

-- A reader: place in a message, its end, and the numbers read so far by their names.
local function take(reader, bytes)
  if reader.at + bytes > reader.stop then
    error({ short = true })
  end
  local range = reader.tvb(reader.at, bytes)
  reader.at = reader.at + bytes
  return range
end

local function size_of(reader, bytes)
  return take(reader, bytes):uint()
end

local function add_octets(reader, tree, field, count)
  if count > 0 then
    tree:add(field, take(reader, count))
  end
end

local kinds = {}

function kinds.bool(name)
  local field = make(name, "bool", function(filter, text)
    return ProtoField.bool(filter, text)
  end)
  return function(reader, tree)
    tree:add(field, take(reader, 1))
  end
end

function kinds.time(name)
  local field = plain_field(name, "relative_time")
  return function(reader, tree)
    local range = take(reader, 8)
    local ns = range:int64()
    local s = (ns / Int64(1000000000)):tonumber()
    tree:add(field, range, NSTime(s, (ns % Int64(1000000000)):tonumber()))
  end
end

function kinds.ratio(name)
  local field = plain_field(name, "double")
  return function(reader, tree)
    local range = take(reader, 4)
    tree:add(field, range, range:uint() / 4294967295)
  end
end

function kinds.text(name)
  local field = plain_field(name, "string")
  return function(reader, tree)
    add_octets(reader, tree, field, size_of(reader, 1))
  end
end

function kinds.octets(name, bytes)
  local field = plain_field(name, "bytes")
  return function(reader, tree)
    add_octets(reader, tree, field, size_of(reader, bytes))
  end
end

function kinds.rest(name)
  local field = plain_field(name, "bytes")
  return function(reader, tree)
    add_octets(reader, tree, field, reader.stop - reader.at)
  end
end

function kinds.uuid(name)
  local field = plain_field(name, "guid")
  return function(reader, tree)
    tree:add(field, take(reader, 16))
  end
end

function kinds.ip(name)
  local field = plain_field(name, "ipv4")
  return function(reader, tree)
    tree:add(field, take(reader, 4))
  end
end

function kinds.entity(name)
  local field = number_field(name, 1)
  return function(reader, tree)
    local range = take(reader, 1)
    local value = range:uint()
    local kind = value >= 0x80 and "protection" or "working"
    tree:add(field, range, value % 0x80, nil, "(" .. kind .. " entity)")
  end
end

-- The supply state of a session, and flags as multiples of the number of states.
function kinds.session_state(name)
  local state = number_field("supply_state", 1, "McSupplyState")
  local flags = kinds.flags("status_flags", 1, "shares_risk,status_spare_taken,rate_reduced")
  return function(reader, tree)
    local range = take(reader, 1)
    tree:add(state, range, range:uint() % SUPPLY_STATES)
    flags(reader, tree, range, math.floor(range:uint() / SUPPLY_STATES))
  end
end

-- Where a QKD-key comes from: whether its place in the generator follows, and the module.
function kinds.key_source(name)
  local place = plain_field("has_place", "bool")
  local module = number_field("module", 1, "ModuleEnd")
  return function(reader, tree)
    local range = take(reader, 1)
    reader.values.has_place = range:uint() % 2
    tree:add(place, range, range:uint() % 2 == 1)
    tree:add(module, range, math.floor(range:uint() / 2))
  end
end

function kinds.flags(name, bytes, names)
  local whole = make(name, "flags", function(filter, text)
    return NUMBERS[bytes](filter, text, base.HEX)
  end)
  local bits, flags = {}, {}
  for flag in names:gmatch("[%w_]+") do
    bits[#bits + 1] = plain_field(flag, "bool")
    flags[#flags + 1] = flag
  end
  return function(reader, tree, range, value)
    range = range or take(reader, bytes)
    value = value or range:uint()
    local branch = tree:add(whole, range, value)
    for i, bit in ipairs(bits) do
      local set = math.floor(value / 2 ^ (i - 1)) % 2
      branch:add(bit, range, set == 1)
      reader.values[flags[i]] = set
    end
    if value >= 2 ^ #bits then
      error({ short = false })
    end
  end
end

function kinds.number(name, bytes, values)
  local field = number_field(name, bytes, values)
  return function(reader, tree)
    local range = take(reader, bytes)
    tree:add(field, range)
    if bytes < 8 then
      reader.values[name] = range:uint()
      if values and not enumerations[values][range:uint()] then
        error({ short = false })
      end
    end
  end
end

-- Layouts become lists of functions that each read a field.
local compile

local function compile_field(name, kind)
  local bytes, mark, rest = kind:match("^(%d)([=/]?)(.*)$")
  if mark == "/" then
    return kinds.flags(name, tonumber(bytes), rest)
  elseif bytes then
    return kinds.number(name, tonumber(bytes), mark == "=" and rest or nil)
  end
  local octets = kind:match("^octets(%d)$")
  if octets then
    return kinds.octets(name, tonumber(octets))
  end
  return assert(kinds[kind], "no kind of field: " .. kind)(name)
end

local function run(steps, reader, tree)
  for _, step in ipairs(steps) do
    step(reader, tree)
  end
end

local function compile_list(name, count, steps)
  local bytes = tonumber(count)
  local field = plain_field(name, "none")
  return function(reader, tree)
    local start = reader.at
    local number = size_of(reader, bytes)
    local branch = tree:add(field, reader.tvb(start, bytes)):append_text(": " .. number)
    for i = 1, number do
      local first = reader.at
      local item = branch:add(qkdn, reader.tvb(first), "")
      item:set_text(i)
      run(steps, reader, item)
      item:set_len(reader.at - first)
    end
    branch:set_len(reader.at - start)
  end
end

local function compile_part(name, bytes, steps)
  local field = plain_field(name, "none")
  return function(reader, tree)
    local start = reader.at
    local length = size_of(reader, bytes)
    if length == 0 then
      return
    end
    local part = { tvb = reader.tvb, at = reader.at, stop = reader.at + length, values = {} }
    take(reader, length)
    run(steps, part, tree:add(field, reader.tvb(start, bytes + length)))
    if part.at ~= part.stop then
      error({ short = false })
    end
  end
end

local function compile_block(name, mark, count, inner)
  local steps = compile(inner)
  if mark == "*" then
    return compile_list(name, count, steps)
  elseif mark == "@" then
    return compile_part(name, tonumber(count), steps)
  end
  local wanted = tonumber(count)
  return function(reader, tree)
    if reader.values[name] == wanted then
      run(steps, reader, tree)
    end
  end
end

function compile(text)
  local steps = {}
  local at = 1
  while at <= #text do
    local name, mark, count, inner, stop = text:match("^%s*([%w_.]+)([*@?])(%d)(%b[])()", at)
    if name then
      steps[#steps + 1] = compile_block(name, mark, count, inner:sub(2, -2))
    else
      local word
      word, stop = text:match("^%s*(%S+)%s*()", at)
      local field, kind = word:match("^([%w_.]+):(%S+)$")
      if field then
        steps[#steps + 1] = compile_field(field, kind)
      else
        local other = assert(layouts[word:match("^%.(%S+)$") or ""], "not a field: " .. word)
        for _, step in ipairs(compile(other)) do
          steps[#steps + 1] = step
        end
      end
    end
    at = stop
  end
  return steps
end

enumerations.MessageType = type_names
local type_field = make("type", "2", function(filter, text)
  return ProtoField.uint16(filter, text, base.HEX, type_names)
end)

local compiled = {}
for name, text in pairs(layouts) do
  compiled[name] = compile(text)
end
for _, name in pairs(type_layouts) do
  assert(compiled[name], "no layout of " .. name)
end
qkdn.fields = fields

-- Shows what is from a place to another; nothing may be left, and nothing missing.
local function show(name, tvb, start, stop, tree)
  local reader = { tvb = tvb, at = start, stop = stop, values = {} }
  local good, problem = pcall(run, compiled[name], reader, tree)
  if not good and type(problem) ~= "table" then
    error(problem)
  end
  if not good or reader.at ~= stop then
    local text = good and "bytes are left" or (problem.short and "too short" or "impossible value")
    tree:add_proto_expert_info(malformed, name .. ": " .. text)
  end
  return good
end

local function is_frame(tvb)
  return tvb:len() >= HEADER_BYTES and tvb(0, 2):uint() == 0x0100 and type_names[tvb(2, 2):uint()] ~= nil
end

local function protocol_of(name)
  local prefix = name:match("^(%u%l?%u?)_") or name:match("^(%u+)_")
  local points = { KQ = "Kq", KX = "Kx", CK = "Ck", CQ = "Cq", CX = "Cx", MC = "Mc", MK = "Mk", MQ = "Mq" }
  return "QKDN " .. (points[prefix] or "")
end

local function dissect_frame(tvb, pinfo, root)
  local number = tvb(2, 2):uint()
  local name = type_names[number]
  local tree = root:add(qkdn, tvb(), "QKD network, " .. (name or string.format("type 0x%04x", number)))
  local header = tree:add(qkdn, tvb(0, HEADER_BYTES), "Frame header")
  show("FRAME", tvb, 0, HEADER_BYTES, header)
  pinfo.cols.info:append((tostring(pinfo.cols.info) == "" and "" or ", ") .. (name or "unknown"))
  if not name then
    tree:add_proto_expert_info(unknown)
  else
    pinfo.cols.protocol = protocol_of(name)
    show(type_layouts[number], tvb, HEADER_BYTES, tvb:len(), tree)
  end
  return tvb:len()
end

local function frame_length(tvb, pinfo, offset)
  return HEADER_BYTES + tvb(offset + 4, 4):uint()
end

local function dissect_stream(tvb, pinfo, root)
  pinfo.cols.protocol = "QKDN"
  pinfo.cols.info = ""
  dissect_tcp_pdus(tvb, root, HEADER_BYTES, frame_length, dissect_frame)
  return tvb:len()
end

local function is_hello(tvb)
  return tvb:len() == HELLO_BYTES and tvb(0, 1):uint() == 1 and tvb(1, 1):uint() > 0 and tvb(2, 1):uint() > 0
end

local function dissect_datagram(tvb, pinfo, root)
  local name = is_hello(tvb) and "HELLO" or "APS"
  pinfo.cols.protocol = "QKDN"
  pinfo.cols.info = name
  show(name, tvb, 0, tvb:len(), root:add(qkdn, tvb(), "QKD network, " .. name))
  return tvb:len()
end

function qkdn.dissector(tvb, pinfo, root)
  if pinfo.port_type == 3 then
    return dissect_datagram(tvb, pinfo, root)
  end
  return dissect_stream(tvb, pinfo, root)
end

DissectorTable.get("tcp.port"):add(PORTS, qkdn)
DissectorTable.get("udp.port"):add(PORTS, qkdn)

-- Ports that scenarios give to QKD modules and applications: each connection begins with an
-- introduction, and hellos have one size.
qkdn:register_heuristic("tcp", function(tvb, pinfo, root)
  if not is_frame(tvb) then
    return false
  end
  pinfo.conversation = qkdn
  dissect_stream(tvb, pinfo, root)
  return true
end)

qkdn:register_heuristic("udp", function(tvb, pinfo, root)
  if not is_hello(tvb) then
    return false
  end
  dissect_datagram(tvb, pinfo, root)
  return true
end)
