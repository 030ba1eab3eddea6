// Gives its input to model 0 and puts out what comes back: for tests and benchmarks. The first four bytes of the input say
// how much room there is for it; the output begins with what teex_infer returned.
#include <stdint.h>
#include <stdlib.h>

#include "../teex.h"

int main(void) {
  int32_t size = teex_input_size(), room;
  char *input = malloc(size);
  if (size < 4 || input == NULL || teex_input_read(0, input, size) != size) return 1;
  __builtin_memcpy(&room, input, sizeof room);
  char *outputs = malloc(room > 0 ? room : 1);
  if (outputs == NULL) return 1;
  int32_t answer = teex_infer(0, input + 4, size - 4, outputs, room);
  teex_output_write(&answer, sizeof answer);
  if (answer > 0) teex_output_write(outputs, answer);
  return 0;
}
