package io.teex.teeds;

import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The deployment that certificates are signed for, out of the addresses file that all roles share.
 * A store looks at no contract, so the other addresses are passed over. The file is the host's: a
 * wrong one makes every certificate invalid, which refuses and reveals nothing.
 */
final class Deployment {
  private static final int SIZE_MAX = 1 << 16;
  private static final JsonFactory JSON = new JsonFactory();

  private Deployment() {}

  /**
   * @throws TeexException {@code USAGE}
   */
  static Domain read(Path file) {
    try {
      if (Files.size(file) > SIZE_MAX) {
        throw usage(file, "is larger than %,d bytes".formatted(SIZE_MAX));
      }
      return parse(file, Files.readString(file));
    } catch (IOException e) {
      throw usage(file, "cannot be read: " + e.getMessage());
    } catch (JacksonException e) {
      throw usage(file, "is not JSON: " + e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      throw usage(file, String.valueOf(e.getMessage()));
    }
  }

  private static Domain parse(Path file, String json) {
    Optional<Long> chainId = Optional.empty();
    Optional<Address> settlement = Optional.empty();
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw usage(file, "is not a JSON object");
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = in.currentName();
        in.nextToken();
        switch (key) {
          case "chainId" -> chainId = Optional.of(in.getLongValue());
          case "settlement" -> settlement = Optional.of(Address.fromHex(in.getString()));
          default -> in.skipChildren();
        }
      }
    }
    if (chainId.isEmpty() || settlement.isEmpty()) {
      throw usage(file, "has no chainId or no settlement");
    }
    return new Domain(chainId.get(), settlement.get());
  }

  private static TeexException usage(Path file, String what) {
    return new TeexException(ErrorCode.USAGE, "%s %s".formatted(file, what));
  }
}
