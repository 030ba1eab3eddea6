package io.teex.rpc;

import com.google.protobuf.MessageLite;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * Stands before every method of one service: settles who calls, whether that peer may, whether
 * there is room, and what the caller gets to know of a failure.
 */
final class ServerGate implements ServerInterceptor {
  /** Who may call what, given who calls. */
  interface Rule {
    /** The peer that the call is served as; throws {@link TeexException} if it is not served. */
    Peer admit(String method, ServerTransport transport);
  }

  /** Where there is room for a call. */
  interface Rooms {
    Room of(Peer peer, ServerTransport transport);
  }

  private final Rule rule;
  private final Rooms rooms;
  private final RandomGenerator random;

  /**
   * @param rooms where a call takes its place before its request is read
   */
  ServerGate(Rule rule, Rooms rooms, RandomGenerator random) {
    this.rule = rule;
    this.rooms = rooms;
    this.random = random;
  }

  /** Each connection its own: there is no limit of all that one sender could use up. */
  static Rooms ofConnections() {
    return (peer, transport) -> transport.firstMessages();
  }

  /** One for attested nodes and one for everybody else, so that strangers keep no node out. */
  static Rooms ofKinds(Room nodes, Room strangers) {
    return (peer, transport) ->
        switch (peer) {
          case Peer.Node node -> nodes;
          case Peer.Anonymous anonymous -> strangers;
        };
  }

  /** The first messages: open to whoever completed the TLS handshake. */
  static Rule firstMessages() {
    return (method, transport) ->
        transport.peer().orElseGet(() -> new Peer.Anonymous(transport.address()));
  }

  /** Everything else: only for a settled peer that the table admits. */
  static Rule table(Access access) {
    return (method, transport) -> {
      Optional<Peer> peer = transport.peer();
      if (peer.isEmpty()) {
        throw new TeexException(
            ErrorCode.ATTESTATION_REFUSED, "nothing is served before the first messages");
      }
      if (!access.admits(method, peer.get())) {
        throw new TeexException(
            ErrorCode.PERMISSION_DENIED,
            "%s may not call %s".formatted(describe(peer.get()), method));
      }
      return peer.get();
    };
  }

  private static String describe(Peer peer) {
    return switch (peer) {
      case Peer.Anonymous anonymous -> "a caller that proved nothing";
      case Peer.Node node -> "a " + node.role();
    };
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    ServerTransport transport = call.getAttributes().get(ServerTransport.KEY);
    if (transport == null) {
      throw new IllegalStateException("a connection that no filter saw");
    }
    CallBytes bytes = CallBytes.current();
    MappedCall<Q, A> mapped = new MappedCall<>(call, transport, bytes);
    Peer peer;
    try {
      String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
      peer = rule.admit(method, transport);
      bytes.chargeTo(rooms.of(peer, transport).enter(mapped::expel));
    } catch (RuntimeException e) {
      mapped.fail(e);
      return new ServerCall.Listener<>() {};
    }
    return new Scoped<>(next.startCall(mapped, headers), mapped, peer, transport, bytes);
  }

  /** A call that tells failures in our own codes, and fails at most once. */
  private final class MappedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final ServerTransport transport;
    private final CallBytes bytes;
    private final AtomicBoolean closed = new AtomicBoolean();

    MappedCall(ServerCall<Q, A> call, ServerTransport transport, CallBytes bytes) {
      super(call);
      this.transport = transport;
      this.bytes = bytes;
    }

    /** The place is lost: its caller is told if she has no answer yet, and else cut off. */
    void expel() {
      boolean told =
          fail(
              new TeexException(
                  ErrorCode.UNAVAILABLE,
                  "the request did not arrive within %d s"
                      .formatted(Room.TRANSFER_TIME_MAX.toSeconds())));
      if (!told) {
        transport.cut();
      }
    }

    /** Every answer has its room before the transport copies it. */
    @Override
    public void sendMessage(A message) {
      bytes.requireRoomForAnswer(((MessageLite) message).getSerializedSize());
      super.sendMessage(message);
    }

    /** Whether the caller gets to know of the failure: not if the call had its end before. */
    boolean fail(Throwable failure) {
      String method = getMethodDescriptor().getFullMethodName();
      TeexException told = Failures.forCaller(failure, method, transport.address(), random);
      boolean first = closed.compareAndSet(false, true);
      if (first) {
        super.close(Failures.status(told), Failures.trailers(told));
      }
      return first;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      Throwable cause = status.getCause();
      if (!status.isOk() && cause != null) {
        fail(cause);
      } else if (closed.compareAndSet(false, true)) {
        super.close(status, trailers);
      }
    }
  }

  /**
   * Runs the service's code with the peer bound to the thread. Only then is the connection in use:
   * a request that never ends keeps no other connection out.
   */
  private static final class Scoped<Q> extends SimpleForwardingServerCallListener<Q> {
    private final MappedCall<Q, ?> call;
    private final Peer peer;
    private final ServerTransport transport;
    private final CallBytes bytes;

    Scoped(
        ServerCall.Listener<Q> listener,
        MappedCall<Q, ?> call,
        Peer peer,
        ServerTransport transport,
        CallBytes bytes) {
      super(listener);
      this.call = call;
      this.peer = peer;
      this.transport = transport;
      this.bytes = bytes;
    }

    /** The request is complete: this is where a unary method runs, start to end. */
    @Override
    public void onHalfClose() {
      if (!bytes.run()) {
        return;
      }
      transport.enter();
      try {
        ScopedValue.where(CallScope.PEER, peer)
            .where(CallScope.TRANSPORT, transport)
            .where(CallScope.BYTES, bytes)
            .run(super::onHalfClose);
      } catch (RuntimeException e) {
        call.fail(e);
      } finally {
        transport.leave();
        bytes.ran();
      }
    }
  }
}
