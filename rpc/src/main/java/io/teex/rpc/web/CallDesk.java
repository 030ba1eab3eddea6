package io.teex.rpc.web;

import com.google.protobuf.UnsafeByteOperations;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SealedCall;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import io.teex.rpc.AnonymousCalls;
import io.teex.rpc.proto.SealedAnswer;
import io.teex.rpc.proto.SealedFailure;
import java.security.SecureRandom;

/**
 * Opens sealed requests, has them served, and seals what came of it: {@code POST
 * /call/teex.Service/Method}, see {@link SealedCall}. What is wrong before a request is open is
 * said in the clear; everything after it, failures too, whoever carries it cannot tell apart.
 */
final class CallDesk {
  static final String PATH = "/call/";

  /** How often a request is in memory while it is opened, and an answer while it is sealed. */
  private static final int REQUEST_COPIES = 3;

  private static final int ANSWER_COPIES = 2;

  private final AnonymousCalls calls;
  private final HpkeKeys keys;
  private final SecureRandom random;

  CallDesk(AnonymousCalls calls, HpkeKeys keys, SecureRandom random) {
    this.calls = calls;
    this.keys = keys;
    this.random = random;
  }

  /** The longest body that is read: there has to be room for all copies of one. */
  int bodyBytesMax() {
    return (int)
        Math.min(
            calls.messageBytesMax() + (long) SealedCall.REQUEST_OVERHEAD_BYTES,
            calls.bytesMax() / REQUEST_COPIES);
  }

  /** Makes room for more of a request; false if there is none. */
  static boolean take(AnonymousCalls.Call call, int bytes) {
    return call.take((long) bytes * REQUEST_COPIES);
  }

  /**
   * Takes a place for a call, before its body is read.
   *
   * @throws TeexException as {@link AnonymousCalls#begin}
   */
  AnonymousCalls.Call enter(String path, String address, Runnable expelled) {
    return calls.begin(path.substring(PATH.length()), address, expelled);
  }

  /**
   * @throws TeexException {@code BLOB_TAMPERED} if the body does not open
   */
  HttpAnswer answer(AnonymousCalls.Call call, String path, Bytes body) {
    try (SealedCall.Received received = receive(path, body)) {
      byte[] outcome = outcome(call, received.request()).toByteArray();
      if (!call.take((long) outcome.length * ANSWER_COPIES)) {
        outcome = failure(noRoom()).toByteArray();
      }
      try (SecretBytes plain = SecretBytes.owned(outcome)) {
        return HttpAnswer.sealed(received.answer(plain, random));
      }
    }
  }

  private SealedCall.Received receive(String path, Bytes body) {
    try {
      return keys.receive(path, body);
    } catch (TeexException e) {
      throw HpkeKeys.notOpened(e);
    }
  }

  private static SealedAnswer outcome(AnonymousCalls.Call call, SecretBytes request) {
    try {
      return SealedAnswer.newBuilder()
          .setAnswer(UnsafeByteOperations.unsafeWrap(call.serve(request)))
          .build();
    } catch (TeexException e) {
      return failure(e);
    }
  }

  private static TeexException noRoom() {
    return new TeexException(
        ErrorCode.UNAVAILABLE, "no room for an answer of this size now; ask again");
  }

  private static SealedAnswer failure(TeexException told) {
    return SealedAnswer.newBuilder()
        .setFailure(
            SealedFailure.newBuilder()
                .setCode(told.code().name())
                .setMessage(String.valueOf(told.getMessage())))
        .build();
  }
}
