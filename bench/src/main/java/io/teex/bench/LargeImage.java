package io.teex.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A valid image of a given size that does nothing: many functions that nobody calls. */
final class LargeImage {
  private static final int FUNCTION_BYTES = 400;

  private LargeImage() {}

  static byte[] of(int bytes) {
    int functions = bytes / FUNCTION_BYTES;
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    image.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
    // Types: () to nothing, and i32 to i32.
    section(image, 1, new byte[] {2, 0x60, 0, 0, 0x60, 1, 0x7F, 1, 0x7F});
    ByteArrayOutputStream types = new ByteArrayOutputStream();
    leb(types, functions + 1);
    types.write(0);
    types.writeBytes(filled(functions, 1));
    section(image, 3, types.toByteArray());
    section(image, 5, new byte[] {1, 0, 1}); // One memory of one page.
    section(image, 7, exports());
    section(image, 10, code(functions));
    return image.toByteArray();
  }

  private static byte[] exports() {
    ByteArrayOutputStream exports = new ByteArrayOutputStream();
    exports.write(2);
    export(exports, "_start", 0);
    export(exports, "memory", 2);
    return exports.toByteArray();
  }

  private static void export(ByteArrayOutputStream out, String name, int kind) {
    out.write(name.length());
    out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    out.write(kind);
    out.write(0);
  }

  private static byte[] code(int functions) {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    leb(code, functions + 1);
    code.writeBytes(new byte[] {2, 0, 0x0B}); // _start: no locals, end.
    for (int i = 0; i < functions; i++) {
      byte[] body = body(i);
      leb(code, body.length);
      code.writeBytes(body);
    }
    return code.toByteArray();
  }

  /** Loads, branches and arithmetic in turn, as compilers write them. */
  private static byte[] body(int seed) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(0);
    for (int i = 0; body.size() < FUNCTION_BYTES - 30; i++) {
      body.writeBytes(new byte[] {0x20, 0, 0x41, (byte) ((seed + i) & 0x3F), 0x6C}); // × constant
      body.writeBytes(new byte[] {0x41, 63, 0x71, 0x28, 2, 4, 0x21, 0}); // & 63, load, set
      body.writeBytes(
          new byte[] {0x20, 0, 0x04, 0x40, 0x20, 0, 0x41, 1, 0x6A, 0x21, 0, 0x0B}); // if
    }
    body.writeBytes(new byte[] {0x20, 0, 0x0B});
    return body.toByteArray();
  }

  private static void section(ByteArrayOutputStream out, int id, byte[] content) {
    out.write(id);
    leb(out, content.length);
    out.writeBytes(content);
  }

  private static void leb(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest >= 0x80) {
      out.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
