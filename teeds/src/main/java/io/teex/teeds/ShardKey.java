package io.teex.teeds;

import io.teex.protocol.SecretBytes;
import java.util.regex.Pattern;

/**
 * The key of a shard as the Service Manager gives it out.
 *
 * @param shard name of the shard, {@value #NAME_RULE}
 * @param epoch of the key
 * @param key 32 bytes, from which the key of every file is derived
 */
public record ShardKey(String shard, int epoch, SecretBytes key) {
  static final int KEY_BYTES = 32;

  static final String NAME_RULE = "1 to 64 characters of a-z, 0-9 and -";

  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");

  public ShardKey {
    if (!isName(shard)) {
      throw new IllegalArgumentException("a shard's name has " + NAME_RULE);
    }
    if (key.size() != KEY_BYTES) {
      throw new IllegalArgumentException(
          "a shard key has %d bytes, not %d".formatted(KEY_BYTES, key.size()));
    }
  }

  static boolean isName(String shard) {
    return NAME.matcher(shard).matches();
  }
}
