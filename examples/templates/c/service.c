// A service in C: the ten most frequent words of the input, without those that data set 0 lists.
//
// Input: text. Data (may be missing): one word a line. Output: lines of "word count".
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teex.h"

enum { TOP = 10, CHUNK = 4096 };

typedef struct {
  const char *text;
  int count;
} Word;

static _Noreturn void fail(const char *why) {
  teex_log(why, (int32_t)strlen(why));
  exit(1);
}

static void *allocate(size_t size) {
  void *memory = malloc(size > 0 ? size : 1);
  if (memory == NULL) fail("out of memory");
  return memory;
}

static char *read_input(void) {
  int32_t size = teex_input_size();
  char *text = allocate((size_t)size + 1);
  if (teex_input_read(0, text, size) != size) fail("the input cannot be read");
  text[size] = '\0';
  return text;
}

// By range: a large data set need not fit into memory, and what is not read is not even fetched.
static char *read_data(void) {
  int64_t size = teex_dataset_count() > 0 ? teex_dataset_size(0) : 0;
  char *text = allocate((size_t)size + 1);
  for (int64_t at = 0; at < size;) {
    int32_t length = size - at < CHUNK ? (int32_t)(size - at) : CHUNK;
    if (teex_dataset_read(0, at, text + at, length) != length) fail("the data cannot be read");
    at += length;
  }
  text[size] = '\0';
  return text;
}

// Letters only, and in lower case; all other bytes separate words.
static int letter(char c) {
  return c >= 'a' && c <= 'z' ? c : c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : 0;
}

static int by_text(const void *a, const void *b) {
  return strcmp(((const Word *)a)->text, ((const Word *)b)->text);
}

static int by_count(const void *a, const void *b) {
  int difference = ((const Word *)b)->count - ((const Word *)a)->count;
  return difference != 0 ? difference : by_text(a, b);
}

// Cuts a text into words, in place; returns how many there are. A text has at most half as many words as bytes.
static int split(char *text, Word *words) {
  int found = 0;
  for (char *at = text; *at != '\0';) {
    if (!letter(*at)) {
      at++;
      continue;
    }
    words[found++] = (Word){at, 1};
    for (; letter(*at); at++) *at = (char)letter(*at);
    if (*at != '\0') *at++ = '\0';
  }
  return found;
}

static Word *words_of(char *text, int *count) {
  Word *words = allocate((strlen(text) / 2 + 1) * sizeof *words);
  *count = split(text, words);
  qsort(words, (size_t)*count, sizeof *words, by_text);
  return words;
}

int main(void) {
  int all, stops, kept = 0;
  Word *words = words_of(read_input(), &all);
  Word *stop = words_of(read_data(), &stops);
  if (all == 0) fail("the input holds no words");
  for (int i = 0; i < all; i++) {
    if (bsearch(&words[i], stop, (size_t)stops, sizeof *stop, by_text) != NULL) continue;
    if (kept > 0 && strcmp(words[kept - 1].text, words[i].text) == 0)
      words[kept - 1].count++;
    else
      words[kept++] = words[i];
  }
  qsort(words, (size_t)kept, sizeof *words, by_count);
  char said[80];
  snprintf(said, sizeof said, "%d words, %d counted", all, kept);
  teex_log(said, (int32_t)strlen(said));
  for (int i = 0; i < kept && i < TOP; i++) printf("%s %d\n", words[i].text, words[i].count);
  return 0;
}
