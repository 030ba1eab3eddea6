package io.teex.rpc;

import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.teex.attestation.Policy;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.net.BindException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Serves gRPC over mutual RA-TLS. Guarantees: TLS 1.3 only and never resumed; no method runs before
 * the connection's first messages; a caller that shows a certificate is served only once its
 * evidence, fresh and bound to this TLS session, was accepted by the policy; a method runs only for
 * callers that the service's {@link Access} names. It does not protect availability.
 *
 * <p>Services are blocking methods on virtual threads. They throw {@link TeexException} to fail,
 * which the caller gets with code and message; anything else they throw reaches the caller as an id
 * only.
 */
public final class AttestedServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AttestedServer.class.getName());
  private static final int STOP_SECONDS_MAX = 5;

  private final Server server;
  private final ExecutorService threads;
  private final Endpoint endpoint;

  private AttestedServer(Server server, ExecutorService threads, Endpoint endpoint) {
    this.server = server;
    this.threads = threads;
    this.endpoint = endpoint;
  }

  /** Begins a server that shows {@code identity} and admits callers by {@code policy}. */
  public static Builder as(NodeIdentity identity, Policy policy) {
    return new Builder(identity, policy);
  }

  /** What a server is made of; used once. */
  public static final class Builder {
    private static final int MESSAGE_BYTES_MAX = 16 << 20;
    private static final int CALLS_MAX = 256;
    private static final int HANDSHAKES_MAX = 64;
    private static final int HANDSHAKE_SECONDS_MAX = 10;

    private final NodeIdentity identity;
    private final Policy policy;
    private final List<ServerServiceDefinition> services = new ArrayList<>();
    private final List<Access> accesses = new ArrayList<>();
    private Endpoint listen = new Endpoint("127.0.0.1", 0);
    private int messageBytesMax = MESSAGE_BYTES_MAX;
    private int callsMax = CALLS_MAX;
    private InstantSource clock = InstantSource.system();
    private SecureRandom random = new SecureRandom();

    private Builder(NodeIdentity identity, Policy policy) {
      this.identity = identity;
      this.policy = policy;
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

    /** How many calls run at once over all connections, 256 by default; more are UNAVAILABLE. */
    public Builder callsMax(int calls) {
      callsMax = calls;
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
      Attestor attestor = new Attestor(policy, clock, identity.decisions());
      ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
      NettyServerBuilder builder =
          NettyServerBuilder.forAddress(listen.address())
              .sslContext(Tls.server(identity, attestor, random))
              .executor(threads)
              .addTransportFilter(new Filter())
              .handshakeTimeout(HANDSHAKE_SECONDS_MAX, TimeUnit.SECONDS)
              .permitKeepAliveTime(10, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true)
              .maxConcurrentCallsPerConnection(callsMax)
              .maxInboundMessageSize(messageBytesMax);
      builder.addService(
          ServerInterceptors.intercept(
              new ChannelService(identity, attestor, clock, random),
              new ServerGate(ServerGate.firstMessages(), new Semaphore(HANDSHAKES_MAX), random)));
      Semaphore slots = new Semaphore(callsMax);
      for (int i = 0; i < services.size(); i++) {
        builder.addService(
            ServerInterceptors.intercept(
                services.get(i), new ServerGate(ServerGate.table(accesses.get(i)), slots, random)));
      }
      try {
        Server server = builder.build().start();
        Endpoint endpoint = new Endpoint(listen.host(), server.getPort());
        LOG.log(System.Logger.Level.INFO, "{0} listens on {1}", identity, endpoint);
        return new AttestedServer(server, threads, endpoint);
      } catch (IOException e) {
        threads.close();
        throw bindFailure(e);
      }
    }

    private TeexException bindFailure(IOException e) {
      Throwable cause = e.getCause();
      if (e instanceof BindException || cause instanceof BindException) {
        return new TeexException(
            ErrorCode.PORT_IN_USE, "%s is in use or not ours to bind".formatted(listen), e);
      }
      return new TeexException(
          ErrorCode.UNAVAILABLE, "cannot listen on %s: %s".formatted(listen, e.getMessage()), e);
    }
  }

  /** Attaches our state to every connection once its TLS handshake ended. */
  private static final class Filter extends ServerTransportFilter {
    @Override
    public Attributes transportReady(Attributes attributes) {
      return attributes.toBuilder()
          .set(ServerTransport.KEY, ServerTransport.of(attributes))
          .build();
    }
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
  }
}
