// Writes a small model file for tests that are no C++ programs of ours: irkit-write-model PATH
#include <fstream>

#include "builder.h"

int main(int argc, char** argv) {
    if (argc != 2) return 1;
    std::ofstream file(argv[1], std::ios::binary);
    file << gemm_relu().bytes();
    return file ? 0 : 1;
}
