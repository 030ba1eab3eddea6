package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TypedData;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RevertsTest {
  private record Mismatch(Address dispatcher, long expected, long seen) {}

  private record Text(String reason) {}

  private record Times(long deadline, BigInteger time) {
    Times(long deadline, long time) {
      this(deadline, BigInteger.valueOf(time));
    }
  }

  private record PanicCode(BigInteger code) {}

  @Test
  void namesACustomErrorAndItsArguments() {
    Bytes data =
        TypedData.encodeCall("BatchOutOfOrder", new Mismatch(DevAccounts.key(0).address(), 2, 1));

    assertThat(Reverts.explain(data))
        .isEqualTo(
            "BatchOutOfOrder(dispatcher 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266, expected 2,"
                + " seen 1): batches of a dispatcher are settled one after the other; send the"
                + " expected one");
    assertThat(Reverts.isOneOf(refusal(data.toString()), "Other", "BatchOutOfOrder")).isTrue();
    assertThat(Reverts.isOneOf(refusal(data.toString()), "Other")).isFalse();
  }

  @Test
  void readsRevertStringsAndPanics() {
    assertThat(Reverts.explain(TypedData.encodeCall("Error", new Text("too early"))))
        .isEqualTo("too early");
    assertThat(
            Reverts.explain(TypedData.encodeCall("Panic", new PanicCode(BigInteger.valueOf(0x11)))))
        .isEqualTo("the contract panicked (code 0x11)");
  }

  @Test
  void namesAnErrorWhoseArgumentsAreNoWords() {
    Bytes data = TypedData.encodeCall("CertificateUnsupported", new Text("algorithm"));

    assertThat(Reverts.explain(data))
        .isEqualTo(
            "CertificateUnsupported: the certificate is of a form that Intel does not issue");
  }

  @Test
  void writesTimesAsPeopleReadThem() {
    assertThat(Reverts.explain(TypedData.encodeCall("RequestDeadlinePassed", new Times(1, 90_061))))
        .startsWith(
            "RequestDeadlinePassed(deadline 1970-01-01T00:00:01Z, time 1970-01-02T01:01:01Z): ");
    assertThat(
            Reverts.explain(
                TypedData.encodeCall("RequestDeadlinePassed", new Times(0, Long.MAX_VALUE))))
        .startsWith("RequestDeadlinePassed(deadline 0, time 9223372036854775807): ");
  }

  /** Every error of every compiled contract has a sentence, and no sentence lost its error. */
  @Test
  void explainsEveryErrorOfEveryContract() {
    Set<String> errors =
        ContractArtifact.ALL_ERRORS.values().stream()
            .map(ContractArtifact.ErrorType::name)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(errors).hasSizeGreaterThan(200);
    assertThat(new TreeSet<>(RevertMessages.ALL.keySet())).isEqualTo(errors);
    assertThat(RevertMessages.ALL)
        .allSatisfy(
            (error, text) -> assertThat(text).as(error).matches("[A-Za-z.'][^\\n]{15,}[^.]"));
    for (ContractArtifact.ErrorType error : ContractArtifact.ALL_ERRORS.values()) {
      Bytes data =
          Bytes.concat(error.selector(), Bytes.of(new byte[32 * error.parameters().size()]));
      assertThat(Reverts.explain(data))
          .startsWith(error.name())
          .endsWith(RevertMessages.ALL.get(error.name()));
    }
  }

  /** An artifact that nobody reads the errors of would fail without words. */
  @Test
  void knowsTheErrorsOfAllArtifacts() throws IOException {
    Path contracts = Path.of("src", "main", "resources", "io", "teex", "chain", "contracts");
    try (Stream<Path> files = Files.list(contracts)) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString().replace(".json", ""))
              .filter(name -> !name.equals("sources"))
              .toList();
      assertThat(names).isNotEmpty();
      assertThat(names)
          .allSatisfy(name ->
              assertThat(ContractArtifact.ALL_ERRORS.keySet())
                  .as(name)
                  .containsAll(ContractArtifact.load(name).errors().keySet()));
    }
  }

  @Test
  void survivesDataThatNoContractOfOursMakes() {
    assertThat(Reverts.explain(Bytes.EMPTY)).isEqualTo("the contract gave no reason");
    assertThat(Reverts.explain(Bytes.fromHex("01020304")))
        .isEqualTo("unknown error 0x01020304, of another contract such as the token");
    // Right selector, but cut short.
    Bytes cut =
        TypedData.encodeCall("BatchOutOfOrder", new Mismatch(Address.ZERO, 2, 1)).slice(0, 40);
    assertThat(Reverts.explain(cut)).startsWith("unknown error");
  }

  @Test
  void aReadThatNobodyRefusedIsUnavailable() {
    assertThat(Reverts.refusedRead("reading", refusal("")).code())
        .isEqualTo(ErrorCode.CHAIN_UNAVAILABLE);
    assertThat(Reverts.refusedRead("reading", refusal("0x01020304")).code())
        .isEqualTo(ErrorCode.CHAIN_REJECTED);
    assertThat(Reverts.isOneOf(refusal(""), "Any")).isFalse();
  }

  private static RpcException refusal(String data) {
    return new RpcException("eth_call", 3, "execution reverted", data);
  }
}
