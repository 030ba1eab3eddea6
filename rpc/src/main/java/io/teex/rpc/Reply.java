package io.teex.rpc;

import io.grpc.stub.StreamObserver;
import io.teex.protocol.TeexException;

/**
 * Answers of services, which are plain blocking methods: they answer before they return, or throw.
 */
public final class Reply {
  private Reply() {}

  /**
   * Makes room for a long answer before it is put together, where the calls of many could copy as
   * many of them. Does nothing for calls that come by another way than a server's connections.
   *
   * @param bytes with all copies that are made of it; once it is sent only its size counts
   * @throws TeexException {@code UNAVAILABLE} if there is none
   */
  public static void makeRoom(long bytes) {
    if (CallScope.BYTES.isBound()) {
      CallScope.BYTES.get().requireRoomForAnswer(bytes);
    }
  }

  /** Sends the one answer of a call. */
  public static <T> void send(StreamObserver<T> answer, T message) {
    answer.onNext(message);
    answer.onCompleted();
  }
}
