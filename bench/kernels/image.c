/* A C library compiled whole: stb_image and stb_image_write (Sean Barrett; MIT or public domain; Debian's libstb-dev).
 * A turn writes a picture of 128 × 128 as PNG, which is zlib's deflate, and as JPEG, and reads both again. */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#define STBI_ASSERT(x)
#define STBIW_ASSERT(x)
#define STBI_NO_STDIO
#define STBI_NO_SIMD
#define STBI_NO_THREAD_LOCALS
#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_STATIC
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_WRITE_IMPLEMENTATION
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wsign-compare"
#include <stb/stb_image.h>
#include <stb/stb_image_write.h>

#define SIDE 128

static uint8_t picture[SIDE * SIDE * 3];
static uint8_t file[1 << 18];
static int size;

static void append(void *context, void *data, int count) {
  (void)context;
  memcpy(file + size, data, (size_t)count);
  size += count;
}

static uint32_t read_again(void) {
  int width = 0, height = 0, channels = 0;
  uint8_t *pixels = stbi_load_from_memory(file, size, &width, &height, &channels, 3);
  if (!pixels) return 0xdead;
  uint32_t sum = (uint32_t)size;
  for (int i = 0; i < width * height * 3; i++) sum = sum * 31 + pixels[i];
  stbi_image_free(pixels);
  return sum;
}

KERNEL uint32_t kernel(uint32_t turns) {
  uint32_t sum = 0, seed = 5;
  for (uint32_t turn = 0; turn < turns; turn++) {
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        uint8_t *pixel = picture + 3 * (y * SIDE + x);
        pixel[0] = (uint8_t)(x * y / 64);
        pixel[1] = (uint8_t)(x + y + (int)turn);
        pixel[2] = (uint8_t)(next_random(&seed) & 15);
      }
    }
    size = 0;
    stbi_write_png_to_func(append, 0, SIDE, SIDE, 3, picture, 3 * SIDE);
    sum ^= read_again();
    size = 0;
    stbi_write_jpg_to_func(append, 0, SIDE, SIDE, 3, picture, 80);
    sum += (uint32_t)size;
    sum ^= read_again() >> 31; /* The pixels of a JPEG depend on rounding, which compilers may fuse. */
  }
  return sum;
}
