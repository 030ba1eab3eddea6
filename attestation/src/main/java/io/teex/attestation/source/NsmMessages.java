package io.teex.attestation.source;

import io.teex.protocol.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The one request that a source makes of a Nitro security module and its answer, in CBOR: {@code
 * {"Attestation": {"user_data": h'..', "nonce": null, "public_key": null}}} and {@code
 * {"Attestation": {"document": h'..'}}} or {@code {"Error": ".."}}.
 */
final class NsmMessages {
  private static final String ATTESTATION = "Attestation";
  private static final int NULL = 0xf6;

  /** CBOR's major types, in the three highest bits. */
  private static final int BYTES = 0x40;

  private static final int TEXT = 0x60;
  private static final int MAP = 0xa0;
  private static final int SIZE_IN_ONE_BYTE = 24;
  private static final int SIZE_IN_TWO_BYTES = 25;

  private NsmMessages() {}

  /**
   * @param userData fewer than 256 bytes
   */
  static byte[] request(byte[] userData) {
    ByteBuffer out = ByteBuffer.allocate(64 + userData.length);
    out.put((byte) (MAP | 1));
    put(out, ATTESTATION);
    out.put((byte) (MAP | 3));
    put(out, "user_data");
    out.put((byte) (BYTES | SIZE_IN_ONE_BYTE)).put((byte) userData.length).put(userData);
    put(out, "nonce");
    out.put((byte) NULL);
    put(out, "public_key");
    out.put((byte) NULL);
    byte[] request = new byte[out.position()];
    out.flip().get(request);
    return request;
  }

  private static void put(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    out.put((byte) (TEXT | bytes.length)).put(bytes);
  }

  /**
   * The document in an answer.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Bytes document(byte[] answer) {
    ByteBuffer in = ByteBuffer.wrap(answer);
    try {
      requireMapOfOne(in);
      String kind = text(in);
      if (kind.equals("Error")) {
        throw new IllegalArgumentException("the module refuses: " + text(in));
      }
      if (kind.equals(ATTESTATION)) {
        requireMapOfOne(in);
        if (text(in).equals("document")) {
          return Bytes.of(string(in, BYTES));
        }
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("the module's answer is cut off", e);
    }
    throw new IllegalArgumentException("the module answered something else than a document");
  }

  private static void requireMapOfOne(ByteBuffer in) {
    if (in.get() != (byte) (MAP | 1)) {
      throw new IllegalArgumentException("the module's answer is no map of one");
    }
  }

  private static String text(ByteBuffer in) {
    return new String(string(in, TEXT), StandardCharsets.UTF_8);
  }

  private static byte[] string(ByteBuffer in, int type) {
    int head = in.get() & 0xff;
    if ((head & 0xe0) != type) {
      throw new IllegalArgumentException("the module's answer has a type that was not expected");
    }
    int size =
        switch (head & 0x1f) {
          case SIZE_IN_ONE_BYTE -> in.get() & 0xff;
          case SIZE_IN_TWO_BYTES -> in.getShort() & 0xffff;
          default -> head & 0x1f;
        };
    if (size > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] string = new byte[size];
    in.get(string);
    return string;
  }
}
