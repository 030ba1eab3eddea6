package io.teex.rpc;

import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.teex.attestation.Policy;
import io.teex.attestation.Rounds;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.BindException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Serves gRPC over mutual RA-TLS. Guarantees: TLS 1.3 only and never resumed; no method runs before
 * the connection's first messages; a caller that shows a certificate is served only once its
 * evidence, fresh and bound to this TLS session, was accepted by the policy, and is cut off within
 * a minute once it would be accepted no longer; a method runs only for callers that the service's
 * {@link Access} names. It does not protect availability, but what callers can make it hold is
 * bounded, and attested nodes and others have a bound each.
 *
 * <p>Services are blocking methods on virtual threads. They throw {@link TeexException} to fail,
 * which the caller gets with code and message; anything else they throw reaches the caller as an id
 * only.
 */
public final class AttestedServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AttestedServer.class.getName());
  private static final int STOP_SECONDS_MAX = 5;

  /** Two of them, with the work, are within the minute that peers may stay too long. */
  static final Duration ROUND_PAUSE = Duration.ofSeconds(20);

  private final Server server;
  private final Callers callers;
  private final Room strangers;
  private final Rounds rounds;
  private final ExecutorService threads;
  private final EventLoopGroup transport;
  private final Endpoint endpoint;
  private final AnonymousCalls anonymousCalls;

  private AttestedServer(
      Server server,
      Callers callers,
      Room strangers,
      AnonymousCalls anonymousCalls,
      ExecutorService threads,
      EventLoopGroup transport,
      Endpoint endpoint) {
    this.server = server;
    this.callers = callers;
    this.strangers = strangers;
    this.anonymousCalls = anonymousCalls;
    this.threads = threads;
    this.transport = transport;
    this.endpoint = endpoint;
    this.rounds = Rounds.start("callers of " + endpoint, ROUND_PAUSE, this::round);
  }

  /**
   * Begins a server that shows {@code identity} and admits callers by {@code policy}, for evidence
   * that needs no collateral.
   */
  public static Builder as(NodeIdentity identity, Policy policy) {
    return new Builder(identity, clock -> Grounds.fixed(policy, clock));
  }

  /** Begins a server that shows {@code identity} and admits callers on these grounds. */
  public static Builder as(NodeIdentity identity, Grounds grounds) {
    return new Builder(identity, clock -> grounds);
  }

  /** What a server is made of; used once. */
  public static final class Builder {
    private static final int MESSAGE_BYTES_MAX = 16 << 20;
    private static final int CALLS_MAX = 256;
    private static final int STRANGERS_MAX = 512;
    private static final int HANDSHAKE_SECONDS_MAX = 10;

    /** The part of the heap that requests of one kind of caller may take. */
    private static final int HEAP_PER_REQUEST_BYTE = 4;

    private final NodeIdentity identity;
    private final Function<InstantSource, Grounds> grounds;
    private final List<ServerServiceDefinition> services = new ArrayList<>();
    private final List<Access> accesses = new ArrayList<>();
    private Endpoint listen = new Endpoint("127.0.0.1", 0);
    private int messageBytesMax = MESSAGE_BYTES_MAX;
    private int callsMax = CALLS_MAX;
    private long requestBytesMax = Runtime.getRuntime().maxMemory() / HEAP_PER_REQUEST_BYTE;
    private int strangersMax = STRANGERS_MAX;
    private Consumer<Peer.Node> requirement = peer -> {};
    private InstantSource clock = InstantSource.system();
    private SecureRandom random = new SecureRandom();

    private Builder(NodeIdentity identity, Function<InstantSource, Grounds> grounds) {
      this.identity = identity;
      this.grounds = grounds;
    }

    /** Where to listen; by default any free port of the loopback interface. */
    public Builder listen(Endpoint endpoint) {
      listen = endpoint;
      return this;
    }

    /**
     * Adds a service.
     *
     * @throws IllegalArgumentException if {@code access} names a method that the service lacks
     */
    public Builder service(BindableService service, Access access) {
      ServerServiceDefinition definition = service.bindService();
      access.requireMethodsOf(definition.getServiceDescriptor());
      services.add(definition);
      accesses.add(access);
      return this;
    }

    /** The longest message that is read, in bytes; 16 MiB by default. */
    public Builder messageBytesMax(int bytes) {
      messageBytesMax = bytes;
      return this;
    }

    /**
     * How many calls of attested nodes may be under way at once over all connections, and as many
     * of other callers; 256 by default. More are UNAVAILABLE.
     */
    public Builder callsMax(int calls) {
      callsMax = calls;
      return this;
    }

    /**
     * How many bytes the requests and answers of attested nodes may take at once, and as many those
     * of other callers; a quarter of the heap by default, and never less than one message may have.
     * Calls beyond are UNAVAILABLE.
     */
    public Builder requestBytesMax(long bytes) {
      requestBytesMax = bytes;
      return this;
    }

    /**
     * How many connections may be open whose callers have proved nothing, 512 by default. Another
     * one closes the one that has been idle longest.
     */
    public Builder strangersMax(int connections) {
      strangersMax = connections;
      return this;
    }

    /**
     * Asks more of a caller that proves itself than the policy does: before it is served anything
     * on a connection, and again in every round, as {@link AttestedChannel.Builder#requiring} does
     * of servers.
     */
    public Builder requiring(Consumer<Peer.Node> check) {
      requirement = check;
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

    /**
     * Binds and serves.
     *
     * @throws TeexException {@code PORT_IN_USE}
     */
    public AttestedServer start() {
      ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
      EventLoopGroup transport =
          new MultiThreadIoEventLoopGroup(
              Runtime.getRuntime().availableProcessors(),
              new DefaultThreadFactory("teex-server", true),
              NioIoHandler.newFactory());
      Callers callers = new Callers(new Attestor(grounds.apply(clock), identity.decisions()));
      Room strangers = room();
      try {
        Server server = server(callers, strangers, threads, transport).start();
        Endpoint endpoint = new Endpoint(listen.host(), server.getPort());
        LOG.log(System.Logger.Level.INFO, "{0} listens on {1}", identity, endpoint);
        return new AttestedServer(
            server, callers, strangers, anonymousCalls(strangers), threads, transport, endpoint);
      } catch (IOException e) {
        stop(transport);
        threads.close();
        throw bindFailure(e);
      }
    }

    private AnonymousCalls anonymousCalls(Room strangers) {
      Map<ServerServiceDefinition, Access> table = new HashMap<>();
      for (int i = 0; i < services.size(); i++) {
        table.put(services.get(i), accesses.get(i));
      }
      return AnonymousCalls.of(table, strangers, messageBytesMax, random);
    }

    private Server server(
        Callers callers, Room roomOfStrangers, ExecutorService threads, EventLoopGroup transport) {
      Attestor attestor = callers.attestor();
      Strangers strangers = new Strangers(strangersMax);
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(listen.address())
              .sslContext(Tls.server(identity, attestor, random))
              .executor(threads)
              .bossEventLoopGroup(transport)
              .workerEventLoopGroup(transport)
              .channelFactory(() -> listener(strangers))
              .addTransportFilter(new Filter(strangers, callers, requirement, clock))
              .addStreamTracerFactory(new CallBytes.Factory())
              // Bytes are counted as they arrive: none may grow afterwards.
              .decompressorRegistry(
                  DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false))
              .handshakeTimeout(HANDSHAKE_SECONDS_MAX, TimeUnit.SECONDS)
              .permitKeepAliveTime(10, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true)
              // Who finds no room is told so; a client at this limit would wait, without a word.
              .maxConcurrentCallsPerConnection(Math.max(callsMax, CALLS_MAX))
              .maxInboundMessageSize(messageBytesMax);
      builder.addService(
          ServerInterceptors.intercept(
              new ChannelService(identity, attestor, random),
              new ServerGate(ServerGate.firstMessages(), ServerGate.ofConnections(), random)));
      ServerGate.Rooms rooms = ServerGate.ofKinds(room(), roomOfStrangers);
      for (int i = 0; i < services.size(); i++) {
        builder.addService(
            ServerInterceptors.intercept(
                services.get(i), new ServerGate(ServerGate.table(accesses.get(i)), rooms, random)));
      }
      return builder.build();
    }

    private Room room() {
      return new Room(callsMax, Math.max(requestBytesMax, messageBytesMax), clock);
    }

    private static ServerChannel listener(Strangers strangers) {
      ServerChannel channel = new NioServerSocketChannel();
      channel.pipeline().addLast(strangers);
      return channel;
    }

    private TeexException bindFailure(IOException e) {
      Throwable cause = e.getCause();
      if (e instanceof BindException || cause instanceof BindException) {
        return new TeexException(
            ErrorCode.PORT_IN_USE,
            "%s is in use or not ours to bind: stop what listens there, or set listen to another"
                .formatted(listen),
            e);
      }
      return new TeexException(
          ErrorCode.UNAVAILABLE, "cannot listen on %s: %s".formatted(listen, e.getMessage()), e);
    }
  }

  /** Attaches our state to every connection once its TLS handshake ended. */
  private static final class Filter extends ServerTransportFilter {
    private final Strangers strangers;
    private final Callers callers;
    private final Consumer<Peer.Node> requirement;
    private final InstantSource clock;

    Filter(
        Strangers strangers,
        Callers callers,
        Consumer<Peer.Node> requirement,
        InstantSource clock) {
      this.strangers = strangers;
      this.callers = callers;
      this.requirement = requirement;
      this.clock = clock;
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
      ServerTransport transport = ServerTransport.of(attributes, strangers, requirement, clock);
      callers.add(transport);
      return attributes.toBuilder().set(ServerTransport.KEY, transport).build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes attributes) {
      // There are none if it ended before its handshake did.
      ServerTransport transport = attributes == null ? null : attributes.get(ServerTransport.KEY);
      if (transport != null) {
        callers.remove(transport);
      }
    }
  }

  /** What is done every 20 seconds. */
  void round() {
    strangers.expelUnfinished();
    callers.expelUnfinished();
    judgeAgain();
  }

  /** Judges every proven caller again now, as happens by itself every 20 seconds. */
  public void judgeAgain() {
    callers.judgeAgain();
  }

  /** Its services for callers who prove nothing and come by another way than its connections. */
  public AnonymousCalls anonymousCalls() {
    return anonymousCalls;
  }

  /** The port it listens on. */
  public int port() {
    return endpoint.port();
  }

  /** Where it listens. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Refuses new calls, gives running ones a few seconds, then cuts them off. */
  @Override
  public void close() {
    rounds.close();
    server.shutdown();
    try {
      if (!server.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        server.shutdownNow();
        server.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
    stop(transport);
  }

  private static void stop(EventLoopGroup transport) {
    transport
        .shutdownGracefully(0, STOP_SECONDS_MAX, TimeUnit.SECONDS)
        .awaitUninterruptibly(STOP_SECONDS_MAX, TimeUnit.SECONDS);
  }
}
