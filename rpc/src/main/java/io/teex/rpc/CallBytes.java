package io.teex.rpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import org.jspecify.annotations.Nullable;

/**
 * What one call takes up, from the first byte of its request until its answer has left this
 * process: the call's place is left only then. gRPC's own limit is one per message: many requests
 * that never end, or answers that nobody reads, would fill the heap below it.
 */
final class CallBytes extends ServerStreamTracer {
  private static final Context.Key<CallBytes> KEY = Context.key("teex-call-bytes");

  /** Tracers find their call by its context. */
  static final class Factory extends ServerStreamTracer.Factory {
    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
      return new CallBytes();
    }
  }

  private volatile Room.@Nullable Place place;
  private boolean running;
  private boolean closed;

  /** Those of the call that this thread serves. */
  static CallBytes current() {
    return KEY.get();
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(KEY, this);
  }

  /** From here on the request is read, as far as the place has room. */
  synchronized void chargeTo(Room.Place admitted) {
    place = admitted;
    leaveIfOver();
  }

  /**
   * The request is complete and its method runs until {@link #ran}; false if the place was lost, or
   * the caller is gone.
   */
  synchronized boolean run() {
    Room.Place admitted = place;
    running = admitted != null && admitted.keep();
    return running;
  }

  /** The method has returned; its answer may still be on its way. */
  synchronized void ran() {
    running = false;
    leaveIfOver();
  }

  /**
   * Makes room for the answer, in place of what there was room for before.
   *
   * @throws TeexException {@code UNAVAILABLE} if there is none
   */
  void requireRoomForAnswer(long bytes) {
    Room.Place admitted = place;
    if (admitted == null || !admitted.answer(bytes)) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "no room for an answer of this size now; ask again");
    }
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

  /**
   * Runs in the transport's thread once the last byte has left, or will not leave any more: before
   * anything is read that the caller sends on this connection after having got it.
   */
  @Override
  public synchronized void streamClosed(Status status) {
    closed = true;
    leaveIfOver();
  }

  private void leaveIfOver() {
    Room.Place admitted = place;
    if (!closed || admitted == null) {
      return;
    }
    if (running) {
      // The caller has the answer before the method returned, and may go on with her next call.
      admitted.forgetAnswer();
    } else {
      admitted.leave();
    }
  }
}
