package io.teex.attestation.source;

import io.teex.attestation.Claims;
import io.teex.protocol.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A key that AMD's secure processor derives from the chip's own (VCEK; a VMRK is another one at
 * each launch) for this measurement under this guest policy, at the privilege level of this guest.
 * TCB and guest SVN are left out, so that an update of either does not change the key.
 *
 * @see <a
 *     href="https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/56860.pdf">AMD
 *     56860, MSG_KEY_REQ</a>
 */
final class SnpSealingSecret implements SealingSecret {
  private static final int REQUEST_SIZE = 32;
  private static final int ROOT_KEY_VCEK = 0;
  private static final long GUEST_POLICY = 1;
  private static final long MEASUREMENT = 1 << 3;
  private static final int RESPONSE_SIZE = 64;
  private static final int KEY_AT = 0x20;

  private final SevGuestDevice device;

  SnpSealingSecret(SevGuestDevice device) {
    this.device = device;
  }

  @Override
  public SecretBytes get(Claims own) throws IOException {
    byte[] response = device.derivedKey(request(privilegeLevel(own)));
    try {
      if (response.length != RESPONSE_SIZE) {
        throw new IOException(
            "a derived key in %d bytes, expected %d".formatted(response.length, RESPONSE_SIZE));
      }
      int status = ByteBuffer.wrap(response).order(ByteOrder.LITTLE_ENDIAN).getInt();
      if (status != 0) {
        throw new IOException("the firmware derives no key: status 0x%x".formatted(status));
      }
      byte[] key = Arrays.copyOfRange(response, KEY_AT, RESPONSE_SIZE);
      try {
        if (Arrays.equals(key, new byte[key.length])) {
          throw new IOException("the firmware answered with a key of zeros");
        }
        return SecretBytes.copyOf(key);
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    } finally {
      Arrays.fill(response, (byte) 0);
    }
  }

  private static int privilegeLevel(Claims own) throws IOException {
    return own.field("vmpl")
        .filter(Long.class::isInstance)
        .map(level -> Math.toIntExact((Long) level))
        .orElseThrow(() -> new IOException("the report names no privilege level"));
  }

  private static byte[] request(int privilegeLevel) {
    return ByteBuffer.allocate(REQUEST_SIZE)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(ROOT_KEY_VCEK)
        .putInt(0)
        .putLong(GUEST_POLICY | MEASUREMENT)
        .putInt(privilegeLevel)
        .array();
  }
}
