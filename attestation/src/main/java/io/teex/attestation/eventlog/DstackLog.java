package io.teex.attestation.eventlog;

import io.teex.attestation.Digests;
import io.teex.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * dstack's log: a JSON list of {@code {imr, event_type, digest, event, event_payload}}, the last
 * three texts and digest and payload hexadecimal. A run-time event has the type {@code 0x08000001}
 * and the digest SHA-384(u32 little-endian type ‖ ":" ‖ event ‖ ":" ‖ payload). The list may stand
 * alone or, as a list or a text, under {@code event_log} in the object in which dstack hands it
 * out.
 */
final class DstackLog {
  private static final int RUNTIME_EVENT = 0x0800_0001;
  private static final long U32_MAX = 0xffff_ffffL;
  private static final int REGISTER_MAX = 3;
  private static final int DEPTH_MAX = 16;
  private static final String LIST = "event_log";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxNumberLength(20)
                  .build())
          .build();

  private DstackLog() {}

  static boolean isOne(Bytes log) {
    for (int i = 0; i < log.size(); i++) {
      switch (log.at(i)) {
        case ' ', '\t', '\r', '\n' -> {}
        case '[', '{' -> {
          return true;
        }
        default -> {
          return false;
        }
      }
    }
    return false;
  }

  /**
   * @throws IllegalArgumentException if it is no such log
   */
  static List<LoggedEvent> parse(Bytes log) {
    return parse(new String(log.copy(), StandardCharsets.UTF_8), true);
  }

  private static List<LoggedEvent> parse(String json, boolean mayBeWrapped) {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
      List<LoggedEvent> events =
          in.nextToken() == JsonToken.START_OBJECT && mayBeWrapped ? wrapped(in) : events(in);
      if (in.nextToken() != null) {
        throw new IllegalArgumentException("something follows the list");
      }
      return events;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static List<LoggedEvent> wrapped(JsonParser in) {
    List<LoggedEvent> events = null;
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean isList = in.currentName().equals(LIST);
      JsonToken value = in.nextToken();
      if (!isList) {
        in.skipChildren();
      } else if (value == JsonToken.VALUE_STRING) {
        events = parse(in.getString(), false);
      } else {
        events = events(in);
      }
    }
    if (events == null) {
      throw new IllegalArgumentException("an object without " + LIST);
    }
    return events;
  }

  private static List<LoggedEvent> events(JsonParser in) {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw new IllegalArgumentException("no list of events");
    }
    List<LoggedEvent> events = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (events.size() >= EventLog.EVENTS_MAX) {
        throw new IllegalArgumentException("more than %d events".formatted(EventLog.EVENTS_MAX));
      }
      events.add(event(in));
    }
    return events;
  }

  private static LoggedEvent event(JsonParser in) {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("an event that is no object");
    }
    long register = -1;
    long type = -1;
    String digest = null;
    String name = "";
    String payload = "";
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = in.currentName();
      in.nextToken();
      switch (key) {
        case "imr" -> register = number(in, key, REGISTER_MAX);
        case "event_type" -> type = number(in, key, U32_MAX);
        case "digest" -> digest = text(in, key);
        case "event" -> name = text(in, key);
        case "event_payload" -> payload = text(in, key);
        default -> in.skipChildren();
      }
    }
    if (register < 0 || type < 0 || digest == null) {
      throw new IllegalArgumentException("an event without imr, event_type or digest");
    }
    return (int) type == RUNTIME_EVENT
        ? told((int) register, hex(digest), name, hex(payload))
        : new LoggedEvent.Opaque((int) register, padded(hex(digest)));
  }

  private static LoggedEvent told(int register, byte[] shown, String name, byte[] payload) {
    Bytes digest = digest(name, payload);
    // Some versions leave the digest out, since it can only be the one that is computed.
    if (shown.length > 0 && !padded(shown).equals(digest)) {
      return new LoggedEvent.Untrue(register, padded(shown), name);
    }
    // A colon in the name would let the same digest tell of another name and payload.
    return name.indexOf(':') >= 0
        ? new LoggedEvent.Opaque(register, digest)
        : new LoggedEvent.Told(register, digest, name, Bytes.of(payload));
  }

  private static Bytes digest(String name, byte[] payload) {
    MessageDigest digest = Digests.sha384();
    digest.update(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(RUNTIME_EVENT).flip());
    digest.update((byte) ':');
    digest.update(name.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) ':');
    return Bytes.of(digest.digest(payload));
  }

  private static Bytes padded(byte[] digest) {
    if (digest.length > Digests.SHA384_SIZE) {
      throw new IllegalArgumentException("a digest of %d bytes".formatted(digest.length));
    }
    return Bytes.of(Arrays.copyOf(digest, Digests.SHA384_SIZE));
  }

  private static byte[] hex(String text) {
    return Bytes.fromHex(text).copy();
  }

  private static long number(JsonParser in, String key, long max) {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw new IllegalArgumentException("%s is no number".formatted(key));
    }
    long number = in.getLongValue();
    if (number < 0 || number > max) {
      throw new IllegalArgumentException("%s is %d, at most %d".formatted(key, number, max));
    }
    return number;
  }

  private static String text(JsonParser in, String key) {
    @Nullable String text = in.currentToken() == JsonToken.VALUE_STRING ? in.getString() : null;
    if (text == null) {
      throw new IllegalArgumentException("%s is no text".formatted(key));
    }
    return text;
  }
}
