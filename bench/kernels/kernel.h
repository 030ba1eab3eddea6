/* A kernel is one function: so many turns of its work, and a checksum that depends on all of it. The same source is built
 * for WebAssembly (a service as any other, with the kernel exported beside it) and natively. */
#ifndef TEEX_KERNEL_H
#define TEEX_KERNEL_H
#include <stdint.h>

uint32_t kernel(uint32_t turns);

#ifdef __wasm__
extern void __wasm_call_ctors(void);

/* Called once before the kernel. */
__attribute__((export_name("_start"))) void start(void) { __wasm_call_ctors(); }

#define KERNEL __attribute__((export_name("kernel")))
#else
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define KERNEL

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Prints checksum and CPU seconds of as many turns as the argument says, for each line that it reads. */
int main(int argc, char **argv) {
  uint32_t turns = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
  while (getchar() != EOF) {
    double begin = cpu_seconds();
    uint32_t sum = kernel(turns);
    printf("%u %.9f\n", sum, cpu_seconds() - begin);
    fflush(stdout);
  }
  return 0;
}
#endif

/* A generator of numbers that are the same everywhere (Marsaglia, xorshift32). */
static inline uint32_t next_random(uint32_t *state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}
#endif
