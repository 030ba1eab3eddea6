package io.teex.attestation.collateral;

import java.util.Locale;

/** Who makes a platform, and so who signs the documents about it. */
public enum Vendor {
  INTEL,
  AMD;

  /** As in configuration keys. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
