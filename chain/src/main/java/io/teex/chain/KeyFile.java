package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A private key in a file: in hexadecimal, or in a {@link Keystore}. */
public final class KeyFile {
  private KeyFile() {}

  /**
   * @param password file with the password of a keystore, with or without a line's end; the empty
   *     path if there is none
   * @throws TeexException {@code USAGE} if a file cannot be read or holds no key, {@code
   *     PERMISSION_DENIED} if the password is wrong; no message quotes what is in them
   */
  public static SigningKey read(Path file, Path password) {
    byte[] content = bytes(file);
    try {
      if (!Keystore.isOne(content)) {
        return hexadecimal(file, content);
      }
      if (password.toString().isEmpty()) {
        throw usage("%s is a keystore: name the file with its password".formatted(file));
      }
      byte[] line = bytes(password);
      int end = line.length;
      while (end > 0 && (line[end - 1] == '\n' || line[end - 1] == '\r')) {
        end--;
      }
      try (SecretBytes secret = SecretBytes.owned(Arrays.copyOf(line, end))) {
        return Keystore.open(file.toString(), content, secret);
      } finally {
        Arrays.fill(line, (byte) 0);
      }
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static SigningKey hexadecimal(Path file, byte[] content) {
    String text = new String(content, StandardCharsets.US_ASCII).strip();
    try (SecretBytes secret = SecretBytes.copyOf(Bytes.fromHex(text).copy())) {
      return SigningKey.of(secret);
    } catch (IllegalArgumentException e) {
      // The cause could quote the key.
      throw usage(
          "%s holds no private key: expected 64 hexadecimal digits, or a keystore".formatted(file));
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TeexException(ErrorCode.USAGE, "the file %s cannot be read".formatted(file), e);
    }
  }

  private static TeexException usage(String what) {
    return new TeexException(ErrorCode.USAGE, what);
  }
}
