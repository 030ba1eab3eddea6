package io.teex.rpc;

import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.teex.attestation.Decisions;
import io.teex.attestation.Policy;
import io.teex.attestation.Rounds;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Calls one attested node. Guarantees: TLS 1.3 only and never resumed; a call leaves this process
 * only on a connection whose peer proved, fresh and bound to that TLS session, that the policy
 * accepts it in the expected role; this holds for every connection that replaces a lost one. A peer
 * that would be accepted no longer is cut off within a minute: running calls fail, and further ones
 * prove it anew. It does not protect availability.
 *
 * <p>Nothing connects before the first call. Safe for use by several threads.
 */
public final class AttestedChannel implements AutoCloseable {
  private static final int STOP_SECONDS_MAX = 2;

  private final ManagedChannel channel;
  private final ClientGate gate;
  private final Rounds rounds;
  private final String name;
  private final Duration deadline;

  private AttestedChannel(ManagedChannel channel, ClientGate gate, String name, Duration deadline) {
    this.channel = channel;
    this.gate = gate;
    this.name = name;
    this.deadline = deadline;
    this.rounds = Rounds.start(name, AttestedServer.ROUND_PAUSE, gate::judgeAgain);
  }

  /**
   * Begins a channel to a node that has to be a {@code role} by {@code policy}, for evidence that
   * needs no collateral.
   */
  public static Builder to(Endpoint endpoint, Role role, Policy policy) {
    return new Builder(endpoint, role, clock -> Grounds.fixed(policy, clock));
  }

  /** Begins a channel to a node that has to be a {@code role} on these grounds. */
  public static Builder to(Endpoint endpoint, Role role, Grounds grounds) {
    return new Builder(endpoint, role, clock -> grounds);
  }

  /** What a channel is made of; used once. */
  public static final class Builder {
    private static final int MESSAGE_BYTES_MAX = 16 << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int KEEP_ALIVE_SECONDS = 30;

    private final Endpoint endpoint;
    private final Role role;
    private final Function<InstantSource, Grounds> grounds;
    private Optional<NodeIdentity> identity = Optional.empty();
    private Consumer<Peer.Node> requirement = peer -> {};
    private Consumer<Peer.Node> observer = peer -> {};
    private int messageBytesMax = MESSAGE_BYTES_MAX;
    private Duration deadline = DEADLINE;
    private InstantSource clock = InstantSource.system();
    private SecureRandom random = new SecureRandom();

    private Builder(Endpoint endpoint, Role role, Function<InstantSource, Grounds> grounds) {
      this.endpoint = endpoint;
      this.role = role;
      this.grounds = grounds;
    }

    /** Proves this node to the peer; without it the caller is anonymous. */
    public Builder as(NodeIdentity self) {
      identity = Optional.of(self);
      return this;
    }

    /**
     * Asks more of the peer than the policy does, such as that the chain's registry lets it act. It
     * runs for every new connection, before anything of ours is sent, and again in every round; it
     * throws to refuse, and then the peer is cut off. Where it throws {@code CHAIN_UNAVAILABLE}, a
     * peer that is connected stays for {@link Met#UNANSWERED_MAX}.
     */
    public Builder requiring(Consumer<Peer.Node> check) {
      requirement = check;
      return this;
    }

    /** Tells who is at the other end of every new connection, once nothing speaks against it. */
    public Builder telling(Consumer<Peer.Node> whom) {
      observer = whom;
      return this;
    }

    /** The longest message that is read, in bytes; 16 MiB by default. */
    public Builder messageBytesMax(int bytes) {
      messageBytesMax = bytes;
      return this;
    }

    /** How long a call may take that names no deadline of its own; 30 s by default. */
    public Builder deadline(Duration time) {
      deadline = time;
      return this;
    }

    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    public Builder random(SecureRandom source) {
      random = source;
      return this;
    }

    public AttestedChannel open() {
      Attestor attestor =
          new Attestor(
              grounds.apply(clock),
              identity.map(NodeIdentity::decisions).orElse(Decisions.NOT_KEPT));
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
              .sslContext(Tls.client(identity.orElse(null), attestor, random))
              .maxInboundMessageSize(messageBytesMax)
              .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
              .build();
      String name = role.name().toLowerCase(Locale.ROOT) + " at " + endpoint;
      ClientGate gate =
          new ClientGate(channel, name, role, identity, attestor, requirement, observer, random);
      return new AttestedChannel(channel, gate, name, deadline);
    }
  }

  /**
   * Connects now, waiting for a peer that is not there yet, and returns who it is.
   *
   * @throws TeexException {@code UNAVAILABLE} after {@code wait}; {@code ATTESTATION_REFUSED},
   *     {@code UNKNOWN_MEASUREMENT} or {@code SIMULATED_REFUSED} with the reasons if this side
   *     refuses the peer, {@code ATTESTATION_REFUSED} with the peer's id if the peer refuses this
   *     side
   */
  public Peer.Node connect(Duration wait) {
    doNotBackOff();
    return gate.connect(wait);
  }

  /**
   * Calls a method within the default deadline.
   *
   * @throws TeexException as the service threw it; {@code UNAVAILABLE} if there is no answer in
   *     time; else as {@link #connect}
   */
  public <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
    return call(method, request, deadline);
  }

  /** Calls a method within {@code time}, first messages included if they are due. */
  public <Q, A> A call(MethodDescriptor<Q, A> method, Q request, Duration time) {
    doNotBackOff();
    CallOptions options =
        CallOptions.DEFAULT
            .withCallCredentials(gate)
            .withDeadlineAfter(time.toNanos(), TimeUnit.NANOSECONDS);
    try {
      return gate.guard(() -> ClientCalls.blockingUnaryCall(channel, method, options, request));
    } catch (StatusRuntimeException e) {
      throw Failures.received(e, name);
    }
  }

  /** A peer that is back is called at once: gRPC's own pauses between attempts grow to minutes. */
  private void doNotBackOff() {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
  }

  /** Judges the peer again now if it is connected, as happens by itself every 20 seconds. */
  public void judgeAgain() {
    gate.judgeAgain();
  }

  /** Cuts running calls off. */
  @Override
  public void close() {
    rounds.close();
    channel.shutdownNow();
    try {
      channel.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "AttestedChannel[%s]".formatted(name);
  }
}
