package io.teex.rpc;

import io.teex.attestation.Collateral;
import io.teex.attestation.DecisionLog;
import io.teex.attestation.Decisions;
import io.teex.attestation.Endorsed;
import io.teex.attestation.P256;
import io.teex.attestation.RaTls;
import io.teex.attestation.ReportData;
import io.teex.attestation.SealedFile;
import io.teex.attestation.Tee;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a node is on the network: a role, a TLS key that lives as long as the process, a certificate
 * whose evidence binds the two, and the secp256k1 key that signs leases, receipts and batches.
 *
 * <p>The certificate lives {@link #CERTIFICATE_LIFETIME} and is replaced after half of it; new
 * connections get the new one. Safe for use by several threads.
 */
public final class NodeIdentity {
  private static final System.Logger LOG = System.getLogger(NodeIdentity.class.getName());

  static final Duration CERTIFICATE_LIFETIME = Duration.ofHours(24);

  private final Role role;
  private final Tee tee;
  private final SigningKey signer;
  private final Decisions decisions;
  private final KeyPair tlsKey;
  private final InstantSource clock;
  private final SecureRandom random;
  private volatile Issued issued;
  private volatile Supplier<Bytes> shown = () -> Bytes.EMPTY;

  /** A certificate and what the platform gave along with its evidence. */
  private record Issued(X509Certificate certificate, Collateral alongside) {}

  private NodeIdentity(
      Role role,
      Tee tee,
      SigningKey signer,
      Decisions decisions,
      InstantSource clock,
      SecureRandom random) {
    this.role = role;
    this.decisions = decisions;
    this.tee = tee;
    this.signer = signer;
    this.clock = clock;
    this.random = random;
    this.tlsKey = P256.generate(random);
    this.issued = issue();
  }

  private Issued issue() {
    Endorsed endorsed = tee.endorsed(RaTls.binding(tlsKey.getPublic(), role));
    return new Issued(
        RaTls.issue(
            tlsKey, role, endorsed.evidence(), clock.instant(), CERTIFICATE_LIFETIME, random),
        endorsed.collateral().alongside());
  }

  /** An identity with a fresh TLS key, which does not keep what it decides about peers. */
  public static NodeIdentity create(
      Role role, Tee tee, SigningKey signer, InstantSource clock, SecureRandom random) {
    return new NodeIdentity(role, tee, signer, Decisions.NOT_KEPT, clock, random);
  }

  /**
   * An identity with a fresh TLS key. What it decides about peers is signed and kept in {@code
   * data/decisions}.
   */
  public static NodeIdentity create(
      Role role, Tee tee, SigningKey signer, Path data, InstantSource clock, SecureRandom random) {
    return new NodeIdentity(role, tee, signer, decisions(data, signer), clock, random);
  }

  /**
   * The same with the signing key that is sealed in {@code data}, which is made on the first start.
   *
   * @throws io.teex.protocol.TeexException {@code STORE_CORRUPT} if the sealed key does not open
   */
  public static NodeIdentity open(
      Role role, Tee tee, Path data, InstantSource clock, SecureRandom random) {
    SealedFile file = new SealedFile(data.resolve("signer.sealed"), tee, "signer", random);
    Optional<SecretBytes> kept = file.read();
    SigningKey signer;
    if (kept.isPresent()) {
      try (SecretBytes secret = kept.get()) {
        signer = SigningKey.of(secret);
      }
    } else {
      signer = SigningKey.generate(random);
      try (SecretBytes secret = signer.secret()) {
        file.write(secret);
      }
    }
    return create(role, tee, signer, data, clock, random);
  }

  /** Refusals are kept apart, so that nobody who is refused often pushes the others out. */
  private static Decisions decisions(Path data, SigningKey signer) {
    Path directory = data.resolve("decisions");
    DecisionLog accepted =
        DecisionLog.open(directory.resolve("accepted"), DecisionLog.Bounds.DEFAULT);
    DecisionLog refused =
        DecisionLog.open(directory.resolve("refused"), DecisionLog.Bounds.DEFAULT);
    return decision -> {
      try {
        (decision.outcome().accepted() ? accepted : refused).append(decision.sign(signer));
      } catch (UncheckedIOException e) {
        // A full disk is no reason to refuse a peer: who owns it could stop us anyway.
        LOG.log(System.Logger.Level.WARNING, "a decision about a peer was not kept", e);
      }
    };
  }

  public Role role() {
    return role;
  }

  public Tee tee() {
    return tee;
  }

  public SigningKey signer() {
    return signer;
  }

  /** Takes what this node decides about peers. */
  Decisions decisions() {
    return decisions;
  }

  /** The account of the signing key. */
  public Address address() {
    return signer.address();
  }

  /** SHA-256 of the TLS key's SubjectPublicKeyInfo: how node certificates name it. */
  public Bytes32 tlsKeyHash() {
    return RaTls.keyHash(issued.certificate());
  }

  /** The certificate for the next connection. */
  X509Certificate certificate() {
    Issued current = issued;
    Instant end = current.certificate().getNotAfter().toInstant();
    return clock.instant().isBefore(end.minus(CERTIFICATE_LIFETIME.dividedBy(2)))
        ? current.certificate()
        : renew(current).certificate();
  }

  private synchronized Issued renew(Issued seen) {
    if (issued.equals(seen)) {
      issued = issue();
    }
    return issued;
  }

  /** From now on shows this node certificate on every new connection that this node serves. */
  public void show(Signed<NodeCertificate> nodeCertificate) {
    show(() -> nodeCertificate);
  }

  /** The same with one that is made for every connection. */
  public void show(Supplier<Signed<NodeCertificate>> nodeCertificate) {
    shown = () -> Bytes.of(nodeCertificate.get().encode());
  }

  /** The node certificate to show; empty if there is none. */
  Bytes shown() {
    return shown.get();
  }

  PrivateKey tlsPrivateKey() {
    return tlsKey.getPrivate();
  }

  /** Fresh evidence for the verifier who chose {@code nonce}, good on one connection only. */
  Endorsed prove(byte[] nonce, byte[] exporter) {
    Endorsed fresh =
        tee.endorsed(ReportData.of(role, tlsKey.getPublic().getEncoded(), nonce, exporter));
    Issued current = issued;
    if (!fresh.collateral().alongside().equals(current.alongside())) {
      // The platform was updated: what comes along now does not fit the certificate's evidence.
      renew(current);
    }
    return fresh;
  }

  @Override
  public String toString() {
    return "%s %s %s".formatted(tee.kind(), role, address());
  }
}
