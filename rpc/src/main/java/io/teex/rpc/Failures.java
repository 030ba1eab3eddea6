package io.teex.rpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How failures travel: a gRPC status for tools, and our own stable code in the trailers. */
final class Failures {
  static final Metadata.Key<String> CODE =
      Metadata.Key.of("teex-code", Metadata.ASCII_STRING_MARSHALLER);

  private static final System.Logger LOG = System.getLogger(Failures.class.getName());
  private static final int MESSAGE_CHARS_MAX = 1_000;
  private static final int ID_BYTES = 8;
  private static final int CAUSES_MAX = 16;

  private Failures() {}

  /**
   * What the caller may know of a failure. Of a refused attestation and of anything unexpected that
   * is an id, under which this side's log has the rest.
   */
  static TeexException forCaller(
      Throwable failure, String method, String caller, RandomGenerator random) {
    if (!(failure instanceof TeexException known)) {
      String id = id(random);
      LOG.log(
          System.Logger.Level.ERROR,
          "internal error %s in %s called by %s".formatted(id, method, caller),
          failure);
      return new TeexException(
          ErrorCode.INTERNAL,
          "internal error %s: the callee's log has it under this id".formatted(id));
    }
    return switch (known.code()) {
      case ATTESTATION_REFUSED, UNKNOWN_MEASUREMENT, SIMULATED_REFUSED -> {
        String id = id(random);
        LOG.log(
            System.Logger.Level.WARNING,
            "attestation refused {0} in {1} called by {2}: {3}",
            id,
            method,
            caller,
            known.getMessage());
        yield new TeexException(
            ErrorCode.ATTESTATION_REFUSED,
            "attestation refused %s: the verifier's log has the reasons under this id"
                .formatted(id));
      }
      default -> known;
    };
  }

  private static String id(RandomGenerator random) {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  static Status status(TeexException failure) {
    String message = String.valueOf(failure.getMessage());
    return status(failure.code())
        .withDescription(
            message.length() <= MESSAGE_CHARS_MAX
                ? message
                : message.substring(0, MESSAGE_CHARS_MAX));
  }

  static Metadata trailers(TeexException failure) {
    Metadata trailers = new Metadata();
    trailers.put(CODE, failure.code().name());
    return trailers;
  }

  private static Status status(ErrorCode code) {
    return switch (code) {
      case USAGE, MALFORMED -> Status.INVALID_ARGUMENT;
      case ATTESTATION_REFUSED, UNKNOWN_MEASUREMENT, SIMULATED_REFUSED -> Status.UNAUTHENTICATED;
      case PERMISSION_DENIED, NODE_NOT_ENROLLED, CERTIFICATE_INVALID -> Status.PERMISSION_DENIED;
      case NOT_FOUND, BLOB_NOT_FOUND -> Status.NOT_FOUND;
      case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
      case STORE_CONFLICT -> Status.ABORTED;
      case STORE_CORRUPT, BLOB_TAMPERED -> Status.DATA_LOSS;
      case UNAVAILABLE, NO_WORKER, WORKER_LOST, CHAIN_UNAVAILABLE -> Status.UNAVAILABLE;
      case INTERNAL -> Status.INTERNAL;
      default -> Status.FAILED_PRECONDITION;
    };
  }

  /** The failure of a call as this side's code handles it. */
  static TeexException received(StatusRuntimeException failure, String peer) {
    Optional<TeexException> own = ownCause(failure);
    if (own.isPresent()) {
      return own.get();
    }
    Status status = failure.getStatus();
    ErrorCode code =
        Optional.ofNullable(failure.getTrailers())
            .flatMap(trailers -> code(trailers.get(CODE)))
            .orElse(null);
    if (code != null) {
      return new TeexException(code, String.valueOf(status.getDescription()), failure);
    }
    return switch (status.getCode()) {
      // Our services name every failure: an unknown one is of a connection that was lost.
      case UNAVAILABLE, CANCELLED, UNKNOWN ->
          new TeexException(
              ErrorCode.UNAVAILABLE,
              "%s cannot be reached: %s".formatted(peer, rootMessage(failure)),
              failure);
      case DEADLINE_EXCEEDED ->
          new TeexException(
              ErrorCode.UNAVAILABLE, "%s did not answer in time".formatted(peer), failure);
      case UNAUTHENTICATED ->
          new TeexException(
              ErrorCode.ATTESTATION_REFUSED,
              "%s: %s".formatted(peer, status.getDescription()),
              failure);
      case RESOURCE_EXHAUSTED ->
          new TeexException(
              ErrorCode.MALFORMED, "%s: %s".formatted(peer, status.getDescription()), failure);
      default ->
          new TeexException(
              ErrorCode.INTERNAL,
              "%s: %s %s".formatted(peer, status.getCode(), status.getDescription()),
              failure);
    };
  }

  /** A name from the wire, of which a newer peer may know more than we do. */
  private static Optional<ErrorCode> code(@Nullable String name) {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(name)) {
        return Optional.of(code);
      }
    }
    return Optional.empty();
  }

  /** Our own refusal, which gRPC and TLS carry as the cause of theirs. */
  private static Optional<TeexException> ownCause(Throwable failure) {
    Throwable cause = failure.getCause();
    for (int i = 0; i < CAUSES_MAX && cause != null; i++) {
      if (cause instanceof TeexException own) {
        return Optional.of(own);
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < CAUSES_MAX && root.getCause() != null; i++) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
