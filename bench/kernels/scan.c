/* Strings: their length, a word in them (Horspool), lines and fields of a table, numbers in text and back. */
#include "kernel.h"

#define SIZE 16384

static char text[SIZE + 1];

static uint32_t length(const char *s) {
  const char *end = s;
  while (*end) end++;
  return (uint32_t)(end - s);
}

static uint32_t occurrences(const char *s, uint32_t size, const char *word) {
  uint32_t skip[256], found = 0, width = length(word);
  for (int i = 0; i < 256; i++) skip[i] = width;
  for (uint32_t i = 0; i + 1 < width; i++) skip[(uint8_t)word[i]] = width - 1 - i;
  for (uint32_t at = 0; at + width <= size;) {
    uint32_t i = width;
    while (i > 0 && s[at + i - 1] == word[i - 1]) i--;
    if (i == 0) found++;
    at += skip[(uint8_t)s[at + width - 1]];
  }
  return found;
}

static uint32_t fields(const char *s) {
  uint32_t sum = 0, number = 0, digits = 0;
  for (; *s; s++) {
    if (*s >= '0' && *s <= '9') {
      number = number * 10 + (uint32_t)(*s - '0');
      digits++;
    } else if (*s == ',' || *s == '\n') {
      if (digits) sum += number;
      number = digits = 0;
    } else {
      digits = 0;
    }
  }
  return sum;
}

static uint32_t words(char *s) {
  uint32_t hash = 2166136261u, inside = 0, count = 0;
  for (; *s; s++) {
    char c = *s;
    if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
    if (c >= 'a' && c <= 'z') {
      count += !inside;
      inside = 1;
      hash = (hash ^ (uint8_t)c) * 16777619u;
    } else {
      inside = 0;
    }
  }
  return hash ^ count;
}

static char *decimal(char *to, uint32_t number) {
  char digits[10];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while (number /= 10);
  while (count) *to++ = digits[--count];
  return to;
}

KERNEL uint32_t kernel(uint32_t turns) {
  static const char *const names[] = {"alpha", "Beta", "gamma", "Delta", "needle", "zeta"};
  uint32_t sum = 0, seed = 3;
  for (uint32_t turn = 0; turn < turns; turn++) {
    char *end = text;
    while (end < text + SIZE - 40) {
      for (const char *c = names[next_random(&seed) % 6]; *c; c++) *end++ = *c;
      *end++ = ',';
      end = decimal(end, next_random(&seed) % 100000);
      *end++ = seed & 3 ? ',' : '\n';
    }
    *end = 0;
    uint32_t size = length(text);
    sum += occurrences(text, size, "needle") + fields(text);
    sum ^= words(text);
  }
  return sum;
}
