package io.teex.attestation.collateral;

import java.util.Locale;

/** What signs the reports of an SNP platform: its chip's own key, or one of a cloud provider. */
public enum EndorsementKey {
  VCEK,
  VLEK;

  /** As in the service's paths. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
