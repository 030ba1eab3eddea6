package io.teex.teeds;

import io.teex.protocol.SecretBytes;

/**
 * The key of a shard as the Service Manager gives it out.
 *
 * @param shard name of the shard, ASCII, 1 to 64 characters
 * @param epoch of the key
 * @param key 32 bytes, from which the key of every file is derived
 */
public record ShardKey(String shard, int epoch, SecretBytes key) {
  public ShardKey {
    if (!shard.matches("[!-~]{1,64}")) {
      throw new IllegalArgumentException("a shard has a name of 1 to 64 ASCII characters");
    }
    if (key.size() != 32) {
      throw new IllegalArgumentException("a shard key has 32 bytes, not " + key.size());
    }
  }
}
