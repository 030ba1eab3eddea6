package io.teex.rpc;

import com.google.protobuf.ByteString;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.teex.attestation.Endorsed;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.proto.ChannelGrpc;
import io.teex.rpc.proto.HelloRequest;
import io.teex.rpc.proto.HelloResponse;
import io.teex.rpc.proto.ProveRequest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Holds every call back until the very connection that would carry it is proven. gRPC reconnects by
 * itself, so the check sits where a call and its connection first meet: in the call credentials,
 * which see the TLS session before a byte of the call is sent.
 */
final class ClientGate extends CallCredentials {
  private static final System.Logger LOG = System.getLogger(ClientGate.class.getName());
  private static final CallOptions.Key<@Nullable FirstMessage> FIRST_MESSAGE =
      CallOptions.Key.create("teex-first-message");
  private static final Duration FIRST_MESSAGE_TIME_MAX = Duration.ofSeconds(10);

  /** A connection is replaced when a quarter of a certificate's life is left. */
  private static final int LIFE_LEFT_PART = 4;

  /** Marks a call of the handshake itself: it tells its connection, and may insist on one. */
  private static final class FirstMessage {
    private final @Nullable SSLSession required;
    private final AtomicReference<SSLSession> carriedBy = new AtomicReference<>();

    FirstMessage(@Nullable SSLSession required) {
      this.required = required;
    }
  }

  /**
   * @param renewal when to use another connection, well before a certificate of this one expires
   */
  private record Proven(
      SSLSession session, Peer.Node peer, Proof proof, Met met, Instant renewal) {}

  private final ManagedChannel channel;
  private final String name;
  private final Role role;
  private final Optional<NodeIdentity> identity;
  private final Attestor attestor;
  private final Consumer<Peer.Node> requirement;
  private final Consumer<Peer.Node> observer;
  private final SecureRandom random;
  private final ReentrantLock handshake = new ReentrantLock();
  private final Set<Context.CancellableContext> running = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Proven> proven = new AtomicReference<>();

  ClientGate(
      ManagedChannel channel,
      String name,
      Role role,
      Optional<NodeIdentity> identity,
      Attestor attestor,
      Consumer<Peer.Node> requirement,
      Consumer<Peer.Node> observer,
      SecureRandom random) {
    this.channel = channel;
    this.name = name;
    this.role = role;
    this.identity = identity;
    this.attestor = attestor;
    this.requirement = requirement;
    this.observer = observer;
    this.random = random;
  }

  /** Connects if need be and returns the peer, proven. */
  Peer.Node connect(Duration wait) {
    return prove(null, wait);
  }

  /** Makes a call that ends when the peer is no longer accepted. */
  <A> A guard(Supplier<A> call) {
    Context.CancellableContext context = Context.current().withCancellation();
    // Before the call meets its connection: so either it is cancelled, or it sees no proven peer.
    running.add(context);
    Context before = context.attach();
    try {
      return call.get();
    } finally {
      context.detach(before);
      running.remove(context);
      context.cancel(null);
    }
  }

  /** Judges the proven peer again; one that is no longer accepted is cut off, calls and all. */
  void judgeAgain() {
    Proven last = proven.get();
    if (last == null) {
      return;
    }
    try {
      attestor.judgeAgain(last.proof());
      last.met().again(attestor.now());
      if (!attestor.now().isSurelyNotAfter(last.renewal())) {
        // Running calls end on the connection that they are on.
        channel.enterIdle();
      }
    } catch (RuntimeException e) {
      cutOff(last, e);
    }
  }

  private void cutOff(Proven refused, RuntimeException reason) {
    // Not under the lock: the peer could hold up the exchange that has it.
    if (proven.compareAndSet(refused, null)) {
      LOG.log(
          System.Logger.Level.WARNING, "{0} is cut off: {1}", refused.peer(), reason.getMessage());
      running.forEach(context -> context.cancel(reason));
      channel.enterIdle();
    }
  }

  @Override
  public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
    SSLSession session = info.getTransportAttrs().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      applier.fail(Status.UNAUTHENTICATED.withDescription("a connection without TLS"));
      return;
    }
    FirstMessage first = info.getCallOptions().getOption(FIRST_MESSAGE);
    if (first != null) {
      admitFirstMessage(first, session, applier);
    } else if (isProven(session)) {
      applier.apply(new Metadata());
    } else {
      Thread.ofVirtual().name("teex-first-messages").start(() -> admit(session, applier));
    }
  }

  private static void admitFirstMessage(
      FirstMessage first, SSLSession session, MetadataApplier applier) {
    first.carriedBy.set(session);
    if (first.required == null || same(first.required, session)) {
      applier.apply(new Metadata());
    } else {
      applier.fail(Status.UNAVAILABLE.withDescription("the connection was lost"));
    }
  }

  private void admit(SSLSession session, MetadataApplier applier) {
    try {
      prove(session, FIRST_MESSAGE_TIME_MAX);
    } catch (TeexException e) {
      applier.fail(Failures.status(e).withCause(e));
      return;
    } catch (RuntimeException e) {
      applier.fail(Status.INTERNAL.withDescription("first messages failed").withCause(e));
      return;
    }
    if (isProven(session)) {
      applier.apply(new Metadata());
    } else {
      applier.fail(Status.UNAVAILABLE.withDescription("the connection was lost"));
    }
  }

  private boolean isProven(SSLSession session) {
    Proven last = proven.get();
    return last != null && same(last.session(), session);
  }

  /** Whether it is one connection: two sessions may call themselves equal, as resumed ones do. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean same(SSLSession one, @Nullable SSLSession other) {
    return one == other;
  }

  /**
   * Exchanges the first messages on the current connection, unless that is {@code wanted} and
   * proven.
   */
  private Peer.Node prove(@Nullable SSLSession wanted, Duration wait) {
    handshake.lock();
    try {
      Proven last = proven.get();
      if (last != null && same(last.session(), wanted)) {
        return last.peer();
      }
      return exchange(wait).peer();
    } catch (StatusRuntimeException e) {
      throw Failures.received(e, name);
    } catch (TeexException e) {
      // A peer that was refused gets no second call on this connection.
      channel.enterIdle();
      throw e;
    } finally {
      handshake.unlock();
    }
  }

  private Proven exchange(Duration wait) {
    byte[] nonce = new byte[ServerTransport.NONCE_BYTES];
    random.nextBytes(nonce);
    FirstMessage hello = new FirstMessage(null);
    HelloResponse greeting =
        call(
            ChannelGrpc.getHelloMethod(),
            HelloRequest.newBuilder().setNonce(ByteString.copyFrom(nonce)).build(),
            hello,
            wait);
    SSLSession session = hello.carriedBy.get();
    Proven last = proven.get();
    if (last != null && same(last.session(), session)) {
      // Asked to connect where a connection stands: both sides have proved themselves on it.
      return last;
    }
    Proof proof =
        Proof.of(
            role,
            certificate(session),
            EndorsedMessages.read(greeting.getEvidence(), greeting.getDocumentsList()),
            nonce,
            Exporter.SERVER.of(session),
            name);
    Peer.Node peer =
        attestor.judge(proof).showing(Bytes.of(greeting.getNodeCertificate().toByteArray()));
    Met met = Met.by(peer, requirement, attestor.now());
    observer.accept(peer);
    if (identity.isPresent()) {
      proveOurselves(identity.get(), greeting.getNonce().toByteArray(), session);
    }
    Proven now = new Proven(session, peer, proof, met, renewal(session, peer, proof));
    proven.set(now);
    return now;
  }

  private Instant renewal(SSLSession session, Peer.Node peer, Proof proof) {
    Instant renewal = renewal(proof.certificate());
    Certificate[] own = session.getLocalCertificates();
    if (own != null && own[0] instanceof X509Certificate ours && renewal(ours).isBefore(renewal)) {
      renewal = renewal(ours);
    }
    if (!peer.certificate().isEmpty()) {
      NodeCertificate shown =
          Signed.decode(NodeCertificate.class, peer.certificate().copy()).value();
      // When it began it does not say: what is left of it now is its life here.
      Instant ofNode = renewal(attestor.now().latest(), Instant.ofEpochSecond(shown.notAfter()));
      renewal = ofNode.isBefore(renewal) ? ofNode : renewal;
    }
    return renewal;
  }

  private static Instant renewal(X509Certificate certificate) {
    return renewal(certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  private static Instant renewal(Instant begin, Instant end) {
    return end.minus(Duration.between(begin, end).dividedBy(LIFE_LEFT_PART));
  }

  private void proveOurselves(NodeIdentity self, byte[] nonce, SSLSession session) {
    Endorsed endorsed = self.prove(nonce, Exporter.CLIENT.of(session));
    call(
        ChannelGrpc.getProveMethod(),
        ProveRequest.newBuilder()
            .setRole(self.role().code())
            .setEvidence(EndorsedMessages.evidence(endorsed))
            .addAllDocuments(EndorsedMessages.documents(endorsed))
            .build(),
        new FirstMessage(session),
        FIRST_MESSAGE_TIME_MAX);
  }

  private <Q, A> A call(
      MethodDescriptor<Q, A> method, Q request, FirstMessage first, Duration wait) {
    CallOptions options =
        CallOptions.DEFAULT
            .withCallCredentials(this)
            .withOption(FIRST_MESSAGE, first)
            .withWaitForReady()
            .withDeadlineAfter(wait.toNanos(), TimeUnit.NANOSECONDS);
    return ClientCalls.blockingUnaryCall(channel, method, options, request);
  }

  private X509Certificate certificate(SSLSession session) {
    try {
      return (X509Certificate) session.getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException e) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED, "%s shows no certificate".formatted(name), e);
    }
  }
}
