package io.teex.sdk;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a provider tells everybody of a service or data set; stored in the open.
 *
 * @param input what a service takes, in words; empty for data sets
 */
public record Metadata(String name, String description, String input) {
  private static final int BYTES_MAX = 64 << 10;
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  public Metadata {
    if (name.isBlank()) {
      throw new TeexException(ErrorCode.USAGE, "a service or data set needs a name");
    }
  }

  public static Metadata named(String name) {
    return new Metadata(name, "", "");
  }

  /** JSON, UTF-8. */
  public byte[] encode() {
    return JSON.writeValueAsString(this).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what some provider wrote: nothing in it is to be believed.
   *
   * @throws TeexException {@code MALFORMED}
   */
  public static Metadata decode(byte[] json) {
    if (json.length > BYTES_MAX) {
      throw new TeexException(ErrorCode.MALFORMED, "metadata of %d bytes".formatted(json.length));
    }
    try {
      return JSON.readValue(json, Metadata.class);
    } catch (JacksonException | NullPointerException e) {
      throw new TeexException(ErrorCode.MALFORMED, "this is no metadata", e);
    }
  }
}
