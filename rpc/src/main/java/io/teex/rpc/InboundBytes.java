package io.teex.rpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of one call's request as they arrive, and cuts the call off that has no room for
 * them. gRPC's own limit is one per message and server: many messages that never end would fill the
 * heap below it.
 */
final class InboundBytes extends ServerStreamTracer {
  private static final Context.Key<InboundBytes> KEY = Context.key("teex-inbound-bytes");

  /** Tracers find their call by its context. */
  static final class Factory extends ServerStreamTracer.Factory {
    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
      return new InboundBytes();
    }
  }

  private volatile Room.@Nullable Place place;

  /** Those of the call that this thread serves. */
  static InboundBytes current() {
    return KEY.get();
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  /** From here on the request is read, as far as the place has room. */
  void chargeTo(Room.Place admitted) {
    place = admitted;
  }

  /**
   * Runs in the transport's thread while it puts a message together. What is thrown here ends the
   * call in the way of a message that is too long.
   */
  @Override
  public void inboundWireSize(long bytes) {
    Room.Place admitted = place;
    if (admitted == null || !admitted.take(bytes)) {
      throw Status.UNAVAILABLE
          .withDescription("no room for a request of this size")
          .asRuntimeException();
    }
  }
}
