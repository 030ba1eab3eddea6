package io.teex.worker;

import io.teex.protocol.Bytes;
import io.teex.protocol.SecretBytes;

/** The Service Manager as a worker's tasks need it. */
interface KeyReleases {
  /**
   * Opens the key of an input that is sealed to the service, if order, lease, money and licences
   * allow the attempt. No use of any data is counted.
   *
   * @throws io.teex.protocol.TeexException with the manager's refusal
   */
  SecretBytes openInput(Attempt attempt, Bytes sealedInputKey);

  /**
   * Everything else that one attempt needs, if they still allow it. It counts a use of all data
   * that the order names, so whatever can be wrong with an attempt is looked for before.
   *
   * @throws io.teex.protocol.TeexException with the manager's refusal
   */
  Release release(Attempt attempt);

  /**
   * What a task got that another worker executed. It takes no use of any data.
   *
   * @throws io.teex.protocol.TeexException with the manager's refusal
   */
  Release releaseReplay(ReplayTicket ticket);
}
