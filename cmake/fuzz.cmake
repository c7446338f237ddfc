# Targets of libFuzzer (folder fuzz) with Clang and sanitizers. The sources that read bytes or
# texts from outside are compiled for the fuzzer to see which ways it has gone through them; the
# rest of the library is not, which would slow the tests of the same build down.

set(qkdn_parsers ${qkdn_sources})
list(FILTER qkdn_parsers INCLUDE REGEX
     "(-codec|-csv-fields|-messages|-message|-header|-datagram|-assembler|-http-reader|-json|-usage-report|-charging-account|-charging-record|-byte-tags|-rate-trace|-qber-curve|-reader|helper/scenario/qkdn-.*)\\.cc$"
)
list(FILTER qkdn_parsers EXCLUDE REGEX "-(builder[a-z-]*|runner|master-messages|restoration-messages)\\.cc$")
set(qkdn_other_sources ${qkdn_sources})
list(REMOVE_ITEM qkdn_other_sources ${qkdn_parsers})

# Compiles the parsers into a library that was made without them.
function(qkdn_add_parsers library)
  add_library(qkdn-parsers OBJECT ${qkdn_parsers})
  set_target_properties(qkdn-parsers PROPERTIES POSITION_INDEPENDENT_CODE ON)
  foreach(property INCLUDE_DIRECTORIES COMPILE_DEFINITIONS COMPILE_OPTIONS COMPILE_FEATURES LINK_LIBRARIES)
    get_target_property(values ${library} ${property})
    if(values)
      set_property(TARGET qkdn-parsers PROPERTY ${property} "${values}")
    endif()
  endforeach()
  target_compile_options(qkdn-parsers PRIVATE -fsanitize=fuzzer-no-link)
  qkdn_unity_library(qkdn-parsers)
  target_sources(${library} PRIVATE $<TARGET_OBJECTS:qkdn-parsers>)
endfunction()
