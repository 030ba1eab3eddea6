package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TaskId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where a dispatcher's state lies in its part of TEE-DS, which no other node can reach. Numbers are
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
 * forget/time task               from when on (seconds since the epoch) nobody asks for it any more
 * evidence/task receipt          a receipt that contradicts the accepted one
 * </pre>
 */
final class Keys {
  private Keys() {}

  static Bytes epoch() {
    return ascii("epoch");
  }

  static Bytes settled() {
    return ascii("settled");
  }

  static Bytes cursor() {
    return ascii("cursor");
  }

  static Bytes lanes() {
    return ascii("lane/");
  }

  static Bytes lane(Address payer, int lane) {
    return Bytes.concat(lanes(), laneId(payer, lane));
  }

  static Bytes sessions(Address payer, int lane) {
    return Bytes.concat(ascii("session/"), laneId(payer, lane));
  }

  static Bytes session(Address payer, int lane, Bytes32 session) {
    return Bytes.concat(sessions(payer, lane), session.value());
  }

  static Bytes tasks(Address payer, int lane) {
    return Bytes.concat(ascii("task/"), laneId(payer, lane));
  }

  static Bytes task(Address payer, int lane, long sequence) {
    return Bytes.concat(tasks(payer, lane), number(sequence));
  }

  static Bytes requests() {
    return ascii("request/");
  }

  static Bytes request(TaskId task) {
    return Bytes.concat(requests(), task.value().value());
  }

  static Bytes batch(long number) {
    return Bytes.concat(ascii("batch/"), number(number));
  }

  static Bytes rival(long number, Bytes32 header) {
    return Bytes.concat(ascii("rival/"), number(number), header.value());
  }

  static Bytes done() {
    return ascii("done/");
  }

  static Bytes done(TaskId task) {
    return Bytes.concat(done(), task.value().value());
  }

  static Bytes forgets() {
    return ascii("forget/");
  }

  static Bytes forgets(long time) {
    return Bytes.concat(forgets(), number(time));
  }

  static Bytes forget(long time, TaskId task) {
    return Bytes.concat(forgets(time), task.value().value());
  }

  /** The task of a {@link #forget} key. */
  static TaskId forgotten(Bytes key) {
    return new TaskId(new Bytes32(key.slice(key.size() - Bytes32.SIZE, key.size())));
  }

  static Bytes evidence(TaskId task, Bytes32 receipt) {
    return Bytes.concat(ascii("evidence/"), task.value().value(), receipt.value());
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
