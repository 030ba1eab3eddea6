// What a service sees of the world besides its input (standard input) and output (standard output).
// For C and C++; other languages have the same functions, see README.md.
#ifndef TEEX_H
#define TEEX_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TEEX_IMPORT(name) __attribute__((import_module("teex"), import_name(#name)))

// How many data sets the order brings.
TEEX_IMPORT(dataset_count) int32_t teex_dataset_count(void);

// Bytes of the data set at index, or -1 if there is none.
TEEX_IMPORT(dataset_size) int64_t teex_dataset_size(int32_t index);

// Copies up to length bytes from offset on; returns how many, or -1 if there is no such data set.
TEEX_IMPORT(dataset_read)
int32_t teex_dataset_read(int32_t index, int64_t offset, void *to, int32_t length);

// Bytes of the input, whatever was already read from standard input.
TEEX_IMPORT(input_size) int32_t teex_input_size(void);

// Copies up to length bytes of the input from offset on; returns how many, or -1.
TEEX_IMPORT(input_read) int32_t teex_input_read(uint32_t offset, void *to, int32_t length);

// Appends to the output, as standard output does, without a buffer between; returns 0, or -1.
TEEX_IMPORT(output_write) int32_t teex_output_write(const void *from, int32_t length);

// For the service's author: shown as a line by `teex dev test`, and by nobody and nowhere else. It costs the same fuel
// either way. Returns 0, or -1.
TEEX_IMPORT(log) int32_t teex_log(const void *from, int32_t length);

// Runs a model that the image brings, by its place in it. Tensors come and go one behind the other, in the order of the
// model: words of 32 bits, little-endian, for the type (1 float, 6 int32, 7 int64), the rank and each dimension, then the
// elements. What it costs follows from their shapes, see docs/fuel.md. Returns the bytes of the outputs, or:
// -1 no such model, or inputs that do not fit it; -2 outputs beyond room; -3 the model failed on the elements.
TEEX_IMPORT(infer)
int32_t teex_infer(int32_t model, const void *inputs, int32_t length, void *outputs, int32_t room);

#ifdef __cplusplus
}
#endif

#endif
