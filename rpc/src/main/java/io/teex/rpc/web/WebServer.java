package io.teex.rpc.web;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.rpc.AnonymousCalls;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.Strangers;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Serves callers that cannot speak over an attested channel, such as browsers, over plain HTTP/1.1:
 * {@code GET /attestation} shows that a TEE holds an HPKE key, {@code POST /call/…} takes calls
 * that are sealed to it. Guarantees: only this process reads what is sealed to the key that its
 * evidence binds, and only the caller reads the answer; methods are served only as far as {@link
 * io.teex.rpc.Access} lets anonymous callers in. It does not keep anybody from sending a sealed
 * request again while the key lives, so methods for anonymous callers have to bear that.
 *
 * <p>The connection protects nothing, and any page may ask. One request is served on each. What
 * strangers can make this process hold is bounded: connections, the time of a request and of its
 * answer, and calls and bytes in the room of those who come by attested channels without proving
 * anything.
 */
public final class WebServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(WebServer.class.getName());
  private static final int STOP_SECONDS_MAX = 2;
  private static final int REQUEST_LINE_BYTES_MAX = 1_024;
  private static final int HEADER_BYTES_MAX = 8_192;
  private static final int CHUNK_BYTES_MAX = 8_192;

  private final Channel listener;
  private final EventLoopGroup transport;
  private final ExecutorService threads;
  private final HpkeKeys keys;
  private final Endpoint endpoint;

  private WebServer(
      Channel listener,
      EventLoopGroup transport,
      ExecutorService threads,
      HpkeKeys keys,
      Endpoint endpoint) {
    this.listener = listener;
    this.transport = transport;
    this.threads = threads;
    this.keys = keys;
    this.endpoint = endpoint;
  }

  /** Begins a server that shows what {@code identity} is and serves {@code calls}. */
  public static Builder as(NodeIdentity identity, AnonymousCalls calls) {
    return new Builder(identity, calls);
  }

  /** What a server is made of; used once. */
  public static final class Builder {
    private static final int CONNECTIONS_MAX = 512;
    private static final Duration EXCHANGE_TIME_MAX = Duration.ofMinutes(1);

    private final NodeIdentity identity;
    private final AnonymousCalls calls;
    private Endpoint listen = new Endpoint("127.0.0.1", 0);
    private int connectionsMax = CONNECTIONS_MAX;
    private Duration exchangeTimeMax = EXCHANGE_TIME_MAX;
    private InstantSource clock = InstantSource.system();
    private SecureRandom random = new SecureRandom();

    private Builder(NodeIdentity identity, AnonymousCalls calls) {
      this.identity = identity;
      this.calls = calls;
    }

    /** Where to listen; by default any free port of the loopback interface. */
    public Builder listen(Endpoint at) {
      listen = at;
      return this;
    }

    /**
     * How many connections may be open, 512 by default. Another one closes the one that has waited
     * for its request longest.
     */
    public Builder connectionsMax(int connections) {
      connectionsMax = connections;
      return this;
    }

    /**
     * How long a caller may take to send a request, and as long to receive the answer, before it is
     * cut off; a minute by default.
     */
    public Builder exchangeTimeMax(Duration time) {
      exchangeTimeMax = time;
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
    public WebServer start() {
      HpkeKeys keys = new HpkeKeys(clock, random);
      ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
      EventLoopGroup transport =
          new MultiThreadIoEventLoopGroup(
              1, new DefaultThreadFactory("teex-web", true), NioIoHandler.newFactory());
      Desks desks =
          new Desks(
              new EvidenceDesk(
                  identity.tee(), identity.role(), identity.tlsKeyHash(), keys::publicKey),
              new CallDesk(calls, keys, random),
              threads,
              exchangeTimeMax);
      Strangers strangers = new Strangers(connectionsMax);
      ChannelFuture bound =
          new ServerBootstrap()
              .group(transport)
              .channelFactory(() -> listener(strangers))
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                      accepted
                          .pipeline()
                          .addLast(codec())
                          .addLast(new WebConnection(desks, strangers));
                    }
                  })
              .bind(new InetSocketAddress(listen.host(), listen.port()))
              .awaitUninterruptibly();
      if (!bound.isSuccess()) {
        stop(transport);
        threads.shutdownNow();
        throw bindFailure(bound.cause());
      }
      Channel listener = bound.channel();
      var _ = transport.scheduleWithFixedDelay(keys::turn, 1, 1, TimeUnit.MINUTES);
      Endpoint endpoint =
          new Endpoint(listen.host(), ((InetSocketAddress) listener.localAddress()).getPort());
      LOG.log(
          Level.INFO,
          "{0} shows evidence and takes sealed calls on http://{1}",
          identity,
          endpoint);
      return new WebServer(listener, transport, threads, keys, endpoint);
    }

    /** Sees every connection before its pipeline has anything else. */
    private static ServerChannel listener(Strangers strangers) {
      ServerChannel channel = new NioServerSocketChannel();
      channel.pipeline().addLast(strangers);
      return channel;
    }

    private static HttpServerCodec codec() {
      return new HttpServerCodec(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
              .setMaxHeaderSize(HEADER_BYTES_MAX)
              .setMaxChunkSize(CHUNK_BYTES_MAX));
    }

    private TeexException bindFailure(Throwable cause) {
      return cause instanceof BindException
          ? new TeexException(
              ErrorCode.PORT_IN_USE,
              "%s is in use or not ours to bind: stop what listens there, or set attestation.http to"
                      .formatted(listen)
                  + " another",
              cause)
          : new TeexException(
              ErrorCode.UNAVAILABLE,
              "cannot listen on %s: %s".formatted(listen, cause.getMessage()),
              cause);
    }
  }

  /** What the connections of a server share. */
  record Desks(
      EvidenceDesk evidence, CallDesk calls, ExecutorService threads, Duration exchangeTimeMax) {}

  /** Where it listens. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Refuses new connections, cuts open ones off, and overwrites the keys. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    stop(transport);
    threads.shutdownNow();
    keys.destroy();
  }

  private static void stop(EventLoopGroup transport) {
    transport
        .shutdownGracefully(0, STOP_SECONDS_MAX, TimeUnit.SECONDS)
        .awaitUninterruptibly(STOP_SECONDS_MAX, TimeUnit.SECONDS);
  }
}
