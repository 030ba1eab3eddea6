/* The product of two matrices of doubles, 128 × 128. */
#include "kernel.h"

#define SIDE 128

static double left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];

KERNEL uint32_t kernel(uint32_t turns) {
  uint32_t seed = 1;
  for (int i = 0; i < SIDE; i++) {
    for (int j = 0; j < SIDE; j++) {
      left[i][j] = (double)(next_random(&seed) % 1000) / 1000;
      right[i][j] = (double)(next_random(&seed) % 1000) / 1000;
    }
  }
  double sum = 0;
  for (uint32_t turn = 0; turn < turns; turn++) {
    for (int i = 0; i < SIDE; i++) {
      for (int j = 0; j < SIDE; j++) {
        double dot = 0;
        for (int k = 0; k < SIDE; k++) dot += left[i][k] * right[k][j];
        product[i][j] = dot;
      }
    }
    sum += product[turn % SIDE][7];
    left[turn % SIDE][3] += 0.5;
  }
  return (uint32_t)(sum * 16);
}
