package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** All typed data against viem. These hashes are frozen: a change here breaks every signature. */
class TypedDataVectorsTest {
  private static final JsonNode VECTORS = Vectors.load("typed-data.json");
  private static final Domain DOMAIN =
      new Domain(
          VECTORS.get("chainId").asLong(), Address.fromHex(VECTORS.get("settlement").asString()));
  private static final SigningKey KEY =
      SigningKey.of(SecretBytes.copyOf(Vectors.bytes(VECTORS.get("privateKey")).copy()));

  /** One type of the vectors, shown by its name. */
  record TypeVectors(String name, JsonNode json) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<TypeVectors> types() {
    return Vectors.elements(VECTORS.get("types")).stream()
        .map(json -> new TypeVectors(json.get("name").asString(), json));
  }

  @ParameterizedTest
  @MethodSource("types")
  void hashesSignsAndEncodesLikeViem(TypeVectors vectors) {
    Class<? extends Record> type = Vectors.type(vectors.name());
    assertThat(TypedData.typeString(type)).isEqualTo(vectors.json().get("typeString").asString());
    assertThat(TypedData.typeHash(type)).isEqualTo(Vectors.bytes32(vectors.json().get("typeHash")));

    for (JsonNode example : vectors.json().get("examples")) {
      Record value = Vectors.read(type, example.get("value"));

      assertThat(TypedData.structHash(value)).isEqualTo(Vectors.bytes32(example.get("structHash")));
      assertThat(TypedData.hash(DOMAIN, value)).isEqualTo(Vectors.bytes32(example.get("digest")));
      assertThat(KEY.sign(DOMAIN, value).signature().bytes())
          .isEqualTo(Vectors.bytes(example.get("signature")));
      assertThat(Bytes.of(TypedData.encode(value))).isEqualTo(Vectors.bytes(example.get("abi")));
      assertThat(TypedData.decode(type, Vectors.bytes(example.get("abi")).copy())).isEqualTo(value);
    }
  }

  @Test
  void everyTypedRecordIsThere() {
    assertThat(types().map(TypeVectors::name).toList())
        .containsAll(
            List.of(
                "Order",
                "Session",
                "Lease",
                "Receipt",
                "NodeCertificate",
                "NodeOperation",
                "Acknowledgement",
                "Anchor",
                "BatchHeader",
                "Licence",
                "Price",
                "ImageRegistration",
                "DatasetRegistration",
                "Revocation",
                "Replay",
                "ReplayLeave",
                "ReplayReport",
                "ServiceKey"));
  }

  @Test
  void theSignerIsTheAccount() {
    assertThat(KEY.address()).isEqualTo(Address.fromHex(VECTORS.get("account").asString()));
    assertThat(KEY.address()).hasToString(VECTORS.get("account").asString());
  }

  @Test
  void arraysEncodeLikeViem() {
    for (JsonNode list : VECTORS.get("lists")) {
      compareList(Vectors.type(list.get("type").asString()), list);
    }
  }

  private static <T extends Record> void compareList(Class<T> type, JsonNode list) {
    List<T> values =
        Vectors.elements(list.get("values")).stream()
            .map(json -> Vectors.read(type, json))
            .toList();

    assertThat(Bytes.of(TypedData.encodeList(type, values)))
        .isEqualTo(Vectors.bytes(list.get("abi")));
    assertThat(BatchHeader.digest(type, values)).isEqualTo(Vectors.bytes32(list.get("digest")));
    assertThat(TypedData.decodeList(type, Vectors.bytes(list.get("abi")).copy())).isEqualTo(values);
  }

  /** Every single bit of every example, flipped: another value, or none, never the same. */
  @ParameterizedTest
  @MethodSource("types")
  void noOtherBytesDecodeToTheSameValue(TypeVectors vectors) {
    Class<? extends Record> type = Vectors.type(vectors.name());
    byte[] encoded = Vectors.bytes(vectors.json().get("examples").get(1).get("abi")).copy();
    Record value = TypedData.decode(type, encoded);

    for (int bit = 0; bit < encoded.length * 8; bit++) {
      encoded[bit / 8] ^= (byte) (1 << (bit % 8));
      try {
        Record other = TypedData.decode(type, encoded);
        assertThat(other).isNotEqualTo(value);
        assertThat(TypedData.encode(other)).isEqualTo(encoded);
      } catch (TeexException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED);
      }
      encoded[bit / 8] ^= (byte) (1 << (bit % 8));
    }
  }
}
