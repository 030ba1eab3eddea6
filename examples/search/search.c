// Private semantic search. Input: a question. Data set 0: a data provider's texts, one a line. Output: the three lines
// that mean most nearly what was asked, best first, each behind its likeness in thousandths.
// The image brings the model all-MiniLM-L6-v2 (model 0) and, as its first argument, the words that the model knows, one
// a line: a word's number is its line. Texts are cut into them as BERT's WordPiece does, for letters of ASCII.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../teex.h"

enum { WIDTH = 384, TOKENS_MAX = 128, WORD_MAX = 100, LINE_MAX_BYTES = 4096, BEST = 3, SLOTS = 1 << 17 };
enum { UNKNOWN = 100, BEGIN = 101, END = 102 };
enum { FLOAT = 1, INT64 = 7 };

static const char *words[SLOTS];  // Open addressing by hash; a word ends with its line.
static int32_t numbers[SLOTS];

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static uint32_t hash(const char *from, size_t length, uint32_t begin) {
  for (size_t i = 0; i < length; i++) begin = (begin ^ (uint8_t)from[i]) * 16777619u;
  return begin;
}

static void learn(const char *vocabulary) {
  int32_t number = 0;
  for (const char *at = vocabulary; *at != 0; number++) {
    size_t length = strcspn(at, "\n");
    uint32_t slot = hash(at, length, 2166136261u) % SLOTS;
    while (words[slot] != NULL) slot = (slot + 1) % SLOTS;
    words[slot] = at;
    numbers[slot] = number;
    at += length + (at[length] == '\n');
  }
  if (number <= END || number > SLOTS / 2) fail("the image brings no vocabulary");
}

// The number of "##" (if continued) and the word, or -1.
static int32_t find(const char *word, size_t length, int continued) {
  char text[WORD_MAX + 2];
  size_t size = 0;
  if (continued) text[size++] = '#', text[size++] = '#';
  memcpy(text + size, word, length);
  size += length;
  for (uint32_t slot = hash(text, size, 2166136261u) % SLOTS; words[slot] != NULL; slot = (slot + 1) % SLOTS)
    if (memcmp(words[slot], text, size) == 0 && (words[slot][size] == '\n' || words[slot][size] == 0))
      return numbers[slot];
  return -1;
}

static int is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static int is_punctuation(char c) {
  return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
}

// The longest pieces from the left; one that is not known makes the whole word unknown.
static int cut(const char *word, size_t length, int64_t *tokens, int count) {
  int begun = count;
  for (size_t at = 0; at < length;) {
    size_t size = length - at;
    int32_t number = -1;
    while (size > 0 && (number = find(word + at, size, at > 0)) < 0) size--;
    if (number < 0 || length > WORD_MAX) {
      count = begun;
      if (count < TOKENS_MAX - 1) tokens[count++] = UNKNOWN;
      return count;
    }
    if (count < TOKENS_MAX - 1) tokens[count++] = number;
    at += size;
  }
  return count;
}

static int tokenize(const char *text, size_t length, int64_t *tokens) {
  char word[WORD_MAX + 1];
  int count = 0;
  tokens[count++] = BEGIN;
  for (size_t at = 0; at < length && count < TOKENS_MAX - 1;) {
    if (is_space(text[at])) {
      at++;
      continue;
    }
    size_t size = 0;
    do {
      char c = text[at++];
      word[size++] = c >= 'A' && c <= 'Z' ? c + 32 : c;
    } while (at < length && size < WORD_MAX && !is_punctuation(word[size - 1]) && !is_space(text[at]) &&
             !is_punctuation(text[at]));
    count = cut(word, size, tokens, count);
  }
  tokens[count++] = END;
  return count;
}

static char *put(char *to, const void *from, size_t size) {
  memcpy(to, from, size);
  return to + size;
}

// The mean of what the model says of each token, of length one.
static void embed(const char *text, size_t length, float *embedding) {
  static char inputs[3 * (16 + 8 * TOKENS_MAX)];
  static char outputs[20 + 4 * WIDTH * TOKENS_MAX];
  int64_t tokens[TOKENS_MAX], ones[TOKENS_MAX], zeros[TOKENS_MAX] = {0};
  int count = tokenize(text, length, tokens);
  for (int i = 0; i < count; i++) ones[i] = 1;
  const int32_t head[4] = {INT64, 2, 1, count};
  const int64_t *parts[3] = {tokens, ones, zeros};
  char *end = inputs;
  for (int i = 0; i < 3; i++) end = put(put(end, head, sizeof head), parts[i], 8 * (size_t)count);
  int32_t size = teex_infer(0, inputs, end - inputs, outputs, sizeof outputs);
  if (size != 20 + 4 * WIDTH * count) fail("the model gave no embedding");

  double squares = 0;
  for (int i = 0; i < WIDTH; i++) {
    double sum = 0;
    for (int token = 0; token < count; token++) {
      float value;
      memcpy(&value, outputs + 20 + 4 * (token * WIDTH + i), sizeof value);
      sum += value;
    }
    embedding[i] = (float)(sum / count);
    squares += (double)embedding[i] * embedding[i];
  }
  float norm = (float)sqrt(squares);
  for (int i = 0; i < WIDTH; i++) embedding[i] /= norm > 0 ? norm : 1;
}

struct found {
  float likeness;
  int64_t from;
  int32_t length;
};

static void keep(struct found *best, struct found next) {
  for (int i = 0; i < BEST; i++) {
    if (next.likeness > best[i].likeness) {
      struct found worse = best[i];
      best[i] = next;
      next = worse;
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 2) fail("the image brings no vocabulary");
  learn(argv[1]);
  static char question[LINE_MAX_BYTES], line[LINE_MAX_BYTES];
  int32_t asked = teex_input_read(0, question, sizeof question);
  if (asked <= 0) fail("the input is a question");
  int64_t size = teex_dataset_size(0);
  if (size <= 0) fail("data set 0 has a text on each line");

  float wanted[WIDTH], seen[WIDTH];
  embed(question, asked, wanted);
  struct found best[BEST] = {{-2, 0, 0}, {-2, 0, 0}, {-2, 0, 0}};
  for (int64_t at = 0; at < size;) {
    int32_t read = teex_dataset_read(0, at, line, sizeof line);
    if (read <= 0) fail("the data set cannot be read");
    char *newline = memchr(line, '\n', read);
    int32_t length = newline == NULL ? read : newline - line;
    if (length > 0) {
      embed(line, length, seen);
      float likeness = 0;
      for (int i = 0; i < WIDTH; i++) likeness += wanted[i] * seen[i];
      keep(best, (struct found){likeness, at, length});
    }
    at += length + (newline != NULL);
  }
  for (int i = 0; i < BEST && best[i].length > 0; i++) {
    teex_dataset_read(0, best[i].from, line, best[i].length);
    printf("%d %.*s\n", (int)(best[i].likeness * 1000), (int)best[i].length, line);
  }
  return 0;
}
