# cmake -DLIBRARY=libirkit.so -DSTRIP=strip -DLIMIT=150000 -P check_size.cmake
# Fails when the library, stripped as a distribution would, has more than LIMIT bytes.
set(stripped ${CMAKE_CURRENT_BINARY_DIR}/stripped.so)
execute_process(COMMAND ${STRIP} -o ${stripped} ${LIBRARY} COMMAND_ERROR_IS_FATAL ANY)
file(SIZE ${stripped} size)
message(STATUS "${LIBRARY}: ${size} bytes stripped, at most ${LIMIT} are allowed")
if(size GREATER LIMIT)
  message(FATAL_ERROR "the library has grown too large")
endif()
