package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TaskId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where a dispatcher's state lies in TEE-DS, below {@code dispatcher/<account>/}. Numbers are
 * big-endian, so ranges come in their order.
 *
 * <pre>
 * epoch                          how many times the dispatcher was started
 * settled                        its last batch that landed
 * cursor                         the last block whose on-chain requests were taken
 * lane/payer lane                next and settled sequence
 * session/payer lane session     what a session's orders hold and cost
 * task/payer lane sequence       a task of a lane that no landed batch covers
 * request/task                   a task ordered on chain that no landed batch covers
 * batch/number                   a batch, from before it is sent on
 * rival/number header            a batch that was given up for another of the same number
 * done/task                      a task as a landed batch settled it
 * evidence/task receipt          a receipt that contradicts the accepted one
 * </pre>
 */
record Keys(Bytes root) {
  static Keys of(Address dispatcher) {
    return new Keys(ascii("dispatcher/%s/".formatted(dispatcher.value().toHex())));
  }

  Bytes epoch() {
    return named("epoch");
  }

  Bytes settled() {
    return named("settled");
  }

  Bytes cursor() {
    return named("cursor");
  }

  Bytes lanes() {
    return named("lane/");
  }

  Bytes lane(Address payer, int lane) {
    return Bytes.concat(lanes(), laneId(payer, lane));
  }

  Bytes sessions(Address payer, int lane) {
    return Bytes.concat(named("session/"), laneId(payer, lane));
  }

  Bytes session(Address payer, int lane, Bytes32 session) {
    return Bytes.concat(sessions(payer, lane), session.value());
  }

  Bytes tasks(Address payer, int lane) {
    return Bytes.concat(named("task/"), laneId(payer, lane));
  }

  Bytes task(Address payer, int lane, long sequence) {
    return Bytes.concat(tasks(payer, lane), number(sequence));
  }

  Bytes requests() {
    return named("request/");
  }

  Bytes request(TaskId task) {
    return Bytes.concat(requests(), task.value().value());
  }

  Bytes batch(long number) {
    return Bytes.concat(named("batch/"), number(number));
  }

  Bytes rival(long number, Bytes32 header) {
    return Bytes.concat(named("rival/"), number(number), header.value());
  }

  Bytes done(TaskId task) {
    return Bytes.concat(named("done/"), task.value().value());
  }

  Bytes evidence(TaskId task, Bytes32 receipt) {
    return Bytes.concat(named("evidence/"), task.value().value(), receipt.value());
  }

  private Bytes named(String name) {
    return Bytes.concat(root, ascii(name));
  }

  private static Bytes laneId(Address payer, int lane) {
    return Bytes.concat(
        payer.value(), Bytes.of(ByteBuffer.allocate(Integer.BYTES).putInt(lane).array()));
  }

  private static Bytes number(long number) {
    return Bytes.of(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
