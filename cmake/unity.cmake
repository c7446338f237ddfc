# Several source files in one run of the compiler (CMake's unity build), which halves the time
# of a full build: -DQKDN_UNITY=ON, for builds that start from nothing and are used once.
# A daily build is better off without: there a change costs one file, not a batch of them.

option(QKDN_UNITY "Compile source files in batches" OFF)

set(qkdn_unity_batch 12)
# tests: the headers of all, which each batch reads, take more time than a dozen of them
set(qkdn_unity_test_batch 34)

# A library's files: all in one namespace, with names of their own. ns-3's log component is a
# static variable of one name in each file, so here it gets the name of the file as well.
function(qkdn_unity_library target)
  if(NOT QKDN_UNITY)
    return()
  endif()
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/qkdn-unity-log.h"
       "#ifndef QKDN_UNITY_LOG_H\n#define QKDN_UNITY_LOG_H\n"
       "#define QKDN_UNITY_JOIN(a, b) a##b\n#define QKDN_UNITY_NAME(a, b) QKDN_UNITY_JOIN(a, b)\n"
       "#define g_log QKDN_UNITY_NAME(g_log_, QKDN_UNITY_FILE)\n#endif\n"
  )
  set_target_properties(
    ${target}
    PROPERTIES UNITY_BUILD ON
               UNITY_BUILD_BATCH_SIZE ${qkdn_unity_batch}
               UNITY_BUILD_UNIQUE_ID QKDN_UNITY_FILE
               UNITY_BUILD_CODE_BEFORE_INCLUDE
               "#include \"${CMAKE_CURRENT_BINARY_DIR}/qkdn-unity-log.h\""
  )
endfunction()

# Tests: each file gets a namespace of its own, so all headers have to come before.
function(qkdn_unity_tests target source_dir)
  if(NOT QKDN_UNITY)
    return()
  endif()
  set(includes)
  foreach(test IN LISTS qkdn_tests)
    file(STRINGS "${source_dir}/${test}" lines REGEX "^#include ")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "#include \"(qkdn-[^\"]*)\"" "#include \"${source_dir}/test/\\1\"" line "${line}")
      list(APPEND includes "${line}")
    endforeach()
    file(STRINGS "${source_dir}/${test}" outer REGEX "^(namespace ns3|ns3::)" LIMIT_COUNT 1)
    if(outer)
      set_source_files_properties(${test} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
  list(REMOVE_DUPLICATES includes)
  list(SORT includes)
  list(JOIN includes "\n" includes)
  set(header "${CMAKE_CURRENT_BINARY_DIR}/qkdn-unity-tests.h")
  file(WRITE "${header}" "#ifndef QKDN_UNITY_TESTS_H\n#define QKDN_UNITY_TESTS_H\n${includes}\n#endif\n")
  set_target_properties(
    ${target}
    PROPERTIES UNITY_BUILD ON
               UNITY_BUILD_BATCH_SIZE ${qkdn_unity_test_batch}
               UNITY_BUILD_UNIQUE_ID QKDN_UNITY_FILE
               UNITY_BUILD_CODE_BEFORE_INCLUDE
               "#include \"${header}\"\nnamespace QKDN_UNITY_FILE\n{"
               UNITY_BUILD_CODE_AFTER_INCLUDE "}"
  )
  # classes of tests may use anonymous namespaces: they stand in a main file, only not to its eyes
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
