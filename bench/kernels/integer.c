/* What EEMBC's CoreMark is about, in code of our own: linked lists, a matrix of integers, a state machine, a CRC. */
#include "kernel.h"

#define NODES 200
#define SIDE 20
#define TEXT 800

struct node {
  struct node *next;
  int16_t value;
  int16_t index;
};

static struct node nodes[NODES];
static int16_t left[SIDE * SIDE], right[SIDE * SIDE];
static int32_t product[SIDE * SIDE];
static uint8_t text[TEXT];

static uint16_t crc(uint16_t sum, uint32_t value) {
  for (int i = 0; i < 32; i++) {
    uint16_t bit = (uint16_t)((sum ^ value) & 1);
    sum >>= 1;
    if (bit) sum ^= 0xa001;
    value >>= 1;
  }
  return sum;
}

static struct node *reversed(struct node *list) {
  struct node *done = 0;
  while (list) {
    struct node *rest = list->next;
    list->next = done;
    done = list;
    list = rest;
  }
  return done;
}

static struct node *find(struct node *list, int16_t value) {
  while (list && list->value != value) list = list->next;
  return list;
}

static int by_value(const struct node *a, const struct node *b) { return a->value - b->value; }
static int by_index(const struct node *a, const struct node *b) { return a->index - b->index; }

/* Merge sort from the bottom up. */
static struct node *sorted(struct node *list, int (*compare)(const struct node *, const struct node *)) {
  for (int size = 1;; size *= 2) {
    struct node *rest = list, *tail = 0;
    int merges = 0;
    list = 0;
    while (rest) {
      struct node *other = rest;
      int ours = 0, theirs = size;
      merges++;
      for (int i = 0; i < size && other; i++, ours++) other = other->next;
      while (ours > 0 || (theirs > 0 && other)) {
        struct node *taken;
        if (ours > 0 && (theirs == 0 || !other || compare(rest, other) <= 0)) {
          taken = rest;
          rest = rest->next;
          ours--;
        } else {
          taken = other;
          other = other->next;
          theirs--;
        }
        if (tail) tail->next = taken;
        else list = taken;
        tail = taken;
      }
      rest = other;
    }
    tail->next = 0;
    if (merges <= 1) return list;
  }
}

static uint16_t lists(uint32_t turn) {
  struct node *list = 0;
  uint16_t sum = 0;
  for (int i = 0; i < NODES; i++) {
    nodes[i].value = (int16_t)((i * 37 + turn) & 0x3ff);
    nodes[i].index = (int16_t)i;
    nodes[i].next = list;
    list = &nodes[i];
  }
  for (int i = 0; i < 20; i++) {
    struct node *found = find(list, (int16_t)((turn * 7 + i * 31) & 0x3ff));
    if (found) sum = (uint16_t)(sum + found->index);
    list = reversed(list);
  }
  list = sorted(list, by_value);
  sum = crc(sum, (uint32_t)list->value);
  list = sorted(list, by_index);
  return crc(sum, (uint32_t)list->value);
}

static uint16_t matrices(uint32_t turn) {
  uint16_t sum = 0;
  for (int i = 0; i < SIDE * SIDE; i++) {
    left[i] = (int16_t)((i * turn) & 0xff);
    right[i] = (int16_t)((i + turn) & 0xff);
  }
  for (int i = 0; i < SIDE; i++) {
    for (int j = 0; j < SIDE; j++) {
      int32_t dot = 0;
      for (int k = 0; k < SIDE; k++) dot += (int32_t)left[i * SIDE + k] * (int32_t)right[k * SIDE + j];
      product[i * SIDE + j] = dot;
    }
  }
  for (int i = 0; i < SIDE * SIDE; i++) {
    int32_t bits = product[i];
    if (bits > 0x8000) sum = (uint16_t)(sum + 10);
    else sum = (uint16_t)(sum + ((bits >> 2) & 0xf) * ((bits >> 5) & 0x7f));
  }
  return sum;
}

enum state { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, EXPONENT_DIGITS, INVALID, STATES };

static enum state step(enum state state, uint8_t c) {
  int digit = c >= '0' && c <= '9';
  switch (state) {
    case START:
      if (digit) return INTEGER;
      if (c == '+' || c == '-') return SIGN;
      return c == '.' ? POINT : INVALID;
    case SIGN:
      if (digit) return INTEGER;
      return c == '.' ? POINT : INVALID;
    case INTEGER:
      if (c == '.') return FRACTION;
      if (c == 'e' || c == 'E') return EXPONENT;
      return digit ? INTEGER : INVALID;
    case POINT:
      return digit ? FRACTION : INVALID;
    case FRACTION:
      if (c == 'e' || c == 'E') return EXPONENT;
      return digit ? FRACTION : INVALID;
    case EXPONENT:
      if (c == '+' || c == '-') return EXPONENT_SIGN;
      return digit ? EXPONENT_DIGITS : INVALID;
    case EXPONENT_SIGN:
    case EXPONENT_DIGITS:
      return digit ? EXPONENT_DIGITS : INVALID;
    default:
      return INVALID;
  }
}

static uint16_t states(uint32_t turn) {
  static const char *const words[] = {"5012", "1234", "-874", "+122", "35.54400", ".1234500", "-110.700", "+0.64400",
                                      "5.500e+3", "-.123e-2", "-87e+832", "+0.6e-12", "T0.3e-1F", "-T.T++Tq", "1T3.4e4z", "34.0e-T^"};
  uint32_t counts[STATES] = {0};
  int size = 0;
  for (uint32_t i = turn; size < TEXT - 16; i++) {
    for (const char *c = words[i & 15]; *c; c++) text[size++] = (uint8_t)*c;
    text[size++] = ',';
  }
  enum state state = START;
  for (int i = 0; i < size; i++) {
    if (text[i] == ',') {
      counts[state]++;
      state = START;
    } else {
      state = step(state, text[i]);
    }
  }
  uint16_t sum = 0;
  for (int i = 0; i < STATES; i++) sum = crc(sum, counts[i]);
  return sum;
}

KERNEL uint32_t kernel(uint32_t turns) {
  uint16_t sum = 0;
  for (uint32_t turn = 1; turn <= turns; turn++) {
    sum = crc(sum, lists(turn));
    sum = crc(sum, matrices(turn));
    sum = crc(sum, states(turn));
  }
  return sum;
}
