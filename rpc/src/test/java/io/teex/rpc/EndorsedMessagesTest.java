package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.rpc.proto.EvidenceDocument;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EndorsedMessagesTest {
  private static final Evidence EVIDENCE =
      new Evidence(TeeKind.SNP, Bytes.of((byte) 1, (byte) 2, (byte) 3));
  private static final int MAX = Collateral.ALONGSIDE_SIZE_MAX;

  private static Endorsed with(Map<String, Bytes> documents) {
    return new Endorsed(EVIDENCE, new Collateral(documents));
  }

  private static Bytes bytes(int size) {
    return Bytes.of(new byte[size]);
  }

  private static EvidenceDocument document(String name, int size) {
    return EvidenceDocument.newBuilder()
        .setName(name)
        .setContent(ByteString.copyFrom(new byte[size]))
        .build();
  }

  private static Endorsed read(EvidenceDocument... documents) {
    return EndorsedMessages.read(ByteString.copyFrom(EVIDENCE.encode()), Arrays.asList(documents));
  }

  private static void refuses(String why, EvidenceDocument... documents) {
    assertThatThrownBy(() -> read(documents))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED))
        .hasMessageContaining(why);
  }

  @Test
  void whatIsSentIsWhatIsRead() {
    Endorsed endorsed =
        with(Map.of(CollateralName.VEK, bytes(1_300), CollateralName.EVENT_LOG, bytes(40_000)));

    assertThat(
            EndorsedMessages.read(
                EndorsedMessages.evidence(endorsed), EndorsedMessages.documents(endorsed)))
        .isEqualTo(endorsed);
    assertThat(read()).isEqualTo(Endorsed.bare(EVIDENCE));
  }

  @Test
  void onlyWhatNobodyElseHasIsSent() {
    Endorsed endorsed =
        with(
            Map.of(
                CollateralName.VEK, bytes(1),
                CollateralName.VEK_ISSUER_CHAIN, bytes(1),
                CollateralName.VEK_CRL, bytes(1)));

    assertThat(EndorsedMessages.documents(endorsed))
        .containsExactly(document(CollateralName.VEK, 1));
  }

  @Test
  void aLogThatDoesNotFitIsLeftOutAndTheCertificateIsNot() {
    Endorsed endorsed =
        with(
            Map.of(CollateralName.VEK, bytes(1_300), CollateralName.EVENT_LOG, bytes(MAX - 1_299)));

    List<EvidenceDocument> sent = EndorsedMessages.documents(endorsed);

    assertThat(sent).containsExactly(document(CollateralName.VEK, 1_300));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CollateralName.VEK_CRL,
        CollateralName.VEK_ISSUER_CHAIN,
        CollateralName.PCK_CRL,
        CollateralName.ROOT_CA_CRL,
        CollateralName.TCB_INFO,
        CollateralName.QE_IDENTITY,
        "",
        "VEK",
        "vek ",
        "anything"
      })
  void nobodyBringsTheListsThatHeIsJudgedBy(String name) {
    refuses(
        "another name than vek and event-log", document(CollateralName.VEK, 1), document(name, 1));
  }

  @Test
  void aDocumentComesOnce() {
    refuses(
        "vek comes twice",
        document(CollateralName.VEK, 1),
        document(CollateralName.EVENT_LOG, 1),
        document(CollateralName.VEK, 2));
  }

  @Test
  void documentsAreBoundedTogether() {
    assertThat(
            read(
                document(CollateralName.VEK, 1_300),
                document(CollateralName.EVENT_LOG, MAX - 1_300)))
        .isNotNull();

    refuses("more than 65536 bytes", document(CollateralName.EVENT_LOG, MAX + 1));
    refuses(
        "more than 65536 bytes",
        document(CollateralName.VEK, 1_300),
        document(CollateralName.EVENT_LOG, MAX - 1_299));
  }
}
