package io.teex.attestation.nitro;

import io.teex.protocol.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** AWS' root of Nitro enclaves, loaded where it is first needed. */
final class NitroRoot {
  private NitroRoot() {}

  /** In DER. */
  static Bytes aws() {
    return Holder.AWS;
  }

  private static final class Holder {
    private static final Bytes AWS = load();

    private static Bytes load() {
      InputStream resource = NitroRoot.class.getResourceAsStream("root.pem");
      if (resource == null) {
        throw new IllegalStateException("resource root.pem is missing");
      }
      try (PemReader in =
          new PemReader(new InputStreamReader(resource, StandardCharsets.US_ASCII))) {
        PemObject object = in.readPemObject();
        if (object == null) {
          throw new IllegalStateException("resource root.pem is damaged");
        }
        return Bytes.of(object.getContent());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
