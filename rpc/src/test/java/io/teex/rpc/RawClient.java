package io.teex.rpc;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.teex.attestation.Endorsed;
import io.teex.protocol.Role;
import io.teex.rpc.proto.ChannelGrpc;
import io.teex.rpc.proto.HelloRequest;
import io.teex.rpc.proto.HelloResponse;
import io.teex.rpc.proto.ProveRequest;
import io.teex.rpc.proto.StoreGrpc;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSession;

/**
 * A client that keeps to none of the rules: it says what the test wants, when the test wants it.
 */
final class RawClient implements AutoCloseable {
  /** As many bytes of one answer are sent to it that it has not read. */
  private static final int WINDOW_BYTES = 16 << 10;

  private final ManagedChannel channel;
  private final Channel observed;
  private final AtomicReference<SSLSession> session = new AtomicReference<>();

  RawClient(Endpoint endpoint, SslContext tls) {
    channel =
        NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
            .sslContext(tls)
            .flowControlWindow(WINDOW_BYTES)
            .build();
    observed = ClientInterceptors.intercept(channel, new SessionCatcher());
  }

  /** A client with a genuine certificate, or with none, that has proven nothing yet. */
  static RawClient of(Endpoint endpoint, Fixture fixture, NodeIdentity identity) {
    return new RawClient(endpoint, Tls.client(identity, fixture.attestor(), Fixture.RANDOM));
  }

  static RawClient anonymous(Endpoint endpoint, Fixture fixture) {
    return new RawClient(endpoint, Tls.client(null, fixture.attestor(), Fixture.RANDOM));
  }

  HelloResponse hello() {
    return ChannelGrpc.newBlockingStub(observed)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .hello(
            HelloRequest.newBuilder()
                .setNonce(ByteString.copyFrom(new byte[ServerTransport.NONCE_BYTES]))
                .build());
  }

  static ProveRequest proof(Role role, Endorsed endorsed) {
    return ProveRequest.newBuilder()
        .setRole(role.code())
        .setEvidence(EndorsedMessages.evidence(endorsed))
        .addAllDocuments(EndorsedMessages.documents(endorsed))
        .build();
  }

  void prove(ProveRequest proof) {
    ChannelGrpc.newBlockingStub(observed).withDeadlineAfter(10, TimeUnit.SECONDS).prove(proof);
  }

  StoreGrpc.StoreBlockingStub store() {
    return StoreGrpc.newBlockingStub(observed).withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  Channel channel() {
    return observed;
  }

  ManagedChannel connection() {
    return channel;
  }

  /** What binds a proof to this connection. */
  byte[] exporter() {
    return Exporter.CLIENT.of(session.get());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private final class SessionCatcher implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onHeaders(Metadata received) {
                  session.set(
                      Objects.requireNonNull(getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)));
                  super.onHeaders(received);
                }
              },
              headers);
        }
      };
    }
  }
}
