/* Quicksort over a function pointer, and a heap sort. */
#include "kernel.h"

#define COUNT 4096

struct item {
  uint32_t key;
  uint32_t value;
};

static struct item items[COUNT];
static uint32_t heap[COUNT];

typedef int (*comparison)(const struct item *, const struct item *);

static int by_key(const struct item *a, const struct item *b) { return a->key < b->key ? -1 : a->key > b->key; }
static int by_value(const struct item *a, const struct item *b) { return a->value < b->value ? -1 : a->value > b->value; }
static comparison volatile comparisons[] = {by_key, by_value};

static void quicksort(struct item *from, struct item *to, comparison compare) {
  while (to - from > 8) {
    struct item pivot = from[(to - from) / 2], *low = from, *high = to - 1;
    while (low <= high) {
      while (compare(low, &pivot) < 0) low++;
      while (compare(high, &pivot) > 0) high--;
      if (low <= high) {
        struct item other = *low;
        *low++ = *high;
        *high-- = other;
      }
    }
    quicksort(from, high + 1, compare);
    from = low;
  }
  for (struct item *i = from + 1; i < to; i++) {
    struct item moved = *i, *j = i;
    for (; j > from && compare(j - 1, &moved) > 0; j--) *j = j[-1];
    *j = moved;
  }
}

static void sift(uint32_t root, uint32_t count) {
  uint32_t value = heap[root];
  for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= value) break;
    heap[root] = heap[child];
  }
  heap[root] = value;
}

static void heapsort(void) {
  for (uint32_t i = COUNT / 2; i-- > 0;) sift(i, COUNT);
  for (uint32_t count = COUNT - 1; count > 0; count--) {
    uint32_t largest = heap[0];
    heap[0] = heap[count];
    heap[count] = largest;
    sift(0, count);
  }
}

KERNEL uint32_t kernel(uint32_t turns) {
  uint32_t sum = 0, seed = 7;
  for (uint32_t turn = 0; turn < turns; turn++) {
    for (uint32_t i = 0; i < COUNT; i++) {
      items[i].key = next_random(&seed);
      items[i].value = next_random(&seed) & 0xffff;
      heap[i] = items[i].key;
    }
    quicksort(items, items + COUNT, comparisons[turn & 1]);
    heapsort();
    sum += items[turn % COUNT].key ^ heap[turn % COUNT];
  }
  return sum;
}
