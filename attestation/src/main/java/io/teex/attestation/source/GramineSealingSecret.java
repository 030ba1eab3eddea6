package io.teex.attestation.source;

import io.teex.attestation.Claims;
import io.teex.protocol.SecretBytes;
import java.io.IOException;
import java.util.Arrays;

/**
 * SGX's sealing key of this enclave's measurement, as Gramine shows it. An update of the
 * processor's microcode changes it.
 *
 * @see <a
 *     href="https://gramine.readthedocs.io/en/stable/manifest-syntax.html#encrypted-files">Gramine,
 *     {@code _sgx_mrenclave}</a>
 */
final class GramineSealingSecret implements SealingSecret {
  private static final String KEY = "keys/_sgx_mrenclave";
  private static final int KEY_BYTES = 16;

  private final KernelFiles files;

  /**
   * @param files below {@code /dev/attestation}
   */
  GramineSealingSecret(KernelFiles files) {
    this.files = files;
  }

  @Override
  public SecretBytes get(Claims own) throws IOException {
    byte[] key = files.read(KEY, KEY_BYTES);
    try {
      if (key.length != KEY_BYTES || Arrays.equals(key, new byte[KEY_BYTES])) {
        throw new IOException(
            "%s is no key: %s"
                .formatted(
                    KEY,
                    key.length == KEY_BYTES
                        ? "all zeros"
                        : "expected %d bytes".formatted(KEY_BYTES)));
      }
      return SecretBytes.copyOf(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
