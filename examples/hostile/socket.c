// Wants the network: an import that is not on the list.
#include <stdint.h>

__attribute__((import_module("wasi_snapshot_preview1"), import_name("sock_accept")))
int32_t sock_accept(int32_t fd, int32_t flags, int32_t *opened);

int main(void) {
  int32_t opened;
  return sock_accept(3, 0, &opened);
}
