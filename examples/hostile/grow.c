// Takes memory, and touches it, until nothing is left; then insists.
#include <stddef.h>

int main(void) {
  for (;;) {
    size_t page = __builtin_wasm_memory_grow(0, 16);
    *(volatile char *)(page << 16) = 1;
  }
}
