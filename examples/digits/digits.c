// Tells a handwritten digit: the five nearest neighbours among the labelled digits of data set 0,
// looked for among the fifty that come nearest in a few pixels.
//
// Input: 784 bytes, 28 rows of 28 grey values. Data: "TXD1", count (u32, little-endian), then count
// times label (1 byte) and pixels (784 bytes). Output: one line, "label=7 votes=5/5".
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../teex.h"

enum { SIDE = 28, PIXELS = SIDE * SIDE, RECORD = 1 + PIXELS, HEADER = 8, K = 5, BATCH = 64 };

typedef struct {
  uint32_t distance;
  uint32_t index;
  int label;
} Neighbour;

static const Neighbour NOBODY = {UINT32_MAX, 0, 0};

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

// How many digits the data set holds.
static uint32_t check_data(void) {
  uint8_t header[HEADER];
  uint32_t count;
  int64_t size = teex_dataset_count() == 1 ? teex_dataset_size(0) : -1;
  if (size < HEADER || teex_dataset_read(0, 0, header, HEADER) != HEADER)
    fail("one data set of digits is needed\n");
  memcpy(&count, header + 4, sizeof count);
  if (memcmp(header, "TXD1", 4) || count < K || (uint64_t)count * RECORD + HEADER != (uint64_t)size)
    fail("the data set does not hold digits\n");
  return count;
}

// Digits are read some at a time into the same buffer, which stays in the processor's cache.
static void read_records(uint8_t *to, uint32_t first, uint32_t count) {
  int32_t size = (int32_t)(count * RECORD);
  if (teex_dataset_read(0, HEADER + (int64_t)first * RECORD, to, size) != size)
    fail("the data set cannot be read\n");
}

// Every second row of the middle, every fourth pixel of it, shifted from row to row: fifty pixels
// that find the candidates nearly as well as all 784 would.
enum { MARGIN = 4, ROW_STEP = 2, PIXEL_STEP = 4, ROWS = 10, PER_ROW = 5, CANDIDATES = 50 };

static const uint8_t *sampled_row(const uint8_t *pixels, int i) {
  return pixels + (MARGIN + i * ROW_STEP) * SIDE + MARGIN + (i & 1) * (PIXEL_STEP / 2);
}

// Called once for each digit of the data set, so not inlined: engines compile a function that is
// called often, not a loop that they are in the middle of.
static __attribute__((noinline)) uint32_t coarse_distance(const uint8_t *a, const uint8_t *b) {
  uint32_t sum = 0;
  for (int i = 0; i < ROWS; i++) {
    const uint8_t *p = sampled_row(a, i), *q = sampled_row(b, i);
    for (int k = 0; k < PER_ROW; k++) {
      int32_t d = p[k * PIXEL_STEP] - q[k * PIXEL_STEP];
      sum += (uint32_t)(d * d);
    }
  }
  return sum;
}

static __attribute__((noinline)) uint32_t full_distance(const uint8_t *a, const uint8_t *b) {
  uint32_t sum = 0;
  for (int i = 0; i < PIXELS; i++) {
    int32_t d = a[i] - b[i];
    sum += (uint32_t)(d * d);
  }
  return sum;
}

// Keeps the nearest, nearest first.
static void insert(Neighbour *nearest, int size, Neighbour candidate) {
  if (candidate.distance >= nearest[size - 1].distance) return;
  int at = size - 1;
  for (; at > 0 && nearest[at - 1].distance > candidate.distance; at--) nearest[at] = nearest[at - 1];
  nearest[at] = candidate;
}

int main(void) {
  static uint8_t records[BATCH * RECORD];
  uint8_t digit[PIXELS];
  read_input(digit);
  uint32_t count = check_data();

  Neighbour candidates[CANDIDATES], nearest[K];
  for (int i = 0; i < CANDIDATES; i++) candidates[i] = NOBODY;
  for (int i = 0; i < K; i++) nearest[i] = NOBODY;
  for (uint32_t first = 0; first < count; first += BATCH) {
    uint32_t size = count - first < BATCH ? count - first : BATCH;
    read_records(records, first, size);
    for (uint32_t i = 0; i < size; i++) {
      const uint8_t *record = records + i * RECORD;
      uint32_t distance = coarse_distance(digit, record + 1);
      insert(candidates, CANDIDATES, (Neighbour){distance, first + i, record[0] % 10});
    }
  }
  for (int i = 0; i < CANDIDATES && candidates[i].distance != UINT32_MAX; i++) {
    Neighbour candidate = candidates[i];
    read_records(records, candidate.index, 1);
    candidate.distance = full_distance(digit, records + 1);
    insert(nearest, K, candidate);
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
