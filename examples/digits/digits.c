// Tells a handwritten digit: k-nearest neighbours over the labelled digits of data set 0.
//
// Input: 784 bytes, 28 rows of 28 grey values. Data: "TXD1", count (u32, little-endian), then count
// times label (1 byte) and pixels (784 bytes). Output: one line, "label=7 votes=5/5".
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../teex.h"

enum { SIDE = 28, PIXELS = SIDE * SIDE, RECORD = 1 + PIXELS, HEADER = 8, K = 5 };

typedef struct {
  uint32_t distance;
  uint8_t label;
} Neighbour;

static _Noreturn void fail(const char *why) {
  write(STDERR_FILENO, why, strlen(why));
  exit(1);
}

static void read_input(uint8_t *digit) {
  size_t have = 0;
  while (have < PIXELS) {
    ssize_t n = read(STDIN_FILENO, digit + have, PIXELS - have);
    if (n <= 0) fail("the input is shorter than 784 bytes\n");
    have += (size_t)n;
  }
  uint8_t more;
  if (read(STDIN_FILENO, &more, 1) > 0) fail("the input is longer than 784 bytes\n");
}

static uint8_t *read_data(uint32_t *count) {
  int64_t size = teex_dataset_count() == 1 ? teex_dataset_size(0) : -1;
  if (size < HEADER || size > INT32_MAX) fail("one data set of digits is needed\n");
  uint8_t *data = malloc((size_t)size);
  if (!data) fail("the data set does not fit into memory\n");
  if (teex_dataset_read(0, 0, data, (int32_t)size) != size) fail("the data set cannot be read\n");
  memcpy(count, data + 4, sizeof *count);
  if (memcmp(data, "TXD1", 4) || *count < K || (uint64_t)*count * RECORD + HEADER != (uint64_t)size)
    fail("the data set does not hold digits\n");
  return data + HEADER;
}

// The squared distance, or something above limit: most digits are far away after a few rows.
// Rows are taken from the middle outwards, where the ink is.
static uint32_t distance(const uint8_t *a, const uint8_t *b, uint32_t limit) {
  uint32_t sum = 0;
  for (int i = 0; i < SIDE && sum <= limit; i++) {
    int row = SIDE / 2 + ((i & 1) ? -(i + 1) / 2 : i / 2);
    const uint8_t *p = a + row * SIDE, *q = b + row * SIDE;
    for (int x = 0; x < SIDE; x += 4) {
      int32_t d0 = p[x] - q[x], d1 = p[x + 1] - q[x + 1];
      int32_t d2 = p[x + 2] - q[x + 2], d3 = p[x + 3] - q[x + 3];
      sum += (uint32_t)(d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3);
    }
  }
  return sum;
}

// Keeps the K nearest, nearest first.
static void insert(Neighbour *nearest, Neighbour candidate) {
  int at = K - 1;
  for (; at > 0 && nearest[at - 1].distance > candidate.distance; at--) nearest[at] = nearest[at - 1];
  nearest[at] = candidate;
}

int main(void) {
  uint8_t digit[PIXELS];
  uint32_t count;
  read_input(digit);
  const uint8_t *data = read_data(&count);

  Neighbour nearest[K];
  for (int i = 0; i < K; i++) nearest[i] = (Neighbour){UINT32_MAX, 0};
  for (uint32_t i = 0; i < count; i++) {
    const uint8_t *record = data + (size_t)i * RECORD;
    uint32_t d = distance(digit, record + 1, nearest[K - 1].distance);
    if (d < nearest[K - 1].distance) insert(nearest, (Neighbour){d, record[0] % 10});
  }

  // Among labels with equal votes, the one whose digit is nearest wins.
  int votes[10] = {0}, best = nearest[0].label;
  for (int i = 0; i < K; i++) votes[nearest[i].label]++;
  for (int i = 0; i < K; i++)
    if (votes[nearest[i].label] > votes[best]) best = nearest[i].label;
  char line[] = "label=0 votes=0/5\n";
  line[6] = (char)('0' + best);
  line[14] = (char)('0' + votes[best]);
  return write(STDOUT_FILENO, line, sizeof line - 1) == sizeof line - 1 ? 0 : 1;
}
