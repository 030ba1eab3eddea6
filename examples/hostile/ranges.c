// Reads the ranges that its input names, u32 data set, u64 offset, u32 length (little-endian) each, and
// writes of each the answer (i32), then the bytes: so it reads what it likes of what there is.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../teex.h"

typedef struct __attribute__((packed)) {
  int32_t dataset;
  int64_t offset;
  int32_t length;
} Range;

int main(void) {
  Range range;
  while (read(STDIN_FILENO, &range, sizeof range) == sizeof range) {
    void *to = malloc((size_t)range.length);
    if (!to) return 2;
    int32_t count = teex_dataset_read(range.dataset, range.offset, to, range.length);
    if (teex_output_write(&count, sizeof count)) return 3;
    if (count > 0 && teex_output_write(to, count)) return 3;
    free(to);
  }
  return 0;
}
