package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  private static final Addresses ADDRESSES =
      new Addresses(
          31337,
          address(1),
          address(2),
          address(3),
          address(4),
          address(5),
          address(6),
          Address.ZERO);

  @TempDir private Path directory;

  @Test
  void readsWhatItWrote() {
    Path file = directory.resolve("addresses.json");

    ADDRESSES.write(file);
    ADDRESSES.write(file);

    assertThat(Addresses.read(file)).isEqualTo(ADDRESSES);
    assertThat(directory).isDirectoryNotContaining(path -> path.toString().endsWith(".new"));
  }

  @Test
  void readsAFileFromBeforeThereWereAnchors() {
    Addresses old =
        new Addresses(31337, address(1), address(2), address(3), address(4), address(5));

    assertThat(old.toJson()).doesNotContain("anchors");
    assertThat(Addresses.fromJson(old.toJson())).isEqualTo(old);
  }

  @Test
  void namesTheContractForQuotesOnlyWhereThereIsOne() {
    Addresses attested =
        new Addresses(
            31337,
            address(1),
            address(2),
            address(3),
            address(4),
            address(5),
            address(6),
            address(7));

    assertThat(Addresses.fromJson(attested.toJson())).isEqualTo(attested);
    assertThat(ADDRESSES.toJson()).doesNotContain("managerAttestation");
    assertThat(ADDRESSES.managerAttestation().isZero()).isTrue();
  }

  @Test
  void namesTheDomain() {
    assertThat(ADDRESSES.domain()).isEqualTo(new Domain(31337, address(5)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"chainId\":\"31337\"}",
        "{\"chainId\":31337,\"token\":\"0x01\"}",
        "{\"chainId\":31337,\"token\":7}"
      })
  void refusesOtherFilesByName(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("addresses.json"), content);

    refused(file);
  }

  @Test
  void refusesAMissingFileByName() {
    refused(directory.resolve("nowhere.json"));
  }

  private static void refused(Path file) {
    assertThatThrownBy(() -> Addresses.read(file))
        .hasMessageContaining(file.getFileName().toString())
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }

  private static Address address(int last) {
    return Address.fromHex("%040x".formatted(last));
  }
}
