package io.teex.sdk;

import io.teex.chain.TransactionSigner;
import io.teex.protocol.Address;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import java.util.Optional;

/**
 * Leave for a key of its own to order in a user's name: within a lane, up to a sum, for a while. A
 * program that orders many small tasks holds this instead of the user's key; what it loses when the
 * program is broken is at most the session's cap.
 */
public final class UserSession {
  private final TransactionSigner signer;
  private final OutputKeys outputKeys;
  private final Signed<Session> session;
  private final Lane lane;
  private final Dispatching dispatcher;
  private final TaskRunner tasks;

  UserSession(
      TransactionSigner signer,
      OutputKeys outputKeys,
      Signed<Session> session,
      Lane lane,
      Dispatching dispatcher,
      TaskRunner tasks) {
    this.signer = signer;
    this.outputKeys = outputKeys;
    this.session = session;
    this.lane = lane;
    this.dispatcher = dispatcher;
    this.tasks = tasks;
  }

  /** The account of the session's key. */
  public Address address() {
    return signer.address();
  }

  /** The lane that only this session spends from. */
  public int lane() {
    return lane.number();
  }

  /** What the user signed. */
  public Signed<Session> session() {
    return session;
  }

  /**
   * Runs a task in the session.
   *
   * @throws io.teex.protocol.TeexException as {@link User#run}; {@code ORDER_MISMATCH} or {@code
   *     ORDER_EXPIRED} if the session does not cover it
   */
  public TaskResult run(OrderTerms terms) {
    return tasks.run(
        new TaskRunner.Customer(signer, outputKeys, session.value().user(), Optional.of(session)),
        terms,
        lane,
        dispatcher);
  }
}
