package io.teex.sdk;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.ReplayReport;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import java.util.List;
import java.util.Optional;

/** Workers, each reached over a channel whose other end proved to be what its certificate says. */
interface Working {
  /**
   * What a worker answered; nothing in it is verified.
   *
   * @param sealedOutputKey opens {@code sealedOutput}, once the user has opened it with the order's
   *     key; empty if there is no output
   */
  record Answer(
      Signed<Receipt> receipt,
      Signed<Acknowledgement> acknowledgement,
      String outputCid,
      Bytes sealedOutputKey,
      Bytes sealedOutput,
      String detail) {}

  /**
   * Sends the input to the ticket's worker, once that proved to be who the ticket's certificate
   * says, and waits for the answer.
   *
   * @throws io.teex.protocol.TeexException {@code CERTIFICATE_INVALID}, {@code ATTESTATION_REFUSED}
   *     and its kind before anything is sent; the worker's refusal; {@code UNAVAILABLE}
   */
  Answer execute(
      Ticket ticket,
      Signed<Order> order,
      Optional<Signed<Session>> session,
      SecretBytes input,
      Bytes32 inputSalt);

  /**
   * Has a worker execute a task again; nothing in its report is verified.
   *
   * @throws io.teex.protocol.TeexException as {@link #execute}
   */
  Signed<ReplayReport> replay(
      Replays.Candidate worker,
      TaskPapers papers,
      Signed<Replay> replay,
      SecretBytes input,
      List<Signed<ReplayLeave>> leaves);
}
