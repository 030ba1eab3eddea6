/* Calls and little else: Fibonacci numbers, Takeuchi's function, the queens of a chess board. */
#include "kernel.h"

__attribute__((noinline)) static uint32_t fibonacci(uint32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

__attribute__((noinline)) static int takeuchi(int x, int y, int z) {
  return x <= y ? z : takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}

__attribute__((noinline)) static uint32_t queens(uint32_t columns, uint32_t rising, uint32_t falling, uint32_t all) {
  uint32_t found = 0;
  if (columns == all) return 1;
  for (uint32_t free = ~(columns | rising | falling) & all; free; free &= free - 1) {
    uint32_t place = free & -free;
    found += queens(columns | place, (rising | place) << 1, (falling | place) >> 1, all);
  }
  return found;
}

/* Volatile, or a compiler sees that every turn does the same. */
static volatile uint32_t twenty = 20, eight_columns = 0xff;
static volatile int twelve = 12;

KERNEL uint32_t kernel(uint32_t turns) {
  uint32_t sum = 0;
  for (uint32_t turn = 0; turn < turns; turn++) {
    sum += fibonacci(twenty);
    sum += (uint32_t)takeuchi(twelve, 6, (int)(turn % 3));
    sum += queens(0, 0, 0, eight_columns);
  }
  return sum;
}
