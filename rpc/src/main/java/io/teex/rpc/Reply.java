package io.teex.rpc;

import io.grpc.stub.StreamObserver;

/**
 * Answers of services, which are plain blocking methods: they answer before they return, or throw.
 */
public final class Reply {
  private Reply() {}

  /** Sends the one answer of a call. */
  public static <T> void send(StreamObserver<T> answer, T message) {
    answer.onNext(message);
    answer.onCompleted();
  }
}
