// Looks for anything that is not its business, and for traces of an earlier task, and tells.
#define _POSIX_C_SOURCE 200809L // clock_gettime

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <wasi/api.h>

#include "../teex.h"

static int tasks_seen;

int main(int argc, char **argv) {
  printf("tasks before this one: %d\n", tasks_seen++);
  printf("arguments: %d %s\n", argc, argv[0]);
  printf("PATH: %s\n", getenv("PATH") ? getenv("PATH") : "unset");
  printf("a file: %s\n", open("/etc/passwd", O_RDONLY) < 0 ? "refused" : "opened");
  printf("descriptor 3: %s\n", fcntl(3, F_GETFL) < 0 ? "closed" : "open");

  struct timespec first, second;
  clock_gettime(CLOCK_REALTIME, &first);
  for (volatile int i = 0; i < 1000000; i++) {
  }
  clock_gettime(CLOCK_MONOTONIC, &second);
  printf("clock: %lld, moved by %ld ns\n", (long long)first.tv_sec, second.tv_nsec - first.tv_nsec);

  uint8_t random[16];
  printf("random (%d): ", __wasi_random_get(random, sizeof random));
  for (size_t i = 0; i < sizeof random; i++) printf("%02x", random[i]);

  uint8_t byte = 0;
  printf("\ninput: %d bytes", teex_input_size());
  if (teex_input_read(0, &byte, 1) == 1) printf(", first %d", byte);
  printf(", beyond the end %d\n", teex_input_read(1u << 30, &byte, 1));
  for (int i = -1; i <= teex_dataset_count(); i++) {
    printf("data set %d: %lld bytes", i, (long long)teex_dataset_size(i));
    printf(", beyond the end %d", teex_dataset_read(i, 1LL << 62, &byte, 1));
    printf(", before the beginning %d", teex_dataset_read(i, -1, &byte, 1));
    printf(", into nowhere %d\n", teex_dataset_read(i, 0, (void *)0xfffffff0u, 32));
  }
  fflush(stdout);
  fprintf(stderr, "nobody reads this\n");
  return teex_output_write("end\n", 4);
}
