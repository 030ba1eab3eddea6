package io.teex.rpc;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.teex.attestation.Collateral;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection and how far its caller has come. Hello gives the caller our evidence and
 * a nonce; a caller with a certificate is nobody until it proved it over that nonce, a caller
 * without one is anonymous. A proven caller stays so for as long as it would be accepted again.
 */
final class ServerTransport {
  private static final System.Logger LOG = System.getLogger(ServerTransport.class.getName());

  static final Attributes.Key<ServerTransport> KEY = Attributes.Key.create("teex-transport");
  static final int NONCE_BYTES = Bytes32.SIZE;

  private static final Duration NONCE_LIFETIME = Duration.ofMinutes(1);

  /** A caller sends one first message after the other. */
  private static final int FIRST_MESSAGES_MAX = 4;

  private static final int FIRST_MESSAGE_BYTES_MAX =
      2 * Evidence.ENCODED_SIZE_MAX + Collateral.ALONGSIDE_SIZE_MAX;

  /** How far the caller has come. */
  private sealed interface Standing {
    record Unknown() implements Standing {}

    record Greeted(Bytes32 nonce, Instant expires) implements Standing {}

    record Proven(Peer.Node peer, Proof proof, Met met) implements Standing {}
  }

  private final SSLSession session;
  private final String address;
  private final @Nullable X509Certificate certificate;
  private final Strangers.@Nullable Connection connection;
  private final Room firstMessages;
  private final Consumer<Peer.Node> requirement;
  private volatile Standing standing = new Standing.Unknown();

  private ServerTransport(
      SSLSession session,
      String address,
      @Nullable X509Certificate certificate,
      Strangers.@Nullable Connection connection,
      Consumer<Peer.Node> requirement,
      InstantSource clock) {
    this.session = session;
    this.address = address;
    this.certificate = certificate;
    this.connection = connection;
    this.requirement = requirement;
    this.firstMessages = new Room(FIRST_MESSAGES_MAX, FIRST_MESSAGE_BYTES_MAX, clock);
  }

  /**
   * The state of a connection whose TLS handshake just ended.
   *
   * @param requirement what is asked of a caller that proves itself besides the policy
   */
  static ServerTransport of(
      Attributes attributes,
      Strangers strangers,
      Consumer<Peer.Node> requirement,
      InstantSource clock) {
    SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      throw new IllegalStateException("a connection without TLS");
    }
    X509Certificate certificate;
    try {
      certificate = (X509Certificate) session.getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException e) {
      certificate = null; // A caller that shows no certificate: a user.
    }
    Object remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return new ServerTransport(
        session, String.valueOf(remote), certificate, strangers.find(remote), requirement, clock);
  }

  /** The room of this connection's first messages: nobody has earned more yet. */
  Room firstMessages() {
    return firstMessages;
  }

  /** A method begins to run for the caller. */
  void enter() {
    if (connection != null) {
      connection.enter();
    }
  }

  /** It has returned. */
  void leave() {
    if (connection != null) {
      connection.leave();
    }
  }

  String address() {
    return address;
  }

  /** Who calls, if that is settled. */
  Optional<Peer> peer() {
    return switch (standing) {
      case Standing.Unknown unknown -> Optional.empty();
      case Standing.Greeted greeted ->
          certificate == null ? Optional.of(new Peer.Anonymous(address)) : Optional.empty();
      case Standing.Proven proven -> Optional.of(proven.peer());
    };
  }

  /** Our evidence for this connection. */
  Endorsed prove(NodeIdentity identity, byte[] nonce) {
    return identity.prove(nonce, Exporter.SERVER.of(session));
  }

  /**
   * A nonce for the caller's proof; it replaces an earlier one.
   *
   * @throws TeexException {@code ATTESTATION_REFUSED} to a caller who has something to prove while
   *     the time is not known well enough
   */
  synchronized byte[] greet(SecureRandom random, Attestor attestor) {
    Bytes32 nonce = Bytes32.random(random);
    if (!(standing instanceof Standing.Proven)) {
      // Who shows no certificate proves nothing with it, at no time.
      Instant expires =
          certificate == null ? Instant.EPOCH : attestor.now().earliest().plus(NONCE_LIFETIME);
      standing = new Standing.Greeted(nonce, expires);
    }
    return nonce.copy();
  }

  /**
   * Judges the caller's proof. The nonce is used up whatever comes out.
   *
   * @throws TeexException with the reasons, which are not for the caller
   */
  synchronized void accept(Role role, Endorsed shown, Attestor attestor) {
    if (certificate == null) {
      throw refused("a proof without a certificate");
    }
    if (!(standing instanceof Standing.Greeted greeted)) {
      throw refused("nonce-unknown: a proof without a nonce of ours");
    }
    standing = new Standing.Unknown();
    if (!attestor.now().isSurelyNotAfter(greeted.expires())) {
      throw refused("nonce-expired: it was good until %s".formatted(greeted.expires()));
    }
    Proof proof =
        Proof.of(
            role, certificate, shown, greeted.nonce().copy(), Exporter.CLIENT.of(session), address);
    Peer.Node peer = attestor.judge(proof);
    standing = new Standing.Proven(peer, proof, Met.by(peer, requirement, attestor.now()));
    if (connection != null) {
      connection.forget();
    }
  }

  /** Judges a proven caller again; one that is no longer accepted is cut off, calls and all. */
  void judgeAgain(Attestor attestor) {
    if (!(standing instanceof Standing.Proven proven)) {
      return;
    }
    try {
      attestor.judgeAgain(proven.proof());
      proven.met().again(attestor.now());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} is cut off: {1}", proven.peer(), e.getMessage());
      cutOff();
    }
  }

  private synchronized void cutOff() {
    standing = new Standing.Unknown();
    cut();
  }

  /** Ends the connection with all its calls. */
  void cut() {
    if (connection != null) {
      connection.cut();
    }
  }

  private TeexException refused(String reason) {
    return new TeexException(ErrorCode.ATTESTATION_REFUSED, "%s: %s".formatted(address, reason));
  }
}
