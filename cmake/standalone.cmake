# Build against an installed ns-3 (for example Debian's libns3-dev 3.37).
# Included by the top-level CMakeLists.txt only when build_lib does not exist.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

option(QKDN_TESTS "Build the test runner" ON)
option(QKDN_EXAMPLES "Build the examples" ON)
option(QKDN_ASSERT "Turn on NS_ASSERT in this module's own code" ON)
option(QKDN_WERROR "Treat warnings as errors" OFF)
set(QKDN_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined")
if(QKDN_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  option(QKDN_FUZZ "Build the fuzz targets (Clang with sanitizers)" ON)
endif()

include(GNUInstallDirs)
include(CTest)

# ns-3 installs its package with COMPATIBILITY ExactVersion, so no version is asked here,
# and without check_required_components, so components would be ignored.
find_package(ns3 CONFIG REQUIRED)
if(ns3_VERSION MATCHES "dev") # "3.dev"
  set(QKDN_NS3_RELEASE 3.999)
else()
  set(QKDN_NS3_RELEASE ${ns3_VERSION})
endif()
if(QKDN_NS3_RELEASE VERSION_LESS 3.37)
  message(FATAL_ERROR "qkdn-resilience needs ns-3.37 or newer, found ${ns3_VERSION}")
endif()
message(STATUS "qkdn-resilience: found ns-3 ${ns3_VERSION} (${ns3_DIR})")
find_package(Boost REQUIRED)
find_package(GSL REQUIRED)
find_package(nlohmann_json REQUIRED)

include(${CMAKE_CURRENT_LIST_DIR}/ns3-imported.cmake)

# Imported targets are ns3::libcore up to ns-3.42 and ns3::core from ns-3.43.
function(qkdn_ns3_targets out)
  set(found)
  foreach(module IN LISTS ARGN)
    if(TARGET ns3::${module})
      list(APPEND found ns3::${module})
    elseif(TARGET ns3::lib${module})
      list(APPEND found ns3::lib${module})
    else()
      message(STATUS "qkdn-resilience: this ns-3 has no ${module} module")
      set(found NOTFOUND)
      break()
    endif()
  endforeach()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

qkdn_ns3_targets(
  qkdn_dependencies core network internet applications point-to-point traffic-control stats
                    virtual-net-device flow-monitor
)
if(NOT qkdn_dependencies)
  message(FATAL_ERROR "qkdn-resilience: a required ns-3 module is missing")
endif()

# The C++ standard that the ns-3 headers need. CMAKE_CXX_STANDARD, and not only
# target_compile_features, so that compile_commands.json says it (clang-tidy needs it).
if(QKDN_NS3_RELEASE VERSION_LESS 3.41)
  set(qkdn_cxx_standard 17)
elseif(QKDN_NS3_RELEASE VERSION_LESS 3.46)
  set(qkdn_cxx_standard 20)
else()
  set(qkdn_cxx_standard 23)
endif()
if(NOT DEFINED CMAKE_CXX_STANDARD)
  set(CMAKE_CXX_STANDARD ${qkdn_cxx_standard})
endif()
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Were the ns-3 libraries built with logging? Some ns-3 classes (UdpClient) have members
# under #ifdef NS3_LOG_ENABLE, so a consumer has to be compiled the same way. From ns-3.40
# the imported targets say it; before, find out: with logging off no component registers.
if(QKDN_NS3_RELEASE VERSION_LESS 3.40 AND NOT DEFINED QKDN_NS3_HAS_LOG)
  file(WRITE "${CMAKE_BINARY_DIR}/check-log.cc"
       "#include <ns3/log.h>\n#include <ns3/simulator.h>\n"
       "int main()\n{\n    ns3::Simulator::Destroy();\n"
       "    return ns3::LogComponent::GetComponentList()->empty() ? 1 : 0;\n}\n"
  )
  try_run(
    qkdn_log_run qkdn_log_compiled "${CMAKE_BINARY_DIR}/check-log"
    "${CMAKE_BINARY_DIR}/check-log.cc"
    LINK_LIBRARIES ${qkdn_dependencies}
    CXX_STANDARD ${qkdn_cxx_standard} CXX_STANDARD_REQUIRED ON
    COMPILE_OUTPUT_VARIABLE qkdn_log_output
  )
  if(NOT qkdn_log_compiled)
    message(FATAL_ERROR "qkdn-resilience: a first ns-3 program did not compile:\n${qkdn_log_output}")
  endif()
  if(qkdn_log_run EQUAL 0)
    set(QKDN_NS3_HAS_LOG ON CACHE BOOL "The ns-3 libraries were built with logging")
  else()
    set(QKDN_NS3_HAS_LOG OFF CACHE BOOL "The ns-3 libraries were built with logging")
  endif()
  message(STATUS "qkdn-resilience: ns-3 libraries have logging: ${QKDN_NS3_HAS_LOG}")
endif()

if(QKDN_SANITIZE)
  add_compile_options(-fsanitize=${QKDN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${QKDN_SANITIZE})
endif()
# what takes tests their time is the library
set(qkdn_test_options -O0)

# Own headers under a flat ns3/ folder, as build_lib does (one-line stubs, so that
# compilers report, and editors open, the real file).
set(qkdn_include_dir "${CMAKE_BINARY_DIR}/include")
set(qkdn_module_header "#ifndef NS3_MODULE_QKDN_RESILIENCE\n#define NS3_MODULE_QKDN_RESILIENCE\n")
foreach(header IN LISTS qkdn_headers)
  get_filename_component(name "${header}" NAME)
  file(GENERATE OUTPUT "${qkdn_include_dir}/ns3/${name}"
       CONTENT "#include \"${CMAKE_CURRENT_SOURCE_DIR}/${header}\"\n"
  )
  string(APPEND qkdn_module_header "#include <ns3/${name}>\n")
endforeach()
string(APPEND qkdn_module_header "#endif\n")
file(GENERATE OUTPUT "${qkdn_include_dir}/ns3/qkdn-resilience-module.h"
     CONTENT "${qkdn_module_header}"
)

if(QKDN_FUZZ)
  include(${CMAKE_CURRENT_LIST_DIR}/fuzz.cmake)
else()
  set(qkdn_other_sources ${qkdn_sources})
endif()
add_library(qkdn-resilience SHARED ${qkdn_other_sources} ${qkdn_headers} ${qkdn_private_headers})
add_library(qkdn::qkdn-resilience ALIAS qkdn-resilience)
target_include_directories(
  qkdn-resilience PUBLIC $<BUILD_INTERFACE:${qkdn_include_dir}>
                         $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
)
target_link_libraries(
  qkdn-resilience
  PUBLIC ${qkdn_dependencies}
  PRIVATE GSL::gsl Boost::headers nlohmann_json::nlohmann_json
)
# g++ of Debian and Ubuntu links with --as-needed: a program that names ns-3 types only in
# strings (ObjectFactory, Config, helpers) would lose the libraries and with them the types.
if(UNIX AND NOT APPLE)
  target_link_options(qkdn-resilience PUBLIC "LINKER:--no-as-needed")
endif()
target_compile_features(qkdn-resilience PUBLIC cxx_std_${qkdn_cxx_standard})
add_compile_options(-Wall -Wextra $<$<BOOL:${QKDN_WERROR}>:-Werror>)
target_compile_options(qkdn-resilience PRIVATE -Wall -Wextra $<$<BOOL:${QKDN_WERROR}>:-Werror>)
target_compile_definitions(
  qkdn-resilience
  PUBLIC $<$<BOOL:${QKDN_ASSERT}>:NS3_ASSERT_ENABLE>
)
qkdn_set_up_files("${ns3_VERSION}")
qkdn_unity_library(qkdn-resilience)
if(QKDN_NS3_RELEASE VERSION_LESS 3.40) # later the imported targets bring the definitions
  target_compile_definitions(
    qkdn-resilience
    PUBLIC HAVE_GSL $<$<BOOL:${QKDN_NS3_HAS_LOG}>:NS3_LOG_ENABLE>
           $<IF:$<CONFIG:Debug>,NS3_BUILD_PROFILE_DEBUG,NS3_BUILD_PROFILE_RELEASE>
  )
endif()
if(QKDN_FUZZ)
  qkdn_add_parsers(qkdn-resilience)
endif()
set_target_properties(
  qkdn-resilience PROPERTIES OUTPUT_NAME ns3-qkdn-resilience VERSION ${PROJECT_VERSION}
                             SOVERSION ${PROJECT_VERSION_MAJOR}
)

add_subdirectory(fuzz)

# examples/CMakeLists.txt is shared with the in-tree mode: give it the same command.
set(ENABLE_MPI FALSE) # no mpi module: examples/CMakeLists.txt asks
if(QKDN_EXAMPLES)
  # the ${lib...} names of the in-tree mode, and a mark for modules this ns-3 lacks
  foreach(module core network internet applications flow-monitor mobility netanim stats
                 point-to-point csma traffic-control topology-read internet-apps fd-net-device
  )
    qkdn_ns3_targets(target ${module})
    if(target)
      set(lib${module} ${target})
    else()
      set(lib${module} qkdn-missing-module)
    endif()
  endforeach()
  set(libqkdn-resilience qkdn-resilience)
  function(build_lib_example)
    cmake_parse_arguments(ARG "IGNORE_PCH" "NAME" "SOURCE_FILES;HEADER_FILES;LIBRARIES_TO_LINK" ${ARGN})
    if(qkdn-missing-module IN_LIST ARG_LIBRARIES_TO_LINK)
      message(STATUS "qkdn-resilience: example ${ARG_NAME} skipped (missing ns-3 module)")
      return()
    endif()
    add_executable(${ARG_NAME} ${ARG_SOURCE_FILES})
    target_link_libraries(${ARG_NAME} PRIVATE qkdn-resilience ${ARG_LIBRARIES_TO_LINK})
  endfunction()
  add_subdirectory(examples)
endif()

if(QKDN_TESTS AND BUILD_TESTING)
  add_executable(qkdn-test-runner ${qkdn_tests} ${CMAKE_CURRENT_LIST_DIR}/test-runner.cc)
  target_link_libraries(
    qkdn-test-runner PRIVATE qkdn-resilience GSL::gsl nlohmann_json::nlohmann_json
  )
  qkdn_set_up_tests(qkdn-test-runner "${ns3_VERSION}")
  set_source_files_properties(
    ${CMAKE_CURRENT_LIST_DIR}/test-runner.cc PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
  )
  # one ctest entry a TestSuite; ns-3 has no test.py outside of its source tree
  foreach(suite IN LISTS qkdn_suites)
    add_test(NAME ${suite} COMMAND qkdn-test-runner --suite=${suite} --verbose)
  endforeach()
  # the longest first, so that none is left to run alone at the end
  set_tests_properties(
    qkdn-key-properties qkdn-relay-routes qkdn-requirements-run qkdn-key-relay qkdn-outages
    PROPERTIES COST 100
  )
  if(QKDN_EXAMPLES)
    add_test(NAME program-exit-codes
             COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/test/program-exit-codes.sh"
                     $<TARGET_FILE:qkdn-scenario> $<TARGET_FILE:qkdn-key-rate>
                     $<TARGET_FILE:qkdn-benchmark> $<TARGET_FILE:qkdn-routes>
                     $<TARGET_FILE:qkdn-video-over-otp>
    )
    add_test(NAME program-campaign
             COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/test/program-campaign.sh"
                     $<TARGET_FILE:qkdn-campaign> $<TARGET_FILE:qkdn-scenario>
    )
    add_test(NAME program-dissector
             COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/test/program-dissector.sh"
                     $<TARGET_FILE:qkdn-message-samples> $<TARGET_FILE:qkdn-scenario>
    )
    set_tests_properties(program-dissector PROPERTIES SKIP_RETURN_CODE 77) # no tshark
    if(TARGET qkdn-emulation)
      add_test(NAME program-emulation
               COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/tools/emulation.sh"
                       $<TARGET_FILE:qkdn-emulation> "${CMAKE_BINARY_DIR}/results/emulation"
      )
      set_tests_properties(program-emulation PROPERTIES SKIP_RETURN_CODE 77) # no TAP devices
    endif()
    # test/examples-to-run.py is what test.py of ns-3 runs in its tree
    add_test(NAME program-examples COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/test/program-examples.py"
                                           "${CMAKE_CURRENT_BINARY_DIR}/examples"
    )
    if(NOT QKDN_SANITIZE)
      add_test(NAME program-package
               COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/test/program-package.sh" "${CMAKE_BINARY_DIR}"
                       "${CMAKE_CURRENT_SOURCE_DIR}/examples/qkdn-first.cc"
      )
    endif()
    if(TARGET qkdn-animation)
      add_test(NAME program-animation COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/test/program-animation.py"
                                              $<TARGET_FILE:qkdn-animation>
      )
    endif()
  endif()
endif()

# A program of a user's own finds the module as a package, installed or in its build folder.
include(CMakePackageConfigHelpers)
set(qkdn_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/qkdn-resilience)
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/package-config.cmake.in
  "${CMAKE_CURRENT_BINARY_DIR}/qkdn-resilience-config.cmake" INSTALL_DESTINATION ${qkdn_package_dir}
)
write_basic_package_version_file(
  "${CMAKE_CURRENT_BINARY_DIR}/qkdn-resilience-config-version.cmake" COMPATIBILITY ExactVersion
)
configure_file(
  ${CMAKE_CURRENT_LIST_DIR}/ns3-imported.cmake "${CMAKE_CURRENT_BINARY_DIR}/ns3-imported.cmake"
  COPYONLY
)
install(TARGETS qkdn-resilience EXPORT qkdn-resilience-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
)
export(EXPORT qkdn-resilience-targets NAMESPACE qkdn::)
install(EXPORT qkdn-resilience-targets NAMESPACE qkdn:: DESTINATION ${qkdn_package_dir})
install(FILES ${CMAKE_CURRENT_LIST_DIR}/ns3-imported.cmake
              "${CMAKE_CURRENT_BINARY_DIR}/qkdn-resilience-config.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/qkdn-resilience-config-version.cmake"
        DESTINATION ${qkdn_package_dir}
)
install(FILES ${qkdn_headers} "${qkdn_include_dir}/ns3/qkdn-resilience-module.h"
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ns3
)
