// What a service sees of the world besides its input (standard input) and output (standard output).
#ifndef TEEX_H
#define TEEX_H

#include <stdint.h>

#define TEEX_IMPORT(name) __attribute__((import_module("teex"), import_name(#name)))

// How many data sets the order brings.
TEEX_IMPORT(dataset_count) int32_t teex_dataset_count(void);

// Bytes of the data set at index, or -1 if there is none.
TEEX_IMPORT(dataset_size) int64_t teex_dataset_size(int32_t index);

// Copies up to length bytes from offset on; returns how many, or -1 if there is no such data set.
TEEX_IMPORT(dataset_read)
int32_t teex_dataset_read(int32_t index, int64_t offset, void *to, int32_t length);

#endif
