package io.teex.attestation.eventlog;

import io.teex.protocol.Bytes;

/** One extension of a register, in the order of the log. */
sealed interface LoggedEvent {
  /** 0 to 3 for RTMR0 to RTMR3. */
  int register();

  /** 48 bytes: what the register was extended by, if the log is true. */
  Bytes digest();

  /** Says nothing that its digest proves. */
  record Opaque(int register, Bytes digest) implements LoggedEvent {}

  /** Its digest was computed from its content, in one way only. */
  record Told(int register, Bytes digest, String name, Bytes payload) implements LoggedEvent {}

  /** Shows a content that its digest belies. */
  record Untrue(int register, Bytes digest, String name) implements LoggedEvent {}
}
