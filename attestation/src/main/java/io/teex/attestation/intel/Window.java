package io.teex.attestation.intel;

import java.security.cert.X509Certificate;
import java.time.Instant;

/** From when to when a document holds, both ends included. */
record Window(Instant from, Instant to) {
  static final Window ALWAYS = new Window(Instant.MIN, Instant.MAX);

  static Window of(X509Certificate certificate) {
    return new Window(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  /** When both hold; may be empty, and then contains no time. */
  Window and(Window other) {
    return new Window(
        from.isAfter(other.from) ? from : other.from, to.isBefore(other.to) ? to : other.to);
  }
}
