package io.teex.worker;

import io.teex.protocol.Bytes;

/** The Service Manager as a worker's tasks need it. */
interface KeyReleases {
  /**
   * Everything that one attempt needs, if order, lease, money and licences allow it.
   *
   * @param sealedInputKey of the input that is sealed to the service, or empty
   * @throws io.teex.protocol.TeexException with the manager's refusal
   */
  Release release(Attempt attempt, Bytes sealedInputKey);
}
