package io.teex.attestation.collateral;

import io.teex.protocol.Bytes;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * An object signed by Intel, as its service sends it: {@code {"<name>": {...}, "signature":
 * "<hex>"}}. The signature is over the bytes of the inner object as they were sent, so these are
 * cut out and never written anew.
 */
record SignedObject(Bytes text, Bytes signature) {
  private static final int SIGNATURE_SIZE = 64;
  private static final String SIGNATURE = "signature";
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Cuts the object of this name and its signature out of an answer. */
  static SignedObject in(byte[] answer, String name) throws PartFailure {
    Bytes text = Bytes.EMPTY;
    Bytes signature = Bytes.EMPTY;
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), answer)) {
      requireObject(in.nextToken());
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = in.currentName();
        JsonToken value = in.nextToken();
        if (key.equals(name)) {
          requireObject(value);
          long from = in.currentTokenLocation().getByteOffset();
          in.skipChildren();
          text = cut(answer, from, in.currentLocation().getByteOffset());
        } else if (key.equals(SIGNATURE)) {
          signature = signature(value == JsonToken.VALUE_STRING ? in.getString() : "");
        } else {
          throw PartFailure.malformed("unknown key " + Shown.of(key));
        }
      }
      if (in.nextToken() != null) {
        throw PartFailure.malformed("something follows the object");
      }
    } catch (JacksonException e) {
      throw notJson();
    }
    if (text.isEmpty() || signature.isEmpty()) {
      throw PartFailure.malformed("the answer lacks %s or signature".formatted(name));
    }
    return new SignedObject(text, signature);
  }

  /** In an encoding other than UTF-8 the parser's offsets are not those of the bytes. */
  private static Bytes cut(byte[] answer, long from, long to) throws PartFailure {
    if (from < 0 || to > answer.length || from >= to) {
      throw notJson();
    }
    Bytes cut = Bytes.of(answer).slice((int) from, (int) to);
    if (cut.at(0) != '{' || cut.at(cut.size() - 1) != '}') {
      throw notJson();
    }
    return cut;
  }

  private static Bytes signature(String hex) throws PartFailure {
    try {
      Bytes signature = Bytes.fromHex(hex);
      if (signature.size() == SIGNATURE_SIZE) {
        return signature;
      }
    } catch (IllegalArgumentException e) {
      throw PartFailure.malformed("the signature is not hexadecimal");
    }
    throw PartFailure.malformed("the signature has not %d bytes".formatted(SIGNATURE_SIZE));
  }

  private static void requireObject(JsonToken token) throws PartFailure {
    if (token != JsonToken.START_OBJECT) {
      throw PartFailure.malformed("no JSON object");
    }
  }

  private static PartFailure notJson() {
    return PartFailure.malformed("not JSON in UTF-8");
  }
}
