// NumPy's .npy files: https://numpy.org/neps/nep-0001-npy-format.html
#pragma once

#include <irkit/irkit.h>

#include <string>
#include <vector>

/// An array in memory of its own.
struct Array {
    irkit_dtype dtype = IRKIT_UNDEFINED;
    std::vector<int64_t> dims;
    std::vector<char> data;

    /// Points into this array, which must outlive it.
    irkit_tensor tensor();
};

/// Versions 1 to 3, little-endian numbers and bool, C order. Throws std::runtime_error with one line that
/// names the file.
Array read_npy(const std::string& path);

/// Throws std::runtime_error for dtypes that NumPy does not know, and when the file cannot be written.
void write_npy(const std::string& path, const irkit_tensor& tensor);

/// The same, of and to the bytes of such a file.
Array parse_npy(const std::string& bytes);
std::string format_npy(const irkit_tensor& tensor);
