package io.teex.protocol;

/**
 * Every failure that TEEX reports by name. The names are the codes on the wire and in JSON, and
 * never change their meaning; the exit code is what a command ends with.
 */
public enum ErrorCode {
  /** The command line or a configuration file is wrong. */
  USAGE(2),
  /** Bytes that are not the one canonical encoding of what was expected. */
  MALFORMED(3),

  /** The peer's evidence does not satisfy the policy. */
  ATTESTATION_REFUSED(4),
  /** The node holds no node certificate of a current manager. */
  NODE_NOT_ENROLLED(4),
  /** No operator answers on chain for a manager, store or dispatcher on this platform. */
  NODE_NOT_OPERATED(4),
  UNKNOWN_MEASUREMENT(4),
  /** Simulated evidence under a policy that does not name the simulated TEE. */
  SIMULATED_REFUSED(4),
  /** A node certificate is expired, revoked, of another role or not signed by a known manager. */
  CERTIFICATE_INVALID(4),

  SIGNATURE_INVALID(5),
  UNKNOWN_SERVICE(5),
  SERVICE_INACTIVE(5),
  UNKNOWN_DATASET(5),
  ORDER_EXPIRED(5),
  FEE_TOO_SMALL(5),
  ALLOWANCE_TOO_SMALL(5),
  /** The allowance is expired or being withdrawn, so it takes no new work. */
  ALLOWANCE_CLOSED(5),
  SEQUENCE_REUSED(5),
  SEQUENCE_GAP(5),
  /** Two documents that must agree (order, lease, session, request) do not. */
  ORDER_MISMATCH(5),
  DEADLINE_TOO_FAR(5),
  LICENCE_EXPIRED(5),
  LICENCE_EXHAUSTED(5),
  LICENCE_REVOKED(5),
  /** The licence does not cover this image, user, purpose or output size. */
  LICENCE_REFUSED(5),
  /** The input does not open the order's commitment. */
  INPUT_MISMATCH(5),
  /** A sealed input that was not made for this user, service and order. */
  SEALED_INPUT_REFUSED(5),
  LEASE_INVALID(5),
  /** A task that may not be executed again: whose, when, how often, or over whose data. */
  REPLAY_REFUSED(5),
  NOT_FOUND(5),
  ALREADY_EXISTS(5),
  PERMISSION_DENIED(5),

  /** Sealed or content-addressed bytes were changed, cut, reordered or opened with a wrong key. */
  BLOB_TAMPERED(6),
  BLOB_NOT_FOUND(6),

  FORBIDDEN_IMPORT(7),
  INVALID_MODULE(7),
  GUEST_TRAP(7),
  OUT_OF_FUEL(7),
  OUT_OF_MEMORY(7),
  DEPTH_EXCEEDED(7),
  OUT_OF_TIME(7),
  OUTPUT_TOO_LARGE(7),
  /** The guest ended with a non-zero exit code. */
  GUEST_EXIT(7),
  /** The platform failed, not the guest: the user pays nothing. */
  ENGINE_FAILURE(8),

  SANDBOX_MISSING(9),
  DEPENDENCY_MISSING(9),
  PORT_IN_USE(9),
  /** The platform gives no key that only this code gets, so that nothing can be kept here. */
  SEALING_UNAVAILABLE(9),

  NO_WORKER(10),
  WORKER_LOST(10),
  UNAVAILABLE(10),
  CHAIN_UNAVAILABLE(10),
  /** A transaction compared with a newer state than it was made for. */
  STORE_CONFLICT(10),
  /** The caller keeps in TEE-DS what it may; a retry is of no use until something is gone. */
  STORE_FULL(10),

  /** The chain reverted a call or refused a transaction. */
  CHAIN_REJECTED(11),
  WITHDRAWAL_PENDING(11),

  STORE_CORRUPT(12),
  /** The secrecy audit found a known plaintext where it must not be. */
  LEAK_FOUND(13),
  /** A broken invariant; the details are in the log under the id of the message. */
  INTERNAL(70);

  private final int exitCode;

  ErrorCode(int exitCode) {
    this.exitCode = exitCode;
  }

  /** What a command that fails with this code exits with, 2 to 70. */
  public int exitCode() {
    return exitCode;
  }
}
