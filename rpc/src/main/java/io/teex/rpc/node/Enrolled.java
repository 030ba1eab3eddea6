package io.teex.rpc.node;

import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.NodeIdentity;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * A node's certificate: got from the manager, shown to whoever connects, and renewed once half of
 * its life is over, so that the manager may be away for the other half. Safe for use by several
 * threads.
 */
public final class Enrolled {
  private final NodeIdentity identity;
  private final Supplier<Signed<NodeCertificate>> ask;
  private final InstantSource clock;
  private volatile Signed<NodeCertificate> certificate;
  private Instant renewal;

  private Enrolled(
      NodeIdentity identity,
      Supplier<Signed<NodeCertificate>> ask,
      InstantSource clock,
      Signed<NodeCertificate> certificate) {
    this.identity = identity;
    this.ask = ask;
    this.clock = clock;
    this.certificate = certificate;
    this.renewal = renewalOf(certificate);
    identity.show(certificate);
  }

  /**
   * Enrols, waiting for the operator's word if that is what is missing.
   *
   * @param ask the manager for a certificate, see {@link NodeCertificates#enrol}
   * @throws TeexException what the manager refuses the node for
   */
  public static Enrolled enrol(
      NodeIdentity identity, Supplier<Signed<NodeCertificate>> ask, InstantSource clock) {
    return new Enrolled(identity, ask, clock, UntilOperated.inRealTime().enrol(identity, ask));
  }

  /** The present one. */
  public Signed<NodeCertificate> certificate() {
    return certificate;
  }

  /**
   * Renews the certificate if it is time; to be called again and again.
   *
   * @return whether there is another one now
   * @throws TeexException why there is none: the present one stays, and the next call asks again
   */
  public synchronized boolean renewIfDue() {
    if (clock.instant().isBefore(renewal)) {
      return false;
    }
    certificate = ask.get();
    renewal = renewalOf(certificate);
    identity.show(certificate);
    return true;
  }

  private Instant renewalOf(Signed<NodeCertificate> signed) {
    Instant now = clock.instant();
    Instant end = Instant.ofEpochSecond(signed.value().notAfter());
    return now.plus(Duration.between(now, end).dividedBy(2));
  }
}
