// The arrangement of a PROGRAM that a file must have, from any other.
#pragma once

#include <string>

#include "checked.h"

/// `buffer`, a valid FlatBuffer of any arrangement (as flatc's code writes it), as Python's writer arranges
/// it.
std::string canonical(irkit::inside::Bytes buffer);
