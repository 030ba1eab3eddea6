package io.teex.rpc;

import com.google.protobuf.ByteString;
import io.teex.attestation.Collateral;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.rpc.proto.EvidenceDocument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Evidence and the documents beside it, as the first messages carry them. */
final class EndorsedMessages {
  private static final System.Logger LOG = System.getLogger(EndorsedMessages.class.getName());

  private EndorsedMessages() {}

  static ByteString evidence(Endorsed endorsed) {
    return ByteString.copyFrom(endorsed.evidence().encode());
  }

  /** The documents that a peer takes. What does not fit is left out: it is the host's doing. */
  static List<EvidenceDocument> documents(Endorsed endorsed) {
    Collateral shown = endorsed.collateral().alongsideThatFits();
    List<EvidenceDocument> documents = new ArrayList<>();
    endorsed
        .collateral()
        .alongside()
        .documents()
        .forEach((name, content) -> {
          if (shown.find(name).isPresent()) {
            documents.add(
                EvidenceDocument.newBuilder()
                    .setName(name)
                    .setContent(ByteString.copyFrom(content.copy()))
                    .build());
          } else {
            LOG.log(
                System.Logger.Level.WARNING,
                "{0} of {1} bytes does not fit beside our evidence; peers have to do without it",
                name,
                content.size());
          }
        });
    return documents;
  }

  /**
   * What a peer shows.
   *
   * @throws TeexException {@code MALFORMED} if the evidence cannot be read, or a document is not
   *     one that may come along, comes twice, or is too long
   */
  static Endorsed read(ByteString evidence, List<EvidenceDocument> documents) {
    return new Endorsed(Evidence.decode(evidence.toByteArray()), collateral(documents));
  }

  private static Collateral collateral(List<EvidenceDocument> documents) {
    Map<String, Bytes> read = new HashMap<>();
    int left = Collateral.ALONGSIDE_SIZE_MAX;
    for (EvidenceDocument document : documents) {
      if (!Collateral.isAlongside(document.getName())) {
        throw malformed("of another name than vek and event-log: others a verifier gets itself");
      }
      left -= document.getContent().size();
      if (left < 0) {
        throw malformed("of more than %d bytes together".formatted(Collateral.ALONGSIDE_SIZE_MAX));
      }
      if (read.put(document.getName(), Bytes.of(document.getContent().toByteArray())) != null) {
        throw malformed("of which %s comes twice".formatted(document.getName()));
      }
    }
    return new Collateral(read);
  }

  private static TeexException malformed(String what) {
    return new TeexException(ErrorCode.MALFORMED, "documents beside the evidence " + what);
  }
}
